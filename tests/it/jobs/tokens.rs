//! A plan runs once, by who planned it, with its own token, while it is fresh, and approved by somebody else.

use futures::FutureExt;
use wardroom::{
    domain::{
        Error, Role,
        audit::Action,
        job::{PLAN_KEPT, PLAN_LASTS, State},
    },
    services::{Ctx, jobs},
};

use super::{ada, fritz, listed, map, mona, set, staff, steps};
use crate::harness::{House, STAGE};

#[tokio::test]
async fn a_token_opens_its_own_plan_once_for_its_planner() {
    let house = House::open().await;
    let (ctx, other) = (ada(&house), fritz(&house));
    let plan = async |ctx: &Ctx| jobs::plan(ctx, listed(&[STAGE]), set(&[("muted", "yes")])).await.unwrap();
    let (job, second, theirs) = (plan(&ctx).await, plan(&ctx).await, plan(&other).await);
    let token = jobs::token(&ctx, &job).unwrap();
    assert_eq!(jobs::token(&other, &job), None, "nobody else is shown it");
    let before = house.dump().await;
    let forged = "0".repeat(token.len());
    let (of_second, of_theirs) = (jobs::token(&ctx, &second).unwrap(), jobs::token(&other, &theirs).unwrap());
    for (who, given) in [
        (&ctx, ""),
        (&ctx, forged.as_str()),
        (&ctx, of_second.as_str()),
        (&ctx, of_theirs.as_str()),
        (&other, token.as_str()),
        (&mona(&house), token.as_str()),
        (&staff(&house, "ADA", Role::Admin), token.as_str()),
    ] {
        let error = jobs::run(who, job.id, given).await.unwrap_err();
        assert!(matches!(error, Error::Invalid(_) | Error::Forbidden(_)), "{error}");
    }
    assert_eq!(before, house.dump().await, "nothing of it is written");

    assert_eq!(jobs::run(&ctx, job.id, &token).await.unwrap().state, State::Running);
    let error = jobs::run(&ctx, job.id, &token).await.unwrap_err();
    assert!(matches!(&error, Error::Exists(why) if why.contains("runs once")), "{error}");
    house.worker().work_off().await.unwrap();
    let error = jobs::run(&ctx, job.id, &token).await.unwrap_err();
    assert!(matches!(error, Error::Exists(_)), "{error}");
    assert_eq!(house.ask("SELECT CAST(count(*) AS TEXT) FROM audit WHERE action = 'job.started'").await, "1");
}

#[tokio::test]
async fn a_plan_counts_for_a_day() {
    let house = House::open().await;
    let ctx = ada(&house);
    let job = jobs::plan(&ctx, listed(&[STAGE]), set(&[("muted", "yes")])).await.unwrap();
    let token = jobs::token(&ctx, &job).unwrap();
    let late = |ms: i64| Ctx { now: ctx.now.plus(ms), ..ctx.clone() };
    for age in [PLAN_LASTS + 1, PLAN_KEPT] {
        let error = jobs::run(&late(age), job.id, &token).await.unwrap_err();
        assert!(matches!(&error, Error::Exists(why) if why.contains("Plan it again")), "{error}");
        assert!(!jobs::May::of(&late(age), &job).run);
    }
    assert!(jobs::May::of(&late(PLAN_LASTS), &job).run);
    assert!(jobs::run(&late(PLAN_LASTS), job.id, &token).await.is_ok());

    let old = jobs::plan(&late(-PLAN_LASTS - 1), listed(&[STAGE]), set(&[("owner", "u9")])).await.unwrap();
    let error = jobs::approve(&fritz(&house), old.id).await.unwrap_err();
    assert!(matches!(&error, Error::Exists(why) if why.contains("Plan it again")), "{error}");
}

