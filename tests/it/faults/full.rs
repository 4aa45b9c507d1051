//! A disk that is really full: a tmpfs of a few megabytes, mounted where the test may. Where it may not, the same is done
//! with a disk that says it is full (`disk`).

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

use super::ledger::{self, Ledger};
use crate::{
    harness::{House, served::Served, template, wire},
    jobs::{ada, all, set, started},
};

/// A small disk, gone with the test.
struct Tmpfs(Option<tempfile::TempDir>);

impl Tmpfs {
    /// `None` where it may not be mounted.
    fn mount(megabytes: usize) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "wardroom-test"]).arg(folder.path());
        let mounted = mount.output().is_ok_and(|done| done.status.success());
        if !mounted {
            println!("no tmpfs can be mounted here: tried with the preloaded disk only");
        }
        mounted.then_some(Self(Some(folder)))
    }

    fn path(&self) -> &Path {
        self.0.as_ref().unwrap().path()
    }

    fn remount(&self, option: &str) {
        let done = Command::new("mount").args(["-o", &format!("remount,{option}")]).arg(self.path()).status();
        assert!(done.unwrap().success());
    }

    /// Takes all the room there is.
    fn fill(&self) -> PathBuf {
        let filler = self.path().join("filler");
        let mut file = File::create(&filler).unwrap();
        for size in [65_536, 4_096, 1] {
            while file.write_all(&vec![b'x'; size]).is_ok() {}
        }
        filler
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
        let _ = self.0.take();
    }
}

/// The server over a database on that disk, in a folder that stays.
fn serve(disk: &Tmpfs) -> Served {
    let url = format!("sqlite:{}", disk.path().join("wardroom.db").display());
    let folder = tempfile::tempdir().unwrap();
    Served::with(folder, "warn,wardroom=info", &[], "Wardroom is open", |command| {
        command.env("WARDROOM_DATABASE_URL", url);
    })
}

