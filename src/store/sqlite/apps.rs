//! Apps, with their secrets, which are kept sealed: signatures are made with them, so a hash would not do.

use sqlx::{AssertSqlSafe, Row, sqlite::SqliteRow};

use super::{Store, Tx, bulk, keys, value};
use crate::{
    domain::{
        Result, Timestamp,
        app::{App, Scope},
    },
    store::{
        fold::fold,
        seal::{Keys, Purpose, Sealed},
    },
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
    /// Its secret; it is kept sealed.
    pub secret: String,
}

/// The secret that takes another's place.
#[derive(Clone)]
pub struct NewSecret {
    /// The secret.
    pub secret: String,
    /// Until when the old one still counts.
    pub old_until: Timestamp,
}

const COLUMNS: &str = "id, name, vendor, key, scope, application, accounts, rate, disabled, created_at, \
                       old_secret_until";
/// What an app's secret is found by is made for this; one secret counts for one vendor, which the statement asks for.
pub(super) const PRINT: &str = "app secret";

/// What an app's secrets are sealed for: neither half of this ever changes.
pub(super) fn what(vendor: &str, key: &str) -> String {
    format!("app {vendor} {key}")
}

/// By what an app is looked for.
enum By<'a> {
    Id(i64),
    Key(&'a str, &'a str),
    Secret(&'a str, &'a str),
}

impl Store {
    /// All apps, by vendor and name.
    ///
    /// # Errors
    /// The database failed.
    pub async fn apps(&self) -> Result<Vec<App>> {
        let sql = format!("SELECT {COLUMNS} FROM apps ORDER BY vendor, name_fold");
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    /// The app of this name, whatever its case.
    ///
    /// # Errors
    /// The database failed.
    pub async fn app_named(&self, name: &str) -> Result<Option<App>> {
        let sql = format!("SELECT {COLUMNS} FROM apps WHERE name_fold = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(fold(name)).fetch_optional(&self.readers).await?;
        Ok(row.as_ref().map(read).transpose()?)
    }

    /// An app by its number, with the secrets that count at `now`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn app(&self, id: i64, now: Timestamp) -> Result<Option<AppSecrets>> {
        self.secrets(By::Id(id), now).await
    }

    /// A vendor's app by the public half of its credential, with the secrets that count at `now`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn app_of(&self, vendor: &str, key: &str, now: Timestamp) -> Result<Option<AppSecrets>> {
        self.secrets(By::Key(vendor, key), now).await
    }

