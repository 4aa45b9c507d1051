//! Every limit, in bytes: exactly at it a call passes, one byte over it is refused, and what is refused is not half done.

use serde_json::{Value as Json, json};
use wardroom::domain::{app::Scope, attribute::AttributeLimits};

use super::{code, done, failed, house, kept, now, set};
use crate::harness::{House, STAGE};

const TOO_LONG: u64 = 660_600_020;

/// So many bytes of UTF-8, three to a character as far as it goes.
fn han(bytes: usize) -> String {
    "直".repeat(bytes / 3) + &"x".repeat(bytes % 3)
}

#[tokio::test]
async fn a_key_has_16_bytes_and_a_value_1024() {
    let house = house().await;
    let backend = house.zego().await;
    backend.make("r").await;
    for (key, value, refused) in [
        (han(16), "v".to_owned(), false),
        (han(17), "v".to_owned(), true),
        ("k".repeat(16), "v".to_owned(), false),
        ("k".repeat(17), "v".to_owned(), true),
        ("v1".to_owned(), han(1024), false),
        ("v2".to_owned(), han(1025), true),
        ("v3".to_owned(), "x".repeat(1024), false),
        ("v4".to_owned(), "x".repeat(1025), true),
    ] {
        let before = house.dump().await;
        let answer = backend.modify("r", json!([set(&key, &value)])).await;
        let wanted = if refused { (660_000_002, vec![(key.clone(), TOO_LONG)]) } else { (0, vec![]) };
        assert_eq!((code(&answer), failed(&answer)), wanted, "{} {} bytes", key.len(), value.len());
        assert_eq!(before.differs(&house.dump().await).is_empty(), refused);
    }
}

#[tokio::test]
async fn all_together_have_5120_bytes() {
    let house = house().await;
    let backend = house.zego().await;
    backend.make("r").await;
    let full: Vec<Json> = (0..5).map(|n| set(&n.to_string(), &han(1019))).collect();
    assert_eq!(code(&backend.modify("r", json!(full)).await), 0);
    let answer = backend.modify("r", json!([set("k", &"x".repeat(20))])).await;
    assert_eq!((code(&answer), failed(&answer)), (660_000_002, vec![("k".to_owned(), 660_300_019)]));
    assert_eq!(code(&backend.modify("r", json!([set("k", &"x".repeat(19))])).await), 0);
    let total: usize = kept(&house, "r").await.iter().map(|a| a.key.len() + a.value.len()).sum();
    assert_eq!(total, 5120);
    let answer = backend.modify("r", json!([{"Action": 1, "Key": "k"}, set("z", &"x".repeat(19))])).await;
    assert_eq!((code(&answer), done(&answer).len()), (0, 2), "what is deleted first makes room");
}

#[tokio::test]
async fn a_room_takes_20_and_the_21st_is_refused_by_itself() {
    let house = house().await;
    let backend = house.zego().await;
    backend.make("r").await;
    let items: Vec<Json> = (0..21).map(|n| set(&format!("k{n:02}"), "v")).collect();
    let answer = backend.modify("r", json!(items)).await;
    assert_eq!((code(&answer), done(&answer).len()), (0, 20));
    assert_eq!(failed(&answer), [("k20".to_owned(), 660_000_002)]);
    assert_eq!(kept(&house, "r").await.len(), 20);
    assert_eq!(code(&backend.modify("r", json!([set("k00", "other")])).await), 0, "one that is there can change");
    let swap = json!([{"Action": 1, "Key": "k00"}, set("k20", "v")]);
    assert_eq!(done(&backend.modify("r", swap).await).len(), 2);
}

#[tokio::test]
async fn the_number_is_the_houses_setting() {
    let few = AttributeLimits { per_room: 3, ..AttributeLimits::default() };
    let house = House::with(|config| config.settings.attributes = few).await.by(now);
    let backend = house.zego().await;
    backend.make("r").await;
    let items: Vec<Json> = (0..5).map(|n| set(&n.to_string(), "v")).collect();
    let answer = backend.modify("r", json!(items)).await;
    assert_eq!((done(&answer).len(), failed(&answer).len()), (3, 2));
    let body = json!({"RoomId": "r2", "FromUserId": "u1", "Attributes": items});
    assert_eq!(code(&backend.zego("CreateRoom", body).await), 660_000_002, "which is no matter of the rate");
}

