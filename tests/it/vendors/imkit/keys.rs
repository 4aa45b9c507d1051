//! Keys and tokens: missing, wrong, another app's, expired, revoked, rotated; and every spelling of their headers.

use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value as Json, json};
use wardroom::{domain::Timestamp, services::apps};

use super::{done, refusal};
use crate::harness::House;

#[tokio::test]
async fn every_spelling_of_the_headers_is_understood() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    let token = backend.imkit_token("u1", false).await;
    let (secret, key) = (backend.secret.as_str(), backend.app.key.as_str());
    for headers in [
        vec![("IM-API-KEY", secret)],
        vec![("API_KEY", secret)],
        vec![("im_api_key", secret), ("IM-Client-Key", key)],
        vec![("CLIENT_KEY", key), ("IM-Authorization", &token)],
        vec![("IM-Client-Key", key), ("im-authorization", &token), ("x-timezone", "8"), ("accept-language", "ja")],
        vec![("IM_CLIENT_KEY", key), ("IM_Authorization", &token)],
    ] {
        done(&backend.imkit_with("GET", "/rooms/stage", &headers, Json::Null).await);
    }
}

#[tokio::test]
async fn a_missing_or_wrong_key_is_unauthorized_and_says_no_secret() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    let other = house.backend_with("imkit", |wanted| wanted.name = "other".to_owned()).await;
    let token = backend.imkit_token("u1", false).await;
    let (secret, key) = (backend.secret.as_str(), backend.app.key.as_str());
    let cut = &secret[..secret.len() - 1];
    for (headers, code) in [
        (vec![], "MISSING_CLIENT_KEY"),
        (vec![("IM-Authorization", token.as_str())], "MISSING_CLIENT_KEY"),
        (vec![("IM-CLIENT-KEY", "nobody's"), ("IM-Authorization", &token)], "INVALID_CLIENT_KEY"),
        (vec![("IM-CLIENT-KEY", key)], "INVALID_TOKEN"),
        (vec![("IM-CLIENT-KEY", key), ("IM-Authorization", "wr1.x.y")], "INVALID_TOKEN"),
        (vec![("IM-CLIENT-KEY", other.app.key.as_str()), ("IM-Authorization", &token)], "INVALID_TOKEN"),
        (vec![("IM-API-KEY", cut)], "INVALID_API_KEY"),
        (vec![("IM-API-KEY", key)], "INVALID_API_KEY"),
        (vec![("IM-API-KEY", secret), ("IM-CLIENT-KEY", other.app.key.as_str())], "CLIENT_KEY_MISMATCH"),
    ] {
        let answer = backend.imkit_with("PUT", "/rooms/stage", &headers, json!({"name": "x"})).await;
        assert_eq!(refusal(&answer), (401, code.to_owned()), "{headers:?}");
        assert!(!answer.body.contains(cut) && !answer.body.contains(&token), "{}", answer.body);
    }
    assert_ne!(house.room("stage").await.title(), "x");

    apps::set_disabled(&house.ctx(), backend.app.id, true).await.unwrap();
    for headers in [vec![("IM-API-KEY", secret)], vec![("IM-CLIENT-KEY", key), ("IM-Authorization", &token)]] {
        let answer = backend.imkit_with("GET", "/rooms/stage", &headers, Json::Null).await;
        assert_eq!(refusal(&answer), (403, "APP_DISABLED".to_owned()));
    }
}

static NOW: AtomicI64 = AtomicI64::new(1_795_000_000_000);

fn clock() -> Timestamp {
    Timestamp(NOW.load(Ordering::SeqCst))
}

#[tokio::test]
async fn tokens_end_and_are_taken_away_and_secrets_are_rotated() {
    let house = House::open().await.by(clock);
    let backend = house.backend("imkit").await;
    let hour = Timestamp(NOW.load(Ordering::SeqCst) + 3_600_000).rfc3339();
    let chosen = json!({"token": "a-token-of-our-own", "expirationDate": hour});
    let issued = done(&backend.imkit("PUT", "/admin/clients/u1/token", chosen).await);
    assert_eq!((&issued["token"], &issued["expirationDate"]), (&json!("a-token-of-our-own"), &json!(hour)));
    let look = || backend.imkit_as("a-token-of-our-own", "GET", "/rooms/stage", Json::Null);
    done(&look().await);
    assert!(!house.dump_text().await.contains("a-token-of-our-own"), "only its hash is kept");
    let revoked = done(&backend.imkit("DELETE", "/admin/clients/u1/token", json!({})).await);
    assert_eq!(revoked, json!({"n": 1, "ok": 1}));
    assert_eq!(refusal(&look().await), (401, "INVALID_TOKEN".to_owned()));

    for (body, status) in [
        (json!({"token": "short"}), 400),
        (json!({"token": "with a blank inside"}), 400),
        (json!({"expirationDate": "soon"}), 400),
        (json!({"expirationDate": 1000}), 400),
        (json!({"token": 5}), 400),
    ] {
        assert_eq!(refusal(&backend.imkit("PUT", "/admin/clients/u1/token", body).await).0, status);
    }

    let rotated = apps::rotate(&house.ctx(), backend.app.id, 1).await.unwrap();
    let with = async |secret: &str| {
        backend.imkit_with("GET", "/rooms/stage", &[("IM-API-KEY", secret)], Json::Null).await.status
    };
    let (old, new) = (backend.secret.as_str(), rotated.secret.as_str());
    assert_eq!((with(old).await, with(new).await), (200, 200), "both count for a while");
    NOW.fetch_add(3_600_001, Ordering::SeqCst);
    assert_eq!((with(old).await, with(new).await), (401, 200));
}
