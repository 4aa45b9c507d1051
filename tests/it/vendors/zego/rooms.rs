//! `CreateRoom`, `DestroyRoom`, `QueryRoomMembers`, and what the console shows of this vendor.

use axum::http::Method;
use serde_json::json;
use wardroom::{
    domain::{audit::Action, room::RoomId},
    services::{
        apps,
        rooms::{Members, view},
    },
};

use super::{code, house, kept, request, set};
use crate::harness::{Answer, House, STAGE};

#[tokio::test]
async fn a_room_is_made_with_its_owner_and_attributes() {
    let house = house().await;
    let backend = house.zego().await;
    let body = json!({
        "FromUserId": "User1", "RoomId": "Room1", "RoomName": "RoomName1", "DestroyDelayTime": 3600, "Unknown": [1],
        "Attributes": [{"Key": "k1", "Value": "v1", "AutoDelete": 0}, {"Key": "k2", "Value": "v2", "AutoDelete": 1}],
    });
    let answer = backend.zego("CreateRoom", body.clone()).await;
    assert_eq!((code(&answer), &answer.value()["AttributeSeq"]), (0, &json!(2)), "{}", answer.body);
    assert_eq!(answer.value().as_object().unwrap().len(), 4);
    let room = house.room("Room1").await;
    assert_eq!((room.title(), room.owner(), room.member_count), ("RoomName1", Some("User1"), 0));
    let kept = kept(&house, "Room1").await;
    assert_eq!(
        kept.iter().map(|a| (a.seq, a.auto_delete, a.set_by.as_str())).collect::<Vec<_>>(),
        [(1, false, "User1"), (2, true, "User1")]
    );
    let entry = house.last().await;
    let call = entry.call.unwrap();
    assert_eq!(
        (entry.action, call.action.as_str(), call.client.as_str()),
        (Action::RoomCreated, "CreateRoom", "User1")
    );
    let before = house.dump().await;
    assert_eq!(code(&backend.zego("CreateRoom", body).await), 660_300_014);
    for wrong in [
        json!([{"Key": "k", "Value": "x".repeat(1025)}]),
        json!([{"Key": "k".repeat(17)}]),
        json!([set("a", "1"), set("a", "2")]),
        json!((0..21).map(|n| set(&n.to_string(), "v")).collect::<Vec<_>>()),
        json!((0..6).map(|n| set(&n.to_string(), &"x".repeat(1024))).collect::<Vec<_>>()),
        json!([{"Value": "v"}]),
        json!([{"Key": ""}]),
        json!("k"),
    ] {
        let body = json!({"RoomId": "Room2", "FromUserId": "User2", "Attributes": wrong});
        let answer = backend.zego("CreateRoom", body).await;
        assert_eq!(code(&answer), 660_000_002, "{}", answer.body);
    }
    let comma = json!({"RoomId": "Room2", "FromUserId": "a,b"});
    assert_eq!(code(&backend.zego("CreateRoom", comma).await), 660_000_002);
    assert!(before.differs(&house.dump().await).is_empty());
    assert_eq!(code(&backend.zego("CreateRoom", json!({"RoomId": "Room2", "FromUserId": "User2"})).await), 0);
}

#[tokio::test]
async fn a_room_is_destroyed_by_get_and_by_nothing_else() {
    let house = house().await;
    let backend = house.zego().await;
    let query = backend.zego_query("DestroyRoom").and("RoomId", STAGE);
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS] {
        let answer = house.send(request(method, &query), json!({"RoomId": STAGE}).to_string()).await;
        assert_eq!(code(&answer), 100_000_007);
    }
    assert_eq!(code(&house.send(request(Method::GET, &query), "").await), 0);
    let entry = house.last().await;
    assert_eq!((entry.action, entry.room.as_deref()), (Action::RoomDeleted, Some(STAGE)));
    let answer = house.send(request(Method::GET, &query), "").await;
    assert_eq!(code(&answer), 660_300_001);
    for action in ["ModifyRoomAttribute", "QueryRoomAttribute"] {
        let body = json!({"RoomId": STAGE, "FromUserId": "u1", "Attributes": [set("k", "v")]});
        assert_eq!(code(&backend.zego(action, body).await), 660_300_001, "{action}");
    }
    backend.make("r").await;
    assert_eq!(code(&backend.zego_get("DestroyRoom", &[("RoomId", "r"), ("FromUserId", "ann")]).await), 0);
    assert_eq!(house.last().await.call.unwrap().client, "ann");
    assert_eq!(code(&backend.zego_get("DestroyRoom", &[]).await), 660_000_002);
}

#[tokio::test]
async fn members_are_told_from_others_and_from_the_unknown() {
    let house = house().await;
    let backend = house.zego().await;
    house.sql("INSERT INTO clients (id) VALUES ('elsewhere')").await;
    let ask = async |users: &[&str], name: &str| {
        let query = backend.zego_query("QueryRoomMembers").text();
        let users: String = users.iter().map(|user| format!("&{name}={user}")).collect();
        let request = axum::http::Request::get(format!("/zego?{query}&RoomId={STAGE}{users}"));
        house.send(request, "").await
    };
    // A room's rate is five: each spelling is asked once.
    for name in ["UserId[]", "UserId%5B%5D", "UserId"] {
        let answer = ask(&["u3", "elsewhere", "nobody", "u4", "u3", "a%2Cb"], name).await;
        assert_eq!(code(&answer), 0, "{name}: {}", answer.body);
        let body = answer.value();
        assert_eq!(
            body["UserList"],
            json!([
                {"user_id": "u3", "user_name": "Nick 3", "avatar": "", "extra": ""},
                {"user_id": "u4", "user_name": "", "avatar": "", "extra": ""},
            ])
        );
        assert_eq!(
            body["ErrorList"],
            json!([
                {"UserId": "elsewhere", "SubCode": 660_300_012},
                {"UserId": "nobody", "SubCode": 660_200_001},
                {"UserId": "a,b", "SubCode": 660_200_001},
            ])
        );
    }
    let none = ask(&["elsewhere"], "UserId[]").await;
    assert_eq!((code(&none), none.value()["ErrorList"].as_array().unwrap().len()), (660_300_012, 1));
    let nobody = ask(&[], "UserId[]").await;
    assert_eq!(code(&nobody), 660_000_002);
}

