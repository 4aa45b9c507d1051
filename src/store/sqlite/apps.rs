//! Apps, with their secrets.

use sqlx::{AssertSqlSafe, Row, sqlite::SqliteRow};

use super::{Store, Tx, bulk, value};
use crate::{
    domain::{
        Result, Timestamp,
        app::{App, Scope},
    },
    store::fold::fold,
};

/// An app with the secrets that count now. Not to be shown, logged or sent: it has no `Debug`.
#[derive(Clone)]
pub struct AppSecrets {
    /// What may be shown.
    pub app: App,
    /// The secret; then, while it still counts, the one before it.
    pub secrets: Vec<String>,
}

/// An app to be made.
#[derive(Clone)]
pub struct NewApp {
    /// What may be shown; its number is given by the store.
    pub app: App,
    /// Its secret.
    pub secret: String,
    /// The secret's SHA-256.
    pub secret_hash: String,
}

/// The secret that takes another's place.
#[derive(Clone)]
pub struct NewSecret {
    /// The secret.
    pub secret: String,
    /// Its SHA-256.
    pub secret_hash: String,
    /// Until when the old one still counts.
    pub old_until: Timestamp,
}

const COLUMNS: &str = "id, name, vendor, key, scope, application, accounts, rate, disabled, created_at, \
                       old_secret_until, secret, old_secret";

impl Store {
    /// All apps, by vendor and name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn apps(&self) -> Result<Vec<App>> {
        let sql = format!("SELECT {COLUMNS} FROM apps ORDER BY vendor, name_fold");
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(|row| read(row, Timestamp(0)).map(|found| found.app)).collect::<Result<_, _>>()?)
    }

    /// The app of this name, whatever its case.
    ///
    /// # Errors
    /// The database failed.
    pub async fn app_named(&self, name: &str) -> Result<Option<App>> {
        let sql = format!("SELECT {COLUMNS} FROM apps WHERE name_fold = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(fold(name)).fetch_optional(&self.readers).await?;
        Ok(row.as_ref().map(|row| read(row, Timestamp(0)).map(|found| found.app)).transpose()?)
    }

    /// An app by its number, with the secrets that count at `now`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn app(&self, id: i64, now: Timestamp) -> Result<Option<AppSecrets>> {
        let sql = format!("SELECT {COLUMNS} FROM apps WHERE id = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(&self.readers).await?;
        Ok(row.as_ref().map(|row| read(row, now)).transpose()?)
    }

    /// A vendor's app by the public half of its credential, with the secrets that count at `now`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn app_of(&self, vendor: &str, key: &str, now: Timestamp) -> Result<Option<AppSecrets>> {
        let sql = format!("SELECT {COLUMNS} FROM apps WHERE vendor = $1 AND key = $2");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(vendor).bind(key).fetch_optional(&self.readers).await?;
        Ok(row.as_ref().map(|row| read(row, now)).transpose()?)
    }

    /// A vendor's app by the SHA-256 of a secret that counts at `now`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn app_with_secret(&self, vendor: &str, hash: &str, now: Timestamp) -> Result<Option<AppSecrets>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM apps WHERE vendor = $1 AND secret_hash = $2
             UNION ALL SELECT {COLUMNS} FROM apps WHERE vendor = $1 AND old_secret_hash = $2
                 AND old_secret_until > $3 LIMIT 1"
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(vendor).bind(hash).bind(now.0);
        let row = query.fetch_optional(&self.readers).await?;
        Ok(row.as_ref().map(|row| read(row, now)).transpose()?)
    }
}

impl Tx {
    /// An app by its number, as this transaction sees it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn app(&mut self, id: i64) -> Result<Option<App>> {
        let sql = format!("SELECT {COLUMNS} FROM apps WHERE id = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(&mut self.conn).await?;
        Ok(row.as_ref().map(|row| read(row, Timestamp(0)).map(|found| found.app)).transpose()?)
    }

    /// Whether an app has this name, and whether one of the vendor's has this key.
    ///
    /// # Errors
    /// The database failed.
    pub async fn app_taken(&mut self, name: &str, vendor: &str, key: &str) -> Result<(bool, bool)> {
        let query = sqlx::query(
            "SELECT EXISTS (SELECT 1 FROM apps WHERE name_fold = $1),
                    EXISTS (SELECT 1 FROM apps WHERE vendor = $2 AND key = $3)",
        );
        let row = query.bind(fold(name)).bind(vendor).bind(key).fetch_one(&mut self.conn).await?;
        Ok((row.try_get(0)?, row.try_get(1)?))
    }

    /// Makes an app; returns its number.
    ///
    /// # Errors
    /// The database failed, or name or key are taken: look first.
    pub async fn insert_app(&mut self, new: &NewApp) -> Result<i64> {
        let App { name, vendor, key, scope, application, accounts, rate, created_at, .. } = &new.app;
        let query = sqlx::query_scalar(
            "INSERT INTO apps (name, name_fold, vendor, key, secret, secret_hash, scope, application, accounts, rate,
                 created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING id",
        );
        let query = query.bind(name).bind(fold(name)).bind(vendor).bind(key).bind(&new.secret).bind(&new.secret_hash);
        let query = query.bind(scope.key()).bind(application).bind(bulk::json(accounts)?).bind(*rate);
        Ok(query.bind(created_at.0).fetch_one(&mut self.conn).await?)
    }

    /// Writes what an app may do, and whether it may do anything.
    ///
    /// # Errors
    /// The database failed.
    pub async fn update_app(&mut self, app: &App) -> Result<()> {
        let query = sqlx::query(
            "UPDATE apps SET scope = $1, application = $2, accounts = $3, rate = $4, disabled = $5 WHERE id = $6",
        );
        let query = query.bind(app.scope.key()).bind(&app.application).bind(bulk::json(&app.accounts)?);
        query.bind(app.rate).bind(app.disabled).bind(app.id).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Gives an app another secret; the one before counts for a while.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_secret(&mut self, app: i64, new: &NewSecret) -> Result<()> {
        let query = sqlx::query(
            "UPDATE apps SET old_secret = secret, old_secret_hash = secret_hash, old_secret_until = $1, secret = $2,
                 secret_hash = $3 WHERE id = $4",
        );
        let query = query.bind(new.old_until.0).bind(&new.secret).bind(&new.secret_hash).bind(app);
        query.execute(&mut self.conn).await?;
        Ok(())
    }
}

fn read(row: &SqliteRow, now: Timestamp) -> Result<AppSecrets, sqlx::Error> {
    let scope: String = row.try_get(4)?;
    let old_secret_until = row.try_get::<Option<i64>, _>(10)?.map(Timestamp);
    let mut secrets = vec![row.try_get(11)?];
    if old_secret_until.is_some_and(|until| until > now) {
        secrets.extend(row.try_get::<Option<String>, _>(12)?);
    }
    Ok(AppSecrets {
        app: App {
            id: row.try_get(0)?,
            name: row.try_get(1)?,
            vendor: row.try_get(2)?,
            key: row.try_get(3)?,
            scope: Scope::parse(&scope)
                .ok_or_else(|| sqlx::Error::Decode(format!("unknown scope {scope:?}").into()))?,
            application: row.try_get(5)?,
            accounts: value::json(row, 6)?.unwrap_or_default(),
            rate: row.try_get(7)?,
            disabled: row.try_get(8)?,
            created_at: Timestamp(row.try_get(9)?),
            old_secret_until,
        },
        secrets,
    })
}
