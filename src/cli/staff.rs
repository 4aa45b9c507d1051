//! `wardroom staff`: who may sign in. For the first admin, and for the day when nobody can sign in any more.

use std::io::Write;

use clap::{Subcommand, builder::PossibleValuesParser};

use super::{Done, Failure, config::Basics, open, open_old, terminal};
use crate::{
    domain::{
        Role, Timestamp,
        staff::{ONE_TIME_HOURS, Staff},
    },
    services::{
        Ctx,
        staff::{self, OneTime},
    },
};

/// Who may sign in to the console, and with what rights
#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// Make an account and print its one-time password, once
    ///
    /// It signs in for 72 hours, and whoever signs in with it must choose a password of their own first.
    Add {
        /// What they sign in with: at most 64 characters, no blanks
        name: String,
        /// viewer sees; moderator also edits what people see of rooms; admin does everything; auditor sees everything
        /// and exports the audit trail
        #[arg(long, value_parser = PossibleValuesParser::new(Role::ALL.map(Role::key)))]
        role: String,
    },
    /// List all accounts
    List,
    /// Give an account a new one-time password, print it once, and end the account's sessions
    ResetPassword {
        /// The account's name
        name: String,
    },
    /// Take an account's second step away, when the phone is lost; its sessions end
    ///
    /// Its owner signs in with the password alone then, and can set two steps up again.
    ResetTotp {
        /// The account's name
        name: String,
    },
    /// An account's sessions
    #[command(subcommand)]
    Sessions(Sessions),
    /// Keep an account out: its sessions end at once
    Disable {
        /// The account's name
        name: String,
    },
    /// Let a disabled account in again
    Enable {
        /// The account's name
        name: String,
    },
}

/// An account's sessions
#[derive(Subcommand, Debug)]
pub(super) enum Sessions {
    /// End all sessions of an account, or of everybody, at once; they can sign in again
    End {
        /// The account's name
        #[arg(required_unless_present = "all", conflicts_with = "all")]
        name: Option<String>,
        /// Those of all accounts
        #[arg(long)]
        all: bool,
    },
}

pub(super) async fn run(basics: &Basics, command: Command) -> Done {
    let ctx = if matches!(command, Command::Add { .. }) { open(basics).await? } else { open_old(basics).await? };
    let done = act(&ctx, command).await;
    ctx.store.close().await;
    done
}

async fn act(ctx: &Ctx, command: Command) -> Done {
    match command {
        Command::Add { name, role } => {
            let role = Role::parse(&role).ok_or_else(|| Failure::Failed(format!("there is no role {role:?}")))?;
            show(&staff::add(ctx, &name, role).await?)
        }
        Command::List => list(&staff::list(ctx).await?, ctx.now),
        Command::ResetPassword { name } => {
            let staff = staff::named(ctx, &name).await?;
            show(&staff::reset_password(ctx, staff.id).await?)
        }
        Command::ResetTotp { name } => {
            let staff = staff::named(ctx, &name).await?;
            tell(&format!("{} signs in without a second step now", staff::reset_totp(ctx, staff.id).await?.name))
        }
        Command::Sessions(Sessions::End { name, .. }) => {
            let accounts = match &name {
                Some(name) => vec![staff::named(ctx, name).await?],
                None => staff::list(ctx).await?,
            };
            for account in accounts {
                let (staff, ended) = staff::end_sessions(ctx, account.id, "").await?;
                let word = if ended == 1 { "session" } else { "sessions" };
                tell(&format!("ended {ended} {word} of {}", staff.name))?;
            }
            Ok(())
        }
        Command::Disable { name } => switch(ctx, &name, true).await,
        Command::Enable { name } => switch(ctx, &name, false).await,
    }
}

/// Shows a one-time password: now or never.
fn show(made: &OneTime) -> Done {
    let told = format!("Name: {}\nOne-time password: {}\n", made.name, made.password);
    let mut out = std::io::stdout();
    if let Err(why) = out.write_all(told.as_bytes()).and_then(|()| out.flush()) {
        let name = &made.name;
        return Err(Failure::Failed(format!(
            "the password could not be printed ({why}) and cannot be shown again; \
             run `wardroom staff reset-password {name}`"
        )));
    }
    terminal::say(&format!("It is shown this once, signs in for {ONE_TIME_HOURS} hours, and must be changed then."));
    Ok(())
}

async fn switch(ctx: &Ctx, name: &str, disabled: bool) -> Done {
    let staff = staff::named(ctx, name).await?;
    let word = if disabled { "disabled" } else { "enabled" };
    let told = if staff.disabled == disabled {
        format!("{} is {word} already", staff.name)
    } else {
        format!("{} is {word} now", staff::set_disabled(ctx, staff.id, disabled).await?.name)
    };
    tell(&told)
}

fn tell(told: &str) -> Done {
    writeln!(std::io::stdout(), "{}", terminal::harmless(told, ""))?;
    Ok(())
}

fn list(all: &[Staff], now: Timestamp) -> Done {
    let mut out = std::io::stdout();
    let width = all.iter().map(|staff| staff.name.chars().count()).max().unwrap_or_default().max(4);
    writeln!(
        out,
        "{:<width$}  {:<9}  {:<8}  {:<5}  {:<16}  LAST SIGN-IN (UTC)",
        "NAME", "ROLE", "STATE", "STEPS", "CREATED (UTC)"
    )?;
    for staff in all {
        let Staff { name, role, disabled, created_at, signed_in_at, totp_since, .. } = staff;
        let state = match (disabled, staff.must_change()) {
            (true, _) => "disabled",
            (false, true) if staff.has_expired(now) => "expired",
            (false, true) => "one-time",
            (false, false) => "active",
        };
        let steps = if totp_since.is_some() { "two" } else { "one" };
        let last = signed_in_at.map_or_else(|| "never".to_owned(), Timestamp::short);
        let (name, role, made) = (terminal::harmless(name, ""), role.key(), created_at.short());
        writeln!(out, "{name:<width$}  {role:<9}  {state:<8}  {steps:<5}  {made:<16}  {last}")?;
    }
    if all.is_empty() {
        terminal::say("There is no account yet; `wardroom staff add NAME --role admin` makes the first.");
    }
    Ok(())
}
