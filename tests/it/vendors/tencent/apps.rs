//! What an app may: its scope, its application, its rate, its secrets.

use std::time::{Duration, Instant};

use serde_json::json;
use wardroom::{
    domain::{
        Timestamp,
        room::{Patch, RoomId},
    },
    services::{Ctx, apps, rooms},
};

use super::{TIME, clock, code, open};
use crate::harness::{House, STAGE};

#[tokio::test]
async fn a_scope_opens_what_it_names_and_no_more() {
    let house = open().await;
    let fields = |name: &str, value: serde_json::Value| json!({"RoomInfo": {"RoomId": STAGE, name: value}});
    let calls = [
        ("get_room_info", json!({"RoomId": STAGE}), "read"),
        ("get_room_list", json!({}), "read"),
        ("get_room_metadata", json!({"RoomId": STAGE}), "read"),
        ("update_room_info", fields("RoomName", json!("n")), "edit"),
        ("update_room_info", fields("CoverURL", json!("https://a.b/c")), "edit"),
        ("update_room_info", fields("Category", json!([1])), "edit"),
        ("update_room_info", fields("Notice", json!("n")), "edit"),
        ("set_room_metadata", json!({"RoomId": STAGE, "Metadata": [{"Key": "a", "Value": "b"}]}), "edit"),
        ("del_room_metadata", json!({"RoomId": STAGE, "Keys": ["a"]}), "edit"),
        ("update_room_info", fields("MaxMemberCount", json!(9)), "manage"),
        ("update_room_info", fields("IsMessageDisabled", json!(true)), "manage"),
        ("update_room_info", fields("ActivityStatus", json!(9)), "manage"),
        ("update_room_info", fields("IsPublicVisible", json!(false)), "manage"),
        ("update_room_info", fields("TakeSeatMode", json!("ApplyToTake")), "manage"),
        ("create_room", json!({"RoomInfo": {"RoomId": "new-room", "RoomType": "Live"}}), "manage"),
        ("change_room_owner", json!({"RoomId": STAGE, "NewOwner_Account": "ann"}), "manage"),
        ("destroy_room", json!({"RoomId": STAGE}), "manage"),
    ];
    let scopes = ["read", "edit", "manage"];
    for (rank, scope) in scopes.iter().enumerate() {
        let backend = house
            .backend_with("tencent", |wanted| {
                wanted.name = (*scope).to_owned();
                wanted.may.scope = (*scope).to_owned();
            })
            .await;
        for (action, body, needs) in &calls {
            let may = scopes.iter().position(|known| known == needs) <= Some(rank);
            let before = house.dump().await;
            let (code, _) = backend.call(action, body.clone()).await;
            assert_eq!(code, if may { 0 } else { 100_006 }, "{scope}: {action} {body}");
            if !may {
                assert_eq!(before.differs(&house.dump().await), Vec::<&str>::new());
            }
        }
    }
}

#[tokio::test]
async fn an_app_with_an_application_sees_only_its_rooms() {
    let house = open().await;
    let backend = house.backend_with("tencent", |wanted| wanted.may.application = "demo".to_owned()).await;
    backend.done("get_room_info", json!({"RoomId": STAGE})).await;
    let before = house.dump().await;
    let other = json!({"RoomId": "with blank", "NewOwner_Account": "ann", "Keys": ["a"], "Metadata": [{"Key": "a", "Value": ""}]});
    for action in [
        "get_room_info",
        "destroy_room",
        "change_room_owner",
        "get_room_metadata",
        "set_room_metadata",
        "del_room_metadata",
    ] {
        assert_eq!(backend.call(action, other.clone()).await.0, 100_004, "{action}");
    }
    assert_eq!(backend.call("update_room_info", json!({"RoomInfo": other})).await.0, 100_004);
    let taken = json!({"RoomInfo": {"RoomId": "with blank", "RoomType": "Live", "Owner_Account": "u1"}});
    assert_eq!(backend.call("create_room", taken).await.0, 100_003, "taken, but whose it is is not told");
    assert_eq!(before.differs(&house.dump().await), Vec::<&str>::new());
    backend.done("create_room", json!({"RoomInfo": {"RoomId": "ours", "RoomType": "Live"}})).await;
    assert_eq!(house.room("ours").await.app, "demo");
    let page = backend.done("get_room_list", json!({"Next": "", "Count": 20})).await;
    let ids: Vec<&str> =
        page["RoomList"].as_array().unwrap().iter().map(|room| room["RoomId"].as_str().unwrap()).collect();
    assert_eq!((ids, &page["Next"]), (vec![STAGE, "ours"], &json!("")));
}

#[tokio::test]
async fn a_disabled_app_is_kept_out() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    apps::set_disabled(&house.ctx(), backend.app.id, true).await.unwrap();
    assert_eq!(backend.call("get_room_info", json!({"RoomId": STAGE})).await.0, 60016);
    apps::set_disabled(&house.ctx(), backend.app.id, false).await.unwrap();
    backend.done("get_room_info", json!({"RoomId": STAGE})).await;
}

