//! A job's rooms and their outcomes, some hundred in a row.

use serde_json::json;
use sqlx::{AssertSqlSafe, Row, sqlite::SqliteRow};

use super::{Store, Tx, text};
use crate::{
    domain::{
        Result,
        job::{Frozen, Outcome, Sort, Tally},
    },
    store::sqlite::value,
};

/// Rooms in one row.
pub const CHUNK: usize = 256;

/// Some rooms of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Its place, counted from 0: its first room is the job's room number `place` times [`CHUNK`].
    pub place: i64,
    /// The rooms, in the order of their numbers.
    pub rooms: Vec<Frozen>,
    /// What became of the first of them.
    pub outcomes: Vec<Outcome>,
}

impl Store {
    /// At most `many` of a job's rows, from the one at `place` on, or backwards from it; only those that have an outcome
    /// of a sort, if one is asked for.
    ///
    /// # Errors
    /// The database failed.
    pub async fn job_chunks(
        &self,
        job: i64,
        sort: Option<Sort>,
        place: i64,
        backwards: bool,
        many: i64,
    ) -> Result<Vec<Chunk>> {
        let (sign, direction) = if backwards { ("<=", "DESC") } else { (">=", "ASC") };
        let has = sort.map_or_else(String::new, |sort| format!(" AND {} > 0", sort.key()));
        let sql = format!(
            "SELECT chunk, rooms, outcomes FROM job_chunks WHERE job = $1 AND chunk {sign} $2{has}
             ORDER BY chunk {direction} LIMIT $3"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(job).bind(place).bind(many).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(chunk).collect::<Result<_, _>>()?)
    }
}

impl Tx {
    /// Appends rows to a job, from the one at `place` on.
    ///
    /// # Errors
    /// The database failed.
    pub async fn insert_chunks(&mut self, job: i64, place: i64, chunks: &[Vec<Frozen>]) -> Result<()> {
        let mut rows = Vec::with_capacity(chunks.len());
        for (place, rooms) in (place..).zip(chunks) {
            rows.push(json!([job, place, rooms.len(), text(rooms)?]));
        }
        let sql = "INSERT INTO job_chunks (job, chunk, many, rooms)
                   SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)";
        self.listed(sql, &rows).await.map(drop)
    }

    /// The first of a job's rows in which a room has no outcome yet.
    ///
    /// # Errors
    /// The database failed.
    pub async fn open_chunk(&mut self, job: i64) -> Result<Option<Chunk>> {
        let query = sqlx::query(
            "SELECT chunk, rooms, outcomes FROM job_chunks WHERE job = $1 AND done < many ORDER BY chunk LIMIT 1",
        );
        let row = query.bind(job).fetch_optional(&mut self.conn).await?;
        Ok(row.as_ref().map(chunk).transpose()?)
    }

    /// The last of a job's rows.
    ///
    /// # Errors
    /// The database failed.
    pub async fn last_chunk(&mut self, job: i64) -> Result<Option<Chunk>> {
        let query =
            sqlx::query("SELECT chunk, rooms, outcomes FROM job_chunks WHERE job = $1 ORDER BY chunk DESC LIMIT 1");
        let row = query.bind(job).fetch_optional(&mut self.conn).await?;
        Ok(row.as_ref().map(chunk).transpose()?)
    }

    /// Writes a row's outcomes.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_outcomes(&mut self, job: i64, chunk: &Chunk) -> Result<()> {
        let mut tally = Tally::default();
        chunk.outcomes.iter().for_each(|outcome| tally.count(outcome.sort()));
        sqlx::query(
            "UPDATE job_chunks SET done = $1, outcomes = $2, changed = $3, unchanged = $4, skipped = $5, failed = $6
             WHERE job = $7 AND chunk = $8",
        )
        .bind(super::signed(tally.done()))
        .bind(text(&chunk.outcomes)?)
        .bind(super::signed(tally.changed))
        .bind(super::signed(tally.unchanged))
        .bind(super::signed(tally.skipped))
        .bind(super::signed(tally.failed))
        .bind(job)
        .bind(chunk.place)
        .execute(&mut self.conn)
        .await?;
        Ok(())
    }
}

fn chunk(row: &SqliteRow) -> Result<Chunk, sqlx::Error> {
    Ok(Chunk {
        place: row.try_get(0)?,
        rooms: value::json(row, 1)?.unwrap_or_default(),
        outcomes: value::json(row, 2)?.unwrap_or_default(),
    })
}
