//! `wardroom key`: the keys that secrets are sealed with.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use clap::Subcommand;

use super::{Done, Failure, config::Basics, open_old, terminal};
use crate::{
    services::{Ctx, keys},
    store::{
        files::{beside, folder_of, own_as},
        key::{KeyError, KeyPlace, MasterKey},
    },
};

const EXAMPLES: &str = "\
Examples:
  wardroom key rotate
  wardroom key rotate --new-master /etc/wardroom/wardroom.key    in the place of the key that is there
  wardroom key rotate --new-master /etc/wardroom/2027.key        in a file of its own";

/// The keys that secrets are sealed with
#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Make a new data key and seal every secret with it
    ///
    /// In one transaction, while servers run: they find the new key by themselves, and no call is refused. Backups open
    /// with the master key that was in use when they were made.
    #[command(after_help = EXAMPLES)]
    Rotate {
        /// Change the master key instead: wrap the data keys with the one in this file, which is made where it is missing.
        /// The file that is in use gets a new key, and the old one is kept beside it. Servers that run go on; start them
        /// anew with the new key before keys are rotated again
        #[arg(long, value_name = "FILE")]
        new_master: Option<PathBuf>,
    },
}

pub(super) async fn run(basics: &Basics, command: Command) -> Done {
    let Command::Rotate { new_master } = command;
    let place = basics.key.clone().unwrap_or_else(|| KeyPlace::beside(&basics.file()));
    let ctx = open_old(basics).await?;
    let done = match new_master {
        None => rotate(&ctx).await,
        Some(file) if is_in_use(&place, &file) => replace(&ctx, &place, &file).await,
        Some(file) => change(&ctx, &place, &file).await,
    };
    ctx.store.close().await;
    done
}

async fn rotate(ctx: &Ctx) -> Done {
    let many = keys::rotate(ctx).await?;
    let secrets = if many == 1 { "secret is" } else { "secrets are" };
    Ok(writeln!(io::stdout(), "{many} {secrets} sealed with a new key now")?)
}

/// Changes the master key to the one in a file of its own.
async fn change(ctx: &Ctx, place: &KeyPlace, file: &Path) -> Done {
    // On disk before anything is wrapped with it.
    keys::rewrap(ctx, found_or_made(file)?).await?;
    writeln!(io::stdout(), "the data keys are wrapped with the key in {} now", file.display())?;
    let old = match place {
        KeyPlace::Given(_) => "with --key-file or WARDROOM_KEY_FILE, or put it in WARDROOM_KEY".to_owned(),
        KeyPlace::File(old) => {
            format!("with --key-file or WARDROOM_KEY_FILE, or put it in the place of {}", old.display())
        }
    };
    terminal::say(&format!(
        "Start every server anew with it now ({old}): none starts with the old one any more, and no key is rotated while \
         one runs that was started with it. Keep the old one for as long as you keep backups that were made before."
    ));
    Ok(())
}

/// Changes the master key in the file that it is in. Both keys lie beside it before anything is wrapped with the new one.
async fn replace(ctx: &Ctx, place: &KeyPlace, file: &Path) -> Done {
    let file = &file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let at: String = ctx.now.rfc3339().chars().filter(char::is_ascii_alphanumeric).collect();
    let (next, kept) = (KeyPlace::next_to(file), beside(file, &format!(".until-{at}")));
    let failed = |why: KeyError| Failure::Failed(format!("{why}; nothing was changed"));
    let master = found_or_made(&next)?;
    place.must_find().and_then(|old| old.write_new(&kept)).map_err(failed)?;
    for made in [&next, &kept] {
        own_as(made, file).map_err(|why| failed(KeyError::File(made.clone(), why)))?;
    }
    if let Err(why) = keys::rewrap(ctx, master).await {
        let _ = fs::remove_file(&kept);
        return Err(why.into());
    }
    let put = fs::rename(&next, file).and_then(|()| fs::File::open(folder_of(file))?.sync_all());
    put.map_err(|why| {
        let (next, file) = (next.display(), file.display());
        Failure::Failed(format!(
            "the key is in {next} now and cannot be moved to {file} ({why}): do that before any start"
        ))
    })?;
    writeln!(io::stdout(), "the data keys are wrapped with a new key in {} now", file.display())?;
    terminal::say(&format!(
        "The old one is {}; keep it, elsewhere, for as long as you keep backups that were made before. Start every server \
         anew: no key is rotated while one runs that was started with the old one.",
        kept.display()
    ));
    Ok(())
}

fn found_or_made(file: &Path) -> Result<MasterKey, Failure> {
    KeyPlace::File(file.to_owned()).find_or_make().map_err(|why| Failure::Failed(why.to_string()))
}

/// Whether this is the file that the master key is in.
fn is_in_use(place: &KeyPlace, file: &Path) -> bool {
    let KeyPlace::File(used) = place else { return false };
    matches!((used.canonicalize(), file.canonicalize()), (Ok(used), Ok(file)) if used == file)
}
