//! The drill: a good copy passes and stays as it is, and whatever is wrong with a bad one is named.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use wardroom::{
    domain::Timestamp,
    services::backups::{self, PAGE},
    store::{bring_to, newest_step},
};

use super::{files, lay, run, sql};

const HEADING: &str = "wardroom backup 1\n";

struct Copy {
    folder: TempDir,
    file: PathBuf,
}

/// A good backup of the template.
async fn copy() -> Copy {
    let folder = tempfile::tempdir().unwrap();
    let database = lay(folder.path());
    sql(
        &database,
        "INSERT INTO audit (at, actor_kind, actor, source, address, action) VALUES
        (1795000000000, 'staff', 'ada', 'console', '', 'staff.signed_in'),
        (1795000000001, 'staff', 'ada', 'console', '', 'staff.signed_out')",
    )
    .await;
    let file = folder.path().join("copy.db");
    backups::make(&database, &file, Timestamp(1_795_000_000_002)).await.unwrap();
    std::fs::remove_file(database).unwrap();
    Copy { folder, file }
}

impl Copy {
    /// The first thing that is wrong.
    async fn fault(&self) -> String {
        let before = files(self.folder.path());
        let fault = backups::verify(&self.file).await.fault().expect("something is wrong");
        assert_eq!(files(self.folder.path()), before, "a drill changes nothing");
        fault
    }

    /// Works on the database in it, and gives it a manifest that fits the bytes, as whoever forges one would.
    async fn forge(&self, statements: &str, edit: impl FnOnce(&mut Json)) {
        let mut bytes = std::fs::read(&self.file).unwrap();
        let page = bytes.split_off(bytes.len() - PAGE as usize);
        let mut manifest: Json = serde_json::from_slice(&page[HEADING.len()..]).unwrap();
        std::fs::write(&self.file, bytes).unwrap();
        sql(&self.file, statements).await;
        let mut bytes = std::fs::read(&self.file).unwrap();
        manifest["bytes"] = bytes.len().into();
        let digest = Sha256::digest(&bytes);
        manifest["sha256"] = digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
        edit(&mut manifest);
        bytes.extend(format!("{:<4095}\n", format!("{HEADING}{manifest}")).into_bytes());
        std::fs::write(&self.file, bytes).unwrap();
    }
}

#[tokio::test]
async fn a_good_backup_passes_and_stays_as_it_is() {
    let copy = copy().await;
    let before = files(copy.folder.path());
    let drill = backups::verify(&copy.file).await;
    assert_eq!(drill.fault(), None);
    let checks: Vec<&str> = drill.findings.iter().map(|finding| finding.check).collect();
    assert_eq!(checks, ["manifest", "bytes", "database", "contents", "search"]);
    assert_eq!(files(copy.folder.path()), before);
    copy.forge("SELECT 1", |_| {}).await;
    assert_eq!(backups::verify(&copy.file).await.fault(), None, "what is forged below is found by what is forged");
}

#[tokio::test]
async fn any_flipped_bit_is_found() {
    let copy = copy().await;
    let good = std::fs::read(&copy.file).unwrap();
    for at in [0, 100, good.len() / 3, good.len() / 2, good.len() - PAGE as usize - 1] {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        std::fs::write(&copy.file, bad).unwrap();
        let fault = copy.fault().await;
        assert!(fault.starts_with("bytes: they are not those that were written"), "{at}: {fault}");
    }
    let mut bad = good.clone();
    let in_manifest = good.len() - PAGE as usize + 30;
    bad[in_manifest] ^= 0x10;
    std::fs::write(&copy.file, bad).unwrap();
    copy.fault().await;
    let ran = run(copy.folder.path(), "backup verify copy.db");
    assert!(ran.code == 1 && ran.out.contains("FAIL") && ran.err.contains("is not a good backup"), "{}", ran.err);
}

#[tokio::test]
async fn a_file_that_was_cut_short_is_found() {
    let copy = copy().await;
    let good = std::fs::read(&copy.file).unwrap();
    for length in [0, 1, 4096, good.len() / 2, good.len() - PAGE as usize, good.len() - 1] {
        std::fs::write(&copy.file, &good[..length]).unwrap();
        let fault = copy.fault().await;
        assert!(fault.starts_with("manifest:") && fault.contains("cut short"), "{length}: {fault}");
    }
    // A part in the middle is missing.
    let (head, tail) = good.split_at(good.len() / 2 / 4096 * 4096);
    std::fs::write(&copy.file, [head, &tail[4096..]].concat()).unwrap();
    let fault = copy.fault().await;
    assert!(fault.starts_with("manifest:") && fault.contains("when it was made"), "{fault}");
    std::fs::remove_file(&copy.file).unwrap();
    let fault = copy.fault().await;
    assert!(fault.starts_with("manifest:") && fault.contains("cannot be read"), "{fault}");
}

