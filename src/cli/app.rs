//! `wardroom app`: the apps through which back-ends call. The console's `/apps` does the same; this is for scripts, and
//! for setting a house up before anybody has signed in.

use std::io::{Read, Write};

use clap::{Args, Subcommand, builder::PossibleValuesParser};

use super::{Done, Failure, config::Basics, open, open_old, terminal};
use crate::{
    domain::{
        Timestamp,
        app::{Allowed, App, Scope},
    },
    services::{
        Ctx,
        apps::{self, LONGEST_HOURS, Made, Used, Wanted},
    },
    vendors::abouts,
};

/// Longest standard input that is read for a secret, in bytes.
const SECRET: u64 = 4096;

const EXAMPLES: &str = "\
Examples:
  wardroom app add shop --vendor VENDOR --scope edit
  wardroom app add shop --vendor VENDOR --scope manage --key KEY --secret-stdin < secret.txt";

/// The apps through which back-ends call: their keys, secrets and limits
#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Make an app and print its secret, once
    Add(Add),
    /// List all apps, with what they called
    List,
    /// Change what an app may do, from its next call on
    Change(Change),
    /// Give an app a new secret and print it, once
    Rotate {
        /// The app's name
        name: String,
        /// For how many hours the secret before counts as well, at most a month; 0 ends it at once
        #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(..=i64::from(LONGEST_HOURS)))]
        hours: u32,
    },
    /// Keep an app out: its next call is refused
    Disable {
        /// The app's name
        name: String,
    },
    /// Let a disabled app call again
    Enable {
        /// The app's name
        name: String,
    },
}

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(super) struct Add {
    /// What people call it: at most 64 characters
    name: String,
    /// The vendor whose API it speaks
    #[arg(long, value_parser = PossibleValuesParser::new(abouts().iter().map(|about| about.key)))]
    vendor: String,
    /// read sees rooms; edit also changes what people see of them; manage does everything in them
    #[arg(long, value_parser = PossibleValuesParser::new(Scope::ALL.map(Scope::key)))]
    scope: String,
    /// The application whose rooms it sees and makes; all rooms if not given
    #[arg(long, default_value = "", hide_default_value = true)]
    application: String,
    /// Who may act through it, for vendors that ask for an account; commas between
    #[arg(long, default_value = "", hide_default_value = true)]
    accounts: String,
    /// Calls a second of each action; the vendor's own limit if not given
    #[arg(long, default_value = "", hide_default_value = true)]
    rate: String,
    /// The public half of the credential, for a back-end that has one; made if not given
    #[arg(long, default_value = "", hide_default_value = true)]
    key: String,
    /// Read the secret of a back-end that has one from standard input. Never an argument: other users see arguments
    #[arg(long)]
    secret_stdin: bool,
}

#[derive(Args, Debug)]
pub(super) struct Change {
    /// The app's name
    name: String,
    #[command(flatten)]
    to: ChangeTo,
}

/// What is not given stays as it is.
#[derive(Args, Debug)]
#[group(required = true, multiple = true)]
struct ChangeTo {
    /// read, edit or manage
    #[arg(long, value_parser = PossibleValuesParser::new(Scope::ALL.map(Scope::key)))]
    scope: Option<String>,
    /// The application whose rooms it sees and makes; '' for all rooms
    #[arg(long)]
    application: Option<String>,
    /// Who may act through it; commas between
    #[arg(long)]
    accounts: Option<String>,
    /// Calls a second of each action; '' for the vendor's own limit
    #[arg(long)]
    rate: Option<String>,
}

pub(super) async fn run(basics: &Basics, command: Command) -> Done {
    let ctx = if matches!(command, Command::Add(_)) { open(basics).await? } else { open_old(basics).await? };
    let done = act(&ctx, command).await;
    ctx.store.close().await;
    done
}

async fn act(ctx: &Ctx, command: Command) -> Done {
    match command {
        Command::Add(wanted) => add(ctx, wanted).await,
        Command::List => list(ctx, &apps::list(ctx).await?),
        Command::Change(Change { name, to }) => {
            let app = apps::named(ctx, &name).await?;
            let now = Allowed::from(&app);
            let may = Allowed {
                scope: to.scope.unwrap_or(now.scope),
                application: to.application.unwrap_or(now.application),
                accounts: to.accounts.unwrap_or(now.accounts),
                rate: to.rate.unwrap_or(now.rate),
            };
            let changed = apps::change(ctx, app.id, may).await?;
            tell(&if changed == app {
                format!("{} may do all that already", changed.name)
            } else {
                format!("{} may do that from its next call on", changed.name)
            })
        }
        Command::Rotate { name, hours } => {
            let app = apps::named(ctx, &name).await?;
            let made = apps::rotate(ctx, app.id, hours).await?;
            show(ctx, &made, true)?;
            if let Some(until) = made.app.old_secret_until.filter(|until| *until > ctx.now) {
                terminal::say(&format!("The secret before counts until {} UTC.", until.short()));
            }
            Ok(())
        }
        Command::Disable { name } => switch(ctx, &name, true).await,
        Command::Enable { name } => switch(ctx, &name, false).await,
    }
}

