//! Shields: at the end every field goes back to what it was, but for what people changed meanwhile.

use std::sync::atomic::{AtomicI64, Ordering};

use wardroom::{
    domain::{
        Error, Timestamp,
        audit::Action,
        job::{Job, Kind, Rooms, Sort, State},
        room::{Field, Patch, RoomId},
    },
    services::{Ctx, jobs, rooms},
};

use super::{ada, all, differing, exported, fritz, listed, minutes, mona, results, set, started, steps};
use crate::harness::{House, STAGE};

/// A clock that a test sets; each test has one of its own.
macro_rules! clock {
    ($name:ident) => {
        static $name: AtomicI64 = AtomicI64::new(1_795_000_000_000);
    };
}

fn at(clock: &AtomicI64) -> Timestamp {
    Timestamp(clock.load(Ordering::SeqCst))
}

fn pass(clock: &AtomicI64, minutes: i64) {
    clock.fetch_add(minutes * 60_000, Ordering::SeqCst);
}

fn asking(house: &House, clock: &AtomicI64) -> Ctx {
    Ctx { now: at(clock), ..ada(house) }
}

async fn shield(house: &House, ctx: &Ctx, rooms: Rooms, fields: &[(&str, &str)], minutes: i64) -> Job {
    let job = jobs::plan_shield(ctx, rooms, set(fields), minutes).await.unwrap();
    let job = started(house, ctx, job).await;
    house.worker().work_off().await.unwrap();
    jobs::get(ctx, job.id).await.unwrap()
}

async fn edit(house: &House, id: &str, pairs: &[(&str, &str)]) {
    let patch = Patch::from_form(pairs.iter().copied()).unwrap();
    rooms::update(&ada(house), &RoomId::parse(id).unwrap(), i64::MAX, patch).await.unwrap();
}

async fn opening(house: &House, id: &str) -> String {
    house.room(id).await.values.text(Field::Opening).unwrap().to_owned()
}

/// The job that ended a shield.
async fn end_of(house: &House, shield: i64) -> Job {
    let shield = jobs::get(&ada(house), shield).await.unwrap();
    jobs::get(&ada(house), shield.lifted_by.unwrap()).await.unwrap()
}

#[tokio::test]
async fn at_its_time_each_room_goes_back_to_what_it_was_and_not_to_a_default() {
    clock!(NOW);
    let house = House::open().await.by(|| at(&NOW));
    for id in ["new", "100%"] {
        edit(&house, id, &[("opening", "closed"), ("listed", "no")]).await;
    }
    let before = exported(&house).await;
    let ctx = asking(&house, &NOW);
    let job = shield(&house, &ctx, all(), &[("opening", "closed"), ("listed", "no"), ("muted", "yes")], 10).await;
    assert_eq!((job.kind, job.state, job.until), (Kind::Shield, State::Done, Some(minutes(ctx.now, 10))));
    assert_eq!(jobs::shields(&ctx).await.unwrap().len(), 1);
    assert_eq!(differing(&before, &exported(&house).await).len() as u64, job.total);
    assert!(matches!(jobs::plan_undo(&ctx, job.id).await, Err(Error::Invalid(_))), "a shield is ended, not undone");

    pass(&NOW, 9);
    house.worker().work_off().await.unwrap();
    assert_eq!(opening(&house, STAGE).await, "closed", "it still stands");
    edit(&house, STAGE, &[("muted", "no"), ("name", "meanwhile")]).await;
    edit(&house, "new", &[("opening", "open")]).await;
    house.sql("DELETE FROM rooms WHERE id = 'with blank'").await;
    pass(&NOW, 1);
    // Another process: the old worker is gone.
    let again = wardroom::store::Store::open(&format!("sqlite:{}", house.file.display())).await.unwrap();
    let settings = ctx.settings.clone();
    jobs::Worker::new(again, settings, || at(&NOW)).work_off().await.unwrap();

    let end = end_of(&house, job.id).await;
    assert_eq!((end.kind, end.state, end.total), (Kind::Lift, State::Done, job.total - 1));
    assert!(jobs::shields(&ctx).await.unwrap().is_empty());
    let (mut expected, after) = (before, exported(&house).await);
    expected.remove("with blank");
    assert_eq!(differing(&expected, &after), ["new", STAGE]);
    let stage = house.room(STAGE).await;
    assert_eq!(stage.values.text(Field::Name), Some("meanwhile"));
    assert!(stage.values.flag(Field::Listed) && !stage.values.flag(Field::Muted));
    let changed_meanwhile = house.room("new").await;
    assert_eq!(changed_meanwhile.values.text(Field::Opening), Some("open"), "what somebody opened stays open");
    assert!(!changed_meanwhile.values.flag(Field::Listed), "it was unlisted before");
    let told = house.store.audit(&Default::default()).await.unwrap().rows;
    assert_eq!(told[0].action, Action::JobDone);
    assert_eq!(house.ask("SELECT CAST(count(*) AS TEXT) FROM shield_holds").await, "0");
}

