//! What a database of a step consists of, found out by making one in memory.

use std::collections::BTreeSet;

use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::store::{OpenError, sqlite::migrations};

/// Every table with each of its columns, every index and trigger, as words: "table rooms", "column name of rooms".
const PARTS: &str = "SELECT type || ' ' || name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    UNION ALL
    SELECT 'column ' || c.name || ' of ' || s.name FROM sqlite_schema s, pragma_table_info(s.name) c
        WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

/// The parts of a database.
pub(super) async fn of(conn: &mut SqliteConnection) -> Result<BTreeSet<String>, OpenError> {
    Ok(sqlx::query_scalar(PARTS).fetch_all(conn).await?.into_iter().collect())
}

/// The parts of every database at this step; tables stand before what belongs to them.
pub(super) async fn of_step(step: i64) -> Result<Vec<String>, OpenError> {
    let mut conn = SqliteConnectOptions::new().in_memory(true).connect().await?;
    migrations::run_to(&mut conn, step).await.map_err(OpenError::Migration)?;
    let mut parts: Vec<String> = of(&mut conn).await?.into_iter().collect();
    parts.sort_by_key(|part| (!part.starts_with("table "), part.clone()));
    conn.close().await?;
    Ok(parts)
}
