//! The data keys as they are kept: wrapped with the master key, made when a database is opened for the first time, made
//! anew by a rotation, which may be another process's.

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Row, SqliteConnection};

use super::{Store, Tx};
use crate::{
    domain::{Error, Result as Done},
    store::{
        OpenError, incident,
        key::{KeyError, KeyPlace, MasterKey},
        seal::{DataKey, Keys, Purpose, Sealed},
    },
};

/// The data keys, and the way to those that another process makes.
#[derive(Clone)]
pub(super) struct Ring {
    pub(super) keys: Keys,
    place: Arc<KeyPlace>,
}

/// A column with sealed secrets. What each is bound to is told by its row, so that a rotation can seal it anew.
struct Place {
    table: &'static str,
    /// The table's key.
    id: &'static str,
    column: &'static str,
    /// What the secret was sealed for, as SQL.
    what: &'static str,
    /// What its fingerprints are for, and the column that they stand in.
    print: Option<(&'static str, &'static str)>,
}

/// Every column with sealed secrets: a rotation seals them anew.
const PLACES: [Place; 4] = [
    Place { table: "sessions", id: "id_hash", column: "data", what: "'session ' || id_hash", print: None },
    Place {
        table: "apps",
        id: "id",
        column: "secret",
        what: "'app ' || vendor || ' ' || key",
        print: Some((super::apps::PRINT, "secret_hash")),
    },
    Place {
        table: "apps",
        id: "id",
        column: "old_secret",
        what: "'app ' || vendor || ' ' || key",
        print: Some((super::apps::PRINT, "old_secret_hash")),
    },
    Place { table: "totp", id: "staff", column: "secret", what: "'totp key of staff ' || staff", print: None },
];

impl Ring {
    /// No keys at all, for what is only looked at.
    pub(super) fn none() -> Self {
        Self { keys: Keys::default(), place: Arc::new(KeyPlace::File(std::path::PathBuf::new())) }
    }

    /// Takes in the keys that another process has made; says whether there were any.
    pub(super) async fn refresh(&self, conn: &mut SqliteConnection) -> Done<bool> {
        let known = [self.keys.known(Purpose::Seal), self.keys.known(Purpose::Audit)].concat();
        let new: Vec<_> = read(conn).await?.into_iter().filter(|(id, ..)| !known.contains(id)).collect();
        if new.is_empty() {
            return Ok(false);
        }
        let master = self.master()?;
        for (id, purpose, wrapped) in new {
            let Some(purpose) = Purpose::from_key(&purpose) else { continue };
            let key = DataKey::unwrap(id, purpose, &wrapped, &master);
            self.keys.add(&key.ok_or_else(|| failed(&KeyError::Another(self.place.name())))?);
        }
        Ok(true)
    }

    fn master(&self) -> Done<MasterKey> {
        self.place.must_find().map_err(|why| failed(&why))
    }
}

/// The master key was changed under a running process.
fn failed(why: &KeyError) -> Error {
    let incident = incident();
    tracing::error!(incident, %why, "a data key that was made since the start does not open; restart with its master key");
    Error::Internal(incident)
}

impl Store {
    /// The data keys of this database.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.ring.keys
    }

    /// Takes in the keys that another process has made; says whether there were any.
    ///
    /// # Errors
    /// The database failed; the master key is another one by now.
    pub async fn refresh_keys(&self) -> Done<bool> {
        self.ring.refresh(&mut *self.readers.acquire().await?).await
    }

    /// Opens what [`Tx::seal`] sealed for the same `what`, also with a key that was made since.
    ///
    /// # Errors
    /// It was altered or moved; the database failed.
    pub async fn unseal(&self, what: &str, sealed: &str) -> Done<Vec<u8>> {
        let opened = match self.keys().open(what, sealed) {
            Err(Sealed::Unknown(_)) => {
                self.refresh_keys().await?;
                self.keys().open(what, sealed)
            }
            opened => opened,
        };
        opened.map_err(|why| broken(what, why))
    }
}

