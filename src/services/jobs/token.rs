//! The token with which a plan is run: it says that whoever runs it has seen exactly this plan.
//!
//! It is a code over the plan's number, who planned it and when, made with a key that lives as long as the process. So
//! nothing is kept that could be stolen, the plan's page shows it again however often it is loaded, nobody but the
//! planner ever gets one, and one for another plan or another person opens nothing. That it counts once is the job's
//! state, which leaves "planned" in the transaction that takes the token; that it ends after a day is the plan's age.
//! After a restart a page that was open before must be loaded again.

use std::sync::LazyLock;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{
    domain::{job::Job, text::hex},
    services::Ctx,
};

static KEY: LazyLock<[u8; 32]> = LazyLock::new(rand::random);

/// The token of a plan, for who planned it; nobody else has one.
pub(super) fn of(ctx: &Ctx, job: &Job) -> Option<String> {
    if !job.state.is_plan() || ctx.actor != job.planned.by {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(KEY.as_slice()).ok()?;
    let planner = (job.planned.by.kind(), job.planned.by.name());
    mac.update(format!("{}\n{}\n{}\n{}\n{}", job.id, planner.0, planner.1, job.planned.at.0, job.total).as_bytes());
    Some(hex(&mac.finalize().into_bytes()))
}

/// Whether this is the asker's token for a plan.
pub(super) fn opens(ctx: &Ctx, job: &Job, token: &str) -> bool {
    of(ctx, job).is_some_and(|right| right.as_bytes().ct_eq(token.trim().as_bytes()).into())
}
