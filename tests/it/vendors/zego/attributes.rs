//! `ModifyRoomAttribute` and `QueryRoomAttribute`: the contract's example, numbers, results key by key, the audit trail.

use serde_json::json;
use wardroom::domain::{
    Timestamp,
    audit::{Action, Actor, Source},
};

use super::{code, done, failed, house, kept, now, pair, set};
use crate::harness::STAGE;

/// The request's body, as the contract zego-update-room-attributes prints it.
const PRINTED: &str = r#"{
    "RoomId": "room123",
    "FromUserId": "fromUserId",
    "Attributes": [
        {
            "Action": 0,
            "Key": "attribute1",
            "Value": "value1",
            "AutoDelete": 1
        },
        {
            "Action": 1,
            "Key": "attribute2",
            "Value": "",
            "AutoDelete": 0
        }
    ]    
}"#;

#[tokio::test]
async fn the_contracts_example_sets_one_and_deletes_one() {
    let house = house().await;
    let backend = house.zego().await;
    let room = json!({"RoomId": "room123", "FromUserId": "u1", "Attributes": [{"Key": "attribute2", "Value": "old"}]});
    assert_eq!(code(&backend.zego("CreateRoom", room).await), 0);
    let answer = backend.zego_text("ModifyRoomAttribute", PRINTED).await;
    assert_eq!(code(&answer), 0, "{}", answer.body);
    let mut body = answer.value();
    assert!(body.as_object_mut().unwrap().shift_remove("RequestId").is_some());
    let wanted = json!({
        "Code": 0,
        "Message": "success",
        "AttributeSeq": 3,
        "SuccKeyList": [{"Key": "attribute1", "Seq": 2}, {"Key": "attribute2", "Seq": 3}],
    });
    assert_eq!(body, wanted);
    let kept = kept(&house, "room123").await;
    assert_eq!(kept.len(), 1);
    let one = &kept[0];
    assert_eq!((one.key.as_str(), one.value.as_str(), one.auto_delete, one.seq), ("attribute1", "value1", true, 2));
    assert_eq!(one.set_by, "fromUserId");
    let known = house.store.clients_of(&["fromUserId"]).await.unwrap();
    assert_eq!(known.len(), 1, "who was unknown is known now");
}

#[tokio::test]
async fn the_audit_entry_names_the_app_the_vendor_the_action_and_the_client() {
    let house = house().await;
    let backend = house.zego().await;
    let before = house.dump().await;
    backend.modify(STAGE, json!([set("topic", "swing"), {"Action": 1, "Key": "mic1"}])).await;
    let entry = house.last().await;
    assert_eq!((entry.action, entry.source), (Action::AttributesChanged, Source::Api));
    assert_eq!((&entry.actor, entry.at), (&Actor::App("zego back-end".to_owned()), now()));
    let call = entry.call.unwrap();
    assert_eq!(
        (call.vendor.as_str(), call.action.as_str(), call.client.as_str()),
        ("zego", "ModifyRoomAttribute", "u2")
    );
    let fields: Vec<&str> = entry.changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["attribute.topic", "attribute.mic1", "auto_delete.mic1", "set_by.mic1"]);
    let after = house.dump().await;
    assert_eq!(before.added(&after, "audit").len(), 1, "one call, one entry");
    assert_eq!(house.room(STAGE).await.updated_at, Timestamp(now().0));
}

