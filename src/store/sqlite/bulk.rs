//! Many rows with one statement each, for imports: a list goes to SQLite as one JSON text.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use sqlx::{AssertSqlSafe, Row, sqlite::SqliteRow};

use super::{Tx, clients, rooms};
use crate::{
    domain::{Error, Result, client::Client, room::Room},
    store::{fold, incident},
};

impl Tx {
    /// Lets the writer keep more of the database in memory, for the life of the process: an import touches every index
    /// at every row.
    ///
    /// # Errors
    /// The database failed.
    pub async fn widen_cache(&mut self) -> Result<()> {
        Ok(self.execute("PRAGMA cache_size = -98304").await?)
    }

    /// The rooms that have one of these ids, by id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn rooms_of(&mut self, ids: &[&str]) -> Result<HashMap<String, Room>> {
        let rooms = self.listed(rooms::SELECT_LISTED.as_str(), ids).await?;
        let rooms = rooms.iter().map(rooms::room).map(|room| room.map(|room| (room.id.to_string(), room)));
        Ok(rooms.collect::<Result<_, _>>()?)
    }

    /// Which of these numbers a room has.
    ///
    /// # Errors
    /// The database failed.
    pub async fn numbers_taken(&mut self, numbers: &[i64]) -> Result<HashSet<i64>> {
        let sql = "SELECT number FROM rooms WHERE number IN (SELECT value FROM json_each($1))";
        let rows = self.listed(sql, numbers).await?;
        Ok(rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?)
    }

    /// The clients that have one of these ids, by id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn clients_of(&mut self, ids: &[&str]) -> Result<HashMap<String, Client>> {
        let rows = self.listed(clients::CLIENTS_OF, ids).await?;
        let clients = rows.iter().map(clients::client).map(|client| client.map(|c| (c.id.to_string(), c)));
        Ok(clients.collect::<Result<_, _>>()?)
    }

    /// Writes all that is known of these clients, new or old.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_clients(&mut self, clients: &[&Client]) -> Result<()> {
        let row = |c: &&Client| {
            let folded = fold::fold(&c.nickname);
            (c.id.clone(), c.nickname.clone(), folded, c.avatar.clone(), c.last_login_at.map(|at| at.0))
        };
        let rows: Vec<_> = clients.iter().map(row).collect();
        let sql = "INSERT INTO clients (id, nickname, nickname_fold, avatar, last_login_at)
                   SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each($1) WHERE true
                   ON CONFLICT (id) DO UPDATE SET nickname = excluded.nickname, nickname_fold = excluded.nickname_fold,
                       avatar = excluded.avatar, last_login_at = excluded.last_login_at";
        self.listed(sql, &rows).await.map(drop)
    }

    /// Makes these ids known as clients, where they are not.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_client_ids(&mut self, ids: &[&str]) -> Result<()> {
        let sql = "INSERT OR IGNORE INTO clients (id) SELECT value FROM json_each($1)";
        self.listed(sql, ids).await.map(drop)
    }

    /// Writes how many members a room has.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_member_count(&mut self, room: i64, many: usize) -> Result<()> {
        let count = sqlx::query("UPDATE rooms SET member_count = $1 WHERE number = $2");
        count.bind(many as i64).bind(room).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Takes all members out of a room; the room's count is the caller's business.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_members(&mut self, room: i64) -> Result<()> {
        sqlx::query("DELETE FROM members WHERE room = $1").bind(room).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Runs a statement whose only argument is a list; an empty list needs none.
    pub(super) async fn listed<T: Serialize>(&mut self, sql: &'static str, list: &[T]) -> Result<Vec<SqliteRow>> {
        if list.is_empty() {
            return Ok(Vec::new());
        }
        Ok(sqlx::query(AssertSqlSafe(sql)).bind(json(list)?).fetch_all(&mut self.conn).await?)
    }
}

/// A list as SQLite reads it.
pub(super) fn json<T: Serialize>(list: &[T]) -> Result<String> {
    serde_json::to_string(list).map_err(|cause| {
        let incident = incident();
        tracing::error!(incident, %cause, "writing a list");
        Error::Internal(incident)
    })
}
