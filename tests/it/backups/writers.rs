//! A copy that is taken while 64 writers save over HTTP: what is in it is a prefix of what they were told.
//!
//! `BACKUP_ROOMS=200000 BACKUP_COPIES=5 cargo test --release --test it backups::writers` is the long form.

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
};

use sqlx::{ConnectOptions, Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};
use wardroom::{domain::room::RoomQuery, store::Store};

use super::run;
use crate::harness::{Person, actor::encoded, served::Served, template};

const WRITERS: usize = 64;

/// One save: its place in the order of all that was sent, and of all that was answered.
#[derive(Clone, Copy, Debug)]
struct Save {
    sent: u64,
    answered: u64,
}

/// What everybody was told, by writer, in the order in which each of them saved.
struct Told {
    clock: AtomicU64,
    saves: Vec<Mutex<Vec<Save>>>,
    is_over: AtomicBool,
}

impl Told {
    fn nothing() -> Self {
        let saves = std::iter::repeat_with(Mutex::default).take(WRITERS).collect();
        Self { clock: AtomicU64::new(1), saves, is_over: AtomicBool::new(false) }
    }

    fn tick(&self) -> u64 {
        self.clock.fetch_add(1, SeqCst)
    }

    fn saves(&self, writer: usize) -> Vec<Save> {
        self.saves[writer].lock().unwrap().clone()
    }

    fn many(&self) -> usize {
        (0..WRITERS).map(|writer| self.saves[writer].lock().unwrap().len()).sum()
    }
}

fn name(writer: usize, save: usize) -> String {
    format!("save-{writer:02}-{save:06}")
}

/// Saves the writer's own room over and over; the room's version says how often it was saved.
fn write(console: &str, told: &Told, writer: usize) {
    let cookie = format!("wardroom={}", template::cookie(Person::Admin).unwrap());
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let id = format!("written-{writer:02}");
    for save in 1.. {
        if told.is_over.load(SeqCst) {
            return;
        }
        let (version, text) = (save.to_string(), name(writer, save));
        let sent = told.tick();
        let pairs = [("id", id.as_str()), ("version", &version), ("changes[name]", &text)];
        let request = agent.post(format!("http://{console}/api/save_room")).header("Accept", "application/json");
        let request = request.header("Content-Type", "application/x-www-form-urlencoded").header("Cookie", &cookie);
        let mut answer = request.send(encoded(&pairs)).unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.body_mut().read_to_string().unwrap());
        answer.body_mut().read_to_string().unwrap();
        told.saves[writer].lock().unwrap().push(Save { sent, answered: told.tick() });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_under_64_writers_is_a_prefix_of_what_was_acknowledged() {
    let number = |name: &str, small: usize| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(small);
    let (many, copies) = (number("BACKUP_ROOMS", 4_000), number("BACKUP_COPIES", 2));
    let served = Served::start("warn,wardroom=info", &[], "Wardroom is open");
    let folder = served.file().parent().unwrap().to_owned();
    let lines = (0..WRITERS).map(|n| format!("{{\"id\":\"written-{n:02}\",\"name\":\"{}\"}}\n", name(n, 0)));
    let others = (0..many).map(|n| format!("{{\"id\":\"other-{n}\",\"name\":\"Other room {n}\"}}\n"));
    std::fs::write(folder.join("rooms.jsonl"), lines.chain(others).collect::<String>()).unwrap();
    let ran = run(&folder, "import rooms.jsonl --quiet");
    assert_eq!(ran.code, 0, "{}", ran.err);

    let told = Arc::new(Told::nothing());
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (console, told) = (served.console.clone(), told.clone());
            std::thread::spawn(move || write(&console, &told, writer))
        })
        .collect();
    let mut taken = Vec::new();
    for copy in 0..copies {
        let so_many = told.many();
        while told.many() < so_many + 5 * WRITERS {
            tokio::task::yield_now().await;
        }
        let begun = told.tick();
        let before = told.many();
        let ran = run(&folder, &format!("backup --to copy-{copy}.db"));
        assert_eq!(ran.code, 0, "{}", ran.err);
        taken.push((begun, told.tick()));
        assert!(told.many() > before, "the writers go on meanwhile");
    }
    told.is_over.store(true, SeqCst);
    writers.into_iter().for_each(|writer| writer.join().unwrap());

    for (copy, (begun, ended)) in taken.into_iter().enumerate() {
        let ran = run(&folder, &format!("backup verify copy-{copy}.db"));
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        let place = tempfile::tempdir().unwrap();
        let key = folder.join("wardroom.key");
        if key.exists() {
            std::fs::copy(key, place.path().join("wardroom.key")).unwrap();
        }
        let ran = run(place.path(), &format!("restore {}", folder.join(format!("copy-{copy}.db")).display()));
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        is_prefix(&place.path().join("wardroom.db"), &told, begun, ended).await;
    }
}

