//! How often an app may call: a bucket for each app and action, as large as its rate.
//!
//! A full bucket takes a burst of the whole rate at once and refills evenly, so that in any one period at most twice
//! the rate passes and in the long run the rate. In memory; a restart fills all buckets. A vendor may also limit what an
//! app calls about one and the same thing.

use std::{
    collections::HashMap,
    num::NonZeroU32,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::{
    domain::{
        Error, Result,
        app::{Action, App},
    },
    services::Settings,
};

/// The buckets of all apps.
#[derive(Default)]
pub struct Rates {
    apps: Mutex<HashMap<(i64, &'static str), Bucket>>,
    subjects: Mutex<HashMap<(&'static str, u32), Subjects>>,
}

/// The buckets of an app and a subject.
type Subjects = DefaultKeyedRateLimiter<(i64, String)>;

/// So many subjects may be remembered before those are forgotten that nobody asked about just now.
const SUBJECTS: usize = 4096;

struct Bucket {
    rate: (u32, u32),
    limiter: DefaultDirectRateLimiter,
}

impl Rates {
    /// Lets one call through.
    ///
    /// # Errors
    /// [`Error::Limit`], saying the rate.
    pub fn pass(&self, settings: &Settings, app: &App, action: &'static Action) -> Result<()> {
        let rate = rate_of(settings, app, action);
        let mut buckets = self.apps.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry((app.id, action.name)).or_insert_with(|| Bucket::full(rate));
        if bucket.rate != rate {
            *bucket = Bucket::full(rate);
        }
        if bucket.limiter.check().is_ok() {
            return Ok(());
        }
        let (many, seconds) = rate;
        let period = if seconds == 1 { "second".to_owned() } else { format!("{seconds} seconds") };
        Err(Error::Limit(format!("Too many requests: {many} calls of {} a {period} are allowed", action.name)))
    }

    /// Whether one more call of an action about this subject (a room, say) is within a rate of its own.
    pub fn pass_about(&self, app: &App, action: &'static Action, subject: &str, a_second: u32) -> bool {
        let mut limiters = self.subjects.lock().unwrap_or_else(PoisonError::into_inner);
        let quota = Quota::per_second(NonZeroU32::new(a_second).unwrap_or(NonZeroU32::MIN));
        let limiter = limiters.entry((action.name, a_second)).or_insert_with(|| RateLimiter::keyed(quota));
        if limiter.len() > SUBJECTS {
            limiter.retain_recent();
        }
        limiter.check_key(&(app.id, subject.to_owned())).is_ok()
    }
}

impl Bucket {
    fn full(rate: (u32, u32)) -> Self {
        let (many, seconds) = (NonZeroU32::new(rate.0).unwrap_or(NonZeroU32::MIN), rate.1.max(1));
        let each = Duration::from_secs(u64::from(seconds)) / many.get();
        let quota = Quota::with_period(each).unwrap_or(Quota::per_second(many)).allow_burst(many);
        Self { rate, limiter: RateLimiter::direct(quota) }
    }
}

/// Calls in so many seconds: the app's own rate, else what is set for the action or the vendor, else the vendor's.
fn rate_of(settings: &Settings, app: &App, action: &Action) -> (u32, u32) {
    let set = || {
        let of_vendor = || settings.rates.iter().rev().filter(|rate| rate.vendor == app.vendor);
        let exact = of_vendor().find(|rate| rate.action.as_deref() == Some(action.name));
        exact.or_else(|| of_vendor().find(|rate| rate.action.is_none())).map(|rate| rate.a_second)
    };
    app.rate.or_else(set).map_or((action.rate, action.seconds), |a_second| (a_second, 1))
}
