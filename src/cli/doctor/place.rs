//! Where the database is: its folder, its disk, who may read it.

use std::{
    fs::{self, OpenOptions},
    path::Path,
};

use super::Report;
use crate::{
    services::backups::sized,
    store::{
        files::{folder_of, log_bytes},
        volume::{Kind, Volume, is_mine, is_open_to_others},
    },
};

/// Less than this free, in bytes, and the house cannot go on for long.
const LEAST: u64 = 64 << 20;
/// Less than this free, in bytes, is worth a warning.
const ENOUGH: u64 = 1 << 30;
/// A log longer than this, in bytes, is not written back: something has been reading for very long.
const LONG_LOG: u64 = 256 << 20;

pub(super) fn look(report: &mut Report, database: &Path) {
    let folder = folder_of(database);
    let shown = folder.display();
    if !folder.is_dir() {
        report.warn("folder", format!("there is no {shown} yet; `wardroom serve` makes it"));
        return;
    }
    match try_to_write(folder) {
        Ok(()) => report.ok("folder", format!("{shown} can be written")),
        Err(why) => report.fail(
            "folder",
            format!(
                "{shown} cannot be written ({why}): give it to the user who runs Wardroom, or run this as that user"
            ),
        ),
    }
    match Volume::of(folder) {
        Err(why) => report.fail("disk", format!("{shown} cannot be looked at: {why}")),
        Ok(volume) => disk(report, folder, database, &volume),
    }
    if let Ok(found) = fs::metadata(database) {
        file(report, database, &found);
    }
}

fn try_to_write(folder: &Path) -> std::io::Result<()> {
    let name = folder.join(format!(".wardroom-doctor-{}", std::process::id()));
    OpenOptions::new().write(true).create_new(true).open(&name)?;
    fs::remove_file(name)
}

fn disk(report: &mut Report, folder: &Path, database: &Path, volume: &Volume) {
    let shown = folder.display();
    match volume.kind {
        Kind::Local => {}
        Kind::Network(name) => report.fail(
            "disk",
            format!(
                "{shown} is on a network file system ({name}), whose locks do not hold: the database can be damaged; move \
                 it to a disk of this machine"
            ),
        ),
        Kind::Passing(name) => {
            report.warn("disk", format!("{shown} is on {name}: everything is gone with it; use a disk or a volume"));
        }
    }
    let (free, wanted) = (volume.free, fs::metadata(database).map_or(0, |found| found.len()));
    let told = format!("{} free where the database is", sized(free));
    if free < LEAST {
        report.fail("disk", format!("{told}: make room now; without it nothing can be changed"));
    } else if free < ENOUGH.max(wanted) {
        report.warn("disk", format!("{told}: make room for {}, so that it can grow", sized(ENOUGH.max(wanted))));
    } else {
        report.ok("disk", told);
    }
    match log_bytes(database) {
        long if long > LONG_LOG => report.warn(
            "log",
            format!(
                "the write-ahead log has {}: something reads the database without an end; find it, or restart the server",
                sized(long)
            ),
        ),
        long => report.ok("log", format!("the write-ahead log has {}", sized(long))),
    }
}

fn file(report: &mut Report, database: &Path, found: &fs::Metadata) {
    let shown = database.display();
    if !found.is_file() {
        report.fail("file", format!("{shown} is no file; name another with --database-url (WARDROOM_DATABASE_URL)"));
    } else if is_open_to_others(found) {
        report.warn("file", format!("{shown} can be read by others: chmod 600 {shown}"));
    } else if !is_mine(found) {
        report.warn("file", format!("{shown} is another user's; run this as the user who runs the server"));
    } else {
        report.ok("file", format!("{shown}, {}, for its owner only", sized(found.len())));
    }
}
