//! The doctor: each thing that can be wrong is provoked, and named with what to do.

use std::{os::unix::fs::PermissionsExt, path::Path};

use serde_json::Value as Json;
use wardroom::{domain::Timestamp, server::clock, services::backups, store::Store};

use super::{files, lay, run, sql};

/// What the doctor says of each check, as JSON; whether it ends well follows from it.
fn doctor(folder: &Path, words: &str) -> Vec<(String, String, String)> {
    let ran = run(folder, &format!("doctor --json {words}"));
    let found: Vec<Json> =
        serde_json::from_str(&ran.out).unwrap_or_else(|why| panic!("{why}: {} {}", ran.out, ran.err));
    let text = |finding: &Json, key: &str| finding[key].as_str().unwrap().to_owned();
    let all: Vec<_> = found.iter().map(|one| (text(one, "check"), text(one, "state"), text(one, "message"))).collect();
    let is_bad = all.iter().any(|(_, state, _)| state == "fail");
    assert_eq!(ran.code, i32::from(is_bad), "{}", ran.err);
    all
}

/// Asserts that a check has a state and says something.
fn says(all: &[(String, String, String)], check: &str, state: &str, words: &str) {
    let is_said = |(c, s, m): &&(String, String, String)| c == check && s == state && m.contains(words);
    assert!(all.iter().any(|one| is_said(&one)), "{check} {state} {words:?}: {all:#?}");
}

/// A house in which everything is as it should be, as far as a test can have it so.
fn sound(folder: &Path) {
    let file = lay(folder);
    for file in [file.with_extension("key"), file] {
        std::fs::set_permissions(file, PermissionsExt::from_mode(0o600)).unwrap();
    }
}

#[tokio::test]
async fn a_sound_house_is_told_so_line_by_line_and_nothing_changes() {
    let folder = tempfile::tempdir().unwrap();
    sound(folder.path());
    let before = files(folder.path());
    let all = doctor(folder.path(), "");
    for check in
        ["settings", "folder", "disk", "log", "file", "key", "library", "tables", "sound", "staff", "clock", "address"]
    {
        says(&all, check, "ok", "");
    }
    says(&all, "backups", "warn", "--backups (WARDROOM_BACKUPS)");
    assert_eq!(files(folder.path()), before);
    let ran = run(folder.path(), "doctor");
    assert_eq!(ran.out.lines().count(), all.len(), "one line each: {}", ran.out);
    assert!(ran.out.lines().all(|line| ["ok   ", "warn ", "FAIL "].iter().any(|word| line.starts_with(word))));
}

#[tokio::test]
async fn a_house_that_is_not_there_yet_is_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    let all = doctor(folder.path(), "");
    says(&all, "database", "warn", "wardroom serve");
    let all = doctor(folder.path(), "--database-url sqlite:data/w.db");
    says(&all, "folder", "warn", "there is no data yet");
    assert!(files(folder.path()).is_empty() && !folder.path().join("data").exists());
}

#[tokio::test]
async fn every_wrong_setting_is_named_and_the_rest_is_looked_at_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    sound(folder.path());
    let all = doctor(folder.path(), "--addr nowhere --backup-keep all --backup-every soon");
    says(&all, "settings", "fail", "--addr (WARDROOM_ADDR)");
    says(&all, "settings", "fail", "--backup-every (WARDROOM_BACKUP_EVERY)");
    says(&all, "sound", "ok", "");
    let all = doctor(folder.path(), "--backup-keep all");
    says(&all, "settings", "fail", "--backup-keep (WARDROOM_BACKUP_KEEP)");
}

#[tokio::test]
async fn who_may_read_what_and_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    sound(folder.path());
    let new = folder.path().join("new.db");
    Store::open(&format!("sqlite:{}", new.display())).await.unwrap().close().await;
    assert_eq!(std::fs::metadata(new).unwrap().permissions().mode() & 0o777, 0o600, "a new one is its owner's alone");
    std::fs::set_permissions(folder.path().join("wardroom.db"), PermissionsExt::from_mode(0o644)).unwrap();
    std::fs::write(folder.path().join("wardroom.key"), "0f".repeat(32)).unwrap();
    std::fs::set_permissions(folder.path().join("wardroom.key"), PermissionsExt::from_mode(0o640)).unwrap();
    let all = doctor(folder.path(), "");
    says(&all, "file", "warn", "chmod 600");
    says(&all, "key", "fail", "chmod 600");
    let memory = tempfile::tempdir_in("/dev/shm").unwrap();
    sound(memory.path());
    says(&doctor(memory.path(), ""), "disk", "warn", "tmpfs");
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    // A folder that nothing can be written to, for root as well.
    says(&doctor(folder.path(), "--database-url sqlite:/proc/w.db"), "folder", "fail", "cannot be written");
}

