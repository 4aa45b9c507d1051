//! A look at a database that changes nothing: no log is played into it, no table is made, no mode is set.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{LOG, beside, model};
use crate::{
    domain::Timestamp,
    store::{
        OpenError,
        key::KeyPlace,
        sqlite::{connect_options, keys, migrations},
    },
};

/// A database that is looked at.
#[derive(Debug)]
pub struct Look {
    conn: SqliteConnection,
    path: PathBuf,
}

/// Whose tables a database has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schema {
    /// There are none.
    Empty,
    /// Ours, up to a step of the migrations.
    Ours(i64),
    /// Those of a newer Wardroom.
    Newer {
        /// The newest step that was done.
        step: i64,
        /// The version that did it, where it is known.
        by: Option<String>,
    },
    /// Another program's.
    Foreign,
}

/// What a database holds, in figures: two copies of one moment have the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// The newest step of its tables.
    pub schema: i64,
    /// Rooms.
    pub rooms: i64,
    /// Staff accounts.
    pub staff: i64,
    /// Audit entries.
    pub entries: i64,
    /// The newest audit entry.
    pub head: Option<Head>,
}

/// The newest audit entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its number.
    pub entry: i64,
    /// When it was made.
    pub at: Timestamp,
    /// What chains it to the ones before, where the trail is chained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mac: Option<String>,
}

impl Look {
    /// Opens a database that may be in use.
    ///
    /// # Errors
    /// It cannot be opened; what is wrong inside it shows later.
    pub async fn at(path: &Path) -> Result<Self, OpenError> {
        // Where there is no log, nobody is at work, and then nothing at all has to be written to read.
        let at_rest = !beside(path, LOG).exists();
        Self::with(path, options(path).read_only(true).immutable(at_rest)).await
    }

    /// Opens a copy that nobody has open.
    ///
    /// # Errors
    /// It cannot be opened; what is wrong inside it shows later.
    pub async fn at_copy(path: &Path) -> Result<Self, OpenError> {
        Self::with(path, options(path).read_only(true).immutable(true)).await
    }

    /// Opens a database to be copied: like any reader, so that whoever writes meanwhile does no harm.
    ///
    /// # Errors
    /// It cannot be opened; what is wrong inside it shows later.
    pub async fn to_copy(path: &Path) -> Result<Self, OpenError> {
        Self::with(path, options(path)).await
    }

    async fn with(path: &Path, options: SqliteConnectOptions) -> Result<Self, OpenError> {
        Ok(Self { conn: options.connect().await?, path: path.to_owned() })
    }

