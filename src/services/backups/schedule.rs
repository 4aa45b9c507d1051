//! Backups on a schedule: one is due when the newest in the folder is old enough, whichever process made it.

use std::{path::PathBuf, time::Duration};

use super::{
    Backups, Keep, Made, Told, blocking,
    folder::{all, name_of, newest, prune, sweep},
    make, sized,
    status::Standing,
};
use crate::domain::{Timestamp, page::grouped};

/// How often it is looked whether one is due.
const LOOK: Duration = Duration::from_secs(60);
/// After a failure it is tried again no later than this, in milliseconds: a quarter of an hour.
const AGAIN: i64 = 15 * 60 * 1000;

/// When and where backups are made, and which are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The folder.
    pub folder: PathBuf,
    /// The time between two, in milliseconds.
    pub every: i64,
    /// What is kept of them.
    pub keep: Keep,
}

/// The schedule at work.
#[derive(Debug)]
pub struct Schedule {
    database: PathBuf,
    plan: Plan,
    backups: Backups,
    standing: Standing,
}

impl Schedule {
    /// A schedule for a database, which says in `backups` how it stands.
    #[must_use]
    pub fn new(database: PathBuf, plan: Plan, backups: Backups, now: Timestamp) -> Self {
        let standing = Standing { every: plan.every, since: now, last: None, failed: None };
        Self { database, plan, backups, standing }
    }

    /// Makes backups for ever; to be dropped when the house closes. One that is cut short so is swept up next time.
    pub async fn run(mut self, clock: fn() -> Timestamp) {
        let mut beat = tokio::time::interval(LOOK);
        loop {
            beat.tick().await;
            self.turn(clock()).await;
        }
    }

    /// Makes a backup if one is due, and removes the old ones only when it is proven. Returns what came of it.
    pub async fn turn(&mut self, now: Timestamp) -> Option<Told<Made>> {
        let outcome = self.make_if_due(now).await;
        match &outcome {
            Some(Ok(made)) => {
                self.standing.last = Some(made.manifest.made_at);
                self.standing.failed = None;
                tracing::info!(
                    file = %made.file.display(),
                    bytes = %sized(made.manifest.bytes),
                    rooms = %grouped(made.manifest.contents.rooms.unsigned_abs()),
                    seconds = made.took.as_secs(),
                    "a backup was made"
                );
            }
            Some(Err(why)) => {
                tracing::error!(%why, "a backup failed");
                self.standing.failed = Some((now, why.clone()));
            }
            None => {}
        }
        self.backups.set(self.standing.clone());
        outcome
    }

    async fn make_if_due(&mut self, now: Timestamp) -> Option<Told<Made>> {
        if self.standing.failed.as_ref().is_some_and(|(at, _)| now.0 - at.0 < AGAIN.min(self.plan.every) && now >= *at)
        {
            return None;
        }
        let folder = self.plan.folder.clone();
        let last = match blocking(move || newest(&folder)).await {
            Ok(newest) => newest.map(|(_, manifest)| manifest.made_at),
            Err(why) => return Some(Err(why)),
        };
        self.standing.last = last;
        // A backup of the future tells of a clock that was wrong: it puts nothing off.
        if last.is_some_and(|last| last <= now && now.0 - last.0 < self.plan.every) {
            return None;
        }
        Some(self.make(now).await)
    }

    async fn make(&self, now: Timestamp) -> Told<Made> {
        let folder = self.plan.folder.clone();
        let shown = folder.display().to_string();
        if folder.exists() {
            let swept = blocking(move || sweep(&folder).map_err(|why| why.to_string())).await;
            swept.map_err(|why| format!("{shown} cannot be tidied: {why}"))?;
        }
        let made = make(&self.database, &self.plan.folder.join(name_of(now)), now).await?;
        let plan = self.plan.clone();
        let pruned = blocking(move || {
            let gone = prune(&plan.folder, &plan.keep).map_err(|why| why.to_string())?;
            Ok((gone, all(&plan.folder).map_or(0, |left| left.len())))
        });
        match pruned.await {
            Ok((0, _)) => {}
            Ok((gone, left)) => tracing::info!(gone, left, "old backups were removed"),
            Err(why) => tracing::warn!(%why, "old backups cannot be removed"),
        }
        Ok(made)
    }
}
