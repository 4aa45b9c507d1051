//! A room's attributes and the count of their changes.

use sqlx::{Row, sqlite::SqliteRow};

use super::{Store, Tx};
use crate::domain::{Result, attribute::Attribute};

const SELECT: &str = "SELECT key, value, auto_delete, set_by, seq FROM attributes WHERE room = $1 ORDER BY key";

impl Store {
    /// A room's attributes, by key.
    ///
    /// # Errors
    /// The database failed.
    pub async fn attributes(&self, room: i64) -> Result<Vec<Attribute>> {
        let rows = sqlx::query(SELECT).bind(room).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(attribute).collect::<Result<_, _>>()?)
    }

    /// How often a room's attributes were changed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn attribute_seq(&self, room: i64) -> Result<i64> {
        let query = sqlx::query_scalar("SELECT attribute_seq FROM rooms WHERE number = $1").bind(room);
        Ok(query.fetch_one(&self.readers).await?)
    }
}

impl Tx {
    /// A room's attributes, as this transaction sees them.
    ///
    /// # Errors
    /// The database failed.
    pub async fn attributes(&mut self, room: i64) -> Result<Vec<Attribute>> {
        let rows = sqlx::query(SELECT).bind(room).fetch_all(&mut self.conn).await?;
        Ok(rows.iter().map(attribute).collect::<Result<_, _>>()?)
    }

    /// How often a room's attributes were changed, as this transaction sees it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn attribute_seq(&mut self, room: i64) -> Result<i64> {
        let query = sqlx::query_scalar("SELECT attribute_seq FROM rooms WHERE number = $1").bind(room);
        Ok(query.fetch_one(&mut self.conn).await?)
    }

    /// Counts one more change of a room's attributes; returns the count.
    ///
    /// # Errors
    /// The database failed.
    pub async fn next_attribute_seq(&mut self, room: i64) -> Result<i64> {
        let query = "UPDATE rooms SET attribute_seq = attribute_seq + 1 WHERE number = $1 RETURNING attribute_seq";
        Ok(sqlx::query_scalar(query).bind(room).fetch_one(&mut self.conn).await?)
    }

    /// Sets an attribute, new or old.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_attribute(&mut self, room: i64, attribute: &Attribute) -> Result<()> {
        sqlx::query(
            "INSERT OR REPLACE INTO attributes (room, key, value, auto_delete, set_by, seq)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(room)
        .bind(&attribute.key)
        .bind(&attribute.value)
        .bind(attribute.auto_delete)
        .bind(&attribute.set_by)
        .bind(attribute.seq)
        .execute(&mut self.conn)
        .await?;
        Ok(())
    }

    /// Deletes an attribute.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_attribute(&mut self, room: i64, key: &str) -> Result<()> {
        let query = sqlx::query("DELETE FROM attributes WHERE room = $1 AND key = $2");
        query.bind(room).bind(key).execute(&mut self.conn).await?;
        Ok(())
    }
}

pub(super) fn attribute(row: &SqliteRow) -> Result<Attribute, sqlx::Error> {
    Ok(Attribute {
        key: row.try_get(0)?,
        value: row.try_get(1)?,
        auto_delete: row.try_get(2)?,
        set_by: row.try_get(3)?,
        seq: row.try_get(4)?,
    })
}
