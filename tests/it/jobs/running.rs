//! A job changes each room once, leaves alone what others changed, and stops and goes on when it is told to.

use wardroom::{
    domain::{
        Error,
        audit::{Action, AuditQuery},
        job::{Sort, State},
        page::Total,
        room::{Field, Patch, RoomId, RoomQuery},
    },
    services::{history, jobs, rooms},
};

use super::{ada, all, done, fritz, matching, mona, results, set, started};
use crate::harness::{House, STAGE};

/// Renames a room as people do.
async fn rename(house: &House, id: &str, name: &str) {
    let patch = Patch::from_form([("name", name)]).unwrap();
    rooms::update(&mona(house), &RoomId::parse(id).unwrap(), i64::MAX, patch).await.unwrap();
}

#[tokio::test]
async fn rooms_renamed_after_the_plan_are_skipped_and_named() {
    let house = House::open().await;
    let ctx = ada(&house);
    let job = jobs::plan(&ctx, all(), set(&[("slow_mode", "7")])).await.unwrap();
    for id in [STAGE, "new", "直播間"] {
        rename(&house, id, "renamed").await;
    }
    house.sql("DELETE FROM rooms WHERE id = '100%'").await;
    let job = done(&house, &ctx, job).await;
    assert_eq!((job.tally.skipped, job.tally.changed), (4, job.total - 4));
    let results = results(&house, job.id).await;
    let skipped: Vec<(&str, &str)> = results
        .values()
        .filter(|result| result.outcome == Sort::Skipped)
        .map(|result| (result.room.as_str(), result.reason.as_str()))
        .collect();
    let since = "changed since; left as it is";
    assert_eq!(skipped, [("100%", "deleted since"), ("new", since), (STAGE, since), ("直播間", since)]);
    assert_eq!(house.room(STAGE).await.values.get(Field::SlowMode), None);
    assert_eq!(house.room("abc/def").await.values.number(Field::SlowMode), Some(7));
}

#[tokio::test]
async fn every_change_stands_in_the_rooms_history_with_its_job() {
    let house = House::open().await;
    let ctx = ada(&house);
    let job = jobs::plan(&ctx, all(), set(&[("muted", "yes"), ("status", "inactive")])).await.unwrap();
    let job = done(&house, &ctx, job).await;
    for (id, result) in results(&house, job.id).await {
        let query = AuditQuery { room: Some(id.clone()), ..AuditQuery::default() };
        let entries = history::find(&ctx, &query).await.unwrap().rows;
        let of_job: Vec<_> = entries.iter().filter(|entry| entry.job == Some(job.id)).collect();
        assert_eq!(of_job.len(), usize::from(result.outcome == Sort::Changed), "{id}");
        if let Some(entry) = of_job.first() {
            assert_eq!((entry.action, entry.actor.name(), Some(entry.id)), (Action::RoomUpdated, "ada", result.entry));
            assert_eq!(entry.version, Some(house.room(&id).await.version));
        }
    }
    let query = AuditQuery { job: Some(job.id), ..AuditQuery::default() };
    let last = history::find(&ctx, &query).await.unwrap().rows;
    assert_eq!(last[0].action, Action::JobDone);
    assert!(last[0].note.contains("Muted becomes yes"), "{}", last[0].note);
    let (query, _) = RoomQuery::parse([("status", "inactive"), ("muted", "yes")]);
    let found = ctx.store.rooms(&query).await.unwrap().total;
    assert_eq!(found, Total::Exactly(job.total), "the search knows what the job did");
}

#[tokio::test]
async fn of_two_jobs_over_the_same_rooms_the_second_leaves_alone_what_the_first_changed() {
    let house = House::open().await;
    let (ctx, other) = (ada(&house), fritz(&house));
    let first = jobs::plan(&ctx, matching(&[("status", "active")]), set(&[("slow_mode", "1")])).await.unwrap();
    let second = jobs::plan(&other, all(), set(&[("slow_mode", "2")])).await.unwrap();
    let (first, second) = (started(&house, &ctx, first).await, started(&house, &other, second).await);
    house.worker().work_off().await.unwrap();
    let (first, second) = (jobs::get(&ctx, first.id).await.unwrap(), jobs::get(&ctx, second.id).await.unwrap());
    assert_eq!((first.state, second.state), (State::Done, State::Done));
    assert!(first.tally.changed > 0 && second.tally.changed > 0, "they took turns");
    assert_eq!(first.tally.changed + second.tally.changed, second.total);
    assert_eq!(first.tally.skipped + first.tally.changed, first.total);
    assert_eq!(second.tally.skipped, first.tally.changed);
}

