//! Many hands at once, and hands that let go: sixty-four people save over a thousand rooms, each hangs up now and then in
//! the middle of a request or before its answer, and asks again with the same operation. What was acknowledged is in the
//! audit trail, each exactly once, and nothing else is.
//!
//! Three seconds of it, or as many as `WARDROOM_HANGUPS_SECONDS` says.

use std::{
    collections::BTreeMap,
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use sqlx::{ConnectOptions, Row, sqlite::SqliteConnectOptions};
use wardroom::{domain::Error, rpc::Done};

use crate::harness::{Person, Random, actor::encoded, served::Served, template};

const WRITERS: u64 = 64;
const ROOMS: u64 = 1_000;

/// How a request ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Its answer is read.
    Read,
    /// The client is gone before all of it is sent.
    Half,
    /// The client is gone before the answer.
    Unread,
}

/// Sends a form; gives the status and the body of the answer, if it is waited for.
fn send(address: &str, path: &str, pairs: &[(&str, &str)], end: End) -> Option<(u16, String)> {
    let body = encoded(pairs);
    let cookie = template::cookie(Person::Admin).unwrap();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nCookie: wardroom={cookie}\r\nAccept: application/json\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let sent = if end == End::Half { &request[..request.len() - body.len() / 2] } else { &request };
    stream.write_all(sent.as_bytes()).unwrap();
    if end != End::Read {
        return None;
    }
    let mut answer = String::new();
    match stream.read_to_string(&mut answer) {
        Ok(_) => {}
        // Whoever closes first may be told so by a reset; what was answered has arrived.
        Err(cause) if cause.kind() == ErrorKind::ConnectionReset && !answer.is_empty() => {}
        Err(cause) => panic!("{cause}"),
    }
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    Some((head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned()))
}

/// What one writer was told: the entry of each save, with what it wrote; and how many conflicts it met.
fn write(address: &str, writer: u64, until: Instant) -> (BTreeMap<i64, String>, u64) {
    let mut random = Random(writer);
    let mut versions: BTreeMap<u64, i64> = BTreeMap::new();
    let (mut told, mut conflicts) = (BTreeMap::new(), 0);
    let mut count = 0;
    while Instant::now() < until {
        let room = random.below(ROOMS as usize) as u64;
        count += 1;
        let (id, text, op) = (format!("r{room}"), format!("{writer} {count}"), format!("hang-{writer}-{count}"));
        // The version that this writer saw last: often an old one, so that conflicts are met.
        let version = versions.get(&room).copied().unwrap_or(1).to_string();
        let pairs = [("id", id.as_str()), ("version", &version), ("op", &op), ("changes[description]", &text)];
        loop {
            let end = match random.below(8) {
                0 => End::Half,
                1 | 2 => End::Unread,
                _ => End::Read,
            };
            let Some((status, body)) = send(address, "/api/save_room", &pairs, end) else { continue };
            if status == 409 {
                assert!(matches!(serde_json::from_str(&body), Ok(Error::Conflict(_))), "{body}");
                conflicts += 1;
                versions.insert(room, i64::MAX);
            } else {
                assert_eq!(status, 200, "{body}");
                let done: Done = serde_json::from_str(&body).unwrap();
                told.insert(done.entry.unwrap(), text);
                versions.remove(&room);
            }
            break;
        }
    }
    (told, conflicts)
}

#[tokio::test]
async fn what_was_acknowledged_is_there_exactly_once_whoever_hung_up() {
    let served = Served::start("warn,wardroom=info", &[], "Wardroom is open");
    let address = served.console.clone();
    thread::scope(|scope| {
        for writer in 0..8 {
            let address = &address;
            scope.spawn(move || {
                for room in (writer..ROOMS).step_by(8) {
                    let id = format!("r{room}");
                    let pairs = [("id", id.as_str()), ("changes[name]", "A room"), ("changes[owner]", "olivia")];
                    assert_eq!(send(address, "/api/create_room", &pairs, End::Read).unwrap().0, 200);
                }
            });
        }
    });
    let seconds = std::env::var("WARDROOM_HANGUPS_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let until = Instant::now() + Duration::from_secs(seconds);
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let address = address.clone();
            thread::spawn(move || write(&address, writer, until))
        })
        .collect();
    let (mut told, mut conflicts) = (BTreeMap::new(), 0);
    for writer in writers {
        let (its, met) = writer.join().unwrap();
        told.extend(its);
        conflicts += met;
    }
    println!("{} saves acknowledged, {conflicts} conflicts", told.len());
    assert!(told.len() > 100 && conflicts > 0, "{} saves, {conflicts} conflicts", told.len());

    let mut conn = SqliteConnectOptions::new().filename(served.file()).read_only(true).connect().await.unwrap();
    let rows = sqlx::query(
        "SELECT id, changes ->> '$[0].after' FROM audit WHERE action = 'room.updated' AND room GLOB 'r[0-9]*'",
    );
    let written: BTreeMap<i64, String> =
        rows.fetch_all(&mut conn).await.unwrap().iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(written, told, "the audit trail is what was acknowledged");
    let wrong = sqlx::query(
        "SELECT id FROM rooms WHERE id GLOB 'r[0-9]*' AND version <> (SELECT count(*) FROM audit WHERE audit.room = rooms.id)",
    );
    assert!(wrong.fetch_all(&mut conn).await.unwrap().is_empty(), "a version is the number of its entries");
    let newest = sqlx::query(
        "SELECT id FROM rooms WHERE id GLOB 'r[0-9]*' AND version > 1 AND description <>
             (SELECT changes ->> '$[0].after' FROM audit WHERE audit.room = rooms.id ORDER BY id DESC LIMIT 1)",
    );
    assert!(newest.fetch_all(&mut conn).await.unwrap().is_empty(), "a room is as its newest entry says");
    let log = served.stop();
    assert!(!log.contains("ERROR") && !log.contains("panicked"), "{log}");
}
