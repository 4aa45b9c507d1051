//! Making, listing, deleting rooms; members and their roles; clients.

use serde_json::{Value as Json, json};
use wardroom::domain::audit::Action;

use super::{done, refusal};
use crate::harness::House;

#[tokio::test]
async fn a_room_is_made_frozen_and_deleted() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    let new = json!({"_id": "made", "name": "新", "roomType": "group", "members": ["ann", "bob"], "owner": "ann",
                     "systemMessage": true});
    let made = done(&backend.imkit("POST", "/rooms/", new.clone()).await);
    assert_eq!((&made["members"], &made["owner"]), (&json!(["ann", "bob"]), &json!("ann")));
    assert_eq!(house.room("made").await.member_count, 2);
    assert_eq!(refusal(&backend.imkit("POST", "/rooms", new).await), (409, "ALREADY_EXISTS".to_owned()));
    let unnamed = done(&backend.imkit("POST", "/rooms", json!({"name": "x"})).await);
    assert_eq!(unnamed["_id"].as_str().unwrap().len(), 24);

    let token = backend.imkit_token("eve", false).await;
    let own = done(&backend.imkit_as(&token, "POST", "/rooms", json!({"_id": "eves"})).await);
    assert_eq!((&own["owner"], &own["members"]), (&json!("eve"), &json!([])), "the creator does not join");

    for (status, active) in [(0, false), (1, true)] {
        done(&backend.imkit("PUT", "/rooms/made", json!({"status": status})).await);
        assert_eq!(house.room("made").await.is_active(), active);
    }
    assert_eq!(done(&backend.imkit("DELETE", "/rooms/made", json!({})).await), json!({"n": 1, "ok": 1}));
    assert_eq!(refusal(&backend.imkit("DELETE", "/rooms/made", Json::Null).await).0, 404);
    let entry = house.audit().await.into_iter().find(|entry| entry.action == Action::RoomDeleted).unwrap();
    let told: Vec<String> = entry.changes.iter().map(|c| format!("{} {}", c.field, c.show_before())).collect();
    assert!(told.contains(&"name 新".to_owned()) && told.contains(&"members ann, bob".to_owned()), "{told:?}");
    assert_eq!(house.ask("SELECT CAST(count(*) AS TEXT) FROM members WHERE client = 'bob'").await, "0");
    assert!(house.viewer().get("/rooms?q=made").await.says("No room"), "and is found no more");
}

#[tokio::test]
async fn rooms_are_listed_in_order_by_parts_and_for_a_client_only_its_own() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    let all = done(&backend.imkit("GET", "/rooms?limit=0", Json::Null).await);
    let count = all["totalCount"].as_u64().unwrap();
    assert_eq!(all["data"].as_array().unwrap().len() as u64, count);
    let ids = |list: &Json| -> Vec<String> {
        list["data"].as_array().unwrap().iter().map(|room| room["_id"].as_str().unwrap().to_owned()).collect()
    };
    let mut parts = Vec::new();
    for skip in (0..count).step_by(7) {
        let path = format!("/rooms?sort=name%20-createdTime&skip={skip}&limit=7&q=%7B%7D&pref=%7B%7D");
        parts.extend(ids(&done(&backend.imkit("GET", &path, Json::Null).await)));
    }
    let whole = ids(&done(&backend.imkit("GET", "/rooms?sort=name", Json::Null).await));
    assert_eq!(parts, whole);
    let down = ids(&done(&backend.imkit("GET", "/rooms?sort=-name", Json::Null).await));
    assert_eq!(down, whole.into_iter().rev().collect::<Vec<_>>());
    let newest = done(&backend.imkit("GET", "/rooms?sort=-lastMessage&limit=1", Json::Null).await);
    assert_eq!(
        (&newest["data"][0]["_id"], &newest["data"][0]["lastMessage"]["sender"]["_id"]),
        (&json!("stage"), &json!("u2"))
    );

    let token = backend.imkit_token("u50", false).await;
    let own = done(&backend.imkit_as(&token, "GET", "/rooms/", Json::Null).await);
    assert_eq!((&own["totalCount"], ids(&own)), (&json!(1), vec!["stage".to_owned()]));
    for bad in ["skip=-1", "limit=x", "limit=99999999999999999999", "updatedAfter=soon"] {
        assert_eq!(refusal(&backend.imkit("GET", &format!("/rooms?{bad}"), Json::Null).await).0, 400, "{bad}");
    }
    let later = done(&backend.imkit("GET", "/rooms?updatedAfter=2100-01-01T00:00:00Z", Json::Null).await);
    assert_eq!(later["totalCount"], json!(0));
}

