//! The pages of jobs: what is chosen by an address, what comes back of a refused form, what each state offers to whom.

use wardroom::services::jobs;

use super::{ada, add, done, listed, mona, set, staff, started};
use crate::harness::{Answer, House, STAGE};

/// The names and values that a form's hidden inputs send under a name that begins so.
fn sent(page: &Answer, start: &str) -> Vec<(String, String)> {
    let tags = page.tags();
    let inputs = tags.iter().filter(|tag| tag.name == "input" && tag.get("name").starts_with(start));
    inputs.map(|tag| (tag.get("name").to_owned(), tag.get("value").to_owned())).collect()
}

/// What the page has a form for.
fn offers(page: &Answer) -> Vec<String> {
    let tags = page.tags();
    let forms = tags.iter().filter(|tag| tag.name == "form" && tag.get("action").ends_with("_job"));
    forms.map(|tag| tag.get("action").trim_start_matches("/api/").to_owned()).collect()
}

#[tokio::test]
async fn an_address_chooses_rooms_by_id_or_by_a_question() {
    let house = House::open().await;
    house.import("{\"id\":\"with,comma\",\"name\":\"One room\"}\n".to_owned()).await;
    let admin = house.admin();
    let page = admin.get("/jobs/new?ids=stage,new&ids=with%2Ccomma&ids=nowhere&ids=stage").await;
    let ids: Vec<String> = sent(&page, "chosen[pick]").into_iter().map(|(_, id)| id).collect();
    assert_eq!(ids, ["stage", "new", "with,comma", "nowhere"]);
    assert!(page.says("4 rooms chosen") && page.says("Stage 舞台") && page.says("(there is no such room)"));

    let page = admin.get("/jobs/new?all=1&owner=u1&sort=-members&after=1~x&q=%E7%9B%B4").await;
    assert_eq!(sent(&page, "chosen[query]"), [("chosen[query]".to_owned(), "q=%E7%9B%B4&owner=u1".to_owned())]);
    assert!(sent(&page, "chosen[pick]").is_empty() && page.says("Search: 直") && page.says("Owner: u1"));

    let page = admin.get("/jobs/new?all=1&status=gone").await;
    assert!(page.says("so none is chosen") && sent(&page, "chosen[").is_empty(), "{}", page.text());
}

#[tokio::test]
async fn a_refused_plan_keeps_all_that_was_typed() {
    let house = House::open().await;
    let admin = house.admin();
    let typed = [
        ("back", "/jobs/new?ids=stage"),
        ("chosen[pick][0]", "stage"),
        ("chosen[ids]", "new\n直播間"),
        ("typed[set][status]", "inactive"),
        ("typed[set][capacity]", "many"),
        ("typed[set][announcement]", "</textarea>再見"),
        ("typed[clear][categories]", "yes"),
        ("typed[add][tags]", "a, b"),
        ("typed[remove][tags]", "b"),
        ("typed[attributes][0][key]", "a key that is much too long for an attribute"),
        ("typed[attributes][0][value]", "v"),
        ("typed[attributes][1][key]", "old"),
        ("typed[attributes][1][delete]", "yes"),
    ];
    let page = admin.submit("/api/plan_job", &typed).await;
    assert!(page.says("Not saved: 2 things to correct.") || page.says("3 things to correct"), "{}", page.text());
    assert!(page.says("Capacity is not a whole number") && page.body.contains("id=\"field-set-capacity-error\""));
    assert!(page.body.contains("id=\"field-key-0-error\""));
    for (name, value) in typed.into_iter().skip(1) {
        let kept = page.tags().into_iter().any(|tag| {
            let is_input = tag.get("name") == name && (tag.get("value") == value || tag.name == "textarea");
            let is_on = !matches!(tag.get("type"), "radio" | "checkbox") || tag.has("checked");
            is_input && is_on
        });
        assert!(kept, "{name}: {value}");
    }
    assert!(page.body.contains("&lt;/textarea&gt;再見") && page.body.contains("new\n直播間"));

    let typed = [("back", "/jobs/new?ids=stage&tab=shield"), ("chosen[pick][0]", "stage"), ("minutes", "soon")];
    let page = admin.submit("/api/plan_shield", &typed).await;
    assert!(page.body.contains("id=\"field-minutes-error\"") && page.says("There is nothing to do"), "{}", page.text());
    assert_eq!(page.input("/api/plan_shield", "minutes").as_deref(), Some("soon"));
}

#[tokio::test]
async fn a_plan_is_shown_with_names_reasons_and_what_is_unknown() {
    let house = House::open().await;
    let many: String = (0..20).map(|n| format!("\"t{n}\",")).collect();
    house.import(format!("{{\"id\":\"full\",\"name\":\"滿\",\"tags\":[{}]}}\n", many.trim_end_matches(','))).await;
    let ctx = ada(&house);
    let job = jobs::plan(&ctx, listed(&["full", STAGE, "<b>nowhere"]), add(&[("tags", "歌枠")])).await.unwrap();
    let page = house.admin().get(&format!("/jobs/{}", job.id)).await;
    for words in ["Stage 舞台", "歌枠", "滿", "too many", "<b>nowhere", "Run on 1 room", "Nothing is changed yet."]
    {
        assert!(page.says(words), "{words}: {}", page.text());
    }
    assert_eq!(page.input("/api/run_job", "token"), jobs::token(&ctx, &job));
    let other = house.moderator().get(&format!("/jobs/{}", job.id)).await;
    assert!(other.says("Only ada, who planned it, can run it.") && offers(&other).is_empty(), "{}", other.text());
    assert!(other.input("/api/run_job", "token").is_none());
}

