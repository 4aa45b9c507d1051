//! The audit trail under the hands of somebody who can write the file, but has no key: whatever they do to it is found,
//! and the first entry that is not as it was written is named.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

use futures::FutureExt;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use wardroom::{
    domain::{
        Timestamp,
        audit::{Action, Actor, Call, Source},
        room::Change,
        trail::{Bad, Checkpoint, Fault, Whole},
    },
    store::{NewEntry, Store, Trail},
};

use crate::harness::House;

/// When the first entry was written.
pub const BEGAN: Timestamp = Timestamp(1_760_000_000_000);

/// An entry with something in every column.
pub fn entry(n: i64) -> NewEntry {
    let call = Call { vendor: "v".to_owned(), action: format!("call {n}"), client: "c".to_owned(), notify: None };
    NewEntry {
        at: BEGAN.plus(n * 1000),
        actor: Actor::App(format!("app {}", n % 3)),
        source: Source::Api,
        address: "192.0.2.7".to_owned(),
        action: Action::RoomUpdated,
        room: Some((format!("room {n}"), n)),
        note: "直播 note".to_owned(),
        changes: vec![Change::of_text("name", Some("before"), Some(&format!("after {n}")))],
        undo_of: Some(n),
        operation: Some(format!("operation {n}")),
        call: Some(call),
        job: Some(n),
    }
}

/// Appends entries, each in a unit of its own.
pub async fn append(store: &Store, numbers: std::ops::RangeInclusive<i64>) {
    for n in numbers {
        store.write(move |tx| async move { tx.append(&entry(n)).await }.boxed()).await.unwrap();
    }
}

/// Checks the trail in a file, by the key beside it.
pub async fn verify(file: &std::path::Path, checkpoints: &[Checkpoint]) -> Result<Whole, Bad> {
    let mut trail = Trail::open(&format!("sqlite:{}", file.display()), None).await.unwrap();
    assert!(checkpoints.iter().all(|known| trail.made(known)));
    let verified = trail.verify(checkpoints).await.unwrap();
    trail.close().await;
    verified
}

