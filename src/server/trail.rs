//! What the server does for the audit trail by itself: checkpoints, hourly into a folder and daily into the log, where
//! entries came meanwhile; and the retention rule, daily.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{
    fs::{self, OpenOptions},
    io::AsyncWriteExt,
};

use super::House;
use crate::{
    domain::{Timestamp, trail::Checkpoint, when::DAY},
    services::{Ctx, trail},
};

const HOUR: Duration = Duration::from_secs(3600);

/// Once an hour: a checkpoint; once a day: the retention rule. Both at once when it begins.
pub(super) async fn keep(house: House) {
    let mut hour = tokio::time::interval(HOUR);
    let mut keeper = Keeper { seen: None, logged: None, removed: None };
    keeper.look_back(&house).await;
    loop {
        hour.tick().await;
        keeper.checkpoint(&house).await;
        keeper.remove(&house).await;
    }
}

/// What was done last.
struct Keeper {
    /// The newest entry that a checkpoint in the folder knows.
    seen: Option<i64>,
    /// The newest entry that a checkpoint in the log knows, and when it was logged.
    logged: Option<(i64, Timestamp)>,
    /// When the retention rule was last applied.
    removed: Option<Timestamp>,
}

impl Keeper {
    /// Holds the trail against the newest checkpoint in the folder: a database that was put back from an older file while
    /// the server was down is found here.
    async fn look_back(&mut self, house: &House) {
        let Some(folder) = &house.config.checkpoints else { return };
        let Some(newest) = newest(folder).await else { return };
        match house.store.holds(&newest).await {
            Ok(true) => self.seen = Some(newest.entry),
            Ok(false) => tracing::error!(
                checkpoint = %newest.line(),
                "the audit trail does not hold what this checkpoint knows: it was cut, rewritten, or put back from an older \
                 file; see `wardroom audit verify --checkpoint`"
            ),
            Err(error) => tracing::warn!(%error, "holding the audit trail against its newest checkpoint"),
        }
    }

    async fn checkpoint(&mut self, house: &House) {
        let now = (house.clock)();
        let made = match house.store.checkpoint(now).await {
            Ok(Some(made)) => made,
            Ok(None) => {
                tracing::error!("the head of the audit trail cannot be believed; see `wardroom audit verify`");
                return;
            }
            Err(error) => {
                tracing::warn!(%error, "making a checkpoint of the audit trail");
                return;
            }
        };
        if let Some(folder) = house.config.checkpoints.as_ref().filter(|_| self.seen != Some(made.entry)) {
            match write(folder, &made).await {
                Ok(()) => self.seen = Some(made.entry),
                Err(why) => tracing::error!(%why, folder = %folder.display(), "a checkpoint cannot be written"),
            }
        }
        let is_due = self.logged.is_none_or(|(entry, at)| entry != made.entry && now >= at.plus(DAY));
        if is_due && made.entries > 0 {
            tracing::info!(checkpoint = %made.line(), "audit checkpoint");
            self.logged = Some((made.entry, now));
        }
    }

    async fn remove(&mut self, house: &House) {
        let now = (house.clock)();
        let Some(days) = house.config.audit_keep else { return };
        if self.removed.is_some_and(|at| now < at.plus(DAY)) {
            return;
        }
        self.removed = Some(now);
        let ctx = Ctx::command(house.store.clone(), house.settings.clone(), String::new(), now);
        match trail::remove_older(&ctx, days).await {
            Ok(0) => {}
            Ok(entries) => tracing::info!(entries, days, "removed old audit entries"),
            Err(error) => tracing::warn!(%error, "removing old audit entries"),
        }
    }
}

/// Adds a checkpoint to the day's file, and sees it onto the disk.
async fn write(folder: &Path, made: &Checkpoint) -> std::io::Result<()> {
    let database: String = made.database.chars().take(8).collect();
    let name = format!("audit-{database}-{}.jsonl", made.made_at.day());
    let mut file = OpenOptions::new().create(true).append(true).open(folder.join(name)).await?;
    file.write_all(format!("{}\n", made.line()).as_bytes()).await?;
    file.sync_all().await
}

/// The newest checkpoint in a folder: the last line of the last file.
async fn newest(folder: &Path) -> Option<Checkpoint> {
    let mut files: Vec<PathBuf> = Vec::new();
    let mut all = fs::read_dir(folder).await.ok()?;
    while let Ok(Some(file)) = all.next_entry().await {
        files.push(file.path());
    }
    let mut newest: Option<Checkpoint> = None;
    for file in files.iter().filter(|file| file.extension().is_some_and(|end| end == "jsonl")) {
        let text = fs::read_to_string(file).await.unwrap_or_default();
        let last = text.lines().rev().find_map(|line| serde_json::from_str::<Checkpoint>(line).ok());
        newest = newest.into_iter().chain(last).max_by_key(|checkpoint| checkpoint.made_at);
    }
    newest
}
