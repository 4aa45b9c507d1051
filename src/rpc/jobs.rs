//! Jobs: planning a change of many rooms, running it, watching over it, taking it back.

use leptos::prelude::*;

use super::Done;
use crate::domain::{
    Error,
    job::{Chosen, Typed},
};

/// Plans a change of many rooms, and leads to the plan.
#[server(endpoint = "plan_job")]
pub async fn plan_job(#[server(default)] chosen: Chosen, #[server(default)] typed: Typed) -> Result<Done, Error> {
    use crate::services::jobs;
    let ctx = super::asker::ctx()?;
    let (rooms, steps) = both(rooms(&chosen), typed.steps(&ctx.settings.attributes))?;
    planned(jobs::plan(&ctx, rooms, steps).await?)
}

/// Plans a shield: fields of many rooms set for so many minutes.
#[server(endpoint = "plan_shield")]
pub async fn plan_shield(
    #[server(default)] chosen: Chosen,
    #[server(default)] typed: Typed,
    #[server(default)] minutes: String,
) -> Result<Done, Error> {
    use crate::{domain::job::SHIELD_MINUTES, services::jobs};
    let ctx = super::asker::ctx()?;
    let wrong =
        || vec![crate::domain::Violation::new("minutes", format!("must be a whole number from 1 to {SHIELD_MINUTES}"))];
    let minutes = minutes.trim().parse().ok().filter(|minutes| (1..=SHIELD_MINUTES).contains(minutes));
    let ((rooms, steps), minutes) = match (both(rooms(&chosen), typed.shield()), minutes.ok_or_else(wrong)) {
        (Ok(read), Ok(minutes)) => (read, minutes),
        (Err(Error::Invalid(mut all)), minutes) => {
            all.extend(minutes.err().unwrap_or_default());
            return Err(Error::Invalid(all));
        }
        (Err(error), _) => return Err(error),
        (_, Err(all)) => return Err(Error::Invalid(all)),
    };
    planned(jobs::plan_shield(&ctx, rooms, steps, minutes).await?)
}

/// Plans that all that a client owns and manages goes to another client.
#[server(endpoint = "plan_offboarding")]
pub async fn plan_offboarding(from: String, to: String) -> Result<Done, Error> {
    use crate::{domain::Violation, domain::client::ClientId, services::jobs};
    let ctx = super::asker::ctx()?;
    let read = |name: &str, given: &str| ClientId::parse(given).map_err(|why| vec![Violation::new(name, why)]);
    let (from, to) = both(read("from", &from), read("to", &to))?;
    planned(jobs::plan_offboarding(&ctx, from, to).await?)
}

/// Plans that what a job did is taken back.
#[server(endpoint = "undo_job")]
pub async fn undo_job(id: i64) -> Result<Done, Error> {
    planned(crate::services::jobs::plan_undo(&super::asker::ctx()?, id).await?)
}

/// Plans that what failed in a job is tried again.
#[server(endpoint = "retry_job")]
pub async fn retry_job(id: i64) -> Result<Done, Error> {
    planned(crate::services::jobs::plan_retry(&super::asker::ctx()?, id).await?)
}

/// Approves somebody else's plan.
#[server(endpoint = "approve_job")]
pub async fn approve_job(id: i64) -> Result<Done, Error> {
    let job = crate::services::jobs::approve(&super::asker::ctx()?, id).await?;
    said(&job, format!("Approved. {} can run it now.", job.planned.by.name()))
}

/// Starts a job, with the token that its planner was shown.
#[server(endpoint = "run_job")]
pub async fn run_job(id: i64, #[server(default)] token: String) -> Result<Done, Error> {
    let job = crate::services::jobs::run(&super::asker::ctx()?, id, &token).await?;
    said(&job, "Started.".to_owned())
}

/// Lets a job rest.
#[server(endpoint = "pause_job")]
pub async fn pause_job(id: i64) -> Result<Done, Error> {
    let job = crate::services::jobs::pause(&super::asker::ctx()?, id).await?;
    said(&job, "Paused. What it did until now stands.".to_owned())
}

/// Takes a paused job up again.
#[server(endpoint = "resume_job")]
pub async fn resume_job(id: i64) -> Result<Done, Error> {
    let job = crate::services::jobs::resume(&super::asker::ctx()?, id).await?;
    said(&job, "Resumed.".to_owned())
}

/// Ends a job before it is done.
#[server(endpoint = "cancel_job")]
pub async fn cancel_job(id: i64) -> Result<Done, Error> {
    let job = crate::services::jobs::cancel(&super::asker::ctx()?, id).await?;
    let note = if job.started.is_some() { " What it did until now stands and can be undone." } else { "" };
    said(&job, format!("Cancelled.{note}"))
}

/// Ends a shield before its time; leads to the job that puts the rooms back.
#[server(endpoint = "end_shield")]
pub async fn end_shield(id: i64) -> Result<Done, Error> {
    let job = crate::services::jobs::end_shield(&super::asker::ctx()?, id).await?;
    said(&job, "The shield ends; its rooms go back to what they were.".to_owned())
}

/// The rooms that a form chose, with those of its file.
#[cfg(feature = "ssr")]
fn rooms(chosen: &Chosen) -> Result<crate::domain::job::Rooms, Vec<crate::domain::Violation>> {
    chosen.rooms(&crate::services::jobs::ids_in(&chosen.file))
}

#[cfg(feature = "ssr")]
fn said(job: &crate::domain::job::Job, message: String) -> Result<Done, Error> {
    Ok(Done::saying(message).at(crate::domain::job::address(job.id)))
}

#[cfg(feature = "ssr")]
fn planned(job: crate::domain::job::Job) -> Result<Done, Error> {
    let next = if job.needs_approval { "another admin has to approve it" } else { "look at it, then run it" };
    said(&job, format!("Planned. Nothing is changed yet: {next}."))
}

/// Two things read from one form: both, or all that is wrong with either.
#[cfg(feature = "ssr")]
fn both<A, B>(
    a: Result<A, Vec<crate::domain::Violation>>,
    b: Result<B, Vec<crate::domain::Violation>>,
) -> Result<(A, B), Error> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (a, b) => {
            let all = [a.err(), b.err()].into_iter().flatten().flatten();
            Err(Error::Invalid(all.collect()))
        }
    }
}
