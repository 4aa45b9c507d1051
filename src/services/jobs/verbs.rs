//! What people do with a job once it is planned: approve, pause, resume, cancel, end. Running it is a file of its own.

use futures::FutureExt;

use super::{may::has_rights, no_job, only_people, shield};
use crate::{
    domain::{
        Error, Result, Right,
        audit::Action,
        job::{Act, Job, Kind, State},
    },
    services::Ctx,
    store::{NewEntry, Tx},
};

/// Approves a plan that somebody else made; its planner can run it then.
///
/// # Errors
/// Not an admin, or not sure enough that it is them; one's own plan; no such job; it needs no approval, or is too old.
pub async fn approve(ctx: &Ctx, id: i64) -> Result<Job> {
    ctx.may(Right::Manage)?;
    ctx.sure()?;
    change(ctx, id, |ctx, job| {
        if ctx.actor == job.planned.by {
            return Err(Error::Forbidden("You planned this yourself; another admin has to approve it.".to_owned()));
        }
        if job.state != State::Awaiting {
            return Err(Error::Exists("This job does not wait for an approval (any more).".to_owned()));
        }
        fresh(ctx, job)?;
        job.state = State::Planned;
        job.approved = Some(act(ctx));
        Ok((Action::JobApproved, format!("planned by {}", job.planned.by.name())))
    })
    .await
}

/// Lets a job rest.
///
/// # Errors
/// Not allowed; no such job; it is not running.
pub async fn pause(ctx: &Ctx, id: i64) -> Result<Job> {
    ctx.may(Right::Edit)?;
    change(ctx, id, |ctx, job| {
        hand(ctx, job)?;
        if job.state != State::Running {
            return Err(Error::Exists(format!("This job is not running: {}.", job.state.label().to_lowercase())));
        }
        job.state = State::Paused;
        job.reason = String::new();
        Ok((Action::JobPaused, progress(job)))
    })
    .await
}

/// Takes a paused job up again, in the asker's name from here on.
///
/// # Errors
/// Not allowed what it does; no such job; it is not paused.
pub async fn resume(ctx: &Ctx, id: i64) -> Result<Job> {
    ctx.may(Right::Edit)?;
    change(ctx, id, |ctx, job| {
        hand(ctx, job)?;
        if job.state != State::Paused {
            return Err(Error::Exists(format!("This job is not paused: {}.", job.state.label().to_lowercase())));
        }
        ctx.may(job.steps.needs())?;
        if !has_rights(ctx, job) {
            ctx.may(Right::Manage)?;
        }
        job.state = State::Running;
        job.reason = String::new();
        let at = job.started.as_ref().map_or(ctx.now, |started| started.at);
        job.started = Some(Act { at, ..act(ctx) });
        Ok((Action::JobResumed, progress(job)))
    })
    .await
}

/// Ends a job before it is done, or a plan before it is run. What a shield did until then stands until its time.
///
/// # Errors
/// Not allowed; no such job; it is over already.
pub async fn cancel(ctx: &Ctx, id: i64) -> Result<Job> {
    ctx.may(Right::Edit)?;
    change(ctx, id, |ctx, job| {
        hand(ctx, job)?;
        if job.kind == Kind::Lift {
            return Err(Error::invalid("", "The end of a shield is not cancelled: its rooms would stay as they are."));
        }
        if job.state.is_over() || job.state == State::Planning {
            return Err(Error::Exists(format!("This job is over: {}.", job.state.label().to_lowercase())));
        }
        job.state = State::Cancelled;
        job.reason = String::new();
        job.ended_at = Some(ctx.now);
        Ok((Action::JobCancelled, progress(job)))
    })
    .await
}

/// Ends a shield before its time; returns the job that puts its rooms back.
///
/// # Errors
/// Not allowed; no such shield, or it does not stand.
pub async fn end_shield(ctx: &Ctx, id: i64) -> Result<Job> {
    ctx.may(Right::Edit)?;
    only_people(ctx)?;
    let asked = ctx.clone();
    let job = ctx
        .store
        .write(move |tx| {
            async move {
                if let Some(done) = done_before(tx, &asked).await? {
                    return Ok(done);
                }
                let job = tx.job(id).await?.ok_or_else(|| no_job(id))?;
                hand(&asked, &job)?;
                if !has_rights(&asked, &job) {
                    asked.may(Right::Manage)?;
                }
                if !job.is_standing() {
                    return Err(Error::Exists("This shield does not stand (any more).".to_owned()));
                }
                shield::end(tx, &asked, job, "before its time").await
            }
            .boxed()
        })
        .await?;
    ctx.store.bell().notify_one();
    Ok(job)
}

/// Changes a job in one transaction with its audit entry, and rings for the worker.
pub(super) async fn change<F>(ctx: &Ctx, id: i64, edit: F) -> Result<Job>
where
    F: FnOnce(&Ctx, &mut Job) -> Result<(Action, String)> + Send + 'static,
{
    only_people(ctx)?;
    let asked = ctx.clone();
    let job = ctx
        .store
        .write(move |tx| {
            async move {
                if let Some(done) = done_before(tx, &asked).await? {
                    return Ok(done);
                }
                let known = tx.job(id).await?.filter(|job| job.state != State::Planning || job.kind == Kind::Lift);
                let mut job = known.ok_or_else(|| no_job(id))?;
                let (action, words) = edit(&asked, &mut job)?;
                tx.put_job(&job).await?;
                tx.append(&note(&asked, &job, action, &words)).await?;
                Ok(job)
            }
            .boxed()
        })
        .await?;
    ctx.store.bell().notify_one();
    Ok(job)
}

/// The job that this operation was about when it was sent before.
async fn done_before(tx: &mut Tx, ctx: &Ctx) -> Result<Option<Job>> {
    let Some(entry) = crate::services::earlier(tx, ctx).await?.and_then(|saved| saved.entry) else { return Ok(None) };
    match tx.entry(entry).await?.and_then(|entry| entry.job) {
        Some(job) => tx.job(job).await,
        None => Ok(None),
    }
}

/// The audit entry about a job.
pub(super) fn note(ctx: &Ctx, job: &Job, action: Action, words: &str) -> NewEntry {
    let about = Ctx { job: Some(job.id), ..ctx.clone() };
    NewEntry { note: format!("#{} {}; {words}", job.id, job.title()), ..about.entry(action, None, Vec::new()) }
}

/// The asker, as what they did to a job.
pub(super) fn act(ctx: &Ctx) -> Act {
    Act { by: ctx.actor.clone(), at: ctx.now, address: ctx.address.clone() }
}

/// Goes on only if a plan is not too old.
///
/// # Errors
/// It is; says what to do.
pub(super) fn fresh(ctx: &Ctx, job: &Job) -> Result<()> {
    if !job.is_stale(ctx.now) {
        return Ok(());
    }
    let day = job.planned.at.day();
    Err(Error::Exists(format!("This plan is from {day}; a plan counts for a day. Plan it again: rooms have changed.")))
}

/// Goes on only for who planned or runs a job, and for admins.
fn hand(ctx: &Ctx, job: &Job) -> Result<()> {
    let is_theirs = ctx.actor == job.planned.by || job.started.as_ref().is_some_and(|act| act.by == ctx.actor);
    if is_theirs { Ok(()) } else { ctx.may(Right::Manage) }
}

fn progress(job: &Job) -> String {
    format!("{} of {} rooms", job.tally.done(), job.total)
}
