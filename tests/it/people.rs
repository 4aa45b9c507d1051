//! Who runs a room: the owner, handed over in a step of its own, and the managers.

use wardroom::domain::{audit::Action, room::Field};

use crate::harness::{House, STAGE};

#[tokio::test]
async fn a_transfer_keeps_the_old_owner_as_manager_if_asked_to() {
    let house = House::open().await;
    let page = house
        .admin()
        .submit("/api/transfer_room", &[("id", STAGE), ("version", "1"), ("to", "u2"), ("keep", "yes")])
        .await;
    assert!(page.says("Transferred the room to u2."), "{}", page.text());
    let room = house.room(STAGE).await;
    assert_eq!(room.owner(), Some("u2"));
    assert_eq!(room.managers(), ["u3", "u1"], "the new owner is no manager any more, the old one is");
    let entry = house.last().await;
    assert_eq!(entry.action, Action::RoomTransferred);
    assert_eq!(entry.changes.iter().map(|c| c.field.as_str()).collect::<Vec<_>>(), ["owner", "managers"]);
}

#[tokio::test]
async fn a_transfer_drops_the_old_owner_otherwise() {
    let house = House::open().await;
    let admin = house.admin();
    let done = admin.call("/api/transfer_room", &[("id", STAGE), ("version", "1"), ("to", " someone else ")]).await;
    assert_eq!(done.done().to.as_deref(), Some("/rooms/stage"));
    let room = house.room(STAGE).await;
    assert_eq!((room.owner(), room.managers()), (Some("someone else"), &["u2".to_owned(), "u3".to_owned()][..]));
    let found = admin.get("/rooms?owner=someone%20else").await;
    assert!(found.says("1 room") && found.says("Stage 舞台"), "the room is found by its new owner");
    assert!(admin.get("/rooms?q=someone").await.says("1 room"), "and by a word of the new owner");
}

#[tokio::test]
async fn the_step_before_shows_what_will_happen_and_changes_nothing() {
    let house = House::open().await;
    let (admin, before) = (house.admin(), house.dump().await);
    let known = admin.get("/rooms/stage/owner?to=u2").await;
    for words in ["What will happen", "is a member of the room", "is a manager now and will stop being one"] {
        assert!(known.says(words), "{words}: {}", known.text());
    }
    assert_eq!(known.input("/api/transfer_room", "to").as_deref(), Some("u2"));
    assert_eq!(known.input("/api/transfer_room", "keep").as_deref(), Some("yes"), "keeping is the safe default");
    let unknown = admin.get("/rooms/stage/owner?to=stranger").await;
    assert!(unknown.says("No room here knows this client yet"));
    for (to, why) in [("u1", "owns the room already"), ("a,b", "has a comma"), ("a%00b", "control character")] {
        let page = admin.get(&format!("/rooms/stage/owner?to={to}")).await;
        assert!(page.status == 200 && page.says(why), "{to}: {}", page.text());
        assert_eq!(page.input("/api/transfer_room", "to"), None, "{to}: nothing to confirm");
    }
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn a_transfer_that_cannot_be_is_refused_at_the_input() {
    let house = House::open().await;
    let (admin, before) = (house.admin(), house.dump().await);
    for (to, why) in [("u1", "owns the room already"), ("", "is empty"), ("a,b", "comma"), ("a\0", "control")] {
        let answer = admin.call("/api/transfer_room", &[("id", STAGE), ("version", "1"), ("to", to)]).await;
        assert_eq!(answer.status, 422, "{to:?}: {}", answer.body);
        assert!(answer.body.contains(why) && answer.body.contains("\"to\""), "{to:?}: {}", answer.body);
    }
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn two_transfers_at_once_are_a_conflict() {
    let house = House::open().await;
    let admin = house.admin();
    let to = async |to: &str| admin.call("/api/transfer_room", &[("id", STAGE), ("version", "1"), ("to", to)]).await;
    assert_eq!(to("u7").await.status, 200);
    let before = house.dump().await;
    let late = to("u8").await;
    assert_eq!(late.status, 409, "{}", late.body);
    assert_eq!(before, house.dump().await);
    assert_eq!(house.room(STAGE).await.owner(), Some("u7"));
}

#[tokio::test]
async fn the_owner_cannot_vanish() {
    let house = House::open().await;
    let (admin, before) = (house.admin(), house.dump().await);
    for owner in ["", "  ", ","] {
        let pairs = [("id", STAGE), ("version", "1"), ("changes[owner]", owner)];
        let answer = admin.call("/api/save_room", &pairs).await;
        assert_eq!(answer.status, 422, "{owner:?}: {}", answer.body);
    }
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn the_owner_cannot_be_a_manager_too() {
    let house = House::open().await;
    let (admin, before) = (house.admin(), house.dump().await);
    let answer = admin.call("/api/add_manager", &[("id", STAGE), ("client", "u1")]).await;
    assert!(answer.status == 422 && answer.body.contains("owns the room"), "{}", answer.body);
    for changes in
        [[("changes[managers]", "u1, u2"), ("x", "")], [("changes[owner]", "u2"), ("changes[managers]", "u2")]]
    {
        let pairs = [[("id", STAGE), ("version", "1")], changes].concat();
        let answer = admin.call("/api/save_room", &pairs).await;
        assert_eq!(answer.status, 422, "{changes:?}: {}", answer.body);
    }
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn managers_come_and_go_one_by_one() {
    let house = House::open().await;
    let admin = house.admin();
    let page = admin.submit("/api/add_manager", &[("id", STAGE), ("client", "u9"), ("back", "/rooms/stage")]).await;
    assert!(page.says("u9 is a manager now."));
    assert_eq!(house.room(STAGE).await.managers(), ["u2", "u3", "u9"]);
    assert_eq!(house.last().await.action, Action::ManagerAdded);
    assert!(admin.get("/rooms?managers=u9").await.says("1 room"), "and the room is found by it");

    let before = house.dump().await;
    assert!(admin.submit("/api/add_manager", &[("id", STAGE), ("client", "u9")]).await.says("already so"));
    assert!(admin.submit("/api/remove_manager", &[("id", STAGE), ("client", "stranger")]).await.says("already so"));
    assert_eq!(before, house.dump().await, "what is so already is not written again");

    let page = admin.submit("/api/remove_manager", &[("id", STAGE), ("client", "u2"), ("back", "/rooms/stage")]).await;
    assert!(page.says("u2 is no manager any more."));
    assert_eq!(house.room(STAGE).await.managers(), ["u3", "u9"]);
    assert_eq!(house.last().await.action, Action::ManagerRemoved);
    assert!(admin.get("/rooms?managers=u2").await.says("0 rooms"));
}

#[tokio::test]
async fn a_hundred_managers_and_no_more() {
    let house = House::open().await;
    let admin = house.admin();
    let all: Vec<String> = (0..100).map(|n| format!("m{n}")).collect();
    let pairs = [("id", STAGE), ("version", "1"), ("changes[managers]", &*all.join(","))];
    assert_eq!(admin.call("/api/save_room", &pairs).await.status, 200);
    let before = house.dump().await;
    let one_more = admin.call("/api/add_manager", &[("id", STAGE), ("client", "m100")]).await;
    assert!(one_more.status == 422 && one_more.body.contains("101 of 100"), "{}", one_more.body);
    assert_eq!(before, house.dump().await);
    assert_eq!(house.room(STAGE).await.values.words(Field::Managers).len(), 100);
}
