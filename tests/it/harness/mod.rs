//! What every test starts from: a house over a database of its own, and people who knock at its door.
//!
//! ```ignore
//! let house = House::open().await;
//! let page = house.admin().submit("/api/save_room", &[("id", "stage"), ...]).await;
//! ```
//! The database is a copy of a template that is made once (`template`), so a test costs a file copy. Nobody sleeps and
//! nobody opens a port. `dump` tells whether anything was written.

pub mod actor;
pub mod answer;
pub mod backend;
pub mod dump;
pub mod html;
pub mod printed;
pub mod random;
pub mod served;
pub mod shim;
pub mod snapshot;
pub mod template;
pub mod wire;

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use axum::Router;
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use wardroom::{
    cli::{Config, Covers, PublicUrl},
    domain::{
        Role, Timestamp,
        audit::{Actor as Who, AuditQuery, Entry, Source},
        room::{Room, RoomId},
    },
    server,
    services::{Ctx, Settings},
    store::Store,
};

pub use actor::Actor;
pub use answer::Answer;
pub use backend::Backend;
pub use dump::Dump;
pub use random::Random;
pub use template::{PASSWORD, Person, STAGE};

/// A house over a database of its own.
pub struct House {
    pub store: Store,
    pub file: PathBuf,
    pub secure: bool,
    router: Router,
    inner: server::House,
    _folder: TempDir,
}

impl House {
    /// A house with the template's rooms and staff.
    pub async fn open() -> Self {
        Self::with(|_| {}).await
    }

    /// The same, with another configuration.
    pub async fn with(edit: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wardroom.db");
        std::fs::write(&file, template::bytes()).unwrap();
        Self::over(folder, file, edit).await
    }

    /// A house with the tables and nothing in them.
    pub async fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("wardroom.db");
        Self::over(folder, file, |_| {}).await
    }

    async fn over(folder: TempDir, file: PathBuf, edit: impl FnOnce(&mut Config)) -> Self {
        let mut config = config(&file);
        edit(&mut config);
        let store = Store::open(&config.database_url).await.unwrap();
        let secure = config.public_url.secure;
        let inner = server::House::new(store.clone(), config);
        Self { store, file, secure, router: inner.router(), inner, _folder: folder }
    }

    /// The same house by another clock, as far as back-ends' calls and jobs go.
    pub fn by(mut self, clock: fn() -> Timestamp) -> Self {
        self.inner = self.inner.by(clock);
        self.router = self.inner.router();
        self
    }

    /// Who does the house's jobs; nobody does them where no test asks.
    pub fn worker(&self) -> wardroom::services::jobs::Worker {
        self.inner.worker()
    }

    /// Writes down what back-ends called, as the server does every few seconds.
    pub async fn write_usage(&self) {
        self.inner.write_usage().await.unwrap();
    }

    /// Everything as it is now.
    pub async fn dump(&self) -> Dump {
        Dump::of(&self.file).await
    }

    /// The same as one text, sessions included, in which nothing secret may stand.
    pub async fn dump_text(&self) -> String {
        let sessions = self.ask("SELECT group_concat(id_hash || ' ' || data || ' ' || device, char(10)) FROM sessions");
        format!("{:?} {}", self.dump().await, sessions.await)
    }

    /// Runs a statement behind the house's back: another process, a clock that went on, a thief.
    pub async fn sql(&self, statement: &'static str) {
        let mut conn = self.conn().await;
        sqlx::query(statement).execute(&mut conn).await.unwrap();
        conn.close().await.unwrap();
    }

    /// The first column of the first row, as text.
    pub async fn ask(&self, question: &'static str) -> String {
        let mut conn = self.conn().await;
        let found: Option<String> = sqlx::query_scalar(question).fetch_optional(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        found.unwrap_or_default()
    }

    async fn conn(&self) -> sqlx::SqliteConnection {
        SqliteConnectOptions::new().filename(&self.file).foreign_keys(true).connect().await.unwrap()
    }

    /// A room as it is now.
    pub async fn room(&self, id: &str) -> Room {
        self.store.room(&RoomId::parse(id).unwrap()).await.unwrap().unwrap()
    }

    /// The newest entries of the audit trail, newest first.
    pub async fn audit(&self) -> Vec<Entry> {
        self.store.audit(&AuditQuery::default()).await.unwrap().rows
    }

    /// The newest entry.
    pub async fn last(&self) -> Entry {
        self.audit().await.into_iter().next().unwrap()
    }

    /// A command on the house's own machine, with every right.
    pub fn ctx(&self) -> Ctx {
        ctx(&self.store)
    }
}

/// A command's context over a store.
pub fn ctx(store: &Store) -> Ctx {
    Ctx {
        store: store.clone(),
        settings: Arc::new(Settings { vendors: wardroom::vendors::abouts(), ..Settings::default() }),
        actor: Who::Command("tester".to_owned()),
        role: Role::Admin,
        source: Source::Command,
        address: String::new(),
        now: Timestamp(1_795_000_000_000),
        operation: None,
        caller: None,
        job: None,
    }
}

/// The configuration of a house for tests.
pub fn config(file: &std::path::Path) -> Config {
    Config {
        database_url: format!("sqlite:{}", file.display()),
        addr: SocketAddr::from(([127, 0, 0, 1], 3000)),
        public_url: PublicUrl::parse("http://127.0.0.1:3000").unwrap(),
        trusted_proxies: Vec::new(),
        covers: Covers::Off,
        vendor_hosts: Vec::new(),
        vendor_addrs: Vec::new(),
        settings: Settings { vendors: wardroom::vendors::abouts(), ..Settings::default() },
        log: "info".to_owned(),
    }
}
