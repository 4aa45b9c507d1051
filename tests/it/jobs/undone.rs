//! Undo puts back exactly what nobody has touched since, and can itself be undone.

use wardroom::{
    domain::{
        Error,
        job::{Kind, Selection, Sort, State, Typed},
        room::{Patch, RoomId},
    },
    services::{jobs, rooms},
};

use super::{ada, all, attributes_of, differing, done, exported, map, mona, results, set, started, steps};
use crate::harness::{House, STAGE};

async fn rename(house: &House, id: &str) {
    let patch = Patch::from_form([("name", "touched")]).unwrap();
    rooms::update(&mona(house), &RoomId::parse(id).unwrap(), i64::MAX, patch).await.unwrap();
}

/// A change of everything at once.
fn much() -> Typed {
    Typed {
        set: map(&[("status", "inactive"), ("announcement", "Back at 8"), ("capacity", "12")]),
        clear: map(&[("categories", "on")]),
        add: map(&[("tags", "bulk"), ("managers", "boss")]),
        remove: map(&[("tags", "live")]),
        ..attributes_of(&[("topic", Some("silence")), ("mic1", None), ("new", Some("x"))])
    }
}

#[tokio::test]
async fn undo_restores_exactly_the_rooms_that_nobody_touched_since() {
    let house = House::open().await;
    let ctx = ada(&house);
    let before = exported(&house).await;
    let job = jobs::plan(&ctx, all(), steps(&much())).await.unwrap();
    let job = done(&house, &ctx, job).await;
    assert_eq!(job.tally.changed, job.total, "{:?}", job.tally);
    let changed = exported(&house).await;
    assert_eq!(differing(&before, &changed).len() as u64, job.total);

    let touched = ["..a", "a+b&c=d", STAGE];
    for id in touched {
        rename(&house, id).await;
    }
    let touched_now = exported(&house).await;
    let undo = jobs::plan_undo(&ctx, job.id).await.unwrap();
    assert_eq!((undo.kind, &undo.selection), (Kind::Undo, &Selection::ChangedBy { job: job.id }));
    assert_eq!((undo.preview.change, undo.preview.moved, undo.total), (job.total - 3, 3, job.total));
    assert_eq!(undo.preview.moving.len(), 3);
    let undo = done(&house, &ctx, undo).await;
    assert_eq!((undo.tally.changed, undo.tally.skipped), (job.total - 3, 3));
    let after = exported(&house).await;
    assert_eq!(differing(&before, &after), touched, "all but these are as they were");
    for id in touched {
        assert_eq!(after[id], touched_now[id], "and these as somebody left them");
    }
    let skipped: Vec<String> =
        results(&house, undo.id).await.into_values().filter(|r| r.outcome == Sort::Skipped).map(|r| r.room).collect();
    assert_eq!(skipped, touched);

    let again = jobs::plan_undo(&ctx, undo.id).await.unwrap();
    let again = done(&house, &ctx, again).await;
    assert_eq!(again.tally.changed, job.total - 3);
    let redone = exported(&house).await;
    assert_eq!(differing(&changed, &redone), touched, "the undo of an undo does it all again");
}

#[tokio::test]
async fn what_a_cancelled_job_did_is_undone_and_what_it_did_not_is_not() {
    let house = House::open().await;
    let ctx = ada(&house);
    let before = exported(&house).await;
    let job = jobs::plan(&ctx, all(), set(&[("slow_mode", "3")])).await.unwrap();
    let job = started(&house, &ctx, job).await;
    assert!(matches!(jobs::plan_undo(&ctx, job.id).await, Err(Error::Invalid(_))), "it is at work");
    house.worker().turn().await.unwrap();
    let job = jobs::cancel(&ctx, job.id).await.unwrap();
    assert!(0 < job.tally.changed && job.tally.changed < job.total);
    let undo = jobs::plan_undo(&ctx, job.id).await.unwrap();
    assert_eq!(undo.total, job.tally.changed);
    done(&house, &ctx, undo).await;
    assert_eq!(differing(&before, &exported(&house).await), Vec::<String>::new());
}

#[tokio::test]
async fn undo_asks_for_the_same_rights_and_the_same_approval() {
    let house = House::open().await;
    let ctx = ada(&house);
    let job = jobs::plan(&ctx, all(), set(&[("owner", "u9")])).await.unwrap();
    let job = done(&house, &ctx, job).await;
    assert!(matches!(jobs::plan_undo(&mona(&house), job.id).await, Err(Error::Forbidden(_))));
    let undo = jobs::plan_undo(&ctx, job.id).await.unwrap();
    assert_eq!((undo.state, undo.needs_approval), (State::Awaiting, true));
    assert!(matches!(jobs::plan_undo(&ctx, undo.id).await, Err(Error::Invalid(_))), "it has not run");
}

#[tokio::test]
async fn one_rooms_part_of_a_job_is_undone_from_its_history() {
    let house = House::open().await;
    let ctx = ada(&house);
    let before = exported(&house).await;
    let job = jobs::plan(&ctx, super::listed(&[STAGE]), steps(&much())).await.unwrap();
    let job = done(&house, &ctx, job).await;
    let entry = results(&house, job.id).await[STAGE].entry.unwrap();
    wardroom::services::history::undo(&ctx, entry).await.unwrap();
    assert_eq!(differing(&before, &exported(&house).await), Vec::<String>::new(), "fields and attributes");
}
