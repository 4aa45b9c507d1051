//! New keys in the old ones' place: a data key, with all that is sealed anew, or the master key around all of them. Each is
//! one transaction, and every data key is wrapped with one master key before it and after it.

use sqlx::{AssertSqlSafe, Row};

use super::{broken, read};
use crate::{
    domain::{Error, Result as Done},
    store::{
        key::{KeyError, MasterKey},
        seal::{DataKey, Keys, Purpose},
        sqlite::{Tx, apps},
    },
};

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
        print: Some((apps::PRINT, "secret_hash")),
    },
    Place {
        table: "apps",
        id: "id",
        column: "old_secret",
        what: "'app ' || vendor || ' ' || key",
        print: Some((apps::PRINT, "old_secret_hash")),
    },
    Place { table: "totp", id: "staff", column: "secret", what: "'totp key of staff ' || staff", print: None },
];

impl Tx {
    /// Makes a new data key for secrets and seals all of them with it; returns its number and how many they were. The
    /// old one is gone with the transaction; what backups were sealed with is in the backups.
    ///
    /// # Errors
    /// The database failed; a secret does not open; the master key is another one by now.
    pub async fn rotate_keys(&mut self) -> Done<(i64, u64)> {
        self.fresh().await?;
        let query = sqlx::query_scalar("SELECT max(id) + 1 FROM data_keys");
        let id: i64 = query.fetch_one(&mut self.conn).await?;
        let (master, _) = self.unwrapped().await?;
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
        let wrapped = key.wrap(&master);
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
    /// The database failed; a data key is damaged; the master key is another one by now, or the new one is no other.
    pub async fn rewrap_keys(&mut self, new: &MasterKey) -> Done<u64> {
        let (old, all) = self.unwrapped().await?;
        if old == *new {
            return Err(Error::Exists(
                "That is the master key already; name a file that is not there yet, and a new key is made in it"
                    .to_owned(),
            ));
        }
        for key in &all {
            let query = sqlx::query("UPDATE data_keys SET wrapped = $1 WHERE id = $2");
            query.bind(key.wrap(new)).bind(key.id).execute(&mut self.conn).await?;
        }
        Ok(all.len() as u64)
    }

    /// The master key, and every data key opened with it: what is wrapped with another than its fellows would leave a
    /// database that no key opens. It may have been changed since this process began.
    async fn unwrapped(&mut self) -> Done<(MasterKey, Vec<DataKey>)> {
        let refused = |why: KeyError| Error::Exists(format!("{why}; nothing was changed"));
        let master = self.ring.place.must_find().map_err(refused)?;
        let mut all = Vec::new();
        for (id, purpose, wrapped) in read(&mut self.conn).await? {
            let key = Purpose::from_key(&purpose).and_then(|purpose| DataKey::unwrap(id, purpose, &wrapped, &master));
            let why = || if all.is_empty() { self.ring.place.another() } else { KeyError::Damaged(id) };
            let key = key.ok_or_else(|| refused(why()))?;
            all.push(key);
        }
        Ok((master, all))
    }
}
