//! Who has a database open since before its master key was changed: everybody who opens it holds a shared lock on a second
//! file beside it, from before the data keys are read. A change gives that file another name, so that whoever opened the
//! database with the old key can be told from whoever came after.
//!
//! They go on with the data keys that they know, but a new one would not open for them: so none is made while they are
//! there. The lock goes with its process, however that ends.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::Path,
};

use super::{FORMER, HOLDERS, beside};
use crate::store::OpenError;

/// How often it is tried to join.
const TRIES: u32 = 5;

/// The sign of having a database open with the master key that it has now.
#[derive(Debug)]
pub(in crate::store::sqlite) struct Holder(Option<File>);

impl Holder {
    /// Joins those who have it open; to be done before the data keys are read.
    ///
    /// # Errors
    /// The lock's file cannot be made or read.
    pub fn join(database: &Path) -> Result<Self, OpenError> {
        for _ in 0..TRIES {
            let file = open(database).map_err(OpenError::Claim)?;
            match file.try_lock_shared() {
                Ok(()) => return Ok(Self(Some(file))),
                // It was given its other name meanwhile, and somebody looks at it.
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(why)) => return Err(OpenError::Claim(why)),
            }
        }
        Err(OpenError::Claim(io::ErrorKind::ResourceBusy.into()))
    }

    /// What a copy needs that nobody else knows of.
    pub const fn none() -> Self {
        Self(None)
    }

    /// Takes leave.
    pub fn release(&self) {
        if let Some(file) = &self.0 {
            let _ = file.unlock();
        }
    }
}

/// Whether anybody has it open since before its master key was changed.
///
/// # Errors
/// It cannot be told.
pub(in crate::store::sqlite) fn any_former(database: &Path) -> io::Result<bool> {
    let file = match File::open(beside(database, FORMER)) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(false),
        file => file?,
    };
    match file.try_lock() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(why)) => Err(why),
    }
}

/// The master key was changed: whoever has it open now is one from before. There is nobody from before an earlier change.
///
/// # Errors
/// The file cannot be given its other name.
pub(in crate::store::sqlite) fn pass(database: &Path) -> io::Result<()> {
    fs::rename(beside(database, HOLDERS), beside(database, FORMER))
}

/// To be locked it need only be read, by whoever may open the database: root may be the one who makes it.
fn open(database: &Path) -> io::Result<File> {
    let path = beside(database, HOLDERS);
    match File::open(&path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            let file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
            #[cfg(unix)]
            file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
            Ok(file)
        }
        found => found,
    }
}
