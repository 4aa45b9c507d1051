//! Backups on a schedule: when one is due, which stay, what happens when it fails, and who is told.

use std::path::Path;

use wardroom::{
    domain::Timestamp,
    server::clock,
    services::backups::{Backups, Keep, Plan, Schedule, verify},
    store::key::KeyPlace,
};

use super::{files, lay};
use crate::harness::{House, Person, served::Served};

const HOUR: i64 = 3_600_000;
/// A moment: 2026-11-19T08:53:20Z.
const NOON: Timestamp = Timestamp(1_795_078_400_000);

fn plan(folder: &Path, keep: &str) -> Plan {
    Plan { folder: folder.to_owned(), every: 24 * HOUR, keep: Keep::parse(keep).unwrap() }
}

fn names(folder: &Path) -> Vec<String> {
    files(folder).into_keys().collect()
}

#[tokio::test]
async fn one_is_due_when_the_newest_is_old_enough_whoever_made_it() {
    let folder = tempfile::tempdir().unwrap();
    let (database, to) = (lay(folder.path()), folder.path().join("backups"));
    let backups = Backups::default();
    assert_eq!(backups.standing(), None);
    let mut schedule = Schedule::new(database.clone(), plan(&to, "9"), backups.clone(), NOON);
    let made = schedule.turn(NOON).await.unwrap().unwrap();
    assert_eq!(made.file, to.join("wardroom-20261119T085320Z.db"));
    assert_eq!(verify(&made.file, &KeyPlace::beside(&database)).await.fault(), None);
    assert_eq!(backups.standing().unwrap().last, Some(NOON));
    assert!(schedule.turn(NOON.plus(24 * HOUR - 1)).await.is_none());
    // A process that starts anew makes none before it is due.
    let mut schedule = Schedule::new(database, plan(&to, "9"), backups.clone(), NOON.plus(HOUR));
    assert!(schedule.turn(NOON.plus(HOUR)).await.is_none());
    assert_eq!(backups.standing().unwrap().last, Some(NOON), "it knows of the other's");
    assert!(schedule.turn(NOON.plus(24 * HOUR)).await.unwrap().is_ok());
    // The clock was set back: that puts nothing off.
    assert!(schedule.turn(NOON.plus(-HOUR)).await.unwrap().is_ok());
    assert_eq!(names(&to).len(), 3);
}

#[tokio::test]
async fn old_ones_go_only_when_a_new_one_is_proven_and_other_files_never() {
    let folder = tempfile::tempdir().unwrap();
    let (database, to) = (lay(folder.path()), folder.path().join("backups"));
    std::fs::create_dir(&to).unwrap();
    for other in ["notes.txt", "wardroom-mine.db", "wardroom-20200101T000000Z.db.part"] {
        std::fs::write(to.join(other), "x").unwrap();
    }
    let writing = std::fs::File::create(to.join("wardroom-20200101T000001Z.db.part")).unwrap();
    writing.lock().unwrap();
    let backups = Backups::default();
    let mut schedule = Schedule::new(database.clone(), plan(&to, "2"), backups.clone(), NOON);
    for day in 0..3 {
        schedule.turn(NOON.plus(day * 24 * HOUR)).await.unwrap().unwrap();
    }
    let kept = ["wardroom-20261120T085320Z.db", "wardroom-20261121T085320Z.db"];
    let others = ["notes.txt", "wardroom-20200101T000001Z.db.part", "wardroom-mine.db"];
    assert_eq!(names(&to), [&others[..2], &kept, &others[2..]].concat());

    let bytes = std::fs::read(&database).unwrap();
    std::fs::write(&database, "not a database any more, whatever it was".repeat(99)).unwrap();
    let day = NOON.plus(3 * 24 * HOUR);
    let why = schedule.turn(day).await.unwrap().unwrap_err();
    assert!(why.contains("is not a database"), "{why}");
    assert_eq!(names(&to), [&others[..2], &kept, &others[2..]].concat(), "nothing went");
    let standing = backups.standing().unwrap();
    assert_eq!(standing.failed, Some((day, why)));
    assert_eq!(standing.last, Some(NOON.plus(2 * 24 * HOUR)));
    assert_eq!(backups.concern(day), None, "one was missed");
    assert!(backups.concern(day.plus(24 * HOUR + 1)).unwrap().contains("is not a database"));

    std::fs::write(&database, bytes).unwrap();
    assert!(schedule.turn(day.plus(60_000)).await.is_none(), "it is not tried every minute");
    assert!(schedule.turn(day.plus(15 * 60_000)).await.unwrap().is_ok());
    let standing = backups.standing().unwrap();
    assert_eq!((standing.last, standing.failed), (Some(day.plus(15 * 60_000)), None));
    assert_eq!(names(&to).iter().filter(|name| name.starts_with("wardroom-2026")).count(), 2);
}

#[tokio::test]
async fn a_damaged_newest_one_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let (database, to) = (lay(folder.path()), folder.path().join("backups"));
    let mut schedule = Schedule::new(database, plan(&to, "9"), Backups::default(), NOON);
    let made = schedule.turn(NOON).await.unwrap().unwrap();
    let bytes = std::fs::read(&made.file).unwrap();
    std::fs::write(&made.file, &bytes[..bytes.len() / 2]).unwrap();
    assert!(schedule.turn(NOON.plus(HOUR)).await.unwrap().is_ok());
}

#[tokio::test]
async fn admins_are_told_when_two_were_missed_and_nobody_else() {
    let to = tempfile::tempdir().unwrap();
    let folder = to.path().join("backups");
    let house = House::with(|config| config.backups = Some(plan(&folder, "9"))).await;
    let mut schedule = house.schedule().unwrap();
    let now = clock::now();
    let then = now.plus(-49 * HOUR);
    schedule.turn(then).await.unwrap().unwrap();
    let told = |page: &str| page.contains("The last good backup is of ");
    assert!(told(&house.admin().get("/rooms").await.body));
    assert!(told(&house.admin().get("/audit").await.body));
    for person in [Person::Viewer, Person::Moderator, Person::Auditor, Person::Nobody] {
        assert!(!told(&house.actor(person).get("/rooms").await.body), "{person:?}");
    }
    schedule.turn(now).await.unwrap().unwrap();
    assert!(!told(&house.admin().get("/rooms").await.body));
}

#[test]
fn a_server_makes_them_and_logs_one_line_each() {
    let served = Served::start("info", &["--backups", "copies", "--backup-keep", "7d,4w"], "a backup was made");
    let folder = served.file().with_file_name("copies");
    assert_eq!(names(&folder).len(), 1);
    assert_eq!(served.get(&served.console, "/sign-in", &served.console).0, 200);
    served.stop();

    let folder = tempfile::tempdir().unwrap();
    lay(folder.path());
    std::fs::write(folder.path().join("file"), "").unwrap();
    let served = Served::over(folder, "info", &["--backups", "file/copies"], "Wardroom is open");
    let line = served.lines_until("a backup failed").pop().unwrap();
    assert!(line.contains("file/copies cannot be made"), "{line}");
    assert_eq!(served.get(&served.console, "/sign-in", &served.console).0, 200, "the house goes on");
    served.stop();
}
