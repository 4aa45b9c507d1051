//! The making of a backup.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use futures::{FutureExt, future::BoxFuture};

use super::{
    Manifest, Told, blocking, drill,
    manifest::fingerprint,
    part::{Part, UNFINISHED, taken},
    sized,
};
use crate::{
    domain::Timestamp,
    store::{
        Contents, Look, Schema,
        files::{beside, folder_of},
        volume::Volume,
    },
};

/// Left free on a disk that a copy is written to, in bytes.
pub(super) const RESERVE: u64 = 64 << 20;

/// A backup that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// Where it is.
    pub file: PathBuf,
    /// What is in it.
    pub manifest: Manifest,
    /// How long it took.
    pub took: Duration,
}

/// Copies a database into a new file, whole, while it is worked with: every write that was answered before is in it. The
/// file has its name only when it was written, proven and seen onto the disk.
///
/// # Errors
/// The file is there already; there is no room for it; the database or the copy is not sound. Nothing is left behind.
pub fn make<'a>(database: &'a Path, file: &'a Path, now: Timestamp) -> BoxFuture<'a, Told<Made>> {
    make_now(database, file, now).boxed()
}

async fn make_now(database: &Path, file: &Path, now: Timestamp) -> Told<Made> {
    let began = Instant::now();
    if file.exists() {
        return Err(taken(file));
    }
    let mut source = Look::to_copy(database).await.map_err(|why| why.to_string())?;
    let copied = copy(&mut source, file).await;
    source.close().await;
    let (mut part, contents) = copied?;
    let (part, manifest) = blocking(move || {
        let wrong = |why: std::io::Error| format!("{} cannot be written: {why}", part.path.display());
        let (bytes, sha256) = fingerprint(&mut part.file, u64::MAX).map_err(wrong)?;
        let wardroom = env!("CARGO_PKG_VERSION").to_owned();
        let manifest = Manifest { made_at: now, wardroom, contents, bytes, sha256 };
        manifest.write(&mut part.file).map_err(wrong)?;
        Ok((part, manifest))
    })
    .await?;
    let name = file.to_owned();
    blocking(move || part.publish(&name)).await?;
    Ok(Made { file: file.to_owned(), manifest, took: began.elapsed() })
}

/// Writes the copy beside its name and makes sure that it is sound and no older than what was there when it was begun.
async fn copy(source: &mut Look, file: &Path) -> Told<(Part, Contents)> {
    match source.schema().await.map_err(|why| why.to_string())? {
        Schema::Ours(_) => {}
        Schema::Empty => return Err(format!("there is nothing in {} to be copied", source.path().display())),
        Schema::Foreign => return Err(crate::store::OpenError::Foreign.to_string()),
        Schema::Newer { step, by } => return Err(crate::store::OpenError::Newer { step, by }.to_string()),
    }
    let before = source.head().await.map_err(|why| why.to_string())?.map_or(0, |head| head.entry);
    let bytes = source.bytes().await.map_err(|why| why.to_string())?;
    make_folder(folder_of(file))?;
    has_room(folder_of(file), bytes)?;
    let path = beside(file, UNFINISHED);
    let part = Part::create(path.clone()).map_err(|why| match why.kind() {
        std::io::ErrorKind::AlreadyExists => format!(
            "{} is there: another backup is being written there, or one was cut short; remove the file if none is",
            path.display()
        ),
        _ => format!("{} cannot be written: {why}", path.display()),
    })?;
    source.copy_into(&path).await.map_err(|why| format!("the copy failed: {why}"))?;
    let contents = drill::inspect(&path).await?;
    match contents.head.as_ref().map_or(0, |head| head.entry) {
        after if after < before => Err(format!("the copy ends with audit entry {after}, though there was {before}")),
        _ => Ok((part, contents)),
    }
}

/// Makes a folder that only its owner may look into, where there is none.
fn make_folder(folder: &Path) -> Told<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|why| format!("the folder {} cannot be made: {why}", folder.display()))
}

/// Makes sure that a folder has room for so many bytes, and for some more.
pub(super) fn has_room(folder: &Path, bytes: u64) -> Told<()> {
    let volume = Volume::of(folder).map_err(|why| format!("{} cannot be looked at: {why}", folder.display()))?;
    if volume.free < bytes.saturating_add(RESERVE) {
        let (free, needed) = (sized(volume.free), sized(bytes + RESERVE));
        return Err(format!("{} has {free} free and {needed} are needed: make room there", folder.display()));
    }
    Ok(())
}