#[tokio::test]
async fn every_change_is_counted_and_nothing_else() {
    let house = house().await;
    let backend = house.zego().await;
    backend.make("r").await;
    let seq = async |items| {
        let answer = backend.modify("r", items).await;
        assert_eq!(code(&answer), 0, "{}", answer.body);
        (answer.value()["AttributeSeq"].as_u64().unwrap(), done(&answer))
    };
    let all = [pair("a", 1), pair("b", 2), pair("c", 3)];
    assert_eq!(seq(json!([set("a", "1"), set("b", "2"), set("c", "3")])).await, (3, all.to_vec()));
    assert_eq!(seq(json!([set("b", "2")])).await, (3, vec![pair("b", 2)]), "as it was: no change");
    assert_eq!(seq(json!([set("a", "x")])).await, (4, vec![pair("a", 4)]));
    assert_eq!(seq(json!([{"Action": 1, "Key": "b"}])).await, (5, vec![pair("b", 5)]), "a deletion counts");
    let version = house.room("r").await.version;
    assert_eq!(seq(json!([{"Action": 1, "Key": "gone"}])).await, (5, vec![pair("gone", 5)]), "nothing to delete");
    assert_eq!(house.room("r").await.version, version);
    assert_eq!(seq(json!([set("b", "again")])).await, (6, vec![pair("b", 6)]));
    assert_eq!(seq(json!([{"Action": 0, "Key": "a", "Value": "x", "AutoDelete": 1}])).await, (7, vec![pair("a", 7)]));
    assert_eq!(seq(json!([{"Action": 0, "Key": "e"}])).await, (8, vec![pair("e", 8)]), "no value is an empty one");
    let answer = backend.zego("QueryRoomAttribute", json!({"RoomId": "r", "FromUserId": "u2"})).await;
    let body = answer.value();
    assert_eq!((code(&answer), &body["AttributeSeq"], body["Message"].as_str()), (0, &json!(8), Some("success")));
    let wanted = json!([
        {"Key": "a", "Value": "x", "Seq": 7, "AutoDelete": 1},
        {"Key": "b", "Value": "again", "Seq": 6, "AutoDelete": 0},
        {"Key": "c", "Value": "3", "Seq": 3, "AutoDelete": 0},
        {"Key": "e", "Value": "", "Seq": 8, "AutoDelete": 0},
    ]);
    assert_eq!(body["Attributes"], wanted);
}

#[tokio::test]
async fn what_can_be_done_is_done_and_the_rest_is_named_key_by_key() {
    let house = house().await;
    let backend = house.zego().await;
    backend.make("r").await;
    let items = json!([set("a", "1"), set("a", "2"), set("b\u{0}", "x"), set("c", "3"), {"Action": 1, "Key": "a"}]);
    let answer = backend.modify("r", items).await;
    assert_eq!(code(&answer), 0, "one that was done makes it a success");
    assert_eq!(answer.value()["Message"], "success");
    assert_eq!(done(&answer), [pair("a", 1), pair("c", 2)]);
    let wrong = 660_000_002;
    assert_eq!(failed(&answer), [pair("a", wrong), pair("b\u{0}", wrong), pair("a", wrong)]);
    let values: Vec<String> = kept(&house, "r").await.into_iter().map(|a| format!("{}={}", a.key, a.value)).collect();
    assert_eq!(values, ["a=1", "c=3"], "of a key that stands twice only the first counts");
    let before = house.dump().await;
    let answer = backend.modify("r", json!([set("b\u{0}", "x"), set("d", "\u{202e}")])).await;
    assert_eq!((code(&answer), failed(&answer).len(), done(&answer).len()), (660_000_002, 2, 0));
    assert_eq!(answer.value()["AttributeSeq"], 2);
    assert!(before.differs(&house.dump().await).is_empty());
}

#[tokio::test]
async fn a_refused_key_that_says_so_stops_those_after_it() {
    let house = house().await;
    let backend = house.zego().await;
    backend.make("r").await;
    let item = |key: &str, value: &str, stop: u8| json!({"Action": 0, "Key": key, "Value": value, "StopOnError": stop});
    let items =
        json!([item("a", "1", 1), item("b", "\u{0}", 0), item("c", "3", 1), item("d", "\u{0}", 1), item("e", "5", 0)]);
    let answer = backend.modify("r", items).await;
    assert_eq!((code(&answer), done(&answer)), (0, vec![pair("a", 1), pair("c", 2)]), "those before it stay done");
    assert_eq!(failed(&answer), [pair("b", 660_000_002), pair("d", 660_000_002)], "those after it are in no list");
    let keys: Vec<String> = kept(&house, "r").await.into_iter().map(|attribute| attribute.key).collect();
    assert_eq!(keys, ["a", "c"]);
}

#[tokio::test]
async fn a_key_is_deleted_as_it_was_set() {
    let house = house().await;
    let backend = house.zego().await;
    backend.make("r").await;
    assert_eq!(done(&backend.modify("r", json!([set(" a\tb ", "1")])).await), [pair("a b", 1)]);
    assert_eq!(done(&backend.modify("r", json!([{"Action": 1, "Key": " a\tb "}])).await), [pair("a b", 2)]);
    assert!(kept(&house, "r").await.is_empty());
}
