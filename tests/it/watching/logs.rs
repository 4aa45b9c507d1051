//! The program's log: an event a line, whoever sends what; no secrets; each failure once, under the id that was shown.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{Read, Write},
    net::TcpStream,
    path::Path,
};

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

use crate::harness::{PASSWORD, Person, STAGE, served::Served, template};

/// What would make a line of its own, move the cursor, or turn the text.
const EVIL: &str = "\r\nERROR forged \u{1b}[31m\u{9b}2J\u{202e}\u{2028}";
const EVIL_ENCODED: &str = "%0d%0aERROR%20forged%20%1b%5b31m%c2%9b2J%e2%80%ae%e2%80%a8";

/// Sends bytes as they are.
fn raw(address: &str, request: &[u8]) {
    let mut stream = TcpStream::connect(address).unwrap();
    let _ = stream.write_all(request);
    let _ = stream.read_to_end(&mut Vec::new());
}

/// Everything that could be sent to be read in a log.
fn attack(served: &Served) {
    let address = &served.console;
    for path in [format!("/{EVIL_ENCODED}"), format!("/rooms/{EVIL_ENCODED}"), format!("/imkit/rooms/{EVIL_ENCODED}")] {
        served.page(Person::Admin, &path);
        for name in ["user-agent", "x-request-id", "x-forwarded-for", "im-api-key", "referer", "appkey"] {
            let head = format!("GET {path}?secret=hush-query HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{name}: ");
            raw(address, &[head.as_bytes(), "a\u{9b}b\u{202e}c\u{2028}\td".as_bytes(), b"\r\n\r\n"].concat());
            raw(address, &[head.as_bytes(), b"a\x1b[31mb\r\n\r\n"].concat());
        }
    }
    raw(address, format!("GET /a{EVIL} HTTP/1.1\r\nHost: h\r\n\r\n").as_bytes());
    raw(address, format!("{EVIL} / HTTP/1.1\r\nHost: h\r\n\r\n").as_bytes());
    for (name, password) in [(EVIL, "x"), ("hush-password-in-the-name", "hush-password"), ("ada", EVIL)] {
        served.form(Person::Nobody, "/api/sign_in", &[("name", name), ("password", password)]);
    }
    for value in [EVIL, "\u{2028}name\u{2028}ERROR forged"] {
        let room = [("id", STAGE), ("version", "1"), ("changes[name]", value), ("changes[description]", value)];
        served.form(Person::Admin, "/api/save_room", &room);
        served.form(Person::Admin, &format!("/api/{EVIL_ENCODED}"), &room);
        served.form(Person::Viewer, "/api/create_room", &[("id", value), ("changes[name]", value)]);
        served.form(Person::Admin, "/api/add_staff", &[("name", value), ("role", value)]);
    }
}

fn is_clean(log: &str) {
    for bad in ["hush-", "\u{1b}", "\u{9b}", "\u{202e}", "\u{2028}", "\r", PASSWORD] {
        assert!(!log.contains(bad), "{bad:?} is in the log: {log}");
    }
    for person in [Person::Admin, Person::Viewer] {
        assert!(!log.contains(template::cookie(person).unwrap().as_str()), "{person:?}'s cookie is in the log: {log}");
    }
}

#[test]
fn as_text_every_line_is_an_events() {
    let served = Served::start("trace", &[], "Wardroom is open");
    attack(&served);
    let log = served.stop();
    is_clean(&log);
    assert!(log.contains("rooms/%0d%0aERROR"), "paths are in it, as they came");
    let levels = [" TRACE ", " DEBUG ", "  INFO ", "  WARN ", " ERROR "];
    for line in log.lines() {
        let is_event = line.starts_with("20") && levels.iter().any(|level| line.get(27..34) == Some(level));
        assert!(is_event, "{line:?} is no event");
    }
}

#[test]
fn as_json_every_line_is_an_object_with_the_id_of_its_request() {
    let served = Served::start("debug", &["--log-format", "json"], "Wardroom is open");
    attack(&served);
    served.call("/imkit/rooms/stage", "IM-API-KEY", "none");
    let log = served.stop();
    is_clean(&log);
    let (mut answered, mut refused) = (0, 0);
    for line in log.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"));
        assert!(event["timestamp"].is_string() && event["level"].is_string(), "{line}");
        let id = event["span"]["id"].as_str().or_else(|| event["spans"][0]["id"].as_str()).unwrap_or_default();
        match event["message"].as_str() {
            Some("answered") => answered += 1,
            Some("a call was refused") => refused += 1,
            _ => continue,
        }
        assert_eq!(id.len(), 12, "{line}");
    }
    assert!(answered > 20 && refused > 0, "{answered} {refused}");
}

