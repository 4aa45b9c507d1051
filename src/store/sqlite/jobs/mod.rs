//! Jobs. Their rooms stand in [`chunks`], what shields hold in [`holds`]; [`seen`] reads what a plan has to know.

pub mod chunks;
pub mod holds;
mod names;
pub mod seen;

use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Row, sqlite::SqliteRow};
use tokio::sync::Notify;

use super::{Store, Tx, value};
use crate::{
    domain::{
        Result, Timestamp,
        job::{Job, Kind, Preview, Selection, State, Steps, Tally},
        page::{COUNTED, Cursor, Found, PAGE, Page, Total},
    },
    store::incident,
};

const COLUMNS: &str = "id, kind, state, reason, plan, total, changed, unchanged, skipped, failed, planned, approved, \
                       started, ended_at, busy_ms, until, lifted_by";
/// What pages show: no plan whose rooms are still being written down.
const SHOWN: &str = "(state <> 'planning' OR kind = 'lift')";

/// What never changes once a job was planned.
#[derive(Serialize, Deserialize)]
struct Plan {
    steps: Steps,
    selection: Selection,
    preview: Preview,
    needs_approval: bool,
    minutes: Option<i64>,
}

impl Store {
    /// Rings when a job has something to do.
    pub fn bell(&self) -> &Notify {
        &self.bell
    }

    /// A job by its number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn job(&self, id: i64) -> Result<Option<Job>> {
        let sql = format!("SELECT {COLUMNS} FROM jobs WHERE id = $1 AND {SHOWN}");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(&self.readers).await?;
        Ok(row.as_ref().map(job).transpose()?)
    }

    /// A page of jobs, newest first: all, or those in one state.
    ///
    /// # Errors
    /// The database failed.
    pub async fn jobs(&self, state: Option<State>, page: &Page) -> Result<Found<Job>> {
        let shown = state.map_or_else(|| SHOWN.to_owned(), |state| format!("{SHOWN} AND state = '{}'", state.key()));
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM jobs WHERE {shown} LIMIT {})", COUNTED + 1);
        let many: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&self.readers).await?;
        let (bound, direction) = match page {
            Page::First => (String::new(), "DESC"),
            Page::After(cursor) => (format!(" AND id < {}", cursor.number), "DESC"),
            Page::Before(cursor) => (format!(" AND id > {}", cursor.number), "ASC"),
        };
        let sql = format!("SELECT {COLUMNS} FROM jobs WHERE {shown}{bound} ORDER BY id {direction} LIMIT {}", PAGE + 1);
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&self.readers).await?;
        let jobs = rows.iter().map(job).collect::<Result<Vec<_>, _>>()?;
        let total = Total::of(many.unsigned_abs());
        Ok(Found::cut(jobs, page, total, |job| Cursor { number: job.id, key: String::new() }))
    }

    /// The shields that were started and not ended, the next to end first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn standing_shields(&self) -> Result<Vec<Job>> {
        let sql =
            format!("SELECT {COLUMNS} FROM jobs WHERE until IS NOT NULL AND lifted_by IS NULL ORDER BY until, id");
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(job).collect::<Result<_, _>>()?)
    }

    /// When the next shield ends, if one stands.
    ///
    /// # Errors
    /// The database failed.
    pub async fn next_shield_end(&self) -> Result<Option<Timestamp>> {
        let sql = "SELECT min(until) FROM jobs WHERE until IS NOT NULL AND lifted_by IS NULL";
        let until: Option<i64> = sqlx::query_scalar(sql).fetch_one(&self.readers).await?;
        Ok(until.map(Timestamp))
    }

    /// The jobs that are at work, and the ends of shields whose rooms are not written down yet.
    ///
    /// # Errors
    /// The database failed.
    pub async fn jobs_at_work(&self) -> Result<Vec<i64>> {
        let sql = "SELECT id FROM jobs WHERE state = 'running'
                   UNION ALL SELECT id FROM jobs WHERE state = 'planning' AND kind = 'lift' ORDER BY id";
        Ok(sqlx::query_scalar(sql).fetch_all(&self.readers).await?)
    }
}

impl Tx {
    /// A job by its number, as this transaction sees it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn job(&mut self, id: i64) -> Result<Option<Job>> {
        let sql = format!("SELECT {COLUMNS} FROM jobs WHERE id = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(&mut self.conn).await?;
        Ok(row.as_ref().map(job).transpose()?)
    }

