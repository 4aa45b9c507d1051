//! Who has a database open: everybody who opens it holds a shared lock on a file beside it, and whoever puts another
//! database in its place holds that lock alone. It goes with its process, however that ends.
//!
//! SQLite's own locks cannot tell: they say nothing of a file that is damaged, and do not outlast the exchange of one.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::Path,
};

use super::{CLAIM, beside};
use crate::store::OpenError;

/// The right to have a database open, or to replace it.
#[derive(Debug)]
pub struct Claim(Option<File>);

impl Claim {
    /// The right to have it open, with others.
    ///
    /// # Errors
    /// Somebody is putting a backup in its place, or the lock's file cannot be made.
    pub fn shared(database: &Path) -> Result<Self, OpenError> {
        let file = open(database).map_err(OpenError::Claim)?;
        match file.try_lock_shared() {
            Ok(()) => Ok(Self(Some(file))),
            Err(TryLockError::WouldBlock) => Err(OpenError::Replaced),
            Err(TryLockError::Error(why)) => Err(OpenError::Claim(why)),
        }
    }

    /// The right to replace it; `None` where somebody has it open.
    ///
    /// # Errors
    /// The lock's file cannot be made.
    pub fn alone(database: &Path) -> io::Result<Option<Self>> {
        let file = open(database)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(Some(file)))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(why)) => Err(why),
        }
    }

    /// What a copy needs that nobody else knows of.
    pub(in crate::store::sqlite) const fn none() -> Self {
        Self(None)
    }

    /// Gives it back.
    pub fn release(&self) {
        if let Some(file) = &self.0 {
            let _ = file.unlock();
        }
    }
}

/// To be locked it need only be read; it stays, since whoever waits for it would else hold a lock on nothing.
fn open(database: &Path) -> io::Result<File> {
    let path = beside(database, CLAIM);
    match File::open(&path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => {
            OpenOptions::new().read(true).append(true).create(true).open(&path)
        }
        found => found,
    }
}