/// Makes every look at a room and every save of one fail.
async fn lose_the_rooms(file: &Path) {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    sqlx::query("ALTER TABLE rooms RENAME TO lost").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_to_standard_error_and_no_file_is_written_but_the_databases() {
    let folder = tempfile::tempdir().unwrap();
    let names = || -> BTreeSet<String> {
        let entries = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        entries.map(|name| name.into_string().unwrap()).collect()
    };
    for name in ["here", "home", "tmp"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    let (house, out) = (tempfile::tempdir_in(folder.path()).unwrap(), folder.path().join("out"));
    let mut before = names();
    before.insert("out".to_owned());
    let file = house.path().join("wardroom.db");
    template::copy_to(&file);
    let served = Served::with(house, "debug", &[], "Wardroom is open", |command| {
        command.current_dir(folder.path().join("here")).stdout(File::create(&out).unwrap());
        command.env("WARDROOM_DATABASE_URL", format!("sqlite:{}", file.display()));
        command.env("HOME", folder.path().join("home")).env("TMPDIR", folder.path().join("tmp"));
    });
    let sign_in = [("name", "ada"), ("password", PASSWORD)];
    let save = [("id", STAGE), ("version", "1"), ("changes[name]", "x")];
    let (signed_in, saved) = tokio::task::block_in_place(|| {
        let signed_in = served.form(Person::Nobody, "/api/sign_in", &sign_in).0;
        (signed_in, served.form(Person::Admin, "/api/save_room", &save).0)
    });
    lose_the_rooms(&file).await;
    let failed = tokio::task::block_in_place(|| served.form(Person::Admin, "/api/save_room", &save).0);
    assert_eq!((signed_in, saved, failed), (200, 200, 500));
    let open = served.open_files();
    assert!(open.contains(&file), "{open:?}");
    let elsewhere: Vec<_> = open.iter().filter(|path| path.parent() != file.parent() && **path != out).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    served.terminate();
    let (house, log) = served.ended();
    assert!(log.contains("ERROR") && log.contains("Wardroom is closed"), "{log}");
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "");
    assert_eq!(names(), before);
    for name in ["here", "home", "tmp"] {
        assert_eq!(std::fs::read_dir(folder.path().join(name)).unwrap().count(), 0, "{name}");
    }
    for entry in std::fs::read_dir(house.path()).unwrap().map(|entry| entry.unwrap().file_name()) {
        let name = entry.to_string_lossy().into_owned();
        let known = [
            "wardroom.db",
            "wardroom.db-wal",
            "wardroom.db-shm",
            "wardroom.db-lock",
            "wardroom.db-key-lock",
            "wardroom.key",
        ];
        assert!(known.contains(&name.as_str()), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_one_line_under_the_id_that_was_shown() {
    let served = Served::start("info", &[], "Wardroom is open");
    lose_the_rooms(&served.file()).await;
    let log = tokio::task::spawn_blocking(move || {
        let room = [("id", STAGE), ("version", "1"), ("changes[name]", "x")];
        let (status, body) = served.form(Person::Admin, "/api/save_room", &room);
        let incident = body.split('"').nth(3).unwrap().to_owned();
        let (page, html) = served.page(Person::Admin, "/rooms/stage");
        assert_eq!((status, page), (500, 500), "{body}");
        (incident, html, served.stop())
    });
    let (incident, html, log) = log.await.unwrap();
    // That searches go on without ranks is nobody's request.
    let is_failure = |line: &&str| (line.contains("ERROR") || line.contains("WARN")) && line.contains("request{");
    let errors: Vec<&str> = log.lines().filter(is_failure).collect();
    assert_eq!(errors.len(), 2, "{log}");
    assert!(errors[0].contains(&incident) && errors[0].contains("no such table"), "{incident} is not in {}", errors[0]);
    let shown = html.split("<code>").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default();
    assert!(!shown.is_empty() && errors[1].contains(shown), "{shown} is not in {}", errors[1]);
}
