//! Putting a backup in the database's place. The database that stood there is moved aside, with its log if that is not in
//! it, and never removed; at every moment a whole database has the name.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use futures::FutureExt;

use super::{
    Manifest, Told, blocking,
    folder::name_of,
    make::has_room,
    part::{Part, sync_folder},
};
use crate::{
    domain::{Right, Timestamp, audit::Action},
    services::{Ctx, account::note},
    store::{
        Claim, Settled,
        files::{self, beside, folder_of, own_as},
        settle,
    },
};

/// A restore under way: nobody else can open the database until it is finished or dropped.
#[derive(Debug)]
pub struct Restore {
    database: PathBuf,
    /// The new database, not in its place yet.
    staged: Part,
    _claim: Claim,
}

impl Restore {
    /// Makes sure that nobody has the database open, and lays the backup's database beside it.
    ///
    /// # Errors
    /// Somebody has it open; there is no room; a file cannot be read or written. Nothing was changed.
    pub async fn begin(database: &Path, backup: &Path, manifest: &Manifest) -> Told<Self> {
        // Where the name is a link, what it leads to is what is replaced.
        let database = database.canonicalize().unwrap_or_else(|_| database.to_owned());
        let folder = folder_of(&database).to_owned();
        fs::create_dir_all(&folder).map_err(|why| format!("{} cannot be made: {why}", folder.display()))?;
        let claim = Claim::alone(&database).map_err(|why| format!("{} cannot be written: {why}", folder.display()))?;
        let claim = claim.ok_or_else(|| in_use(&database))?;
        has_room(&folder, manifest.bytes)?;
        let (from, to, bytes) = (backup.to_owned(), staged(&database), manifest.bytes);
        let old = database.clone();
        let staged = blocking(move || {
            let wrong = |why: io::Error| format!("{} cannot be written: {why}", to.display());
            // What a restore that was cut short has left; nobody else is at it.
            clear(&to).map_err(wrong)?;
            let mut staged = Part::create(to.clone()).map_err(wrong)?;
            let mut source = File::open(&from).map_err(|why| format!("{} cannot be read: {why}", from.display()))?;
            io::copy(&mut io::Read::take(&mut source, bytes), &mut staged.file).map_err(wrong)?;
            staged.file.sync_all().map_err(wrong)?;
            own_as(&to, &old).map_err(wrong)?;
            Ok(staged)
        })
        .await?;
        Ok(Self { database, staged, _claim: claim })
    }

    /// The new database, to be opened as it will be in its place, and closed again.
    #[must_use]
    pub fn staged(&self) -> &Path {
        &self.staged.path
    }

    /// Moves the old database aside and puts the new one in its place; returns where the old one is.
    ///
    /// # Errors
    /// Some program has the old one open; a file cannot be moved. Then the old one is where it was.
    pub async fn finish(self, now: Timestamp) -> Told<Option<PathBuf>> {
        let database = self.database.clone();
        // What is in the log of a sound database goes into its file; of a broken one both are kept as they are.
        if database.exists() && settle(&database).await == Settled::InUse {
            return Err(in_use(&database));
        }
        blocking(move || {
            let wrong = |why: io::Error| format!("{} cannot be replaced: {why}", database.display());
            let aside = aside(&database, now);
            let is_kept = exchange(&database, self.staged(), &aside).map_err(wrong)?;
            Ok(is_kept.then_some(aside))
        })
        .await
    }
}

impl Drop for Restore {
    fn drop(&mut self) {
        let _ = clear(&self.staged.path);
    }
}

/// Writes into a restored database that it is one, and ends every session: what was ended after the backup was made would
/// be open again.
///
/// # Errors
/// The database failed.
pub async fn note_restored(ctx: &Ctx, manifest: &Manifest) -> crate::domain::Result<()> {
    ctx.may(Right::Staff)?;
    let entry = note(ctx, Action::BackupRestored, &format!("made {}: {manifest}", manifest.made_at.rfc3339()));
    let unit = ctx.store.write(move |tx| {
        async move {
            tx.delete_all_sessions().await?;
            tx.append(&entry).await.map(drop)
        }
        .boxed()
    });
    unit.await
}

/// Puts a file in another's place, which is kept under a third name; its log goes before it, so that it is never beside
/// the new one. Returns whether there was one.
fn exchange(database: &Path, staged: &Path, aside: &Path) -> io::Result<bool> {
    let is_there = database.exists();
    if is_there {
        // The name stays until the new one takes it, where the file system has second names.
        match fs::hard_link(database, aside) {
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => return Err(why),
            Err(_) => fs::rename(database, aside)?,
            Ok(()) => {}
        }
    }
    for suffix in [files::LOG, files::JOURNAL] {
        if beside(database, suffix).exists() {
            fs::rename(beside(database, suffix), beside(aside, suffix))?;
        }
    }
    remove(&beside(database, files::LOG_INDEX))?;
    sync_folder(database)?;
    fs::rename(staged, database)?;
    sync_folder(database)?;
    Ok(is_there)
}

/// Where the old database goes.
fn aside(database: &Path, now: Timestamp) -> PathBuf {
    let moment = name_of(now);
    let moment = moment.trim_start_matches("wardroom-").trim_end_matches(".db");
    beside(database, &format!(".before-restore-{moment}"))
}

/// Where the new database is laid: under a name that has the same key file beside it.
fn staged(database: &Path) -> PathBuf {
    let mut name = OsString::from(database.file_stem().unwrap_or_default());
    name.push(".restoring");
    database.with_file_name(name)
}

/// Removes a staged database and what opening it has left.
fn clear(staged: &Path) -> io::Result<()> {
    for suffix in ["", files::LOG, files::LOG_INDEX, files::JOURNAL, files::CLAIM, files::HOLDERS, files::FORMER] {
        remove(&beside(staged, suffix))?;
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
        _ => Ok(()),
    }
}

fn in_use(database: &Path) -> String {
    format!(
        "{} is open: a server or a command is at work on it; stop it first (systemctl stop wardroom); nothing was changed",
        database.display()
    )
}
