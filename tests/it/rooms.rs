//! Rooms: saving, saying what was saved, making new ones, doing nothing twice.

use wardroom::domain::{
    Error,
    audit::Action,
    room::{Field, Value},
};

use crate::harness::{Answer, House, STAGE, actor::as_it_stands, template::HARD_IDS};

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

#[tokio::test]
async fn a_form_saves_several_fields_and_says_so_once() {
    let house = House::open().await;
    let admin = house.admin();
    let sent = admin
        .form(
            "/api/save_room",
            &[
                ("id", STAGE),
                ("version", "1"),
                ("back", "/rooms/stage?x=1"),
                ("changes[name]", "Neue Bühne"),
                ("changes[tags]", "live， rock"),
                ("changes[muted]", "yes"),
                ("changes[description]", "one\r\ntwo"),
                ("changes[capacity]", ""),
            ],
        )
        .await;
    assert_eq!((sent.status, sent.to()), (303, "/rooms/stage?x=1"));

    let room = house.room(STAGE).await;
    assert_eq!(room.version, 2);
    assert_eq!(room.values.text(Field::Name), Some("Neue Bühne"));
    assert_eq!(room.values.words(Field::Tags), ["live", "rock"]);
    assert!(room.values.flag(Field::Muted));
    assert_eq!(room.values.text(Field::Description), Some("one\ntwo"));
    assert_eq!(room.values.number(Field::Capacity), None);
    assert_eq!(room.values.text(Field::Cover), Some("https://covers.example/stage.png"), "what was not sent stays");

    let page = admin.get(sent.to()).await;
    assert!(page.says("Saved 5 changes."), "{}", page.text());
    assert!(page.says("− before: Stage 舞台 + after: Neue Bühne"));
    let entry = house.last().await.id.to_string();
    assert_eq!(page.input("/api/undo", "entry"), Some(entry));
    assert!(!admin.get(sent.to()).await.says("Saved 5 changes."), "a reload says nothing");
}

#[tokio::test]
async fn an_island_is_told_the_same_as_json() {
    let house = House::open().await;
    let done = house
        .moderator()
        .call("/api/save_room", &[("id", STAGE), ("version", "1"), ("changes[name]", "直播")])
        .await
        .done();
    assert_eq!(done.message, "Saved 1 change.");
    assert_eq!(done.entry, Some(house.last().await.id));
    assert_eq!(done.changes[0].after, Some(Value::Text("直播".to_owned())));
}

