//! Another master key while a server runs, with the real program: whatever is done next works, or is refused with a
//! sentence that says what to do, and the database always opens with the key that was said to be the one.

use std::{fs, path::Path};

use tempfile::TempDir;
use wardroom::{
    domain::Error,
    services::keys,
    store::{Store, key::KeyPlace},
};

use crate::{
    backups::{Ran, lay, run},
    harness::{Person, ctx, served::Served},
};

pub const LOCKED_OUT: &str = "runs since before the master key was changed";
pub const ANOTHER: &str = "is not the key of this database";

/// Runs a command that has to work.
pub fn done(folder: &Path, line: &str) -> Ran {
    let ran = run(folder, line);
    assert_eq!(ran.code, 0, "{line}: {}{}", ran.out, ran.err);
    ran
}

/// Runs a command that has to be refused, in these words.
pub fn refused(folder: &Path, line: &str, words: &str) {
    let ran = run(folder, line);
    assert!(ran.code == 1 && ran.err.contains(words), "{line}: {} {}{}", ran.code, ran.out, ran.err);
}

/// Renames a room of a running server, which seals the session anew as well.
fn works(served: &Served, version: &str) {
    let pairs = [("id", "stage"), ("version", version), ("changes[name]", version)];
    let (status, body) = served.form(Person::Admin, "/api/save_room", &pairs);
    assert_eq!(status, 200, "{body}");
    assert_eq!(served.page(Person::Admin, "/rooms/stage").0, 200);
}

fn start(folder: TempDir, words: &[&str]) -> Served {
    Served::over(folder, "info", words, "Wardroom is open")
}

/// A start that has to be refused: nothing else is bound before the key is looked at.
const START: &str = "serve --addr 127.0.0.1:0 --public-url http://127.0.0.1:3000";

#[test]
fn a_server_goes_on_and_no_key_is_rotated_until_it_was_started_with_the_new_one() {
    let served = Served::start("info", &[], "Wardroom is open");
    let folder = served.file().parent().unwrap().to_owned();
    done(&folder, "backup --to before.db");
    let ran = done(&folder, "key rotate --new-master next.key");
    assert!(ran.out.contains("next.key") && ran.err.contains("Start every server anew"), "{}{}", ran.out, ran.err);
    works(&served, "1");
    for line in ["app list", "key rotate", START] {
        refused(&folder, line, ANOTHER);
    }
    // Whatever would lock it out is not done, however often.
    for line in ["key rotate", "key rotate --new-master third.key", "key rotate --new-master next.key"] {
        refused(&folder, &format!("{line} --key-file next.key"), LOCKED_OUT);
        works_still(&served);
    }
    done(&folder, "staff add zoe --role viewer --key-file next.key");
    done(&folder, "doctor --key-file next.key --public-url http://127.0.0.1:3000");
    refused(&folder, "doctor --public-url http://127.0.0.1:3000", "to be done");

    // Backups are wrapped with the key of their day, and say which.
    done(&folder, "backup --to after.db");
    for (copy, right, wrong) in [("before.db", "wardroom.key", "next.key"), ("after.db", "next.key", "wardroom.key")] {
        let ran = done(&folder, &format!("backup verify {copy} --key-file {right}"));
        assert!(ran.out.contains("ok    trail     whole: "), "{}", ran.out);
        let ran = run(&folder, &format!("backup verify {copy} --key-file {wrong}"));
        assert!(ran.code == 1 && ran.out.contains(ANOTHER), "{}", ran.out);
    }

    // It ends as nothing should end, and does not start with the old key; with the new one all is as it was.
    let held = served.kill();
    refused(&folder, START, ANOTHER);
    let served = start(held, &["--key-file", "next.key"]);
    works(&served, "2");
    let ran = done(&folder, "key rotate --key-file next.key");
    assert!(ran.out.contains("sealed with a new key"), "{}", ran.out);
    works(&served, "3");
    done(&folder, "key rotate --new-master third.key --key-file next.key");
    works(&served, "4");
    refused(&folder, "key rotate --key-file third.key", LOCKED_OUT);
    let (held, _) = ended(served);
    let served = start(held, &["--key-file", "third.key"]);
    works(&served, "5");
    done(&folder, "key rotate --key-file third.key");
    works(&served, "6");
    done(&folder, "audit verify --key-file third.key");
    served.stop();
}

