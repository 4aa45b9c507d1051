//! Who may look, change and appoint: members, managers, the owner, superusers, the app itself.

use serde_json::{Value as Json, json};
use wardroom::domain::app::Scope;

use super::{done, refusal};
use crate::harness::House;

#[tokio::test]
async fn members_look_and_strangers_do_not() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    let member = backend.imkit_token("u50", false).await;
    let room = done(&backend.imkit_as(&member, "GET", "/rooms/stage", Json::Null).await);
    assert_eq!((&room["unread"], &room["isSuperuser"]), (&json!(50), &json!(false)));
    assert_eq!(room["members"].as_array().unwrap().len(), 120);
    assert_eq!(room["memberProperties"][0]["client"], room["members"][0]["_id"]);

    let stranger = backend.imkit_token("stranger", false).await;
    let refused = backend.imkit_as(&stranger, "GET", "/rooms/stage", Json::Null).await;
    assert_eq!(refusal(&refused), (403, "INSUFFICIENT_PERMISSIONS".to_owned()));
    let superuser = backend.imkit_token("root", true).await;
    let room = done(&backend.imkit_as(&superuser, "GET", "/rooms/stage", Json::Null).await);
    assert_eq!((&room["unread"], &room["isSuperuser"]), (&json!(0), &json!(true)));
}

#[tokio::test]
async fn owner_and_managers_change_the_room_but_not_who_they_are() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    for (client, may) in [("u1", true), ("u2", true), ("u50", false), ("stranger", false)] {
        let token = backend.imkit_token(client, false).await;
        let before = house.dump().await;
        let answer = backend.imkit_as(&token, "PUT", "/rooms/stage", json!({"description": client})).await;
        if may {
            assert_eq!(done(&answer)["description"], json!(client));
            assert_eq!(house.last().await.call.unwrap().client, client);
        } else {
            assert_eq!(refusal(&answer), (403, "INSUFFICIENT_PERMISSIONS".to_owned()), "{client}");
            assert_eq!(before, house.dump().await, "{client}");
        }
        let before = house.dump().await;
        for body in [json!({"owner": "u7"}), json!({"managers": []}), json!({"name": "x", "owner": "u1"})] {
            let answer = backend.imkit_as(&token, "PUT", "/rooms/stage", body).await;
            assert_eq!(refusal(&answer), (403, "INSUFFICIENT_PERMISSIONS".to_owned()), "{client}");
        }
        assert_eq!(before, house.dump().await, "nothing is half done");
    }
    let root = backend.imkit_token("root", true).await;
    let room = done(&backend.imkit_as(&root, "PUT", "/rooms/stage", json!({"owner": "u2"})).await);
    assert_eq!((&room["owner"], &room["managers"]), (&json!("u2"), &json!(["u3"])), "a new owner is no manager");
    let refused = backend.imkit("PUT", "/rooms/stage", json!({"owner": ""})).await;
    assert_eq!(refusal(&refused), (400, "INVALID_REQUEST".to_owned()));
}

#[tokio::test]
async fn an_app_does_no_more_than_it_may_and_sees_no_other_application() {
    let house = House::open().await;
    let narrow = |name: &'static str, scope: Scope, application: &'static str| {
        house.backend_with("imkit", move |wanted| {
            wanted.name = name.to_owned();
            wanted.may.scope = scope.key().to_owned();
            wanted.may.application = application.to_owned();
        })
    };
    let reads = narrow("reads", Scope::Read, "").await;
    done(&reads.imkit("GET", "/rooms/stage", Json::Null).await);
    let edits = narrow("edits", Scope::Edit, "").await;
    done(&edits.imkit("PUT", "/rooms/stage", json!({"name": "new"})).await);
    let before = house.dump().await;
    for (backend, body) in [(&reads, json!({"name": "x"})), (&edits, json!({"name": "x", "opening": 0}))] {
        let refused = backend.imkit("PUT", "/rooms/stage", body).await;
        assert_eq!(refusal(&refused), (403, "INSUFFICIENT_PERMISSIONS".to_owned()));
    }
    for (method, path) in [("DELETE", "/rooms/stage"), ("POST", "/rooms"), ("POST", "/admin/clients")] {
        assert_eq!(refusal(&edits.imkit(method, path, json!({"_id": "x"})).await).0, 403, "{method} {path}");
    }
    assert_eq!(before, house.dump().await);

    let demo = narrow("demo's", Scope::Manage, "demo").await;
    assert_eq!(done(&demo.imkit("GET", "/rooms/stage", Json::Null).await)["appID"], json!("demo"));
    let other = narrow("other's", Scope::Manage, "other").await;
    for method in ["GET", "PUT", "DELETE"] {
        assert_eq!(refusal(&other.imkit(method, "/rooms/stage", json!({})).await).0, 404, "{method}");
    }
    let made = done(&other.imkit("POST", "/rooms/", json!({"_id": "theirs", "name": "x"})).await);
    assert_eq!((&made["appID"], house.room("theirs").await.app.as_str()), (&json!("other"), "other"));
    let taken = other.imkit("POST", "/rooms", json!({"_id": "stage"})).await;
    assert_eq!(refusal(&taken), (409, "ALREADY_EXISTS".to_owned()));
    let listed = done(&other.imkit("GET", "/rooms", Json::Null).await);
    assert_eq!((&listed["totalCount"], &listed["data"][0]["_id"]), (&json!(1), &json!("theirs")));
}