#[tokio::test]
async fn what_is_missing_in_a_forged_backup_is_named() {
    for (statements, words) in [
        ("DROP TABLE views", "database: the table views is missing"),
        ("DROP INDEX rooms_by_name", "database: the index rooms_by_name is missing"),
        ("DROP TRIGGER audit_appended", "database: the trigger audit_appended is missing"),
        ("ALTER TABLE staff DROP COLUMN preferences", "database: the column preferences of staff is missing"),
        ("DROP TABLE _sqlx_migrations", "database: it has none of Wardroom's tables"),
        ("DELETE FROM rooms WHERE id = 'a?b#c'", "contents: the number of rooms is "),
        ("DELETE FROM sessions; DELETE FROM staff WHERE name = 'vera'", "contents: the number of staff accounts is "),
        ("DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)", "contents: the number of audit entries is 1"),
        ("UPDATE audit SET at = at + 1", "contents: its audit trail ends with entry "),
        (
            "DELETE FROM clients WHERE id = 'u1'",
            "database: it is damaged: a row of members belongs to a row of clients",
        ),
        ("INSERT INTO grams (grams) VALUES ('delete-all')", "search: the room "),
        ("DELETE FROM grams_data WHERE id > 10", "database: it is damaged: "),
    ] {
        let copy = copy().await;
        copy.forge(statements, |_| {}).await;
        let fault = copy.fault().await;
        assert!(fault.starts_with(words), "{statements}: {fault}");
    }
}

#[tokio::test]
async fn a_manifest_that_says_something_else_is_found() {
    for (key, words) in [
        ("rooms", "contents: the number of rooms is "),
        ("staff", "contents: the number of staff accounts is "),
        ("entries", "contents: the number of audit entries is "),
        ("schema", "contents: the step of its tables is "),
    ] {
        let copy = copy().await;
        copy.forge("SELECT 1", |manifest| manifest[key] = 7_000.into()).await;
        let fault = copy.fault().await;
        assert!(fault.starts_with(words) && fault.contains("7000"), "{key}: {fault}");
    }
    let copy = copy().await;
    copy.forge("SELECT 1", |manifest| manifest["head"]["entry"] = 9.into()).await;
    assert!(copy.fault().await.contains("which is not entry 9 of its manifest"));
    copy.forge("SELECT 1", |manifest| drop(manifest.as_object_mut().unwrap().remove("rooms"))).await;
    assert!(copy.fault().await.starts_with("manifest:"));
}

#[tokio::test]
async fn a_backup_of_a_newer_wardroom_is_refused_and_one_of_an_older_is_brought_up_to_date_in_a_copy() {
    let newer = copy().await;
    let future = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                  VALUES (9999, 'from the future', 1, x'00', 0); PRAGMA user_version = 9008007";
    newer.forge(future, |_| {}).await;
    let fault = newer.fault().await;
    assert!(fault.contains("made by a newer Wardroom 9.8.7") && fault.contains("step 9999"), "{fault}");

    let folder = tempfile::tempdir().unwrap();
    let database = older(folder.path()).await;
    let file = folder.path().join("copy.db");
    backups::make(&database, &file, Timestamp(1)).await.unwrap();
    let before = files(folder.path());
    let drill = backups::verify(&file).await;
    assert_eq!(drill.fault(), None, "{drill:?}");
    assert_eq!(files(folder.path()), before);
    let told: Vec<String> = drill.findings.into_iter().map(|finding| finding.found.unwrap()).collect();
    assert!(told[2].contains(&format!("step 7 of {}", newest_step())), "{told:?}");
    assert!(told[4].contains("rooms were found"), "{told:?}");
}

/// A database at an older step, with some rooms that its search index has never seen.
async fn older(folder: &Path) -> PathBuf {
    let file = folder.join("older.db");
    std::fs::write(&file, b"").unwrap();
    bring_to(&file, 7).await.unwrap();
    let rooms = "INSERT INTO rooms (id, created_at, updated_at, fold, name) VALUES ('a1', 1, 1, '', 'One'),
                 ('b2', 1, 1, '', 'Two');";
    sql(&file, rooms).await;
    file
}
