//! Many rows with one statement each, for imports. A list that something is looked up by goes to SQLite as one JSON
//! text; rows that are to be written are bound value by value, because SQLite would read such a text anew for each
//! column.

use std::collections::{HashMap, HashSet};

use futures::future;
use serde::Serialize;
use sqlx::{
    Arguments, AssertSqlSafe, Row,
    error::BoxDynError,
    sqlite::{SqliteArguments, SqliteRow},
};

use super::{Tx, clients, rooms};
use crate::{
    domain::{Error, Result, client::Client, room::Room},
    store::{fold, incident},
};

/// Values in one statement: SQLite takes 32,766; a few hundred rows are enough to make the statement's own cost small.
const VALUES: usize = 8_000;

impl Tx {
    /// Lets the writer keep more of the database in memory, and its log longer, for the life of the process: an import
    /// touches every index at every row, and what is written back seldom is written back once.
    ///
    /// # Errors
    /// The database failed.
    pub async fn widen_cache(&mut self) -> Result<()> {
        self.execute("PRAGMA cache_size = -98304").await?;
        Ok(self.execute("PRAGMA wal_autocheckpoint = 16000").await?)
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
        let columns = ["id", "nickname", "nickname_fold", "avatar", "last_login_at"];
        let known = "ON CONFLICT (id) DO UPDATE SET nickname = excluded.nickname,
                     nickname_fold = excluded.nickname_fold, avatar = excluded.avatar,
                     last_login_at = excluded.last_login_at";
        self.insert(("INTO clients", known), &columns, clients, |client, row| {
            row.add(client.id.to_string())?;
            row.add(client.nickname.clone())?;
            row.add(fold::fold(&client.nickname))?;
            row.add(client.avatar.clone())?;
            row.add(client.last_login_at.map(|at| at.0))
        })
        .await
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
        self.touch(room);
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

    /// Writes rows, as many with one statement as it takes.
    pub(super) async fn insert_all<T>(
        &mut self,
        into: &'static str,
        columns: &[&str],
        rows: &[T],
        bind: impl FnMut(&T, &mut SqliteArguments) -> Result<(), BoxDynError>,
    ) -> Result<()> {
        self.insert((into, ""), columns, rows, bind).await
    }

    /// The same, with what stands before the columns and behind the values. While a statement runs, on a thread of
    /// SQLite's own, the values of the next are bound.
    pub(super) async fn insert<T>(
        &mut self,
        (into, behind): (&'static str, &'static str),
        columns: &[&str],
        rows: &[T],
        mut bind: impl FnMut(&T, &mut SqliteArguments) -> Result<(), BoxDynError>,
    ) -> Result<()> {
        let row = format!("({})", vec!["?"; columns.len()].join(", "));
        let mut next = |rows: Option<&[T]>| {
            let Some(rows) = rows else { return Ok(None) };
            let values = vec![row.as_str(); rows.len()].join(", ");
            let sql = format!("INSERT {into} ({}) VALUES {values} {behind}", columns.join(", "));
            let mut arguments = SqliteArguments::default();
            rows.iter().try_for_each(|row| bind(row, &mut arguments)).map_err(sqlx::Error::Encode)?;
            Ok::<_, sqlx::Error>(Some((sql, arguments)))
        };
        let mut parts = rows.chunks(VALUES / columns.len().max(1));
        let mut ready = next(parts.next())?;
        while let Some((sql, arguments)) = ready {
            let running = sqlx::query_with(AssertSqlSafe(sql), arguments).execute(&mut self.conn);
            let (done, following) = future::join(running, async { next(parts.next()) }).await;
            done?;
            ready = following?;
        }
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