#[tokio::test]
async fn ten_users_can_be_asked_for_at_once() {
    let house = house().await;
    let backend = house.zego().await;
    let users: Vec<String> = (0..11).map(|n| format!("u{n}")).collect();
    let ask = async |users: &[String]| {
        let mut pairs = vec![("RoomId", STAGE)];
        pairs.extend(users.iter().map(|user| ("UserId[]", user.as_str())));
        backend.zego_get("QueryRoomMembers", &pairs).await
    };
    let ten = ask(&users[..10]).await;
    assert_eq!((code(&ten), ten.value()["UserList"].as_array().unwrap().len()), (0, 10));
    assert_eq!(code(&ask(&users).await), 660_000_011);
    for bad in ["直".to_owned(), "x".repeat(33), String::new()] {
        let answer = ask(&[bad]).await;
        assert_eq!(code(&answer), 660_000_002, "{}", answer.body);
    }
}

#[tokio::test]
async fn the_address_may_end_in_a_slash_and_has_nothing_below_it() {
    let house = house().await;
    let backend = house.zego().await;
    let query = backend.zego_query("QueryRoomAttribute").text();
    let body = json!({"RoomId": STAGE, "FromUserId": "u1"}).to_string();
    for (path, wanted) in [("/zego", 0), ("/zego/", 0), ("/zego/rooms", 100_000_007), ("/zego/%FF", 100_000_007)] {
        let request = axum::http::Request::post(format!("{path}?{query}"));
        assert_eq!(code(&house.send(request, body.clone()).await), wanted, "{path}");
    }
}

/// What a command of the console asks for, as a shell would send it.
async fn pasted(house: &House, shell: &str) -> Answer {
    let words: Vec<&str> = shell.split('\'').collect();
    let address = words.iter().find_map(|word| word.strip_prefix("http://h")).unwrap();
    let post = shell.contains("--request POST");
    let body = if post { words[words.len() - 2] } else { "" };
    let request = axum::http::Request::builder().method(if post { Method::POST } else { Method::GET }).uri(address);
    let request = if post { request.header("Content-Type", "application/json") } else { request };
    house.send(request, body.to_owned()).await
}

#[tokio::test]
async fn the_consoles_commands_run_and_change_nothing_until_edited() {
    let house = house().await;
    let backend = house.zego().await;
    let ctx = house.ctx();
    backend.make("empty").await;
    backend.modify(STAGE, json!([{"Action": 0, "Key": "mine", "Value": "直", "AutoDelete": 1}])).await;
    let commands = async |id: &str| {
        let view = view(&ctx, &RoomId::parse(id).unwrap(), Members::All).await.unwrap();
        apps::commands(&ctx, backend.app.id, "http://h/zego", &view).await.unwrap()
    };
    for room in [STAGE, "empty"] {
        let commands = commands(room).await;
        assert!(commands.len() >= 4 && commands.iter().all(|command| command.seconds == 600));
        for command in &commands {
            let before = house.dump().await;
            let answer = pasted(&house, &command.shell).await;
            assert_eq!(code(&answer), 0, "{}: {}", command.shell, answer.body);
            let stays = !["Delete", "Destroy", "(an example)"].iter().any(|word| command.title.contains(word));
            assert!(!stays || before.differs(&house.dump().await).is_empty(), "{}", command.shell);
            assert!(!command.shell.contains(&backend.secret));
        }
        assert!(house.store.room(&RoomId::parse(room).unwrap()).await.unwrap().is_none(), "the last one destroys");
    }
    assert!(commands("直播間").await.is_empty(), "an id that this vendor cannot write");
    assert!(commands("abc/def").await.is_empty());
}

#[tokio::test]
async fn the_document_names_every_action_and_every_code() {
    let house = house().await;
    let answer = house.send(axum::http::Request::get("/zego/openapi.json"), "").await;
    let document = answer.value();
    assert_eq!(document["openapi"], "3.1.0");
    let about = wardroom::vendors::abouts().iter().find(|about| about.key == "zego").unwrap();
    let actions =
        |method: &str| document["paths"]["/"][method]["parameters"][0]["schema"]["enum"].as_array().unwrap().clone();
    let named: Vec<_> = actions("post").into_iter().chain(actions("get")).collect();
    assert_eq!(named.len(), about.actions.len());
    assert!(about.actions.iter().all(|action| named.contains(&json!(action.name)) && action.rate == 20));
    let codes = document["components"]["schemas"]["Refusal"]["properties"]["Code"]["enum"].as_array().unwrap();
    assert!([660_000_002, 660_300_005, 100_000_005].iter().all(|code| codes.contains(&json!(code))));
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for reference in answer.body.split("#/components/schemas/").skip(1) {
        assert!(schemas.contains_key(reference.split('"').next().unwrap()));
    }
    let limit = &document["components"]["schemas"]["CreateRoom"]["properties"]["RoomName"]["maxLength"];
    assert_eq!(*limit, json!(64));
}