    /// Writes a new job; returns its number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn insert_job(&mut self, job: &Job) -> Result<i64> {
        let query = sqlx::query_scalar(
            "INSERT INTO jobs (kind, state, plan, planned, planned_at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
        );
        let query = query.bind(job.kind.key()).bind(job.state.key()).bind(plan(job)?).bind(text(&job.planned)?);
        let id = query.bind(job.planned.at.0).fetch_one(&mut self.conn).await?;
        self.put_job(&Job { id, ..job.clone() }).await?;
        Ok(id)
    }

    /// Writes all of a job but its number, kind and planner.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_job(&mut self, job: &Job) -> Result<()> {
        let Tally { changed, unchanged, skipped, failed } = job.tally;
        let (approved, started) = (job.approved.as_ref(), job.started.as_ref());
        sqlx::query(
            "UPDATE jobs SET state = $1, reason = $2, plan = $3, total = $4, changed = $5, unchanged = $6,
                 skipped = $7, failed = $8, approved = $9, started = $10, ended_at = $11, busy_ms = $12, until = $13,
                 lifted_by = $14
             WHERE id = $15",
        )
        .bind(job.state.key())
        .bind(&job.reason)
        .bind(plan(job)?)
        .bind(signed(job.total))
        .bind(signed(changed))
        .bind(signed(unchanged))
        .bind(signed(skipped))
        .bind(signed(failed))
        .bind(approved.map(text).transpose()?)
        .bind(started.map(text).transpose()?)
        .bind(job.ended_at.map(|at| at.0))
        .bind(job.busy_ms)
        .bind(job.until.map(|at| at.0))
        .bind(job.lifted_by)
        .bind(job.id)
        .execute(&mut self.conn)
        .await?;
        Ok(())
    }

    /// Writes how far a job is.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_progress(&mut self, job: &Job) -> Result<()> {
        let Tally { changed, unchanged, skipped, failed } = job.tally;
        let query = sqlx::query(
            "UPDATE jobs SET changed = $1, unchanged = $2, skipped = $3, failed = $4, busy_ms = $5 WHERE id = $6",
        );
        let query = query.bind(signed(changed)).bind(signed(unchanged)).bind(signed(skipped)).bind(signed(failed));
        query.bind(job.busy_ms).bind(job.id).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Forgets a plan whose making failed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_unfinished(&mut self, id: i64) -> Result<()> {
        let query = sqlx::query("DELETE FROM jobs WHERE id = $1 AND state = 'planning' AND kind <> 'lift'");
        query.bind(id).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Forgets plans that were never finished, and the rooms of plans made before `old` that nobody ran.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_plans(&mut self, unfinished: Timestamp, old: Timestamp) -> Result<()> {
        let sql = "DELETE FROM jobs WHERE state = 'planning' AND kind <> 'lift' AND planned_at < $1";
        sqlx::query(sql).bind(unfinished.0).execute(&mut self.conn).await?;
        let sql = "DELETE FROM job_chunks WHERE job IN
                       (SELECT id FROM jobs WHERE started IS NULL AND state <> 'planning' AND planned_at < $1)";
        sqlx::query(sql).bind(old.0).execute(&mut self.conn).await?;
        Ok(())
    }
}

fn signed(many: u64) -> i64 {
    i64::try_from(many).unwrap_or(i64::MAX)
}

fn plan(job: &Job) -> Result<String> {
    text(&Plan {
        steps: job.steps.clone(),
        selection: job.selection.clone(),
        preview: job.preview.clone(),
        needs_approval: job.needs_approval,
        minutes: job.minutes,
    })
}

/// Anything as JSON.
fn text<T: Serialize>(thing: &T) -> Result<String> {
    serde_json::to_string(thing).map_err(|cause| {
        let incident = incident();
        tracing::error!(incident, %cause, "writing a job");
        crate::domain::Error::Internal(incident)
    })
}

fn job(row: &SqliteRow) -> Result<Job, sqlx::Error> {
    let unknown = |what: &str| sqlx::Error::Decode(format!("unknown {what} of a job").into());
    let many = |column: usize| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
    let plan: Plan = value::json(row, 4)?.ok_or_else(|| unknown("plan"))?;
    Ok(Job {
        id: row.try_get(0)?,
        kind: Kind::parse(&row.try_get::<String, _>(1)?).ok_or_else(|| unknown("kind"))?,
        state: State::parse(&row.try_get::<String, _>(2)?).ok_or_else(|| unknown("state"))?,
        reason: row.try_get(3)?,
        steps: plan.steps,
        selection: plan.selection,
        preview: plan.preview,
        needs_approval: plan.needs_approval,
        minutes: plan.minutes,
        total: many(5)?,
        tally: Tally { changed: many(6)?, unchanged: many(7)?, skipped: many(8)?, failed: many(9)? },
        planned: value::json(row, 10)?.ok_or_else(|| unknown("planner"))?,
        approved: value::json(row, 11)?,
        started: value::json(row, 12)?,
        ended_at: row.try_get::<Option<i64>, _>(13)?.map(Timestamp),
        busy_ms: row.try_get(14)?,
        until: row.try_get::<Option<i64>, _>(15)?.map(Timestamp),
        lifted_by: row.try_get(16)?,
    })
}
