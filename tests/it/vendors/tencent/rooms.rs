//! The contract's own request, and the calls around it.

use serde_json::{Value as Json, json};
use wardroom::{
    domain::{
        audit::{Action, Actor, Source},
        room::{Field, Patch, RoomId, Value},
    },
    services::rooms::{self, NewRoom},
};

use super::{clock, code, is_request_id, open};
use crate::harness::{House, STAGE};

#[tokio::test]
async fn the_contracts_request_is_answered_as_printed_and_changes_what_it_says() {
    let house = open().await;
    let backend = house
        .backend_with("tencent", |wanted| {
            wanted.key = "88888888".to_owned();
            wanted.may.accounts = "admin".to_owned();
        })
        .await;
    backend.done("create_room", json!({"RoomInfo": {"RoomId": "live-room", "RoomType": "Live"}})).await;
    let request = include_str!("../../data/tencent-request.json");
    let sent = backend.request("update_room_info", &Json::Null).body(request);
    let answer = backend.send(sent).await;
    assert_eq!(code(&answer), 0);
    let printed: Json = serde_json::from_str(include_str!("../../data/tencent-answer.json")).unwrap();
    let answered = answer.value();
    let names = |json: &Json| json.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&answered), names(&printed), "the four names, in the printed order");
    for name in ["ActionStatus", "ErrorInfo", "ErrorCode"] {
        assert_eq!(answered[name], printed[name], "{name}");
    }
    for body in [&answered, &printed] {
        assert!(is_request_id(body["RequestId"].as_str().unwrap()));
    }
    assert_ne!(answered["RequestId"], printed["RequestId"]);
    let values = house.room("live-room").await.values;
    let wanted = [
        (Field::Name, Value::Text("rname-123".into())),
        (Field::Capacity, Value::Number(300)),
        (Field::Muted, Value::Flag(false)),
        (Field::Cover, Value::Text("https://xxxx.png".into())),
        (Field::Categories, Value::Numbers(vec![1, 2, 3])),
        (Field::ActivityStatus, Value::Number(1)),
        (Field::Listed, Value::Flag(false)),
        (Field::SeatMode, Value::Text("ask".into())),
    ];
    for (field, value) in wanted {
        assert_eq!(values.get(field), Some(&value), "{field:?}");
    }
    // The same again changes nothing and is answered the same.
    let before = house.dump().await;
    assert_eq!(code(&backend.send(backend.request("update_room_info", &Json::Null).body(request)).await), 0);
    assert_eq!(before.differs(&house.dump().await), Vec::<&str>::new());
}

#[tokio::test]
async fn every_field_alone_is_set_looked_at_and_cleared() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let fields = [
        ("RoomName", json!("直播間"), json!(""), json!(STAGE)),
        ("MaxMemberCount", json!(1), json!(100_000_000), json!(100_000_000)),
        ("IsMessageDisabled", json!(true), json!(false), json!(false)),
        ("CoverURL", json!("https://covers.example/a.png"), json!(""), json!("")),
        ("Category", json!([3, -1, 5]), json!([]), json!([])),
        ("ActivityStatus", json!(-2_147_483_648), json!(2_147_483_647), json!(2_147_483_647)),
        ("IsPublicVisible", json!(false), json!(true), json!(true)),
        ("TakeSeatMode", json!("ApplyToTake"), json!("FreeToTake"), json!("FreeToTake")),
        ("Notice", json!("one\ntwo"), json!(""), json!("")),
    ];
    for (name, value, second, shown) in fields {
        for (value, shown) in [(&value, &value), (&second, &shown)] {
            let before = house.room(STAGE).await.version;
            backend
                .done(
                    "update_room_info",
                    json!({"RoomInfo": {"RoomId": STAGE, name: value, "IsUnlimitedRoomEnabled": null}}),
                )
                .await;
            assert_eq!(house.room(STAGE).await.version, before + 1, "{name} {value}");
            let answer = backend.done("get_room_info", json!({"RoomId": STAGE})).await;
            assert_eq!(&answer["RoomInfo"][name], shown, "{name} {value}");
        }
    }
    let entry = house.last().await;
    assert_eq!((entry.action, entry.changes.len()), (Action::RoomUpdated, 1));
}