async fn add(ctx: &Ctx, wanted: Add) -> Done {
    let Add { name, vendor, scope, application, accounts, rate, key, secret_stdin } = wanted;
    let secret = if secret_stdin { secret_from_stdin()? } else { String::new() };
    let may = Allowed { scope, application, accounts, rate };
    let made = apps::add(ctx, Wanted { name, vendor, key, secret, may }).await?;
    show(ctx, &made, !secret_stdin)
}

/// The first line of standard input.
fn secret_from_stdin() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().take(SECRET).read_to_string(&mut text);
    read.map_err(|why| Failure::Failed(format!("standard input cannot be read as a secret: {why}")))?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err(Failure::Failed(
            "there is no secret on standard input; leave --secret-stdin out for a new one".into(),
        ));
    }
    Ok(secret.to_owned())
}

/// Shows a key and its secret: now or never. A secret that was given is known already.
fn show(ctx: &Ctx, made: &Made, with_secret: bool) -> Done {
    let Made { app, secret } = made;
    let about = ctx.vendor(&app.vendor)?;
    let mut told = format!("Name: {}\nKey ({}): {}\n", terminal::harmless(&app.name, ""), about.key_label, app.key);
    if with_secret {
        told.push_str(&format!("Secret ({}): {secret}\n", about.secret_label));
    }
    let mut out = std::io::stdout();
    if let Err(why) = out.write_all(told.as_bytes()).and_then(|()| out.flush()) {
        return Err(Failure::Failed(format!(
            "the secret could not be printed ({why}) and cannot be shown again; run `wardroom app rotate {}`",
            app.name
        )));
    }
    if with_secret {
        terminal::say("The secret is shown this once.");
    }
    Ok(())
}

async fn switch(ctx: &Ctx, name: &str, disabled: bool) -> Done {
    let app = apps::named(ctx, name).await?;
    let word = if disabled { "disabled" } else { "enabled" };
    if app.disabled == disabled {
        return tell(&format!("{} is {word} already", app.name));
    }
    tell(&format!("{} is {word} now", apps::set_disabled(ctx, app.id, disabled).await?.name))
}

fn tell(what: &str) -> Done {
    writeln!(std::io::stdout(), "{}", terminal::harmless(what, ""))?;
    Ok(())
}

fn list(ctx: &Ctx, all: &[Used]) -> Done {
    let mut out = std::io::stdout();
    let head =
        ["NAME", "VENDOR", "KEY", "SCOPE", "APPLICATION", "RATE", "STATE", "LAST USE (UTC)", "ACCEPTED", "REFUSED"];
    let rows: Vec<Vec<String>> = std::iter::once(head.map(str::to_owned).to_vec())
        .chain(all.iter().map(|used| cells(ctx, used).to_vec()))
        .collect();
    let wide = |n: usize| rows.iter().filter_map(|row| row.get(n)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..head.len()).filter_map(wide).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, &width)| format!("{cell:<width$}"));
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    if all.is_empty() {
        terminal::say("There is no app yet; `wardroom app add NAME --vendor VENDOR --scope SCOPE` makes the first.");
    }
    Ok(())
}

fn cells(ctx: &Ctx, used: &Used) -> [String; 10] {
    let App { name, vendor, key, scope, application, rate, disabled, old_secret_until, .. } = &used.app;
    let state = match (disabled, old_secret_until) {
        (true, _) => "disabled",
        (false, Some(until)) if *until > ctx.now => "two secrets",
        (false, _) => "enabled",
    };
    [
        terminal::harmless(name, ""),
        vendor.clone(),
        terminal::harmless(key, ""),
        scope.key().to_owned(),
        if application.is_empty() { "all rooms".to_owned() } else { terminal::harmless(application, "") },
        rate.map_or_else(|| "vendor's".to_owned(), |rate| format!("{rate}/s")),
        state.to_owned(),
        used.last_at().map_or_else(|| "never".to_owned(), Timestamp::short),
        used.many(false).to_string(),
        used.many(true).to_string(),
    ]
}
