//! A clock that jumps, an hour back or a year forward: entries stand in the order in which they were written, versions go
//! up by one, and what was to end ends.

use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value as Json, json};
use wardroom::{
    domain::{
        Timestamp,
        audit::AuditQuery,
        job::State,
        room::{Field, Patch, RoomId},
    },
    services::{Ctx, jobs, rooms},
};

use crate::{
    harness::House,
    jobs::{ada, all, done, listed, set, started},
};

const HOUR: i64 = 3_600_000;
const YEAR: i64 = 365 * 24 * HOUR;

static CLOCK: AtomicI64 = AtomicI64::new(1_795_000_000_000);

fn now() -> Timestamp {
    Timestamp(CLOCK.load(Ordering::SeqCst))
}

async fn named(house: &House) -> String {
    house.room("stage").await.values.text(Field::Name).unwrap().to_owned()
}

fn jump(by: i64) {
    CLOCK.fetch_add(by, Ordering::SeqCst);
}

#[tokio::test]
async fn the_trail_and_the_versions_go_on_whichever_way_the_clock_jumps() {
    let house = House::open().await;
    let id = RoomId::parse("stage").unwrap();
    let mut at = Timestamp(1_795_000_000_000);
    let mut told = Vec::new();
    for (n, by) in [0, -HOUR, YEAR, -YEAR - HOUR, 1].into_iter().enumerate() {
        at = at.plus(by);
        let ctx = Ctx { now: at, ..ada(&house) };
        let name = format!("name {n}");
        let patch = Patch::from_form([("name", name.as_str())]).unwrap();
        let saved = rooms::update(&ctx, &id, n as i64 + 1, patch).await.unwrap();
        assert_eq!(saved.version, n as i64 + 2, "no conflict comes of a clock");
        assert_eq!(named(&house).await, name);
        told.push((saved.entry.unwrap(), at));
    }
    let trail = house.store.audit(&AuditQuery::default()).await.unwrap().rows;
    let trail: Vec<_> = trail.iter().rev().map(|entry| (entry.id, entry.at)).collect();
    assert_eq!(trail, told, "in the order of writing, each with the time it was told");
    assert!(trail.is_sorted_by_key(|(id, _)| *id));
    // Every list shows the room, whatever its time is, and undo takes the newest back.
    for sort in ["updated", "-updated", "created"] {
        assert_eq!(house.viewer().get(&format!("/rooms?q=name+4&sort={sort}")).await.status, 200);
    }
    let entry = told.last().unwrap().0.to_string();
    house.admin().call("/api/undo", &[("entry", entry.as_str())]).await.done();
    assert_eq!(named(&house).await, "name 3");
}

#[tokio::test]
async fn jobs_and_shields_come_to_their_end_whichever_way_the_clock_jumps() {
    let house = House::open().await.by(now);
    let asking = || Ctx { now: now(), ..ada(&house) };
    let shield = jobs::plan_shield(&asking(), listed(&["stage"]), set(&[("muted", "yes")]), 30).await.unwrap();
    let shield = started(&house, &asking(), shield).await;
    house.worker().work_off().await.unwrap();
    jump(-HOUR);
    // A job that began in the future is done now, and its times do not go wrong.
    let job = jobs::plan(&asking(), all(), set(&[("slow_mode", "3")])).await.unwrap();
    let mut job = done(&house, &asking(), job).await;
    assert_eq!(job.tally.done(), job.total);
    jump(-HOUR);
    let page = house.admin().get(&format!("/jobs/{}", job.id)).await;
    assert!(page.status == 200 && !page.says(" -"), "no negative times: {}", page.text());
    job = jobs::plan(&asking(), all(), set(&[("slow_mode", "9")])).await.unwrap();
    job = started(&house, &asking(), job).await;
    jump(YEAR);
    house.worker().work_off().await.unwrap();
    let job = jobs::get(&asking(), job.id).await.unwrap();
    assert_eq!((job.state, job.tally.done()), (State::Done, job.total));
    let shield = jobs::get(&asking(), shield.id).await.unwrap();
    assert!(shield.lifted_by.is_some(), "a shield whose end has passed by a jump ends");
    assert!(!house.room("stage").await.values.flag(Field::Muted));
}

#[tokio::test]
async fn a_token_ends_after_a_jump_forward_and_a_session_that_seems_to_come_from_the_future_is_used() {
    static TOKENS: AtomicI64 = AtomicI64::new(1_795_000_000_000);
    let house = House::open().await.by(|| Timestamp(TOKENS.load(Ordering::SeqCst)));
    let backend = house.backend("imkit").await;
    let body = json!({"_id": "u1", "issueAccessToken": true, "expirationDate": 1_795_000_000_000_i64 + 24 * HOUR});
    let answer = backend.imkit("POST", "/admin/clients", body).await;
    let token = answer.value()["result"]["token"].as_str().unwrap().to_owned();
    let ask = || backend.imkit_as(&token, "GET", "/rooms/stage", Json::Null);
    assert_eq!(ask().await.status, 200);
    TOKENS.fetch_sub(HOUR, Ordering::SeqCst);
    assert_eq!(ask().await.status, 200, "an hour back");
    TOKENS.fetch_add(YEAR, Ordering::SeqCst);
    assert_eq!(ask().await.status, 401, "a year on");

    // As if the session had begun before the clock was set back by an hour: it is used, and ends at its time.
    let admin = house.admin();
    house
        .sql(
            "UPDATE sessions SET data = json_set(data, '$.since', (data ->> '$.since') + 3600000,
                  '$.seen', (data ->> '$.seen') + 3600000), expires_at = expires_at + 3600000",
        )
        .await;
    assert_eq!(admin.get("/rooms").await.status, 200);
    // A year on every session has ended, and nothing else.
    house.sql("UPDATE sessions SET expires_at = expires_at - 365 * 86400000").await;
    assert_eq!(admin.get("/rooms").await.status, 303);
}
