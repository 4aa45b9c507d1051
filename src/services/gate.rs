//! Limits on guessing passwords: by account and by address, in memory, as leaky buckets.
//!
//! An account takes ten attempts at once and then one every 30 seconds; an address thirty and then one every 5
//! seconds. A restart forgets them, which costs a guesser more than it gives.

use std::{net::IpAddr, num::NonZeroU32, time::Duration};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::{
    domain::{Error, Result},
    store::fold::fold,
};

/// Counts attempts to sign in.
pub struct Gate {
    by_account: DefaultKeyedRateLimiter<String>,
    by_address: DefaultKeyedRateLimiter<IpAddr>,
}

impl Default for Gate {
    fn default() -> Self {
        Self { by_account: limiter(10, 30), by_address: limiter(30, 5) }
    }
}

fn limiter<K: std::hash::Hash + Eq + Clone>(burst: u32, seconds: u64) -> DefaultKeyedRateLimiter<K> {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::with_period(Duration::from_secs(seconds)).unwrap_or(Quota::per_minute(NonZeroU32::MIN));
    RateLimiter::keyed(quota.allow_burst(burst))
}

impl Gate {
    /// Lets one attempt through.
    ///
    /// # Errors
    /// [`Error::Limit`], the same for an account that exists and one that does not.
    pub fn attempt(&self, name: &str, address: Option<IpAddr>) -> Result<()> {
        let by_address = address.is_none_or(|address| self.by_address.check_key(&address).is_ok());
        if by_address && self.by_account.check_key(&fold(name)).is_ok() {
            return Ok(());
        }
        Err(Error::Limit("Too many attempts. Wait a minute, then try again.".to_owned()))
    }

    /// Forgets whoever has been quiet long enough, to keep memory bounded. To be called now and then.
    pub fn tidy(&self) {
        self.by_account.retain_recent();
        self.by_address.retain_recent();
    }
}

/// Somebody who is signed in and may be guessing all the same.
#[derive(Clone, Copy)]
pub struct Guess<'a> {
    /// Counts attempts.
    pub gate: &'a Gate,
    /// From where.
    pub address: Option<IpAddr>,
}

impl Guess<'_> {
    /// Lets one attempt at this account through.
    ///
    /// # Errors
    /// As [`Gate::attempt`].
    pub fn at(self, name: &str) -> Result<()> {
        self.gate.attempt(name, self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_ends_by_account_and_by_address() {
        let gate = Gate::default();
        let from = |n: u8| Some(IpAddr::from([10, 0, 0, n]));
        assert!((0..10).all(|n| gate.attempt("Ann", from(n)).is_ok()));
        assert!(gate.attempt("ANN", from(99)).is_err());
        assert!((0..30).all(|n| gate.attempt(&format!("u{n}"), from(200)).is_ok()));
        assert!(gate.attempt("somebody", from(200)).is_err());
        assert!(gate.attempt("somebody", from(201)).is_ok());
    }
}
