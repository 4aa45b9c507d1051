//! Where the APIs live, and what every call meets before a vendor sees it: hosts, paths, rates, counts.

use std::time::{Duration, Instant};

use axum::http::Request;
use serde_json::{Value as Json, json};
use wardroom::{services::Rate, vendors};

use crate::harness::{House, STAGE};

#[tokio::test]
async fn every_vendor_describes_itself_under_its_key_and_at_its_host() {
    let hosts: Vec<_> = vendors::abouts().iter().map(|about| (about.key, format!("{}.example", about.key))).collect();
    let house = House::with(|config| config.vendor_hosts = hosts).await;
    for vendor in vendors::ALL {
        let key = vendor.about().key;
        let host = format!("{}.EXAMPLE:8443", key.to_uppercase());
        let below = house.send(Request::get(format!("/{key}/openapi.json")), "").await;
        let root = house.send(Request::get("/openapi.json").header("Host", host), "").await;
        for answer in [&below, &root] {
            assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
            assert_eq!(answer.value()["openapi"], json!("3.1.0"));
            assert_eq!(answer.value(), vendor.openapi());
        }
        let nothing = house.send(Request::get(format!("/{key}/rooms/..//nothing")), "").await;
        assert!(nothing.header("content-type").starts_with("application/json"), "{key}: {}", nothing.body);
        assert!(nothing.header("set-cookie").is_empty(), "{key}: no session is begun");
    }
    let console = house.send(Request::get("/openapi.json").header("Host", "127.0.0.1:3000"), "").await;
    assert_eq!(console.status, 303, "the console's own host has the console");
    for page in ["/rooms", "/imkits", "/zegocloud", "/netease.html"] {
        assert_eq!(
            house.send(Request::get(page).header("Host", "127.0.0.1:3000"), "").await.status,
            303,
            "{page} is the console's"
        );
    }
}

#[tokio::test]
async fn no_description_refers_to_what_it_does_not_hold() {
    for vendor in vendors::ALL {
        let document = vendor.openapi();
        let mut references = Vec::new();
        collect(&document, &mut references);
        assert!(!references.is_empty());
        for reference in references {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{}: {reference}", vendor.about().key);
        }
    }
}

fn collect(json: &Json, found: &mut Vec<String>) {
    match json {
        Json::Object(object) => {
            found.extend(object.get("$ref").and_then(Json::as_str).map(str::to_owned));
            object.values().for_each(|value| collect(value, found));
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, found)),
        _ => {}
    }
}

/// Calls until one is let through or refused as wanted; fails after ten seconds.
async fn until(wanted: u16, call: impl AsyncFn() -> u16) {
    let began = Instant::now();
    while call().await != wanted {
        assert!(began.elapsed() < Duration::from_secs(10));
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_burst_of_ten_times_the_rate_is_cut_down_and_the_rate_recovers() {
    let rates = ["GET /rooms/{id}", "GET /rooms"].map(|action| Rate {
        vendor: "imkit".to_owned(),
        action: Some(action.to_owned()),
        a_second: 20,
    });
    let house = House::with(|config| config.settings.rates = rates.to_vec()).await;
    let backend = house.backend("imkit").await;
    let path = format!("/rooms/{STAGE}");
    let began = Instant::now();
    let mut passed = 0;
    for _ in 0..200 {
        let answer = backend.imkit("GET", &path, Json::Null).await;
        if answer.status == 200 {
            passed += 1;
        } else {
            let body = answer.value();
            assert_eq!((answer.status, &body["error"]["code"]), (429, &json!("RATE_LIMIT_EXCEEDED")));
            assert_eq!(body["retryAfter"], json!(60));
        }
    }
    let most = 20.0 + began.elapsed().as_secs_f64() * 20.0 + 1.0;
    assert!(passed >= 20 && f64::from(passed) <= most, "{passed} of 200 passed, at most {most}");
    until(429, async || backend.imkit("GET", &path, Json::Null).await.status).await;
    let other = backend.imkit("GET", "/rooms", Json::Null).await;
    assert_eq!(other.status, 200, "another action has a rate of its own");
    until(200, async || backend.imkit("GET", &path, Json::Null).await.status).await;
    let second = house.backend_with("imkit", |wanted| wanted.name = "second".to_owned()).await;
    assert_eq!(second.imkit("GET", &path, Json::Null).await.status, 200, "and so has another app");
}

#[tokio::test]
async fn calls_are_counted_by_their_end_and_written_down_together() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    for _ in 0..3 {
        backend.imkit("GET", "/rooms/stage", Json::Null).await;
    }
    backend.imkit("GET", "/rooms/nowhere", Json::Null).await;
    house.send(Request::get("/imkit/rooms/stage"), "").await;
    assert!(house.store.calls().await.unwrap().is_empty(), "a read is no write");
    house.write_usage().await;
    backend.imkit("GET", "/rooms/nowhere", Json::Null).await;
    house.write_usage().await;
    let mut calls = house.store.calls().await.unwrap();
    calls.sort_by(|a, b| (a.0, &a.1.code).cmp(&(b.0, &b.1.code)));
    let told: Vec<_> =
        calls.iter().map(|(app, t)| (*app, t.action.as_str(), t.code.as_str(), t.refused, t.many)).collect();
    let id = backend.app.id;
    assert_eq!(
        told,
        [(0, "", "401", true, 1), (id, "GET /rooms/{id}", "0", false, 3), (id, "GET /rooms/{id}", "404", true, 2)]
    );
    assert_eq!(calls[2].1.last_message, "The specified room does not exist");
}
