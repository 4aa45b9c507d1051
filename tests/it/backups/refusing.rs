//! What a house does not start on: it says why in one sentence, and changes nothing.

use std::path::Path;

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use wardroom::store::{Claim, Store, is_sound, newest_step};

use super::{files, lay, run, sql};

/// Why the house does not start, said by the library and by the program; nothing changes.
async fn refused(folder: &Path) -> String {
    let before = files(folder);
    let told =
        Store::open(&format!("sqlite:{}", folder.join("wardroom.db").display())).await.err().unwrap().to_string();
    assert_eq!(files(folder), before, "{told}");
    for line in ["serve --addr 127.0.0.1:0 --public-url http://127.0.0.1:3000", "staff add eve --role viewer"] {
        let ran = run(folder, line);
        assert!(ran.code == 1 && ran.out.is_empty(), "{line}: {} {}", ran.code, ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{line}: {}", ran.err);
        let sentence = ran.err.trim_start_matches("wardroom: ");
        // The program names the file as it was given.
        assert_eq!(sentence.split_whitespace().next(), told.split_whitespace().next(), "{line}: {sentence}");
    }
    assert_eq!(files(folder), before, "{told}");
    told
}

#[tokio::test]
async fn tables_of_a_newer_version_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let future = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                  VALUES (9999, 'from the future', 1, x'00', 0)";
    let file = lay(folder.path());
    sql(&file, &format!("{future}; PRAGMA user_version = 2003004")).await;
    let told = refused(folder.path()).await;
    assert!(told.contains("newer Wardroom 2.3.4") && told.contains("step 9999"), "{told}");
    assert!(told.contains(&format!("knows {}", newest_step())) && told.contains("restore a backup"), "{told}");
    // The same while its log was not played into it: the server that made it was killed.
    sql(&file, "PRAGMA journal_mode = DELETE; PRAGMA user_version = 0").await;
    assert!(refused(folder.path()).await.contains("newer Wardroom (its tables"));
}

#[test]
fn a_library_that_can_lose_a_log_is_refused() {
    for old in ["3.46.0", "3.51.2", "3.9.99", "", "unknown"] {
        assert!(!is_sound(old), "{old}");
    }
    for sound in ["3.51.3", "3.51.10", "3.52.0", "4.0.0"] {
        assert!(is_sound(sound), "{sound}");
    }
}

#[tokio::test]
async fn files_that_are_no_database_of_ours_are_left_alone() {
    for (bytes, words) in [
        (b"\x89PNG\r\n\x1a\n, and more that is no database".repeat(99), "is not a database"),
        (vec![0; 8192], "is not a database"),
        (b"x".to_vec(), "is not a database"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("wardroom.db"), bytes).unwrap();
        let told = refused(folder.path()).await;
        assert!(told.starts_with("the database cannot be opened") && told.contains(words), "{told}");
    }
    let folder = tempfile::tempdir().unwrap();
    sql(&folder.path().join("wardroom.db"), "CREATE TABLE bookmarks (url)").await;
    let told = refused(folder.path()).await;
    assert!(told.contains("another program's") && told.contains("--database-url"), "{told}");
}

#[tokio::test]
async fn a_damaged_file_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = lay(folder.path());
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[100..4096].fill(0xA5);
    std::fs::write(&file, &bytes).unwrap();
    let told = refused(folder.path()).await;
    assert!(told.contains("is damaged") && told.contains("wardroom restore"), "{told}");
}

#[tokio::test]
async fn the_log_of_another_database_is_never_played_into_a_copy_that_was_put_there_by_hand() {
    let folder = tempfile::tempdir().unwrap();
    let file = lay(folder.path());
    let ran = run(folder.path(), "backup --to copy.db");
    assert_eq!(ran.code, 0, "{}", ran.err);
    // A server is killed: what it wrote last stands in the log only.
    let mut conn = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    sqlx::query("PRAGMA wal_autocheckpoint = 0").execute(&mut conn).await.unwrap();
    sqlx::query("UPDATE rooms SET name = 'of the log'").execute(&mut conn).await.unwrap();
    let log = std::fs::read(folder.path().join("wardroom.db-wal")).unwrap();
    conn.close().await.unwrap();
    std::fs::copy(folder.path().join("copy.db"), &file).unwrap();
    std::fs::write(folder.path().join("wardroom.db-wal"), log).unwrap();
    let told = refused(folder.path()).await;
    assert!(told.contains("log of another database") && told.contains("wardroom.db-wal"), "{told}");
    // Without its file, too, a log is not played into what is made in its place.
    std::fs::remove_file(&file).unwrap();
    assert!(refused(folder.path()).await.contains("log of another database"));
    std::fs::copy(folder.path().join("copy.db"), &file).unwrap();
    std::fs::remove_file(folder.path().join("wardroom.db-wal")).unwrap();
    assert_eq!(run(folder.path(), "staff list").code, 0, "a copy that is put there alone is as good as restored");
}

#[tokio::test]
async fn a_database_that_is_being_replaced_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = lay(folder.path());
    let claim = Claim::alone(&file).unwrap().unwrap();
    let told = refused(folder.path()).await;
    assert!(told.contains("a backup is being put in the database's place"), "{told}");
    claim.release();
    assert_eq!(run(folder.path(), "staff list").code, 0);
}

#[tokio::test]
async fn a_file_that_another_program_keeps_locked_is_named_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = lay(folder.path());
    let mut conn = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    sqlx::raw_sql("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE").execute(&mut conn).await.unwrap();
    let told = Store::open(&format!("sqlite:{}", file.display())).await.err().unwrap().to_string();
    assert!(told.contains("another program has it locked"), "{told}");
    sqlx::raw_sql("ROLLBACK").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    assert_eq!(run(folder.path(), "staff list").code, 0);
}
