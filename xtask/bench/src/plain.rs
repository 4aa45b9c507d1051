//! The floor and the check: the same questions straight on SQLite, and searches answered by a plain look at every room.

use std::{path::Path, time::Instant};

use anyhow::Result;
use sqlx::{AssertSqlSafe, ConnectOptions, Row, SqliteConnection, sqlite::SqliteConnectOptions};
use wardroom::store::fold;

/// The database, read beside the server.
pub struct Plain {
    conn: SqliteConnection,
    /// Every room: what it is found by, as it was when the bench began.
    folds: Vec<String>,
}

impl Plain {
    /// Opens the database and looks at every room once.
    pub async fn open(database: &Path) -> Result<Self> {
        let mut conn = SqliteConnectOptions::new().filename(database).read_only(true).connect().await?;
        let rows =
            sqlx::query("SELECT ifnull(name, ''), id, ifnull(owner, '') FROM rooms").fetch_all(&mut conn).await?;
        let folds = rows
            .iter()
            .map(|row| {
                let part = |n: usize| row.try_get::<String, _>(n);
                Ok(format!("{}\n{}\n{}", fold::fold(&part(0)?), fold::fold(&part(1)?), fold::fold(&part(2)?)))
            })
            .collect::<Result<_, sqlx::Error>>()?;
        Ok(Self { conn, folds })
    }

    /// How many rooms hold every word of a search.
    pub fn count(&self, search: &str) -> usize {
        let words: Vec<String> = search.split_whitespace().map(fold::fold).collect();
        self.folds.iter().filter(|fold| words.iter().all(|word| fold.contains(word.as_str()))).count()
    }

    /// The median time of these statements, one after the other, in milliseconds.
    pub async fn floor(&mut self, statements: &[String]) -> Result<f64> {
        let mut took = Vec::new();
        for _ in 0..30 {
            let began = Instant::now();
            for sql in statements {
                sqlx::query(AssertSqlSafe(sql.clone())).fetch_all(&mut self.conn).await?;
            }
            took.push(began.elapsed().as_secs_f64() * 1000.0);
        }
        took.sort_by(f64::total_cmp);
        Ok(took.get(took.len() / 2).copied().unwrap_or(f64::NAN))
    }

    /// The first column of the first row, as text.
    pub async fn ask(&mut self, sql: &str) -> Result<String> {
        let row = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_one(&mut self.conn).await?;
        Ok(row.try_get::<String, _>(0).or_else(|_| row.try_get::<i64, _>(0).map(|number| number.to_string()))?)
    }
}

/// Adds two more entries to the audit trail for every room, as two years of work would; the server is not running.
pub async fn history(database: &Path) -> Result<()> {
    let mut conn = SqliteConnectOptions::new().filename(database).connect().await?;
    for round in 1..=2 {
        let sql = format!(
            "INSERT INTO audit (at, actor_kind, actor, source, address, action, room, version, changes)
             SELECT (SELECT max(at) FROM audit) + number, 'staff', 'person-' || (number * 7919 % 200), 'console',
                    '192.0.2.' || (number % 250), 'room.updated', id, {round} + 1,
                    '[{{\"field\":\"description\",\"before\":\"old\",\"after\":\"new ' || number || '\"}}]'
             FROM rooms ORDER BY number"
        );
        sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await?;
    }
    let sql = "INSERT OR IGNORE INTO audit_fields (field, entry) SELECT 'description', id FROM audit WHERE action = 'room.updated'";
    sqlx::query(sql).execute(&mut conn).await?;
    sqlx::query("UPDATE rooms SET version = 3").execute(&mut conn).await?;
    sqlx::query("PRAGMA optimize").execute(&mut conn).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut conn).await?;
    Ok(())
}
