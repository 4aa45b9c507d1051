//! `wardroom key`: the keys that secrets are sealed with.

use std::{io::Write, path::PathBuf};

use clap::Subcommand;

use super::{Done, Failure, config::Basics, open_old, terminal};
use crate::{
    services::{Ctx, keys},
    store::key::KeyPlace,
};

const EXAMPLES: &str = "\
Examples:
  wardroom key rotate
  wardroom key rotate --new-master /etc/wardroom/2027.key";

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
        /// Servers that run go on; their next start needs the new file
        #[arg(long, value_name = "FILE")]
        new_master: Option<PathBuf>,
    },
}

pub(super) async fn run(basics: &Basics, command: Command) -> Done {
    let ctx = open_old(basics).await?;
    let done = act(&ctx, command).await;
    ctx.store.close().await;
    done
}

async fn act(ctx: &Ctx, command: Command) -> Done {
    let Command::Rotate { new_master } = command;
    let Some(file) = new_master else {
        let many = keys::rotate(ctx).await?;
        let secrets = if many == 1 { "secret is" } else { "secrets are" };
        writeln!(std::io::stdout(), "{many} {secrets} sealed with a new key now")?;
        return Ok(());
    };
    // On disk before anything is wrapped with it.
    let master = KeyPlace::File(file.clone()).find_or_make().map_err(|why| Failure::Failed(why.to_string()))?;
    keys::rewrap(ctx, master).await?;
    writeln!(std::io::stdout(), "the data keys are wrapped with the key in {} now", file.display())?;
    terminal::say(
        "Start servers with it from now on (--key-file or WARDROOM_KEY_FILE, or put it in the old one's place). Keep \
         the old one for as long as you keep backups that were made before.",
    );
    Ok(())
}
