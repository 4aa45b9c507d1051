//! What can go wrong with the database, and what of it may be told.
//!
//! The cause is logged once, here, with an incident id; only the id (or "busy") goes further.

use std::path::PathBuf;

use sqlx::migrate::MigrateError;

use super::{
    incident,
    state::{self, Reason, State},
};
use crate::domain::Error;

/// Why a database could not be opened; said at start, so the full cause may be shown.
#[derive(Debug)]
pub enum OpenError {
    /// The address is not one of ours.
    Address(String),
    /// The database answered with an error.
    Database(sqlx::Error),
    /// A migration failed, or the database was made by a newer Wardroom.
    Migration(MigrateError),
    /// The SQLite library has the WAL-reset bug (fixed in 3.51.3).
    Library(String),
    /// There is no master key, or it is another one.
    Key(super::key::KeyError),
    /// The audit trail is not a chain yet: an older Wardroom wrote it.
    Unchained,
    /// Its tables are a newer Wardroom's.
    Newer {
        /// The newest step of its tables.
        step: i64,
        /// The version that made them, where it is known.
        by: Option<String>,
    },
    /// The file is no database.
    NoDatabase,
    /// Its tables are another program's.
    Foreign,
    /// The log beside the file is another database's.
    StrangeLog(PathBuf),
    /// A backup is being put in its place.
    Replaced,
    /// The file that says who has it open cannot be made or locked.
    Claim(std::io::Error),
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address(address) => {
                write!(f, "{address:?} is not a database address; write it as sqlite:data/wardroom.db")
            }
            Self::Database(cause) => write!(f, "the database cannot be opened: {}", told(cause)),
            Self::Migration(MigrateError::VersionMissing(step)) => newer(f, *step, None),
            Self::Newer { step, by } => newer(f, *step, by.as_deref()),
            Self::NoDatabase => write!(f, "the database cannot be opened: {NO_DATABASE}; {NAME_ANOTHER}"),
            Self::Foreign => f.write_str(
                "the database is another program's: it has tables, but none of Wardroom's; nothing was changed; name the \
                 right file with --database-url (WARDROOM_DATABASE_URL)",
            ),
            Self::StrangeLog(path) => write!(
                f,
                "beside {0} lies the log of another database ({0}-wal), which would be played into it; nothing was \
                 changed; move the files {0}-wal and {0}-shm away, and put backups in place with `wardroom restore`",
                path.display()
            ),
            Self::Replaced => {
                f.write_str("a backup is being put in the database's place just now; start again when that is done")
            }
            Self::Claim(why) => {
                write!(f, "the database's folder cannot be worked in ({why}); its owner has to be the user who runs this")
            }
            Self::Migration(MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)) => {
                write!(f, "the database's tables cannot be brought up to date: {}", told(cause))
            }
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

const NO_DATABASE: &str = "the file is not a database";
const NAME_ANOTHER: &str = "name the right one, or put a backup there with `wardroom restore`";

fn newer(f: &mut std::fmt::Formatter<'_>, step: i64, by: Option<&str>) -> std::fmt::Result {
    let by = by.map(|version| format!(" {version}")).unwrap_or_default();
    write!(
        f,
        "the database was made by a newer Wardroom{by} (its tables are at step {step}; this is {}, which knows {}); \
         nothing was changed; start that version, or restore a backup made with this one",
        env!("CARGO_PKG_VERSION"),
        super::sqlite::newest_step(),
    )
}

/// What SQLite says, with what to do about it.
fn told(cause: &sqlx::Error) -> String {
    let (what, so) = match code(cause) {
        Some(26) => (NO_DATABASE, NAME_ANOTHER),
        Some(11) => ("the file is damaged", "put a backup in its place with `wardroom restore`"),
        Some(5 | 6) => ("another program has it locked", "end that program, or wait until it is done"),
        Some(8 | 3 | 23) => ("it may not be written", "give its file and folder to the user who runs this"),
        Some(14) => ("its file or folder may not be used", "give both to the user who runs this"),
        Some(13) => ("the disk is full", "make room on it"),
        Some(10) => ("the disk answers with an error", "look into the system's log and check the disk"),
        _ => return cause.to_string(),
    };
    format!(
        "{what} ({}); {so}",
        cause.as_database_error().map_or_else(|| cause.to_string(), |e| e.message().to_owned())
    )
}

/// SQLite's primary result code.
pub(super) fn code(cause: &sqlx::Error) -> Option<u32> {
    let code = cause.as_database_error()?.code()?.parse::<u32>().ok()?;
    Some(code & 0xFF)
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
