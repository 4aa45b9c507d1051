//! Saved views: whose they are, who sees and changes them, what they keep, and what is refused.

use wardroom::domain::{Error, audit::Action, room::Value};

use crate::harness::{Actor, Answer, House, Person, actor::as_it_stands};

/// Saves a view; gives the page that it leads to.
async fn save(actor: &Actor<'_>, pairs: &[(&str, &str)]) -> String {
    actor.call("/api/save_view", pairs).await.done().to.unwrap()
}

/// The tabs of the list: their words and where they lead.
fn tabs(page: &Answer) -> Vec<(String, String)> {
    let html = page.body.split("aria-label=\"Views\"").nth(1).map_or("", |rest| rest.split("</nav>").next().unwrap());
    let links = html.split("<a ").skip(1).map(|link| {
        let href = link.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
        let words = crate::harness::html::text(&format!("<a {}", link.split("</a>").next().unwrap()));
        (words, crate::harness::html::unescape(href))
    });
    links.collect()
}

fn why(answer: &Answer) -> String {
    answer.error().to_string()
}

#[tokio::test]
async fn a_view_is_a_tab_that_leads_to_its_search_filters_and_order_with_its_columns() {
    let house = House::open().await;
    let viewer = house.viewer();
    assert!(tabs(&viewer.get("/rooms").await).is_empty(), "no tabs where nothing was saved");
    let form = viewer.get("/views/new?q=stage&tags=live&sort=-members&after=1~2").await;
    assert!(
        form.says("Search stage") && form.says("Tags: live") && form.says("Members, greatest first"),
        "{}",
        form.text()
    );
    let mut pairs = as_it_stands(&form, "/api/save_view");
    for (name, value) in &mut pairs {
        match name.as_str() {
            "name" => "夜 <b>&\"".clone_into(value),
            "columns[place][categories]" => "1".clone_into(value),
            _ => {}
        }
    }
    pairs.retain(|(name, _)| name != "columns[on][tags]");
    pairs.push(("columns[on][categories]".to_owned(), "on".to_owned()));
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let page = viewer.submit("/api/save_view", &pairs).await;

    assert!(page.says("Saved the view 夜 <b>&\"."), "{}", page.text());
    let address = "/rooms?q=stage&tags=live&sort=-members&view=1";
    assert_eq!(
        tabs(&page),
        [("All rooms".to_owned(), "/rooms".to_owned()), ("夜 <b>&\"".to_owned(), address.to_owned())]
    );
    let current: Vec<_> = page.tags().into_iter().filter(|tag| tag.get("aria-current") == "page").collect();
    assert!(current.iter().any(|tag| tag.get("href") == address), "{current:?}");
    let heads: Vec<String> = page
        .body
        .split("<th scope=\"col\"")
        .skip(1)
        .map(|head| crate::harness::html::text(&format!("<th{}", head.split("</th>").next().unwrap())))
        .collect();
    assert_eq!(heads, ["Name", "Categories", "State", "Owner", "Members", "Last message", "Updated", "Created"]);
    assert!(page.says("Stage 舞台") && page.says("7 11"), "{}", page.text());
    assert!(!page.says("Not as the view was saved"));
    let entry = house.last().await;
    assert_eq!((entry.action, entry.note.as_str(), entry.changes.len()), (Action::ViewSaved, "a private one", 0));

    let moved = viewer.get("/rooms?q=stage&view=1").await;
    assert!(moved.says("Not as the view was saved"), "{}", moved.text());
    assert_eq!(moved.input("/api/update_view", "query").as_deref(), Some("q=stage"));
    let page = viewer
        .submit("/api/update_view", &[("id", "1"), ("query", "q=stage"), ("back", "/rooms?q=stage&view=1")])
        .await;
    assert!(page.says("shows this from now on") && !page.says("Not as the view was saved"), "{}", page.text());
    assert_eq!(tabs(&page)[1].1, "/rooms?q=stage&view=1");
}

#[tokio::test]
async fn links_of_the_list_keep_its_view() {
    let house = House::open().await;
    let viewer = house.viewer();
    save(&viewer, &[("name", "v"), ("query", "status=active")]).await;
    let page = viewer.get("/rooms?status=active&view=1").await;
    for tag in page.tags() {
        let to = tag.get("href");
        let is_list = to.starts_with("/rooms?") || to.starts_with("/rooms.") || to.starts_with("/views/new");
        let is_other = to.starts_with("/rooms?owner=");
        assert!(!is_list || is_other || to.contains("view=1"), "{to}");
    }
    assert!(page.tags().iter().any(|tag| tag.get("name") == "view" && tag.get("value") == "1"), "the search form too");
}

