//! Pages as documents: status, title, headers, landmarks, labels, and nothing that runs or styles inside them.

use std::collections::BTreeSet;

use wardroom::services::jobs;

use crate::{
    harness::{Answer, House, Person},
    jobs::{ada, done, listed, set},
};

/// Every page, with its title in a house that has the template's rooms.
const PAGES: [(&str, &str); 30] = [
    ("/rooms", "Rooms"),
    ("/rooms?q=nothing-like-this", "Rooms"),
    ("/rooms?view=1&status=active", "Rooms"),
    ("/rooms/new", "New room"),
    ("/rooms/stage", "Stage 舞台"),
    ("/rooms/stage/owner", "Transfer · Stage 舞台"),
    ("/rooms/stage/owner?to=u2", "Transfer · Stage 舞台"),
    ("/rooms/stage/members", "Members · Stage 舞台"),
    ("/rooms/stage/attributes", "Attributes · Stage 舞台"),
    ("/rooms/stage/history", "History · Stage 舞台"),
    ("/rooms/stage/api?app=1", "API · Stage 舞台"),
    ("/rooms/stage/json", "JSON · Stage 舞台"),
    ("/jobs", "Jobs"),
    ("/jobs/new", "New job"),
    ("/jobs/new?all=1&q=stage&tab=shield", "New job for a while"),
    ("/jobs/offboard?from=u1", "Off-board an owner"),
    ("/jobs/1", "Job 1"),
    ("/jobs/2", "Job 2"),
    ("/audit", "Audit"),
    ("/apps", "Apps"),
    ("/apps/1", "shop"),
    ("/staff", "Staff"),
    ("/staff/1", "vera"),
    ("/account", "Account"),
    ("/account/totp", "Two-step sign-in"),
    ("/confirm?next=%2Frooms", "Confirm that it is you"),
    ("/preferences", "Preferences"),
    ("/views/new?q=%E7%9B%B4&tags=live&sort=-members", "Save view"),
    ("/views/1", "View · 夜 <b>"),
    ("/views/2", "View · Shared"),
];

/// A house with an app, a plan, a job that is done, and two views, one of which has a column of every kind.
async fn open() -> House {
    let house = House::open().await;
    let kinds =
        ["cover", "description", "categories", "listed", "capacity", "seat_mode", "managers", "app", "ext_params"];
    let on: Vec<String> = kinds.iter().map(|key| format!("columns[on][{key}]")).collect();
    let mut pairs = vec![("name", "夜 <b>"), ("query", "status=active")];
    pairs.extend(on.iter().map(|name| (name.as_str(), "on")));
    house.admin().call("/api/save_view", &pairs).await.done();
    house.admin().call("/api/save_view", &[("name", "Shared"), ("shared", "on")]).await.done();
    let ctx = ada(&house);
    jobs::plan(&ctx, listed(&["stage", "nowhere"]), set(&[("muted", "yes")])).await.unwrap();
    let job = jobs::plan(&ctx, listed(&["new", "..a"]), set(&[("status", "inactive")])).await.unwrap();
    done(&house, &ctx, job).await;
    house.backend_with(wardroom::vendors::abouts()[0].key, |wanted| "shop".clone_into(&mut wanted.name)).await;
    house
}

async fn every_page(house: &House) -> Vec<(String, Answer)> {
    let mut all = Vec::new();
    for (path, _) in PAGES {
        all.push((path.to_owned(), house.admin().get(path).await));
        all.push((format!("{path} as a viewer"), house.viewer().get(path).await));
    }
    for path in ["/nothing", "/rooms/nothing", "/apps/nothing", "/apps/99", "/jobs/nothing", "/jobs/99"] {
        all.push((path.to_owned(), house.admin().get(path).await));
    }
    all.push(("/sign-in".to_owned(), house.nobody().get("/sign-in").await));
    all.push(("/account once".to_owned(), house.actor(Person::Fresh).get("/account").await));
    all
}

#[tokio::test]
async fn every_page_opens_under_its_title() {
    let house = open().await;
    for (path, title) in PAGES {
        let page = house.admin().get(path).await;
        assert_eq!((page.status, page.title()), (200, format!("{title} · Wardroom")), "{path}");
    }
    assert_eq!(house.nobody().get("/sign-in").await.title(), "Sign in · Wardroom");
    let missing = house.admin().get("/nothing").await;
    assert_eq!((missing.status, missing.title().as_str()), (404, "Not found · Wardroom"));
    assert!(missing.says("There is no page at this address.") && missing.says("All rooms"));
}