/// Runs statements on a file, past Wardroom.
pub async fn tamper(file: &std::path::Path, sql: &str) {
    let mut conn = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

/// The file of a trail of entries 1 to 10, to be copied and tampered with. `kept` holds the head as it was at entry 7.
pub struct Kept {
    folder: TempDir,
    bytes: Vec<u8>,
    key: Vec<u8>,
    copies: AtomicUsize,
}

impl Kept {
    pub async fn new() -> Self {
        let house = House::empty().await;
        append(&house.store, 1..=7).await;
        house.sql("CREATE TABLE kept AS SELECT * FROM audit_ends WHERE part = 'head'").await;
        append(&house.store, 8..=10).await;
        house.store.close().await;
        let key = std::fs::read(house.file.with_extension("key")).unwrap();
        let bytes = std::fs::read(&house.file).unwrap();
        Self { folder: tempfile::tempdir().unwrap(), bytes, key, copies: AtomicUsize::new(0) }
    }

    /// A copy of its own, with its key.
    pub fn copy(&self) -> PathBuf {
        let n = self.copies.fetch_add(1, Ordering::Relaxed);
        let file = self.folder.path().join(format!("{n}.db"));
        std::fs::write(&file, &self.bytes).unwrap();
        std::fs::write(file.with_extension("key"), &self.key).unwrap();
        file
    }

    /// What is found in a copy with which this was done.
    pub async fn after(&self, sql: &str) -> Result<Whole, Bad> {
        let file = self.copy();
        tamper(&file, sql).await;
        verify(&file, &[]).await
    }
}

#[tokio::test]
async fn a_trail_that_nobody_touched_is_whole() {
    let kept = Kept::new().await;
    let whole = kept.after("SELECT 1").await.unwrap();
    assert_eq!((whole.entries, whole.unused, whole.removed), (10, 0, None));
    assert_eq!(whole.first, Some((1, BEGAN.plus(1000))));
    assert_eq!(whole.last, Some((10, BEGAN.plus(10_000))));
    let other = Kept::new().await;
    assert_ne!(other.after("SELECT 1").await.unwrap().database, whole.database);
    let empty = House::empty().await;
    let whole = verify(&empty.file, &[]).await.unwrap();
    assert_eq!((whole.entries, whole.first, whole.last), (0, None, None));
}

#[tokio::test]
async fn an_edit_of_any_column_is_found() {
    let kept = Kept::new().await;
    let mut conn = SqliteConnectOptions::new().filename(kept.copy()).connect().await.unwrap();
    let columns: Vec<(String, String)> =
        sqlx::query_as("SELECT name, type FROM pragma_table_info('audit')").fetch_all(&mut conn).await.unwrap();
    assert!(columns.len() >= 16);
    for (column, kind) in columns.iter().filter(|(name, _)| !["id", "mac"].contains(&name.as_str())) {
        let mut edits = match kind.as_str() {
            "INTEGER" => vec![format!("{column} + 1"), format!("-{column}")],
            _ => vec![
                format!("{column} || ' '"),
                "''".to_owned(),
                format!("upper({column}) || char(0)"),
                "CAST(x'ff00fe' AS TEXT)".to_owned(),
            ],
        };
        if ["room", "version", "undo_of", "operation", "call", "job"].contains(&column.as_str()) {
            edits.push("NULL".to_owned());
        }
        for edit in edits {
            for id in [1, 5, 10] {
                let sql = format!("UPDATE audit SET {column} = {edit} WHERE id = {id}");
                let bad = kept.after(&sql).await.expect_err(&sql);
                assert_eq!((bad.entry, bad.fault, bad.whole), (id, Fault::Edited, id - 1), "{sql}");
                assert!(bad.at.is_some() && bad.action.is_some(), "{sql}");
            }
        }
    }
}

#[tokio::test]
async fn what_moves_from_one_column_to_the_next_is_found() {
    let kept = Kept::new().await;
    for sql in [
        "UPDATE audit SET actor = actor || 'x', source = substr(source, 2) WHERE id = 5",
        "UPDATE audit SET note = changes, changes = note WHERE id = 5",
        "UPDATE audit SET version = undo_of, undo_of = version + 0, room = operation, operation = room WHERE id = 5",
    ] {
        let bad = kept.after(sql).await.expect_err(sql);
        assert_eq!((bad.entry, bad.fault), (5, Fault::Edited), "{sql}");
    }
}

#[tokio::test]
async fn what_is_removed_put_in_or_moved_is_found_and_named() {
    let kept = Kept::new().await;
    let copied = |from: i64, to: i64| {
        format!(
            "INSERT INTO audit SELECT {to}, at, actor_kind, actor, source, address, action, room, version, note, changes,
                 undo_of, NULL, call, job, mac FROM audit WHERE id = {from};"
        )
    };
    let renumbered = |from: &str, to: &str| format!("UPDATE audit SET id = {to} WHERE id {from};");
    let swapped = |a: i64, b: i64| {
        [(format!("= {a}"), "99".to_owned()), (format!("= {b}"), a.to_string()), ("= 99".to_owned(), b.to_string())]
            .map(|(from, to)| renumbered(&from, &to))
            .concat()
    };
    let made_room = renumbered(">= 5", "-id") + &renumbered("< 0", "1 - id");
    let plain = "INSERT INTO audit (id, at, actor_kind, actor, source, address, action) VALUES
                 (11, 1, 'staff', 'ada', 'console', '', 'room.updated')";
    for (sql, entry, fault) in [
        // Removed.
        ("DELETE FROM audit WHERE id = 1".to_owned(), 1, Fault::Missing(1, 2)),
        ("DELETE FROM audit WHERE id = 5".to_owned(), 5, Fault::Missing(5, 6)),
        ("DELETE FROM audit WHERE id BETWEEN 4 AND 6".to_owned(), 4, Fault::Missing(6, 7)),
        ("DELETE FROM audit WHERE id = 10".to_owned(), 10, Fault::Cut(10)),
        ("DELETE FROM audit WHERE id > 7".to_owned(), 8, Fault::Cut(10)),
        ("DELETE FROM audit".to_owned(), 1, Fault::Cut(10)),
        ("DELETE FROM audit WHERE id IN (3, 8)".to_owned(), 3, Fault::Missing(3, 4)),
        // Put in.
        (plain.to_owned(), 11, Fault::Appended),
        (copied(3, 11), 11, Fault::Appended),
        (copied(3, 0), 0, Fault::Inserted(1)),
        (made_room.clone(), 5, Fault::Moved(6)),
        (made_room.clone() + &copied(4, 5), 5, Fault::Moved(6)),
        // Moved.
        (swapped(4, 5), 4, Fault::Moved(5)),
        (swapped(2, 9), 2, Fault::Moved(9)),
        (renumbered("= 5", "50"), 5, Fault::Moved(50)),
        (renumbered("= 10", "11"), 10, Fault::Moved(11)),
        // The mac.
        ("UPDATE audit SET mac = NULL WHERE id = 5".to_owned(), 5, Fault::Unchained),
        ("UPDATE audit SET mac = NULL".to_owned(), 1, Fault::Unchained),
        ("UPDATE audit SET mac = x'00' WHERE id = 5".to_owned(), 5, Fault::Unchained),
        ("UPDATE audit SET mac = zeroblob(36) WHERE id = 5".to_owned(), 5, Fault::Key(0)),
        ("UPDATE audit SET mac = (SELECT mac FROM audit WHERE id = 6) WHERE id = 5".to_owned(), 5, Fault::Mac),
        ("UPDATE audit SET mac = (SELECT mac FROM audit WHERE id = 6) WHERE id = 10".to_owned(), 10, Fault::Mac),
    ] {
        let bad = kept.after(&sql).await.expect_err(&sql);
        assert_eq!((bad.entry, &bad.fault), (entry, &fault), "{sql}: {bad}");
    }
}

#[tokio::test]
async fn the_rows_with_the_ends_are_as_safe_as_the_entries() {
    let kept = Kept::new().await;
    let whole = kept.after("SELECT 1").await.unwrap();
    let columns = ["database || 'x'", "entry + 1", "entry - 1", "many + 1", "at + 1", "written_at + 1"];
    for (part, entry, fault) in [("start", 0, Fault::Start), ("head", 10, Fault::Head)] {
        let edits = columns.iter().map(|edit| {
            let column = edit.split(' ').next().unwrap();
            format!("UPDATE audit_ends SET {column} = {edit} WHERE part = '{part}'")
        });
        let others = [
            format!("DELETE FROM audit_ends WHERE part = '{part}'"),
            format!("UPDATE audit_ends SET mac = (SELECT mac FROM audit WHERE id = 5) WHERE part = '{part}'"),
            format!("UPDATE audit_ends SET seal = zeroblob(36) WHERE part = '{part}'"),
            format!("UPDATE audit_ends SET part = 'x' WHERE part = '{part}'"),
        ];
        for sql in edits.chain(others) {
            let bad = kept.after(&sql).await.expect_err(&sql);
            assert_eq!((bad.entry, &bad.fault), (entry, &fault), "{sql}: {bad}");
        }
    }
    // One end does not stand for the other.
    let sql = "DELETE FROM audit_ends WHERE part = 'start'; UPDATE audit_ends SET part = 'start' WHERE part = 'head'";
    assert_eq!(kept.after(sql).await.unwrap_err().fault, Fault::Start);
    // An older head, put back: found as long as the numbers that were given out tell of it.
    let back = "REPLACE INTO audit_ends SELECT * FROM kept";
    let bad = kept.after(back).await.unwrap_err();
    assert_eq!((bad.entry, bad.fault), (8, Fault::OldHead));
    let cut = format!("{back}; DELETE FROM audit WHERE id > 7");
    let bad = kept.after(&cut).await.unwrap_err();
    assert_eq!((bad.entry, bad.fault), (8, Fault::Sequence(10)));
    // The whole of an older file, put back: only a checkpoint tells.
    let all = format!("{cut}; UPDATE sqlite_sequence SET seq = 7 WHERE name = 'audit'");
    let older = kept.after(&all).await.unwrap();
    assert_eq!((older.entries, older.database), (7, whole.database));
}
