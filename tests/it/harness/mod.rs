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
pub mod phone;
pub mod printed;
pub mod random;
pub mod served;
pub mod shim;
pub mod snapshot;
pub mod stranger;
pub mod template;
pub mod wire;

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use axum::Router;
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use wardroom::{
    cli::Config,
    domain::{
        Timestamp,
        audit::{AuditQuery, Entry},
        room::{Room, RoomId},
    },
    server::{self, covers::net::Net},
    services::{Ctx, Settings, account::Policy},
    store::{Store, seal::Keys},
};

pub use actor::Actor;
pub use answer::Answer;
pub use backend::Backend;
pub use dump::Dump;
pub use phone::Phone;
pub use random::Random;
pub use template::{PASSWORD, Person, STAGE};

/// A house over a database of its own.
pub struct House {
    pub store: Store,
    pub file: PathBuf,
    pub secure: bool,
    pub host: String,
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
        template::copy_to(&file);
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
        let (secure, host) = (config.public_url.secure, config.public_url.host.clone());
        let inner = server::House::new(store.clone(), config);
        Self { store, file, secure, host, router: inner.router(), inner, _folder: folder }
    }

    /// The same house by another clock, as far as back-ends' calls and jobs go.
    pub fn by(mut self, clock: fn() -> Timestamp) -> Self {
        self.inner = self.inner.by(clock);
        self.router = self.inner.router();
        self
    }

    /// The same house over another network, as far as covers go.
    pub fn over_net(mut self, net: Net) -> Self {
        self.inner = self.inner.over(net);
        self.router = self.inner.router();
        self
    }

    /// Who does the house's jobs; nobody does them where no test asks.
    pub fn worker(&self) -> wardroom::services::jobs::Worker {
        self.inner.worker()
    }

    /// The figures that the house tells of itself.
    pub async fn figures(&self) -> String {
        self.inner.figures().await
    }

    /// Serves the house on a port of this machine for as long as the test runs; gives the address.
    pub async fn listen(&self, stop: impl Future<Output = ()> + Send + 'static) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, house) = (listener.local_addr().unwrap(), self.inner.clone());
        tokio::spawn(async move { house.serve(listener, stop).await });
        address
    }

    /// Who makes the house's backups; nobody makes them where no test asks.
    pub fn schedule(&self) -> Option<wardroom::services::backups::Schedule> {
        self.inner.schedule()
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
        let is_sealed = statement.contains("sessions") && statement.contains("data");
        if is_sealed {
            self.sessions(&mut conn, |keys, what, data| String::from_utf8(keys.open(what, data).unwrap()).unwrap())
                .await;
        }
        sqlx::query(statement).execute(&mut conn).await.unwrap();
        if is_sealed {
            self.sessions(&mut conn, |keys, what, data| keys.seal(what, data.as_bytes())).await;
        }
        conn.close().await.unwrap();
    }

    /// What sessions hold is sealed: opened for a statement that looks into it, and sealed again.
    async fn sessions(&self, conn: &mut sqlx::SqliteConnection, edit: fn(&Keys, &str, &str) -> String) {
        let all = sqlx::query_as::<_, (String, String)>("SELECT id_hash, data FROM sessions");
        for (id, data) in all.fetch_all(&mut *conn).await.unwrap() {
            let data = edit(self.store.keys(), &format!("session {id}"), &data);
            let query = sqlx::query("UPDATE sessions SET data = $1 WHERE id_hash = $2").bind(data).bind(id);
            query.execute(&mut *conn).await.unwrap();
        }
    }

    /// The first column of the first row, as text.
    pub async fn ask(&self, question: &'static str) -> String {
        let mut conn = self.conn().await;
        let found: Option<String> = sqlx::query_scalar(question).fetch_optional(&mut conn).await.unwrap();
        conn.close().await.unwrap();
        found.unwrap_or_default()
    }

    /// A connection of one's own.
    pub async fn connection(&self) -> sqlx::SqliteConnection {
        self.conn().await
    }

    async fn conn(&self) -> sqlx::SqliteConnection {
        SqliteConnectOptions::new().filename(&self.file).foreign_keys(true).connect().await.unwrap()
    }

    /// A room as it is now.
    pub async fn room(&self, id: &str) -> Room {
        self.store.room(&RoomId::parse(id).unwrap()).await.unwrap().unwrap()
    }

    /// Whether there is a room of this id.
    pub async fn room_is_there(&self, id: &str) -> bool {
        self.store.room(&RoomId::parse(id).unwrap()).await.unwrap().is_some()
    }

    /// Everything that lies on the disk: the database and its log, as bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let log = self.file.with_extension("db-wal");
        [std::fs::read(&self.file).unwrap(), std::fs::read(log).unwrap_or_default()].concat()
    }

    /// Runs a command of the program over the same database, as another process.
    pub fn run(&self, line: &str) -> std::process::Output {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_wardroom"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WARDROOM_")) {
            command.env_remove(name);
        }
        let folder = self.file.parent().unwrap();
        command.current_dir(folder).env("WARDROOM_DATABASE_URL", "sqlite:wardroom.db");
        command.args(line.split_whitespace()).stdin(std::process::Stdio::null()).output().unwrap()
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
    Ctx::command(
        store.clone(),
        Arc::new(Settings { vendors: wardroom::vendors::abouts(), ..Settings::default() }),
        "tester".to_owned(),
        Timestamp(1_795_000_000_000),
    )
}

/// The configuration of a house for tests.
pub fn config(file: &std::path::Path) -> Config {
    let settings = Settings { vendors: wardroom::vendors::abouts(), policy: policy(), ..Settings::default() };
    Config { settings, ..Config::of(format!("sqlite:{}", file.display())) }
}

/// The policy of a house for tests: whoever signed in when the template was made is sure enough for the whole run.
fn policy() -> Policy {
    Policy { step_up_after: 24 * 60 * 60 * 1000, ..Policy::default() }
}
