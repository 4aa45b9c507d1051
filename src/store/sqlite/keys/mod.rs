//! The data keys as they are kept: wrapped with the master key, made when a database is opened for the first time, made
//! anew by a rotation ([`rotation`]), which may be another process's.

mod rotation;

use std::sync::Arc;

use sqlx::{Row, SqliteConnection};

use super::{Store, Tx, files::holder};
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

    /// Whether a process that runs, this one or another, opened the database before its master key was changed. A data key
    /// that is made now would not open there.
    ///
    /// # Errors
    /// It cannot be told.
    pub fn is_held_with_old_key(&self) -> Done<bool> {
        holder::any_former(&self.file).map_err(|why| {
            let incident = incident();
            tracing::error!(incident, %why, "looking who has the database open");
            Error::Internal(incident)
        })
    }

    /// The master key was changed: from here on, whoever has the database open has it with the old one.
    ///
    /// # Errors
    /// It cannot be noted.
    pub fn pass_master_key(&self) -> std::io::Result<()> {
        holder::pass(&self.file)
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
}

/// The data keys, made where they are missing.
///
/// # Errors
/// The master key is missing or another one; the database failed.
pub(super) async fn load(conn: &mut SqliteConnection, place: KeyPlace) -> Result<Ring, OpenError> {
    let mut found = read(conn).await?;
    let master = if found.is_empty() { place.find_or_make()? } else { place.must_find()? };
    if Purpose::ALL.iter().any(|purpose| found.iter().all(|(_, known, _)| known != purpose.key())) {
        // Nothing is made with another master key than those have that are there.
        unwrapped(&found, &master, &place)?;
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
            None => return Err(place.another().into()),
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
