//! Metadata: several keys a call, all or none, and the page's own codes.

use serde_json::{Value as Json, json};

use super::open;
use crate::harness::STAGE;

fn pair(key: &str, value: &str) -> Json {
    json!({"Key": key, "Value": value})
}

fn set(pairs: impl IntoIterator<Item = Json>) -> Json {
    json!({"RoomId": STAGE, "Metadata": pairs.into_iter().collect::<Json>()})
}

#[tokio::test]
async fn metadata_are_set_looked_at_and_deleted() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let all = backend.done("get_room_metadata", json!({"RoomId": STAGE})).await;
    assert_eq!(all, json!({"Metadata": [pair("mic1", "u2"), pair("topic", "jazz")]}));
    assert_eq!(backend.done("get_room_metadata", json!({"RoomId": STAGE, "Keys": []})).await, all);
    assert_eq!(backend.done("set_room_metadata", set([pair("topic", "blues"), pair("直播", "")])).await, Json::Null);
    let some = backend.done("get_room_metadata", json!({"RoomId": STAGE, "Keys": ["topic", "none", "直播"]})).await;
    assert_eq!(some, json!({"Metadata": [pair("topic", "blues"), pair("直播", "")]}));
    backend.done("del_room_metadata", json!({"RoomId": STAGE, "Keys": ["topic", "none"]})).await;
    let entry = house.last().await;
    assert_eq!(entry.changes.len(), 1);
    assert_eq!(entry.call.unwrap().action, "del_room_metadata");
    assert_eq!(backend.call("del_room_metadata", json!({"RoomId": STAGE, "Keys": ["topic", "none"]})).await.0, 100_503);
    let left = backend.done("get_room_metadata", json!({"RoomId": STAGE, "Keys": ["topic"]})).await;
    assert_eq!(left, json!({"Metadata": []}));
}

#[tokio::test]
async fn limits_are_taken_to_the_last_byte_and_one_more_changes_nothing() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    backend.done("del_room_metadata", json!({"RoomId": STAGE, "Keys": ["topic", "mic1"]})).await;
    let (key, value) = ("直".repeat(16) + "xx", "直".repeat(682) + "xx");
    assert_eq!((key.len(), value.len()), (50, 2048));
    let many = |n: usize| set((0..n).map(|n| pair(&format!("k{n}"), "v")));
    let before = house.dump().await;
    let refused = [
        (set([pair("a", "1"), pair(&(key.clone() + "x"), "")]), 100_504),
        (set([pair("a", "1"), pair(&"直".repeat(17), "")]), 100_504),
        (set([pair("a", "1"), pair("b", &(value.clone() + "x"))]), 100_501),
        (set([pair("a", "1"), pair("b", &"直".repeat(683))]), 100_501),
        (many(11), 100_500),
        (set([pair("a", "1"), pair("a", "2")]), 100_002),
        (set([pair("a", "1"), pair(" a ", "1")]), 100_002),
        (set([pair("a", "1"), pair("", "1")]), 100_002),
        (set([pair("a", "1"), pair("b", "\u{0}")]), 100_002),
        (set([pair("a", "1"), json!({"Key": "b"})]), 100_002),
        (set([pair("a", "1"), json!({"Key": "b", "Value": 1})]), 100_002),
        (set([pair("a", "1"), json!({"Key": null, "Value": "1"})]), 100_002),
        (set([pair("a", "1"), json!("b")]), 100_002),
        (set([]), 100_002),
        (json!({"RoomId": STAGE}), 100_002),
        (json!({"RoomId": STAGE, "Metadata": null}), 100_002),
        (json!({"RoomId": STAGE, "Metadata": {"Key": "a", "Value": "1"}}), 100_002),
    ];
    for (body, wanted) in refused {
        assert_eq!(backend.call("set_room_metadata", body.clone()).await.0, wanted, "{body:.200}");
    }
    for (keys, wanted) in
        [(json!(null), 100_002), (json!("topic"), 100_002), (json!(["a", 1]), 100_002), (json!(vec!["a"; 11]), 100_500)]
    {
        for action in ["get_room_metadata", "del_room_metadata"] {
            let body = json!({"RoomId": STAGE, "Keys": keys});
            assert_eq!(backend.call(action, body).await.0, wanted, "{action} {keys}");
        }
    }
    for keys in [json!([]), json!(["none", "none"])] {
        let body = json!({"RoomId": STAGE, "Keys": keys});
        assert_eq!(backend.call("del_room_metadata", body).await.0, 100_002, "{keys}");
    }
    assert_eq!(before.differs(&house.dump().await), Vec::<&str>::new(), "nothing is half done");
    backend.done("set_room_metadata", set([pair(&key, &value)])).await;
    backend.done("set_room_metadata", many(10)).await;
}

#[tokio::test]
async fn a_room_takes_so_many_bytes_and_so_many_keys_in_all() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    backend.done("del_room_metadata", json!({"RoomId": STAGE, "Keys": ["topic", "mic1"]})).await;
    // Keys count too: eight of two bytes, and values for the rest of 16 KiB.
    let pairs = |last: usize| set((0..8).map(|n| pair(&format!("k{n}"), &"v".repeat(if n < 7 { 2048 } else { last }))));
    let exactly = 16_384 - 8 * 2 - 7 * 2048;
    let before = house.dump().await;
    assert_eq!(backend.call("set_room_metadata", pairs(exactly + 1)).await.0, 100_502);
    assert_eq!(before.differs(&house.dump().await), Vec::<&str>::new(), "nothing is half done");
    backend.done("set_room_metadata", pairs(exactly)).await;
    assert_eq!(backend.call("set_room_metadata", set([pair("x", "")])).await.0, 100_502);
    backend
        .done("del_room_metadata", json!({"RoomId": STAGE, "Keys": ["k0", "k1", "k2", "k3", "k4", "k5", "k6", "k7"]}))
        .await;
    for half in [0, 10] {
        backend.done("set_room_metadata", set((0..10).map(|n| pair(&format!("k{}", n + half), "")))).await;
    }
    let before = house.dump().await;
    assert_eq!(backend.call("set_room_metadata", set([pair("k1", "new"), pair("one more", "")])).await.0, 100_500);
    assert_eq!(before.differs(&house.dump().await), Vec::<&str>::new(), "nothing is half done");
    backend.done("set_room_metadata", set([pair("k1", "new")])).await;
}

#[tokio::test]
async fn what_went_with_its_client_stays_once_it_is_set_here() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let room = house.room(STAGE).await.number;
    let flag = || async {
        let all = house.store.attributes(room).await.unwrap();
        all.iter().find(|attribute| attribute.key == "mic1").map(|a| (a.auto_delete, a.set_by.clone())).unwrap()
    };
    assert_eq!(flag().await, (true, "u2".to_owned()));
    backend.done("set_room_metadata", set([pair("mic1", "u2")])).await;
    assert_eq!(flag().await, (false, "administrator".to_owned()));
}

#[tokio::test]
async fn a_longer_key_of_another_vendors_can_be_seen_and_deleted() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    house.sql("UPDATE attributes SET key = printf('%.*c', 60, 'k') WHERE key = 'topic'").await;
    let body = json!({"RoomId": STAGE, "Keys": ["k".repeat(60)]});
    let found = backend.done("get_room_metadata", body.clone()).await;
    assert_eq!(found["Metadata"].as_array().unwrap().len(), 1);
    backend.done("del_room_metadata", body).await;
}
