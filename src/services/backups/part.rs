//! A file on its way to its name: written beside it under another, kept from others' eyes, and gone if it is never done.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use super::Told;
use crate::store::files::folder_of;

/// What the name of an unfinished file ends in.
pub(super) const UNFINISHED: &str = ".part";

/// A file that is being written. Dropped, it is removed.
#[derive(Debug)]
pub(super) struct Part {
    /// Locked while it is written: what is not locked was left behind by a process that ended.
    pub file: File,
    pub path: PathBuf,
}

impl Part {
    /// Makes an empty file that only its owner may read.
    pub fn create(path: PathBuf) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        let part = Self { file, path };
        part.file.try_lock().map_err(io::Error::from)?;
        Ok(part)
    }

    /// Gives the file its name, if nothing has it.
    pub fn publish(self, name: &Path) -> Told<()> {
        let wrong = |why: io::Error| match why.kind() {
            io::ErrorKind::AlreadyExists => taken(name),
            _ => format!("{} cannot be written: {why}", name.display()),
        };
        // A second name is refused where there is one already, which renaming would replace.
        match fs::hard_link(&self.path, name) {
            Ok(()) => {}
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => return Err(wrong(why)),
            // No second names on this file system.
            Err(_) if name.exists() => return Err(taken(name)),
            Err(_) => fs::rename(&self.path, name).map_err(wrong)?,
        }
        drop(self);
        sync_folder(name).map_err(wrong)
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Says that a name is taken.
pub(super) fn taken(name: &Path) -> String {
    format!("{} is there already, and a backup never takes the place of a file: give it another name", name.display())
}

/// Sees the names in a file's folder onto the disk.
pub(super) fn sync_folder(file: &Path) -> io::Result<()> {
    File::open(folder_of(file))?.sync_all()
}