#[tokio::test]
async fn the_master_key_is_looked_for_where_it_is_set_and_tried() {
    let folder = tempfile::tempdir().unwrap();
    sound(folder.path());
    let (beside, other) = (folder.path().join("wardroom.key"), folder.path().join("other.key"));
    std::fs::rename(&beside, &other).unwrap();
    says(&doctor(folder.path(), "--key-file other.key"), "key", "ok", "other.key");
    says(&doctor(folder.path(), ""), "key", "fail", "--key-file (WARDROOM_KEY_FILE)");
    std::fs::write(&beside, "0f".repeat(32)).unwrap();
    std::fs::set_permissions(&beside, PermissionsExt::from_mode(0o600)).unwrap();
    says(&doctor(folder.path(), ""), "key", "fail", "is not the key of this database");
}

#[tokio::test]
async fn what_is_wrong_inside_the_database() {
    for (statements, check, state, words) in [
        ("UPDATE staff SET disabled = 1 WHERE role = 'admin'", "staff", "fail", "wardroom staff add"),
        ("DELETE FROM clients WHERE id = 'u1'", "sound", "fail", "wardroom restore"),
        (
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
          VALUES (9999, 'from the future', 1, x'00', 0)",
            "tables",
            "fail",
            "newer Wardroom",
        ),
        ("DROP TABLE _sqlx_migrations", "tables", "fail", "another program's"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        sound(folder.path());
        sql(&folder.path().join("wardroom.db"), statements).await;
        says(&doctor(folder.path(), ""), check, state, words);
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("wardroom.db"), "no database".repeat(999)).unwrap();
    says(&doctor(folder.path(), ""), "database", "fail", "is not a database");
}

#[tokio::test]
async fn an_admin_whose_one_time_password_has_expired_cannot_sign_in_until_it_is_reset() {
    let folder = tempfile::tempdir().unwrap();
    let first = run(folder.path(), "staff add ann --role admin");
    assert!(first.err.contains("signs in for 72 hours"), "{}", first.err);
    let state =
        || run(folder.path(), "staff list").out.lines().nth(1).unwrap().split_whitespace().nth(2).map(str::to_owned);
    let later = "UPDATE staff SET one_time_until = one_time_until - 72 * 3600000";
    assert_eq!(state().as_deref(), Some("one-time"));
    says(&doctor(folder.path(), ""), "staff", "ok", "one admin can sign in");
    sql(&folder.path().join("wardroom.db"), later).await;
    assert_eq!(state().as_deref(), Some("expired"));
    says(&doctor(folder.path(), ""), "staff", "fail", "staff reset-password");
    assert_eq!(run(folder.path(), "staff reset-password ann").code, 0);
    assert_eq!(state().as_deref(), Some("one-time"));
    says(&doctor(folder.path(), ""), "staff", "ok", "one admin can sign in");
}

#[tokio::test]
async fn a_clock_that_is_behind() {
    let folder = tempfile::tempdir().unwrap();
    sound(folder.path());
    let later = clock::now().plus(3_600_000).0;
    let entry = format!(
        "INSERT INTO audit (at, actor_kind, actor, source, address, action)
                         VALUES ({later}, 'staff', 'ada', 'console', '', 'staff.signed_in')"
    );
    sql(&folder.path().join("wardroom.db"), &entry).await;
    says(&doctor(folder.path(), ""), "clock", "fail", "newest audit entry");
}

#[tokio::test]
async fn addresses_that_do_not_fit_together() {
    let folder = tempfile::tempdir().unwrap();
    sound(folder.path());
    for (words, told) in [
        ("--public-url http://rooms.example", "plain http"),
        ("--public-url https://rooms.example", "none is trusted"),
        ("--trusted-proxies 127.0.0.1", "the public URL is http"),
        ("--public-url https://rooms.example --trusted-proxies 10.0.0.1 --addr 0.0.0.0:3000", "gets past the proxy"),
    ] {
        says(&doctor(folder.path(), words), "address", "warn", told);
    }
    let right = "--public-url https://rooms.example --trusted-proxies 127.0.0.1";
    says(&doctor(folder.path(), right), "address", "ok", "https://rooms.example");
}

#[tokio::test]
async fn backups_that_were_missed() {
    let folder = tempfile::tempdir().unwrap();
    sound(folder.path());
    says(&doctor(folder.path(), "--backups copies"), "backups", "warn", "there is none in copies yet");
    let make = async |at: Timestamp| {
        let file = folder.path().join("copies").join(backups::name_of(at));
        backups::make(&folder.path().join("wardroom.db"), &file, at).await.unwrap();
    };
    make(clock::now().plus(-49 * 3_600_000)).await;
    says(&doctor(folder.path(), "--backups copies"), "backups", "fail", "two were missed");
    says(&doctor(folder.path(), "--backups copies --backup-every 7d"), "backups", "ok", "the newest is");
    make(clock::now()).await;
    let all = doctor(folder.path(), "--backups copies");
    says(&all, "backups", "ok", "the newest is");
    says(&all, "backups", "warn", "own disk");
}