    /// A vendor's app by a secret that counts at `now`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn app_with_secret(&self, vendor: &str, secret: &str, now: Timestamp) -> Result<Option<AppSecrets>> {
        self.secrets(By::Secret(vendor, secret), now).await
    }

    /// Opening costs two microseconds a secret, less than reading the row: nothing is kept in memory that a change of
    /// the app, or of a key, by another process would have to be told of. Where a key was rotated away between two
    /// statements, or is not known here yet, the row is read again.
    async fn secrets(&self, by: By<'_>, now: Timestamp) -> Result<Option<AppSecrets>> {
        // Once is the rule, twice after a rotation; more only while one rotation follows another.
        for _ in 0..8 {
            let known = self.keys().known(Purpose::Seal);
            let unknown = match &self.row(&by, now).await? {
                Some(row) => match open(self.keys(), row, now)? {
                    Ok(found) => return Ok(Some(found)),
                    Err(Sealed::Unknown(_)) => true,
                    Err(why) => return Err(keys::broken("an app", why)),
                },
                None => false,
            };
            self.refresh_keys().await?;
            // By a secret nothing is found where its fingerprint was made with a key that is not known yet. Another call
            // may have learned of the key meanwhile.
            let may_be_found = matches!(by, By::Secret(..)) && self.keys().known(Purpose::Seal) != known;
            if !unknown && !may_be_found {
                return Ok(None);
            }
        }
        Err(keys::broken("an app", Sealed::Unknown(0)))
    }

    async fn row(&self, by: &By<'_>, now: Timestamp) -> Result<Option<SqliteRow>> {
        const FROM: &str = ", secret, old_secret FROM apps WHERE";
        let sql = match by {
            By::Id(_) => format!("SELECT {COLUMNS}{FROM} id = $1"),
            By::Key(..) => format!("SELECT {COLUMNS}{FROM} vendor = $1 AND key = $2"),
            By::Secret(..) => format!(
                "SELECT {COLUMNS}{FROM} vendor = $1 AND secret_hash = $2
                 UNION ALL SELECT {COLUMNS}{FROM} vendor = $1 AND old_secret_hash = $2 AND old_secret_until > $3 LIMIT 1"
            ),
        };
        let query = sqlx::query(AssertSqlSafe(sql.clone()));
        match by {
            By::Id(id) => Ok(query.bind(id).fetch_optional(&self.readers).await?),
            By::Key(vendor, key) => Ok(query.bind(vendor).bind(key).fetch_optional(&self.readers).await?),
            By::Secret(vendor, secret) => {
                // One key, but for a moment after a rotation.
                for print in self.keys().fingerprints(PRINT, secret.as_bytes()) {
                    let query = sqlx::query(AssertSqlSafe(sql.clone())).bind(vendor).bind(print).bind(now.0);
                    if let Some(row) = query.fetch_optional(&self.readers).await? {
                        return Ok(Some(row));
                    }
                }
                Ok(None)
            }
        }
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
        Ok(row.as_ref().map(read).transpose()?)
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
        let sealed = self.seal(&what(vendor, key), new.secret.as_bytes()).await?;
        let print = self.fingerprint(PRINT, new.secret.as_bytes()).await?;
        let query = sqlx::query_scalar(
            "INSERT INTO apps (name, name_fold, vendor, key, secret, secret_hash, scope, application, accounts, rate,
                 created_at, sealed)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 2) RETURNING id",
        );
        let query = query.bind(name).bind(fold(name)).bind(vendor).bind(key).bind(sealed).bind(print);
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
    pub async fn put_secret(&mut self, app: &App, new: &NewSecret) -> Result<()> {
        let sealed = self.seal(&what(&app.vendor, &app.key), new.secret.as_bytes()).await?;
        let print = self.fingerprint(PRINT, new.secret.as_bytes()).await?;
        let query = sqlx::query(
            "UPDATE apps SET old_secret = secret, old_secret_hash = secret_hash, old_secret_until = $1, secret = $2,
                 secret_hash = $3 WHERE id = $4",
        );
        query.bind(new.old_until.0).bind(sealed).bind(print).bind(app.id).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Forgets secrets that were rotated away and do not count any more.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_old_secrets(&mut self, now: Timestamp) -> Result<()> {
        let query = sqlx::query(
            "UPDATE apps SET old_secret = NULL, old_secret_hash = NULL
             WHERE old_secret_until <= $1 AND old_secret IS NOT NULL",
        );
        query.bind(now.0).execute(&mut self.conn).await?;
        Ok(())
    }
}

/// The secrets that count now, opened; they stand behind the columns of what may be shown.
fn open(keys: &Keys, row: &SqliteRow, now: Timestamp) -> Result<Result<AppSecrets, Sealed>, sqlx::Error> {
    let app = read(row)?;
    let what = what(&app.vendor, &app.key);
    let mut sealed = vec![row.try_get(11)?];
    if app.old_secret_until.is_some_and(|until| until > now) {
        sealed.extend(row.try_get::<Option<String>, _>(12)?);
    }
    let opened = sealed.iter().map(|sealed: &String| {
        let text = String::from_utf8(keys.open(&what, sealed)?);
        text.map_err(|_| Sealed::Broken)
    });
    Ok(opened.collect::<Result<_, _>>().map(|secrets| AppSecrets { app, secrets }))
}

fn read(row: &SqliteRow) -> Result<App, sqlx::Error> {
    let scope: String = row.try_get(4)?;
    Ok(App {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        vendor: row.try_get(2)?,
        key: row.try_get(3)?,
        scope: Scope::parse(&scope).ok_or_else(|| sqlx::Error::Decode(format!("unknown scope {scope:?}").into()))?,
        application: row.try_get(5)?,
        accounts: value::json(row, 6)?.unwrap_or_default(),
        rate: row.try_get(7)?,
        disabled: row.try_get(8)?,
        created_at: Timestamp(row.try_get(9)?),
        old_secret_until: row.try_get::<Option<i64>, _>(10)?.map(Timestamp),
    })
}