/// Somebody altered the database, or it is damaged.
pub(super) fn broken(what: &str, why: Sealed) -> Error {
    let incident = incident();
    tracing::error!(incident, what, ?why, "a sealed secret does not open");
    Error::Internal(incident)
}

impl Tx {
    /// Seals a secret with the newest key of all, whoever made it; see [`Keys::seal`]. What is to be kept is sealed here
    /// and not before: a key that was rotated away meanwhile would open nothing any more.
    ///
    /// # Errors
    /// The database failed; the master key is another one by now.
    pub async fn seal(&mut self, what: &str, secret: &[u8]) -> Done<String> {
        self.fresh().await?;
        Ok(self.ring.keys.seal(what, secret))
    }

    /// The fingerprint of a secret that is to be kept; see [`Keys::fingerprints`].
    ///
    /// # Errors
    /// As [`Self::seal`].
    pub async fn fingerprint(&mut self, what: &str, secret: &[u8]) -> Done<String> {
        self.fresh().await?;
        Ok(self.ring.keys.fingerprints(what, secret).into_iter().next().unwrap_or_default())
    }

    async fn fresh(&mut self) -> Done<()> {
        let query = sqlx::query_scalar("SELECT max(id) FROM data_keys WHERE purpose = 'seal'");
        let newest: Option<i64> = query.fetch_one(&mut self.conn).await?;
        if self.ring.keys.known(Purpose::Seal).last() != newest.as_ref() {
            self.ring.clone().refresh(&mut self.conn).await?;
        }
        Ok(())
    }

    /// Makes a new data key for secrets and seals all of them with it; returns its number and how many they were. The
    /// old one is gone with the transaction; what backups were sealed with is in the backups.
    ///
    /// # Errors
    /// The database failed; a secret does not open; the master key is another one by now.
    pub async fn rotate_keys(&mut self) -> Done<(i64, u64)> {
        self.fresh().await?;
        let query = sqlx::query_scalar("SELECT max(id) + 1 FROM data_keys");
        let id: i64 = query.fetch_one(&mut self.conn).await?;
        let key = DataKey::generate(id, Purpose::Seal);
        // Not among the keys that others seal with until the transaction is on disk.
        let next = Keys::default();
        next.add(&key);
        let mut many = 0;
        for place in &PLACES {
            let sealed = self.seal_anew(place, &next).await?;
            // Sessions are no secrets that anybody would count.
            many += if place.table == "sessions" { 0 } else { sealed };
        }
        let wrapped = key.wrap(&self.ring.master()?);
        let query = sqlx::query(
            "INSERT INTO data_keys (id, purpose, wrapped, created_at) VALUES ($1, 'seal', $2, unixepoch() * 1000)",
        );
        query.bind(id).bind(wrapped).execute(&mut self.conn).await?;
        let query = sqlx::query("DELETE FROM data_keys WHERE purpose = 'seal' AND id < $1");
        query.bind(id).execute(&mut self.conn).await?;
        Ok((id, many))
    }

