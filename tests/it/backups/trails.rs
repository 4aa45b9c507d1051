//! The audit trail in a backup: checked where the master key is at hand, and said to be unknown where it is not.

use wardroom::{
    services::backups::{self, Found},
    store::key::{KeyPlace, MasterKey},
};

use super::{
    drills::{Copy, copy},
    files, run,
};

impl Copy {
    /// What is said of the audit trail.
    async fn trail(&self, key: &KeyPlace) -> Found {
        let before = files(self.folder.path());
        let mut drill = backups::verify(&self.file, key).await;
        assert_eq!(files(self.folder.path()), before, "a drill changes nothing");
        let last = drill.findings.pop().unwrap();
        assert_eq!(last.check, "trail");
        assert_eq!(drill.fault(), None, "everything else is said to be as it was");
        last.found
    }
}

#[tokio::test]
async fn an_audit_entry_that_was_worked_on_in_a_copy_is_named_whatever_its_manifest_says() {
    for (statements, entries, words) in [
        ("UPDATE audit SET actor = 'eve' WHERE id = {last}", 2, "entry {last} ("),
        (
            "UPDATE audit SET note = note || '.' WHERE id = {first}",
            2,
            "it was changed after it was written. No entry before it",
        ),
        (
            "UPDATE audit SET mac = CAST(substr(mac, 1, 4) || zeroblob(32) AS BLOB) WHERE id = {first}",
            2,
            "its mac was changed",
        ),
        (
            "DELETE FROM audit WHERE id = {first}",
            1,
            "entry {first} (not there): it was removed; the next that is there is entry {last}",
        ),
        ("UPDATE audit_ends SET entry = 1, many = 1 WHERE part = 'head'", 2, "the row with the head of the chain"),
        ("DELETE FROM audit_ends", 2, "the row with the start of the chain"),
    ] {
        let copy = copy().await;
        let words = copy.named(words);
        copy.forge(statements, |manifest| manifest["entries"] = entries.into()).await;
        let found = copy.trail(&copy.key()).await;
        let Found::Bad(why) = &found else { panic!("{statements}: {found:?}") };
        assert!(why.starts_with("it is not as it was written. First: entry ") && why.contains(&words), "{why}");
    }
}

#[tokio::test]
async fn without_the_master_key_the_drill_says_that_it_does_not_know_the_trail() {
    let copy = copy().await;
    copy.forge("UPDATE audit SET actor = 'eve' WHERE id = {last}", |_| {}).await;
    let ran = run(copy.folder.path(), "backup verify copy.db");
    assert!(
        ran.code == 1
            && ran.out.contains(&copy.named("FAIL  trail     it is not as it was written. First: entry {last} (")),
        "{}",
        ran.out
    );
    assert!(ran.err.contains("is not a good backup: trail: "), "{}", ran.err);

    std::fs::rename(copy.folder.path().join("wardroom.key"), copy.folder.path().join("kept.key")).unwrap();
    let Found::Unknown(why) = copy.trail(&copy.key()).await else { panic!() };
    assert!(why.starts_with("the audit trail could not be verified: no master key here ("), "{why}");
    let ran = run(copy.folder.path(), "backup verify copy.db");
    assert!(
        ran.code == 0 && ran.out.contains(&format!("warn  trail     {}", why.split(" (").next().unwrap())),
        "{}",
        ran.out
    );
    let ran = run(copy.folder.path(), "backup verify copy.db --key-file kept.key");
    assert!(ran.code == 1 && ran.out.contains("FAIL  trail"), "{}", ran.out);

    // Another key is not taken for none: the keys in the copy may have been worked on so that it fits nothing.
    let Found::Bad(why) = copy.trail(&KeyPlace::Given(MasterKey::generate())).await else { panic!() };
    assert!(why.contains("is not the key of this database") && why.contains("of its day"), "{why}");
    std::fs::write(copy.folder.path().join("wardroom.key"), "not a key").unwrap();
    let Found::Unknown(why) = copy.trail(&copy.key()).await else { panic!() };
    assert!(why.contains("is not a key: 64 hexadecimal digits"), "{why}");
}

#[tokio::test]
async fn a_backup_whose_trail_was_worked_on_is_restored_all_the_same_and_told_of() {
    let copy = copy().await;
    copy.forge("UPDATE audit SET actor = 'eve' WHERE id = {last}", |_| {}).await;
    let ran = run(copy.folder.path(), "restore copy.db");
    assert!(ran.code == 0 && ran.out.contains("is now the backup made"), "{}{}", ran.out, ran.err);
    assert!(
        ran.err.contains("it was restored all the same") && ran.err.contains(&copy.named("First: entry {last} (")),
        "{}",
        ran.err
    );
    let ran = run(copy.folder.path(), "audit verify");
    assert!(ran.code == 1 && ran.err.contains(&copy.named("First: entry {last} (")), "the break stays: {}", ran.err);
}
