//! The worker: takes what is to be done, one unit at a time, from whatever jobs are at work, in turn.
//!
//! It keeps nothing in memory that matters: it can be stopped anywhere, and the next one goes on after the last unit.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::FutureExt;

use super::unit::{self, Turn, Unit};
use crate::{
    domain::{Error, Result, Timestamp},
    services::Settings,
    store::Store,
};

/// The longest it rests without a look.
const REST: Duration = Duration::from_secs(30);
/// How long it waits where the store cannot even write that a job rests.
const PATIENCE: Duration = Duration::from_secs(2);
/// Most rooms in a unit.
const MOST: usize = 256;
/// Rooms in the first unit.
const FIRST: usize = 16;

/// The worker.
pub struct Worker {
    store: Store,
    settings: Arc<Settings>,
    clock: fn() -> Timestamp,
    /// The job that was served last.
    last: i64,
    /// Rooms that the next unit loads.
    fit: usize,
    /// Jobs that could not go on, and why, while that cannot be written.
    stalled: BTreeMap<i64, String>,
    /// The time between units, which the job was at work as well.
    since: Duration,
}

impl Worker {
    /// A worker over a store, by a clock.
    pub const fn new(store: Store, settings: Arc<Settings>, clock: fn() -> Timestamp) -> Self {
        let (last, since) = (0, Duration::ZERO);
        Self { store, settings, clock, last, fit: FIRST, stalled: BTreeMap::new(), since }
    }

    /// Works for ever; to be dropped when the house closes. A unit that was begun ends by itself.
    pub async fn run(mut self) {
        loop {
            // While nothing can be saved, jobs stand where they are; then they go on.
            self.store.healthy().await;
            match self.turn().await {
                Ok(true) => {}
                Ok(false) => self.rest().await,
                Err(error) => {
                    tracing::warn!(%error, "a job cannot go on");
                    tokio::time::sleep(PATIENCE).await;
                }
            }
        }
    }

    /// Works until there is nothing to do now.
    ///
    /// # Errors
    /// The store fails, and cannot even write that a job rests.
    pub async fn work_off(&mut self) -> Result<()> {
        while self.turn().await? {}
        Ok(())
    }

    /// One thing that is to be done; `false` where there is none.
    ///
    /// # Errors
    /// The store fails, and cannot even write that a job rests.
    pub async fn turn(&mut self) -> Result<bool> {
        if let Some((job, why)) = self.stalled.pop_first() {
            self.give_up(job, why).await?;
        }
        let now = (self.clock)();
        if self.store.next_shield_end().await?.is_some_and(|end| end <= now) {
            for shield in self.store.standing_shields().await? {
                if shield.until.is_some_and(|until| until <= now) {
                    let unit = self.unit(shield.id);
                    self.store.write(move |tx| async move { unit::end_due(tx, unit).await }.boxed()).await?;
                }
            }
        }
        let jobs = self.store.jobs_at_work().await?;
        let next = jobs.iter().find(|job| **job > self.last).or(jobs.first()).copied();
        let Some(job) = next else {
            self.since = Duration::ZERO;
            return Ok(false);
        };
        self.last = job;
        self.serve(job).await?;
        Ok(true)
    }

    async fn serve(&mut self, job: i64) -> Result<()> {
        let (unit, began) = (self.unit(job), Instant::now());
        let done = self.store.write(move |tx| async move { unit::work(tx, unit).await }.boxed()).await;
        match done {
            Ok(Turn { rooms, took }) => {
                self.since = began.elapsed().saturating_sub(took);
                // A unit that took all it had loaded may have had time for more; one that did not loads less.
                self.fit = if rooms == 0 { self.fit } else { (rooms + rooms / 4 + 1).min(MOST) };
                Ok(())
            }
            // The house closes.
            Err(Error::Busy(why)) if why.contains("shutting down") => Err(Error::Busy(why)),
            // Nothing can be saved: that the job rests can't be either. A smaller unit may fit sooner.
            Err(error) if !self.store.state().is_healthy() => {
                self.fit = (self.fit / 2).max(1);
                Err(error)
            }
            Err(error) => {
                tracing::error!(job, %error, "a job pauses itself");
                let why = format!("{error} Make sure that the disk has room and works, then resume the job.");
                self.give_up(job, why).await
            }
        }
    }

    /// Lets a job rest; keeps in mind that it has to, where that cannot be written either.
    async fn give_up(&mut self, job: i64, why: String) -> Result<()> {
        let (unit, reason) = (self.unit(job), why.clone());
        let done = self.store.write(move |tx| async move { unit::give_up(tx, unit, reason).await }.boxed()).await;
        if done.is_err() {
            self.stalled.insert(job, why);
        }
        done
    }

    fn unit(&self, job: i64) -> Unit {
        Unit {
            job,
            now: (self.clock)(),
            store: self.store.clone(),
            settings: self.settings.clone(),
            most: self.fit,
            since: i64::try_from(self.since.as_millis()).unwrap_or_default(),
        }
    }

    /// Waits until something is to be done: a bell, or the end of a shield.
    async fn rest(&self) {
        let now = (self.clock)();
        let end = self.store.next_shield_end().await.ok().flatten();
        let until_end = end.map(|end| Duration::from_millis(u64::try_from(end.0 - now.0).unwrap_or_default()));
        let longest = until_end.map_or(REST, |until| until.min(REST));
        let _ = tokio::time::timeout(longest, self.store.bell().notified()).await;
    }
}
