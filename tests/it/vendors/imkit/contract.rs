//! The requests and answers that the two contracts print.

use axum::http::Request;
use serde_json::{Value as Json, json};
use wardroom::services::clients::{self, NewToken};

use super::done;
use crate::harness::{Answer, Backend, House, printed::differences};

const GET: &str = include_str!("../../data/contracts/imkit-get-room.response.json");
const GET_404: &str = include_str!("../../data/contracts/imkit-get-room.404.json");
const PUT: &str = include_str!("../../data/contracts/imkit-update-room.request.http");
const PUT_ANSWER: &str = include_str!("../../data/contracts/imkit-update-room.response.json");
const PUT_ERRORS: &str = include_str!("../../data/contracts/imkit-update-room.errors.json");

fn read(text: &str) -> Json {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn get_room_answers_as_printed() {
    let house = House::open().await;
    house
        .import(
            json!({
                "id": "project-room-001", "app": "SampleApp", "description": "專案討論群",
                "members": [
                    {"id": "user-a", "nickname": "Alice", "avatar": "https://example.com/alice.jpg",
                     "last_login_at": 1_487_149_355_934_i64, "last_read": "58b7b7c4c246bc0b41afb148"},
                    {"id": "user-b", "nickname": "Bob", "avatar": "https://example.com/bob.jpg",
                     "last_login_at": 1_488_438_700_398_i64, "unread": 5},
                ],
                "last_message": {"id": "58b7b7c4c246bc0b41afb148", "text": "最新的訊息內容", "sender": "user-a",
                                 "sent_at": 1_488_435_140_775_i64},
            })
            .to_string(),
        )
        .await;
    let backend = house.backend("imkit").await;
    let token = backend.imkit_token("user-b", false).await;
    let got = backend.imkit_as(&token, "GET", "/rooms/project-room-001", Json::Null).await;
    assert_eq!(got.status, 200);
    // The page prints the same client with a last login among the members and with 0 as the sender. We know one.
    let differ = differences(&read(GET), &got.value());
    let known = "/result/lastMessage/sender/lastLoginTimeMS: 1487149355934 where 0 is printed";
    assert_eq!(differ, [known], "{}", got.body);

    let result = &got.value()["result"];
    for (field, value) in [("status", json!(1)), ("opening", json!(1)), ("botMode", json!(false))] {
        assert_eq!(result[field], value, "what PUT takes is answered too");
    }
    let missing = backend.imkit_as(&token, "GET", "/rooms/nowhere", Json::Null).await;
    assert_eq!((missing.status, missing.value()), (404, read(GET_404)));
}

/// Sends a request as it was printed, to the byte.
async fn replay(house: &House, printed: &str, path: Option<&str>) -> Answer {
    let (head, body) = printed.split_once("\n\n").unwrap();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap().split(' ');
    let (method, printed_path) = (first.next().unwrap(), first.next().unwrap());
    let mut request = Request::builder().method(method).uri(path.unwrap_or(printed_path));
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    house.send(request, body.to_owned()).await
}

/// A house in which the printed credentials count, at the printed host.
async fn printed_house() -> House {
    let house = House::with(|config| config.vendor_hosts = vec![("imkit", "your-app.imkit.io".to_owned())]).await;
    house
        .import(
            json!({
                "id": "58871b877390be11d5f1ab30", "name": "Before", "owner": "1485248560558",
                "members": [{"id": "1485248560558", "nickname": "Test CCDD", "avatar": "http://example.com/avatarUrl",
                             "last_login_at": 1_485_764_751_552_i64}],
                "last_message": {"id": "588723a346006e17f4d82fe3", "text": "hhhooo", "sender": "1485248560558",
                                 "sent_at": 1_485_251_491_375_i64},
            })
            .to_string(),
        )
        .await;
    house
}

async fn printed_backend<'h>(house: &'h House, client: &str) -> Backend<'h> {
    let backend = house
        .backend_with("imkit", |wanted| wanted.key = "9FSk26d4AIbZh0k44F5+DzbetgAJA9WjC7WP36Khm6c=".to_owned())
        .await;
    let client = wardroom::domain::client::ClientId::parse(client).unwrap();
    let token = Some("fVy7YhqBZqEzNO9LhMmcyA==".to_owned());
    let new = NewToken { app: backend.app.id, client, token, superuser: false, expires_at: None };
    clients::issue_token(&house.ctx(), new).await.unwrap();
    backend
}

