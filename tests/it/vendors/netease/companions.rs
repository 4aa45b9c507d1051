//! Beside `update.action`: rooms are made, looked at one by one and by the list, closed and opened.

use serde_json::{Value as Json, json};
use wardroom::domain::{
    client::ClientId,
    room::{Field, RoomId},
};

use super::{house, refused, stage};
use crate::harness::{House, STAGE};

/// The keys of an object, in their order.
fn keys(json: &Json) -> Vec<&str> {
    json.as_object().unwrap().keys().map(String::as_str).collect()
}

/// Every room's number.
async fn numbers(house: &House, many: i64) -> Vec<i64> {
    let mut found = Vec::new();
    for number in 1..=many {
        found.extend(house.store.room_numbered(number).await.unwrap().map(|room| room.number));
    }
    found
}

#[tokio::test]
async fn a_room_is_made_for_a_creator_who_becomes_known() {
    let house = house().await;
    let backend = house.backend("netease").await;
    let zhangsan = ClientId::parse("zhangsan").unwrap();
    assert_eq!(house.store.client(&zhangsan).await.unwrap(), None);
    let answer = backend.netease(
        "create.action",
        &[
            ("creator", "zhangsan"),
            ("name", "mychatroom"),
            ("announcement", ""),
            ("broadcasturl", "xxxxxx"),
            ("queuelevel", "1"),
            ("bid", "{\"textbid\":\"t\"}"),
            ("delayClosePolicy", "0"),
            ("inOutNotification", "true"),
        ],
    );
    let answer = answer.await;
    let number = answer["chatroom"]["roomid"].as_i64().unwrap();
    assert_eq!(
        answer.to_string(),
        json!({"chatroom": {
            "roomid": number, "valid": true, "announcement": "", "name": "mychatroom", "broadcasturl": "xxxxxx",
            "ext": "", "creator": "zhangsan", "queuelevel": 1, "muted": false,
            "delayInfo": {"delayCloseEnable": false, "delayClosePolicy": 0, "delaySeconds": 0},
        }, "code": 200})
        .to_string()
    );
    let room = house.room(&number.to_string()).await;
    assert_eq!((room.number, room.owner()), (number, Some("zhangsan")));
    assert_eq!(room.values.text(Field::ModerationText), Some("t"));
    assert!(house.store.client(&zhangsan).await.unwrap().is_some());
    let again = backend.netease("create.action", &[("creator", "zhangsan"), ("name", "mychatroom")]).await;
    assert_eq!(again["chatroom"]["roomid"], json!(number + 1), "names are no keys");
}

#[tokio::test]
async fn a_room_that_cannot_be_made_is_not() {
    let house = house().await;
    let backend = house.backend("netease").await;
    let before = house.dump().await;
    let long = "直".repeat(129);
    for (form, words) in [
        (&[("name", "x")][..], "creator is empty"),
        (&[("creator", ""), ("name", "x")], "creator is empty"),
        (&[("creator", " "), ("name", "x")], "creator is empty"),
        (&[("creator", "u1")], "name is empty"),
        (&[("creator", "u1"), ("name", "")], "name is empty"),
        (&[("creator", "u1"), ("name", " ")], "name is empty"),
        (&[("creator", "a,b"), ("name", "x")], "creator has a comma, which no client id may have"),
        (&[("creator", &long), ("name", "x")], "creator is too long: 387 of 128 bytes"),
        (&[("creator", "u1"), ("name", &long)], "name is too long: 129 of 128 characters"),
        (
            &[("creator", "u1"), ("name", "x"), ("delayClosePolicy", "1")],
            "delayClosePolicy must be 0: rooms are not closed by time here",
        ),
        (
            &[("creator", "u1"), ("name", "x"), ("delayClosePolicy", "2"), ("delaySeconds", "60")],
            "delayClosePolicy must be 0: rooms are not closed by time here",
        ),
        (&[("creator", "u1"), ("name", "x"), ("delayClosePolicy", "3")], "delayClosePolicy must be 0, 1 or 2"),
        (
            &[("creator", "u1"), ("name", "x"), ("delaySeconds", "soon")],
            "delaySeconds must be a whole number of 64 bits",
        ),
        (&[("creator", "u1"), ("name", "x"), ("inOutNotification", "1")], "inOutNotification must be true or false"),
    ] {
        assert_eq!(backend.netease("create.action", form).await, refused(414, words), "{form:?}");
    }
    assert!(before.differs(&house.dump().await).is_empty());
}

