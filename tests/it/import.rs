//! Import and export: real lines, hostile lines, second runs and round trips.

use std::{
    collections::HashMap,
    future::{pending, ready},
    io::{Cursor, Read, Write},
    sync::Arc,
};

use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use tempfile::TempDir;
use wardroom::{
    domain::{
        Role, Timestamp,
        audit::{Action, AuditQuery, Source},
        page::Total,
        room::{Field, RoomId, RoomQuery},
    },
    services::{
        Ctx, Settings,
        export::Export,
        history,
        import::{End, Format, Note, Options, Report, Watch, What, import},
    },
    store::Store,
};

/// 299 lines of the real list: some ids repeated, two names with tabs, many scripts.
const CHANNELS: &str = include_str!("data/channels.jsonl");
/// Rooms with members, messages, attributes and every field somewhere; `demo` takes every fifth, 400 in all.
const DEMO: &[u8] = include_bytes!("../../xtask/demo/rooms.jsonl.gz");

/// A house of its own, gone at the end of the test.
struct House {
    ctx: Ctx,
    _folder: TempDir,
}

/// Keeps every note.
#[derive(Default)]
struct Notes(Vec<Note>);

impl Watch for Notes {
    fn note(&mut self, note: &Note) -> Result<(), String> {
        self.0.push(note.clone());
        Ok(())
    }

    fn progress(&mut self, _so_far: &Report) {}
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("wardroom.db").display());
        let ctx = Ctx::command(
            Store::open(&url).await.unwrap(),
            Arc::new(Settings::default()),
            "tester".to_owned(),
            Timestamp(1_795_000_000_000),
        );
        Self { ctx, _folder: folder }
    }

    async fn take(&self, source: impl Read + Send + 'static) -> (Report, Vec<Note>) {
        let mut notes = Notes::default();
        let options = Options { batch: 64, ..Options::default() };
        let report = import(&self.ctx, source, options, &mut notes, pending()).await.unwrap();
        (report, notes.0)
    }

    async fn take_text(&self, text: impl Into<String>) -> (Report, Vec<Note>) {
        self.take(Cursor::new(text.into().into_bytes())).await
    }

    async fn export(&self, format: Format) -> String {
        let (mut export, mut text) = (Export::new(format), Vec::new());
        while let Some(part) = export.next(&self.ctx).await.unwrap() {
            text.extend(part);
        }
        String::from_utf8(text).unwrap()
    }

    async fn entries(&self) -> Total {
        self.ctx.store.audit(&AuditQuery::default()).await.unwrap().total
    }
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(text).unwrap();
    packed.finish().unwrap()
}

fn demo() -> String {
    let mut text = String::new();
    GzDecoder::new(DEMO).read_to_string(&mut text).unwrap();
    text.split_inclusive('\n').step_by(5).collect()
}

/// Hands out a byte at a time, as a slow pipe may.
struct Drip(Cursor<Vec<u8>>);

impl Read for Drip {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let one = buffer.len().min(1);
        self.0.read(&mut buffer[..one])
    }
}

#[tokio::test]
async fn the_first_of_a_repeated_id_counts_and_every_other_line_is_named() {
    let house = House::new().await;
    let (report, notes) = house.take_text(CHANNELS).await;
    let mut first: HashMap<String, u64> = HashMap::new();
    let mut expected = Vec::new();
    for (line, text) in (1..).zip(CHANNELS.lines()) {
        let id = serde_json::from_str::<serde_json::Value>(text).unwrap()["id"].as_str().unwrap().to_owned();
        match first.get(&id) {
            None => drop(first.insert(id, line)),
            Some(first) => {
                let why = format!("id stands on line {first} already, and that line counts");
                expected.push(Note { line, id: Some(id), what: What::Refused, reasons: vec![why] });
            }
        }
    }
    let (refused, adjusted): (Vec<Note>, Vec<Note>) = notes.into_iter().partition(|note| note.what == What::Refused);
    assert!(!expected.is_empty());
    assert_eq!(refused, expected);
    assert_eq!(adjusted.len(), 2, "{adjusted:?}");
    assert!(adjusted[0].reasons[0].contains("\\t"), "{adjusted:?}");
    assert_eq!((report.read, report.created), (CHANNELS.lines().count() as u64, first.len() as u64));
    assert_eq!((report.refused, report.adjusted, report.end), (expected.len() as u64, 2, End::Whole));
    let found = house.ctx.store.rooms(&RoomQuery::default()).await.unwrap();
    assert_eq!(found.total, Total::Exactly(first.len() as u64));
}