/// Saves until told to end; a refusal has to say why.
fn save(address: &str, saver: usize, is_over: &AtomicBool, [saved, refused]: [&AtomicUsize; 2]) -> Ledger {
    let (mut ledger, room) = (Ledger::default(), format!("s{saver}"));
    for n in 0.. {
        if is_over.load(Ordering::SeqCst) {
            break;
        }
        let name = format!("zz{saver}q{n}e");
        match wire::name(address, &room, &name, &format!("op-{name}")) {
            Some((200, _)) => {
                ledger.acknowledged.push((room.clone(), name));
                saved.fetch_add(1, Ordering::SeqCst);
            }
            Some((503, body)) => {
                assert!(body.contains("cannot save at the moment: the disk is full"), "{body}");
                refused.fetch_add(1, Ordering::SeqCst);
                ledger.open.push((room.clone(), name));
                // As a person would: they are told to wait.
                thread::sleep(Duration::from_millis(20));
            }
            other => panic!("{other:?}"),
        }
    }
    ledger
}

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// A database with 64 rooms to save in, many more, and a job over all of them that has begun.
async fn prepare(disk: &Tmpfs) -> (i64, u64) {
    let house = House::open().await;
    let line = |n| format!("{{\"id\":\"r{n}\",\"name\":\"Room {n}\"}}\n");
    let lines: String = (0..3_000).map(line).chain((0..64).map(|n| format!("{{\"id\":\"s{n}\"}}\n"))).collect();
    house.import(lines).await;
    let mut ctx = ada(&house);
    let bulk = wardroom::services::Bulk { approval_above: u64::MAX };
    ctx.settings = std::sync::Arc::new(wardroom::services::Settings { bulk, ..(*ctx.settings).clone() });
    let job = wardroom::services::jobs::plan(&ctx, all(), set(&[("slow_mode", "8")])).await.unwrap();
    let job = started(&house, &ctx, job).await;
    house.store.close().await;
    for kind in ["db", "key"] {
        std::fs::copy(house.file.with_extension(kind), disk.path().join("wardroom").with_extension(kind)).unwrap();
    }
    (job.id, job.total)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_nothing_is_said_on_the_page_and_gone_on_with_when_there_is_room() {
    let Some(disk) = Tmpfs::mount(64) else { return };
    let (job, total) = prepare(&disk).await;
    let served = serve(&disk);
    let (address, file) = (served.console.clone(), disk.path().join("wardroom.db"));
    let (is_over, saved, refused) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let ledger = thread::scope(|scope| {
        let savers: Vec<_> = (0..64)
            .map(|saver| {
                let (address, is_over, counts) = (&address, &is_over, [&saved, &refused]);
                scope.spawn(move || save(address, saver, is_over, counts))
            })
            .collect();
        until("all save", || saved.load(Ordering::SeqCst) > 256);
        let filler = disk.fill();
        let is_said = || {
            wire::page(&address, "/rooms/stage").is_some_and(|(_, page)| page.contains("data-unsaving=\"disk_full\""))
        };
        until("the page says that the disk is full", || {
            // Room that the log gave back is taken again.
            drop(disk_more(&filler));
            is_said()
        });
        for path in ["/rooms", "/rooms?q=Room", "/rooms/stage", &format!("/jobs/{job}"), "/audit"] {
            assert_eq!(wire::page(&address, path).unwrap().0, 200, "{path}: reads go on");
        }
        let (alive, words) = wire::page(&address, "/healthz").unwrap();
        assert!(alive == 200 && words.starts_with("ok\n") && words.contains("the disk is full"), "{alive} {words}");
        let (ready, words) = wire::page(&address, "/readyz").unwrap();
        assert!(ready == 503 && words.contains("the disk is full"), "{ready} {words}");
        let refused_so_far = refused.load(Ordering::SeqCst);
        until("all are refused more than once", || refused.load(Ordering::SeqCst) > refused_so_far + 128);
        std::fs::remove_file(&filler).unwrap();
        until("it goes on by itself", || !is_said());
        assert_eq!(wire::page(&address, "/healthz").unwrap(), (200, "ok\n".to_owned()));
        until("it can write", || wire::page(&address, "/readyz").unwrap().0 == 200);
        let until_now = saved.load(Ordering::SeqCst);
        until("savers go on", || saved.load(Ordering::SeqCst) > until_now + 128);
        is_over.store(true, Ordering::SeqCst);
        let mut all = Ledger::default();
        savers.into_iter().for_each(|saver| all.extend(saver.join().unwrap()));
        all
    });
    println!("{} saves acknowledged, {} refused", ledger.acknowledged.len(), refused.load(Ordering::SeqCst));
    let mut conn = SqliteConnectOptions::new().filename(&file).read_only(true).connect().await.unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        let sql = "SELECT state, changed + unchanged + skipped, reason FROM jobs WHERE id = $1";
        let (state, done, why): (String, i64, String) =
            sqlx::query_as(sql).bind(job).fetch_one(&mut conn).await.unwrap();
        if state == "done" {
            assert_eq!(done as u64, total);
            break;
        }
        assert!(state == "running" && Instant::now() < end, "{state} {why}: the job goes on by itself");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    conn.close().await.unwrap();
    served.stop();
    ledger::check(&file, &ledger).await;
}

/// Takes what room there is beside the filler.
fn disk_more(filler: &Path) -> std::io::Result<()> {
    let mut file = File::options().append(true).open(filler)?;
    while file.write_all(&[b'x'; 4_096]).is_ok() {}
    Ok(())
}

/// Starts the program on a disk where it cannot; gives what it says.
fn refused(disk: &Tmpfs) -> String {
    let mut serve = Command::new("timeout");
    serve.args(["20", env!("CARGO_BIN_EXE_wardroom"), "serve", "--addr", "127.0.0.1:9"]);
    serve.env("WARDROOM_DATABASE_URL", format!("sqlite:{}", disk.path().join("wardroom.db").display()));
    let done = serve.output().unwrap();
    assert_eq!(done.status.code(), Some(1));
    String::from_utf8(done.stderr).unwrap()
}

#[tokio::test]
async fn a_disk_that_is_full_or_read_only_at_the_start_is_said_in_one_sentence_and_harms_nothing() {
    let Some(disk) = Tmpfs::mount(8) else { return };
    let file = disk.path().join("wardroom.db");
    template::copy_to(&file);
    let bytes = std::fs::read(&file).unwrap();
    let filler = disk.fill();
    let said = refused(&disk);
    assert!(said.contains("the database cannot be opened") && !said.contains("panicked"), "{said}");
    std::fs::remove_file(filler).unwrap();
    for left in ["db-wal", "db-shm"] {
        let _ = std::fs::remove_file(file.with_extension(left));
    }
    disk.remount("ro");
    let said = refused(&disk);
    assert!(said.contains("the database cannot be opened") && !said.contains("panicked"), "{said}");
    disk.remount("rw");
    assert_eq!(std::fs::read(&file).unwrap(), bytes);

    // After a crash the log lies beside the file: then all can be read, and it is said that nothing is saved.
    let served = serve(&disk);
    let mut ledger = Ledger::default();
    assert_eq!(wire::name(&served.console, "stage", "zzkept", "op-kept").unwrap().0, 200);
    ledger.acknowledged.push(("stage".to_owned(), "zzkept".to_owned()));
    served.kill();
    disk.remount("ro");
    let served = serve(&disk);
    let (status, body) = wire::name(&served.console, "stage", "zzlate", "op-late").unwrap();
    assert_eq!(status, 503, "{body}");
    let (status, page) = wire::page(&served.console, "/rooms/stage").unwrap();
    assert!(status == 200 && page.contains("zzkept") && page.contains("data-unsaving=\"read_only\""), "{page}");
    served.kill();
    disk.remount("rw");
    let served = serve(&disk);
    assert_eq!(wire::name(&served.console, "stage", "zzagain", "op-again").unwrap().0, 200);
    ledger.acknowledged.push(("stage".to_owned(), "zzagain".to_owned()));
    served.stop();
    ledger::check(&file, &ledger).await;
}
