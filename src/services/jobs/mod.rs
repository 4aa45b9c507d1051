//! Jobs: one change of many rooms, planned, approved where it is large, run in pieces by the worker, taken back.
//!
//! **A plan** ([`plan`]) fixes its rooms, each with the version it had, and counts what would become of them. It reads the
//! few columns that its steps need, some thousand rooms at a time, while the part before is being written; so it takes
//! as much memory for a million rooms as for a thousand, and people's saves go on meanwhile. A plan whose making was
//! interrupted is nobody's and is forgotten. It never changes: another choice is another plan.
//!
//! **Who runs it.** More than a hundred rooms needs an admin. More rooms than the house has set, and any change of owner,
//! needs a second admin's approval, of exactly this plan: it has a number of its own and cannot be edited. Approval does
//! not start anything; the planner does ([`run`]), with the token that only their page of the plan has ([`token`]), so
//! that whoever's name will stand in the rooms' histories has seen what will happen and says when. A plan counts for a
//! day. Whoever resumes a paused job takes it over: the rest of it is done in their name and by their rights.
//!
//! **The run** ([`worker`]) takes some rooms at a time. A unit of the writer loads them, leaves alone those with another
//! version than the plan's, changes the others as a single edit would (its audit entry names the job), and writes what
//! became of each, all in one transaction: whenever the process ends, the next one goes on after the last unit, and each
//! room is changed once. A unit ends after a few milliseconds, and others' units come between two of it. Where the store
//! fails, nothing of a unit happened; the job pauses itself and says why. Whoever runs it is asked for their rights at
//! every unit.
//!
//! **Taking it back** ([`plan_undo`]) is a plan over the rooms that a job changed, at the versions that it left them with;
//! it puts back what the audit entries say was before. So it needs the same approval as the job itself, and it can be
//! taken back in turn.
//!
//! **Shields** ([`shield`]) are jobs that end: at their time another job puts each room back.

mod export;
mod ids;
mod may;
mod plan;
mod pool;
mod results;
mod run;
mod shield;
mod token;
mod unit;
mod verbs;
pub mod worker;

use std::collections::BTreeMap;

use super::Ctx;
use crate::domain::{
    Error, Result, Right,
    job::{Job, State},
    page::{Found, Page},
};
pub use export::Results;
pub use ids::ids_in;
pub use may::May;
pub use plan::{forgotten, plan, plan_offboarding, plan_retry, plan_shield, plan_undo};
pub use results::results;
pub use run::run;
pub use verbs::{approve, cancel, end_shield, pause, resume};
pub use worker::Worker;

/// One job.
///
/// # Errors
/// Not allowed, or there is none.
pub async fn get(ctx: &Ctx, id: i64) -> Result<Job> {
    ctx.may(Right::See)?;
    ctx.store.job(id).await?.ok_or_else(|| no_job(id))
}

/// A page of jobs, newest first: all, or those in one state. Its cursors hold the job's number.
///
/// # Errors
/// Not allowed.
pub async fn list(ctx: &Ctx, state: Option<State>, page: &Page) -> Result<Found<Job>> {
    ctx.may(Right::See)?;
    ctx.store.jobs(state, page).await
}

/// The shields that stand, the next to end first.
///
/// # Errors
/// Not allowed.
pub async fn shields(ctx: &Ctx) -> Result<Vec<Job>> {
    ctx.may(Right::See)?;
    ctx.store.standing_shields().await
}

/// What rooms are called, by id, for pages that name them; rooms that are gone are left out.
///
/// # Errors
/// Not allowed.
pub async fn names(ctx: &Ctx, ids: &[String]) -> Result<BTreeMap<String, String>> {
    ctx.may(Right::See)?;
    if ids.is_empty() { Ok(BTreeMap::new()) } else { ctx.store.room_names(ids).await }
}

/// The token with which the asker can run a plan; `None` for everybody but who planned it. For a hidden input.
pub fn token(ctx: &Ctx, job: &Job) -> Option<String> {
    token::of(ctx, job)
}

fn no_job(id: i64) -> Error {
    Error::NotFound(format!("There is no job {id}. The address is mistyped, or it was never finished."))
}

/// Jobs are people's: a back-end has its own ways to change many rooms.
fn only_people(ctx: &Ctx) -> Result<()> {
    match ctx.caller {
        Some(_) => Err(Error::Forbidden("Jobs are for the console; an app changes rooms one by one.".to_owned())),
        None => Ok(()),
    }
}
