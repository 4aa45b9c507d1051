//! The contract's page as data: its request is sent, its answer compared with ours.

use axum::http::Request;
use serde_json::{Value as Json, json};
use wardroom::{
    domain::{
        Timestamp,
        room::{Patch, RoomId},
    },
    services::rooms,
};

use super::{UPDATE, checksum, documented};
use crate::harness::{Answer, Backend, House};

/// As printed: the body, the headers without the checksum, and the answer.
const BODY: &str = "roomid=66&name=mynewchatroom&announcement=mynewchatroom";
const HEADERS: [(&str, &str); 4] = [
    ("AppKey", "f1234540c12345673123456847aaaaaa"),
    ("Nonce", "1"),
    ("CurTime", "1451214690"),
    ("Content-Type", "application/x-www-form-urlencoded"),
];
const ANSWER: &str = r#"{
  "chatroom": {
    "roomid": 66,
    "valid": true,
    "announcement": "This is a chat room",
    "name": "mychatroom",
    "broadcasturl": "xxxxxx",
    "ext": "",
    "creator": "zhangsan"
  },
  "code": 200
}"#;

fn when_it_was_printed() -> Timestamp {
    Timestamp(1_451_214_690_000)
}

/// A house in which room 66 is the printed one.
async fn printed_house() -> (House, RoomId) {
    let house = House::open().await.by(when_it_was_printed);
    let room = house.store.room_numbered(66).await.unwrap().unwrap();
    let fields = [
        ("name", "mychatroom"),
        ("announcement", "This is a chat room"),
        ("live_url", "xxxxxx"),
        ("ext", ""),
        ("owner", "zhangsan"),
        ("status", "active"),
    ];
    rooms::update(&house.ctx(), &room.id, room.version, Patch::from_form(fields).unwrap()).await.unwrap();
    (house, room.id)
}

/// Sends a body with the printed headers. The printed checksum (95a26060d002a473057a71cb7d949d6e91d6d167) was made
/// with a secret that nobody printed, so that it cannot be checked: the same headers are signed with a secret of ours.
async fn replay(backend: &Backend<'_>, body: &'static str) -> Answer {
    let mut request = Request::post(UPDATE).header("CheckSum", checksum(&backend.secret, "1", "1451214690"));
    for (name, value) in HEADERS {
        request = request.header(name, value);
    }
    backend.house.send(request, body).await
}

async fn backend(house: &House) -> Backend<'_> {
    house.backend_with("netease", |wanted| wanted.key = HEADERS[0].1.to_owned()).await
}

#[tokio::test]
async fn the_printed_request_is_answered_with_the_printed_fields_in_their_order() {
    let (house, id) = printed_house().await;
    let backend = backend(&house).await;
    let answer = replay(&backend, BODY).await;
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    let ours = documented(&answer);
    // The page prints the room as it was before its own example; the two fields that the example sets are those sent.
    let mut printed: Json = serde_json::from_str(ANSWER).unwrap();
    printed["chatroom"]["name"] = json!("mynewchatroom");
    printed["chatroom"]["announcement"] = json!("mynewchatroom");
    for (field, value) in printed["chatroom"].as_object().unwrap() {
        assert_eq!(ours["chatroom"][field], *value, "{field}");
    }
    assert_eq!(ours.to_string(), printed.to_string(), "the same fields in the same order");
    let room = house.room(id.as_str()).await;
    assert_eq!((room.number, room.title()), (66, "mynewchatroom"));
}

#[tokio::test]
async fn the_printed_answer_is_the_rooms_before_the_change_to_the_letter() {
    let (house, _) = printed_house().await;
    let backend = backend(&house).await;
    let printed: Json = serde_json::from_str(ANSWER).unwrap();
    let before = house.dump().await;
    assert_eq!(replay(&backend, "roomid=66").await.body, printed.to_string());
    assert!(before.differs(&house.dump().await).is_empty(), "nothing was asked for");
}
