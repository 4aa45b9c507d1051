//! The search index of a database that has rooms and an empty index: it came from an older Wardroom.

use serde_json::{Value as Json, json};
use sqlx::{Connection, Row, SqliteConnection};

use crate::store::fold;

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
        let next = sqlx::query("SELECT number, fold FROM rooms WHERE number > $1 ORDER BY number LIMIT $2");
        let rows = next.bind(last).bind(PART).fetch_all(&mut *tx).await?;
        let mut grams: Vec<Json> = Vec::with_capacity(rows.len());
        for row in &rows {
            last = row.try_get(0)?;
            grams.push(json!([last, fold::tokens(&row.try_get::<String, _>(1)?)]));
        }
        if grams.is_empty() {
            return tx.commit().await;
        }
        let insert = sqlx::query("INSERT INTO grams (rowid, gram) SELECT value ->> 0, value ->> 1 FROM json_each($1)");
        insert.bind(Json::from(grams).to_string()).execute(&mut *tx).await?;
    }
}
