//! What the pages say of everything that is not done: a token that is forged, spent or somebody else's, a plan that is
//! old, approved by its planner, about nothing or too much, or overtaken by others.

use wardroom::{
    domain::{
        Role,
        audit::Action,
        job::{Job, PLAN_KEPT, State},
        room::{Patch, RoomId},
    },
    services::{Ctx, jobs, rooms},
};

use super::{ada, all, done, fritz, listed, mona, set, staff, started};
use crate::harness::{Answer, House, STAGE};

fn mute() -> wardroom::domain::job::Steps {
    set(&[("muted", "yes")])
}

/// Presses Run on a job's page with a token.
async fn run(house: &House, job: &Job, token: &str) -> Answer {
    let id = job.id.to_string();
    let back = format!("/jobs/{id}");
    house.admin().submit("/api/run_job", &[("id", &id), ("token", token), ("back", &back)]).await
}

#[tokio::test]
async fn a_forged_foreign_or_spent_token_leads_back_to_the_plan_with_its_reason() {
    let house = House::open().await;
    let ctx = ada(&house);
    let plan = async |ctx: &Ctx| jobs::plan(ctx, listed(&[STAGE]), mute()).await.unwrap();
    let (job, second, theirs) = (plan(&ctx).await, plan(&ctx).await, plan(&fritz(&house)).await);
    let (token, of_second) = (jobs::token(&ctx, &job).unwrap(), jobs::token(&ctx, &second).unwrap());
    for wrong in ["", "forged", &"0".repeat(token.len()), &of_second] {
        let page = run(&house, &job, wrong).await;
        assert!(page.says("is not this plan's; load the plan's page and look at it again"), "{}", page.text());
        assert_eq!(page.input("/api/run_job", "token").as_deref(), Some(&*token), "and there is the right one");
    }
    let page = run(&house, &theirs, &jobs::token(&fritz(&house), &theirs).unwrap()).await;
    assert!(page.says("Not allowed. Only fritz, who planned it, can run this."), "{}", page.text());
    assert!(house.audit().await.iter().any(|entry| entry.action == Action::Refused), "the trail tells of it");

    assert!(run(&house, &job, &token).await.says("Started."));
    for _ in 0..2 {
        let page = run(&house, &job, &token).await;
        assert!(page.says("This plan was run or cancelled before") && page.says("a plan runs once"), "{}", page.text());
        house.worker().work_off().await.unwrap();
    }
    assert_eq!(jobs::get(&ctx, job.id).await.unwrap().tally.done(), 1);
}

#[tokio::test]
async fn a_plan_a_week_old_says_so_and_offers_to_plan_anew() {
    let house = House::open().await;
    let ctx = ada(&house);
    let old = Ctx { now: ctx.now.plus(-PLAN_KEPT), ..ctx.clone() };
    let job = jobs::plan(&old, super::matching(&[("status", "active")]), mute()).await.unwrap();
    let page = house.admin().get(&format!("/jobs/{}", job.id)).await;
    assert!(page.says("This plan is more than a day old"), "{}", page.text());
    assert!(!page.body.contains("/api/run_job") && page.body.contains("href=\"/jobs/new?status=active&amp;all=1\""));
    let page = run(&house, &job, &jobs::token(&old, &job).unwrap()).await;
    assert!(page.says("a plan counts for a day. Plan it again"), "{}", page.text());
    assert_eq!(jobs::get(&ctx, job.id).await.unwrap().state, State::Planned);
}

