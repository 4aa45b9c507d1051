//! Running a plan: once, by who planned it, with the token that only their page of it has.

use super::{
    token,
    verbs::{act, change, fresh},
};
use crate::{
    domain::{
        Error, Result, Right,
        audit::Action,
        job::{Job, MODERATORS_MOST, State},
        page::grouped,
    },
    services::Ctx,
};

/// Runs a plan, once, with the token that its page gave to who planned it.
///
/// # Errors
/// Not who planned it, or another plan's token; not allowed (any more); not approved; run before; too old; it would
/// change nothing.
pub async fn run(ctx: &Ctx, id: i64, given: &str) -> Result<Job> {
    ctx.may(Right::Edit)?;
    let given = given.to_owned();
    change(ctx, id, move |ctx, job| {
        let planner = job.planned.by.name();
        if ctx.actor != job.planned.by {
            let why = format!("Only {planner}, who planned it, can run this. Plan it yourself, and you can.");
            return Err(Error::Forbidden(why));
        }
        if !job.state.is_plan() {
            let why = format!("This plan was run or cancelled before ({}); a plan runs once.", job.state.label());
            return Err(Error::Exists(why));
        }
        fresh(ctx, job)?;
        if !token::opens(ctx, job, &given) {
            return Err(Error::invalid("token", "is not this plan's; load the plan's page and look at it again"));
        }
        if job.state == State::Awaiting {
            return Err(Error::Exists("A second admin has to approve this plan first.".to_owned()));
        }
        ctx.may(job.steps.needs())?;
        if job.total > MODERATORS_MOST {
            ctx.may(Right::Manage)?;
        }
        if job.preview.change == 0 && job.minutes.is_none() {
            return Err(Error::invalid("", "It would change no room, so there is nothing to run."));
        }
        job.state = State::Running;
        job.started = Some(act(ctx));
        job.until = job.minutes.map(|minutes| ctx.now.plus(minutes * 60_000));
        Ok((Action::JobStarted, format!("{} rooms", grouped(job.total))))
    })
    .await
}
