//! What the rooms that a job's page shows are called, all at once.

use std::collections::BTreeMap;

use sqlx::Row;

use super::Store;
use crate::{domain::Result, store::sqlite::bulk};

impl Store {
    /// What these rooms are called, by id: the name, or the id where a room has none. Rooms that are gone are left out.
    ///
    /// # Errors
    /// The database failed.
    pub async fn room_names(&self, ids: &[String]) -> Result<BTreeMap<String, String>> {
        let sql = "SELECT id, coalesce(nullif(name, ''), id) FROM rooms WHERE id IN (SELECT value FROM json_each($1))";
        let rows = sqlx::query(sql).bind(bulk::json(ids)?).fetch_all(&self.readers).await?;
        let names: std::result::Result<_, sqlx::Error> =
            rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect();
        Ok(names?)
    }
}
