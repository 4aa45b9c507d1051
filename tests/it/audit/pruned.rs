//! The retention rule: the oldest entries go, the chain stays whole, and nothing can hide behind it.

use futures::FutureExt;
use wardroom::{
    domain::{
        Error, Timestamp,
        audit::{Action, Actor, AuditQuery},
        trail::Fault,
        when::DAY,
    },
    services::{Ctx, jobs, trail},
};

use super::chain::{BEGAN, append, entry, tamper, verify};
use crate::{
    harness::House,
    jobs::{ada, all, done, set},
};

/// 1,203 entries that are older than a year, then five of today.
async fn grown() -> (House, Ctx) {
    let house = House::empty().await;
    let entries: Vec<_> = (1..=1_203).map(entry).collect();
    house.store.write(move |tx| async move { tx.append_all(&entries).await }.boxed()).await.unwrap();
    let ctx = house.ctx();
    let now = ctx.now;
    for n in 2_001..=2_005 {
        let new = wardroom::store::NewEntry { at: now, ..entry(n) };
        house.store.write(move |tx| async move { tx.append(&new).await }.boxed()).await.unwrap();
    }
    (house, ctx)
}

#[tokio::test]
async fn the_oldest_go_and_the_chain_begins_where_they_ended() {
    let (house, ctx) = grown().await;
    let early = house.store.checkpoint(ctx.now).await.unwrap().unwrap();
    assert_eq!(house.ask("SELECT CAST(count(*) AS TEXT) FROM audit_fields").await, "1208");
    let day = BEGAN.plus(100 * DAY);
    assert_eq!(trail::remove_before(&ctx, day).await.unwrap(), 1_203);
    let whole = verify(&house.file, std::slice::from_ref(&early)).await.unwrap();
    assert_eq!((whole.entries, whole.unused, whole.first.unwrap().0, whole.checkpoints), (6, 0, 1_204, 1));
    let removed = whole.removed.unwrap();
    assert_eq!((removed.entries, removed.last, removed.at), (1_203, 1_203, ctx.now));
    assert_eq!(removed.until, BEGAN.plus(1_203_000));
    assert_eq!(house.ask("SELECT CAST(count(*) AS TEXT) FROM audit_fields").await, "5");
    let told = house.last().await;
    assert_eq!((told.action, told.actor), (Action::TrailPruned, Actor::Command("tester".to_owned())));
    assert_eq!(told.note, format!("before {}: 1,203 entries, up to number 1203", day.day()));

    assert_eq!(trail::remove_before(&ctx, day).await.unwrap(), 0, "a second time there is nothing to do");
    assert_eq!(house.last().await.id, told.id);
    append(&house.store, 3_001..=3_002).await;
    // A year later the rest goes, in the name of the rule, and the checkpoint with it.
    let later = Ctx { now: ctx.now.plus(400 * DAY), ..ctx };
    assert_eq!(trail::remove_older(&later, 30).await.unwrap(), 8);
    let whole = verify(&house.file, &[early]).await.unwrap();
    assert_eq!((whole.entries, whole.removed.unwrap().entries, whole.outlived), (1, 1_211, 1));
    assert_eq!(house.last().await.actor, Actor::Command("the retention rule".to_owned()));
}

#[tokio::test]
async fn what_is_done_where_entries_were_removed_is_found() {
    let (house, ctx) = grown().await;
    trail::remove_before(&ctx, BEGAN.plus(100 * DAY)).await.unwrap();
    house.store.close().await;
    let bytes = std::fs::read(&house.file).unwrap();
    let plain = "INSERT INTO audit (id, at, actor_kind, actor, source, address, action) VALUES
                 (1000, 1, 'staff', 'ada', 'console', '', 'room.updated')";
    for (sql, entry, fault) in [
        (plain, 1000, Fault::Unchained),
        ("UPDATE audit_ends SET many = many - 1 WHERE part = 'start'", 0, Fault::Start),
        ("UPDATE audit_ends SET until = 1 WHERE part = 'start'", 0, Fault::Start),
        ("DELETE FROM audit WHERE id = 1204", 1204, Fault::Missing(1204, 1205)),
    ] {
        let sql = sql.replace("until = 1", "at = 1");
        std::fs::write(&house.file, &bytes).unwrap();
        tamper(&house.file, &sql).await;
        let bad = verify(&house.file, &[]).await.expect_err(&sql);
        assert_eq!((bad.entry, &bad.fault), (entry, &fault), "{sql}: {bad}");
    }
}

#[tokio::test]
async fn nothing_hides_behind_the_rule() {
    let (house, ctx) = grown().await;
    let day = BEGAN.plus(100 * DAY);
    let young = trail::remove_before(&ctx, ctx.now.plus(-29 * DAY)).await;
    assert!(matches!(&young, Err(Error::Invalid(why)) if why[0].message.contains("30 days")), "{young:?}");
    let person = ada(&house);
    assert!(matches!(trail::remove_before(&person, Timestamp(0)).await, Err(Error::Forbidden(_))));
    house.sql("UPDATE audit SET note = 'other' WHERE id = 700").await;
    let refused = trail::remove_before(&ctx, day).await;
    assert!(matches!(&refused, Err(Error::Exists(why)) if why.contains("Entry 700 does not follow")), "{refused:?}");
    let bad = verify(&house.file, &[]).await.unwrap_err();
    assert_eq!((bad.entry, bad.fault), (700, Fault::Edited), "what was tampered with is still there");
}

#[tokio::test]
async fn what_an_open_job_may_come_back_to_stays_until_the_job_is_over() {
    let house = House::open().await;
    let ctx = ada(&house);
    let job = jobs::plan(&ctx, all(), set(&[("slow_mode", "8")])).await.unwrap();
    let job = done(&house, &ctx, job).await;
    let undo = jobs::plan_undo(&ctx, job.id).await.unwrap();
    let command = Ctx { now: ctx.now.plus(40 * DAY), ..house.ctx() };
    let day = ctx.now.plus(5 * DAY);
    let before = house.dump().await;
    let refused = trail::remove_before(&command, day).await;
    let words = format!("Job {} is not over", undo.id);
    assert!(matches!(&refused, Err(Error::Exists(why)) if why.contains(&words)), "{refused:?}");
    assert_eq!(house.dump().await, before);
    jobs::cancel(&ctx, undo.id).await.unwrap();
    assert!(trail::remove_before(&command, day).await.unwrap() > 200);
    verify(&house.file, &[]).await.unwrap();

    let history = house.viewer().get("/rooms/stage/history").await;
    assert!(history.body.contains("Older entries, up to"), "{}", history.body);
    let audit = house.admin().get("/audit").await.body;
    assert!(audit.contains("were removed under the retention rule on") && audit.contains("is sealed with"), "{audit}");
    assert!(!house.viewer().get("/audit").await.body.contains("is sealed with"));
    assert_eq!(house.store.audit(&AuditQuery::default()).await.unwrap().rows.len(), 1);
}
