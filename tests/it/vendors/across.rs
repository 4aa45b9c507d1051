//! One room through every door: what is changed through one vendor is seen through the others and in the console, and
//! stands once in the audit trail with where it came from; and the other way round.

use axum::http::{Request, header};
use serde_json::{Value as Json, json};
use wardroom::domain::{
    Timestamp,
    audit::{Entry, Source},
    room::Field,
};

use super::{netease, tencent, zego};
use crate::harness::{Backend, House, actor::encoded};

const ROOM: &str = "across";
const SECONDS: i64 = 1_795_000_000;

fn clock() -> Timestamp {
    Timestamp(SECONDS * 1000)
}

/// A back-end of each vendor over one house.
struct Doors<'h> {
    imkit: Backend<'h>,
    netease: Backend<'h>,
    zego: Backend<'h>,
    tencent: Backend<'h>,
    number: i64,
}

impl<'h> Doors<'h> {
    async fn open(house: &'h House) -> Self {
        let imkit = house.backend("imkit").await;
        let made = imkit.imkit("POST", "/rooms", json!({"_id": ROOM, "name": "start", "owner": "u1"})).await;
        assert_eq!(made.status, 200, "{}", made.body);
        Self {
            imkit,
            netease: house.backend("netease").await,
            zego: house.backend("zego").await,
            tencent: house.backend("tencent").await,
            number: house.room(ROOM).await.number,
        }
    }

    async fn netease(&self, action: &str, form: &[(&str, &str)]) -> Json {
        let (time, number) = (SECONDS.to_string(), self.number.to_string());
        let request = Request::post(format!("/netease/nimserver/chatroom/{action}"));
        let request = request.header("AppKey", &self.netease.app.key).header("Nonce", "1").header("CurTime", &time);
        let request = request.header("CheckSum", netease::checksum(&self.netease.secret, "1", &time));
        let mut all = vec![("roomid", number.as_str())];
        all.extend(form);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = self.netease.house.send(request, encoded(&all)).await.value();
        assert_eq!(answer["code"], json!(200), "{answer}");
        answer["chatroom"].clone()
    }

    async fn zego(&self, action: &str, body: Json) -> Json {
        let Backend { app, secret, house } = &self.zego;
        let query = zego::signed(&app.key, secret, action, &SECONDS.to_string());
        let request = Request::post(format!("/zego/?{}", query.text())).header("Content-Type", "application/json");
        let answer = house.send(request, body.to_string()).await.value();
        assert_eq!(answer["Code"], json!(0), "{answer}");
        answer
    }

    async fn tencent(&self, action: &str, body: Json) -> Json {
        let Backend { app, secret, house } = &self.tencent;
        let usersig = tencent::Sig { time: SECONDS, ..tencent::Sig::of(app) }.sign(secret);
        let pairs = [("sdkappid", app.key.as_str()), ("identifier", "administrator"), ("usersig", &usersig)];
        let path = format!("/tencent/v4/live_engine_http_srv/{action}?{}", encoded(&pairs));
        let answer = house.send(Request::post(path), body.to_string()).await.value();
        assert_eq!(answer["ErrorCode"], json!(0), "{answer}");
        answer["Response"].clone()
    }

