//! What is looked at before a database is opened to be worked with. Whoever is refused here has had nothing changed.

use std::{fs::File, io::Read, path::Path};

use super::{
    claim::Claim,
    log_bytes,
    look::{Look, Schema},
};
use crate::store::OpenError;

/// Makes sure that a file may be opened: that it is none, or a database of ours and not of a newer Wardroom, and that the
/// log beside it is its own. Returns the right to have it open.
///
/// # Errors
/// It may not.
pub async fn check(path: &Path) -> Result<Claim, OpenError> {
    if std::fs::metadata(path).is_ok_and(|found| found.len() > 0) {
        if log_bytes(path) > 0 && has_strange_log(path).map_err(OpenError::Claim)? {
            return Err(OpenError::StrangeLog(path.to_owned()));
        }
        let mut look = Look::at(path).await?;
        let schema = look.schema().await;
        look.close().await;
        match schema? {
            Schema::Empty | Schema::Ours(_) => {}
            Schema::Newer { step, by } => return Err(OpenError::Newer { step, by }),
            Schema::Foreign => return Err(OpenError::Foreign),
        }
    } else if log_bytes(path) > 0 {
        // The file was deleted or moved, and its log was left behind.
        return Err(OpenError::StrangeLog(path.to_owned()));
    }
    Claim::shared(path)
}

/// Whether the log cannot be the file's own. A file says in its header whether it has ever been worked on with a log, and
/// a copy made by `wardroom backup` has not: a log beside it was left by the database that stood there before, and SQLite
/// would play it into the copy.
fn has_strange_log(path: &Path) -> std::io::Result<bool> {
    const WRITTEN_BY: usize = 18;
    // While somebody has it open the file is not touched past SQLite; and the log is theirs.
    let Some(alone) = Claim::alone(path)? else { return Ok(false) };
    let mut header = [0; 20];
    let is_read = File::open(path)?.read_exact(&mut header).is_ok();
    alone.release();
    Ok(is_read && header.starts_with(b"SQLite format 3\0") && header.get(WRITTEN_BY..) == Some(&[1, 1]))
}
