//! The database itself: whose it is, whether it is sound, who may sign in, and whether its newest entry is in the past.

use std::{
    path::Path,
    time::{Instant, UNIX_EPOCH},
};

use super::Report;
use crate::{
    domain::Timestamp,
    server::clock,
    store::{Head, Look, OpenError, Schema, is_sound, newest_step},
};

/// By how much, in milliseconds, two looks at one clock may differ: five seconds.
const TOLERANCE: i64 = 5_000;

pub(super) async fn look(report: &mut Report, file: &Path) {
    if !file.exists() {
        report.warn("database", format!("there is no {} yet; `wardroom serve` makes it", file.display()));
        time(report, None);
        return;
    }
    let done = match Look::at(file).await {
        Ok(mut look) => {
            let done = through(report, &mut look).await;
            look.close().await;
            done
        }
        Err(why) => Err(why),
    };
    if let Err(why) = done {
        report.fail("database", why.to_string());
    }
}

async fn through(report: &mut Report, look: &mut Look) -> Result<(), OpenError> {
    match look.library().await? {
        version if is_sound(&version) => report.ok("library", format!("SQLite {version}")),
        version => report.fail("library", OpenError::Library(version).to_string()),
    }
    let newest = newest_step();
    match look.schema().await? {
        Schema::Ours(step) if step == newest => report.ok("tables", format!("at step {step}, as this version's")),
        Schema::Ours(step) => report.warn(
            "tables",
            format!("at step {step} of {newest}: the next start brings them up to date; make a backup before"),
        ),
        Schema::Newer { step, by } => {
            report.fail("tables", OpenError::Newer { step, by }.to_string());
            return Ok(());
        }
        Schema::Foreign => {
            report.fail("tables", OpenError::Foreign.to_string());
            return Ok(());
        }
        Schema::Empty => {
            report.warn("tables", "there are none yet; `wardroom serve` makes them");
            return Ok(());
        }
    }
    let began = Instant::now();
    match look.fault(true).await? {
        None => report.ok("sound", format!("a quick look through all of it found nothing ({:.1?})", began.elapsed())),
        Some(fault) => report.fail(
            "sound",
            format!("it is damaged: {fault}; put the last good backup in its place with `wardroom restore`"),
        ),
    }
    match look.admins(clock::now()).await? {
        0 => report.fail(
            "staff",
            "no admin can sign in: `wardroom staff add NAME --role admin`, `staff enable NAME` or `staff reset-password NAME`",
        ),
        1 => report.ok("staff", "one admin can sign in; a second could help the first in"),
        many => report.ok("staff", format!("{many} admins can sign in")),
    }
    time(report, look.head().await?);
    Ok(())
}

/// The clock, against what can only have been before now: the newest audit entry, and this program's own file.
fn time(report: &mut Report, newest: Option<Head>) {
    let now = clock::now();
    let behind = |then: Timestamp| then.0 > now.0 + TOLERANCE;
    let built = std::env::current_exe().and_then(|file| file.metadata()?.modified()).ok();
    let built = built.and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let built = built.and_then(|since| i64::try_from(since.as_millis()).ok()).map(Timestamp);
    let set = "set it (timedatectl), since sessions, jobs and the order of the history go by it";
    match (newest.map(|head| head.at), built) {
        (Some(then), _) if behind(then) => report.fail(
            "clock",
            format!("it says {}, and the newest audit entry is of {}: {set}", now.rfc3339(), then.rfc3339()),
        ),
        (_, Some(then)) if behind(then) => report.fail(
            "clock",
            format!("it says {}, and this program's file is of {}: {set}", now.rfc3339(), then.rfc3339()),
        ),
        _ => report.ok("clock", now.rfc3339()),
    }
}