    async fn imkit(&self, method: &str, body: Json) -> Json {
        let answer = self.imkit.imkit(method, &format!("/rooms/{ROOM}"), body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.value()["result"].clone()
    }

    /// The name as each vendor tells it; ZEGOCLOUD has no call that answers a name.
    async fn names(&self) -> [Json; 3] {
        let room = self.tencent("get_room_info", json!({"RoomId": ROOM})).await;
        [
            self.imkit("GET", Json::Null).await["name"].clone(),
            self.netease("get.action", &[]).await["name"].clone(),
            room["RoomInfo"]["RoomName"].clone(),
        ]
    }

    /// The attributes as both vendors that have any tell them.
    async fn attributes(&self) -> [Vec<(String, String)>; 2] {
        let read = |list: &Json| {
            let text = |item: &Json, name: &str| item[name].as_str().unwrap().to_owned();
            let mut all: Vec<_> =
                list.as_array().unwrap().iter().map(|item| (text(item, "Key"), text(item, "Value"))).collect();
            all.sort();
            all
        };
        let asked = json!({"RoomId": ROOM, "FromUserId": "u1"});
        let metadata = self.tencent("get_room_metadata", json!({"RoomId": ROOM, "Keys": []})).await;
        [read(&self.zego("QueryRoomAttribute", asked).await["Attributes"]), read(&metadata["Metadata"])]
    }
}

/// The one entry that is new, and through which app, vendor, action and client it came.
async fn one_new(house: &House, before: usize) -> (Entry, [String; 4]) {
    let entries = house.audit().await;
    assert_eq!(entries.len(), before + 1, "one change is one entry");
    let entry = entries.into_iter().next().unwrap();
    let call = entry.call.clone().unwrap();
    assert_eq!((entry.source, entry.room.as_deref()), (Source::Api, Some(ROOM)));
    let told = [entry.actor.name().to_owned(), call.vendor, call.action, call.client];
    (entry, told)
}

#[tokio::test]
async fn a_name_given_through_one_door_is_read_through_all_and_stands_once_in_the_trail() {
    let house = House::open().await.by(clock);
    let doors = Doors::open(&house).await;
    for (name, vendor, action, client) in [
        ("名 by imkit", "imkit", "PUT /rooms/{id}", ""),
        ("名 by netease", "netease", "update.action", ""),
        ("名 by tencent", "tencent", "update_room_info", "administrator"),
    ] {
        let before = house.audit().await.len();
        match vendor {
            "imkit" => drop(doors.imkit("PUT", json!({"name": name})).await),
            "netease" => drop(doors.netease("update.action", &[("name", name)]).await),
            _ => drop(doors.tencent("update_room_info", json!({"RoomInfo": {"RoomId": ROOM, "RoomName": name}})).await),
        }
        let (entry, told) = one_new(&house, before).await;
        assert_eq!(told[1..], [vendor, action, client], "{told:?}");
        assert_eq!(entry.changes[0].show_after(), name);
        assert_eq!(doors.names().await, [json!(name), json!(name), json!(name)]);
        let viewer = house.viewer();
        assert!(viewer.get(&format!("/rooms/{ROOM}")).await.says(name));
        let history = viewer.get(&format!("/rooms/{ROOM}/history")).await;
        assert!(history.says(&told[0]) && history.says(action) && history.says(name), "{}", history.text());
        assert!(viewer.get(&format!("/rooms?q={}", encoded(&[("", name)]).trim_start_matches('='))).await.says(name));
    }

    let version = house.room(ROOM).await.version.to_string();
    let save = [("id", ROOM), ("version", &version), ("changes[name]", "名 by hand"), ("changes[muted]", "yes")];
    assert_eq!(house.admin().call("/api/save_room", &save).await.status, 200);
    assert_eq!(doors.names().await, [json!("名 by hand"), json!("名 by hand"), json!("名 by hand")]);
    assert_eq!(doors.netease("get.action", &[]).await["muted"], json!(true));
    let room = doors.tencent("get_room_info", json!({"RoomId": ROOM})).await;
    assert_eq!(room["RoomInfo"]["IsMessageDisabled"], json!(true));
    assert_eq!(house.last().await.source, Source::Console);
}

#[tokio::test]
async fn a_room_has_one_set_of_attributes_for_all() {
    let house = House::open().await.by(clock);
    let doors = Doors::open(&house).await;
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let before = house.audit().await.len();
    let set = json!([{"Action": 0, "Key": "seat", "Value": "一"}]);
    doors.zego("ModifyRoomAttribute", json!({"RoomId": ROOM, "FromUserId": "u5", "Attributes": set})).await;
    let (_, told) = one_new(&house, before).await;
    assert_eq!(told[1..], ["zego", "ModifyRoomAttribute", "u5"]);
    assert_eq!(doors.attributes().await, [vec![pair("seat", "一")], vec![pair("seat", "一")]]);

    let long = "a key of more than sixteen bytes";
    let metadata = json!([{"Key": long, "Value": "x"}, {"Key": "seat", "Value": "二"}]);
    let before = house.audit().await.len();
    doors.tencent("set_room_metadata", json!({"RoomId": ROOM, "Metadata": metadata})).await;
    let (entry, told) = one_new(&house, before).await;
    assert_eq!((entry.changes.len(), told[2].as_str()), (2, "set_room_metadata"));
    let both = vec![pair(long, "x"), pair("seat", "二")];
    assert_eq!(doors.attributes().await, [both.clone(), both], "each vendor's limits are on what it sets");

    let version = house.room(ROOM).await.version.to_string();
    let rows = [("id", ROOM), ("version", &version), ("rows[0][key]", long), ("rows[0][value]", "y")];
    let saved = house.moderator().call("/api/save_attributes", &rows).await;
    assert_eq!(saved.status, 200, "a person may change what a vendor has set: {}", saved.body);
    let both = vec![pair(long, "y"), pair("seat", "二")];
    assert_eq!(doors.attributes().await, [both.clone(), both]);
}

#[tokio::test]
async fn closing_and_handing_over_count_everywhere() {
    let house = House::open().await.by(clock);
    let doors = Doors::open(&house).await;
    doors.imkit("PUT", json!({"status": 0})).await;
    assert_eq!(doors.netease("get.action", &[]).await["valid"], json!(false));
    let opened = [("operator", "u1"), ("valid", "true")];
    doors.netease("toggleCloseStat.action", &opened).await;
    assert_eq!(doors.imkit("GET", Json::Null).await["status"], json!(1));
    doors.tencent("change_room_owner", json!({"RoomId": ROOM, "NewOwner_Account": "u9"})).await;
    assert_eq!(doors.imkit("GET", Json::Null).await["owner"], json!("u9"));
    assert_eq!(doors.netease("get.action", &[]).await["creator"], json!("u9"));
    assert_eq!(house.room(ROOM).await.values.text(Field::Owner), Some("u9"));
}
