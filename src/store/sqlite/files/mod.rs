//! The database as files: who has it open, what it is before anything is done with it, and its copies.
//!
//! A file of SQLite's is never read or copied past SQLite while it is open: closing such a file would drop the locks that
//! this process has on it.

pub mod claim;
pub(super) mod holder;
pub mod look;
mod model;
pub mod opening;
pub mod settle;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

/// The log of what is not in the file yet.
pub const LOG: &str = "-wal";
/// The log's index.
pub const LOG_INDEX: &str = "-shm";
/// What a rollback needs.
pub const JOURNAL: &str = "-journal";
/// The file whose lock says who has the database open.
pub const CLAIM: &str = "-lock";
/// The file whose lock says who has the database open with the master key that it has now.
pub const HOLDERS: &str = "-key-lock";
/// The same for who opened it before the master key was changed.
pub const FORMER: &str = "-old-key-lock";

/// A file that belongs to a database, beside it.
#[must_use]
pub fn beside(database: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(database);
    name.push(suffix);
    name.into()
}

/// The folder that a file is in.
#[must_use]
pub fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Gives a file to whoever has another: root may make what a server of its own user opens.
///
/// # Errors
/// The file's owner cannot be set, though we are root.
#[cfg(unix)]
pub fn own_as(file: &Path, model: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let model = std::fs::metadata(model).or_else(|_| std::fs::metadata(folder_of(file)))?;
    match chown(file, Some(model.uid()), Some(model.gid())) {
        Err(why) if why.kind() == std::io::ErrorKind::PermissionDenied => Ok(()),
        done => done,
    }
}

/// Elsewhere files have no such owners.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn own_as(_: &Path, _: &Path) -> std::io::Result<()> {
    Ok(())
}

/// How many bytes the log holds that are not in the file yet, at most.
#[must_use]
pub fn log_bytes(database: &Path) -> u64 {
    std::fs::metadata(beside(database, LOG)).map_or(0, |found| found.len())
}