#[tokio::test]
async fn each_state_offers_what_can_be_done_in_it() {
    let house = House::open().await;
    let ctx = ada(&house);
    let admin = house.admin();
    let stop = || set(&[("status", "inactive")]);
    let plan = async |room: &str, steps| jobs::plan(&ctx, listed(&[room]), steps).await.unwrap();
    let open = async |id: i64| admin.get(&format!("/jobs/{id}")).await;

    assert_eq!(offers(&open(plan("new", stop()).await.id).await), ["run_job", "cancel_job"]);
    let idle = open(plan(STAGE, set(&[("status", "active")])).await.id).await;
    assert!(idle.says("Nothing would change.") && offers(&idle) == ["cancel_job"], "{}", idle.text());

    let owner = || set(&[("owner", "u9")]);
    let own = open(plan("new", owner()).await.id).await;
    assert!(own.says("An admin who is not ada has to approve") && offers(&own) == ["cancel_job"], "{}", own.text());
    let fritz = staff(&house, "fritz", wardroom::domain::Role::Admin);
    let asked = jobs::plan(&fritz, listed(&["new"]), owner()).await.unwrap();
    assert_eq!(offers(&open(asked.id).await), ["approve_job", "cancel_job"]);
    let approved = admin.submit("/api/approve_job", &[("id", &*asked.id.to_string())]).await;
    assert!(approved.says("Approved. fritz can run it now.") && offers(&approved) == ["cancel_job"]);

    let running = started(&house, &ctx, plan("new", stop()).await).await;
    let page = open(running.id).await;
    assert_eq!(offers(&page), ["pause_job", "cancel_job"]);
    assert!(page.body.contains("data-watch") && page.says("0 of 1 room") && page.says("Refresh"));
    jobs::pause(&ctx, running.id).await.unwrap();
    let page = open(running.id).await;
    assert_eq!(offers(&page), ["resume_job", "cancel_job"]);
    assert!(!page.body.contains("data-watch="), "nothing goes on that could be watched");
    jobs::resume(&ctx, running.id).await.unwrap();
    house.worker().work_off().await.unwrap();
    let page = open(running.id).await;
    assert_eq!(offers(&page), ["undo_job"]);
    let entry = house.audit().await.into_iter().find(|entry| entry.room.is_some()).unwrap().id;
    assert!(page.body.contains(&format!("href=\"/rooms/%6Eew/history#entry-{entry}\"")) || page.says("Entry"));
    assert!(page.body.contains(&format!("/jobs/{}/export?format=csv", running.id)));
    let none = admin.get(&format!("/jobs/{}?outcome=failed", running.id)).await;
    assert!(none.says("No room came to this."), "{}", none.text());
}

#[tokio::test]
async fn the_list_tells_states_apart_and_shows_the_shields_that_stand() {
    let house = House::open().await;
    let (ctx, moderator) = (ada(&house), mona(&house));
    let empty = house.viewer().get("/jobs").await;
    assert!(empty.says("No jobs yet") && empty.status == 200);
    let plan = jobs::plan(&moderator, listed(&["new"]), set(&[("status", "inactive")])).await.unwrap();
    let shield = jobs::plan_shield(&ctx, listed(&[STAGE]), set(&[("muted", "yes")]), 5).await.unwrap();
    let shield = done(&house, &ctx, shield).await;
    let page = house.viewer().get("/jobs").await;
    assert!(page.says("2 jobs") && page.says("Shields that stand") && !page.body.contains("/api/end_shield"));
    let page = house.viewer().get("/jobs?state=planned").await;
    let link = |id: i64| format!("href=\"/jobs/{id}\"><strong>");
    assert!(page.says("1 job") && page.body.contains(&link(plan.id)) && !page.body.contains(&link(shield.id)));
    let page = house.viewer().get("/jobs?state=gone").await;
    assert!(page.says("a state that no job has") && page.says("2 jobs"));

    let ended = house.admin().submit("/api/end_shield", &[("id", &*shield.id.to_string())]).await;
    assert!(ended.says("The shield ends; its rooms go back to what they were."), "{}", ended.text());
    house.worker().work_off().await.unwrap();
    assert!(!house.admin().get("/jobs").await.says("Shields that stand"));
}

#[tokio::test]
async fn what_a_job_changed_says_so_in_the_rooms_history_and_in_the_trail() {
    let house = House::open().await;
    let ctx = ada(&house);
    let plan = jobs::plan(&ctx, listed(&["new"]), set(&[("status", "inactive")])).await.unwrap();
    let job = done(&house, &ctx, plan).await;
    let link = format!("href=\"/jobs/{}\"", job.id);
    let history = wardroom::ui::links::Section::History.of("new");
    for path in [history.as_str(), "/audit", &format!("/audit?job={}", job.id)] {
        let page = house.viewer().get(path).await;
        assert!(page.body.contains(&link) && page.says(&format!("by job {}", job.id)), "{path}: {}", page.text());
    }
}

#[tokio::test]
async fn a_script_that_looks_takes_no_message_from_the_page_it_was_left_for() {
    let house = House::open().await;
    let admin = house.admin();
    let refused = admin.form("/api/plan_job", &[("back", "/jobs/new"), ("chosen[ids]", "typed by hand")]).await;
    assert_eq!(refused.status, 303);
    let look = axum::http::Request::get("/jobs").header("sec-fetch-dest", "empty");
    assert_eq!(admin.send(look, axum::body::Body::empty()).await.status, 200);
    assert!(admin.get(refused.to()).await.body.contains("typed by hand"));
}