#[tokio::test]
async fn a_second_run_changes_nothing() {
    let house = House::new().await;
    let demo = demo();
    let (first, _) = house.take_text(demo.clone()).await;
    assert_eq!((first.created, first.refused, &first.end), (400, 0, &End::Whole), "{:?}", first.first);
    let (before, entries) = (house.export(Format::JsonLines).await, house.entries().await);
    let (second, _) = house.take(Cursor::new(gzip(demo.as_bytes()))).await;
    assert_eq!((second.created, second.changed, second.unchanged), (0, 0, 400));
    assert_eq!(house.entries().await, entries);
    assert!(house.export(Format::JsonLines).await == before, "the second run wrote something");
}

#[tokio::test]
async fn what_was_exported_is_imported_equal() {
    let (one, two, three) = (House::new().await, House::new().await, House::new().await);
    one.take_text(demo()).await;
    one.take_text(CHANNELS).await;
    let all = one.export(Format::JsonLines).await;
    let (report, notes) = two.take(Drip(Cursor::new(gzip(all.as_bytes())))).await;
    assert_eq!((report.refused, notes.len()), (0, 0), "{notes:?}");
    assert!(two.export(Format::JsonLines).await == all, "the round trip is not equal");

    let table = one.export(Format::Csv).await;
    let (report, notes) = three.take_text(table.clone()).await;
    assert_eq!((report.refused, notes.len()), (0, 0), "{notes:?}");
    assert!(three.export(Format::Csv).await == table, "the round trip of the table is not equal");
    // The table of a house that has more than fields changes nothing there either.
    let (again, _) = one.take_text(table).await;
    assert_eq!((again.changed, again.created, again.refused), (0, 0, 0));
}

#[tokio::test]
async fn only_what_differs_is_written_with_its_entry() {
    let house = House::new().await;
    let line = r#"{"id":"a","name":"直播","owner":"ann","tags":["x"],"members":[{"id":"ann"}],"attributes":[{"key":"k","value":"1"},{"key":"l"}]}"#;
    house.take_text(line).await;
    let changed = r#"{"id":"a","name":"直播","tags":["y"],"attributes":[{"key":"k","value":"2"}],"members":[{"id":"ann"},{"id":"bob","nickname":"Bob"}],
                      "last_message":{"id":"m1","text":"hi","sender":"bob","sent_at":"2026-11-01T00:00:00Z"}}"#
        .replace('\n', " ");
    let (report, _) = house.take_text(changed.clone()).await;
    assert_eq!((report.changed, report.unchanged), (1, 0), "{report:?}");
    let id = RoomId::parse("a").unwrap();
    let room = house.ctx.store.room(&id).await.unwrap().unwrap();
    assert_eq!((room.version, room.member_count, room.owner()), (4, 2, Some("ann")));
    assert_eq!(room.values.words(Field::Tags), ["y"]);
    let trail = house.ctx.store.audit(&AuditQuery::default()).await.unwrap().rows;
    let told: Vec<(Action, Vec<&str>)> =
        trail.iter().map(|e| (e.action, e.changes.iter().map(|c| c.field.as_str()).collect())).collect();
    assert_eq!(
        told,
        [
            (Action::MembersChanged, vec!["clients", "members", "last_message"]),
            (Action::AttributesChanged, vec!["attribute.l", "attribute.k"]),
            (Action::RoomUpdated, vec!["tags"]),
            (Action::RoomCreated, vec!["name", "tags", "owner", "attribute.k", "attribute.l", "members"]),
        ]
    );
    assert!(trail.iter().all(|e| e.source == Source::Command && e.actor == house.ctx.actor));
    let (again, _) = house.take_text(changed).await;
    assert_eq!((again.unchanged, again.changed), (1, 0));

    // Fields and attributes that an import changed can be taken back.
    history::undo(&house.ctx, trail[1].id).await.unwrap();
    history::undo(&house.ctx, trail[2].id).await.unwrap();
    let room = house.ctx.store.room(&id).await.unwrap().unwrap();
    assert_eq!(room.values.words(Field::Tags), ["x"]);
    assert_eq!(house.ctx.store.attributes(room.number).await.unwrap().len(), 2);

    let (report, notes) = house.take_text(r#"{"id":"a","owner":null,"name":"other"}"#).await;
    assert_eq!((report.refused, report.changed), (1, 0));
    assert!(notes[0].reasons[0].starts_with("owner cannot be empty"), "{notes:?}");
}

