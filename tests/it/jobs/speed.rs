//! How long plans and runs take, by the clock. `cargo test --release --test it jobs::speed -- --ignored --nocapture`;
//! `JOB_ROOMS` says over how many rooms (100,000 without it).

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use wardroom::{
    domain::{
        job::{State, Typed},
        room::{Patch, RoomId},
    },
    server::clock,
    services::{Bulk, Ctx, Settings, jobs, rooms},
};

use super::{all, attributes_of, map, matching, started, steps};
use crate::harness::House;

/// Most resident memory that this process had, in megabytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap() / 1024
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures by the clock; wants a release build and a quiet machine"]
async fn a_million_rooms_are_planned_in_seconds_and_a_hundred_thousand_changed_in_a_minute() {
    let many: usize = std::env::var("JOB_ROOMS").ok().and_then(|n| n.parse().ok()).unwrap_or(100_000);
    let house = House::empty().await;
    for first in (0..many).step_by(50_000) {
        let room = |n: usize| {
            let (active, text) = (if n.is_multiple_of(20) { "inactive" } else { "active" }, "x".repeat(n % 300));
            format!(
                "{{\"id\":\"room-{n:07}\",\"name\":\"Room {n} 直播\",\"owner\":\"owner-{}\",\"status\":\"{active}\",\
                 \"tags\":[\"live\",\"t{}\"],\"description\":\"{text}\"}}\n",
                n % 20_000,
                n % 50
            )
        };
        house.import((first..many.min(first + 50_000)).map(room).collect()).await;
    }
    let mut ctx = Ctx { now: clock::now(), ..house.ctx() };
    ctx.settings = Arc::new(Settings { bulk: Bulk { approval_above: u64::MAX }, ..(*ctx.settings).clone() });
    let before = peak();
    let tags = Typed { add: map(&[("tags", "bulk")]), ..Typed::default() };
    for (what, rooms, typed) in [
        ("one field, all", all(), Typed { set: map(&[("status", "inactive")]), ..Typed::default() }),
        ("tags, all", all(), tags.clone()),
        ("tags, a search", matching(&[("q", "room")]), tags),
        (
            "a field, a filter",
            matching(&[("status", "active")]),
            Typed { set: map(&[("muted", "yes")]), ..Typed::default() },
        ),
        ("an attribute, all", all(), attributes_of(&[("k", Some("v"))])),
    ] {
        let began = Instant::now();
        let job = jobs::plan(&ctx, rooms, steps(&typed)).await.unwrap();
        println!("plan, {what}: {} rooms in {:?}, peak {} MB (before {before})", job.total, began.elapsed(), peak());
    }
    let some = matching(&[("q", "room-00")]);
    for (what, typed) in [
        ("one field", Typed { set: map(&[("muted", "yes")]), ..Typed::default() }),
        ("tags", Typed { add: map(&[("tags", "bulk")]), ..Typed::default() }),
        ("attributes", attributes_of(&[("k", Some("v"))])),
    ] {
        for savers in [0, 64] {
            let rooms = if savers == 0 { some.clone() } else { matching(&[("q", "room-000")]) };
            let typed = if savers == 0 { typed.clone() } else { undo_of(what) };
            let job = jobs::plan(&ctx, rooms, steps(&typed)).await.unwrap();
            let job = started(&house, &ctx, job).await;
            let stop = Arc::new(AtomicBool::new(false));
            let crowd: Vec<_> =
                (0..savers).map(|n| tokio::spawn(save(ctx.clone(), many - 1 - n * 20, stop.clone()))).collect();
            let began = Instant::now();
            house.worker().work_off().await.unwrap();
            let over = began.elapsed();
            stop.store(true, Ordering::SeqCst);
            let mut took = Vec::new();
            for saver in crowd {
                took.extend(saver.await.unwrap());
            }
            took.sort_unstable();
            let at = |part: usize| took.get(took.len() * part / 100).copied().unwrap_or_default();
            let job = jobs::get(&ctx, job.id).await.unwrap();
            assert_eq!(job.state, State::Done);
            println!(
                "run, {what}, {savers} savers: {:?} in {over:?}, {} rooms/s; saves {} p50 {:?} p99 {:?} max {:?}; peak {} MB",
                job.tally,
                job.total as u128 * 1000 / over.as_millis(),
                took.len(),
                at(50),
                at(99),
                took.last().copied().unwrap_or_default(),
                peak()
            );
        }
    }
}

fn undo_of(what: &str) -> Typed {
    match what {
        "one field" => Typed { set: map(&[("muted", "no")]), ..Typed::default() },
        "tags" => Typed { remove: map(&[("tags", "bulk")]), ..Typed::default() },
        _ => attributes_of(&[("k", None)]),
    }
}

async fn save(ctx: Ctx, room: usize, stop: Arc<AtomicBool>) -> Vec<Duration> {
    let (mut took, mut n) = (Vec::new(), 0);
    while !stop.load(Ordering::SeqCst) {
        n += 1;
        let patch = Patch::from_form([("description", format!("saved {n}").as_str())]).unwrap();
        let id = RoomId::parse(&format!("room-{:07}", room - n % 20)).unwrap();
        let began = Instant::now();
        rooms::update(&ctx, &id, i64::MAX, patch).await.unwrap();
        took.push(began.elapsed());
    }
    took
}