#[tokio::test]
async fn a_form_sent_as_it_stands_changes_nothing() {
    let house = House::open().await;
    let admin = house.admin();
    let before = house.dump().await;
    let real = house.store.wholes_after(0, 40).await.unwrap();
    let ids: Vec<String> = real.into_iter().map(|whole| whole.room.id.to_string()).collect();
    for id in ids.iter().map(String::as_str).chain(HARD_IDS).chain([STAGE]) {
        let page = admin.get(&wardroom::ui::links::room(id)).await;
        let form = as_it_stands(&page, "/api/save_room");
        assert!(form.len() > 20, "{id}: {form:?}");
        let after = admin.submit("/api/save_room", &borrowed(&form)).await;
        assert!(after.says("Nothing to save: everything was already so."), "{id}: {}", after.text());
        let title = page.title();
        assert_eq!(after.title(), title, "the form leads back to its own page");
    }
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn a_refused_form_comes_back_with_everything_typed_and_every_reason() {
    let house = House::open().await;
    let (admin, before) = (house.admin(), house.dump().await);
    let long = "直".repeat(129);
    let page = admin
        .submit(
            "/api/save_room",
            &[
                ("id", STAGE),
                ("version", "1"),
                ("back", "/rooms/stage"),
                ("changes[name]", &long),
                ("changes[cover]", "not an address"),
                ("changes[description]", "kept\nas typed"),
                ("changes[categories]", "1, 2, 3, 4"),
                ("changes[muted]", "yes"),
            ],
        )
        .await;
    for words in [
        "Not saved: 3 things to correct.",
        "Name is too long: 129 of 128 characters.",
        "Cover must begin with https:// or http://.",
        "Categories has too many: 4 of 3.",
    ] {
        assert!(page.says(words), "{words}: {}", page.text());
    }
    let typed = |name: &str| page.input("/api/save_room", name).unwrap();
    assert_eq!(typed("changes[name]"), long);
    assert_eq!(typed("changes[cover]"), "not an address");
    assert_eq!(typed("changes[description]"), "kept\nas typed");
    assert_eq!(typed("changes[muted]"), "yes");
    let marked = page.tags().into_iter().filter(|tag| tag.get("aria-invalid") == "true").count();
    assert_eq!(marked, 3);
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn a_new_room_is_made_with_defaults_and_its_page_opens() {
    let house = House::open().await;
    let admin = house.admin();
    let page = admin
        .submit(
            "/api/create_room",
            &[("id", "brand/new"), ("app", "demo"), ("changes[name]", "全新"), ("changes[owner]", "somebody new")],
        )
        .await;
    assert_eq!(page.title(), "全新 · Wardroom");
    assert!(page.says("Created the room."));
    let room = house.room("brand/new").await;
    assert_eq!((room.version, room.app.as_str(), room.owner()), (1, "demo", Some("somebody new")));
    assert!(room.values.flag(Field::Listed) && room.is_active());
    assert!(room.number > 0);
    let entry = house.last().await;
    assert_eq!((entry.action, entry.room.as_deref(), entry.version), (Action::RoomCreated, Some("brand/new"), Some(1)));
    let found = admin.get("/rooms?q=%E5%85%A8%E6%96%B0").await;
    assert!(found.says("1 room"), "the new room is found at once");
    assert_eq!(admin.call("/api/suggest_clients", &[]).await.status, 404, "asked by GET only");
    let offered = admin.get("/api/suggest_clients?prefix=somebody").await;
    assert!(offered.body.contains("somebody new"), "the owner is offered from now on: {}", offered.body);
}

#[tokio::test]
async fn an_id_that_is_taken_or_impossible_makes_no_room() {
    let house = House::open().await;
    let (admin, before) = (house.admin(), house.dump().await);
    for (id, why) in [
        (STAGE, "is taken by another room"),
        ("", "is empty"),
        (" x", "has blanks at its ends"),
        (".", "cannot be ."),
        ("..", "cannot be . or .."),
        ("a\0b", "control character"),
        ("a\u{202E}b", "direction"),
        (&"é".repeat(65), "130 of 128 bytes"),
    ] {
        let answer = admin.call("/api/create_room", &[("id", id), ("changes[name]", "x")]).await;
        assert_eq!(answer.status, 422, "{id:?}");
        assert!(answer.error().to_string().contains(why), "{id:?}: {}", answer.body);
        let page =
            admin.submit("/api/create_room", &[("id", id), ("back", "/rooms/new"), ("changes[name]", "kept")]).await;
        assert_eq!(page.input("/api/create_room", "changes[name]").as_deref(), Some("kept"), "{id:?}");
    }
    let both = admin.call("/api/create_room", &[("id", ""), ("changes[cover]", "x")]).await.error();
    assert!(matches!(both, Error::Invalid(all) if all.len() == 2), "every reason at once");
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn an_operation_sent_twice_is_done_once() {
    let house = House::open().await;
    let admin = house.admin();
    let send = async |name: &str, version: &str| -> Answer {
        let pairs = [("id", STAGE), ("version", version), ("op", "op-1"), ("changes[name]", name)];
        admin.call("/api/save_room", &pairs).await
    };
    let first = send("Once", "1").await.done();
    let before = house.dump().await;
    let again = send("Once", "1").await.done();
    assert_eq!(first, again, "the second is answered like the first");
    assert_eq!(send("Twice", "2").await.done(), first, "even with other values: the operation was done");
    assert_eq!(before, house.dump().await);

    let pairs = [("id", STAGE), ("version", "2"), ("op", "op-1"), ("changes[name]", "Mine")];
    let other = house.moderator().call("/api/save_room", &pairs).await;
    assert_eq!(other.status, 422, "another's operation is refused: {}", other.body);
    assert_eq!(before, house.dump().await);

    let made = [("id", "double"), ("op", "op-2")];
    assert_eq!(admin.call("/api/create_room", &made).await.status, 200);
    assert_eq!(admin.call("/api/create_room", &made).await.status, 200, "a double click makes one room and no error");
    let rows = [("id", STAGE), ("version", "2"), ("op", "op-3"), ("rows[0][key]", "k"), ("rows[0][value]", "v")];
    assert_eq!(admin.call("/api/save_attributes", &rows).await.status, 200);
    let before = house.dump().await;
    assert_eq!(admin.call("/api/save_attributes", &rows).await.status, 200);
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn a_room_that_is_gone_is_said_to_be_gone() {
    let house = House::open().await;
    let admin = house.admin();
    house.sql("DELETE FROM rooms WHERE id = 'stage'").await;
    let before = house.dump().await;
    for (path, pairs) in [
        ("/api/save_room", [("id", STAGE), ("version", "1"), ("changes[name]", "x")]),
        ("/api/transfer_room", [("id", STAGE), ("version", "1"), ("to", "u9")]),
        ("/api/add_manager", [("id", STAGE), ("client", "u9"), ("x", "")]),
        ("/api/save_attributes", [("id", STAGE), ("version", "1"), ("rows[0][key]", "k")]),
    ] {
        let answer = admin.call(path, &pairs).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
        assert!(answer.error().to_string().contains("There is no room stage."));
        let page = admin.submit(path, &pairs).await;
        assert!(page.says("There is no room stage."), "{path}: {}", page.text());
    }
    assert_eq!(before, house.dump().await);
}