#[tokio::test]
async fn a_room_is_made_looked_at_handed_over_and_destroyed() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let printed = json!({"RoomInfo": {
        "RoomId": "live-room", "RoomType": "Live", "RoomName": "live name", "Owner_Account": "bren",
        "MaxMemberCount": 400, "CoverURL": "https://covers.example/c.png", "IsMessageDisabled": true,
        "Category": [1, 2, 3], "IsPublicVisible": true, "IsSeatEnabled": false, "TakeSeatMode": "ApplyToTake",
        "MaxSeatCount": 8, "ActivityStatus": 1, "SeatTemplate": "AudioSalon", "SeatLayoutTemplateId": 600,
        "KeepOwnerOnSeat": true, "IsUnlimitedRoomEnabled": false, "Notice": "hello",
    }});
    assert_eq!(backend.done("create_room", printed).await, Json::Null);
    let room = backend.done("get_room_info", json!({"RoomId": "live-room"})).await;
    let wanted = json!({
        "RoomId": "live-room", "RoomName": "live name", "Owner_Account": "bren", "CreateTime": clock().0 / 1000,
        "RoomType": "Live", "MaxMemberCount": 400, "IsMessageDisabled": true,
        "CoverURL": "https://covers.example/c.png", "Category": [1, 2, 3], "ActivityStatus": 1,
        "IsPublicVisible": true, "TakeSeatMode": "ApplyToTake", "Notice": "hello",
    });
    assert_eq!(room, json!({"RoomInfo": wanted}), "what is not kept is not answered");
    let change = |to: &str| json!({"RoomId": "live-room", "NewOwner_Account": to});
    backend.done("change_room_owner", change("ann")).await;
    assert_eq!(house.last().await.action, Action::RoomTransferred);
    let before = house.dump().await;
    backend.done("change_room_owner", change("ann")).await;
    assert_eq!(before.differs(&house.dump().await), Vec::<&str>::new(), "who owns it goes on owning it");
    assert_eq!(house.room("live-room").await.owner(), Some("ann"));
    assert!(house.room("live-room").await.managers().is_empty());
    backend.done("destroy_room", json!({"RoomId": "live-room"})).await;
    let gone = json!({"RoomId": "live-room", "NewOwner_Account": "ann", "Keys": ["a"], "Metadata": [{"Key": "a", "Value": ""}]});
    for action in [
        "get_room_info",
        "destroy_room",
        "change_room_owner",
        "get_room_metadata",
        "set_room_metadata",
        "del_room_metadata",
    ] {
        assert_eq!(backend.call(action, gone.clone()).await.0, 100_004, "{action}");
    }
    assert_eq!(backend.call("update_room_info", json!({"RoomInfo": gone})).await.0, 100_004);
}

#[tokio::test]
async fn a_manager_may_become_owner() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    backend.done("change_room_owner", json!({"RoomId": STAGE, "NewOwner_Account": "u2"})).await;
    let room = house.room(STAGE).await;
    assert_eq!((room.owner(), room.managers()), (Some("u2"), &["u3".to_owned()][..]));
}

#[tokio::test]
async fn a_room_made_twice_says_whose_it_is() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let new = |id: &str, owner: Option<&str>| {
        let mut fields = json!({"RoomId": id, "RoomType": "Live"});
        if let Some(owner) = owner {
            fields["Owner_Account"] = json!(owner);
        }
        json!({"RoomInfo": fields})
    };
    backend.done("create_room", new("mine", None)).await;
    let room = house.room("mine").await;
    assert_eq!((room.owner(), room.title()), (Some("administrator"), "mine"), "the documented defaults");
    let before = house.dump().await;
    for (what, wanted) in [
        (new("mine", None), 100_010),
        (new("mine", Some("administrator")), 100_010),
        (new("mine", Some("ann")), 100_003),
        (new(STAGE, None), 100_003),
        (new(STAGE, Some("u1")), 100_010),
        (json!({"RoomInfo": {"RoomId": "x"}}), 100_002),
        (json!({"RoomInfo": {"RoomId": "x", "RoomType": "Conference"}}), 100_002),
        (json!({"RoomInfo": {"RoomId": "x", "RoomType": null}}), 100_002),
        (json!({"RoomInfo": {"RoomType": "Live"}}), 100_002),
        (new("x", Some("")), 100_002),
        (new("x", Some("a,b")), 100_002),
    ] {
        assert_eq!(backend.call("create_room", what.clone()).await.0, wanted, "{what}");
    }
    for (name, wrong) in [
        ("IsSeatEnabled", json!("true")),
        ("KeepOwnerOnSeat", json!(1)),
        ("IsUnlimitedRoomEnabled", json!(null)),
        ("MaxSeatCount", json!("8")),
        ("MaxSeatCount", json!(8.5)),
        ("SeatLayoutTemplateId", json!([])),
        ("SeatTemplate", json!(600)),
        ("Owner_Account", json!(7)),
    ] {
        let body = json!({"RoomInfo": {"RoomId": "x", "RoomType": "Live", name: wrong}});
        assert_eq!(backend.call("create_room", body).await.0, 100_002, "{name} {wrong}");
    }
    assert_eq!(before.differs(&house.dump().await), Vec::<&str>::new());
}

