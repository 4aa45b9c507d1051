//! What a server does beside answering: jobs, backups on their schedule, the audit trail's upkeep, the search index's,
//! figures, tidying.

use std::time::Duration;

use tokio::task::JoinHandle;

use super::{House, clock, trail};
use crate::{domain::Result, services::jobs::forgotten, store::Beside};

/// Begins all of them; each goes on until it is aborted.
pub(super) fn start(house: &House) -> Vec<JoinHandle<()>> {
    let mut chores = vec![
        tokio::spawn(tidy(house.clone())),
        tokio::spawn(write_usage(house.clone())),
        tokio::spawn(house.worker().run()),
        tokio::spawn(trail::keep(house.clone())),
        tokio::spawn(merge_search(house.clone())),
    ];
    chores.extend(house.schedule().map(|schedule| tokio::spawn(schedule.run(clock::now))));
    chores
}

/// Every few seconds: writes down what back-ends called.
async fn write_usage(house: House) {
    let mut beat = tokio::time::interval(Duration::from_secs(5));
    loop {
        beat.tick().await;
        if let Err(error) = house.write_usage().await {
            tracing::warn!(%error, "writing down what was called");
        }
    }
}

/// Once an hour: forgets ended sessions, quiet guessers and old plans.
async fn tidy(house: House) {
    let mut hour = tokio::time::interval(Duration::from_secs(3600));
    loop {
        hour.tick().await;
        house.gate.tidy();
        let ended = house.store.write(|tx| {
            Box::pin(async move {
                tx.delete_ended_tokens(clock::now()).await?;
                tx.forget_old_secrets(clock::now()).await?;
                let (unfinished, old) = forgotten(clock::now());
                tx.forget_plans(unfinished, old).await?;
                tx.delete_ended_sessions(clock::now()).await
            })
        });
        if let Err(error) = ended.await {
            tracing::warn!(%error, "forgetting ended sessions");
        }
    }
}

/// Once a minute, while no job is at work: merges the search index's parts, if that makes searches quicker.
async fn merge_search(house: House) {
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    loop {
        minute.tick().await;
        if let Err(error) = merge_search_once(&house).await {
            tracing::warn!(%error, "merging the search index");
        }
    }
}

async fn merge_search_once(house: &House) -> Result<()> {
    if house.store.state().is_healthy() && house.store.jobs_at_work().await?.is_empty() {
        house.store.merge_search(Beside::Others).await?;
    }
    Ok(())
}
