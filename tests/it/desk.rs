//! How a person has the list before them: columns, density, keys; taking the list along; selecting rooms in it.

use std::collections::BTreeSet;

use wardroom::domain::{
    audit::Action,
    desk::Density,
    room::{Column, Field, Kind, RoomQuery},
};

use crate::harness::{Actor, Answer, House, PASSWORD, Person, STAGE, actor::as_it_stands};

fn heads(page: &Answer) -> Vec<String> {
    let heads = page.body.split("<th scope=\"col\"").skip(1).map(|head| head.split("</th>").next().unwrap());
    heads.map(|head| crate::harness::html::text(&format!("<th{head}"))).collect()
}

/// Sends the preferences' form as it stands, but for these; `None` is a tick taken away.
async fn prefer(actor: &Actor<'_>, edits: &[(&str, Option<&str>)]) -> Answer {
    let mut pairs = as_it_stands(&actor.get("/preferences").await, "/api/save_preferences");
    for (name, value) in edits {
        pairs.retain(|(kept, _)| kept != name);
        pairs.extend(value.map(|value| ((*name).to_owned(), value.to_owned())));
    }
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    actor.submit("/api/save_preferences", &pairs).await
}

#[tokio::test]
async fn preferences_follow_their_person_to_another_browser() {
    let house = House::open().await;
    let viewer = house.viewer();
    let usual = ["Name", "State", "Owner", "Tags", "Members", "Last message", "Updated", "Created"];
    assert_eq!(heads(&viewer.get("/rooms").await), usual);
    let edits = [
        ("density", Some("compact")),
        ("keys", None),
        ("columns[on][tags]", None),
        ("columns[on][capacity]", Some("on")),
        ("columns[place][capacity]", Some("1")),
    ];
    let page = prefer(&viewer, &edits).await;
    assert!(page.says("Saved your preferences."), "{}", page.text());
    assert_eq!(page.input("/api/save_preferences", "density").as_deref(), Some("compact"));
    assert_eq!(page.input("/api/save_preferences", "columns[place][capacity]").as_deref(), Some("1"));
    let entry = house.last().await;
    assert_eq!((entry.action, entry.note.as_str(), entry.changes.len()), (Action::PreferencesChanged, "vera", 3));
    assert!(prefer(&viewer, &[]).await.says("Nothing to save"));

    let other = Actor::new(&house);
    other.call("/api/sign_in", &[("name", "vera"), ("password", PASSWORD)]).await.done();
    let page = other.get("/rooms?q=stage").await;
    assert_eq!(heads(&page), ["Name", "Capacity", "State", "Owner", "Members", "Last message", "Updated", "Created"]);
    assert!(page.body.contains("table rooms chosen compact"));
    assert!(page.says("500"), "{}", page.text());
    assert!(!page.body.contains("data-keys"), "single keys rest");
    let admin = house.admin().get("/rooms").await;
    assert_eq!(heads(&admin)[1..], usual, "nobody else's list changed");
    assert!(admin.body.contains("data-keys"));
    let staff = house.store.account_named("vera").await.unwrap().unwrap().staff;
    assert_eq!((staff.preferences.density, staff.preferences.keys), (Density::Compact, false));
}