#[tokio::test]
async fn put_room_is_replayed_to_the_byte_and_answered_as_printed() {
    let house = printed_house().await;
    let backend = printed_backend(&house, "1485248560558").await;
    let got = replay(&house, PUT, None).await;
    let differ = differences(&read(PUT_ANSWER), &got.value());
    let known = "/result/lastMessage/sender/lastLoginTimeMS: 1485764751552 where 0 is printed";
    assert_eq!(differ, [known], "{}", got.body);
    let entry = house.last().await;
    let changed: Vec<&str> = entry.changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(changed, ["name", "cover", "description"]);
    let call = entry.call.unwrap();
    assert_eq!((entry.actor.name(), call.vendor.as_str()), (backend.app.name.as_str(), "imkit"));
    assert_eq!((call.action.as_str(), call.client.as_str()), ("PUT /rooms/{id}", "1485248560558"));

    let under_its_path = replay(&house, PUT, Some("/imkit/rooms/58871b877390be11d5f1ab30")).await;
    assert_eq!(under_its_path.status, 404, "at a vendor's host the vendor's API is at the root");
}

#[tokio::test]
async fn the_printed_errors_are_answered_to_the_letter() {
    let house = printed_house().await;
    let Json::Array(errors) = read(PUT_ERRORS) else { panic!() };
    let backend = printed_backend(&house, "1485248560558").await;
    let expired = PUT.replace("fVy7YhqBZqEzNO9LhMmcyA==", "fVy7YhqBZqEzNO9LhMmcyA=!");
    assert_eq!(replay(&house, &expired, None).await.value(), errors[0]);
    let token = backend.imkit_token("somebody", false).await;
    let forbidden = PUT.replace("fVy7YhqBZqEzNO9LhMmcyA==", &token);
    assert_eq!(replay(&house, &forbidden, None).await.value(), errors[1]);
    assert_eq!(replay(&house, PUT, Some("/rooms/nowhere")).await.value(), errors[2]);
    assert_eq!(house.room("58871b877390be11d5f1ab30").await.title(), "Before");
}

#[tokio::test]
async fn every_field_that_put_takes_is_kept_and_answered() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    let all = json!({
        "name": "舞台", "cover": "https://c.example/x.png", "description": "a\nb", "roomTags": ["新聞", "live"],
        "webhook": "https://hook.example/1", "botMode": true, "extParams": "param1=value1&param2=value2", "opening": 0,
        "owner": "u9", "managers": ["u5", "u2"], "status": 0,
    });
    let got = done(&backend.imkit("PUT", "/rooms/stage", all.clone()).await);
    assert_eq!(differences(&all, &got), [""; 0]);
    assert_eq!(differences(&all, &done(&backend.imkit("GET", "/rooms/stage", Json::Null).await)), [""; 0]);
    let cleared = json!({"cover": "", "description": null, "roomTags": [], "extParams": ""});
    let got = done(&backend.imkit("PUT", "/rooms/stage", cleared).await);
    for field in ["cover", "description", "roomTags", "extParams"] {
        assert_eq!(got.get(field), None, "{field}: empty and null clear");
    }
    let before = house.room("stage").await.version;
    done(&backend.imkit("PUT", "/rooms/stage", json!({"name": "舞台", "colour": "red"})).await);
    assert_eq!(house.room("stage").await.version, before, "nothing new, and a name we do not know");
}
