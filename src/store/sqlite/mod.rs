//! The SQLite backend: one writer with group commit, several readers, the file in WAL mode.
//!
//! Durability is full (`synchronous = FULL`): what was answered is on disk. `mmap` is off, so that an I/O error is an
//! error and not a signal. One file per noun; [`search`] turns a question about rooms into SQL.

pub mod apps;
mod attributes;
pub mod audit;
mod bulk;
pub mod calls;
mod clients;
mod grams;
pub mod jobs;
mod made;
mod marks;
mod migrations;
mod ranks;
mod reindex;
pub mod rooms;
pub mod search;
pub mod sessions;
pub mod staff;
pub mod tokens;
mod unsaved;
mod value;
mod views;
mod wholes;
mod writer;

use std::{path::Path, str::FromStr, sync::Arc, time::Duration};

use log::LevelFilter;
use sqlx::{
    ConnectOptions, Connection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    OpenError,
    state::{self, Health, State},
};
use crate::domain::Result;
use grams::Grams;
use ranks::{Ranks, Touched};
use tokio::sync::Notify;
use unsaved::Unsaved;
use writer::{Queue, Writer};

/// Connections that read. Two cores serve a little more than two at a time.
const READERS: u32 = 4;

/// Everything that is kept. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    readers: SqlitePool,
    queue: Arc<Queue>,
    ranks: Arc<Ranks>,
    /// Rings when a job has something to do.
    bell: Arc<Notify>,
    health: Arc<Health>,
    unsaved: Arc<Unsaved>,
}

/// One unit of work on the writer's connection, inside a transaction.
pub struct Tx {
    conn: SqliteConnection,
    /// What the unit asks of the search index; written with its group.
    grams: Grams,
    /// What the unit wrote that stands in an order, and its audit entries.
    touched: Touched,
}

impl Store {
    /// Opens the database, makes it where it is missing and brings its tables up to date.
    ///
    /// # Errors
    /// The address is not `sqlite:PATH`, the file cannot be opened, or it was made by a newer Wardroom.
    pub async fn open(url: &str) -> std::result::Result<Self, OpenError> {
        let path =
            url.strip_prefix("sqlite:").map(|rest| rest.trim_start_matches("//")).filter(|path| !path.is_empty());
        let path = path.ok_or_else(|| OpenError::Address(url.to_owned()))?;
        if let Some(folder) = Path::new(path).parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(sqlx::Error::Io)?;
        }
        let options = SqliteConnectOptions::from_str("sqlite:")?
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(Duration::from_secs(10))
            .foreign_keys(true)
            .pragma("trusted_schema", "OFF")
            .pragma("mmap_size", "0")
            .pragma("journal_size_limit", "67108864")
            .statement_cache_capacity(256)
            .log_statements(LevelFilter::Trace)
            .log_slow_statements(LevelFilter::Off, Duration::MAX);
        let mut conn = options.connect().await?;
        check_library(&mut conn).await?;
        let options = options.create_if_missing(false);
        migrations::run(&mut conn).await.map_err(OpenError::Migration)?;
        reindex::run(&mut conn).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(1)
            .test_before_acquire(false)
            .connect_with(options.clone().pragma("query_only", "ON").pragma("cache_size", "-8192"))
            .await?;
        let ranks = Arc::new(Ranks::default());
        let health = Arc::new(Health::default());
        let tx = Tx { conn, grams: Grams::default(), touched: Touched::default() };
        let queue = Queue::start(Writer { tx, ranks: ranks.clone(), health: health.clone(), options });
        Ok(Self { readers, queue: Arc::new(queue), ranks, bell: Arc::default(), health, unsaved: Arc::default() })
    }

    /// Runs one unit of work in a transaction of its own: all of it, or, when it returns an error, nothing. Returns
    /// when the result is on disk. Dropping the returned future does not stop a unit that was queued.
    ///
    /// # Errors
    /// The unit's own error; [`Error::Busy`](crate::domain::Error::Busy) when the database cannot write.
    pub async fn write<T, F>(&self, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> futures::future::BoxFuture<'t, Result<T>> + Send + 'static,
    {
        self.queue.run(unit).await
    }

    /// Whether anything can be saved, and why not.
    pub fn state(&self) -> State {
        self.health.state()
    }

    /// Waits until something can be saved. A damaged file never can.
    pub async fn healthy(&self) {
        self.health.healthy().await;
    }

    /// From here on, whoever reads a damaged part of the file in this process stops this store's writes: for the one
    /// store that a process serves.
    pub fn stop_where_damaged(&self) {
        state::serve(&self.health);
    }

    /// Finishes what is queued, writes the log back into the file and closes everything.
    pub async fn close(&self) {
        self.queue.close().await;
        self.readers.close().await;
    }
}

async fn check_library(conn: &mut SqliteConnection) -> std::result::Result<(), OpenError> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut *conn).await?;
    let parts: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    if parts.as_slice() < [3, 51, 3].as_slice() { Err(OpenError::Library(version)) } else { Ok(()) }
}

impl Tx {
    async fn execute(&mut self, sql: &'static str) -> Result<(), sqlx::Error> {
        sqlx::query(sql).execute(&mut self.conn).await.map(drop)
    }

    async fn close(self) {
        if let Err(cause) = self.conn.close().await {
            tracing::error!(%cause, "closing the database");
        }
    }
}