#[tokio::test]
async fn ids_have_32_bytes_and_the_contracts_characters() {
    let house = house().await;
    let backend = house.zego().await;
    let plain = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let signs = "!#$%&()+-:;<=.>?@[]^_ ,|~";
    for c in plain.chars().chain(signs.chars()) {
        let (room, user) = (format!("r{c}r"), format!("u{c}u"));
        let owner = json!({"RoomId": room, "FromUserId": "u1"});
        assert_eq!(code(&backend.zego("CreateRoom", owner).await), 0, "{c:?}");
        let body = json!({"RoomId": room, "FromUserId": user, "Attributes": [set("k", "v")]});
        let answer = backend.zego("ModifyRoomAttribute", body).await;
        assert_eq!(code(&answer), 0, "{c:?}: {}", answer.body);
        assert_eq!(kept(&house, &room).await[0].set_by, user);
        let asked = backend.zego_get("DestroyRoom", &[("RoomId", &room)]).await;
        assert_eq!(code(&asked), 0, "{c:?}");
    }
    backend.make(&"r".repeat(32)).await;
    let modify = |room: &str, user: &str| json!({"RoomId": room, "FromUserId": user, "Attributes": [set("k", "v")]});
    let at_the_limit = modify(&"r".repeat(32), &"u".repeat(32));
    assert_eq!(code(&backend.zego("ModifyRoomAttribute", at_the_limit).await), 0);
    let before = house.dump().await;
    for bad in ["\"", "'", "*", "/", "\\", "`", "{", "}", "\n", "\t", "\u{0}", "直", "é", "", " ", "."] {
        let id = if bad.trim().is_empty() || bad == "." { bad.to_owned() } else { format!("a{bad}b") };
        if bad != "." {
            let answer = backend.zego("ModifyRoomAttribute", modify(STAGE, &id)).await;
            assert_eq!(code(&answer), 660_000_002, "FromUserId {id:?}");
        }
        for action in ["ModifyRoomAttribute", "QueryRoomAttribute", "CreateRoom"] {
            assert_eq!(code(&backend.zego(action, modify(&id, "u1")).await), 660_000_002, "{action} RoomId {id:?}");
        }
        assert_eq!(code(&backend.zego_get("DestroyRoom", &[("RoomId", &id)]).await), 660_000_002, "{id:?}");
    }
    for long in ["x".repeat(33), han(33)] {
        for (room, user) in [(long.as_str(), "u1"), (STAGE, long.as_str())] {
            assert_eq!(code(&backend.zego("ModifyRoomAttribute", modify(room, user)).await), 660_000_002);
            assert_eq!(code(&backend.zego("QueryRoomAttribute", modify(room, user)).await), 660_000_002);
            assert_eq!(code(&backend.zego("CreateRoom", modify(room, user)).await), 660_000_002);
        }
    }
    assert!(before.differs(&house.dump().await).is_empty());
}

#[tokio::test]
async fn a_room_is_made_with_a_name_of_64_bytes_and_a_delay_of_three_hours() {
    let house = house().await;
    let backend = house.zego().await;
    let body = |name: &str, delay: i64| json!({"RoomId": "r", "FromUserId": "u1", "RoomName": name, "DestroyDelayTime": delay});
    for (name, delay) in [(han(65), 0), ("x".repeat(65), 0), ("x".to_owned(), 10_801), ("x".to_owned(), -1)] {
        assert_eq!(code(&backend.zego("CreateRoom", body(&name, delay)).await), 660_000_002, "{name} {delay}");
    }
    assert_eq!(code(&backend.zego("CreateRoom", body(&han(64), 10_800)).await), 0);
    assert_eq!(house.room("r").await.title(), han(64));
}

#[tokio::test]
async fn an_app_may_only_what_its_scope_and_its_application_allow() {
    let house = house().await;
    let reader = house.backend_with("zego", |wanted| wanted.may.scope = Scope::Read.key().to_owned()).await;
    let before = house.dump().await;
    for action in ["ModifyRoomAttribute", "CreateRoom"] {
        let body = json!({"RoomId": STAGE, "FromUserId": "u1", "Attributes": [set("k", "v")]});
        assert_eq!(code(&reader.zego(action, body).await), 100_000_017, "{action}");
    }
    assert_eq!(code(&reader.zego_get("DestroyRoom", &[("RoomId", STAGE)]).await), 100_000_017);
    let look = json!({"RoomId": STAGE, "FromUserId": "u1"});
    assert_eq!(code(&reader.zego("QueryRoomAttribute", look.clone()).await), 0);
    assert!(before.differs(&house.dump().await).is_empty(), "looking writes nothing");
    let editor = house
        .backend_with("zego", |wanted| {
            wanted.name = "editor".to_owned();
            wanted.may.scope = Scope::Edit.key().to_owned();
            wanted.may.application = "demo".to_owned();
        })
        .await;
    assert_eq!(code(&editor.modify(STAGE, json!([set("k", "v")])).await), 0, "the stage is demo's");
    assert_eq!(code(&editor.modify("100%", json!([set("k", "v")])).await), 660_300_001, "100% is nobody's");
    assert_eq!(
        code(&editor.zego("QueryRoomAttribute", json!({"RoomId": "100%", "FromUserId": "u1"})).await),
        660_300_001
    );
    let members = editor.zego_get("QueryRoomMembers", &[("RoomId", "100%"), ("UserId[]", "u1")]).await;
    assert_eq!(code(&members), 660_300_001);
    assert_eq!(code(&editor.zego_get("DestroyRoom", &[("RoomId", STAGE)]).await), 100_000_017);
    let maker = house
        .backend_with("zego", |wanted| {
            wanted.name = "maker".to_owned();
            wanted.may.application = "demo".to_owned();
        })
        .await;
    maker.make("mine").await;
    assert_eq!(house.room("mine").await.app, "demo");
    assert_eq!(code(&maker.zego_get("DestroyRoom", &[("RoomId", "100%")]).await), 660_300_001);
}
