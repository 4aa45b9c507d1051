//! `wardroom restore`: a backup takes the database's place.

use std::{io::Write, path::PathBuf};

use super::{Done, Failure, backup, config::Basics, open, terminal};
use crate::{
    server::clock,
    services::backups::{Restore, note_restored},
};

/// Put a backup in the database's place; the database that is there is moved aside
///
/// The backup is checked first (`wardroom backup verify`), and opened as a server would open it. Nobody may have the
/// database open meanwhile. Everybody has to sign in again, and the restore stands in the audit trail. A backup in which
/// nothing is wrong but the audit trail is restored all the same, and told of.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The backup; it stays as it is
    file: PathBuf,
}

pub(super) async fn run(basics: &Basics, args: Args) -> Done {
    let drill = backup::held(basics, &args.file).await?;
    if let Some(obstacle) = drill.obstacle() {
        return Err(backup::no_good(&args.file, &obstacle));
    }
    let trail = drill.fault();
    let manifest = drill.manifest.ok_or_else(|| Failure::Failed("there is no manifest".to_owned()))?;
    let now = clock::now();
    let restore = Restore::begin(&basics.file(), &args.file, &manifest).await.map_err(Failure::Failed)?;
    let staged = Basics { database_url: format!("sqlite:{}", restore.staged().display()), ..basics.clone() };
    let ctx = open(&staged).await?;
    let noted = note_restored(&ctx, &manifest).await;
    ctx.store.close().await;
    noted?;
    let aside = restore.finish(now).await.map_err(Failure::Failed)?;
    if let Some(fault) = trail {
        terminal::complain(&format!("it was restored all the same, so that the rooms are not lost: {fault}"));
    }
    let mut out = std::io::stdout();
    writeln!(out, "{} is now the backup made {}.", basics.file().display(), manifest.made_at.rfc3339())?;
    if let Some(aside) = aside {
        writeln!(out, "What was there is {}; remove it when you are sure.", aside.display())?;
    }
    Ok(())
}
