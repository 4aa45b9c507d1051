//! Secrets from before they were sealed: sealed at the first start that can, and wiped out of the file.
//!
//! Written over is not enough: earlier copies lie in free pages of the file and in the log. So the file is built anew
//! (`VACUUM`) and the log cut to nothing. A start that is cut off between the two does the second half again.

use sqlx::{Row, SqliteConnection};

use super::apps::{PRINT, what};
use crate::store::seal::Keys;

/// Seals what is plain, if anything is.
///
/// # Errors
/// The database failed.
pub(super) async fn run(conn: &mut SqliteConnection, keys: &Keys) -> Result<(), sqlx::Error> {
    let many: i64 = sqlx::query_scalar("SELECT count(*) FROM apps WHERE sealed < 2").fetch_one(&mut *conn).await?;
    if many == 0 {
        return Ok(());
    }
    tracing::info!(apps = many, "sealing secrets that were plain; the file is built anew, which takes a while");
    let rows = sqlx::query("SELECT id, vendor, key, secret, old_secret FROM apps WHERE sealed = 0");
    let rows = rows.fetch_all(&mut *conn).await?;
    sqlx::query("PRAGMA secure_delete = ON").execute(&mut *conn).await?;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *conn).await?;
    for row in rows {
        let (id, what): (i64, _) = (row.try_get(0)?, what(row.try_get(1)?, row.try_get(2)?));
        let (secret, old): (String, Option<String>) = (row.try_get(3)?, row.try_get(4)?);
        let print = |secret: &String| keys.fingerprints(PRINT, secret.as_bytes()).into_iter().next();
        let query = sqlx::query(
            "UPDATE apps SET secret = $1, secret_hash = $2, old_secret = $3, old_secret_hash = $4, sealed = 1
             WHERE id = $5 AND sealed = 0",
        );
        let query = query.bind(keys.seal(&what, secret.as_bytes())).bind(print(&secret));
        let query = query.bind(old.as_ref().map(|old| keys.seal(&what, old.as_bytes()))).bind(old.as_ref().map(print));
        query.bind(id).execute(&mut *conn).await?;
    }
    sqlx::query("COMMIT").execute(&mut *conn).await?;
    sqlx::query("VACUUM").execute(&mut *conn).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *conn).await?;
    sqlx::query("UPDATE apps SET sealed = 2").execute(&mut *conn).await?;
    sqlx::query("PRAGMA secure_delete = OFF").execute(&mut *conn).await?;
    Ok(())
}