#[tokio::test]
async fn plans_that_nobody_ran_are_forgotten_after_a_week_but_for_their_page() {
    let house = House::open().await;
    let ctx = ada(&house);
    let old = Ctx { now: ctx.now.plus(-PLAN_KEPT - 1), ..ctx.clone() };
    let (stop, mute) = (set(&[("status", "inactive")]), set(&[("muted", "yes")]));
    let ran = jobs::plan(&old, listed(&[STAGE]), stop).await.unwrap();
    jobs::run(&old, ran.id, &jobs::token(&old, &ran).unwrap()).await.unwrap();
    house.worker().work_off().await.unwrap();
    let forgotten = jobs::plan(&old, listed(&[STAGE]), mute.clone()).await.unwrap();
    let fresh = jobs::plan(&ctx, listed(&[STAGE]), mute).await.unwrap();
    house
        .sql("INSERT INTO jobs (kind, state, plan, planned, planned_at) VALUES ('change', 'planning', '', '', 1)")
        .await;
    let (unfinished, week) = jobs::forgotten(ctx.now);
    ctx.store.write(move |tx| async move { tx.forget_plans(unfinished, week).await }.boxed()).await.unwrap();
    assert_eq!(house.ask("SELECT group_concat(job) FROM job_chunks").await, format!("{},{}", ran.id, fresh.id));
    assert_eq!(house.ask("SELECT CAST(count(*) AS TEXT) FROM jobs").await, "3");
    let page = jobs::get(&ctx, forgotten.id).await.unwrap();
    assert!(page.is_stale(ctx.now) && page.state == State::Planned);
}

#[tokio::test]
async fn a_plan_is_approved_by_another_admin_and_by_nobody_else() {
    let house = House::open().await;
    let ctx = ada(&house);
    let hand = steps(&wardroom::domain::job::Typed { set: map(&[("owner", "u9")]), ..Default::default() });
    let job = jobs::plan(&ctx, listed(&[STAGE, "new"]), hand).await.unwrap();
    let token = jobs::token(&ctx, &job).unwrap();
    let before = house.dump().await;
    let error = jobs::run(&ctx, job.id, &token).await.unwrap_err();
    assert!(matches!(&error, Error::Exists(why) if why.contains("approve")), "{error}");
    for who in [&ctx, &mona(&house), &staff(&house, "vera", Role::Viewer), &staff(&house, "otto", Role::Auditor)] {
        let error = jobs::approve(who, job.id).await.unwrap_err();
        assert!(matches!(error, Error::Forbidden(_)), "{error}");
        assert!(!jobs::May::of(who, &job).approve);
    }
    assert_eq!(before, house.dump().await);

    assert!(jobs::May::of(&fritz(&house), &job).approve);
    let approved = jobs::approve(&fritz(&house), job.id).await.unwrap();
    assert_eq!((approved.state, approved.approved.unwrap().by.name().to_owned()), (State::Planned, "fritz".to_owned()));
    assert!(matches!(jobs::approve(&fritz(&house), job.id).await, Err(Error::Exists(_))), "once");
    assert!(jobs::run(&fritz(&house), job.id, &token).await.is_err(), "who approved it does not run it");
    jobs::run(&ctx, job.id, &token).await.unwrap();
    house.worker().work_off().await.unwrap();
    assert_eq!(house.room(STAGE).await.owner(), Some("u9"));
    let told: Vec<Action> = house.audit().await.into_iter().rev().map(|entry| entry.action).collect();
    assert_eq!(
        told,
        [
            Action::JobPlanned,
            Action::JobApproved,
            Action::JobStarted,
            Action::RoomTransferred,
            Action::RoomTransferred,
            Action::JobDone
        ]
    );
    assert!(house.audit().await.iter().all(|entry| entry.job == Some(job.id)), "every entry names the job");
}

#[tokio::test]
async fn a_form_sent_twice_plans_once_and_runs_once() {
    let house = House::open().await;
    let twice = |op: &str| Ctx { operation: Some(op.to_owned()), ..ada(&house) };
    let plan = async || jobs::plan(&twice("op-1"), listed(&[STAGE]), set(&[("muted", "yes")])).await.unwrap();
    let (first, again) = (plan().await, plan().await);
    assert_eq!(first.id, again.id);
    let token = jobs::token(&ada(&house), &first).unwrap();
    let run = async || jobs::run(&twice("op-2"), first.id, &token).await.unwrap().id;
    assert_eq!((run().await, run().await), (first.id, first.id));
    assert_eq!(house.audit().await.len(), 2);
}
