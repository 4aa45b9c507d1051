//! Two people at one room, and taking changes back: nothing typed is lost, nothing is overwritten unseen.

use wardroom::domain::{
    Error,
    audit::Action,
    error::Clash,
    room::{Field, Value},
};

use crate::harness::{Answer, House, STAGE, actor::Actor};

fn text(text: &str) -> Option<Value> {
    Some(Value::Text(text.to_owned()))
}

async fn save(actor: &Actor<'_>, version: i64, field: &str, value: &str) -> Answer {
    let version = version.to_string();
    let name = format!("changes[{field}]");
    actor.call("/api/save_room", &[("id", STAGE), ("version", &version), (&name, value)]).await
}

async fn undo(actor: &Actor<'_>, entry: i64) -> Answer {
    actor.call("/api/undo", &[("entry", &entry.to_string())]).await
}

#[tokio::test]
async fn different_fields_both_survive() {
    let house = House::open().await;
    assert_eq!(save(&house.moderator(), 1, "description", "theirs").await.status, 200);
    let mine = save(&house.admin(), 1, "name", "mine").await.done();
    assert_eq!(mine.changes.len(), 1, "only my own change is mine");
    let room = house.room(STAGE).await;
    assert_eq!(room.version, 3);
    assert_eq!(room.values.text(Field::Description), Some("theirs"));
    assert_eq!(room.values.text(Field::Name), Some("mine"));
}

#[tokio::test]
async fn a_field_that_i_left_as_i_saw_it_is_not_put_back() {
    let house = House::open().await;
    assert_eq!(save(&house.moderator(), 1, "name", "theirs").await.status, 200);
    // A form sends every field, also those that I did not touch.
    let pairs = [("id", STAGE), ("version", "1"), ("changes[name]", "Stage 舞台"), ("changes[description]", "mine")];
    assert_eq!(house.admin().call("/api/save_room", &pairs).await.done().changes.len(), 1);
    assert_eq!(house.room(STAGE).await.values.text(Field::Name), Some("theirs"));
}

#[tokio::test]
async fn the_same_field_is_a_conflict_with_base_theirs_and_mine() {
    let house = House::open().await;
    assert_eq!(save(&house.moderator(), 1, "name", "between").await.status, 200);
    assert_eq!(save(&house.moderator(), 2, "name", "theirs").await.status, 200);
    let before = house.dump().await;
    let pairs = [("id", STAGE), ("version", "1"), ("changes[name]", "mine"), ("changes[ext]", "also mine")];
    let answer = house.admin().call("/api/save_room", &pairs).await;
    assert_eq!(answer.status, 409);
    let clash =
        Clash { field: "name".to_owned(), base: text("Stage 舞台"), theirs: text("theirs"), mine: text("mine") };
    assert_eq!(answer.error(), Error::Conflict(vec![clash]));
    assert_eq!(before, house.dump().await, "not even the field without conflict is written");
}

#[tokio::test]
async fn after_a_conflict_the_page_shows_all_three_and_what_was_typed_and_saves_over_on_demand() {
    let house = House::open().await;
    let admin = house.admin();
    assert_eq!(save(&house.moderator(), 1, "name", "theirs").await.status, 200);
    assert_eq!(save(&house.moderator(), 2, "description", "also theirs").await.status, 200);
    let pairs = [
        ("id", STAGE),
        ("version", "1"),
        ("back", "/rooms/stage"),
        ("changes[name]", "mine"),
        ("changes[description]", "first\r\nsecond"),
        ("changes[announcement]", "typed for an hour"),
    ];
    let page = admin.submit("/api/save_room", &pairs).await;
    assert!(page.says("It was Stage 舞台 Theirs now theirs Yours mine"), "{}", page.text());
    let shown = |name: &str| page.input("/api/save_room", name).unwrap();
    assert_eq!(shown("changes[name]"), "mine");
    assert_eq!(shown("changes[announcement]"), "typed for an hour");
    assert_eq!(shown("changes[description]"), "also theirs", "what I never touched is taken over from them");
    assert_eq!(shown("version"), "3", "the form has seen theirs now");

    let form = crate::harness::actor::as_it_stands(&page, "/api/save_room");
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert!(admin.submit("/api/save_room", &form).await.says("Saved 2 changes."));
    let room = house.room(STAGE).await;
    assert_eq!(room.values.text(Field::Name), Some("mine"));
    assert_eq!(room.values.text(Field::Description), Some("also theirs"));
    assert_eq!(room.values.text(Field::Announcement), Some("typed for an hour"));
}

