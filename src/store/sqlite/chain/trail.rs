//! The chain read: checked as a whole, or asked where it ends. Nothing here writes, or waits for somebody who does.

use std::path::Path;

use sqlx::{ConnectOptions, Connection, Row, SqliteConnection, sqlite::SqliteJournalMode};

use super::{ends, ends::Part, verify};
use crate::{
    domain::{
        Result, Timestamp,
        trail::{Bad, Checkpoint, Ends, Whole},
    },
    store::{
        OpenError, chain,
        key::KeyPlace,
        seal::Keys,
        sqlite::{Store, connect_options, files::look, keys, must_path_of},
    },
};

/// The audit trail of a database that is opened for reading only: whatever state it is in, it stays so.
pub struct Trail {
    conn: SqliteConnection,
    keys: Keys,
}

impl Trail {
    /// Opens the trail of a database, or of a copy of one. The master key is in `place`, or, where nothing is said, in the
    /// file beside the database.
    ///
    /// # Errors
    /// The address is not `sqlite:PATH`, the file cannot be opened, the master key is missing or another one, or the trail
    /// is not a chain yet.
    pub async fn open(url: &str, place: Option<&KeyPlace>) -> Result<Self, OpenError> {
        let path = must_path_of(url)?;
        let options = connect_options(path).read_only(true).journal_mode(SqliteJournalMode::Wal);
        let options = options.pragma("query_only", "ON");
        Self::with(options.connect().await?, place.unwrap_or(&KeyPlace::beside(path))).await
    }

    /// The same for a copy that nobody has open: nothing about it changes, and nothing is laid beside it.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_copy(path: &Path, place: &KeyPlace) -> Result<Self, OpenError> {
        Self::with(look::options(path).read_only(true).immutable(true).connect().await?, place).await
    }

    async fn with(mut conn: SqliteConnection, place: &KeyPlace) -> Result<Self, OpenError> {
        let is_there = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'audit_ends')";
        if !sqlx::query_scalar::<_, bool>(is_there).fetch_one(&mut conn).await? {
            return Err(OpenError::Unchained);
        }
        let keys = keys::known(&mut conn, place).await?;
        if ends::find(&mut conn, Part::Sealing, &keys).await?.is_some() {
            return Err(OpenError::Unchained);
        }
        Ok(Self { conn, keys })
    }

    /// Checks the whole trail, and against checkpoints; returns the first thing that is wrong, if there is one. All of it is
    /// of one moment, and takes about three seconds for a million entries.
    ///
    /// # Errors
    /// The database failed.
    pub async fn verify(&mut self, checkpoints: &[Checkpoint]) -> Result<Result<Whole, Bad>> {
        let mut checkpoints = checkpoints.to_vec();
        checkpoints.sort_by_key(|checkpoint| checkpoint.entry);
        let mut moment = self.conn.begin().await?;
        let verified = verify::verify(&mut moment, &self.keys, &checkpoints).await?;
        moment.rollback().await?;
        Ok(verified)
    }

    /// What the trail is now; `None` where its head cannot be believed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn checkpoint(&mut self, now: Timestamp) -> Result<Option<Checkpoint>> {
        Ok(checkpoint(&mut self.conn, &self.keys, now).await?)
    }

    /// Whether a checkpoint was made by this database's Wardroom and is as it was made.
    #[must_use]
    pub fn made(&self, checkpoint: &Checkpoint) -> bool {
        chain::is_genuine(&self.keys, checkpoint)
    }

    /// Closes the database.
    pub async fn close(self) {
        if let Err(cause) = self.conn.close().await {
            tracing::error!(%cause, "closing the database");
        }
    }
}

impl Store {
    /// What the trail is now; `None` where its head cannot be believed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn checkpoint(&self, now: Timestamp) -> Result<Option<Checkpoint>> {
        let mut conn = self.readers.acquire().await?;
        Ok(checkpoint(&mut conn, self.keys(), now).await?)
    }

    /// Whether the trail still holds what a checkpoint knows: a look at one entry, not at the chain.
    ///
    /// # Errors
    /// The database failed.
    pub async fn holds(&self, known: &Checkpoint) -> Result<bool> {
        let mut conn = self.readers.acquire().await?;
        let start = ends::find(&mut conn, Part::Start, self.keys()).await?;
        let Some(start) = start.filter(|start| start.database == known.database) else { return Ok(false) };
        if known.entry < start.entry {
            return Ok(true);
        }
        let mac = if known.entry == start.entry {
            Some(start.mac.hex())
        } else {
            let query = sqlx::query_scalar("SELECT lower(hex(mac)) FROM audit WHERE id = $1").bind(known.entry);
            query.fetch_optional(&mut *conn).await?
        };
        Ok(chain::is_genuine(self.keys(), known) && mac.as_ref() == Some(&known.head))
    }

    /// Where the trail ends, on both sides, as far as it can be believed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn trail_ends(&self) -> Result<Option<Ends>> {
        let sql = "SELECT part, database, entry, many, at, written_at, mac, seal FROM audit_ends ORDER BY part";
        let rows = sqlx::query(sql).fetch_all(&self.readers).await?;
        let (mut head, mut removed) = (None, None);
        for row in &rows {
            match (row.try_get::<&str, _>(0)?, ends::read(row, self.keys())?) {
                ("head", Some(end)) => head = Some(end.entry),
                ("start", Some(end)) => removed = verify::removed(&end),
                _ => {}
            }
        }
        Ok(head.map(|head| Ends { head, removed }))
    }
}

async fn checkpoint(
    conn: &mut SqliteConnection,
    keys: &Keys,
    now: Timestamp,
) -> Result<Option<Checkpoint>, sqlx::Error> {
    let head = ends::find(conn, Part::Head, keys).await?;
    let key = keys.audit(None);
    Ok(head.zip(key).map(|(head, key)| chain::checkpoint(&key, (head.database, head.entry, head.many), &head.mac, now)))
}
