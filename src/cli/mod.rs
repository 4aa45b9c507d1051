//! The command line: one file per command, the configuration, and how failures are told.
//!
//! What does *not* belong here: rules (`services`) and anything a request does (`server`). A command acts as the user
//! who typed it, with every right: whoever may read and write the database's file has them anyway.

mod app;
mod audit;
mod backup;
pub mod config;
mod doctor;
mod environment;
mod export;
mod import;
mod key;
mod log;
pub mod options;
mod policy;
mod progress;
mod public_url;
mod restore;
mod serve;
mod staff;
mod terminal;
mod values;
mod vendors;

use std::{path::Path, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};

use crate::{domain::text, server::clock, services::Ctx, store::Store};
use config::Basics;
pub use config::{Config, Covers};
pub use log::LogFormat;
use options::Common;
pub use public_url::PublicUrl;

const EXAMPLES: &str = "\
Examples:
  wardroom staff add ann --role admin            the first account; prints a one-time password
  wardroom serve --public-url https://rooms.example
  wardroom import rooms.jsonl.gz --report refused.jsonl
  wardroom export | gzip > rooms.jsonl.gz
  wardroom app add shop --vendor V --scope edit  lets a back-end in; prints its secret
  wardroom audit verify --checkpoint kept.jsonl   finds what was done to the audit trail by hand
  wardroom backup --to /mnt/backups              a whole copy, while the server runs
  wardroom doctor                                looks after what can be wrong
  wardroom --database-url sqlite:/var/lib/wardroom.db staff list

Environment:
  Every setting can be given as a variable instead: --public-url is WARDROOM_PUBLIC_URL. A flag beats its variable.
  Only the master key itself has no flag: WARDROOM_KEY, 64 hexadecimal digits, in place of --key-file.
  All are checked at start; a variable beginning with WARDROOM_ that is no setting is warned of.

Exit codes:
  0  done
  1  failed; standard error says why and what to do
  2  the command or a setting cannot be understood; nothing was done";

/// The admin console for chat and live rooms, self-hosted.
#[derive(Parser, Debug)]
#[command(name = "wardroom", version, after_help = EXAMPLES, max_term_width = 120)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

#[derive(Subcommand, Debug)]
enum Command {
    Serve(Box<options::Serve>),
    Import(import::Args),
    Export(export::Args),
    #[command(subcommand)]
    Staff(staff::Command),
    #[command(subcommand)]
    App(app::Command),
    #[command(subcommand)]
    Key(key::Command),
    #[command(subcommand)]
    Audit(audit::Command),
    Backup(backup::Args),
    Restore(restore::Args),
    Doctor(Box<doctor::Args>),
}

/// Why a command did not do what it was asked to.
enum Failure {
    /// The settings cannot be used: every reason.
    Settings(Vec<String>),
    /// It failed: what, and what to do.
    Failed(String),
    /// Nobody reads the output any more (`wardroom export | head`), which is nobody's fault.
    Unread,
}

type Done = Result<(), Failure>;

/// Does what the command line says.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => {
            // Help is an "error" that goes to standard output and means success.
            let _ = told.print();
            return ExitCode::from(u8::try_from(told.exit_code()).unwrap_or(2));
        }
    };
    environment::warn();
    match start(cli) {
        Ok(()) | Err(Failure::Unread) => ExitCode::SUCCESS,
        Err(Failure::Failed(why)) => {
            terminal::complain(&why);
            ExitCode::FAILURE
        }
        Err(Failure::Settings(wrong)) => {
            wrong.iter().for_each(|why| terminal::complain(why));
            ExitCode::from(2)
        }
    }
}

fn start(cli: Cli) -> Done {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|why| Failure::Failed(format!("the system gives no threads: {why}")))?;
    let Cli { command, common } = cli;
    if let Command::Serve(serve) = command {
        return runtime.block_on(serve::run(&common, &serve));
    }
    if let Command::Doctor(args) = command {
        return runtime.block_on(doctor::run(&common, *args));
    }
    let basics = Basics::check(&common).map_err(Failure::Settings)?;
    log::start(&basics.log, basics.log_format);
    runtime.block_on(async {
        match command {
            Command::Serve(_) | Command::Doctor(_) => Ok(()),
            Command::Import(args) => import::run(&basics, args).await,
            Command::Export(args) => export::run(&basics, args).await,
            Command::Staff(command) => staff::run(&basics, command).await,
            Command::App(command) => app::run(&basics, command).await,
            Command::Key(command) => key::run(&basics, command).await,
            Command::Audit(command) => audit::run(&basics, command).await,
            Command::Backup(args) => backup::run(&basics, args).await,
            Command::Restore(args) => restore::run(&basics, args).await,
        }
    })
}

