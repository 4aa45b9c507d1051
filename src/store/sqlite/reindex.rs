//! The search index of a database that has rooms and an empty index: it came from an older Wardroom.

use serde_json::{Value as Json, json};
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use super::{marks, rooms};

/// Writes rooms that are not in the index, each a number and its tokens, from a list as JSON.
const INSERT: &str = "INSERT INTO grams (rowid, gram) SELECT value ->> 0, value ->> 1 FROM json_each($1)";
/// Rooms in one statement.
const PART: i64 = 5_000;

/// Fills the index where it is empty and there are rooms; all of it, or, when it is interrupted, nothing.
///
/// # Errors
/// The database failed.
pub async fn run(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let is_needed = "SELECT EXISTS (SELECT 1 FROM rooms) AND NOT EXISTS (SELECT 1 FROM grams_docsize)";
    if !sqlx::query_scalar::<_, bool>(is_needed).fetch_one(&mut *conn).await? {
        return Ok(());
    }
    tracing::info!("making the search index anew; this takes about a minute for a million rooms");
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    let mut last = 0_i64;
    loop {
        let next = sqlx::query(AssertSqlSafe(rooms::SELECT_AFTER.as_str())).bind(last).bind(PART);
        let mut found: Vec<Json> = Vec::new();
        for row in next.fetch_all(&mut *tx).await? {
            let room = rooms::room(&row)?;
            last = room.number;
            found.push(json!([last, marks::tokens(&room, &rooms::folds(&room).1)]));
        }
        if found.is_empty() {
            return tx.commit().await;
        }
        sqlx::query(INSERT).bind(Json::from(found).to_string()).execute(&mut *tx).await?;
    }
}
