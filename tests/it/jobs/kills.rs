//! A process that ends anywhere: the next one goes on, and each room is changed once.
//!
//! `JOB_ROOMS=100000 JOB_KILLS=10 cargo test --release --test it jobs::kills` is the long form.

use std::{path::Path, time::Duration};

use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use wardroom::{
    domain::job::State,
    services::{Bulk, Settings, jobs},
    store::Store,
};

use super::{ada, all, set, started};
use crate::harness::{House, Random, served::Served};

#[tokio::test]
async fn whenever_the_house_is_left_the_next_one_goes_on_and_each_room_changes_once() {
    let house = House::open().await;
    let ctx = ada(&house);
    let job = jobs::plan(&ctx, all(), set(&[("slow_mode", "8"), ("status", "inactive")])).await.unwrap();
    let job = started(&house, &ctx, job).await;
    let mut random = Random(11);
    let mut lives = 0;
    loop {
        // A house of its own each time, over the same file; the one before is left as it stands.
        let store = Store::open(&format!("sqlite:{}", house.file.display())).await.unwrap();
        let mut worker = jobs::Worker::new(store, ctx.settings.clone(), wardroom::server::clock::now);
        for _ in 0..random.below(4) {
            // Left in the middle of a unit, too: the future is dropped while the writer is at work.
            if random.once_in(3) {
                let _ = tokio::time::timeout(Duration::from_millis(random.below(9) as u64), worker.turn()).await;
            } else {
                worker.turn().await.unwrap();
            }
        }
        lives += 1;
        let now = jobs::get(&ctx, job.id).await.unwrap();
        if now.state == State::Done {
            assert_eq!(now.tally.changed, now.total);
            break;
        }
        assert_eq!(now.state, State::Running);
    }
    assert!(lives > 3, "{lives}");
    assert_eq!(house.changed_by(job.id).await, job.total);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_goes_on_with_its_job_when_it_starts_again() {
    let number = |name: &str, small: usize| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(small);
    let (many, kills) = (number("JOB_ROOMS", 2_000), number("JOB_KILLS", 3));
    let house = House::open().await;
    for first in (0..many).step_by(5_000) {
        let lines = (first..many.min(first + 5_000)).map(|n| format!("{{\"id\":\"r{n}\",\"name\":\"Room {n}\"}}\n"));
        house.import(lines.collect()).await;
    }
    let mut ctx = ada(&house);
    let bulk = Bulk { approval_above: u64::MAX };
    ctx.settings = std::sync::Arc::new(Settings { bulk, ..(*ctx.settings).clone() });
    let job = jobs::plan(&ctx, all(), set(&[("status", "inactive")])).await.unwrap();
    let job = started(&house, &ctx, job).await;
    house.store.close().await;

    let folder = tempfile::tempdir().unwrap();
    for name in ["wardroom.db", "wardroom.key"] {
        std::fs::copy(house.file.with_file_name(name), folder.path().join(name)).unwrap();
    }
    let file = folder.path().join("wardroom.db");
    let (mut folder, mut random) = (Some(folder), Random(3));
    let mut targets: Vec<u64> = (0..kills).map(|_| random.below(many * 9 / 10) as u64).collect();
    targets.sort_unstable();
    for target in targets {
        let served = Served::over(folder.take().unwrap(), "info", &[], "Wardroom is open");
        until(&file, |done, _| done >= target).await;
        folder = Some(served.kill());
    }
    let served = Served::over(folder.take().unwrap(), "info", &[], "Wardroom is open");
    until(&file, |_, state| state == "done").await;
    let _folder = served.kill();

    let store = Store::open(&format!("sqlite:{}", file.display())).await.unwrap();
    let done = store.job(job.id).await.unwrap().unwrap();
    assert_eq!((done.state, done.tally.done()), (State::Done, done.total));
    let mut conn = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    let sql = "SELECT count(*), count(DISTINCT room) FROM audit WHERE job = $1 AND room IS NOT NULL";
    let (entries, rooms): (i64, i64) = sqlx::query_as(sql).bind(job.id).fetch_one(&mut conn).await.unwrap();
    assert_eq!((entries as u64, rooms as u64), (done.tally.changed, done.tally.changed), "each room once");
    let sql =
        "SELECT count(*) FROM rooms WHERE status <> 'inactive' OR version <> 2 AND id LIKE 'r%' AND name LIKE 'Room %'";
    let others: i64 = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
    assert_eq!(others, 0);
    conn.close().await.unwrap();
}

/// Waits until a job is so far, looking at the file from outside.
async fn until(file: &Path, mut is_reached: impl FnMut(u64, &str) -> bool) {
    let mut conn = SqliteConnectOptions::new().filename(file).read_only(true).connect().await.unwrap();
    for _ in 0..60_000 {
        let sql = "SELECT changed + unchanged + skipped + failed, state FROM jobs";
        let (done, state): (i64, String) = sqlx::query_as(sql).fetch_one(&mut conn).await.unwrap();
        if is_reached(done as u64, &state) {
            conn.close().await.unwrap();
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the job does not come so far");
}