/// Asserts that a restored database holds every save that was answered before the copy was begun, no save without all
/// that were answered before it was sent, and each save with all that belongs to it.
async fn is_prefix(file: &Path, told: &Told, begun: u64, ended: u64) {
    let mut conn = SqliteConnectOptions::new().filename(file).read_only(true).connect().await.unwrap();
    let mut held = Vec::new();
    for writer in 0..WRITERS {
        held.push(whole_saves(&mut conn, writer).await);
    }
    let latest = |writer: usize| told.saves(writer).get(held[writer].wrapping_sub(1)).map_or(0, |save| save.sent);
    let latest = (0..WRITERS).map(latest).max().unwrap();
    assert!(latest < ended, "nothing of later");
    for (writer, &held) in held.iter().enumerate() {
        let saves = told.saves(writer);
        // The last save may have been written and not been answered yet.
        assert!(held <= saves.len() + 1, "writer {writer}: {held} of {}", saves.len());
        for save in saves.iter().skip(held) {
            assert!(save.answered > begun, "writer {writer}: {save:?} was answered before, and is not there");
            assert!(save.answered > latest, "writer {writer}: {save:?} is missing though a later one is there");
        }
    }
    let gaps = "SELECT max(id) - min(id) + 1 - count(*) FROM audit WHERE action <> 'backup.restored'";
    assert_eq!(sqlx::query_scalar::<_, i64>(gaps).fetch_one(&mut conn).await.unwrap(), 0, "the trail has no gaps");
    conn.close().await.unwrap();

    let store = Store::open(&format!("sqlite:{}", file.display())).await.unwrap();
    for (writer, &held) in held.iter().enumerate() {
        let found = async |save: usize| {
            let query = RoomQuery { search: name(writer, save), ..RoomQuery::default() };
            store.rooms(&query).await.unwrap().rows.into_iter().map(|row| row.id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(found(held).await, [format!("written-{writer:02}")], "the index has the last save");
        assert!(found(held + 1).await.is_empty(), "and none that is not there");
        assert!(held == 0 || found(held - 1).await.is_empty(), "and none that is past");
    }
    store.close().await;
}

/// How many saves of a writer there are: the room, its version and its entries say the same.
async fn whole_saves(conn: &mut SqliteConnection, writer: usize) -> usize {
    let id = format!("written-{writer:02}");
    let sql = "SELECT name, version FROM rooms WHERE id = $1";
    let room = sqlx::query(sql).bind(&id).fetch_one(&mut *conn).await.unwrap();
    let (text, version): (String, i64) = (room.get(0), room.get(1));
    let saves = usize::try_from(version).unwrap() - 1;
    assert_eq!(text, name(writer, saves));
    let sql = "SELECT version, changes FROM audit WHERE room = $1 AND action = 'room.updated' ORDER BY id";
    let entries = sqlx::query(sql).bind(&id).fetch_all(&mut *conn).await.unwrap();
    assert_eq!(entries.len(), saves, "{id}");
    for (n, entry) in entries.iter().enumerate() {
        let (version, changes): (i64, String) = (entry.get(0), entry.get(1));
        assert_eq!(version, n as i64 + 2);
        assert!(changes.contains(&name(writer, n)) && changes.contains(&name(writer, n + 1)), "{changes}");
    }
    saves
}