#[tokio::test]
async fn a_private_view_is_its_owners_and_a_shared_one_everybodys() {
    let house = House::open().await;
    save(&house.moderator(), &[("name", "mine"), ("query", "muted=yes")]).await;
    let shared = save(&house.moderator(), &[("name", "ours"), ("query", "muted=yes"), ("shared", "on")]).await;
    assert_eq!(shared, "/rooms?muted=yes&view=2");
    let seen = async |person| -> Vec<String> {
        let page = house.actor(person).get("/rooms").await;
        tabs(&page).into_iter().map(|(words, _)| words).collect()
    };
    assert_eq!(seen(Person::Moderator).await, ["All rooms", "mine", "ours (shared by mona)"]);
    for person in [Person::Viewer, Person::Admin, Person::Auditor] {
        assert_eq!(seen(person).await, ["All rooms", "ours (shared by mona)"], "{person:?}");
    }
    let page = house.viewer().get("/rooms?muted=yes&view=1").await;
    assert!(page.says("View is gone, or not shared with you"), "{}", page.text());
    assert!(!page.says("mine"), "nobody learns of it");

    // Word by word what happened to the shared one; of the private one only that.
    let told: Vec<(String, usize)> =
        house.audit().await.into_iter().map(|entry| (entry.note, entry.changes.len())).collect();
    assert_eq!(told, [("ours".to_owned(), 4), ("a private one".to_owned(), 0)]);
    let page = house.viewer().get("/audit").await;
    assert!(page.says("saved a view : ours") && page.says("muted=yes"), "{}", page.text());
}

#[tokio::test]
async fn a_shared_view_is_changed_by_its_owner_and_by_admins_only() {
    let house = House::open().await;
    save(&house.moderator(), &[("name", "ours"), ("shared", "on")]).await;
    save(&house.moderator(), &[("name", "mine")]).await;
    for (path, pairs) in [
        ("/api/change_view", vec![("name", "x"), ("shared", "on")]),
        ("/api/update_view", vec![("query", "muted=yes")]),
        ("/api/delete_view", vec![]),
    ] {
        let with = |id| -> Vec<(&str, &str)> { pairs.iter().copied().chain([("id", id)]).collect() };
        let before = house.dump().await;
        for person in [Person::Viewer, Person::Auditor] {
            let answer = house.actor(person).call(path, &with("1")).await;
            assert_eq!(answer.status, 403, "{path} {person:?}");
            assert!(why(&answer).contains("Only mona or an admin may change this view"), "{}", answer.body);
        }
        for person in [Person::Viewer, Person::Admin] {
            let answer = house.actor(person).call(path, &with("2")).await;
            assert_eq!(answer.status, 404, "somebody else's own is not there: {path} {person:?} {}", answer.body);
        }
        assert_eq!(before.differs(&house.dump().await), ["audit"], "{path}: refusals are noted, and nothing else");
    }
    let done = house
        .admin()
        .call(
            "/api/change_view",
            &[("id", "1"), ("name", "ours"), ("columns[shown]", "tags"), ("columns[on][tags]", "on")],
        )
        .await
        .done();
    assert_eq!(done.message, "Saved the view ours.");
    let entry = house.last().await;
    let fields: Vec<&str> = entry.changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!((entry.note.as_str(), fields), ("ours", vec!["shared", "columns"]));
    assert_eq!(entry.changes[1].after, Some(Value::Text("Tags".to_owned())));
    assert_eq!(tabs(&house.viewer().get("/rooms").await), [], "taken back by an admin, it is its owner's alone");
    assert_eq!(tabs(&house.moderator().get("/rooms").await).len(), 3);
    let page = house.moderator().submit("/api/delete_view", &[("id", "1"), ("back", "/views/1")]).await;
    assert!(page.says("Deleted the view ours.") && tabs(&page).len() == 2, "{}", page.text());
}

#[tokio::test]
async fn sharing_takes_a_moderator_or_an_admin() {
    let house = House::open().await;
    for person in [Person::Viewer, Person::Auditor] {
        let actor = house.actor(person);
        let form = actor.get("/views/new").await;
        assert!(!form.tags().iter().any(|tag| tag.get("name") == "shared"), "{person:?}");
        let answer = actor.call("/api/save_view", &[("name", "v"), ("shared", "on")]).await;
        assert_eq!(answer.status, 403);
        assert!(why(&answer).contains("save it for yourself"), "{}", answer.body);
        let address = save(&actor, &[("name", "v")]).await;
        let id = address.rsplit('=').next().unwrap();
        let answer = actor.call("/api/change_view", &[("id", id), ("name", "v"), ("shared", "on")]).await;
        assert_eq!(answer.status, 403, "nor later");
    }
    assert!(house.moderator().get("/views/new").await.tags().iter().any(|tag| tag.get("name") == "shared"));
}

