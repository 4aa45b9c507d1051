//! A backup takes the database's place: when it may, what becomes of what was there, and of its log.

use std::path::Path;

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

use super::{count, files, lay, run, sql};
use crate::harness::{Person, served::Served};

const NAMED: &str = "SELECT count(*) FROM rooms WHERE id = 'stage' AND name = 'After'";

/// Renames a room of a running house.
fn rename(served: &Served, version: &str) {
    let pairs = [("id", "stage"), ("version", version), ("changes[name]", "After")];
    let (status, body) = served.form(Person::Admin, "/api/save_room", &pairs);
    assert_eq!(status, 200, "{body}");
}

/// Where the old database was moved to.
fn aside(folder: &Path) -> String {
    let names = files(folder).into_keys().filter(|name| name.contains(".before-restore-"));
    let names: Vec<String> = names.filter(|name| !name.ends_with("-wal")).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    names[0].clone()
}

#[tokio::test]
async fn a_backup_takes_the_place_of_a_stopped_house_and_what_was_there_is_kept() {
    let served = Served::start("info", &[], "Wardroom is open");
    let folder = served.file().parent().unwrap().to_owned();
    assert_eq!(run(&folder, "backup --to copy.db").code, 0);
    rename(&served, "1");
    let ran = run(&folder, "restore copy.db");
    assert!(ran.code == 1 && ran.err.contains("is open") && ran.err.contains("nothing was changed"), "{}", ran.err);
    assert_eq!(served.page(Person::Admin, "/rooms/stage").0, 200, "the house goes on");
    rename_again(&served);
    let log = std::fs::metadata(folder.join("wardroom.db-wal")).unwrap().len();
    assert!(log > 0);

    // Killed: what it wrote stands in the log only, which must not be played into the backup.
    let held = served.kill();
    assert_eq!(std::fs::metadata(folder.join("wardroom.db-wal")).unwrap().len(), log);
    let copy = std::fs::read(folder.join("copy.db")).unwrap();
    let ran = run(&folder, "restore copy.db");
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(std::fs::read(folder.join("copy.db")).unwrap(), copy, "the backup stays as it is");
    let (new, old) = (folder.join("wardroom.db"), folder.join(aside(&folder)));
    assert!(ran.out.contains(old.file_name().unwrap().to_str().unwrap()), "{}", ran.out);
    assert!(!folder.join("wardroom.db-wal").exists() && !folder.join("wardroom.db-shm").exists());
    assert!(files(&folder).keys().all(|name| !name.contains("restoring")));
    assert_eq!(count(&new, NAMED).await, 0);
    assert_eq!(count(&old, NAMED).await, 1, "what was in the log is in the old file");

    let last = "SELECT count(*) FROM audit WHERE id = (SELECT max(id) FROM audit) AND action = 'backup.restored'
                AND actor_kind = 'command' AND actor = 'ann'";
    assert_eq!(count(&new, last).await, 1);
    assert_eq!(count(&new, "SELECT count(*) FROM sessions").await, 0);
    let served = Served::over(held, "info", &[], "Wardroom is open");
    assert_eq!(served.page(Person::Admin, "/rooms/stage").0, 303, "everybody signs in again");
    assert_eq!(run(&folder, "backup --to again.db").code, 0);
    assert_eq!(run(&folder, "backup verify again.db").code, 0);
    served.stop();
}

fn rename_again(served: &Served) {
    let pairs = [("id", "stage"), ("version", "2"), ("changes[description]", "more")];
    assert_eq!(served.form(Person::Admin, "/api/save_room", &pairs).0, 200);
}

#[tokio::test]
async fn a_broken_database_is_moved_aside_with_its_log_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = lay(folder);
    assert_eq!(run(folder, "backup --to copy.db").code, 0);
    let (broken, log) = (b"nothing that SQLite could read".repeat(300), b"a log of it".repeat(400));
    std::fs::write(&file, &broken).unwrap();
    std::fs::write(folder.join("wardroom.db-wal"), &log).unwrap();
    std::fs::write(folder.join("wardroom.db-shm"), b"an index of the log").unwrap();
    let ran = run(folder, "restore copy.db");
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let old = aside(folder);
    assert_eq!(std::fs::read(folder.join(&old)).unwrap(), broken);
    assert_eq!(std::fs::read(folder.join(format!("{old}-wal"))).unwrap(), log);
    for gone in ["wardroom.db-wal", "wardroom.db-shm"] {
        assert!(!folder.join(gone).exists(), "{gone}");
    }
    assert_eq!(run(folder, "staff list").code, 0);
}

#[tokio::test]
async fn a_log_without_its_database_is_moved_aside_too() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = lay(folder);
    assert_eq!(run(folder, "backup --to copy.db").code, 0);
    std::fs::remove_file(&file).unwrap();
    std::fs::write(folder.join("wardroom.db-wal"), b"left behind").unwrap();
    let ran = run(folder, "restore copy.db");
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(!folder.join("wardroom.db-wal").exists());
    assert!(files(folder).iter().any(|(name, bytes)| name.ends_with("-wal") && bytes == b"left behind"));
    assert_eq!(run(folder, "staff list").code, 0);
}

#[tokio::test]
async fn nothing_is_restored_from_a_bad_backup_or_over_a_file_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let file = lay(folder);
    assert_eq!(run(folder, "backup --to copy.db").code, 0);
    let mut bytes = std::fs::read(folder.join("copy.db")).unwrap();
    bytes[9_000] ^= 1;
    std::fs::write(folder.join("bad.db"), bytes).unwrap();
    let before = files(folder);
    for (bad, words) in [("bad.db", "bytes: "), ("wardroom.db", "manifest: "), ("none.db", "manifest: ")] {
        let ran = run(folder, &format!("restore {bad}"));
        assert!(ran.code == 1 && ran.err.contains(words), "{bad}: {}", ran.err);
        assert_eq!(files(folder), before, "{bad}");
    }
    // Some other program, which knows nothing of our lock.
    let mut conn = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    sqlx::query("SELECT count(*) FROM rooms").fetch_one(&mut conn).await.unwrap();
    let ran = run(folder, "restore copy.db");
    assert!(ran.code == 1 && ran.err.contains("is open"), "{}", ran.err);
    conn.close().await.unwrap();
    assert_eq!(files(folder), before);
}

#[tokio::test]
async fn a_backup_is_restored_where_there_was_no_database_and_an_old_one_with_todays_tables() {
    let folder = tempfile::tempdir().unwrap();
    let file = lay(folder.path());
    sql(&file, "UPDATE rooms SET description = 'as it was' WHERE id = 'stage'").await;
    assert_eq!(run(folder.path(), "backup --to copy.db").code, 0);
    let other = tempfile::tempdir().unwrap();
    std::fs::copy(folder.path().join("copy.db"), other.path().join("copy.db")).unwrap();
    let key = folder.path().join("wardroom.key");
    if key.exists() {
        std::fs::copy(key, other.path().join("wardroom.key")).unwrap();
    }
    // What a restore that was killed has left is in nobody's way, and its log goes nowhere.
    std::fs::write(other.path().join("wardroom.restoring"), b"half a database").unwrap();
    std::fs::write(other.path().join("wardroom.restoring-wal"), b"and a log").unwrap();
    let ran = run(other.path(), "restore copy.db");
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(files(other.path()).keys().all(|name| !name.contains("restoring")));
    let new = other.path().join("wardroom.db");
    assert_eq!(count(&new, "SELECT count(*) FROM rooms WHERE description = 'as it was'").await, 1);
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(std::fs::metadata(&new).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(run(other.path(), "staff list").code, 0);
}
