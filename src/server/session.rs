//! Browser sessions: `tower-sessions` over our own store.
//!
//! `tower-sessions-sqlx-store` pins another sqlx, so this is our own: the cookie's id is kept as a SHA-256 only, and
//! who is signed in stands in a column, so that a person's sessions can be listed and ended.

use std::fmt;

use async_trait::async_trait;
use futures::FutureExt;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

use super::clock;
use crate::{
    domain::Timestamp,
    rpc::asker::{held, kept_as},
    store::{Store, StoredSession},
};

/// Sessions in the database.
#[derive(Clone)]
pub struct Sessions {
    /// Where they are kept.
    pub store: Store,
    /// A session that began so long ago has ended, in milliseconds.
    pub longest: i64,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

impl Sessions {
    /// A session as it is kept.
    fn stored(&self, record: &Record) -> Result<StoredSession> {
        let number = |key: &str| record.data.get(key).and_then(serde_json::Value::as_i64);
        let text = |key: &str| record.data.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let now = clock::now();
        let expiry = Timestamp(record.expiry_date.unix_timestamp().saturating_mul(1000));
        let began = number(held::SINCE).map_or(now, Timestamp);
        Ok(StoredSession {
            id_hash: kept_as(&record.id),
            staff: number(held::STAFF),
            data: serde_json::to_string(&record.data).map_err(|why| Error::Encode(why.to_string()))?,
            device: text(held::DEVICE),
            address: text(held::ADDRESS),
            created_at: began,
            seen_at: number(held::SEEN).map_or(now, Timestamp),
            expires_at: expiry.min(began.plus(self.longest)),
        })
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // 128 random bits: a collision is not to be expected, but never overwrites.
        while self.load(&record.id).await?.is_some() {
            record.id = Id::default();
        }
        self.store.insert_session(self.stored(record)?).await.map_err(backend)
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.store.update_session(self.stored(record)?).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some(stored) = self.store.session(&kept_as(id), clock::now()).await.map_err(backend)? else {
            return Ok(None);
        };
        let data = serde_json::from_str(&stored.data).map_err(|why| Error::Decode(why.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(stored.expires_at.0 / 1000)
            .map_err(|why| Error::Decode(why.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let id_hash = kept_as(id);
        self.store.write(move |tx| async move { tx.delete_session(&id_hash).await }.boxed()).await.map_err(backend)
    }
}

fn backend(why: crate::domain::Error) -> Error {
    Error::Backend(why.to_string())
}