/// Opens the database and goes to work as the user of this machine.
async fn open(basics: &Basics) -> Result<Ctx, Failure> {
    let store = Store::open_with(&basics.database_url, basics.key.as_ref()).await;
    let store = store.map_err(|why| Failure::Failed(format!("{} ({})", why, basics.database_url)))?;
    let user = ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok()).and_then(|user| {
        let user = text::tidy(&user, 1).ok()?.chars().take(64).collect::<String>();
        (!user.is_empty()).then_some(user)
    });
    Ok(Ctx::command(
        store,
        Arc::new(basics.settings.clone()),
        user.unwrap_or_else(|| "unknown".to_owned()),
        clock::now(),
    ))
}

/// The same for a command that has no use for an empty database: a mistyped name must not make one.
async fn open_old(basics: &Basics) -> Result<Ctx, Failure> {
    must_exist(&basics.file())?;
    open(basics).await
}

fn must_exist(file: &Path) -> Done {
    if file.exists() {
        return Ok(());
    }
    Err(Failure::Failed(format!(
        "there is no database {}; name yours with --database-url or WARDROOM_DATABASE_URL \
         (`wardroom serve`, `import`, `staff add` and `app add` make one)",
        file.display()
    )))
}

impl From<crate::domain::Error> for Failure {
    fn from(error: crate::domain::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    /// From writing to standard output.
    fn from(why: std::io::Error) -> Self {
        match why.kind() {
            std::io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::Failed(format!("standard output cannot be written: {why}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_commands_are_sound() {
        Cli::command().debug_assert();
        let parse = |line: &str| Cli::try_parse_from(line.split(' '));
        assert!(parse("wardroom import - --format csv --report r.jsonl").is_ok());
        assert!(parse("wardroom staff add ann --role admin --database-url sqlite:w.db").is_ok());
        assert!(parse("wardroom staff reset-totp ann").is_ok());
        assert!(parse("wardroom staff sessions end ann").is_ok());
        assert!(parse("wardroom staff sessions end --all").is_ok());
        assert!(parse("wardroom staff sessions end").is_err());
        assert!(parse("wardroom staff sessions end ann --all").is_err());
        assert!(parse("wardroom staff add ann").is_err());
        assert!(parse("wardroom staff add ann --role king").is_err());
        assert!(parse("wardroom app rotate shop --hours 744").is_ok());
        assert!(parse("wardroom app rotate shop --hours 745").is_err());
        assert!(parse("wardroom app change shop --rate 5").is_ok());
        assert!(parse("wardroom app change shop").is_err());
        assert!(parse("wardroom app add shop --vendor nobody --scope read").is_err());
        assert!(parse("wardroom app add shop --scope read").is_err());
        assert!(parse("wardroom audit verify --checkpoint a --checkpoint b").is_ok());
        assert!(parse("wardroom audit prune").is_err());
        assert!(parse("wardroom backup").is_ok() && parse("wardroom backup --to x.db").is_ok());
        assert!(parse("wardroom backup verify").is_err() && parse("wardroom restore").is_err());
        assert!(parse("wardroom doctor --json --public-url https://a").is_ok());
        assert!(parse("wardroom import").is_err());
        assert!(parse("wardroom import - --format xml").is_err());
    }

    #[test]
    fn every_setting_has_the_variable_of_its_flag() {
        let command = Cli::command();
        let serve = command.find_subcommand("serve").unwrap();
        let settings: Vec<_> =
            command.get_arguments().chain(serve.get_arguments()).filter(|arg| arg.get_env().is_some()).collect();
        assert_eq!(settings.len(), 27);
        for setting in settings {
            let flag = setting.get_long().unwrap().to_uppercase().replace('-', "_");
            assert_eq!(setting.get_env().unwrap().to_str(), Some(format!("WARDROOM_{flag}").as_str()));
        }
    }
}
