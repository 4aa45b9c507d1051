//! Bodies and queries that no honest client sends: each is answered in the documented shape, and nothing is half done.

use axum::http::{Method, Request};
use serde_json::{Value as Json, json};

use super::{code, house, kept, request, set};
use crate::harness::{Random, STAGE};

const PARAMETER: u64 = 660_000_002;
const BODY: u64 = 100_000_012;

fn with(name: &str, value: Json) -> Json {
    let mut body = json!({"RoomId": STAGE, "FromUserId": "u1", "Attributes": [set("k", "v")]});
    body[name] = value;
    body
}

fn item(name: &str, value: Json) -> Json {
    let mut item = json!({"Action": 0, "Key": "k", "Value": "v", "AutoDelete": 0, "StopOnError": 0});
    item[name] = value;
    with("Attributes", json!([set("before", "v"), item, set("after", "v")]))
}

#[tokio::test]
async fn what_has_the_wrong_type_is_refused_whole() {
    let house = house().await;
    let backend = house.zego().await;
    let before = house.dump().await;
    let others = [json!(null), json!(1), json!(-1), json!(true), json!([]), json!({}), json!(["x"]), json!(1.5)];
    for value in &others {
        for name in ["RoomId", "FromUserId"] {
            for action in ["ModifyRoomAttribute", "QueryRoomAttribute", "CreateRoom"] {
                assert_eq!(code(&backend.zego(action, with(name, value.clone())).await), PARAMETER, "{name}={value}");
            }
        }
        let answer = backend.zego("ModifyRoomAttribute", with("Attributes", value.clone())).await;
        assert_eq!(code(&answer), PARAMETER, "Attributes={value}");
        assert_eq!(
            code(&backend.zego("ModifyRoomAttribute", item("Key", value.clone())).await),
            PARAMETER,
            "Key={value}"
        );
        if !value.is_null() {
            let answer = backend.zego("ModifyRoomAttribute", item("Value", value.clone())).await;
            assert_eq!(code(&answer), PARAMETER, "Value={value}");
        }
    }
    let huge: Json = serde_json::from_str("99999999999999999999").unwrap();
    for value in [json!("0"), json!(2), json!(-1), json!(0.5), json!(true), json!([0]), json!(u64::MAX), huge] {
        for name in ["Action", "AutoDelete", "StopOnError"] {
            let answer = backend.zego("ModifyRoomAttribute", item(name, value.clone())).await;
            assert_eq!(code(&answer), PARAMETER, "{name}={value}");
        }
        if !value.is_i64() || value.as_i64().is_some_and(|n| n < 0) {
            let body = json!({"RoomId": "new room", "FromUserId": "u1", "DestroyDelayTime": value});
            assert_eq!(code(&backend.zego("CreateRoom", body).await), PARAMETER, "DestroyDelayTime={value}");
        }
    }
    for name in ["RoomId", "FromUserId", "Attributes"] {
        let mut body = with("IsTest", json!(1));
        body.as_object_mut().unwrap().shift_remove(name);
        assert_eq!(code(&backend.zego("ModifyRoomAttribute", body).await), PARAMETER, "no {name}");
    }
    for missing in [json!({"Key": "k"}), json!({"Action": 0}), json!({"Action": 0, "Key": ""}), json!({})] {
        let body = with("Attributes", json!([set("before", "v"), missing]));
        assert_eq!(code(&backend.zego("ModifyRoomAttribute", body).await), PARAMETER);
    }
    let many: Vec<Json> = (0..1001).map(|n| set(&n.to_string(), "v")).collect();
    assert_eq!(code(&backend.zego("ModifyRoomAttribute", with("Attributes", json!(many))).await), PARAMETER);
    let name = json!({"RoomId": "new room", "FromUserId": "u1", "RoomName": 7});
    assert_eq!(code(&backend.zego("CreateRoom", name).await), PARAMETER);
    let missing = backend.zego("ModifyRoomAttribute", with("RoomId", json!("no such room"))).await;
    assert_eq!(code(&missing), 660_300_001);
    assert!(before.differs(&house.dump().await).is_empty());
}

#[tokio::test]
async fn what_is_no_json_is_refused_as_a_body_that_cannot_be_read() {
    let house = house().await;
    let backend = house.zego().await;
    let before = house.dump().await;
    let twice =
        r#"{"RoomId": "stage", "RoomId": "100%", "FromUserId": "u1", "Attributes": [{"Action": 0, "Key": "k"}]}"#;
    let inner = r#"{"RoomId": "stage", "FromUserId": "u1", "Attributes": [{"Action": 1, "Action": 0, "Key": "k"}]}"#;
    let number = r#"{"RoomId": "stage", "FromUserId": "u1", "Attributes": [{"Action": 1e999, "Key": "k"}]}"#;
    let deep = format!("{{\"RoomId\": {}", "[".repeat(100_000));
    for bad in ["", "{", "{}}", "RoomId=stage", "{'RoomId': 1}", "\u{feff}{}", twice, inner, number, &deep] {
        assert_eq!(code(&backend.zego_text("ModifyRoomAttribute", bad.to_owned()).await), BODY, "{bad:.60}");
    }
    assert_eq!(code(&backend.zego_text("ModifyRoomAttribute", b"{\"RoomId\": \"\xff\"}".to_vec()).await), BODY);
    for bad in ["[]", "null", "7", "\"text\""] {
        assert_eq!(code(&backend.zego_text("ModifyRoomAttribute", bad).await), PARAMETER, "{bad}");
    }
    assert!(before.differs(&house.dump().await).is_empty());
}