    /// Whose tables it has.
    ///
    /// # Errors
    /// It is no database, damaged, or cannot be read.
    pub async fn schema(&mut self) -> Result<Schema, OpenError> {
        let tables: Vec<String> = self.all("SELECT name FROM sqlite_schema WHERE type = 'table'").await?;
        if !tables.iter().any(|table| table == "_sqlx_migrations") {
            return Ok(if tables.is_empty() { Schema::Empty } else { Schema::Foreign });
        }
        let steps: Vec<i64> = self.all("SELECT version FROM _sqlx_migrations ORDER BY version").await?;
        let step = steps.last().copied().unwrap_or_default();
        if steps.iter().all(|&step| migrations::is_known(step)) {
            return Ok(if steps.is_empty() { Schema::Empty } else { Schema::Ours(step) });
        }
        let by = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut self.conn).await?;
        Ok(Schema::Newer { step, by: migrations::version_of(by) })
    }

    /// The version of the SQLite library.
    ///
    /// # Errors
    /// The library does not answer.
    pub async fn library(&mut self) -> Result<String, OpenError> {
        Ok(sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut self.conn).await?)
    }

    /// How many bytes a copy will have, at most.
    ///
    /// # Errors
    /// The database failed.
    pub async fn bytes(&mut self) -> Result<u64, OpenError> {
        let sql = "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count,
                       pragma_page_size";
        let bytes: i64 = sqlx::query_scalar(sql).fetch_one(&mut self.conn).await?;
        Ok(bytes.unsigned_abs())
    }

    /// What it holds.
    ///
    /// # Errors
    /// The database failed, or a table is missing.
    pub async fn contents(&mut self) -> Result<Contents, OpenError> {
        let sql = "SELECT (SELECT max(version) FROM _sqlx_migrations), (SELECT count(*) FROM rooms),
                       (SELECT count(*) FROM staff), (SELECT count(*) FROM audit)";
        let (schema, rooms, staff, entries) = sqlx::query_as(sql).fetch_one(&mut self.conn).await?;
        Ok(Contents { schema, rooms, staff, entries, head: self.head().await? })
    }

    /// The newest audit entry.
    ///
    /// # Errors
    /// The database failed, or the table is missing.
    pub async fn head(&mut self) -> Result<Option<Head>, OpenError> {
        let has_mac = "SELECT EXISTS (SELECT 1 FROM pragma_table_info('audit') WHERE name = 'mac')";
        let sql = if sqlx::query_scalar(has_mac).fetch_one(&mut self.conn).await? {
            "SELECT id, at, iif(typeof(mac) = 'blob', lower(hex(mac)), mac) FROM audit ORDER BY id DESC LIMIT 1"
        } else {
            "SELECT id, at, NULL FROM audit ORDER BY id DESC LIMIT 1"
        };
        let newest: Option<(i64, i64, Option<String>)> = sqlx::query_as(sql).fetch_optional(&mut self.conn).await?;
        Ok(newest.map(|(entry, at, mac)| Head { entry, at: Timestamp(at), mac }))
    }

    /// How many admins can sign in: not disabled, and their password no one-time one whose hours are over.
    ///
    /// # Errors
    /// The database failed.
    pub async fn admins(&mut self, now: Timestamp) -> Result<i64, OpenError> {
        let ends = "SELECT EXISTS (SELECT 1 FROM pragma_table_info('staff') WHERE name = 'one_time_until')";
        let sql = if sqlx::query_scalar(ends).fetch_one(&mut self.conn).await? {
            "SELECT count(*) FROM staff WHERE role = 'admin' AND disabled = 0 AND ifnull(one_time_until > $1, 1)"
        } else {
            "SELECT count(*) FROM staff WHERE role = 'admin' AND disabled = 0"
        };
        Ok(sqlx::query_scalar(sql).bind(now.0).fetch_one(&mut self.conn).await?)
    }

    /// Makes sure that the master key in `place` is the one that the data keys were wrapped with.
    ///
    /// # Errors
    /// It is not there or another one; there are no data keys yet; the database failed.
    pub async fn opens_with(&mut self, place: &KeyPlace) -> Result<(), OpenError> {
        keys::known(&mut self.conn, place).await.map(drop)
    }

    /// The first thing wrong with the file itself: a page, an index, the search index, a row that names one that is not
    /// there. The quick look leaves out whether indexes and tables agree.
    ///
    /// # Errors
    /// It could not be looked at.
    pub async fn fault(&mut self, quick: bool) -> Result<Option<String>, OpenError> {
        let sql = if quick { "PRAGMA quick_check(1)" } else { "PRAGMA integrity_check(1)" };
        let found: Option<String> = sqlx::query_scalar(sql).fetch_optional(&mut self.conn).await?;
        if let Some(fault) = found.filter(|found| found != "ok") {
            return Ok(Some(fault.replace('\n', " ")));
        }
        let sql = r#"SELECT "table", parent FROM pragma_foreign_key_check LIMIT 1"#;
        let orphan: Option<(String, String)> = sqlx::query_as(sql).fetch_optional(&mut self.conn).await?;
        Ok(orphan.map(|(table, parent)| format!("a row of {table} belongs to a row of {parent} that is not there")))
    }

    /// The first table, column, index or trigger that its step of the tables has and it has not.
    ///
    /// # Errors
    /// It could not be looked at.
    pub async fn missing(&mut self, step: i64) -> Result<Option<String>, OpenError> {
        let wanted = model::of_step(step).await?;
        let found = model::of(&mut self.conn).await?;
        Ok(wanted.into_iter().find(|part| !found.contains(part)))
    }

    /// Writes the database as it is at this moment into an empty file. Whoever writes meanwhile is not held up; what they
    /// write is not in it, and the log grows until it is done.
    ///
    /// # Errors
    /// The database or the file failed.
    pub async fn copy_into(&mut self, file: &Path) -> Result<(), OpenError> {
        let file = std::path::absolute(file).map_err(sqlx::Error::Io)?;
        let name = file.to_str().ok_or_else(|| OpenError::Address(file.display().to_string()))?;
        sqlx::query("VACUUM INTO $1").bind(name).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Which file it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Closes it.
    pub async fn close(self) {
        if let Err(cause) = self.conn.close().await {
            tracing::debug!(%cause, "closing a database that was looked at");
        }
    }

    async fn all<T>(&mut self, sql: &'static str) -> Result<Vec<T>, OpenError>
    where
        (T,): for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>,
        T: Send + Unpin,
    {
        Ok(sqlx::query_scalar(sql).fetch_all(&mut self.conn).await?)
    }
}

/// What every connection of this folder's goes by.
pub(in crate::store::sqlite) fn options(path: &Path) -> SqliteConnectOptions {
    connect_options(path).pragma("cache_size", "-8192")
}
