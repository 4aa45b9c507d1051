//! How often: each action of each app, and who is in one room; and what is counted of it.

use std::time::Instant;

use axum::http::Method;
use serde_json::json;
use wardroom::services::apps;

use super::{code, house, request};
use crate::harness::{Backend, STAGE};

const RATE: f64 = 20.0;

async fn look(backend: &Backend<'_>) -> u64 {
    code(&backend.zego("QueryRoomAttribute", json!({"RoomId": STAGE, "FromUserId": "u1"})).await)
}

async fn members(backend: &Backend<'_>, room: &str) -> u64 {
    code(&backend.zego_get("QueryRoomMembers", &[("RoomId", room), ("UserId[]", "u1")]).await)
}

#[tokio::test]
async fn a_burst_lets_the_rate_through_and_recovers() {
    let house = house().await;
    let backend = house.backend("zego").await;
    let began = Instant::now();
    let mut passed = 0;
    for _ in 0..200 {
        match look(&backend).await {
            0 => passed += 1,
            other => assert_eq!(other, 660_300_005),
        }
    }
    let most = RATE + began.elapsed().as_secs_f64() * RATE + 1.0;
    assert!(passed >= 20 && f64::from(passed) <= most, "{passed} of at most {most}");
    let body = json!({"RoomId": STAGE, "FromUserId": "u1", "Attributes": [{"Action": 1, "Key": "none"}]});
    assert_eq!(code(&backend.zego("ModifyRoomAttribute", body).await), 0, "another action has its own");
    let other = house.backend_with("zego", |wanted| wanted.name = "other".to_owned()).await;
    assert_eq!(look(&other).await, 0, "and so has another app");
    // It comes back by itself; whoever keeps asking is let in again.
    let began = Instant::now();
    while look(&backend).await != 0 {
        assert!(began.elapsed().as_secs() < 10, "it never recovers");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_cannot_be_read_counts_too_and_an_apps_own_rate_comes_first() {
    let house = house().await;
    let backend = house.backend_with("zego", |wanted| wanted.may.rate = "2".to_owned()).await;
    let began = Instant::now();
    let mut refused = Vec::new();
    for _ in 0..20 {
        refused.push(code(&backend.zego_text("CreateRoom", "{").await));
    }
    let read = refused.iter().filter(|code| **code == 100_000_012).count();
    assert!(read >= 2 && read as f64 <= 3.0 + began.elapsed().as_secs_f64() * 2.0, "{refused:?}");
    assert!(refused.contains(&660_300_005));
}

#[tokio::test]
async fn one_room_can_be_asked_about_five_times_a_second() {
    let house = house().await;
    let backend = house.zego().await;
    backend.make("r").await;
    let began = Instant::now();
    let mut passed = 0;
    for _ in 0..50 {
        match members(&backend, STAGE).await {
            0 => passed += 1,
            other => assert_eq!(other, 660_300_006),
        }
    }
    assert!(passed >= 5 && f64::from(passed) <= 6.0 + began.elapsed().as_secs_f64() * 5.0, "{passed}");
    assert_eq!(members(&backend, "r").await, 660_300_012, "another room has its own; u1 owns it and is not in it");
    let other = house.backend_with("zego", |wanted| wanted.name = "other".to_owned()).await;
    assert_eq!(members(&other, STAGE).await, 0);
}

#[tokio::test]
async fn calls_are_counted_by_action_and_code_of_the_app_once_it_is_known() {
    let house = house().await;
    let backend = house.zego().await;
    let stranger = backend.zego_query("CreateRoom").set("Signature", "0");
    assert_eq!(code(&house.send(request(Method::POST, &stranger), "{}").await), 100_000_005);
    for _ in 0..3 {
        assert_eq!(look(&backend).await, 0);
    }
    assert_eq!(code(&backend.zego_text("CreateRoom", "{").await), 100_000_012);
    let both = json!([{"Action": 1, "Key": "none"}, {"Action": 0, "Key": "k", "Value": "\u{0}"}]);
    assert_eq!(code(&backend.modify(STAGE, both).await), 0);
    house.write_usage().await;
    let used = apps::list(&house.ctx()).await.unwrap();
    let app = used.iter().find(|used| used.app.id == backend.app.id).unwrap();
    let mut counted: Vec<_> =
        app.tallies.iter().map(|t| (t.action.as_str(), t.code.as_str(), t.refused, t.many)).collect();
    counted.sort_unstable();
    let wanted = [
        ("", "100000005", true, 1),
        ("CreateRoom", "100000012", true, 1),
        ("ModifyRoomAttribute", "0", false, 1),
        ("QueryRoomAttribute", "0", false, 3),
    ];
    assert_eq!(counted, wanted, "a wrong signature with the app's key is shown to whoever looks after the app");
}