#[tokio::test]
async fn wrong_preferences_are_told_under_what_was_typed() {
    let house = House::open().await;
    let viewer = house.viewer();
    let before = house.dump().await;
    let page = prefer(&viewer, &[("columns[place][owner]", Some("-1")), ("columns[on][cover]", Some("on"))]).await;
    assert!(page.says("places that are not 1, 2, 3 and so on: Owner (\"-1\")"), "{}", page.text());
    assert_eq!(page.input("/api/save_preferences", "columns[place][owner]").as_deref(), Some("-1"));
    assert!(page.input("/api/save_preferences", "columns[on][cover]").is_some(), "the tick stays");
    let all: Vec<String> = Column::all().map(|column| format!("columns[on][{}]", column.key())).collect();
    let all: Vec<(&str, Option<&str>)> = all.iter().map(|name| (name.as_str(), Some("on"))).collect();
    let page = prefer(&viewer, &all).await;
    assert!(page.says(&format!("Columns has too many: {} of 12; take some ticks away.", all.len())), "{}", page.text());
    let page = prefer(&viewer, &[("density", Some("huge"))]).await;
    assert!(page.says("Density is not one we know."), "{}", page.text());
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn any_field_can_be_a_column_and_its_text_is_only_text() {
    let house = House::open().await;
    let hostile = "<img src=x onerror=alert(1)>\" 直播";
    for field in Field::ALL.iter().filter(|field| matches!(field.spec().kind, Kind::Text { .. })) {
        let name = format!("changes[{}]", field.key());
        house.admin().call("/api/save_room", &[("id", STAGE), ("version", "99"), (&name, hostile)]).await.done();
    }
    let admin = house.admin();
    let columns: Vec<Column> = Column::all().collect();
    for part in columns.chunks(12) {
        let on: Vec<String> = part.iter().map(|column| format!("columns[on][{}]", column.key())).collect();
        let mut pairs: Vec<(&str, &str)> = on.iter().map(|name| (name.as_str(), "on")).collect();
        pairs.extend([("density", "comfortable"), ("keys", "on"), ("columns[shown]", "state")]);
        admin.call("/api/save_preferences", &pairs).await.done();
        let page = admin.get("/rooms?attribute=topic%3Djazz").await;
        let labels: BTreeSet<String> = heads(&page).into_iter().collect();
        for column in part {
            assert!(labels.contains(column.label()), "{}: {labels:?}", column.label());
        }
        assert!(!page.body.contains("<img"), "{}", page.body);
        let room = house.room(STAGE).await;
        for column in part {
            let shown = match column {
                Column::Field(field) => match field.spec().kind {
                    Kind::Text { .. } => hostile.to_owned(),
                    Kind::Flag { .. } => if room.values.flag(*field) { "Yes" } else { "No" }.to_owned(),
                    Kind::Words { .. } | Kind::Clients { .. } => room.values.words(*field)[0].clone(),
                    Kind::Numbers { .. } => "7 11".to_owned(),
                    _ => room.values.show(*field),
                },
                Column::Number => room.number.to_string(),
                Column::App => "demo".to_owned(),
                Column::Version => room.version.to_string(),
                _ => continue,
            };
            assert!(page.says(&shown), "{}: {shown:?} in {}", column.label(), page.text());
        }
    }
}

/// The export and the list of the same question, page by page, have the same rooms in the same order.
#[tokio::test]
async fn an_export_has_what_the_list_has_in_its_order_however_long() {
    let house = House::open().await;
    for (n, query) in [
        "",
        "sort=-updated",
        "sort=last_message",
        "q=a&sort=-name",
        "status=active&muted=no",
        "owner=u1&sort=-created",
        "q=nothing-at-all",
    ]
    .into_iter()
    .enumerate()
    {
        let lines = house.viewer().get(&format!("/rooms.jsonl?{query}")).await;
        assert_eq!(lines.status, 200, "{query}");
        assert_eq!(lines.header("content-type"), "application/x-ndjson; charset=utf-8");
        assert_eq!(lines.header("content-disposition"), "attachment; filename=\"rooms.jsonl\"");
        let exported: Vec<String> = lines
            .body
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
            .collect();
        let pairs = wardroom::domain::address::pairs(query);
        let (query, _) = RoomQuery::parse(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let (rooms, total) = house.store.rooms_between(&query, 0, 10_000).await.unwrap();
        let listed: Vec<String> = rooms.iter().map(|room| room.id.to_string()).collect();
        assert_eq!(exported, listed, "{query:?}");
        assert_eq!(exported.len() as u64, total);
        assert!(n > 0 || total > 200, "more than one part");
    }
}

#[tokio::test]
async fn an_export_has_the_columns_of_its_view_and_runs_no_formula() {
    let house = House::open().await;
    let admin = house.admin();
    for (id, name) in [("=1+1", "@SUM(A1)"), ("plain", "-2 直播, \"quoted\"")] {
        let made = [
            ("id", id),
            ("changes[name]", name),
            ("changes[tags]", "export"),
            ("changes[owner]", "+u1"),
            ("changes[activity_status]", "-5"),
        ];
        admin.call("/api/create_room", &made).await.done();
    }
    let view = [
        ("name", "v"),
        ("query", "tags=export"),
        ("columns[shown]", "activity_status,owner,state,muted,member_count"),
        ("columns[on][activity_status]", "on"),
        ("columns[on][owner]", "on"),
        ("columns[on][state]", "on"),
        ("columns[on][muted]", "on"),
        ("columns[on][member_count]", "on"),
        ("columns[on][last_message_at]", "on"),
    ];
    let address = admin.call("/api/save_view", &view).await.done().to.unwrap();
    let page = admin.get(&address).await;
    let links: Vec<_> = page.tags().into_iter().filter(|tag| tag.has("download")).collect();
    assert_eq!(links.len(), 2);
    let csv = admin.get(links[0].get("href")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let lines: Vec<&str> = csv.body.lines().collect();
    assert_eq!(
        lines,
        [
            "id,name,activity_status,owner,status,opening,listed,muted,member_count,last_message_at",
            "plain,\"'-2 直播, \"\"quoted\"\"\",-5,'+u1,active,open,yes,no,0,",
            "'=1+1,'@SUM(A1),-5,'+u1,active,open,yes,no,0,",
        ]
    );
    let json = admin.get(links[1].get("href")).await;
    let line: serde_json::Value = serde_json::from_str(json.body.lines().nth(1).unwrap()).unwrap();
    let keys: Vec<&String> = line.as_object().unwrap().keys().collect();
    assert_eq!(keys, lines[0].split(',').collect::<Vec<_>>());
    assert_eq!((&line["id"], &line["activity_status"], &line["muted"]), (&"=1+1".into(), &(-5).into(), &false.into()));
    assert!(line["last_message_at"].is_null());
}

#[tokio::test]
async fn an_export_that_cannot_be_begun_says_so() {
    let house = House::open().await;
    let answer = house.viewer().get("/rooms.csv?status=gone&sort=size").await;
    assert_eq!(answer.status, 422);
    assert!(
        answer.body.contains("status must be one of active, inactive")
            && answer.body.contains("sort is not an order we know")
    );
    assert_eq!(house.nobody().get("/rooms.csv").await.status, 401);
    assert_eq!(house.actor(Person::Fresh).get("/rooms.jsonl").await.status, 401);
}

#[tokio::test]
async fn rooms_are_selected_by_those_who_may_change_them_and_the_form_leads_to_the_plan() {
    let house = House::open().await;
    for person in [Person::Viewer, Person::Auditor, Person::Moderator, Person::Admin] {
        let page = house.actor(person).get("/rooms?q=stage&status=active&sort=-members").await;
        let boxes: Vec<_> = page.tags().into_iter().filter(|tag| tag.get("name") == "ids").collect();
        let may = matches!(person, Person::Moderator | Person::Admin);
        assert_eq!(!boxes.is_empty(), may, "{person:?}");
        if !may {
            continue;
        }
        assert!(boxes.iter().all(|tag| tag.get("form") == "selection"));
        assert!(boxes.iter().any(|tag| tag.get("value") == STAGE && tag.get("aria-label") == "Select Stage 舞台"));
        let form = page.tags().into_iter().find(|tag| tag.get("id") == "selection").unwrap();
        assert_eq!((form.get("method"), form.get("action")), ("get", "/jobs/new"));
        let all = page.tags().into_iter().find(|tag| tag.get("href").starts_with("/jobs/new?")).unwrap();
        assert_eq!(all.get("href"), "/jobs/new?q=stage&status=active&all=1");
    }
    let none = house.admin().get("/rooms?q=nothing-like-this").await;
    assert!(!none.tags().iter().any(|tag| tag.get("id") == "selection"), "nothing to select from");
}
