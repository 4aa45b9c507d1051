//! The tables, step by step. A step that was released is never changed; a new one is added below it. A new field of a
//! room is one line: a column named by the field's key.

use std::borrow::Cow;

use sqlx::{
    SqlSafeStr, SqliteConnection,
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
    (10, "two steps", include_str!("migrations/0010_two_steps.sql")),
    (11, "sealed", include_str!("migrations/0011_sealed.sql")),
    (12, "keys", include_str!("migrations/0012_keys.sql")),
];

/// Runs the steps that are missing, each in a transaction.
///
/// # Errors
/// A step fails, or the database has a step that this binary does not know (it was made by a newer one).
pub async fn run(conn: &mut SqliteConnection) -> Result<(), MigrateError> {
    let steps = STEPS
        .iter()
        .map(|&(version, name, sql)| {
            Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, sql.into_sql_str(), false)
        })
        .collect();
    Migrator::with_migrations(steps).run(conn).await
}
