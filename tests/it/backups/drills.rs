//! The drill: a good copy passes and stays as it is, and whatever is wrong with a bad one is named.

use std::path::{Path, PathBuf};

use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use wardroom::{
    domain::Timestamp,
    services::{
        backups::{self, Drill, Found, PAGE},
        staff,
    },
    store::{
        Store, bring_to,
        key::{KeyPlace, MasterKey},
        newest_step,
    },
};

use super::{count, files, lay, run, sql};
use crate::harness::ctx;

const HEADING: &str = "wardroom backup 1\n";

pub struct Copy {
    pub folder: TempDir,
    pub file: PathBuf,
    /// The number of its first audit entry; there are two.
    first: i64,
}

/// A good backup of the template.
pub async fn copy() -> Copy {
    let folder = tempfile::tempdir().unwrap();
    let database = lay(folder.path());
    let store = Store::open(&format!("sqlite:{}", database.display())).await.unwrap();
    let vera = store.account_named("vera").await.unwrap().unwrap().staff.id;
    for disabled in [true, false] {
        staff::set_disabled(&ctx(&store), vera, disabled).await.unwrap();
    }
    store.close().await;
    let file = folder.path().join("copy.db");
    backups::make(&database, &file, Timestamp(1_795_000_000_002)).await.unwrap();
    let first = count(&database, "SELECT min(id) FROM audit").await;
    std::fs::remove_file(database).unwrap();
    Copy { folder, file, first }
}

impl Copy {
    /// Holds a drill with the master key that lies beside the database.
    async fn drill(&self) -> Drill {
        backups::verify(&self.file, &self.key()).await
    }

    pub fn key(&self) -> KeyPlace {
        KeyPlace::File(self.folder.path().join("wardroom.key"))
    }

    /// A text with the numbers of the entries.
    pub fn named(&self, text: &str) -> String {
        text.replace("{first}", &self.first.to_string()).replace("{last}", &(self.first + 1).to_string())
    }

    /// The first thing that is wrong.
    async fn fault(&self) -> String {
        let before = files(self.folder.path());
        let fault = self.drill().await.fault().expect("something is wrong");
        assert_eq!(files(self.folder.path()), before, "a drill changes nothing");
        fault
    }

    /// Works on the database in it, and gives it a manifest that fits the bytes, as whoever forges one would.
    pub async fn forge(&self, statements: &str, edit: impl FnOnce(&mut Json)) {
        let mut bytes = std::fs::read(&self.file).unwrap();
        let page = bytes.split_off(bytes.len() - PAGE as usize);
        let mut manifest: Json = serde_json::from_slice(&page[HEADING.len()..]).unwrap();
        std::fs::write(&self.file, bytes).unwrap();
        sql(&self.file, &self.named(statements)).await;
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
    let drill = copy.drill().await;
    assert_eq!(drill.fault(), None);
    let checks: Vec<&str> = drill.findings.iter().map(|finding| finding.check).collect();
    assert_eq!(checks, ["manifest", "bytes", "database", "contents", "search", "trail"]);
    assert_eq!(drill.findings[5].found, good("whole: each of its 2 entries follows the one before"));
    assert_eq!(files(copy.folder.path()), before);
    copy.forge("SELECT 1", |_| {}).await;
    assert_eq!(copy.drill().await.fault(), None, "what is forged below is found by what is forged");
}

fn good(words: &str) -> Found {
    Found::Good(words.to_owned())
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
    let drill = backups::verify(&file, &KeyPlace::Given(MasterKey::generate())).await;
    assert_eq!(drill.fault(), None, "{drill:?}");
    assert_eq!(files(folder.path()), before);
    let told: Vec<String> = drill.findings.iter().map(|finding| format!("{:?}", finding.found)).collect();
    assert!(told[2].contains(&format!("step 7 of {}", newest_step())), "{told:?}");
    assert!(told[4].contains("rooms were found"), "{told:?}");
    assert!(told[5].starts_with("Unknown") && told[5].contains("an older Wardroom wrote it"), "{told:?}");
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
