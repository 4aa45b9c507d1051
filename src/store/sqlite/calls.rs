//! Calls of apps, counted by their end.

use sqlx::Row;

use super::{Store, Tx};
use crate::domain::{Result, Timestamp, app::Tally};

/// Calls with the same end, of one app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calls {
    /// The vendor, by key.
    pub vendor: &'static str,
    /// The app's number; 0 where none could be found.
    pub app: i64,
    /// How many, and how they ended.
    pub tally: Tally,
}

impl Store {
    /// What all apps called: each app's number with a tally, the last call first. Number 0 is nobody's.
    ///
    /// # Errors
    /// The database failed.
    pub async fn calls(&self) -> Result<Vec<(i64, Tally)>> {
        let query = sqlx::query(
            "SELECT app, action, code, refused, many, last_at, last_message FROM app_calls ORDER BY last_at DESC",
        );
        let rows = query.fetch_all(&self.readers).await?;
        let read = |row: &sqlx::sqlite::SqliteRow| {
            let tally = Tally {
                action: row.try_get(1)?,
                code: row.try_get(2)?,
                refused: row.try_get(3)?,
                many: row.try_get(4)?,
                last_at: Timestamp(row.try_get(5)?),
                last_message: row.try_get(6)?,
            };
            Ok((row.try_get(0)?, tally))
        };
        Ok(rows.iter().map(read).collect::<Result<_, sqlx::Error>>()?)
    }
}

impl Tx {
    /// Adds calls to what was counted before.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_calls(&mut self, calls: &[Calls]) -> Result<()> {
        let row = |calls: &Calls| {
            let Tally { action, code, refused, many, last_at, last_message } = calls.tally.clone();
            (calls.vendor, calls.app, action, code, i64::from(refused), many, last_at.0, last_message)
        };
        let rows: Vec<_> = calls.iter().map(row).collect();
        let sql = "INSERT INTO app_calls (vendor, app, action, code, refused, many, last_at, last_message)
                   SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                          value ->> 7 FROM json_each($1) WHERE true
                   ON CONFLICT (vendor, app, action, code) DO UPDATE SET many = many + excluded.many,
                       last_at = max(last_at, excluded.last_at), last_message = excluded.last_message";
        self.listed(sql, &rows).await.map(drop)
    }
}
