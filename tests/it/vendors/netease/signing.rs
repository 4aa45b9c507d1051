//! Who is let in: known answers from other people's code, every way in which a signature can be wrong, secrets that
//! come and go.

use std::sync::atomic::{AtomicI64, Ordering};

use axum::http::{HeaderValue, Request};
use serde_json::{Value as Json, json};
use wardroom::{domain::Timestamp, services::apps};

use super::{NOW, UPDATE, checksum, documented, house, refused, stage};
use crate::harness::{Backend, House};

/// Looks at the stage with these headers.
async fn with(house: &House, headers: &[(&str, &str)]) -> Json {
    let mut request = Request::post("/netease/nimserver/chatroom/get.action");
    for (name, value) in headers {
        request = request.header(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    documented(&house.send(request, format!("roomid={}", stage(house).await)).await)
}

async fn signed(backend: &Backend<'_>, nonce: &str, time: &str) -> Json {
    let sum = checksum(&backend.secret, nonce, time);
    let headers = [("AppKey", backend.app.key.as_str()), ("Nonce", nonce), ("CurTime", time), ("CheckSum", &sum)];
    with(backend.house, &headers).await
}

#[tokio::test]
async fn checksums_of_the_official_clients_open_the_door() {
    static CLOCK: AtomicI64 = AtomicI64::new(0);
    let house = House::open().await.by(|| Timestamp(CLOCK.load(Ordering::SeqCst)));
    let all: Json = serde_json::from_str(include_str!("../../data/vectors.json")).unwrap();
    let mut opened = 0;
    for (n, vector) in all["netease_checksum"].as_array().unwrap().iter().enumerate() {
        let text = |name: &str| vector[name].as_str().unwrap();
        // No app may have so short a secret as the third's; `auth`'s own test has that one.
        if text("app_secret").len() < 8 {
            continue;
        }
        let backend = house.backend_with("netease", |wanted| {
            wanted.name = format!("vector {n}");
            wanted.secret = text("app_secret").to_owned();
        });
        let key = backend.await.app.key;
        CLOCK.store(text("cur_time").parse::<i64>().unwrap() * 1000, Ordering::SeqCst);
        let headers = [
            ("AppKey", key.as_str()),
            ("Nonce", text("nonce")),
            ("CurTime", text("cur_time")),
            ("CheckSum", text("checksum")),
        ];
        assert_eq!(with(&house, &headers).await["code"], json!(200), "{vector}");
        opened += 1;
    }
    assert_eq!(opened, 2);
}

#[tokio::test]
async fn whatever_is_wrong_with_a_signature_is_said_in_the_vendors_words() {
    let house = house().await;
    let backend = house.backend("netease").await;
    let (key, sum) = (backend.app.key.as_str(), checksum(&backend.secret, "1", NOW));
    let good = [("AppKey", key), ("Nonce", "1"), ("CurTime", NOW), ("CheckSum", sum.as_str())];
    assert_eq!(with(&house, &good).await["code"], json!(200));
    let before = house.dump().await;
    for missing in 0..4 {
        let rest: Vec<_> = good.iter().enumerate().filter(|(n, _)| *n != missing).map(|(_, header)| *header).collect();
        assert_eq!(with(&house, &rest).await, refused(414, "bad http header"), "{}", good[missing].0);
        let mut empty = good;
        empty[missing].1 = " ";
        assert_eq!(with(&house, &empty).await, refused(414, "bad http header"), "{}", good[missing].0);
    }
    let other = checksum("another secret", "1", NOW);
    let upper = sum.to_uppercase();
    for (place, value, desc) in [
        (0, "00000000000000000000000000000000", "appkey"),
        (0, "' OR 1=1 --", "appkey"),
        (1, "2", "checksum"),
        (2, "1795000001", "checksum"),
        (2, "now", "bad http header"),
        (2, "-1795000000", "bad http header"),
        (2, "+1795000000", "bad http header"),
        (2, "99999999999999999999999999", "bad http header"),
        (3, &sum[..39], "checksum"),
        (3, &upper, "checksum"),
        (3, &other, "checksum"),
        (3, "直播", "checksum"),
    ] {
        let mut headers = good;
        headers[place].1 = value;
        assert_eq!(with(&house, &headers).await, refused(414, desc), "{headers:?}");
    }
    let long = "n".repeat(1025);
    assert_eq!(signed(&backend, &long, NOW).await, refused(414, "bad http header"));
    let request = Request::post(UPDATE).header("Nonce", HeaderValue::from_bytes(&[0xFF, 0xFE]).unwrap());
    let request = request.header("AppKey", key).header("CurTime", NOW).header("CheckSum", &sum);
    assert_eq!(documented(&house.send(request, "").await), refused(414, "bad http header"));
    assert!(before.differs(&house.dump().await).is_empty());
}

#[tokio::test]
async fn a_signature_counts_for_five_minutes_both_ways() {
    let house = house().await;
    let backend = house.backend("netease").await;
    for (apart, counts) in [(0, true), (-300, true), (300, true), (-301, false), (301, false), (-86_400, false)] {
        let time = (1_795_000_000_i64 + apart).to_string();
        let answer = signed(&backend, "1", &time).await;
        if counts {
            assert_eq!(answer["code"], json!(200), "{apart}");
        } else {
            assert_eq!(answer, refused(414, "CurTime is expired"), "{apart}");
        }
    }
    // A clock in milliseconds is a moment in the far future.
    assert_eq!(signed(&backend, "1", "1795000000000").await, refused(414, "CurTime is expired"));
    assert_eq!(signed(&backend, "1", "9223372036854775807").await, refused(414, "CurTime is expired"));
}

#[tokio::test]
async fn what_real_clients_send_is_let_in() {
    let house = house().await;
    let backend = house.backend("netease").await;
    let (key, sum) = (backend.app.key.as_str(), checksum(&backend.secret, "1", NOW));
    for names in [["Appkey", "Nonce", "Curtime", "Checksum"], ["APPKEY", "NONCE", "CURTIME", "CHECKSUM"]] {
        let headers = [(names[0], key), (names[1], "1"), (names[2], NOW), (names[3], sum.as_str())];
        assert_eq!(with(&house, &headers).await["code"], json!(200), "{names:?}");
    }
    for nonce in ["n", &"n".repeat(128), &"n".repeat(129), &"n".repeat(1024), "n-中", &"中".repeat(1024)] {
        assert_eq!(signed(&backend, nonce, NOW).await["code"], json!(200), "{} characters", nonce.chars().count());
    }
    // No page says that a call may not be sent twice, and the contract's own nonce is 1.
    for _ in 0..3 {
        assert_eq!(signed(&backend, "1", NOW).await["code"], json!(200));
    }
}

#[tokio::test]
async fn an_app_that_is_kept_out_is_told_so() {
    let house = house().await;
    let backend = house.backend("netease").await;
    apps::set_disabled(&house.ctx(), backend.app.id, true).await.unwrap();
    assert_eq!(signed(&backend, "1", NOW).await, refused(403, "app is forbidden"));
    apps::set_disabled(&house.ctx(), backend.app.id, false).await.unwrap();
    assert_eq!(signed(&backend, "1", NOW).await["code"], json!(200));
}

#[tokio::test]
async fn another_vendors_app_is_nobody_here() {
    let house = house().await;
    let backend = house.backend("imkit").await;
    assert_eq!(signed(&backend, "1", NOW).await, refused(414, "appkey"));
}

#[tokio::test]
async fn after_a_rotation_both_secrets_count_and_then_only_the_new_one() {
    static CLOCK: AtomicI64 = AtomicI64::new(1_795_000_000_000);
    let house = House::open().await.by(|| Timestamp(CLOCK.load(Ordering::SeqCst)));
    let old = house.backend("netease").await;
    let made = apps::rotate(&house.ctx(), old.app.id, 2).await.unwrap();
    let new = Backend { house: &house, app: made.app, secret: made.secret };
    assert_ne!(old.secret, new.secret);
    assert_eq!(new.secret.len(), 32);
    for (seconds, old_counts) in [(0, true), (7_199, true), (7_201, false)] {
        let time = 1_795_000_000 + seconds;
        CLOCK.store(time * 1000, Ordering::SeqCst);
        let time = time.to_string();
        assert_eq!(signed(&new, "1", &time).await["code"], json!(200), "{seconds}");
        let answer = signed(&old, "1", &time).await;
        assert_eq!(answer["code"] == json!(200), old_counts, "{seconds}: {answer}");
        if !old_counts {
            assert_eq!(answer, refused(414, "checksum"));
        }
    }
}
