//! Signature 2.0: the known answers through the real door, and every way in which a call can be signed wrongly.

use axum::http::Method;
use serde_json::{Value as Json, json};
use wardroom::{domain::Timestamp, services::apps};

use super::{NOW, Query, code, house, request, sign, signed};
use crate::harness::{Backend, House};

/// The four vendors' known answers, from code that is not ours.
const VECTORS: &str = include_str!("../../data/vectors.json");

async fn asked(backend: &Backend<'_>, query: &Query) -> u64 {
    let body = json!({"RoomId": "stage", "FromUserId": "u1"}).to_string();
    let answer = backend.house.send(request(Method::POST, query), body).await;
    let code = code(&answer);
    assert_eq!(answer.value().as_object().unwrap().len(), if code == 0 { 5 } else { 3 }, "{}", answer.body);
    assert!(!answer.body.contains(&backend.secret), "{}", answer.body);
    code
}

async fn query(backend: &Backend<'_>, edit: impl Fn(Query) -> Query) -> u64 {
    asked(backend, &edit(backend.zego_query("QueryRoomAttribute"))).await
}

#[tokio::test]
async fn every_known_signature_opens_the_door() {
    let all: Json = serde_json::from_str(VECTORS).unwrap();
    let all = all["zego_signature"].as_array().unwrap();
    let clocks: [fn() -> Timestamp; 2] = [|| Timestamp(1_615_186_943_000), || Timestamp(1_700_000_000_000)];
    assert_eq!(all.len(), clocks.len());
    for (vector, clock) in all.iter().zip(clocks) {
        let text = |name: &str| vector[name].as_str().map_or_else(|| vector[name].to_string(), str::to_owned);
        let house = House::open().await.by(clock);
        let backend = house
            .backend_with("zego", |wanted| {
                wanted.key = text("app_id");
                wanted.secret = text("server_secret");
            })
            .await;
        let query = Query(Vec::new())
            .set("Action", "QueryRoomAttribute")
            .set("AppId", &text("app_id"))
            .set("SignatureNonce", &text("nonce"))
            .set("Timestamp", &text("timestamp"))
            .set("SignatureVersion", "2.0")
            .set("Signature", &text("signature"));
        assert_eq!(asked(&backend, &query).await, 0, "{vector}");
        let other = text("signature").replacen(['3', '8'], "4", 1);
        assert_eq!(asked(&backend, &query.set("Signature", &other)).await, 100_000_005, "{vector}");
        assert_eq!(
            sign(&text("app_id"), &text("nonce"), &text("server_secret"), &text("timestamp")),
            text("signature")
        );
    }
}

#[tokio::test]
async fn each_missing_or_malformed_parameter_has_its_own_code() {
    let house = house().await;
    let backend = house.zego().await;
    for (name, empty) in [
        ("AppId", 100_000_001),
        ("SignatureNonce", 100_000_008),
        ("Timestamp", 100_000_002),
        ("SignatureVersion", 100_000_013),
        ("Signature", 100_000_009),
        ("Action", 100_000_006),
    ] {
        assert_eq!(query(&backend, |query| query.without(name)).await, empty, "no {name}");
        assert_eq!(query(&backend, |query| query.set(name, "")).await, empty, "empty {name}");
    }
    for (name, value, wrong) in [
        ("AppId", "abc", 100_000_001),
        ("AppId", "-1", 100_000_001),
        ("AppId", "4294967296", 100_000_001),
        ("AppId", "99999999999999999999", 100_000_001),
        ("Timestamp", "soon", 100_000_003),
        ("Timestamp", "-1795000000", 100_000_003),
        ("Timestamp", "1795000000.5", 100_000_003),
        ("Timestamp", "99999999999999999999", 100_000_003),
        ("Timestamp", "9223372036854775807", 100_000_004),
        ("SignatureVersion", "1.0", 100_000_014),
        ("SignatureVersion", "2", 100_000_014),
        ("AppId", "4", 100_000_010),
        ("SignatureNonce", "4fd24687296dd9f4", 100_000_005),
        ("Signature", "x", 100_000_005),
        ("Signature", "直", 100_000_005),
        ("Action", "modifyroomattribute", 100_000_007),
        ("Action", "ListRooms", 100_000_007),
    ] {
        assert_eq!(query(&backend, |query| query.set(name, value)).await, wrong, "{name}={value}");
    }
    assert_eq!(query(&backend, |query| query.set("IsTest", "nonsense").set("Extra", "1")).await, 0);
}

