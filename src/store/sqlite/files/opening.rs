//! What is looked at before a database is opened to be worked with. Whoever is refused here has had nothing changed.

use std::{fs::File, io::Read, path::Path};

use super::{
    CLAIM, beside,
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
    let length = std::fs::metadata(path).map_or(0, |found| found.len());
    match header(path).map_err(OpenError::Claim)? {
        // The file was deleted or moved, and its log was left behind.
        _ if length == 0 && log_bytes(path) > 0 => return Err(OpenError::StrangeLog(path.to_owned())),
        // SQLite would take a file of nothing but zeros, which a failing disk leaves, for an empty one.
        Some(header) if length > 0 && !header.starts_with(MAGIC) => return Err(OpenError::NoDatabase),
        Some(header) if log_bytes(path) > 0 && header.get(WRITTEN_BY..) == Some(NO_LOG) => {
            return Err(OpenError::StrangeLog(path.to_owned()));
        }
        _ => {}
    }
    if length > 0 {
        let mut look = Look::at(path).await?;
        let schema = look.schema().await;
        look.close().await;
        match schema? {
            Schema::Empty | Schema::Ours(_) => {}
            Schema::Newer { step, by } => return Err(OpenError::Newer { step, by }),
            Schema::Foreign => return Err(OpenError::Foreign),
        }
    }
    Claim::shared(path)
}

/// Makes the file of a new database, which nobody but its owner reads; its log and what is shared of it become the same.
/// One that is there is left as it is. Where it cannot be made, SQLite says why when it is to open it.
pub fn make(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}

/// How every database begins.
const MAGIC: &[u8] = b"SQLite format 3\0";
/// Where the header says whether the file was ever worked on with a log. A copy made by `wardroom backup` was not: a log
/// beside it was left by the database that stood there before, and SQLite would play it into the copy.
const WRITTEN_BY: usize = 18;
/// What it says where it was not.
const NO_LOG: &[u8] = &[1, 1];

/// The beginning of the file; none while somebody has it open, which then is not touched past SQLite.
fn header(path: &Path) -> std::io::Result<Option<Vec<u8>>> {
    let alone = match beside(path, CLAIM).exists() {
        true => match Claim::alone(path)? {
            None => return Ok(None),
            alone => alone,
        },
        false => None,
    };
    let mut header = Vec::new();
    match File::open(path) {
        Ok(file) => drop(file.take(20).read_to_end(&mut header)?),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => {}
        Err(why) => return Err(why),
    }
    drop(alone);
    Ok(Some(header))
}
