//! `wardroom audit`: whether the audit trail is as it was written, checkpoints of it, and how long it is kept.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use clap::Subcommand;

use super::{Done, Failure, config::Basics, must_exist, open_old, terminal};
use crate::{
    domain::{
        Timestamp,
        page::grouped,
        trail::{Checkpoint, Whole},
    },
    server::clock,
    services::trail,
    store::Trail,
};

const VERIFIED: &str = "\
What is found: an entry that was edited, removed, put in or moved, and an end that was cut off, by somebody who can write
the database's file but does not have its key. What is not found without a checkpoint: the whole file put back from an
older copy, or made to look as if an older Wardroom had written it.

Examples:
  wardroom audit verify
  wardroom audit verify --checkpoint /mnt/elsewhere/checkpoints
  wardroom audit checkpoint | ssh elsewhere 'cat >> checkpoints.jsonl'";

/// Check the audit trail, make checkpoints of it, remove its oldest entries
#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Check every entry; name the first that is not as it was written, and exit with 1
    ///
    /// The database is opened for reading only; a server may go on working with it.
    #[command(after_help = VERIFIED)]
    Verify {
        /// A file of checkpoints, or a folder of such files (*.jsonl), that the trail must fit; may be given several times
        #[arg(long, value_name = "FILE")]
        checkpoint: Vec<PathBuf>,
    },
    /// Write down what the trail is now: one signed line, to be kept where nobody who reaches the database does
    Checkpoint {
        /// Add the line to this file instead of writing it to standard output
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Remove the oldest entries; the chain stays whole, and an entry tells of it
    ///
    /// Nothing that is younger than 30 days goes, and nothing that a job which is not over may come back to. Entries are
    /// checked before they go.
    Prune {
        /// Remove what was written before this day (UTC): 2026-01-31
        #[arg(long, value_name = "DAY")]
        before: String,
    },
}

pub(super) async fn run(basics: &Basics, command: Command) -> Done {
    match command {
        Command::Verify { checkpoint } => verify(basics, &checkpoint).await,
        Command::Checkpoint { out } => checkpoint(basics, out.as_deref()).await,
        Command::Prune { before } => prune(basics, &before).await,
    }
}

/// Opens the trail for reading only.
async fn trail_of(basics: &Basics) -> Result<Trail, Failure> {
    must_exist(&basics.file())?;
    let trail = Trail::open(&basics.database_url, basics.key.as_ref()).await;
    trail.map_err(|why| Failure::Failed(format!("{why} ({})", basics.database_url)))
}

async fn verify(basics: &Basics, files: &[PathBuf]) -> Done {
    let mut trail = trail_of(basics).await?;
    let mut checkpoints = Vec::new();
    for file in files {
        for (place, known) in read(file)? {
            if !trail.made(&known) {
                return Err(Failure::Failed(format!(
                    "{place} is no checkpoint that was made with this database's key, or it was changed since"
                )));
            }
            checkpoints.push(known);
        }
    }
    let verified = trail.verify(&checkpoints).await?;
    trail.close().await;
    match verified {
        Ok(whole) => Ok(std::io::stdout().write_all(told(&whole).as_bytes())?),
        Err(bad) => Err(Failure::Failed(format!("the audit trail is not as it was written. First: {bad}"))),
    }
}

/// What is said of a trail that is whole.
fn told(whole: &Whole) -> String {
    let many = |many: i64| grouped(many.unsigned_abs());
    let Whole { database, entries, unused, first, last, head, removed, checkpoints, outlived } = whole;
    let mut told = format!("The audit trail is whole: {} entries", many(*entries));
    if let (Some((first, from)), Some((last, until))) = (first, last) {
        told += &format!(", number {first} of {} to number {last} of {}", from.rfc3339(), until.rfc3339());
    }
    told += ".\n";
    if *unused > 0 {
        told +=
            &format!("{} numbers between them were never an entry of the chain; nothing is missing.\n", many(*unused));
    }
    if let Some(gone) = removed {
        told += &format!(
            "Before them {} entries, up to number {} of {}, were removed under the retention rule on {}.\n",
            many(gone.entries),
            gone.last,
            gone.until.rfc3339(),
            gone.at.day()
        );
    }
    if checkpoints + outlived > 0 {
        told += &format!("It fits {checkpoints} checkpoints");
        if *outlived > 0 {
            told += &format!("; {outlived} are of entries that were removed under the retention rule since");
        }
        told += ".\n";
    }
    told + &format!("Database {database}, head {head}.\n")
}

/// The checkpoints in a file, or in a folder's files, each with where it stands.
fn read(file: &Path) -> Result<Vec<(String, Checkpoint)>, Failure> {
    let unread = |why: std::io::Error| Failure::Failed(format!("{} cannot be read: {why}", file.display()));
    if file.is_dir() {
        let mut found = Vec::new();
        for entry in fs::read_dir(file).map_err(unread)? {
            let path = entry.map_err(unread)?.path();
            if path.extension().is_some_and(|end| end == "jsonl") {
                found.extend(read(&path)?);
            }
        }
        return if found.is_empty() {
            Err(Failure::Failed(format!("there is no checkpoint in {} (*.jsonl)", file.display())))
        } else {
            Ok(found)
        };
    }
    let text = fs::read_to_string(file).map_err(unread)?;
    let mut found = Vec::new();
    for (n, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let place = format!("line {} of {}", n + 1, file.display());
        let known = serde_json::from_str(line);
        let known = known.map_err(|why| Failure::Failed(format!("{place} is no checkpoint: {why}")))?;
        found.push((place, known));
    }
    if found.is_empty() {
        return Err(Failure::Failed(format!("there is no checkpoint in {}", file.display())));
    }
    Ok(found)
}

async fn checkpoint(basics: &Basics, out: Option<&Path>) -> Done {
    let mut trail = trail_of(basics).await?;
    let made = trail.checkpoint(clock::now()).await?;
    trail.close().await;
    let Some(made) = made else {
        let why = "the head of the audit trail cannot be believed; see `wardroom audit verify`";
        return Err(Failure::Failed(why.to_owned()));
    };
    let line = format!("{}\n", made.line());
    let Some(file) = out else { return Ok(std::io::stdout().write_all(line.as_bytes())?) };
    let added = fs::OpenOptions::new().create(true).append(true).open(file).and_then(|mut file| {
        file.write_all(line.as_bytes())?;
        file.sync_all()
    });
    added.map_err(|why| Failure::Failed(format!("{} cannot be written: {why}", file.display())))?;
    terminal::say(&format!("A checkpoint of entry {} was added to {}.", made.entry, file.display()));
    Ok(())
}

async fn prune(basics: &Basics, before: &str) -> Done {
    let day = Timestamp::parse_day(before).ok_or_else(|| {
        Failure::Settings(vec![format!("--before is {before:?}, which is no day; write it as 2026-01-31")])
    })?;
    let ctx = open_old(basics).await?;
    let removed = trail::remove_before(&ctx, day).await;
    ctx.store.close().await;
    let told = match removed? {
        0 => format!("There is no entry from before {}.", day.day()),
        many => format!(
            "{} entries from before {} were removed. The file keeps its size; the room is used again.",
            grouped(many.unsigned_abs()),
            day.day()
        ),
    };
    writeln!(std::io::stdout(), "{told}")?;
    Ok(())
}
