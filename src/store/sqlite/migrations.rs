//! The tables, step by step. A step that was released is never changed; a new one is added below it. A new field of a
//! room is one line: a column named by the field's key.

use std::borrow::Cow;

use sqlx::{
    AssertSqlSafe, SqlSafeStr, SqliteConnection,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
};

/// Each step's number, name and SQL.
const STEPS: &[(i64, &str, &str)] = &[
    (1, "rooms", include_str!("migrations/0001_rooms.sql")),
    (2, "staff", include_str!("migrations/0002_staff.sql")),
    (3, "slow mode", "ALTER TABLE rooms ADD COLUMN slow_mode INTEGER"),
    (4, "apps", include_str!("migrations/0004_apps.sql")),
    (5, "phrases", include_str!("migrations/0005_phrases.sql")),
    (6, "marks", include_str!("migrations/0006_marks.sql")),
    (7, "jobs", include_str!("migrations/0007_jobs.sql")),
    (8, "views", include_str!("migrations/0008_views.sql")),
    (9, "chain", include_str!("migrations/0009_chain.sql")),
    (10, "two steps", include_str!("migrations/0010_two_steps.sql")),
    (11, "sealed", include_str!("migrations/0011_sealed.sql")),
    (12, "keys", include_str!("migrations/0012_keys.sql")),
    (13, "one-time passwords", include_str!("migrations/0013_one_time.sql")),
];

/// Runs the steps that are missing, each in a transaction, and writes down which version did.
///
/// # Errors
/// A step fails, or the database has a step that this binary does not know (it was made by a newer one).
pub async fn run(conn: &mut SqliteConnection) -> Result<(), MigrateError> {
    run_to(conn, i64::MAX).await?;
    let ours = number_of(env!("CARGO_PKG_VERSION"));
    let known: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *conn).await?;
    if known < ours {
        sqlx::query(AssertSqlSafe(format!("PRAGMA user_version = {ours}"))).execute(conn).await?;
    }
    Ok(())
}

/// Runs the steps that are missing up to this one.
///
/// # Errors
/// As [`run`].
pub async fn run_to(conn: &mut SqliteConnection, last: i64) -> Result<(), MigrateError> {
    let steps = STEPS
        .iter()
        .filter(|(step, ..)| *step <= last)
        .map(|&(version, name, sql)| {
            Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, sql.into_sql_str(), false)
        })
        .collect();
    // Not `run`: its future cannot be sent to another thread.
    Migrator::with_migrations(steps).run_direct(None, conn, false).await
}

/// Whether a step is one of ours.
pub fn is_known(step: i64) -> bool {
    STEPS.iter().any(|(known, ..)| *known == step)
}

/// The newest step.
pub fn newest() -> i64 {
    STEPS.last().map_or(0, |(step, ..)| *step)
}

/// A version as it is kept in the file's header: 1.2.3 as 1002003.
fn number_of(version: &str) -> i64 {
    version.split('.').filter_map(|part| part.parse::<i64>().ok()).take(3).fold(0, |number, part| number * 1_000 + part)
}

/// The version that is kept so; none where none was written down.
pub fn version_of(number: i64) -> Option<String> {
    (number > 0).then(|| format!("{}.{}.{}", number / 1_000_000, number / 1_000 % 1_000, number % 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_kept_as_a_number() {
        assert_eq!(version_of(number_of("1.20.3")).as_deref(), Some("1.20.3"));
        assert_eq!(version_of(number_of("0.1.0")).as_deref(), Some("0.1.0"));
        assert_eq!(version_of(0), None);
        assert!(number_of("0.10.0") > number_of("0.9.99"));
    }
}
