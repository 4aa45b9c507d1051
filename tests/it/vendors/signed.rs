//! Every action of every vendor as a call that is signed and does something to the room that has everything: for tests
//! that go through all of them. An action without a line here panics.

use axum::http::{Method, Request, header, request::Builder};
use serde_json::{Value as Json, json};
use wardroom::domain::{Timestamp, app::App};

use super::{netease, tencent, zego};
use crate::harness::{Answer, House, STAGE, actor::encoded};

/// When these calls are made, in seconds.
const SECONDS: i64 = 1_795_000_000;

/// The clock of a house that takes these calls.
pub fn clock() -> Timestamp {
    Timestamp(SECONDS * 1000)
}

/// A call of an action, signed with this app and this secret.
pub async fn call(house: &House, vendor: &str, action: &str, app: &App, secret: &str) -> Answer {
    let number = house.ask("SELECT CAST(number AS TEXT) FROM rooms WHERE id = 'stage'").await;
    let (request, body) = match vendor {
        "imkit" => imkit(action, secret),
        "netease" => netease(action, app, secret, &number),
        "zego" => zego(action, app, secret),
        "tencent" => tencent(action, app, secret),
        _ => panic!("{vendor} has no line"),
    };
    house.send(request, body).await
}

/// Whether an answer says that it was done, in its vendor's words.
pub fn accepted(vendor: &str, answer: &Answer) -> bool {
    let (name, done) = match vendor {
        "imkit" => ("RC", 0),
        "netease" => ("code", 200),
        "zego" => ("Code", 0),
        "tencent" => ("ErrorCode", 0),
        _ => panic!("{vendor} has no line"),
    };
    assert!(answer.status < 500, "{vendor}: {} {}", answer.status, answer.body);
    let value = answer.value();
    assert!(value[name].is_number(), "{vendor}: {}", answer.body);
    value[name] == json!(done)
}

fn imkit(action: &str, secret: &str) -> (Builder, String) {
    let body = match action {
        "GET /rooms/{id}" | "GET /rooms" => Json::Null,
        "PUT /rooms/{id}" => json!({"name": "by a matrix"}),
        "POST /rooms" => json!({"_id": "made", "name": "by a matrix"}),
        "DELETE /rooms/{id}" | "DELETE /admin/clients/{id}/token" => json!({}),
        "POST /rooms/{id}/members" => json!({"invitees": ["newcomer"]}),
        "POST /rooms/{id}/delete/members" => json!({"members": ["u9"]}),
        "PUT /rooms/{id}/member/{client}" => json!({"property": "role", "value": "admin"}),
        "POST /admin/clients" => json!({"_id": "newcomer", "nickname": "by a matrix"}),
        "PUT /admin/clients/{id}/token" => json!({}),
        _ => panic!("imkit {action} has no line"),
    };
    let (method, path) = action.split_once(' ').unwrap();
    let id = if path.starts_with("/admin") { "u2" } else { STAGE };
    let path = format!("/imkit{}", path.replace("{id}", id).replace("{client}", "u9"));
    let request = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
    let body = if body.is_null() { String::new() } else { body.to_string() };
    (request.header("IM-API-KEY", secret).header(header::CONTENT_TYPE, "application/json"), body)
}

fn netease(action: &str, app: &App, secret: &str, number: &str) -> (Builder, String) {
    let list = format!("[{number}]");
    let form: &[(&str, &str)] = match action {
        "create.action" => &[("creator", "u1"), ("name", "by a matrix")],
        "update.action" => &[("roomid", number), ("name", "by a matrix")],
        "get.action" => &[("roomid", number)],
        "getBatch.action" => &[("roomids", &list)],
        "toggleCloseStat.action" => &[("roomid", number), ("operator", "u1"), ("valid", "false")],
        _ => panic!("netease {action} has no line"),
    };
    let time = SECONDS.to_string();
    let request = Request::post(format!("/netease/nimserver/chatroom/{action}")).header("AppKey", &app.key);
    let request = request.header("Nonce", "1").header("CurTime", &time);
    let request = request.header("CheckSum", netease::checksum(secret, "1", &time));
    (request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded"), encoded(form))
}

fn zego(action: &str, app: &App, secret: &str) -> (Builder, String) {
    let query = zego::signed(&app.key, secret, action, &SECONDS.to_string()).text();
    let attribute = json!([{"Action": 0, "Key": "k", "Value": "v"}]);
    let (method, more, body) = match action {
        "CreateRoom" => (Method::POST, "", json!({"RoomId": "made", "FromUserId": "u1"})),
        "DestroyRoom" => (Method::GET, "&RoomId=stage", Json::Null),
        "ModifyRoomAttribute" => {
            (Method::POST, "", json!({"RoomId": STAGE, "FromUserId": "u2", "Attributes": attribute}))
        }
        "QueryRoomAttribute" => (Method::POST, "", json!({"RoomId": STAGE, "FromUserId": "u2"})),
        "QueryRoomMembers" => (Method::GET, "&RoomId=stage&UserId[]=u1&UserId[]=u2", Json::Null),
        _ => panic!("zego {action} has no line"),
    };
    let request = Request::builder().method(method).uri(format!("/zego/?{query}{more}"));
    let body = if body.is_null() { String::new() } else { body.to_string() };
    (request.header(header::CONTENT_TYPE, "application/json"), body)
}

fn tencent(action: &str, app: &App, secret: &str) -> (Builder, String) {
    let body = match action {
        "get_room_info" | "destroy_room" | "get_room_metadata" => json!({"RoomId": STAGE}),
        "get_room_list" => json!({}),
        "update_room_info" => json!({"RoomInfo": {"RoomId": STAGE, "RoomName": "by a matrix"}}),
        "create_room" => json!({"RoomInfo": {"RoomId": "made", "RoomType": "Live"}}),
        "change_room_owner" => json!({"RoomId": STAGE, "NewOwner_Account": "u9"}),
        "set_room_metadata" => json!({"RoomId": STAGE, "Metadata": [{"Key": "k", "Value": "v"}]}),
        "del_room_metadata" => json!({"RoomId": STAGE, "Keys": ["topic"]}),
        _ => panic!("tencent {action} has no line"),
    };
    let usersig = tencent::Sig { time: SECONDS - 10, app: app.key.clone(), ..tencent::Sig::of(app) };
    let identifier = usersig.identifier.clone();
    let pairs = [
        ("sdkappid", app.key.as_str()),
        ("identifier", &identifier),
        ("usersig", &usersig.sign(secret)),
        ("random", "99999999"),
        ("contenttype", "json"),
    ];
    let request = Request::post(format!("/tencent/v4/live_engine_http_srv/{action}?{}", encoded(&pairs)));
    (request.header(header::CONTENT_TYPE, "application/json"), body.to_string())
}
