//! What can go wrong with the database, and what of it may be told.
//!
//! The cause is logged once, here, with an incident id; only the id (or "busy") goes further.

use super::state::{self, Reason, State};
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
            Self::Library(version) => {
                write!(f, "SQLite {version} can corrupt its write-ahead log; 3.51.3 or newer is needed")
            }
        }
    }
}

impl std::error::Error for OpenError {}

impl From<sqlx::Error> for OpenError {
    fn from(cause: sqlx::Error) -> Self {
        Self::Database(cause)
    }
}

impl From<sqlx::Error> for Error {
    fn from(cause: sqlx::Error) -> Self {
        let incident = incident();
        tracing::error!(incident, %cause, "database");
        let refusal = state::met(&cause).and_then(State::refusal);
        match (refusal, Reason::of(&cause)) {
            (Some(refusal), _) => refusal,
            (None, Some(Reason::Corrupt) | None) => Self::Internal(incident),
            (None, Some(reason)) => {
                Self::Busy(format!("The database cannot be used just now: {}. Incident {incident}.", reason.says()))
            }
        }
    }
}

/// A new incident id: eight letters and digits, easy to read out.
pub fn incident() -> String {
    const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";
    (0..8).filter_map(|_| LETTERS.get(rand::random_range(0..LETTERS.len()))).map(|&c| char::from(c)).collect()
}