#[tokio::test]
async fn the_list_turns_its_pages_to_the_end() {
    let house = House::empty().await.by(clock);
    let backend = house.backend_with("tencent", |wanted| wanted.may.rate = "1000".to_owned()).await;
    for n in 0..47 {
        let fields = json!({"RoomId": format!("room-{n:02}"), "RoomType": "Live", "IsPublicVisible": n % 9 != 0});
        backend.done("create_room", json!({"RoomInfo": fields})).await;
    }
    house.sql("UPDATE rooms SET member_count = number * 7 % 13").await;
    let eleventh = house.ask("SELECT id FROM rooms WHERE number = 11").await;
    let frozen = Patch::default().with(Field::Status, Some(Value::Text("inactive".to_owned())));
    rooms::update(&house.ctx(), &RoomId::parse(&eleventh).unwrap(), i64::MAX, frozen).await.unwrap();
    for count in [20, 7, 1] {
        let (mut next, mut seen, mut pages) = (if count == 7 { "0" } else { "" }.to_owned(), Vec::new(), 0);
        loop {
            let page = backend.done("get_room_list", json!({"Next": next, "Count": count, "SortDirection": 1})).await;
            let rooms = page["RoomList"].as_array().unwrap();
            assert!(rooms.len() <= count && !rooms.is_empty());
            seen.extend(rooms.iter().map(|room| room["RoomId"].as_str().unwrap().to_owned()));
            pages += 1;
            next = page["Next"].as_str().unwrap().to_owned();
            if next.is_empty() {
                break;
            }
        }
        assert_eq!((seen.len(), pages), (40, 40_usize.div_ceil(count)), "41 are listed, one of them inactive");
        let mut sizes = Vec::new();
        for id in &seen {
            let room = house.room(id).await;
            assert!(room.is_active() && room.values.flag(Field::Listed));
            sizes.push(room.member_count);
        }
        assert!(sizes.is_sorted_by(|a, b| a >= b), "{sizes:?}");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 40, "each once");
    }
    let page = backend.done("get_room_list", json!({})).await;
    assert_eq!(page["RoomList"].as_array().unwrap().len(), 20, "the documented default");
    let names: Vec<&String> = page["RoomList"][0].as_object().unwrap().keys().collect();
    assert_eq!(names, ["RoomId", "RoomName", "Owner_Account", "CreateTime", "CoverURL", "Category", "ActivityStatus"]);
    let beyond = backend.done("get_room_list", json!({"Next": i64::MAX.to_string(), "Count": 20})).await;
    assert_eq!(beyond, json!({"Next": "", "RoomList": []}));
    for wrong in [
        json!({"Next": 0}),
        json!({"Next": null}),
        json!({"Next": "-1"}),
        json!({"Next": "+1"}),
        json!({"Next": "1693271355-123123123123"}),
        json!({"Next": "99999999999999999999"}),
        json!({"Count": 0}),
        json!({"Count": 21}),
        json!({"Count": "20"}),
        json!({"Count": 1.5}),
        json!({"Count": null}),
    ] {
        assert_eq!(backend.call("get_room_list", wrong.clone()).await.0, 100_002, "{wrong}");
    }
}

#[tokio::test]
async fn a_room_whose_id_is_too_long_for_the_vendor_is_not_listed() {
    let house = open().await;
    let backend = house.backend_with("tencent", |wanted| wanted.may.rate = "1000".to_owned()).await;
    let (fits, long) = ("直".repeat(16), "直".repeat(17));
    let new = NewRoom::plain(RoomId::parse(&long).unwrap(), "", Patch::default());
    rooms::create(&house.ctx(), new).await.unwrap();
    let new = |id: &str| json!({"RoomInfo": {"RoomId": id, "RoomType": "Live"}});
    backend.done("create_room", new(&fits)).await;
    assert_eq!(backend.call("create_room", new(&long)).await.0, 100_002);
    let (mut next, mut seen) = (String::new(), Vec::new());
    loop {
        let page = backend.done("get_room_list", json!({"Next": next, "Count": 20})).await;
        seen.extend(
            page["RoomList"].as_array().unwrap().iter().map(|room| room["RoomId"].as_str().unwrap().to_owned()),
        );
        next = page["Next"].as_str().unwrap().to_owned();
        if next.is_empty() {
            break;
        }
    }
    assert!(seen.contains(&fits) && !seen.contains(&long) && seen.contains(&STAGE.to_owned()));
}

#[tokio::test]
async fn the_audit_trail_names_app_vendor_action_and_identifier() {
    let house = open().await;
    let backend = house
        .backend_with("tencent", |wanted| {
            wanted.name = "Live back-end".to_owned();
            wanted.may.accounts = "root, second".to_owned();
        })
        .await;
    backend.done("update_room_info", json!({"RoomInfo": {"RoomId": STAGE, "RoomName": "neu"}})).await;
    let entry = house.last().await;
    let call = entry.call.unwrap();
    assert_eq!((entry.actor, entry.source), (Actor::App("Live back-end".to_owned()), Source::Api));
    assert_eq!(
        (call.vendor.as_str(), call.action.as_str(), call.client.as_str()),
        ("tencent", "update_room_info", "root")
    );
    assert_eq!((entry.address.as_str(), entry.at), ("192.0.2.9", clock()));
    let kept = house.dump_text().await;
    assert!(!kept.contains(&backend.usersig()), "no UserSig is kept");
}
