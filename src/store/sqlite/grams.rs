//! What a group of units asks of the search index, written with two statements before the group is committed.
//!
//! The index writes what it holds in memory to its tables at every savepoint, so that sixty units, each with one room,
//! would make sixty small parts to be merged. A unit therefore only says what is to be written; when it is kept, its
//! group takes it over, and when it is rolled back, it is forgotten. Nobody searches inside a transaction.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::Tx;

/// Rooms by number, with the tokens that they are to have; none for a room that is gone.
pub(super) type Grams = BTreeMap<i64, Option<String>>;

/// Writes rooms that are not in the index, each a number and its tokens, from a list as JSON.
pub(super) const INSERT: &str = "INSERT INTO grams (rowid, gram) SELECT value ->> 0, value ->> 1 FROM json_each($1)";

impl Tx {
    /// A room is to be found by these tokens, or, without any, no more.
    pub(super) fn put_grams(&mut self, room: i64, tokens: Option<String>) {
        self.grams.insert(room, tokens);
    }

    /// Takes what the unit asked for out of it: to be kept, or to be forgotten.
    pub(super) fn take_grams(&mut self) -> Grams {
        std::mem::take(&mut self.grams)
    }

    /// Writes what a group asked for.
    pub(super) async fn write_grams(&mut self, grams: Grams) -> Result<(), sqlx::Error> {
        if grams.is_empty() {
            return Ok(());
        }
        let numbers: Vec<i64> = grams.keys().copied().collect();
        let made: Vec<Json> = grams.into_iter().filter_map(|(room, tokens)| Some(json!([room, tokens?]))).collect();
        let delete = sqlx::query("DELETE FROM grams WHERE rowid IN (SELECT value FROM json_each($1))");
        delete.bind(json!(numbers).to_string()).execute(&mut self.conn).await?;
        sqlx::query(INSERT).bind(Json::from(made).to_string()).execute(&mut self.conn).await?;
        Ok(())
    }
}
