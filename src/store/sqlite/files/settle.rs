//! Bringing a database to rest: all of it in its one file.

use std::{path::Path, time::Duration};

use sqlx::{ConnectOptions, Connection};

use super::look::{Look, options};
use crate::store::{OpenError, code};

/// How a database was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Its log was played into it and is gone.
    Whole,
    /// Some program has it open.
    InUse,
    /// It cannot be worked with; it and its log were left as they are.
    Broken,
}

/// Plays the log of a database into its file and takes the log away, if nobody has it open.
pub async fn settle(path: &Path) -> Settled {
    // The log of a file that cannot even be read would be thrown away.
    let Ok(mut look) = Look::at(path).await else { return Settled::Broken };
    let readable = look.schema().await;
    look.close().await;
    match readable {
        Err(OpenError::Database(cause)) if matches!(code(&cause), Some(5 | 6)) => return Settled::InUse,
        Err(_) => return Settled::Broken,
        Ok(_) => {}
    }
    let Ok(mut conn) = options(path).busy_timeout(Duration::from_secs(1)).connect().await else {
        return Settled::Broken;
    };
    // To leave the log for good, SQLite wants the file for itself.
    let mode: Result<String, sqlx::Error> =
        sqlx::query_scalar("PRAGMA journal_mode = DELETE").fetch_one(&mut conn).await;
    let _ = conn.close().await;
    match mode {
        Ok(mode) if mode == "delete" => Settled::Whole,
        Ok(_) => Settled::InUse,
        Err(cause) if matches!(code(&cause), Some(5 | 6)) => Settled::InUse,
        Err(_) => Settled::Broken,
    }
}
