//! `wardroom backup`: a whole copy, and the drill that shows that it could be used.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::Subcommand;

use super::{Done, Failure, config::Basics, must_exist, terminal};
use crate::{
    server::clock,
    services::backups::{self, Drill, Found, name_of, sized},
    store::key::KeyPlace,
};

const EXAMPLES: &str = "\
Examples:
  wardroom backup --to /mnt/backups              in this folder, named by the time
  wardroom backup verify /mnt/backups/wardroom-20261125T030000Z.db
  wardroom restore /mnt/backups/wardroom-20261125T030000Z.db";

/// Copy the whole database into one file, while a server goes on working
///
/// Every change that was answered before is in the copy. It is checked before it has its name, and never takes the place
/// of another file. The master key is not in it: keep that elsewhere.
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES, subcommand_negates_reqs = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// Where to: a folder, or a new file if the name has an ending (copy.db). [default: this folder]
    #[arg(long, env = "WARDROOM_BACKUPS", value_name = "FILE|FOLDER", hide_env_values = true)]
    to: Option<PathBuf>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Hold a drill with a backup: whether it could take the database's place this minute
    ///
    /// Its bytes, its tables, every index, its figures against its manifest, the search, and, where the master key is at
    /// hand (--key-file, or beside the database), every entry of the audit trail. The file is not changed.
    Verify {
        /// The backup
        file: PathBuf,
    },
}

pub(super) async fn run(basics: &Basics, args: Args) -> Done {
    match args.command {
        Some(Command::Verify { file }) => {
            let drill = held(basics, &file).await?;
            drill.fault().map_or(Ok(()), |fault| Err(no_good(&file, &fault)))
        }
        None => make(basics, args.to.as_deref().unwrap_or(Path::new("."))).await,
    }
}

async fn make(basics: &Basics, to: &Path) -> Done {
    let database = basics.file();
    must_exist(&database)?;
    let now = clock::now();
    let file = if to.is_dir() || to.extension().is_none() { to.join(name_of(now)) } else { to.to_owned() };
    let made = tokio::select! {
        _ = tokio::signal::ctrl_c() => Err("stopped; nothing was copied".to_owned()),
        made = backups::make(&database, &file, now) => made,
    };
    let made = made.map_err(Failure::Failed)?;
    writeln!(std::io::stdout(), "{}", made.file.display())?;
    let seconds = made.took.as_secs_f64();
    terminal::say(&format!(
        "{} in {}, copied and checked in {seconds:.1} s",
        made.manifest,
        sized(made.manifest.bytes)
    ));
    Ok(())
}

/// Holds a drill with a backup and prints what it found.
pub(super) async fn held(basics: &Basics, file: &Path) -> Result<Drill, Failure> {
    let place = basics.key.clone().unwrap_or_else(|| KeyPlace::beside(&basics.file()));
    let drill = backups::verify(file, &place).await;
    let mut out = std::io::stdout();
    for finding in &drill.findings {
        let (word, told) = match &finding.found {
            Found::Good(found) => ("ok", found),
            Found::Unknown(why) => ("warn", why),
            Found::Bad(why) => ("FAIL", why),
        };
        writeln!(out, "{word:<5} {:<9} {}", finding.check, terminal::harmless(told, ""))?;
    }
    Ok(drill)
}

/// A backup in which something is wrong.
pub(super) fn no_good(file: &Path, fault: &str) -> Failure {
    Failure::Failed(format!("{} is not a good backup: {fault}", file.display()))
}
