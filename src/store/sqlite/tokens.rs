//! The tokens of clients who call for themselves, by their hashes.

use sqlx::Row;

use super::{Store, Tx};
use crate::domain::{Result, Timestamp, client::ClientId};

/// A token as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientToken {
    /// The token's SHA-256.
    pub hash: String,
    /// The app that it is good for.
    pub app: i64,
    /// Who calls with it.
    pub client: ClientId,
    /// Whether its client may do in every room of the app what its owner may, and more.
    pub superuser: bool,
    /// When it was issued.
    pub created_at: Timestamp,
    /// Until when it counts; for ever if `None`.
    pub expires_at: Option<Timestamp>,
}

impl Store {
    /// An app's token by its hash, if it counts at `now`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn client_token(&self, app: i64, hash: &str, now: Timestamp) -> Result<Option<ClientToken>> {
        let query = sqlx::query(
            "SELECT client, superuser, created_at, expires_at FROM client_tokens
             WHERE token_hash = $1 AND app = $2 AND ifnull(expires_at, 9223372036854775807) > $3",
        );
        let Some(row) = query.bind(hash).bind(app).bind(now.0).fetch_optional(&self.readers).await? else {
            return Ok(None);
        };
        let client: String = row.try_get(0)?;
        Ok(Some(ClientToken {
            hash: hash.to_owned(),
            app,
            client: ClientId::parse(&client).map_err(|why| sqlx::Error::Decode(why.into()))?,
            superuser: row.try_get(1)?,
            created_at: Timestamp(row.try_get(2)?),
            expires_at: row.try_get::<Option<i64>, _>(3)?.map(Timestamp),
        }))
    }
}

impl Tx {
    /// Keeps a token, new or known to the same app; says whether the hash was free or the app's own.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_client_token(&mut self, token: &ClientToken) -> Result<bool> {
        let query = sqlx::query(
            "INSERT INTO client_tokens (token_hash, app, client, superuser, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (token_hash) DO UPDATE SET superuser = excluded.superuser, expires_at = excluded.expires_at
                 WHERE app = excluded.app AND client = excluded.client",
        );
        let query = query.bind(&token.hash).bind(token.app).bind(token.client.as_str()).bind(token.superuser);
        let query = query.bind(token.created_at.0).bind(token.expires_at.map(|at| at.0));
        Ok(query.execute(&mut self.conn).await?.rows_affected() == 1)
    }

    /// Takes all tokens of a client of an app away; returns how many there were.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_client_tokens(&mut self, app: i64, client: &ClientId) -> Result<u64> {
        let query = sqlx::query("DELETE FROM client_tokens WHERE app = $1 AND client = $2");
        Ok(query.bind(app).bind(client.as_str()).execute(&mut self.conn).await?.rows_affected())
    }

    /// Forgets tokens that ended before `now`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_ended_tokens(&mut self, now: Timestamp) -> Result<()> {
        let query = sqlx::query("DELETE FROM client_tokens WHERE expires_at <= $1");
        query.bind(now.0).execute(&mut self.conn).await?;
        Ok(())
    }
}
