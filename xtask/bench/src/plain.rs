//! The floor and the check: the same questions straight on SQLite, and searches answered by a plain look at every room.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    path::Path,
    time::Instant,
};

use anyhow::Result;
use sqlx::{AssertSqlSafe, ConnectOptions, Row, SqliteConnection, sqlite::SqliteConnectOptions};
use wardroom::store::fold;

use crate::questions::Search;

/// The database, read beside the server.
pub struct Plain {
    conn: SqliteConnection,
    /// Every room, as it was when the bench began.
    rooms: Vec<Seen>,
}

/// What is known of a room.
struct Seen {
    number: i64,
    id: String,
    /// The name as names are compared.
    name: String,
    /// What it is found by.
    fold: String,
}

impl Plain {
    /// Opens the database and looks at every room once.
    pub async fn open(database: &Path) -> Result<Self> {
        let mut conn = SqliteConnectOptions::new().filename(database).read_only(true).connect().await?;
        let rows =
            sqlx::query("SELECT number, id, ifnull(name, ''), ifnull(owner, '') FROM rooms").fetch_all(&mut conn);
        let seen = |row: &sqlx::sqlite::SqliteRow| {
            let (id, name) = (row.try_get::<String, _>(1)?, fold::fold(&row.try_get::<String, _>(2)?));
            let fold = format!("{name}\n{}\n{}", fold::fold(&id), fold::fold(&row.try_get::<String, _>(3)?));
            Ok(Seen { number: row.try_get(0)?, id, name, fold })
        };
        let rooms = rows.await?.iter().map(seen).collect::<Result<_, sqlx::Error>>()?;
        Ok(Self { conn, rooms })
    }

    /// How many rooms hold every word of a search and meet its condition, and the ids of the first page of them.
    pub async fn look(&mut self, search: &Search) -> Result<(usize, Vec<String>)> {
        let words: Vec<String> = search.words.split_whitespace().map(fold::fold).collect();
        let meets: Option<HashSet<i64>> = if search.condition.is_empty() {
            None
        } else {
            let sql = format!("SELECT number FROM rooms WHERE {}", search.condition);
            Some(sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut self.conn).await?.into_iter().collect())
        };
        let mut keys = HashMap::new();
        if let Some(column) = search.sort {
            let sql = format!("SELECT number, {column} FROM rooms");
            for row in sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut self.conn).await? {
                keys.insert(row.try_get::<i64, _>(0)?, row.try_get::<i64, _>(1)?);
            }
        }
        let is_hit = |room: &&Seen| {
            words.iter().all(|word| room.fold.contains(word.as_str()))
                && meets.as_ref().is_none_or(|meets| meets.contains(&room.number))
        };
        let mut hits: Vec<&Seen> = self.rooms.iter().filter(is_hit).collect();
        match search.sort {
            None => hits.sort_by(|a, b| (&a.name, a.number).cmp(&(&b.name, b.number))),
            Some(_) => hits.sort_by_key(|room| Reverse((keys.get(&room.number), room.number))),
        }
        Ok((hits.len(), hits.iter().take(50).map(|room| room.id.clone()).collect()))
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
    // As a database from before the chain: the next command that opens it gives every entry its mac.
    sqlx::query("UPDATE audit SET mac = NULL").execute(&mut conn).await?;
    sqlx::query("DELETE FROM audit_ends").execute(&mut conn).await?;
    sqlx::query("PRAGMA optimize").execute(&mut conn).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut conn).await?;
    Ok(())
}