#[tokio::test]
async fn shields_over_shields_end_in_any_order() {
    for first_ends_first in [true, false] {
        clock!(NOW);
        let house = House::open().await.by(|| at(&NOW));
        let ctx = asking(&house, &NOW);
        edit(&house, "new", &[("opening", "closed")]).await;
        let ids = [STAGE, "new", "100%"];
        let before = exported(&house).await;
        let close = [("opening", "closed")];
        let (first, second) = if first_ends_first { (10, 20) } else { (20, 10) };
        let one = shield(&house, &ctx, listed(&ids), &close, first).await;
        let two = shield(&house, &ctx, listed(&ids), &[("opening", "closed"), ("muted", "yes")], second).await;
        assert_eq!((one.tally.changed, one.tally.unchanged, two.tally.changed), (2, 1, 3));
        // Somebody opens one of them, and a third shield closes it again.
        edit(&house, "100%", &[("opening", "open")]).await;
        let three = shield(&house, &ctx, listed(&["100%"]), &close, 30).await;
        assert_eq!(jobs::shields(&ctx).await.unwrap().len(), 3);

        pass(&NOW, 10);
        house.worker().work_off().await.unwrap();
        for id in ids {
            assert_eq!(opening(&house, id).await, "closed", "{id}: a shield still stands over it");
        }
        pass(&NOW, 10);
        house.worker().work_off().await.unwrap();
        assert_eq!(opening(&house, STAGE).await, "open");
        assert_eq!(opening(&house, "new").await, "closed", "as it was before");
        assert_eq!(opening(&house, "100%").await, "closed", "the third still stands");
        pass(&NOW, 10);
        house.worker().work_off().await.unwrap();
        assert_eq!(differing(&before, &exported(&house).await), Vec::<String>::new());
        assert_eq!(house.ask("SELECT CAST(count(*) AS TEXT) FROM shield_holds").await, "0");
        let end = end_of(&house, three.id).await;
        assert_eq!((end.tally.changed, end.total), (1, 1));
    }
}

#[tokio::test]
async fn a_shield_is_ended_early_by_who_may_and_what_it_has_not_done_it_does_not_do() {
    let house = House::open().await;
    let ctx = ada(&house);
    let before = exported(&house).await;
    let job = jobs::plan_shield(&ctx, all(), set(&[("muted", "yes")]), 60).await.unwrap();
    assert!(matches!(jobs::end_shield(&ctx, job.id).await, Err(Error::Exists(_))), "it does not stand yet");
    let job = started(&house, &ctx, job).await;
    let mut worker = house.worker();
    worker.turn().await.unwrap();
    assert!(matches!(jobs::end_shield(&mona(&house), job.id).await, Err(Error::Forbidden(_))));
    let end = jobs::end_shield(&fritz(&house), job.id).await.unwrap();
    assert_eq!(jobs::get(&ctx, job.id).await.unwrap().state, State::Cancelled);
    assert!(matches!(jobs::end_shield(&ctx, job.id).await, Err(Error::Exists(_))), "once");
    assert!(matches!(jobs::cancel(&ctx, end.id).await, Err(Error::Invalid(_))), "an end is not cancelled");
    worker.work_off().await.unwrap();
    let end = jobs::get(&ctx, end.id).await.unwrap();
    let shield = jobs::get(&ctx, job.id).await.unwrap();
    assert_eq!((end.state, end.tally.changed), (State::Done, shield.tally.changed));
    assert!(shield.tally.done() < shield.total);
    assert_eq!(differing(&before, &exported(&house).await), Vec::<String>::new());
    let outcomes = results(&house, end.id).await;
    assert!(outcomes.values().all(|result| result.outcome == Sort::Changed));
}

#[tokio::test]
async fn a_shield_sets_four_fields_for_a_bounded_time() {
    let house = House::open().await;
    let (ctx, before) = (ada(&house), house.dump().await);
    for minutes in [0, -1, 43_201] {
        let error = jobs::plan_shield(&ctx, all(), set(&[("muted", "yes")]), minutes).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_)), "{minutes}: {error}");
    }
    let tags = steps(&wardroom::domain::job::Typed { add: super::map(&[("tags", "x")]), ..Default::default() });
    assert!(jobs::plan_shield(&ctx, all(), tags, 5).await.is_err());
    assert!(jobs::plan_shield(&ctx, all(), set(&[("capacity", "5")]), 5).await.is_err());
    assert_eq!(before, house.dump().await);
}
