//! How the backups of a house that makes them stand, for whoever asks: the console, a probe.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::Timestamp;

/// How they stand. Cheap to clone; every clone sees the same. Of a house that makes none there is nothing to say.
#[derive(Clone, Debug, Default)]
pub struct Backups(Arc<Mutex<Option<Standing>>>);

/// How they stand at present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How often one is to be made, in milliseconds.
    pub every: i64,
    /// Since when this process has made them.
    pub since: Timestamp,
    /// The last good one, whichever process made it.
    pub last: Option<Timestamp>,
    /// The last failure after it: when and why.
    pub failed: Option<(Timestamp, String)>,
}

impl Standing {
    /// What whoever runs the house should know: that the last good one is older than twice the time between two.
    #[must_use]
    pub fn concern(&self, now: Timestamp) -> Option<String> {
        if now.0 - self.last.unwrap_or(self.since).0 <= self.every.saturating_mul(2) {
            return None;
        }
        let last = match self.last {
            Some(last) => format!("The last good backup is of {} UTC.", last.short()),
            None => "There is no good backup of this house.".to_owned(),
        };
        let failed = self.failed.as_ref();
        let failed = failed.map(|(at, why)| format!(" The try of {} UTC failed: {why}.", at.short()));
        Some(last + &failed.unwrap_or_default())
    }
}

impl Backups {
    /// How they stand; `None` where none are made.
    #[must_use]
    pub fn standing(&self) -> Option<Standing> {
        self.lock().clone()
    }

    /// What whoever runs the house should know.
    #[must_use]
    pub fn concern(&self, now: Timestamp) -> Option<String> {
        self.lock().as_ref().and_then(|standing| standing.concern(now))
    }

    pub(super) fn set(&self, standing: Standing) {
        *self.lock() = Some(standing);
    }

    fn lock(&self) -> MutexGuard<'_, Option<Standing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_house_is_concerned_when_two_backups_were_missed() {
        let hour = 3_600_000;
        let mut standing = Standing { every: hour, since: Timestamp(0), last: None, failed: None };
        assert_eq!(standing.concern(Timestamp(2 * hour)), None, "it has just begun");
        assert!(standing.concern(Timestamp(2 * hour + 1)).unwrap().contains("no good backup"));
        standing.last = Some(Timestamp(hour));
        assert_eq!(standing.concern(Timestamp(3 * hour)), None);
        standing.failed = Some((Timestamp(3 * hour), "no room".to_owned()));
        let told = standing.concern(Timestamp(4 * hour)).unwrap();
        assert_eq!(
            told,
            "The last good backup is of 1970-01-01 01:00 UTC. The try of 1970-01-01 03:00 UTC failed: no room."
        );
    }
}
