//! The retention rule of the audit trail: the oldest entries go, and the chain stays whole.

use futures::FutureExt;

use super::Ctx;
use crate::{
    domain::{
        Error, Result, Right, Timestamp,
        audit::{Action, Actor, Source},
        page::grouped,
        trail::Ends,
        when::DAY,
    },
    store::Oldest,
};

/// Entries younger than so many days are never removed: a form that is open compares with them, and so does whoever
/// looks for what happened last.
pub const YOUNGEST: i64 = 30;
/// Entries removed in one unit, so that nobody who saves waits for long.
const PART: i64 = 500;

/// Where the trail ends, on both sides.
///
/// # Errors
/// Not allowed.
pub async fn ends(ctx: &Ctx) -> Result<Option<Ends>> {
    ctx.may(Right::See)?;
    ctx.store.trail_ends().await
}

/// Removes the entries that are older than a moment. The start of the chain remembers how many they were and where they
/// ended, and an entry tells of it. Returns how many went.
///
/// # Errors
/// Not allowed; the moment is not [`YOUNGEST`] days ago; a job that is not over may come back to one of the entries; the
/// entries do not fit the chain (then those before the first that does not are gone already, which the chain shows).
pub async fn remove_before(ctx: &Ctx, before: Timestamp) -> Result<i64> {
    ctx.may(Right::Audit)?;
    if ctx.source != Source::Command {
        return Err(Error::Forbidden("Only a command on the server's own machine may do this.".to_owned()));
    }
    let latest = ctx.now.plus(-YOUNGEST * DAY);
    if before > latest {
        let why = format!("must be at least {YOUNGEST} days ago: {} or earlier", latest.day());
        return Err(Error::invalid("before", why));
    }
    let Some(oldest) = ctx.store.oldest(before).await? else { return Ok(0) };
    let mut removed = begin(ctx, before, oldest).await?;
    let mut last = removed;
    while last == PART && removed < oldest.many {
        last = go_on(ctx, oldest).await?;
        removed += last;
    }
    Ok(removed)
}

/// Writes the entry that tells of it, and removes the first part.
async fn begin(ctx: &Ctx, before: Timestamp, oldest: Oldest) -> Result<i64> {
    let Oldest { last, many } = oldest;
    let note = format!("before {}: {} entries, up to number {last}", before.day(), grouped(many.unsigned_abs()));
    let entry = super::account::note(ctx, Action::TrailPruned, &note);
    let now = ctx.now;
    ctx.store
        .write(move |tx| {
            async move {
                if let Some((job, entry)) = tx.oldest_needed().await?.filter(|(_, entry)| *entry <= last) {
                    return Err(Error::Exists(format!(
                        "Job {job} is not over and may come back to entry {entry}. Finish or cancel it first, or remove \
                         only what is older. Nothing was removed."
                    )));
                }
                tx.append(&entry).await?;
                tx.remove_oldest(last, PART, now).await
            }
            .boxed()
        })
        .await
}

async fn go_on(ctx: &Ctx, oldest: Oldest) -> Result<i64> {
    let (last, now) = (oldest.last, ctx.now);
    ctx.store.write(move |tx| async move { tx.remove_oldest(last, PART, now).await }.boxed()).await
}

/// The same by the server itself, for entries that are older than so many days; in the name of the rule.
///
/// # Errors
/// As [`remove_before`].
pub async fn remove_older(ctx: &Ctx, days: i64) -> Result<i64> {
    let rule = Actor::Command("the retention rule".to_owned());
    let ctx = Ctx { actor: rule, source: Source::Command, ..ctx.clone() };
    // Whole days, so that a restart in the middle of one removes nothing more.
    let today = ctx.now.0.div_euclid(DAY) * DAY;
    remove_before(&ctx, Timestamp(today).plus(-days * DAY)).await
}