#[tokio::test]
async fn every_page_is_a_whole_document_with_one_heading_and_its_landmarks() {
    let house = open().await;
    for (path, page) in every_page(&house).await {
        assert!(page.body.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{path}: {:.60}", page.body);
        assert!(page.body.trim_end().ends_with("</html>") || page.body.contains("</html>"), "{path}");
        let count = |name: &str| page.tags().iter().filter(|tag| tag.name == name).count();
        assert_eq!((count("h1"), count("main"), count("title"), count("body")), (1, 1, 1, 1), "{path}");
        let tags = page.tags();
        assert!(tags.iter().any(|tag| tag.name == "a" && tag.get("href") == "#main"), "{path}: the way past the head");
        let navs: Vec<_> = tags.iter().filter(|tag| tag.name == "nav").collect();
        assert!(navs.iter().all(|nav| nav.has("aria-label")), "{path}");
    }
}

#[tokio::test]
async fn every_input_has_a_label_and_every_id_is_there_once() {
    let house = open().await;
    for (path, page) in every_page(&house).await {
        let tags = page.tags();
        let ids: Vec<&str> = tags.iter().map(|tag| tag.get("id")).filter(|id| !id.is_empty()).collect();
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), known.len(), "{path}: an id stands twice: {ids:?}");
        let labelled: BTreeSet<&str> =
            tags.iter().filter(|tag| tag.name == "label").map(|tag| tag.get("for")).collect();
        for tag in tags.iter().filter(|tag| matches!(tag.name.as_str(), "input" | "select" | "textarea")) {
            let is_inside_a_label = matches!(tag.get("type"), "radio" | "checkbox");
            let is_shown = tag.get("type") != "hidden" && !tag.has("hidden");
            let has_label = labelled.contains(tag.get("id")) || tag.has("aria-label") || tag.has("aria-labelledby");
            assert!(!is_shown || is_inside_a_label || has_label, "{path}: {tag:?}");
        }
        for tag in &tags {
            for reference in ["for", "aria-labelledby", "aria-describedby", "aria-controls"] {
                for id in tag.get(reference).split_whitespace() {
                    assert!(known.contains(id), "{path}: {reference}={id} leads nowhere: {tag:?}");
                }
            }
        }
        for form in tags.iter().filter(|tag| tag.name == "form" && tag.get("method") == "post") {
            assert!(form.get("action").starts_with("/api/"), "{path}: {form:?}");
        }
    }
}

#[tokio::test]
async fn nothing_runs_or_styles_inside_a_page_and_nothing_comes_from_elsewhere() {
    let house = open().await;
    for (path, page) in every_page(&house).await {
        for tag in page.tags() {
            assert!(tag.name != "style" && !tag.has("style"), "{path}: {tag:?}");
            assert!(
                tag.name != "script" || (tag.get("src").starts_with("/pkg/") && tag.text.trim().is_empty()),
                "{path}"
            );
            assert!(!tag.attributes.keys().any(|name| name.starts_with("on")), "{path}: {tag:?}");
            for name in ["src", "href", "action", "poster", "data"] {
                let address = tag.get(name);
                let is_ours = address.is_empty() || address.starts_with(['/', '#', '?']) && !address.starts_with("//");
                assert!(is_ours, "{path}: {name}={address}");
            }
        }
    }
}

#[tokio::test]
async fn what_a_page_loads_is_there_and_may_be_kept_for_a_year() {
    let house = House::open().await;
    let page = house.nobody().get("/sign-in").await;
    let mut loaded = BTreeSet::new();
    for tag in page.tags() {
        for name in ["src", "href", "data-js", "data-wasm"] {
            let address = tag.get(name);
            if address.starts_with("/pkg/") {
                loaded.insert(address.to_owned());
            }
        }
    }
    assert!(loaded.len() >= 2, "{loaded:?}");
    for address in loaded {
        let file = house.nobody().get(&address).await;
        assert_eq!(file.status, 200, "{address}");
        assert!(!file.body.is_empty() && !file.header("content-type").is_empty(), "{address}");
        assert!(
            file.header("cache-control").contains("max-age=31536000"),
            "{address}: {}",
            file.header("cache-control")
        );
        assert!(file.headers.get("set-cookie").is_none(), "{address}");
    }
}

#[tokio::test]
async fn members_are_shown_page_by_page_with_what_they_read_last() {
    let house = House::open().await;
    let viewer = house.viewer();
    let (mut path, mut rows) = ("/rooms/stage/members".to_owned(), 0);
    let first = viewer.get(&path).await;
    for words in ["120 members", "Nick 0", "Owner", "Manager", "hello <b>all</b>", "m9"] {
        assert!(first.says(words), "{words}: {}", first.text());
    }
    loop {
        let page = viewer.get(&path).await;
        rows += page.tags().iter().filter(|tag| tag.name == "th" && tag.get("scope") == "row").count();
        let Some(next) = page.tags().into_iter().find(|tag| tag.get("rel") == "next") else { break };
        path = next.get("href").to_owned();
    }
    assert_eq!(rows, 120);
}

#[tokio::test]
async fn a_vendors_narrower_limit_is_a_hint_and_no_refusal() {
    let house = House::open().await;
    let admin = house.admin();
    let name = "直".repeat(34) + "xx";
    let pairs = [("id", "stage"), ("version", "1"), ("back", "/rooms/stage"), ("changes[name]", name.as_str())];
    let page = admin.submit("/api/save_room", &pairs).await;
    assert!(page.says("Saved 1 change."));
    assert!(page.says("Too long for Tencent: 104 of 100 bytes"), "{}", page.text());
}

#[tokio::test]
async fn the_rooms_json_is_what_export_writes() {
    let house = House::open().await;
    let page = house.viewer().get("/rooms/stage/json").await;
    let json = page.tags().into_iter().find(|tag| tag.get("id") == "json").unwrap().text;
    let json: serde_json::Value = serde_json::from_str(&crate::harness::html::unescape(json.trim())).unwrap();
    assert_eq!((&json["id"], &json["version"]), (&"stage".into(), &1.into()));
    let text = json.to_string();
    assert!(text.contains("舞台") && text.contains("2026-09-21T14:13:20Z"), "{text}");
}
