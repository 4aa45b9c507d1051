//! Figures for whoever watches the house: what the writer measures all the time, and what is counted when asked.

use std::sync::{Arc, atomic::AtomicU64};

use sqlx::Row;

use super::{Store, files::log_bytes};
use crate::{
    domain::{Result, Timestamp},
    store::Histogram,
};

/// What the writer measures.
#[derive(Debug)]
pub struct Measured {
    /// Units in a group.
    pub groups: Histogram,
    /// How long a commit took, from the word to the disk.
    pub commits: Histogram,
    /// Groups of which nothing was kept.
    pub failed: AtomicU64,
}

impl Default for Measured {
    fn default() -> Self {
        Self {
            groups: Histogram::of_numbers(&[1, 2, 4, 8, 16, 32, 64, 128]),
            commits: Histogram::of_durations(&[
                100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000,
            ]),
            failed: AtomicU64::new(0),
        }
    }
}

/// What there is now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Units that wait for the writer.
    pub waiting: u64,
    /// The database's file, in bytes.
    pub database: u64,
    /// Its write-ahead log, in bytes.
    pub log: u64,
    /// Jobs by state.
    pub jobs: Vec<(String, u64)>,
    /// Rooms of all jobs by what became of them: changed, unchanged, skipped, failed.
    pub rooms: [u64; 4],
    /// Sessions of people who are signed in.
    pub sessions: u64,
}

impl Store {
    /// What the writer measures.
    pub fn measured(&self) -> Arc<Measured> {
        self.measured.clone()
    }

    /// Counts what there is.
    ///
    /// # Errors
    /// The database failed.
    pub async fn figures(&self, now: Timestamp) -> Result<Figures> {
        let (database, log) = self.sizes();
        let mut figures = Figures { waiting: self.queue.waiting().await as u64, database, log, ..Figures::default() };
        let sql =
            "SELECT state, count(*), sum(changed), sum(unchanged), sum(skipped), sum(failed) FROM jobs GROUP BY state";
        for row in sqlx::query(sql).fetch_all(&self.readers).await? {
            figures.jobs.push((row.get(0), row.get::<i64, _>(1).unsigned_abs()));
            for (place, sum) in figures.rooms.iter_mut().enumerate() {
                *sum += row.get::<i64, _>(place + 2).unsigned_abs();
            }
        }
        let sql = "SELECT count(*) FROM sessions WHERE staff IS NOT NULL AND expires_at > $1";
        let sessions: i64 = sqlx::query_scalar(sql).bind(now.0).fetch_one(&self.readers).await?;
        figures.sessions = sessions.unsigned_abs();
        Ok(figures)
    }

    /// The sizes of the database's file and of its write-ahead log, in bytes; 0 where there is none.
    pub fn sizes(&self) -> (u64, u64) {
        let database = std::fs::metadata(&self.file).map_or(0, |found| found.len());
        (database, log_bytes(&self.file))
    }
}
