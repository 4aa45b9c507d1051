//! What the asker may do with a job as it stands: the pages offer exactly this.

use crate::{
    domain::{
        Right,
        job::{Job, Kind, MODERATORS_MOST, State},
    },
    services::Ctx,
};

/// What the asker may do with a job now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct May {
    /// Approve it.
    pub approve: bool,
    /// Run it.
    pub run: bool,
    /// Let it rest.
    pub pause: bool,
    /// Take it up again.
    pub resume: bool,
    /// End it before it is done.
    pub cancel: bool,
    /// Plan that it is taken back.
    pub undo: bool,
    /// Plan that what failed is tried again.
    pub retry: bool,
    /// End a shield before its time.
    pub end: bool,
}

impl May {
    /// What the asker may do with this job.
    pub fn of(ctx: &Ctx, job: &Job) -> Self {
        let is_fresh = !job.is_stale(ctx.now);
        let is_theirs = ctx.actor == job.planned.by || job.started.as_ref().is_some_and(|act| act.by == ctx.actor);
        let enough = ctx.caller.is_none() && has_rights(ctx, job);
        let hand = ctx.may(Right::Edit).is_ok() && (is_theirs || ctx.may(Right::Manage).is_ok());
        let is_lift = job.kind == Kind::Lift;
        Self {
            approve: is_fresh
                && job.state == State::Awaiting
                && ctx.actor != job.planned.by
                && ctx.may(Right::Manage).is_ok(),
            run: is_fresh && job.state == State::Planned && ctx.actor == job.planned.by && enough,
            pause: hand && job.state == State::Running,
            resume: hand && enough && job.state == State::Paused,
            cancel: hand
                && !is_lift
                && matches!(job.state, State::Planned | State::Awaiting | State::Running | State::Paused),
            undo: job.can_be_undone() && ctx.may(Right::Edit).is_ok(),
            retry: job.can_be_retried() && ctx.may(Right::Edit).is_ok(),
            end: hand && enough && job.is_standing(),
        }
    }
}

/// Whether the asker's rights are enough for what a job does.
pub(super) fn has_rights(ctx: &Ctx, job: &Job) -> bool {
    ctx.may(job.steps.needs()).is_ok() && (job.total <= MODERATORS_MOST || ctx.may(Right::Manage).is_ok())
}