#[tokio::test]
async fn an_approval_by_the_planner_is_refused_and_by_another_admin_it_counts() {
    let house = House::open().await;
    let ctx = ada(&house);
    let job = jobs::plan(&ctx, listed(&[STAGE]), set(&[("owner", "u9")])).await.unwrap();
    let (id, page) = (job.id.to_string(), format!("/jobs/{}", job.id));
    let sent = [("id", &*id), ("back", &*page)];
    let own = house.admin().submit("/api/approve_job", &sent).await;
    assert!(own.says("You planned this yourself; another admin has to approve it."), "{}", own.text());
    let moderator = house.moderator().submit("/api/approve_job", &sent).await;
    assert!(moderator.says("Not allowed."), "{}", moderator.text());
    let early = run(&house, &job, &jobs::token(&ctx, &job).unwrap()).await;
    assert!(early.says("A second admin has to approve this plan first."), "{}", early.text());
    assert_eq!(jobs::get(&ctx, job.id).await.unwrap().state, State::Awaiting);
    jobs::approve(&staff(&house, "another", Role::Admin), job.id).await.unwrap();
    let shown = house.admin().get(&page).await;
    assert!(shown.says("another approved it.") && shown.says("Run on 1 room"), "{}", shown.text());
}

#[tokio::test]
async fn a_choice_of_nothing_of_nobody_or_of_too_much_is_said_in_the_form() {
    let house = House::open().await;
    let before = house.dump().await;
    let plan = [("back", "/jobs/new"), ("typed[set][status]", "inactive")];
    let with = |more: &[(&'static str, &'static str)]| [&plan[..], more].concat();
    let admin = house.admin();
    for (sent, says) in [
        (with(&[]), "name no room; choose at least one"),
        (with(&[("chosen[ids]", " ,\n")]), "name no room; choose at least one"),
        (with(&[("chosen[ids]", "gone, <i>gone")]), "are no room's: gone, <i>gone"),
        (with(&[("chosen[all]", "1"), ("chosen[query]", "q=nothing+like+it")]), "No room matches these filters"),
        (with(&[("chosen[all]", "1"), ("chosen[query]", "status=gone")]), "Status must be one of"),
    ] {
        let page = admin.submit("/api/plan_job", &sent).await;
        assert!(page.says(says), "{says}: {}", page.text());
        assert_eq!(page.input("/api/plan_job", "typed[set][status]").as_deref(), Some("inactive"), "{says}");
    }
    let too_much = with(&[("chosen[all]", "1"), ("chosen[query]", "")]);
    let page = house.moderator().submit("/api/plan_job", &too_much).await;
    assert!(page.says("More than 100 rooms at once takes an admin; ask one."), "{}", page.text());
    let before = before.differs(&house.dump().await);
    assert_eq!(before, ["audit"], "only that a moderator tried is kept");
}

#[tokio::test]
async fn what_others_changed_meanwhile_is_left_alone_and_named() {
    let house = House::open().await;
    let ctx = ada(&house);
    let renamed =
        jobs::plan(&ctx, listed(&[STAGE, "new", "直播間", "abc/def"]), set(&[("slow_mode", "7")])).await.unwrap();
    let overtaken = jobs::plan(&ctx, listed(&["abc/def", "100%"]), set(&[("slow_mode", "9")])).await.unwrap();
    for id in [STAGE, "new", "直播間"] {
        let patch = Patch::from_form([("name", "改名")]).unwrap();
        rooms::update(&mona(&house), &RoomId::parse(id).unwrap(), i64::MAX, patch).await.unwrap();
    }
    started(&house, &ctx, renamed.clone()).await;
    started(&house, &ctx, overtaken.clone()).await;
    house.worker().work_off().await.unwrap();
    let page = house.viewer().get(&format!("/jobs/{}?outcome=skipped", renamed.id)).await;
    assert!(page.says("Done. 3 rooms were left alone: changed by somebody since the plan."), "{}", page.text());
    assert!(
        page.says("Skipped 3") && page.text().matches("changed since; left as it is").count() == 3,
        "{}",
        page.text()
    );
    for id in ["stage", "new", "直播間"] {
        assert!(page.says(id), "{id}: {}", page.text());
    }
    let page = house.viewer().get(&format!("/jobs/{}", overtaken.id)).await;
    assert!(page.says("Changed 1") && page.says("Skipped 1") && page.says("abc/def"), "{}", page.text());

    let undo = jobs::plan_undo(&ctx, renamed.id).await.unwrap();
    done(&house, &ctx, undo).await;
    assert!(jobs::plan(&ctx, all(), mute()).await.is_ok());
}