    async fn seal_anew(&mut self, place: &Place, next: &Keys) -> Done<u64> {
        let Place { table, id, column, what, print } = place;
        let sql = format!("SELECT CAST({id} AS TEXT), {column}, {what} FROM {table} WHERE ifnull({column}, '') <> ''");
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut self.conn).await?;
        for row in &rows {
            let (key, sealed, what): (String, String, String) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            let secret = match self.ring.keys.open(&what, &sealed) {
                Ok(secret) => secret,
                // A session that does not open is none already.
                Err(_) if *table == "sessions" => continue,
                Err(why) => return Err(broken(&what, why)),
            };
            let sql = format!("UPDATE {table} SET {column} = $1 WHERE {id} = $2");
            let query = sqlx::query(AssertSqlSafe(sql)).bind(next.seal(&what, &secret)).bind(&key);
            query.execute(&mut self.conn).await?;
            if let Some((what, column)) = print {
                let sql = format!("UPDATE {table} SET {column} = $1 WHERE {id} = $2");
                let query = sqlx::query(AssertSqlSafe(sql)).bind(next.fingerprints(what, &secret).pop()).bind(&key);
                query.execute(&mut self.conn).await?;
            }
        }
        Ok(rows.len() as u64)
    }

    /// Wraps every data key with another master key; returns how many they were. Processes that run have the data keys
    /// and go on; at their next start they need the new master key.
    ///
    /// # Errors
    /// The database failed; a data key is damaged; the master key is another one by now.
    pub async fn rewrap_keys(&mut self, new: &MasterKey) -> Done<u64> {
        let old = self.ring.master()?;
        let all = read(&mut self.conn).await?;
        for (id, purpose, wrapped) in &all {
            let key = Purpose::from_key(purpose).and_then(|purpose| DataKey::unwrap(*id, purpose, wrapped, &old));
            let key = key.ok_or_else(|| failed(&KeyError::Damaged(*id)))?;
            let query = sqlx::query("UPDATE data_keys SET wrapped = $1 WHERE id = $2");
            query.bind(key.wrap(new)).bind(id).execute(&mut self.conn).await?;
        }
        Ok(all.len() as u64)
    }
}

/// The data keys, made where they are missing.
///
/// # Errors
/// The master key is missing or another one; the database failed.
pub(super) async fn load(conn: &mut SqliteConnection, place: KeyPlace) -> Result<Ring, OpenError> {
    let mut found = read(conn).await?;
    let master = if found.is_empty() { place.find_or_make()? } else { place.must_find()? };
    if Purpose::ALL.iter().any(|purpose| found.iter().all(|(_, known, _)| known != purpose.key())) {
        make(conn, &found, &master).await?;
        found = read(conn).await?;
    }
    let keys = unwrapped(&found, &master, &place)?;
    Ok(Ring { keys, place: Arc::new(place) })
}

/// The data keys that there are; nothing is written.
///
/// # Errors
/// There are none; the master key is missing or another one; the database failed.
pub(super) async fn known(conn: &mut SqliteConnection, place: &KeyPlace) -> Result<Keys, OpenError> {
    unwrapped(&read(conn).await?, &place.must_find()?, place)
}

fn unwrapped(found: &[(i64, String, String)], master: &MasterKey, place: &KeyPlace) -> Result<Keys, OpenError> {
    let keys = Keys::default();
    for (n, (id, purpose, wrapped)) in found.iter().enumerate() {
        let Some(purpose) = Purpose::from_key(purpose) else { continue };
        match DataKey::unwrap(*id, purpose, wrapped, master) {
            Some(key) => keys.add(&key),
            // If the master key were another, the first would not open.
            None if n > 0 => return Err(KeyError::Damaged(*id).into()),
            None => return Err(KeyError::Another(place.name()).into()),
        }
    }
    Ok(keys)
}

async fn read(conn: &mut SqliteConnection) -> Result<Vec<(i64, String, String)>, sqlx::Error> {
    let rows = sqlx::query("SELECT id, purpose, wrapped FROM data_keys ORDER BY id").fetch_all(conn).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))).collect()
}

/// Makes a key for each purpose that has none, unless another process has just done so.
async fn make(
    conn: &mut SqliteConnection,
    found: &[(i64, String, String)],
    master: &MasterKey,
) -> Result<(), sqlx::Error> {
    let last = found.last().map_or(0, |(id, ..)| *id);
    let missing = Purpose::ALL.into_iter().filter(|purpose| found.iter().all(|(_, known, _)| known != purpose.key()));
    for (id, purpose) in (last + 1..).zip(missing) {
        let wrapped = DataKey::generate(id, purpose).wrap(master);
        let query = sqlx::query(
            "INSERT INTO data_keys (id, purpose, wrapped, created_at) VALUES ($1, $2, $3, unixepoch() * 1000)
             ON CONFLICT DO NOTHING",
        );
        query.bind(id).bind(purpose.key()).bind(wrapped).execute(&mut *conn).await?;
    }
    Ok(())
}