#[tokio::test]
async fn asking_for_the_same_value_is_no_conflict() {
    let house = House::open().await;
    assert_eq!(save(&house.moderator(), 1, "name", "same").await.status, 200);
    let before = house.dump().await;
    let done = save(&house.admin(), 1, "name", "same").await.done();
    assert!(done.changes.is_empty() && done.entry.is_none());
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn a_version_from_the_future_is_taken_as_now() {
    let house = House::open().await;
    assert_eq!(save(&house.admin(), i64::MAX, "name", "x").await.status, 200);
    assert_eq!(save(&house.admin(), i64::MIN, "ext", "y").await.status, 200);
    assert_eq!(house.room(STAGE).await.version, 3);
}

#[tokio::test]
async fn an_undo_is_a_change_of_its_own_and_can_be_undone() {
    let house = House::open().await;
    let admin = house.admin();
    let pairs =
        [("id", STAGE), ("version", "1"), ("changes[name]", "new"), ("changes[tags]", ""), ("changes[muted]", "yes")];
    let saved = admin.call("/api/save_room", &pairs).await.done();
    let entry = saved.entry.unwrap();
    let before = house.room(STAGE).await;

    let undone = undo(&admin, entry).await.done();
    let room = house.room(STAGE).await;
    assert_eq!(room.version, 3);
    assert_eq!(room.values.text(Field::Name), Some("Stage 舞台"));
    assert_eq!(room.values.words(Field::Tags), ["live", "新聞"]);
    assert!(!room.values.flag(Field::Muted));
    let trail = house.last().await;
    assert_eq!((trail.action, trail.undo_of, Some(trail.id)), (Action::Undone, Some(entry), undone.entry));
    assert!(admin.get("/rooms?q=stage&tags=live&muted=no").await.says("1 room"), "also found as before");

    undo(&admin, undone.entry.unwrap()).await.done();
    let room = house.room(STAGE).await;
    assert_eq!((room.version, &room.values), (4, &before.values), "undoing the undoing brings the change back");
}

#[tokio::test]
async fn undo_works_from_the_history_in_another_session() {
    let house = House::open().await;
    let entry = save(&house.moderator(), 1, "name", "oops").await.done().entry.unwrap();
    for n in 0..3 {
        save(&house.moderator(), i64::MAX, "description", &format!("later {n}")).await.done();
    }
    let admin = house.admin();
    let page = admin.get("/rooms/stage/history").await;
    let forms: Vec<String> = page
        .tags()
        .into_iter()
        .filter(|tag| tag.name == "input" && tag.get("name") == "entry")
        .map(|tag| tag.get("value").to_owned())
        .collect();
    assert!(forms.contains(&entry.to_string()), "{forms:?}");
    let after = admin.submit("/api/undo", &[("entry", &entry.to_string()), ("back", "/rooms/stage/history")]).await;
    assert!(after.says("Undone."), "{}", after.text());
    let room = house.room(STAGE).await;
    assert_eq!(room.title(), "Stage 舞台");
    assert_eq!(room.values.text(Field::Description), Some("later 2"), "other fields keep what came later");
}

#[tokio::test]
async fn what_has_moved_on_is_not_undone() {
    let house = House::open().await;
    let admin = house.admin();
    let pairs = [("id", STAGE), ("version", "1"), ("changes[name]", "mine"), ("changes[muted]", "yes")];
    let entry = admin.call("/api/save_room", &pairs).await.done().entry.unwrap();
    save(&house.moderator(), 2, "name", "theirs").await.done();
    let before = house.dump().await;
    let answer = undo(&admin, entry).await;
    assert_eq!(answer.status, 409);
    let clash =
        Clash { field: "name".to_owned(), base: text("mine"), theirs: text("theirs"), mine: text("Stage 舞台") };
    assert_eq!(answer.error(), Error::Conflict(vec![clash]));
    let page = admin.submit("/api/undo", &[("entry", &entry.to_string()), ("back", "/rooms/stage/history")]).await;
    assert!(page.says("It was mine Theirs now theirs Yours Stage 舞台"), "{}", page.text());
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn what_was_no_change_of_a_room_cannot_be_undone() {
    let house = House::open().await;
    let admin = house.admin();
    admin.call("/api/create_room", &[("id", "made")]).await.done();
    let made = house.last().await.id;
    house.viewer().call("/api/sign_out", &[]).await.done();
    let ended = house.last().await.id;
    let before = house.dump().await;
    for (entry, status) in [(made, 422), (ended, 422), (9_999_999, 404), (-1, 404), (i64::MAX, 404)] {
        assert_eq!(undo(&admin, entry).await.status, status, "{entry}");
    }
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn a_transfer_is_undone_with_its_managers_and_by_an_admin_only() {
    let house = House::open().await;
    let admin = house.admin();
    let pairs = [("id", STAGE), ("version", "1"), ("to", "u2"), ("keep", "yes")];
    let entry = admin.call("/api/transfer_room", &pairs).await.done().entry.unwrap();
    assert_eq!(undo(&house.moderator(), entry).await.status, 403);
    assert_eq!(house.room(STAGE).await.owner(), Some("u2"));
    undo(&admin, entry).await.done();
    let room = house.room(STAGE).await;
    assert_eq!((room.owner(), room.managers()), (Some("u1"), &["u2".to_owned(), "u3".to_owned()][..]));
}