fn works_still(served: &Served) {
    assert_eq!(served.page(Person::Admin, "/rooms/stage").0, 200);
}

fn ended(served: Served) -> (TempDir, String) {
    served.terminate();
    served.ended()
}

#[test]
fn a_key_is_replaced_in_its_file_so_that_a_start_at_any_time_finds_the_right_one() {
    use std::os::unix::fs::PermissionsExt;
    let served = Served::start("info", &[], "Wardroom is open");
    let folder = served.file().parent().unwrap().to_owned();
    let (file, old) = (folder.join("wardroom.key"), fs::read(folder.join("wardroom.key")).unwrap());
    done(&folder, "backup --to before.db");
    done(&folder, "key rotate --new-master wardroom.key");
    assert_ne!(fs::read(&file).unwrap(), old);
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let kept = kept(&folder);
    assert_eq!((kept.len(), fs::read(&kept[0]).unwrap()), (1, old), "the old one is kept beside it");
    works(&served, "1");
    refused(&folder, "key rotate", LOCKED_OUT);

    let served = start(served.kill(), &[]);
    works(&served, "2");
    done(&folder, "key rotate");
    done(&folder, "key rotate --new-master ./wardroom.key");
    assert_eq!(self::kept(&folder).len(), 2, "twice in a day is no matter");
    works(&served, "3");
    // An old backup opens with the old key, and the house goes on with that one until it is changed again.
    ended_and_restored(served, &folder, kept[0].to_str().unwrap());
}

fn kept(folder: &Path) -> Vec<std::path::PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut kept: Vec<_> = all.filter(|path| path.to_string_lossy().contains("wardroom.key.until-")).collect();
    kept.sort();
    kept
}

fn ended_and_restored(served: Served, folder: &Path, old: &str) {
    let (held, _) = ended(served);
    refused(folder, "restore before.db", ANOTHER);
    done(folder, "staff list");
    done(folder, &format!("restore before.db --key-file {old}"));
    refused(folder, START, ANOTHER);
    // The key that the house has had since takes the place of the one that the backup came with.
    done(folder, &format!("key rotate --new-master wardroom.key --key-file {old}"));
    let served = start(held, &[]);
    assert_eq!(served.page(Person::Admin, "/rooms/stage").0, 303, "everybody signs in again");
    done(folder, "key rotate");
    served.stop();
}

#[test]
fn a_key_that_is_given_in_the_environment_is_changed_too() {
    let served = Served::start("info", &[], "Wardroom is open");
    let folder = served.file().parent().unwrap().to_owned();
    let old = fs::read_to_string(folder.join("wardroom.key")).unwrap().trim().to_owned();
    fs::remove_file(folder.join("wardroom.key")).unwrap();
    // Nothing in the folder tells the key; the server that runs has no use for it.
    works(&served, "1");
    refused(&folder, "key rotate --new-master next.key", "wardroom.key is missing");
    let given = |key: &str, line: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wardroom"));
        command.current_dir(&folder).args(line.split_whitespace()).env("WARDROOM_KEY", key);
        let output = command.env("WARDROOM_DATABASE_URL", "sqlite:wardroom.db").output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (ok, said) = given(&old, "key rotate --new-master next.key");
    assert!(ok && said.contains("or put it in WARDROOM_KEY"), "{said}");
    let (ok, said) = given(&old, START);
    assert!(!ok && said.contains("the key in WARDROOM_KEY is not the key of this database"), "{said}");
    let new = fs::read_to_string(folder.join("next.key")).unwrap();
    let (ok, said) = given(&new, "key rotate");
    assert!(!ok && said.contains(LOCKED_OUT), "{said}");
    works(&served, "2");
    let held = served.kill();
    let (ok, said) = given(&new, "key rotate");
    assert!(ok, "{said}");
    let served = Served::with(held, "info", &[], "Wardroom is open", |command| {
        command.env("WARDROOM_KEY", &new);
    });
    works(&served, "3");
    served.stop();
}