#[tokio::test]
async fn each_wrong_input_is_told_and_nothing_typed_is_lost() {
    let house = House::open().await;
    let moderator = house.moderator();
    save(&house.admin(), &[("name", "Night shift"), ("shared", "on")]).await;
    save(&moderator, &[("name", "Taken")]).await;
    let long = "直".repeat(65);
    let attribute = format!("attribute={}", "a".repeat(4100));
    for (pairs, message) in [
        (vec![("name", " ")], "Name is empty; say what the view shows."),
        (vec![("name", long.as_str())], "Name is too long: 65 of 64 characters."),
        (vec![("name", "a\u{202E}b")], "Name contains an invisible character"),
        (vec![("name", "ｔａｋｅｎ")], "Name is taken by another view; choose another."),
        (vec![("name", "NIGHT SHIFT"), ("shared", "on")], "Name is taken by a view that ada shares; choose another."),
        (vec![("name", "ok"), ("query", attribute.as_str())], "View asks for too much to be kept"),
        (vec![("name", "ok"), ("query", "status=gone")], "Status must be one of active, inactive"),
        (
            vec![
                ("name", ""),
                ("columns[shown]", "tags"),
                ("columns[on][tags]", "on"),
                ("columns[place][tags]", "first"),
            ],
            "Columns has places that are not 1, 2, 3 and so on: Tags (\"first\").",
        ),
    ] {
        let before = house.dump().await;
        let pairs: Vec<_> = pairs.into_iter().chain([("back", "/views/new?muted=yes")]).collect();
        let page = moderator.submit("/api/save_view", &pairs).await;
        assert_eq!(page.status, 200, "{message}");
        assert!(page.says(message), "{message}: {}", page.text());
        assert!(!pairs[0].1.is_empty() || page.says("Name is empty"), "every reason, not the first: {}", page.text());
        assert_eq!(page.input("/api/save_view", "name").as_deref(), Some(pairs[0].1), "{message}");
        for (name, typed) in &pairs {
            if name.starts_with("columns[place]") {
                assert_eq!(page.input("/api/save_view", name).as_deref(), Some(*typed));
            }
        }
        assert_eq!(before, house.dump().await, "{message}");
    }
    assert_eq!(
        save(&moderator, &[("name", "Night shift")]).await,
        "/rooms?view=3",
        "a name of one's own may be the same"
    );
}

#[tokio::test]
async fn views_are_limited_in_number() {
    let house = House::open().await;
    let viewer = house.viewer();
    for n in 0..30 {
        save(&viewer, &[("name", &format!("v{n}"))]).await;
    }
    let answer = viewer.call("/api/save_view", &[("name", "one more")]).await;
    assert!(matches!(answer.error(), Error::Limit(why) if why.contains("30 views of your own")), "{}", answer.body);
    for n in 0..15 {
        save(&house.admin(), &[("name", &format!("s{n}")), ("shared", "on")]).await;
        save(&house.moderator(), &[("name", &format!("m{n}")), ("shared", "on")]).await;
    }
    let answer = house.admin().call("/api/save_view", &[("name", "one more"), ("shared", "on")]).await;
    assert!(matches!(answer.error(), Error::Limit(why) if why.contains("30 views that are shared")), "{}", answer.body);
    let private = save(&house.admin(), &[("name", "one more")]).await;
    let id = private.rsplit('=').next().unwrap();
    let shared = [("id", id), ("name", "one more"), ("shared", "on")];
    assert_eq!(house.admin().call("/api/change_view", &shared).await.status, 429, "nor by a detour");
    assert_eq!(tabs(&viewer.get("/rooms").await).len(), 61);
}

#[tokio::test]
async fn a_view_that_is_not_there_is_said_everywhere() {
    let house = House::open().await;
    let viewer = house.viewer();
    for address in ["/views/7", "/views/x", "/views/99999999999999999999"] {
        let page = viewer.get(address).await;
        assert_eq!((page.status, page.says("There is no such view")), (404, true), "{address}: {}", page.text());
    }
    let page = viewer.get("/rooms?view=x").await;
    assert!(page.says("View is not a saved view's number."), "{}", page.text());
    let page = viewer.get("/rooms?view=7&status=active").await;
    assert!(page.says("View is gone") && page.status == 200);
    assert_eq!(viewer.get("/rooms.csv?view=7").await.status, 404);
}
