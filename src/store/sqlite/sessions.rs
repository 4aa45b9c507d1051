//! Browser sessions, found by the hash of their cookie. What one holds is sealed: a secret that a page will show once
//! waits there, and what somebody typed.

use sqlx::{Row, sqlite::SqliteRow};

use super::{Store, Tx};
use crate::domain::{Result, Timestamp};

/// A session as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// SHA-256 of the session id, in hexadecimal.
    pub id_hash: String,
    /// Who is signed in.
    pub staff: Option<i64>,
    /// What the session holds, as JSON.
    pub data: String,
    /// The browser's own description.
    pub device: String,
    /// Where it signed in from.
    pub address: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last written.
    pub seen_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

const COLUMNS: &str = "id_hash, staff, data, device, address, created_at, seen_at, expires_at";

impl Store {
    /// A session that has not ended.
    ///
    /// # Errors
    /// The database failed.
    pub async fn session(&self, id_hash: &str, now: Timestamp) -> Result<Option<StoredSession>> {
        let sql = format!("SELECT {COLUMNS} FROM sessions WHERE id_hash = $1 AND expires_at > $2");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(id_hash).bind(now.0);
        let found = query.fetch_optional(&self.readers).await?.as_ref().map(session).transpose()?;
        // What does not open is no session: whoever had it signs in anew.
        let stored = match found {
            Some(found) => {
                let opened = self.unseal(&what(id_hash), &found.data).await.ok();
                let data = opened.and_then(|data| String::from_utf8(data).ok());
                data.map(|data| StoredSession { data, ..found })
            }
            None => None,
        };
        Ok(self.unsaved.over(id_hash, stored, now))
    }

    /// The sessions of one member of staff that have not ended, newest first; what they hold stays sealed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn sessions_of(&self, staff: i64, now: Timestamp) -> Result<Vec<StoredSession>> {
        let sql = format!("SELECT {COLUMNS} FROM sessions WHERE staff = $1 AND expires_at > $2 ORDER BY seen_at DESC");
        let query = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(staff).bind(now.0);
        Ok(query.fetch_all(&self.readers).await?.iter().map(session).collect::<Result<_, _>>()?)
    }
}

impl Tx {
    /// Writes a new session.
    ///
    /// # Errors
    /// The database failed, or there is one of this id.
    pub async fn insert_session(&mut self, session: &StoredSession) -> Result<()> {
        let sealed = self.seal(&what(&session.id_hash), session.data.as_bytes()).await?;
        sqlx::query(
            "INSERT INTO sessions (id_hash, staff, data, device, address, created_at, seen_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&session.id_hash)
        .bind(session.staff)
        .bind(sealed)
        .bind(&session.device)
        .bind(&session.address)
        .bind(session.created_at.0)
        .bind(session.seen_at.0)
        .bind(session.expires_at.0)
        .execute(&mut self.conn)
        .await?;
        Ok(())
    }

    /// Writes a session that is there; it keeps when it began. One that has been ended meanwhile stays so: a request that
    /// was under way does not bring it back.
    ///
    /// # Errors
    /// The database failed.
    pub async fn update_session(&mut self, session: &StoredSession) -> Result<()> {
        let sealed = self.seal(&what(&session.id_hash), session.data.as_bytes()).await?;
        sqlx::query(
            "UPDATE sessions SET staff = $2, data = $3, device = $4, address = $5, seen_at = $6, expires_at = $7
             WHERE id_hash = $1",
        )
        .bind(&session.id_hash)
        .bind(session.staff)
        .bind(sealed)
        .bind(&session.device)
        .bind(&session.address)
        .bind(session.seen_at.0)
        .bind(session.expires_at.0)
        .execute(&mut self.conn)
        .await?;
        Ok(())
    }

    /// Writes so many bytes and takes them back, to see whether anything can be written: a session that ended in 1970.
    ///
    /// # Errors
    /// The database failed.
    pub async fn write_probe(&mut self, bytes: i64) -> Result<(), sqlx::Error> {
        let sql = "INSERT OR REPLACE INTO sessions (id_hash, data, created_at, seen_at, expires_at)
                   VALUES ('probe', printf('%.*c', $1, '.'), 0, 0, 0)";
        sqlx::query(sql).bind(bytes).execute(&mut self.conn).await?;
        sqlx::query("DELETE FROM sessions WHERE id_hash = 'probe'").execute(&mut self.conn).await.map(drop)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_session(&mut self, id_hash: &str) -> Result<()> {
        let query = sqlx::query("DELETE FROM sessions WHERE id_hash = $1");
        query.bind(id_hash).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Ends all sessions of one member of staff but `keep`; returns how many.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_sessions_of(&mut self, staff: i64, keep: &str) -> Result<u64> {
        let query = sqlx::query("DELETE FROM sessions WHERE staff = $1 AND id_hash <> $2");
        Ok(query.bind(staff).bind(keep).execute(&mut self.conn).await?.rows_affected())
    }

    /// Ends every session; returns how many.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_all_sessions(&mut self) -> Result<u64> {
        Ok(sqlx::query("DELETE FROM sessions").execute(&mut self.conn).await?.rows_affected())
    }

    /// Forgets the sessions that have ended.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_ended_sessions(&mut self, now: Timestamp) -> Result<u64> {
        let query = sqlx::query("DELETE FROM sessions WHERE expires_at <= $1");
        Ok(query.bind(now.0).execute(&mut self.conn).await?.rows_affected())
    }
}

/// What a session's data are sealed for.
fn what(id_hash: &str) -> String {
    format!("session {id_hash}")
}

fn session(row: &SqliteRow) -> Result<StoredSession, sqlx::Error> {
    Ok(StoredSession {
        id_hash: row.try_get(0)?,
        staff: row.try_get(1)?,
        data: row.try_get(2)?,
        device: row.try_get(3)?,
        address: row.try_get(4)?,
        created_at: Timestamp(row.try_get(5)?),
        seen_at: Timestamp(row.try_get(6)?),
        expires_at: Timestamp(row.try_get(7)?),
    })
}
