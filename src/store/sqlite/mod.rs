//! The SQLite backend: one writer with group commit, several readers, the file in WAL mode.
//!
//! Durability is full (`synchronous = FULL`): what was answered is on disk. `mmap` is off, so that an I/O error is an
//! error and not a signal. One file per noun; [`search`] turns a question about rooms into SQL.

pub mod apps;
mod attributes;
pub mod audit;
mod bulk;
pub mod calls;
pub mod chain;
mod clients;
pub mod figures;
pub mod files;
mod grams;
pub mod jobs;
mod keys;
mod made;
mod marks;
mod migrations;
mod ranks;
mod reindex;
pub mod rooms;
mod sealing;
pub mod search;
pub mod sessions;
pub mod staff;
pub mod tokens;
pub mod totp;
mod unsaved;
mod value;
mod views;
mod wholes;
mod writer;

use std::{path::Path, sync::Arc, time::Duration};

use log::LevelFilter;
use sqlx::{
    ConnectOptions, Connection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use super::{
    OpenError,
    key::KeyPlace,
    state::{self, Health, State},
};
use crate::domain::Result;
use chain::Chain;
use figures::Measured;
use files::{claim::Claim, holder::Holder, opening};
use grams::Grams;
use keys::Ring;
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
    /// What secrets are sealed with.
    ring: Ring,
    measured: Arc<Measured>,
    /// The database's file.
    file: Arc<Path>,
    /// The right to have it open.
    claim: Arc<Claim>,
    /// The sign of knowing its master key.
    holder: Arc<Holder>,
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
    /// What secrets are sealed with.
    ring: Ring,
    /// Where the audit trail's chain ends.
    chain: Chain,
}

impl Store {
    /// The same as [`Self::open_with`], with the master key in the file beside the database.
    ///
    /// # Errors
    /// As there.
    pub async fn open(url: &str) -> std::result::Result<Self, OpenError> {
        Self::open_with(url, None).await
    }

    /// Opens the database, makes it where it is missing and brings its tables up to date. The master key is in `place`,
    /// or, where nothing is said, in the file beside the database, and is made with the first data keys.
    ///
    /// # Errors
    /// The address is not `sqlite:PATH`, the file cannot be opened, it was made by a newer Wardroom, or the master key is
    /// missing or another one.
    pub async fn open_with(url: &str, place: Option<&KeyPlace>) -> std::result::Result<Self, OpenError> {
        let path = must_path_of(url)?;
        check_library().await?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(sqlx::Error::Io)?;
        }
        let claim = opening::check(path).await?;
        opening::make(path);
        let holder = Holder::join(path)?;
        let options = connect_options(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .pragma("journal_size_limit", "67108864")
            .statement_cache_capacity(256);
        let mut conn = options.connect().await?;
        migrations::run(&mut conn).await.map_err(OpenError::Migration)?;
        let beside = KeyPlace::beside(path);
        let ring = keys::load(&mut conn, place.unwrap_or(&beside).clone()).await?;
        sealing::run(&mut conn, &ring.keys).await?;
        reindex::run(&mut conn).await?;
        let chain = Chain::new(ring.keys.clone());
        let mut tx = Tx { conn, grams: Grams::default(), touched: Touched::default(), ring: ring.clone(), chain };
        chain::begin(&mut tx).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(1)
            .test_before_acquire(false)
            .connect_with(options.clone().pragma("query_only", "ON").pragma("cache_size", "-8192"))
            .await?;
        let ranks = Arc::new(Ranks::default());
        let measured = Arc::new(Measured::default());
        let health = Arc::new(Health::default());
        let (ranked, measures) = (ranks.clone(), measured.clone());
        let writer = Writer { tx, ranks: ranked, health: health.clone(), measured: measures, options };
        let queue = Arc::new(Queue::start(writer));
        let (file, claim, holder, unsaved) = (path.into(), Arc::new(claim), Arc::new(holder), Arc::default());
        Ok(Self { readers, queue, ranks, bell: Arc::default(), ring, measured, file, claim, holder, health, unsaved })
    }

    /// Opens a copy that nobody has open, at this version's step of the tables, to be read only: nothing about it changes.
    /// Its secrets stay sealed.
    ///
    /// # Errors
    /// It cannot be opened.
    pub async fn open_copy(path: &Path) -> std::result::Result<Self, OpenError> {
        let options = files::look::options(path).read_only(true).immutable(true);
        let readers = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        Ok(Self {
            readers,
            queue: Arc::new(Queue::closed()),
            ranks: Arc::default(),
            bell: Arc::default(),
            ring: Ring::none(),
            measured: Arc::default(),
            file: path.into(),
            claim: Arc::new(Claim::none()),
            holder: Arc::new(Holder::none()),
            health: Arc::default(),
            unsaved: Arc::default(),
        })
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
        self.holder.release();
        self.claim.release();
    }
}

/// The file in a database's address, `sqlite:PATH`; it may be empty.
#[must_use]
pub fn path_of(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite:").map(|rest| rest.trim_start_matches("//"))
}

/// The same, where without it nothing can be done.
fn must_path_of(url: &str) -> std::result::Result<&Path, OpenError> {
    let path = path_of(url).filter(|path| !path.is_empty());
    path.map(Path::new).ok_or_else(|| OpenError::Address(url.to_owned()))
}

/// What every connection to a file goes by: it must be there, and what it says is not believed more than it has to be.
fn connect_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(Duration::from_secs(10))
        .pragma("trusted_schema", "OFF")
        .pragma("mmap_size", "0")
        .log_statements(LevelFilter::Trace)
        .log_slow_statements(LevelFilter::Off, Duration::MAX)
}

/// Makes sure of the library before any file is touched.
async fn check_library() -> std::result::Result<(), OpenError> {
    let mut conn = SqliteConnectOptions::new().in_memory(true).connect().await?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut conn).await?;
    conn.close().await?;
    if is_sound(&version) { Ok(()) } else { Err(OpenError::Library(version)) }
}

/// Brings the tables of a copy that nobody has open to a step, as opening it with the version of that step would.
///
/// # Errors
/// A step fails.
pub async fn bring_to(path: &Path, step: i64) -> std::result::Result<(), OpenError> {
    let mut conn = files::look::options(path).connect().await?;
    migrations::run_to(&mut conn, step).await.map_err(OpenError::Migration)?;
    if step >= newest_step() {
        reindex::run(&mut conn).await?;
    }
    Ok(conn.close().await?)
}

/// The newest step of the tables that this binary knows.
#[must_use]
pub fn newest_step() -> i64 {
    migrations::newest()
}

/// Whether a version of SQLite is free of the WAL-reset bug.
#[must_use]
pub fn is_sound(version: &str) -> bool {
    let parts: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    parts.as_slice() >= [3, 51, 3].as_slice()
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