#[tokio::test]
async fn a_missing_content_type_is_json_and_a_form_is_not() {
    let house = house().await;
    let backend = house.zego().await;
    let uri = format!("/zego/?{}", backend.zego_query("ModifyRoomAttribute").text());
    for (kind, wanted) in [
        (None, 0),
        (Some("application/json"), 0),
        (Some("Application/JSON; Charset=UTF-8"), 0),
        (Some("application/problem+json"), 0),
        (Some("application/x-www-form-urlencoded"), BODY),
        (Some("multipart/form-data; boundary=x"), BODY),
        (Some("text/plain"), BODY),
    ] {
        let request = Request::post(&uri);
        let request = if let Some(kind) = kind { request.header("Content-Type", kind) } else { request };
        let answer = house.send(request, with("Unknown", json!({"a": 1})).to_string()).await;
        assert_eq!(code(&answer), wanted, "{kind:?}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_body_of_a_mebibyte_is_read_and_a_longer_one_is_not() {
    let house = house().await;
    let backend = house.zego().await;
    let sized = |bytes: usize| {
        let plain = with("Padding", json!("")).to_string();
        with("Padding", json!("x".repeat(bytes - plain.len()))).to_string()
    };
    let mebibyte = 1024 * 1024;
    assert_eq!(sized(mebibyte).len(), mebibyte);
    let before = house.dump().await;
    for bytes in [mebibyte + 1, 4 * mebibyte] {
        let answer = backend.zego_text("ModifyRoomAttribute", sized(bytes)).await;
        assert_eq!(code(&answer), BODY, "{}", answer.body);
    }
    assert!(before.differs(&house.dump().await).is_empty());
    let answer = backend.zego_text("ModifyRoomAttribute", sized(mebibyte)).await;
    assert_eq!(code(&answer), 0, "{}", answer.body);
    assert!(kept(&house, STAGE).await.iter().any(|attribute| attribute.key == "k"));
    let unread = Request::post(format!("/zego/?{}&x=%FF", backend.zego_query("CreateRoom").text()));
    assert_eq!(code(&house.send(unread, "{}").await), PARAMETER, "a query that is no text");
}

/// Anything: what a client could send by mistake, and what it could not.
fn anything(random: &mut Random, depth: usize) -> Json {
    let texts = ["", "k", "stage", "u1", "直播間", "\u{0}", "\u{202e}x", "a b", "🎤", "0", "null", "' OR 1=1 --", "{}"];
    let numbers = [json!(0), json!(1), json!(-1), json!(2), json!(u64::MAX), json!(i64::MIN), json!(1.5), json!(1e300)];
    match random.below(if depth == 0 { 5 } else { 7 }) {
        0 => json!(null),
        1 => json!(random.once_in(2)),
        2 => random.pick(&numbers).clone(),
        3 => json!(*random.pick(&texts)),
        4 => json!(random.pick(&texts).repeat(1 + random.below(400))),
        5 => (0..random.below(4)).map(|_| anything(random, depth - 1)).collect(),
        _ => {
            let names =
                ["RoomId", "FromUserId", "Attributes", "Action", "Key", "Value", "AutoDelete", "StopOnError", "x"];
            let mut object = serde_json::Map::new();
            for _ in 0..random.below(6) {
                object.insert((*random.pick(&names)).to_owned(), anything(random, depth - 1));
            }
            Json::Object(object)
        }
    }
}

#[tokio::test]
async fn ten_thousand_malformed_calls_have_only_documented_answers() {
    let house = house().await;
    let backend = house.zego().await;
    let mut random = Random(7);
    let actions =
        ["ModifyRoomAttribute", "QueryRoomAttribute", "CreateRoom", "DestroyRoom", "QueryRoomMembers", "Other"];
    let names = ["AppId", "SignatureNonce", "Timestamp", "SignatureVersion", "Signature", "Action"];
    let mut seen = std::collections::BTreeMap::new();
    for n in 0..10_000 {
        let action = *random.pick(&actions);
        let mut query = backend.zego_query(action);
        if random.once_in(8) {
            let text = anything(&mut random, 0).to_string();
            query = query.set(random.pick::<&str>(&names), text.trim_matches('"'));
        }
        if random.once_in(2) {
            query = query.and("RoomId", anything(&mut random, 0).as_str().unwrap_or("stage"));
            query = query.and("UserId[]", anything(&mut random, 0).as_str().unwrap_or("u1"));
        }
        // No call may succeed in destroying the stage: the others are about it.
        let is_safe = action != "DestroyRoom" || query.0.iter().all(|(name, value)| name != "RoomId" || value != STAGE);
        let mut body =
            if random.once_in(3) { anything(&mut random, 3) } else { with("Attributes", anything(&mut random, 2)) };
        if random.once_in(4) {
            body = item(random.pick::<&str>(&["Action", "Key", "Value", "AutoDelete"]), anything(&mut random, 1));
        }
        let mut body = body.to_string().into_bytes();
        for _ in 0..random.below(3) {
            let at = random.below(body.len());
            body[at] = random.next() as u8;
        }
        if random.once_in(6) {
            body.truncate(random.below(body.len()));
        }
        let method = if is_safe && random.once_in(3) { Method::GET } else { Method::POST };
        let answer = house.send(request(method, &query), body).await;
        *seen.entry(code(&answer)).or_insert(0) += 1;
        assert!(answer.body.len() < 200_000 && !answer.body.contains(&backend.secret), "call {n}");
    }
    assert!(!seen.contains_key(&660_000_001) && !seen.contains_key(&1), "{seen:?}");
    assert!(seen.len() >= 8 && seen[&PARAMETER] > 1000 && seen[&BODY] > 500, "{seen:?}");
    let kept = kept(&house, STAGE).await;
    assert!(kept.len() <= 20);
    let total: usize = kept.iter().map(|attribute| attribute.key.len() + attribute.value.len()).sum();
    assert!(total <= 5120);
}