#[tokio::test]
async fn a_job_rests_goes_on_and_ends_where_it_is_told_to() {
    let house = House::open().await;
    let ctx = ada(&house);
    let job = jobs::plan(&ctx, all(), set(&[("slow_mode", "5")])).await.unwrap();
    let job = started(&house, &ctx, job).await;
    let mut worker = house.worker();
    assert!(worker.turn().await.unwrap());
    let done = |job: &wardroom::domain::job::Job| job.tally.done();
    let paused = jobs::pause(&fritz(&house), job.id).await.unwrap();
    assert!(0 < done(&paused) && done(&paused) < paused.total, "{:?}", paused.tally);
    assert!(!worker.turn().await.unwrap(), "nothing to do");
    assert_eq!(jobs::get(&ctx, job.id).await.unwrap().tally, paused.tally);
    assert!(matches!(jobs::pause(&ctx, job.id).await, Err(Error::Exists(_))));
    assert!(matches!(jobs::resume(&mona(&house), job.id).await, Err(Error::Forbidden(_))), "not hers");

    jobs::resume(&fritz(&house), job.id).await.unwrap();
    assert!(worker.turn().await.unwrap());
    let cancelled = jobs::cancel(&ctx, job.id).await.unwrap();
    assert!(done(&cancelled) > done(&paused) && done(&cancelled) < cancelled.total);
    assert!(!worker.turn().await.unwrap());
    assert!(matches!(jobs::resume(&ctx, job.id).await, Err(Error::Exists(_))), "over is over");
    let by = |name: &str| {
        let query = AuditQuery { job: Some(job.id), actor: Some(name.to_owned()), ..AuditQuery::default() };
        let ctx = ctx.clone();
        async move {
            let entries = ctx.store.audit_before(&query, i64::MAX, 1_000).await.unwrap();
            entries.iter().filter(|entry| entry.room.is_some()).count() as u64
        }
    };
    assert_eq!((by("ada").await, by("fritz").await), (done(&paused), done(&cancelled) - done(&paused)));
    let told = house.audit().await;
    let told: Vec<Action> = told.iter().filter(|entry| entry.room.is_none()).map(|entry| entry.action).collect();
    assert_eq!(told[..2], [Action::JobCancelled, Action::JobResumed]);
}

#[tokio::test]
async fn whoever_may_not_any_more_changes_no_more_rooms() {
    let house = House::open().await;
    let ctx = ada(&house);
    for (change, why) in [
        ("UPDATE staff SET role = 'moderator' WHERE name = 'ada'", "may not do this any more"),
        ("UPDATE staff SET disabled = 1 WHERE name = 'ada'", "may not sign in any more"),
    ] {
        let job = jobs::plan(&ctx, all(), set(&[("slow_mode", "11")])).await.unwrap();
        let job = started(&house, &ctx, job).await;
        let mut worker = house.worker();
        worker.turn().await.unwrap();
        house.sql(change).await;
        worker.work_off().await.unwrap();
        let paused = jobs::get(&ctx, job.id).await.unwrap();
        assert_eq!(paused.state, State::Paused);
        assert!(paused.reason.contains(why), "{}", paused.reason);
        assert!(paused.tally.done() < paused.total);
        assert_eq!(house.last().await.action, Action::JobPaused);
        jobs::resume(&fritz(&house), job.id).await.unwrap();
        worker.work_off().await.unwrap();
        assert_eq!(jobs::get(&ctx, job.id).await.unwrap().state, State::Done);
        house.sql("UPDATE staff SET role = 'admin', disabled = 0 WHERE name = 'ada'").await;
        house.sql("UPDATE rooms SET slow_mode = NULL").await;
    }
}

#[tokio::test]
async fn the_worker_wakes_when_a_job_is_started_and_other_saves_come_between() {
    let house = House::open().await;
    let ctx = ada(&house);
    let worker = tokio::spawn(house.worker().run());
    let job = jobs::plan(&ctx, all(), set(&[("slow_mode", "6")])).await.unwrap();
    let job = started(&house, &ctx, job).await;
    let mut between = 0;
    loop {
        rename(&house, STAGE, &format!("name {between}")).await;
        let now = jobs::get(&ctx, job.id).await.unwrap();
        if now.state == State::Done {
            break;
        }
        between += u32::from(now.tally.done() > 0);
    }
    worker.abort();
    assert!(between > 0, "a save was answered while the job was at work");
    let tally = jobs::get(&ctx, job.id).await.unwrap().tally;
    assert_eq!(tally.done(), job.total);
}