#[test]
fn a_change_that_was_cut_short_before_the_file_was_replaced_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    lay(folder);
    let old = fs::read(folder.join("wardroom.key")).unwrap();
    done(folder, "key rotate --new-master wardroom.key");
    // As if the machine had stopped between the two.
    fs::rename(folder.join("wardroom.key"), folder.join("wardroom.key.new")).unwrap();
    fs::write(folder.join("wardroom.key"), &old).unwrap();
    for line in [START, "staff list", "key rotate --new-master wardroom.key"] {
        refused(folder, line, "was cut short; mv wardroom.key.new wardroom.key");
    }
    fs::rename(folder.join("wardroom.key.new"), folder.join("wardroom.key")).unwrap();
    done(folder, "key rotate");
    // And before anything was wrapped with it: the key that is there is used the next time.
    done(folder, "staff list");
    fs::write(folder.join("wardroom.key.new"), "ab".repeat(32)).unwrap();
    done(folder, "staff list");
    done(folder, "key rotate --new-master wardroom.key");
    assert_eq!(fs::read_to_string(folder.join("wardroom.key")).unwrap().trim(), "ab".repeat(32));
    done(folder, "staff list");
}

#[test]
fn the_same_key_is_no_new_one_and_what_is_no_key_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    lay(folder);
    fs::copy(folder.join("wardroom.key"), folder.join("same.key")).unwrap();
    fs::write(folder.join("no.key"), "hello").unwrap();
    refused(folder, "key rotate --new-master same.key", "is the master key already");
    refused(folder, "key rotate --new-master no.key", "is not a key: 64 hexadecimal digits");
    refused(folder, "key rotate --new-master nowhere/x.key", "cannot be used");
    done(folder, "staff list");
    let ran = done(folder, "audit verify");
    assert!(ran.out.contains("The audit trail is whole: 0 entries"), "{}", ran.out);
}

#[tokio::test]
async fn no_data_key_is_ever_wrapped_with_another_master_key_than_its_fellows() {
    let folder = tempfile::tempdir().unwrap();
    let file = lay(folder.path());
    let url = format!("sqlite:{}", file.display());
    let store = Store::open(&url).await.unwrap();
    done(folder.path(), "key rotate --new-master next.key");
    // This process still finds the old key in its file, and would wrap a new data key with it.
    assert!(matches!(keys::rotate(&ctx(&store)).await, Err(Error::Exists(why)) if why.contains(LOCKED_OUT)));
    let rotated = store.write(|tx| Box::pin(async move { tx.rotate_keys().await })).await;
    assert!(matches!(rotated, Err(Error::Exists(why)) if why.contains(ANOTHER) && why.contains("nothing was changed")));
    let other = wardroom::store::key::MasterKey::generate();
    let wrapped = store.write(move |tx| Box::pin(async move { tx.rewrap_keys(&other).await })).await;
    assert!(matches!(wrapped, Err(Error::Exists(why)) if why.contains(ANOTHER)));
    store.close().await;
    let next = KeyPlace::File(folder.path().join("next.key"));
    let store = Store::open_with(&url, Some(&next)).await.unwrap();
    keys::rotate(&ctx(&store)).await.unwrap();
    store.close().await;

    // A database that lacks the key for one purpose gets none made with a key that opens nothing of it.
    crate::backups::sql(&file, "DELETE FROM data_keys WHERE purpose = 'audit'").await;
    let before = crate::backups::count(&file, "SELECT count(*) FROM data_keys").await;
    assert!(Store::open(&url).await.is_err_and(|why| why.to_string().contains(ANOTHER)));
    assert_eq!(crate::backups::count(&file, "SELECT count(*) FROM data_keys").await, before);
}