#[tokio::test]
async fn a_room_is_looked_at_with_its_members_counted_where_asked() {
    let house = house().await;
    let backend = house.backend("netease").await;
    let stage = stage(&house).await;
    let plain = backend.netease("get.action", &[("roomid", &stage)]).await;
    let seven = ["roomid", "valid", "announcement", "name", "broadcasturl", "ext", "creator"];
    assert_eq!(keys(&plain["chatroom"]), [&seven[..], &["muted", "queuelevel", "ionotify"]].concat());
    assert_eq!(plain["chatroom"]["ext"], json!("{\"x\":1}"));
    let same = backend.netease("get.action", &[("roomid", &stage), ("needOnlineUserCount", "false")]).await;
    assert_eq!(plain, same);
    let counted = backend.netease("get.action", &[("roomid", &stage), ("needOnlineUserCount", "true")]).await;
    assert_eq!(
        keys(&counted["chatroom"]),
        [&seven[..], &["muted", "onlineusercount", "queuelevel", "ionotify"]].concat()
    );
    assert_eq!(counted["chatroom"]["onlineusercount"], json!(120));
    assert_eq!(backend.netease("get.action", &[]).await, refused(414, "roomid is empty"));
    let wrong = backend.netease("get.action", &[("roomid", &stage), ("needOnlineUserCount", "yes")]).await;
    assert_eq!(wrong, refused(414, "needOnlineUserCount must be true or false"));
    let missing = backend.netease("get.action", &[("roomid", "424242")]).await;
    assert_eq!(missing, refused(404, "There is no room with the number 424242."));
}

#[tokio::test]
async fn rooms_are_looked_at_by_the_list_however_it_is_written() {
    let house = house().await;
    let backend = house.backend("netease").await;
    let one = backend.netease("get.action", &[("roomid", "66")]).await["chatroom"].clone();
    for list in ["[66,6001]", "[66, 6001]", "[\"66\",\"6001\"]", "[66,6001,]", " [ 66 , \"6001\" , 66 ] "] {
        let answer = backend.netease("getBatch.action", &[("roomids", list)]).await;
        let expected = json!({"noExistRooms": [6001], "succRooms": [one], "failRooms": [], "code": 200});
        assert_eq!(answer.to_string(), expected.to_string(), "{list}");
    }
    let twenty = numbers(&house, 20).await;
    assert_eq!(twenty.len(), 20);
    let list = |numbers: &[i64]| json!(numbers).to_string();
    let form = [("roomids", &*list(&twenty)), ("needOnlineUserCount", "TRUE")];
    let answer = backend.netease("getBatch.action", &form).await;
    let found: Vec<i64> =
        answer["succRooms"].as_array().unwrap().iter().map(|room| room["roomid"].as_i64().unwrap()).collect();
    assert_eq!(found, twenty, "in the order asked for");
    assert_eq!(answer["succRooms"][0]["onlineusercount"], json!(0));
    let over = list(&(1..=21).collect::<Vec<_>>());
    for (given, words) in [
        ("", "roomids is empty"),
        ("[]", "roomids is empty"),
        ("[,]", "roomids is empty"),
        ("[,66]", "roomids is not JSON"),
        ("[66", "roomids is not JSON"),
        ("66", "roomids must be a JSON list of room numbers"),
        ("{\"66\":1}", "roomids must be a JSON list of room numbers"),
        ("[66,[6001]]", "roomids must be a JSON list of room numbers"),
        ("[66.5]", "roomids must hold whole numbers of 64 bits"),
        ("[9223372036854775808]", "roomids must hold whole numbers of 64 bits"),
        ("[\"9223372036854775808\"]", "roomids must be a whole number of 64 bits"),
        ("[\"stage\"]", "roomids must be a whole number of 64 bits"),
        (&over, "roomids has more than 20 rooms"),
    ] {
        let answer = backend.netease("getBatch.action", &[("roomids", given)]).await;
        assert_eq!(answer["code"], json!(414), "{given}");
        assert!(answer["desc"].as_str().unwrap().starts_with(words), "{given}: {answer}");
    }
}

