//! What signing in takes, how long it lasts, and for what somebody must show once more that it is them.

use crate::{
    domain::{Error, Result, Role, Timestamp, audit::Source},
    services::Ctx,
};

/// What whoever runs the house has set about accounts and their sessions. Times are milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The roles that need two steps to sign in: without, nothing opens up but their setting up.
    pub two_steps: Vec<Role>,
    /// For what is worth it, a proof of who asks counts for so long.
    pub step_up_after: i64,
    /// A session that was not used for so long has ended.
    pub idle: i64,
    /// A session that began so long ago has ended, whatever was done with it since.
    pub longest: i64,
}

impl Default for Policy {
    fn default() -> Self {
        const HOUR: i64 = 60 * 60 * 1000;
        Self { two_steps: Vec::new(), step_up_after: HOUR / 6, idle: 8 * HOUR, longest: 7 * 24 * HOUR }
    }
}

impl Ctx {
    /// Goes on only if the asker has shown lately that it is them. A stolen session, or a screen that was left alone,
    /// changes no account and no app, learns no secret and approves nothing. Whoever types commands is at the machine itself.
    ///
    /// # Errors
    /// [`Error::StepUp`].
    pub fn sure(&self) -> Result<()> {
        // A moment that is yet to come proves nothing either: the clock was set back.
        let is_fresh = |at: Timestamp| (0..=self.settings.policy.step_up_after).contains(&(self.now.0 - at.0));
        let is_sure = self.source == Source::Command || self.proved_at.is_some_and(is_fresh);
        if is_sure { Ok(()) } else { Err(Error::StepUp) }
    }
}
