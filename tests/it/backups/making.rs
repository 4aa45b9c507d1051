//! The making of a copy: where it goes, who may read it, and when it is refused.

use std::os::unix::fs::PermissionsExt;

use wardroom::{
    domain::Timestamp,
    services::backups::{self, Manifest, PAGE},
};

use super::{count, files, lay, run, sql};
use crate::harness::{Dump, House, served::Served};

#[tokio::test]
async fn a_copy_holds_everything_and_says_what_is_in_it() {
    let house = House::open().await;
    house.admin().call("/api/save_room", &[("id", "stage"), ("version", "1"), ("changes[name]", "Kept")]).await;
    let file = house.file.with_file_name("copy.db");
    let made = backups::make(&house.file, &file, Timestamp(1_795_000_000_000)).await.unwrap();
    assert_eq!(Dump::of(&file).await, house.dump().await);
    let manifest = Manifest::read(&file).unwrap();
    assert_eq!(manifest, made.manifest);
    assert_eq!(manifest.made_at, Timestamp(1_795_000_000_000));
    assert_eq!(manifest.wardroom, env!("CARGO_PKG_VERSION"));
    assert_eq!(manifest.contents.rooms, count(&house.file, "SELECT count(*) FROM rooms").await);
    assert_eq!(manifest.contents.staff, count(&house.file, "SELECT count(*) FROM staff").await);
    let head = manifest.contents.head.unwrap();
    assert_eq!(head.entry, count(&house.file, "SELECT max(id) FROM audit").await);
    let found = std::fs::metadata(&file).unwrap();
    assert_eq!(found.len(), manifest.bytes + PAGE);
    assert_eq!(found.permissions().mode() & 0o777, 0o600, "nobody else reads it");
    assert_eq!(
        count(&file, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").await as u64,
        manifest.bytes
    );

    let before = std::fs::read(&file).unwrap();
    let again = backups::make(&house.file, &file, Timestamp(1_795_000_000_001)).await.unwrap_err();
    assert!(again.contains("is there already"), "{again}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn a_copy_that_fails_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let file = lay(folder.path());
    let to = folder.path().join("copies");
    // A page in the middle: the file opens, and is not sound.
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0x5A);
    std::fs::write(&file, bytes).unwrap();
    let failed = backups::make(&file, &to.join("copy.db"), Timestamp(0)).await.unwrap_err();
    assert!(failed.contains("damaged"), "{failed}");
    assert!(files(&to).is_empty());
    let file = folder.path().join("other.db");
    sql(&file, "CREATE TABLE other (x)").await;
    let failed = backups::make(&file, &to.join("copy.db"), Timestamp(0)).await.unwrap_err();
    assert!(failed.contains("another program's"), "{failed}");
    assert!(files(&to).is_empty());
}

#[test]
fn the_command_names_the_copy_by_its_moment_or_as_it_is_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(folder.path(), "backup");
    assert!(ran.code == 1 && ran.err.contains("there is no database"), "{}", ran.err);
    lay(folder.path());
    let ran = run(folder.path(), "backup --to copies");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let name = ran.out.trim();
    assert!(name.starts_with("copies/wardroom-20") && name.ends_with("Z.db"), "{name}");
    assert!(ran.err.contains("rooms") && ran.err.contains("audit"), "{}", ran.err);
    assert!(folder.path().join(name).is_file());
    assert_eq!(run(folder.path(), "backup --to mine.db").out.trim(), "mine.db");
    let ran = run(folder.path(), "backup --to mine.db");
    assert!(ran.code == 1 && ran.err.contains("is there already"), "{}", ran.err);
    let ran = run(folder.path(), "backup --to wardroom.db");
    assert!(ran.code == 1 && ran.err.contains("is there already"), "{}", ran.err);
    let ran = run(folder.path(), &format!("backup verify {name}"));
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert_eq!(ran.out.lines().filter(|line| line.starts_with("ok ")).count(), 6, "{}", ran.out);
    assert!(!folder.path().join("wardroom.db-wal").exists(), "a database at rest stays at rest");
}

#[test]
fn a_newer_program_copies_an_older_database_without_touching_it() {
    // As before an upgrade: the server at work is the old one, the command is the new one.
    let served = Served::start("info", &[], "Wardroom is open");
    let folder = served.file().parent().unwrap().to_owned();
    let steps = "SELECT count(*) FROM _sqlx_migrations";
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let before = runtime.block_on(count(&served.file(), steps));
    let ran = run(&folder, "backup --to copy.db");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(runtime.block_on(count(&served.file(), steps)), before);
    assert_eq!(run(&folder, "backup verify copy.db").code, 0);
    served.stop();
}