#[tokio::test]
async fn hostile_lines_are_refused_with_reasons_and_disturb_nobody() {
    let house = House::new().await;
    let tags: Vec<String> = (0..1_000).map(|n| format!("t{n}")).collect();
    let deep = format!("{{\"id\":\"deep\",\"ext\":{}0{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let lines: Vec<(Vec<u8>, &str)> = vec![
        (b"{\"id\":\"n\0\"}".to_vec(), "NUL"),
        (br#"{"id":"u","name":"a\u0000b"}"#.to_vec(), "control character (U+0000)"),
        ("{\"id\":\"b\",\"name\":\"a\u{202E}b\"}".into(), "direction (U+202E)"),
        (format!("{{\"id\":\"long\",\"ext\":\"{}\"}}", "x".repeat(2 << 20)).into(), "more than 1048576 bytes"),
        (br#"{"id":"w","name":7,"muted":"yes","capacity":"5","tags":"x"}"#.to_vec(), "muted must be true or false"),
        (format!("{{\"id\":\"t\",\"tags\":{}}}", serde_json::to_string(&tags).unwrap()).into(), "1000 of 20"),
        (br#"{"id":"f","colour":"red"}"#.to_vec(), "colour is not a field"),
        (b"{\"id\":\"\xC3\x28\"}".to_vec(), "not UTF-8"),
        (deep.into(), "recursion limit"),
        (br#"{"id":"","name":"x"}"#.to_vec(), "id is empty"),
        (br#"{"id":7}"#.to_vec(), "id must be a text"),
        (br#"{"name":"x"}"#.to_vec(), "id is missing"),
        (br#"{"id":"..","name":"x"}"#.to_vec(), "id cannot be"),
        (br#"{"id":"x","cover":"javascript:alert(1)"}"#.to_vec(), "must begin with https"),
        (br#"["id","x"]"#.to_vec(), "one JSON object a line"),
        (b"</textarea><script>alert(1)</script>".to_vec(), "not JSON"),
        (br#"{"id":"x","members":{"id":"u"}}"#.to_vec(), "members cannot be read"),
        (br#"{"id":"x","attributes":[{"key":"a\u0000"}]}"#.to_vec(), "control character"),
        (br#"{"id":"x","number":1e30}"#.to_vec(), "number cannot be read"),
    ];
    let mut file = b"{\"id\":\"first\"}\r\n\r\n".to_vec();
    for (line, _) in &lines {
        file.extend(line);
        file.push(b'\n');
    }
    file.extend(b"{\"id\":\"last\",\"name\":\"</textarea><script>alert(1)</script>\"}");
    let (report, notes) = house.take(Cursor::new(file)).await;
    assert_eq!((report.created, report.refused, &report.end), (2, lines.len() as u64, &End::Whole));
    for (number, ((_, why), note)) in (3..).zip(lines.iter().zip(&notes)) {
        assert_eq!(note.line, number, "{why}: {note:?}");
        assert!(note.reasons.iter().any(|reason| reason.contains(why)), "{why}: {note:?}");
        assert!(note.reasons.iter().all(|reason| reason.chars().count() <= 300), "{note:?}");
    }
    assert_eq!(notes[4].reasons.len(), 4, "every reason is told: {:?}", notes[4]);
    let room = house.ctx.store.room(&RoomId::parse("last").unwrap()).await.unwrap().unwrap();
    assert_eq!(room.title(), "</textarea><script>alert(1)</script>");
}

#[tokio::test]
async fn a_broken_file_keeps_what_was_read_and_says_where_it_ended() {
    let lines: String = (0..2_000).map(|n| format!("{{\"id\":\"r{n}\",\"name\":\"{}\"}}\n", n * 7_919)).collect();
    let packed = gzip(lines.as_bytes());
    let (cut, rest) = packed.split_at(packed.len() / 2);
    let house = House::new().await;
    let (report, _) = house.take(Cursor::new(cut.to_vec())).await;
    assert!(matches!(&report.end, End::Broken(why) if why.contains("cut off")), "{report:?}");
    assert!((400..1_600).contains(&report.created), "{report:?}");
    let (whole, _) = house.take(Cursor::new(packed.clone())).await;
    assert_eq!((whole.unchanged, whole.created), (report.created, 2_000 - report.created));

    let mut damaged = packed.clone();
    let middle = damaged.len() - rest.len();
    damaged[middle..middle + 64].fill(0xFF);
    let (report, _) = House::new().await.take(Cursor::new(damaged)).await;
    assert!(matches!(&report.end, End::Broken(why) if why.contains("damaged")), "{report:?}");

    let two = [gzip(b"{\"id\":\"a\"}\n"), gzip(b"{\"id\":\"b\"}\n")].concat();
    let (report, _) = House::new().await.take(Cursor::new(two)).await;
    assert_eq!((report.created, report.end), (2, End::Whole));
    for empty in [&b""[..], b"\n\n", b"\xEF\xBB\xBF"] {
        let (report, _) = House::new().await.take(Cursor::new(empty)).await;
        assert_eq!((report.read, report.end), (0, End::Whole));
    }
}

#[tokio::test]
async fn a_table_is_read_as_people_make_them() {
    let house = House::new().await;
    let table = "\u{FEFF}id,Name,tags,muted,capacity\r\n\
                 a,\"'=1+1\",\"news, live\",yes,10\r\n\
                 b,\" two\nlines \",,,\r\n\
                 c,x,y\r\n\
                 a,again,,,\r\n";
    let (report, notes) = house.take_text(table).await;
    assert_eq!((report.created, report.refused, report.adjusted, &report.end), (2, 2, 1, &End::Whole), "{notes:?}");
    assert_eq!(notes.iter().map(|note| note.line).collect::<Vec<_>>(), [3, 5, 6]);
    let room = house.ctx.store.room(&RoomId::parse("a").unwrap()).await.unwrap().unwrap();
    assert_eq!((room.title(), room.values.words(Field::Tags).len(), room.values.flag(Field::Muted)), ("=1+1", 2, true));

    let (report, _) = house.take_text("id,colour\nx,red\n").await;
    assert!(matches!(&report.end, End::Broken(why) if why.contains("\"colour\" is none")), "{report:?}");
    let (report, _) = house.take_text("id,name\nd,ok\ne,\"open\nf,lost\n").await;
    assert_eq!((report.created, report.refused), (1, 1));
    assert!(matches!(&report.end, End::Broken(why) if why.contains("line 3")), "{report:?}");
}

#[tokio::test]
async fn numbers_are_kept_where_they_are_free() {
    let house = House::new().await;
    let (report, notes) = house
        .take_text(
            "{\"id\":\"a\",\"number\":7}\n{\"id\":\"b\"}\n{\"id\":\"c\",\"number\":8}\n{\"id\":\"d\",\"number\":3}",
        )
        .await;
    assert_eq!((report.created, report.adjusted), (4, 1));
    assert_eq!(notes[0].reasons, ["number 8 is another room's; it became 9"]);
    let (again, notes) = house.take_text("{\"id\":\"a\",\"number\":5,\"app\":\"x\",\"version\":9}").await;
    assert_eq!((again.unchanged, again.adjusted, notes[0].reasons.len()), (1, 1, 2), "{notes:?}");
    let text = house.export(Format::JsonLines).await;
    let ids: Vec<&str> = text.lines().filter_map(|line| line.get(7..8)).collect();
    assert_eq!(ids, ["d", "a", "b", "c"]);
}

#[tokio::test]
async fn only_who_may_and_only_until_told_to_stop() {
    let mut house = House::new().await;
    let report = import(&house.ctx, Cursor::new(CHANNELS), Options::default(), &mut (), ready(())).await.unwrap();
    assert_eq!((report.created, report.end), (0, End::Stopped));
    house.ctx.role = Role::Moderator;
    let refused = import(&house.ctx, Cursor::new(CHANNELS), Options::default(), &mut (), pending()).await;
    assert!(refused.is_err());
    assert_eq!(house.entries().await, Total::Exactly(0));
}
