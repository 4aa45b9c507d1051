//! The data keys as they are kept: wrapped with the master key, made when a database is opened for the first time.

use sqlx::{Row, SqliteConnection};

use super::Store;
use crate::store::{
    OpenError,
    key::{KeyError, KeyPlace, MasterKey},
    seal::{DataKey, Keys, Purpose},
};

impl Store {
    /// The data keys of this database.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }
}

/// The data keys, made where they are missing.
///
/// # Errors
/// The master key is missing or another one; the database failed.
pub(super) async fn load(conn: &mut SqliteConnection, place: &KeyPlace) -> Result<Keys, OpenError> {
    let mut found = read(conn).await?;
    let master = if found.is_empty() { place.find_or_make()? } else { place.must_find()? };
    if Purpose::ALL.iter().any(|purpose| found.iter().all(|(_, known, _)| known != purpose.key())) {
        make(conn, &found, &master).await?;
        found = read(conn).await?;
    }
    unwrapped(&found, &master, place)
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
