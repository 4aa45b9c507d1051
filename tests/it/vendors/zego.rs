//! ZEGOCLOUD ZIM, as a back-end written from its documents calls: signed here anew, with nothing of the house's own code.

mod attributes;
mod auto_delete;
mod door;
mod hostile;
mod limits;
mod rooms;
mod signing;

use axum::http::{Method, Request, request::Builder};
use md5::{Digest, Md5};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value as Json, json};
use wardroom::domain::{Timestamp, attribute::Attribute};

use crate::harness::{Answer, Backend, House};

/// When the tests call.
const NOW: i64 = 1_795_000_000;

fn now() -> Timestamp {
    Timestamp(NOW * 1000 + 999)
}

/// A house at that time.
async fn house() -> House {
    House::open().await.by(now)
}

/// The query of a call, before it is sent.
#[derive(Clone)]
pub struct Query(Vec<(String, String)>);

impl Query {
    fn set(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    fn and(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn text(&self) -> String {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        self.0.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
    }
}

/// The signature by the vendor's page: MD5 of the four texts in this order.
fn sign(app_id: &str, nonce: &str, secret: &str, timestamp: &str) -> String {
    Md5::digest(format!("{app_id}{nonce}{secret}{timestamp}")).iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn signed(app_id: &str, secret: &str, action: &str, timestamp: &str) -> Query {
    let nonce = "4fd24687296dd9f3";
    let signature = sign(app_id, nonce, secret, timestamp);
    let pairs = [
        ("Action", action),
        ("AppId", app_id),
        ("SignatureNonce", nonce),
        ("Timestamp", timestamp),
        ("Signature", &signature),
        ("SignatureVersion", "2.0"),
        ("IsTest", "false"),
    ];
    Query(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

/// A request with a query; `POST`s say that they are JSON.
fn request(method: Method, query: &Query) -> Builder {
    let post = method == Method::POST;
    let request = Request::builder().method(method).uri(format!("/zego/?{}", query.text()));
    if post { request.header("Content-Type", "application/json") } else { request }
}

impl Backend<'_> {
    fn zego_query(&self, action: &str) -> Query {
        signed(&self.app.key, &self.secret, action, &NOW.to_string())
    }

    /// Posts a body, whatever it is.
    async fn zego_text(&self, action: &str, body: impl Into<axum::body::Body>) -> Answer {
        self.house.send(request(Method::POST, &self.zego_query(action)), body).await
    }

    async fn zego(&self, action: &str, body: Json) -> Answer {
        self.zego_text(action, body.to_string()).await
    }

    async fn zego_get(&self, action: &str, more: &[(&str, &str)]) -> Answer {
        let query = more.iter().fold(self.zego_query(action), |query, (name, value)| query.and(name, value));
        self.house.send(request(Method::GET, &query), "").await
    }

    /// Changes attributes of a room for `u2`.
    async fn modify(&self, room: &str, items: Json) -> Answer {
        self.zego("ModifyRoomAttribute", json!({"RoomId": room, "FromUserId": "u2", "Attributes": items})).await
    }

    /// Makes a room without attributes.
    async fn make(&self, room: &str) {
        let answer = self.zego("CreateRoom", json!({"RoomId": room, "FromUserId": "u1"})).await;
        assert_eq!(code(&answer), 0, "{}", answer.body);
    }
}

impl House {
    /// A back-end that may call as often as it likes.
    async fn zego(&self) -> Backend<'_> {
        self.backend_with("zego", |wanted| wanted.may.rate = "100000".to_owned()).await
    }
}

fn set(key: &str, value: &str) -> Json {
    json!({"Action": 0, "Key": key, "Value": value})
}

/// A room's attributes as they are kept.
async fn kept(house: &House, room: &str) -> Vec<Attribute> {
    house.store.attributes(house.room(room).await.number).await.unwrap()
}

/// The answer's code, once the answer was found to be one that the documents know: HTTP 200, the three fields, and
/// beside them only fields and lists of the pages, each as it is described there.
fn code(answer: &Answer) -> u64 {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    let body = answer.value();
    let body = body.as_object().unwrap_or_else(|| panic!("{}", answer.body));
    let names: Vec<&str> = body.keys().map(String::as_str).collect();
    assert_eq!(names[..3], ["Code", "Message", "RequestId"], "{}", answer.body);
    assert!(!body["Message"].as_str().unwrap().is_empty());
    let id = body["RequestId"].as_str().unwrap();
    assert!(id.bytes().all(|byte| byte.is_ascii_digit()) && id.parse::<i64>().is_ok(), "{id}");
    for (name, value) in body.iter().skip(3) {
        match name.as_str() {
            "AttributeSeq" => assert!(value.is_u64()),
            "SuccKeyList" => items(value, &["Key", "Seq"], &["Seq"]),
            "ErrKeyList" => items(value, &["SubCode", "Key"], &["SubCode"]),
            "Attributes" => items(value, &["Key", "Value", "Seq", "AutoDelete"], &["Seq", "AutoDelete"]),
            "UserList" => items(value, &["user_id", "user_name", "avatar", "extra"], &[]),
            "ErrorList" => items(value, &["UserId", "SubCode"], &["SubCode"]),
            _ => panic!("{name} stands in no document: {}", answer.body),
        }
    }
    body["Code"].as_u64().unwrap()
}

fn items(list: &Json, names: &[&str], numbers: &[&str]) {
    for item in list.as_array().unwrap() {
        let item = item.as_object().unwrap();
        assert_eq!(item.keys().map(String::as_str).collect::<Vec<_>>(), names);
        for (name, value) in item {
            assert!(
                if numbers.contains(&name.as_str()) { value.is_u64() } else { value.is_string() },
                "{name}: {value}"
            );
        }
    }
}

/// The sub-code of each key that failed, in order.
fn failed(answer: &Answer) -> Vec<(String, u64)> {
    let list = answer.value()["ErrKeyList"].as_array().cloned().unwrap_or_default();
    list.iter().map(|item| (item["Key"].as_str().unwrap().to_owned(), item["SubCode"].as_u64().unwrap())).collect()
}

/// The number of each key that was changed, in order.
fn done(answer: &Answer) -> Vec<(String, u64)> {
    let list = answer.value()["SuccKeyList"].as_array().cloned().unwrap_or_default();
    list.iter().map(|item| (item["Key"].as_str().unwrap().to_owned(), item["Seq"].as_u64().unwrap())).collect()
}

fn pair(key: &str, number: u64) -> (String, u64) {
    (key.to_owned(), number)
}
