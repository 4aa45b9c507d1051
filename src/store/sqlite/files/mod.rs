//! The database as files: who has it open, what it is before anything is done with it, and its copies.
//!
//! A file of SQLite's is never read or copied past SQLite while it is open: closing such a file would drop the locks that
//! this process has on it.

pub mod claim;
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

/// How many bytes the log holds that are not in the file yet, at most.
#[must_use]
pub fn log_bytes(database: &Path) -> u64 {
    std::fs::metadata(beside(database, LOG)).map_or(0, |found| found.len())
}
