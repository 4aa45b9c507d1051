//! Being told to stop under load: what is in flight is answered, what was answered is there, and nobody holds the house
//! open for ever.

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use super::ledger::{self, Ledger};
use crate::harness::{Person, served::Served, template, wire};

/// The limits of `server/stop.rs` together, and what a busy machine adds.
const LIMIT: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread")]
async fn told_to_stop_while_64_save_it_answers_all_and_loses_nothing() {
    let served = Served::start("warn,wardroom=info", &[], "Wardroom is open");
    let (address, saved) = (served.console.clone(), AtomicUsize::new(0));
    let (ledger, began) = thread::scope(|scope| {
        let savers: Vec<_> = (0..64)
            .map(|saver| {
                let (address, saved) = (&address, &saved);
                scope.spawn(move || {
                    let mut ledger = Ledger::default();
                    for n in 0.. {
                        let name = format!("zz{saver}q{n}e");
                        match wire::name(address, "stage", &name, &format!("op-{name}")) {
                            Some((200, _)) => ledger.acknowledged.push(("stage".to_owned(), name)),
                            // It listens no more: nothing was read of this one.
                            None => {
                                ledger.open.push(("stage".to_owned(), name));
                                return ledger;
                            }
                            Some((status, body)) => panic!("{status} {body}"),
                        }
                        saved.fetch_add(1, Ordering::SeqCst);
                    }
                    ledger
                })
            })
            .collect();
        while saved.load(Ordering::SeqCst) < 500 {
            thread::sleep(Duration::from_millis(2));
        }
        served.terminate();
        let began = Instant::now();
        let mut all = Ledger::default();
        savers.into_iter().for_each(|saver| all.extend(saver.join().unwrap()));
        (all, began)
    });
    let (folder, log) = served.ended();
    assert!(began.elapsed() < LIMIT, "{:?}", began.elapsed());
    assert!(log.contains("Wardroom is closed") && !log.contains("ERROR") && !log.contains("cut off"), "{log}");
    let file = folder.path().join("wardroom.db");
    let log_left = std::fs::metadata(file.with_extension("db-wal")).map_or(0, |log| log.len());
    assert_eq!(log_left, 0, "the log is written back");
    ledger::check(&file, &ledger).await;
}

/// Begins a download and reads none of it; it is longer than what sockets hold.
fn hang(address: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    let cookie = template::cookie(Person::Admin).unwrap();
    write!(stream, "GET /audit/export HTTP/1.1\r\nHost: {address}\r\nCookie: wardroom={cookie}\r\n\r\n").unwrap();
    let mut first = [0];
    stream.read_exact(&mut first).unwrap();
    stream
}

/// A house with a longer trail than a socket's buffers take.
fn large() -> Served {
    let folder = tempfile::tempdir().unwrap();
    template::copy_to(&folder.path().join("wardroom.db"));
    let text = "x".repeat(4_000);
    let lines: String =
        (0..5_000).map(|n| format!("{{\"id\":\"r{n}\",\"name\":\"R{n}\",\"ext\":\"{text}\"}}\n")).collect();
    std::fs::write(folder.path().join("rooms.jsonl"), lines).unwrap();
    let mut import = std::process::Command::new(env!("CARGO_BIN_EXE_wardroom"));
    import.args(["import", "rooms.jsonl", "--database-url", "sqlite:wardroom.db"]).current_dir(folder.path());
    assert!(import.output().unwrap().status.success());
    Served::over(folder, "warn,wardroom=info", &[], "Wardroom is open")
}

#[test]
fn a_download_that_nobody_reads_holds_the_house_open_for_seconds_and_a_second_word_ends_it_at_once() {
    let served = large();
    let hanging = hang(&served.console);
    let began = Instant::now();
    served.terminate();
    let (folder, log) = served.ended();
    assert!(log.contains("cut off") && log.contains("Wardroom is closed"), "{log}");
    assert!(began.elapsed() > Duration::from_secs(3) && began.elapsed() < LIMIT, "{:?}", began.elapsed());
    drop(hanging);

    let served = Served::over(folder, "warn,wardroom=info", &[], "Wardroom is open");
    let hanging = hang(&served.console);
    let began = Instant::now();
    served.terminate();
    served.lines_until("finishing what is in flight");
    served.terminate();
    served.ended();
    assert!(began.elapsed() < Duration::from_secs(3), "{:?}", began.elapsed());
    drop(hanging);
}