#[tokio::test]
async fn an_old_secret_counts_until_its_time_is_over() {
    let house = open().await;
    let mut backend = house.backend("tencent").await;
    let look = || json!({"RoomId": STAGE});
    let old = backend.secret.clone();
    let at = |seconds: i64| Ctx { now: Timestamp((TIME + seconds) * 1000), ..house.ctx() };
    backend.secret = apps::rotate(&at(0), backend.app.id, 1).await.unwrap().secret;
    assert_eq!(backend.secret.len(), 64, "as the vendor's console makes them");
    backend.done("get_room_info", look()).await;
    let new = std::mem::replace(&mut backend.secret, old);
    backend.done("get_room_info", look()).await;
    apps::rotate(&at(0), backend.app.id, 0).await.unwrap();
    assert_eq!(backend.call("get_room_info", look()).await.0, 70009, "the first has ended");
    backend.secret = new;
    assert_eq!(backend.call("get_room_info", look()).await.0, 70009, "the second ended at once");
    let made = apps::rotate(&at(-7200), backend.app.id, 1).await.unwrap();
    backend.secret = made.secret;
    backend.done("get_room_info", look()).await;
}

#[tokio::test]
async fn a_burst_gets_through_as_far_as_the_rate_goes_and_then_it_recovers() {
    let house = House::open().await.by(clock);
    let backend = house.backend_with("tencent", |wanted| wanted.may.rate = "5".to_owned()).await;
    let other = house.backend_with("tencent", |wanted| wanted.name = "other".to_owned()).await;
    let began = Instant::now();
    let mut through = 0;
    let before = house.dump().await;
    for _ in 0..50 {
        match backend.call("update_room_info", json!({"RoomInfo": {"RoomId": STAGE}})).await.0 {
            0 => through += 1,
            code => assert_eq!(code, 60007),
        }
    }
    assert_eq!(before.differs(&house.dump().await), Vec::<&str>::new());
    let most = 5.0 + began.elapsed().as_secs_f64() * 5.0 + 1.0;
    assert!((5..=most as usize).contains(&through), "{through} of at most {most}");
    backend.done("get_room_info", json!({"RoomId": STAGE})).await;
    other.done("update_room_info", json!({"RoomInfo": {"RoomId": STAGE}})).await;
    let until = Instant::now() + Duration::from_secs(10);
    while backend.call("update_room_info", json!({"RoomInfo": {"RoomId": STAGE}})).await.0 != 0 {
        assert!(Instant::now() < until, "it does not recover");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_list_has_the_documented_rate_of_its_own() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let began = Instant::now();
    let mut through = 0;
    for _ in 0..100 {
        match backend.call("get_room_list", json!({})).await.0 {
            0 => through += 1,
            code => assert_eq!(code, 60007),
        }
    }
    let most = 10.0 + began.elapsed().as_secs_f64() * 10.0 + 1.0;
    assert!((10..=most as usize).contains(&through), "{through} of at most {most}");
}

#[tokio::test]
async fn calls_are_counted_by_action_and_code() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    backend.done("get_room_info", json!({"RoomId": STAGE})).await;
    backend.done("get_room_info", json!({"RoomId": STAGE})).await;
    backend.call("get_room_info", json!({"RoomId": "nowhere"})).await;
    let unsigned = backend.request("get_room_info", &json!({})).with("usersig", "xxx");
    assert_eq!(code(&backend.send(unsigned).await), 70003);
    house.write_usage().await;
    let used = apps::list(&house.ctx()).await.unwrap();
    let mut tallies: Vec<(&str, &str, i64, bool)> = used[0]
        .tallies
        .iter()
        .map(|tally| (tally.action.as_str(), tally.code.as_str(), tally.many, tally.refused))
        .collect();
    tallies.sort_unstable();
    let wanted = [("", "70003", 1, true), ("get_room_info", "0", 2, false), ("get_room_info", "100004", 1, true)];
    assert_eq!(tallies, wanted);
}

#[tokio::test]
async fn a_new_app_has_what_the_vendors_console_gives() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let key: u32 = backend.app.key.parse().unwrap();
    assert!(key >= 1_400_000_000 && backend.app.accounts == ["administrator"], "{:?}", backend.app);
    assert!(backend.secret.len() == 64 && backend.secret.bytes().all(|b| b.is_ascii_hexdigit()));
    for key in ["app", "0", "-1", "01", "4294967296", "1.5"] {
        let wanted = apps::Wanted {
            name: "x".to_owned(),
            vendor: "tencent".to_owned(),
            key: key.to_owned(),
            secret: String::new(),
            may: apps::Allowed { scope: "read".to_owned(), ..apps::Allowed::default() },
        };
        assert!(apps::add(&house.ctx(), wanted).await.is_err(), "{key}");
    }
    // An app of another vendor with the same public half is another app.
    let id = RoomId::parse("twin").unwrap();
    rooms::create(&house.ctx(), rooms::NewRoom::plain(id, "", Patch::default())).await.unwrap();
    house.backend_with("imkit", |wanted| wanted.key = backend.app.key.clone()).await;
    backend.done("get_room_info", json!({"RoomId": "twin"})).await;
}
