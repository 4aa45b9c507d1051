//! What can go wrong with the database, and what of it may be told.
//!
//! The cause is logged once, here, with an incident id; only the id (or "busy") goes further.

use super::incident;
use crate::domain::Error;

/// Why a database could not be opened; said at start, so the full cause may be shown.
#[derive(Debug)]
pub enum OpenError {
    /// The address is not one of ours.
    Address(String),
    /// The database answered with an error.
    Database(sqlx::Error),
    /// A migration failed, or the database was made by a newer Wardroom.
    Migration(sqlx::migrate::MigrateError),
    /// The SQLite library has the WAL-reset bug (fixed in 3.51.3).
    Library(String),
    /// There is no master key, or it is another one.
    Key(super::key::KeyError),
    /// The audit trail is not a chain yet: an older Wardroom wrote it.
    Unchained,
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(address) => {
                write!(f, "{address:?} is not a database address; write it as sqlite:data/wardroom.db")
            }
            Self::Database(cause) => write!(f, "the database cannot be opened: {cause}"),
            Self::Migration(sqlx::migrate::MigrateError::VersionMissing(step)) => write!(
                f,
                "the database was made by a newer Wardroom (its tables are at step {step}); start that one, or restore a \
                 backup made with this one"
            ),
            Self::Migration(cause) => write!(f, "the database's tables cannot be brought up to date: {cause}"),
            Self::Key(why) => why.fmt(f),
            Self::Unchained => f.write_str(
                "the audit trail was written by an older Wardroom and has no macs yet; start this one over it once (any \
                 command does), and it gets them",
            ),
            Self::Library(version) => {
                write!(f, "SQLite {version} can corrupt its write-ahead log; 3.51.3 or newer is needed")
            }
        }
    }
}

impl std::error::Error for OpenError {}

impl From<super::key::KeyError> for OpenError {
    fn from(why: super::key::KeyError) -> Self {
        Self::Key(why)
    }
}

impl From<sqlx::Error> for OpenError {
    fn from(cause: sqlx::Error) -> Self {
        Self::Database(cause)
    }
}

impl From<sqlx::Error> for Error {
    fn from(cause: sqlx::Error) -> Self {
        let incident = incident();
        tracing::error!(incident, %cause, "database");
        // SQLite's primary result codes: 5 busy, 8 read-only, 10 I/O error, 13 full.
        let code = cause.as_database_error().and_then(|e| e.code()).and_then(|code| code.parse::<u32>().ok());
        match code.map(|code| code & 0xFF) {
            Some(5 | 8 | 10 | 13) => {
                Self::Busy(format!("The database cannot write just now; nothing was changed. Incident {incident}."))
            }
            _ => Self::Internal(incident),
        }
    }
}