#[tokio::test]
async fn a_signature_counts_whole_and_for_ten_minutes_each_way() {
    let house = house().await;
    let backend = house.zego().await;
    for (offset, wanted) in
        [(0, 0), (-600, 0), (600, 0), (-601, 100_000_004), (601, 100_000_004), (-86_400, 100_000_004)]
    {
        let at = (NOW + offset).to_string();
        let query = signed(&backend.app.key, &backend.secret, "QueryRoomAttribute", &at);
        assert_eq!(asked(&backend, &query).await, wanted, "{offset} s");
    }
    let milliseconds = format!("{NOW}000");
    let query = signed(&backend.app.key, &backend.secret, "QueryRoomAttribute", &milliseconds);
    assert_eq!(asked(&backend, &query).await, 100_000_004);
    let whole =
        backend.zego_query("QueryRoomAttribute").0.iter().find(|(name, _)| name == "Signature").unwrap().1.clone();
    for bad in
        [whole[..31].to_owned(), whole[1..].to_owned(), whole.to_uppercase(), format!("{whole}0"), whole.repeat(2)]
    {
        let asked = asked(&backend, &backend.zego_query("QueryRoomAttribute").set("Signature", &bad)).await;
        assert_eq!(asked, 100_000_005, "{bad}");
    }
}

#[tokio::test]
async fn any_secret_that_still_counts_signs_and_no_other() {
    let house = house().await;
    let backend = house.zego().await;
    let other = house.backend_with("zego", |wanted| wanted.name = "other".to_owned()).await;
    let at = NOW.to_string();
    let by = |secret: &str| signed(&backend.app.key, secret, "QueryRoomAttribute", &at);
    let first = backend.secret.clone();
    assert_eq!(asked(&backend, &by(&other.secret)).await, 100_000_005, "another app's");
    let second = apps::rotate(&house.ctx(), backend.app.id, 2).await.unwrap().secret;
    assert_eq!((asked(&backend, &by(&first)).await, asked(&backend, &by(&second)).await), (0, 0));
    let third = apps::rotate(&house.ctx(), backend.app.id, 0).await.unwrap().secret;
    assert_eq!(asked(&backend, &by(&third)).await, 0);
    for old in [&first, &second] {
        assert_eq!(asked(&backend, &by(old)).await, 100_000_005);
    }
    apps::set_disabled(&house.ctx(), backend.app.id, true).await.unwrap();
    assert_eq!(asked(&backend, &by(&third)).await, 100_000_017);
    apps::set_disabled(&house.ctx(), backend.app.id, false).await.unwrap();
    assert_eq!(asked(&backend, &by(&third)).await, 0);
}

#[tokio::test]
async fn a_made_app_has_credentials_as_the_vendors() {
    let house = house().await;
    let backend = house.backend("zego").await;
    assert!(backend.app.key.parse::<u32>().is_ok_and(|key| key > 0));
    let secret = &backend.secret;
    assert!(secret.len() == 32 && secret.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)));
    for bad in ["0", "abc", "4294967296", "012345678"] {
        let wanted = apps::Wanted {
            name: "bad".to_owned(),
            vendor: "zego".to_owned(),
            key: bad.to_owned(),
            may: apps::Allowed { scope: "read".to_owned(), ..apps::Allowed::default() },
            ..apps::Wanted::default()
        };
        assert!(apps::add(&house.ctx(), wanted).await.is_err(), "{bad}");
    }
}