#[tokio::test]
async fn only_its_creator_closes_and_opens_a_room() {
    let house = house().await;
    let backend = house.backend("netease").await;
    let stage = stage(&house).await;
    for (valid, status, active) in
        [("false", "inactive", false), ("false", "inactive", false), ("TRUE", "active", true)]
    {
        let form = [("roomid", &*stage), ("operator", "u1"), ("valid", valid), ("delayClosePolicy", "0")];
        let answer = backend.netease("toggleCloseStat.action", &form).await;
        assert_eq!(keys(&answer), ["desc", "code"]);
        assert_eq!((&answer["desc"]["valid"], &answer["code"]), (&json!(active), &json!(200)), "{answer}");
        assert_eq!(answer["desc"]["creator"], json!("u1"));
        assert_eq!(house.room(STAGE).await.values.text(Field::Status), Some(status));
        let shown = backend.netease("get.action", &[("roomid", &stage)]).await;
        assert_eq!(shown["chatroom"]["valid"], json!(active));
    }
    let before = house.dump().await;
    // A manager, a member, somebody unknown, nobody's id.
    for operator in ["u2", "u5", "lisi", "a,b", "U1"] {
        let form = [("roomid", &*stage), ("operator", operator), ("valid", "false")];
        let answer = backend.netease("toggleCloseStat.action", &form).await;
        assert_eq!(answer, refused(403, "operator must be the creator of the room"), "{operator}");
    }
    for (form, code, words) in [
        (&[("operator", "u1"), ("valid", "false")][..], 414, "roomid is empty"),
        (&[("roomid", &stage), ("valid", "false")], 414, "operator is empty"),
        (&[("roomid", &stage), ("operator", "u1")], 414, "valid is empty"),
        (&[("roomid", &stage), ("operator", "u1"), ("valid", "0")], 414, "valid must be true or false"),
        (
            &[("roomid", &stage), ("operator", "u1"), ("valid", "false"), ("delayClosePolicy", "1")],
            414,
            "delayClosePolicy must be 0: rooms are not closed by time here",
        ),
        (
            &[("roomid", "424242"), ("operator", "u1"), ("valid", "false")],
            404,
            "There is no room with the number 424242.",
        ),
    ] {
        assert_eq!(backend.netease("toggleCloseStat.action", form).await, refused(code, words), "{form:?}");
    }
    assert!(before.differs(&house.dump().await).is_empty());
}

#[tokio::test]
async fn a_room_without_an_owner_is_shown_and_nobodys_to_close() {
    let house = house().await;
    let backend = house.backend("netease").await;
    house.sql("UPDATE rooms SET owner = NULL WHERE id = 'stage'").await;
    assert_eq!(house.store.room(&RoomId::parse(STAGE).unwrap()).await.unwrap().unwrap().owner(), None);
    let stage = stage(&house).await;
    let shown = backend.netease("get.action", &[("roomid", &stage)]).await;
    assert_eq!(shown["chatroom"]["creator"], json!(""));
    let form = [("roomid", &*stage), ("operator", " "), ("valid", "false")];
    let answer = backend.netease("toggleCloseStat.action", &form).await;
    assert_eq!(answer, refused(403, "operator must be the creator of the room"));
}