#[tokio::test]
async fn members_come_and_go_and_take_along_what_goes_with_them() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    let came = done(&backend.imkit("POST", "/rooms/stage/members", json!({"invitees": ["new-1", "u2"]})).await);
    assert_eq!(came["members"].as_array().unwrap().len(), 121);
    let entry = house.last().await;
    assert_eq!((entry.action, entry.changes.len()), (Action::MembersChanged, 1));
    assert_eq!(entry.changes[0].show_after(), "new-1", "who was there already is not told");

    done(&backend.imkit("POST", "/rooms/stage/delete/members", json!({"members": ["u2", "nobody"]})).await);
    let told: Vec<String> = house.last().await.changes.iter().map(|change| change.field.clone()).collect();
    assert_eq!(told, ["members", "attribute.mic1", "auto_delete.mic1", "set_by.mic1"]);
    let room = house.room("stage").await;
    let left: Vec<String> =
        house.store.attributes(room.number).await.unwrap().into_iter().map(|attribute| attribute.key).collect();
    assert_eq!((room.member_count, left), (120, vec!["topic".to_owned()]));

    let member = backend.imkit_token("u60", false).await;
    let path = "/rooms/stage/delete/members";
    assert_eq!(refusal(&backend.imkit_as(&member, "POST", path, json!({"members": ["u61"]})).await).0, 403);
    done(&backend.imkit_as(&member, "POST", path, json!({"members": ["u60"]})).await);
    for bad in [json!({}), json!({"members": []}), json!({"members": "u1"}), json!({"members": [1]})] {
        assert_eq!(refusal(&backend.imkit("POST", path, bad.clone()).await).0, 400, "{bad}");
    }
    let invited = json!({"invitees": ["x"], "invitationRequired": true});
    assert_eq!(refusal(&backend.imkit("POST", "/rooms/stage/members", invited).await).0, 400);

    done(&backend.imkit("PUT", "/rooms/stage", json!({"opening": 0})).await);
    let owner = backend.imkit_token("u1", false).await;
    let invite = json!({"invitees": ["late"]});
    assert_eq!(refusal(&backend.imkit_as(&owner, "POST", "/rooms/stage/members", invite.clone()).await).0, 403);
    done(&backend.imkit("POST", "/rooms/stage/members", invite).await);
    let crowd: Vec<String> = (0..400).map(|n| format!("crowd-{n}")).collect();
    let full = backend.imkit("POST", "/rooms/stage/members", json!({"invitees": crowd})).await;
    assert_eq!(refusal(&full), (400, "INVALID_REQUEST".to_owned()), "its capacity is 500");
}

#[tokio::test]
async fn a_member_becomes_a_manager_and_a_member_again() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    let role = |value: &str| json!({"property": "role", "value": value});
    let room = done(&backend.imkit("PUT", "/rooms/stage/member/u9", role("admin")).await);
    assert_eq!(room["managers"], json!(["u2", "u3", "u9"]));
    let room = done(&backend.imkit("PUT", "/rooms/stage/member/u9", role("member")).await);
    assert_eq!(room["managers"], json!(["u2", "u3"]));
    let manager = backend.imkit_token("u2", false).await;
    let refused = backend.imkit_as(&manager, "PUT", "/rooms/stage/member/u9", role("admin")).await;
    assert_eq!(refusal(&refused).0, 403);
    assert_eq!(refusal(&backend.imkit("PUT", "/rooms/stage/member/nobody", role("admin")).await).0, 404);
    for bad in [role("king"), json!({"property": "colour", "value": "red"}), json!({})] {
        assert_eq!(refusal(&backend.imkit("PUT", "/rooms/stage/member/u9", bad).await).0, 400);
    }
}

#[tokio::test]
async fn clients_become_known_once_and_only_an_api_key_makes_them() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    let ann = json!({"_id": "ann", "nickname": "安", "avatarUrl": "https://a.example/1.png"});
    let known = done(&backend.imkit("POST", "/admin/clients", ann.clone()).await);
    assert_eq!((&known["nickname"], known.get("token")), (&json!("安"), None));
    assert_eq!(house.last().await.action, Action::ClientChanged);
    let before = house.dump().await;
    done(&backend.imkit("POST", "/admin/clients", ann).await);
    assert_eq!(before, house.dump().await, "the same again is nothing new");
    let token = backend.imkit_token("ann", true).await;
    let refused = backend.imkit_as(&token, "POST", "/admin/clients", json!({"_id": "bob"})).await;
    assert_eq!(refusal(&refused).0, 403, "not even a superuser");
    for bad in [
        json!({}),
        json!({"_id": ""}),
        json!({"_id": "a,b"}),
        json!({"_id": 5}),
        json!({"_id": "x", "nickname": "n".repeat(129)}),
    ] {
        assert_eq!(refusal(&backend.imkit("POST", "/admin/clients", bad).await).0, 400);
    }
}
