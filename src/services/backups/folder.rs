//! The folder of backups: how they are named, and which there are.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::{Keep, Manifest, Told, part::UNFINISHED};
use crate::domain::Timestamp;

const BEGINS: &str = "wardroom-";
const ENDS: &str = ".db";

/// The name of a backup that was begun at a moment: `wardroom-20261125T030000Z.db`.
#[must_use]
pub fn name_of(at: Timestamp) -> String {
    let digits: String = at.rfc3339().chars().take(19).filter(|c| !matches!(c, '-' | ':')).collect();
    format!("{BEGINS}{digits}Z{ENDS}")
}

/// When the backup of this name was begun; none if it is not named so.
fn time_of(name: &str) -> Option<Timestamp> {
    let text = name.strip_prefix(BEGINS)?.strip_suffix(ENDS)?.strip_suffix('Z')?;
    let (day, time) = text.split_once('T').filter(|(day, time)| day.len() == 8 && time.len() == 6)?;
    let cut = |text: &str, from, to| text.get(from..to).map(str::to_owned);
    Timestamp::parse(&format!(
        "{}-{}-{}T{}:{}:{}Z",
        cut(day, 0, 4)?,
        cut(day, 4, 6)?,
        cut(day, 6, 8)?,
        cut(time, 0, 2)?,
        cut(time, 2, 4)?,
        cut(time, 4, 6)?
    ))
}

/// The backups in a folder by their names, newest first. Other files are not ours to touch.
pub(super) fn all(folder: &Path) -> io::Result<Vec<(Timestamp, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if let Some(at) = time_of(&entry.file_name().to_string_lossy()) {
            found.push((at, entry.path()));
        }
    }
    found.sort();
    found.reverse();
    Ok(found)
}

/// The newest backup in a folder that ends as it should.
///
/// # Errors
/// The folder cannot be read.
pub fn newest(folder: &Path) -> Told<Option<(PathBuf, Manifest)>> {
    let wrong = |why: io::Error| format!("{} cannot be read: {why}", folder.display());
    if !folder.exists() {
        return Ok(None);
    }
    let mut whole = all(folder).map_err(wrong)?.into_iter();
    Ok(whole.find_map(|(_, path)| Manifest::read(&path).ok().map(|manifest| (path, manifest))))
}

/// Removes the backups that are not to be kept, and what was left unfinished; returns how many backups went.
pub(super) fn prune(folder: &Path, keep: &Keep) -> io::Result<usize> {
    let all = all(folder)?;
    let times: Vec<Timestamp> = all.iter().map(|(at, _)| *at).collect();
    let mut gone = 0;
    for ((_, path), kept) in all.iter().zip(keep.of(&times)) {
        if !kept {
            fs::remove_file(path)?;
            gone += 1;
        }
    }
    Ok(gone)
}

/// Removes what backups that were cut short have left in a folder. One that is being written is locked.
pub(super) fn sweep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.strip_suffix(UNFINISHED).and_then(time_of).is_some() && File::open(entry.path())?.try_lock().is_ok() {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_named_by_its_moment() {
        let at = Timestamp::parse("2026-11-25T03:04:05Z").unwrap();
        assert_eq!(name_of(at), "wardroom-20261125T030405Z.db");
        assert_eq!(time_of(&name_of(at)), Some(at));
        for other in
            ["wardroom.db", "wardroom-.db", "wardroom-20261325T030405Z.db", "wardroom-20261125T030405Z.db.part"]
        {
            assert_eq!(time_of(other), None, "{other}");
        }
    }
}
