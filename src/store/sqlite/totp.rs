//! The second step of a sign-in: sealed keys, the last step that counted, and the hashes of recovery codes.

use sqlx::Row;

use super::{Store, Tx};
use crate::domain::{Result, Timestamp};

/// A key as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredTotp {
    /// The key, sealed.
    pub secret: String,
    /// The last step whose code was accepted.
    pub step: i64,
    /// When it was set up.
    pub since: Timestamp,
}

impl Store {
    /// The key of a member of staff, if they have one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn totp(&self, staff: i64) -> Result<Option<StoredTotp>> {
        let query = sqlx::query("SELECT secret, step, since FROM totp WHERE staff = $1").bind(staff);
        let Some(row) = query.fetch_optional(&self.readers).await? else { return Ok(None) };
        let since = Timestamp(row.try_get(2)?);
        Ok(Some(StoredTotp { secret: row.try_get(0)?, step: row.try_get(1)?, since }))
    }

    /// Whether this is the hash of a recovery code that a member of staff has left.
    ///
    /// # Errors
    /// The database failed.
    pub async fn has_recovery_code(&self, staff: i64, hash: &str) -> Result<bool> {
        let query = sqlx::query("SELECT 1 FROM recovery_codes WHERE staff = $1 AND hash = $2").bind(staff).bind(hash);
        Ok(query.fetch_optional(&self.readers).await?.is_some())
    }

    /// How many recovery codes a member of staff has left.
    ///
    /// # Errors
    /// The database failed.
    pub async fn recovery_codes(&self, staff: i64) -> Result<i64> {
        let query = sqlx::query_scalar("SELECT count(*) FROM recovery_codes WHERE staff = $1");
        Ok(query.bind(staff).fetch_one(&self.readers).await?)
    }
}

impl Tx {
    /// Gives a member of staff a key; returns `false` where they have one already.
    ///
    /// # Errors
    /// The database failed.
    pub async fn insert_totp(&mut self, staff: i64, totp: &StoredTotp) -> Result<bool> {
        let query = sqlx::query(
            "INSERT INTO totp (staff, secret, step, since) VALUES ($1, $2, $3, $4) ON CONFLICT (staff) DO NOTHING",
        );
        let query = query.bind(staff).bind(&totp.secret).bind(totp.step).bind(totp.since.0);
        Ok(query.execute(&mut self.conn).await?.rows_affected() > 0)
    }

    /// Takes a key away, and the recovery codes with it; returns whether there was one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_totp(&mut self, staff: i64) -> Result<bool> {
        sqlx::query("DELETE FROM recovery_codes WHERE staff = $1").bind(staff).execute(&mut self.conn).await?;
        let query = sqlx::query("DELETE FROM totp WHERE staff = $1").bind(staff);
        Ok(query.execute(&mut self.conn).await?.rows_affected() > 0)
    }

    /// Spends a step of this key; returns `false` where it, or a later one, was spent before or the key is another now.
    ///
    /// # Errors
    /// The database failed.
    pub async fn spend_step(&mut self, staff: i64, step: i64, secret: &str) -> Result<bool> {
        let query = sqlx::query("UPDATE totp SET step = $1 WHERE staff = $2 AND step < $1 AND secret = $3");
        let query = query.bind(step).bind(staff).bind(secret);
        Ok(query.execute(&mut self.conn).await?.rows_affected() > 0)
    }

    /// Gives a member of staff these recovery codes in place of all others.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_recovery_codes(&mut self, staff: i64, hashes: &[String]) -> Result<()> {
        sqlx::query("DELETE FROM recovery_codes WHERE staff = $1").bind(staff).execute(&mut self.conn).await?;
        for hash in hashes {
            let query = sqlx::query("INSERT INTO recovery_codes (staff, hash) VALUES ($1, $2)");
            query.bind(staff).bind(hash).execute(&mut self.conn).await?;
        }
        Ok(())
    }

    /// Spends a recovery code; returns whether it was there.
    ///
    /// # Errors
    /// The database failed.
    pub async fn spend_recovery_code(&mut self, staff: i64, hash: &str) -> Result<bool> {
        let query = sqlx::query("DELETE FROM recovery_codes WHERE staff = $1 AND hash = $2").bind(staff).bind(hash);
        Ok(query.execute(&mut self.conn).await?.rows_affected() > 0)
    }
}
