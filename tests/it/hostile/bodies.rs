//! Whole bodies and requests: too long, not a form at all, repeated, from another site, of chance.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use super::{FORMS, is_sound};
use crate::harness::{
    House, STAGE,
    actor::{encoded, post},
};

#[tokio::test]
async fn a_body_that_is_no_form_is_refused_and_nothing_is_written() {
    let house = House::open().await;
    for (path, inputs) in FORMS.iter().filter(|(_, inputs)| !inputs.is_empty()) {
        let whole = encoded(inputs);
        let first = inputs[0].0;
        for body in [
            b"\xff\xfe\x00\x80".to_vec(),
            b"%".to_vec(),
            b"%zz=%g1&%=%".to_vec(),
            b"{\"id\":\"stage\"}".to_vec(),
            b"&&&===&&=".to_vec(),
            format!("{whole}&{whole}").into_bytes(),
            format!("{first}=a&{first}=b&{whole}").into_bytes(),
            format!("{first}[x]=1&{first}[y]=2").into_bytes(),
            format!("{first}[0][0][0][0][0][0][0][0][0][0][0]=1").into_bytes(),
            [whole.as_bytes(), b"&id=\xff"].concat(),
            b"a[b[c[d=1&]]]=2&[]=3&[=4".to_vec(),
        ] {
            let (admin, before) = (house.admin(), house.dump().await);
            let request = post(path).header(header::ACCEPT, "application/json");
            let answer = admin.send(request, Body::from(body.clone())).await;
            let what = format!("{path}: {}", String::from_utf8_lossy(&body));
            is_sound(&answer, &what);
            if *path != "/api/sign_in" {
                assert!(matches!(answer.status, 400..500), "{what}: {} {}", answer.status, answer.body);
                assert_eq!(before, house.dump().await, "{what}");
            }
        }
    }
}

#[tokio::test]
async fn more_than_one_form_can_hold_is_not_read() {
    let house = House::open().await;
    let (admin, before) = (house.admin(), house.dump().await);
    for (path, _) in FORMS {
        let body = format!("id=stage&version=1&changes[name]={}", "x".repeat(1024 * 1024));
        let answer = admin.send(post(path).header(header::ACCEPT, "application/json"), Body::from(body)).await;
        assert_eq!(answer.status, 413, "{path}");
        assert!(answer.error().to_string().contains("1 MiB"), "{}", answer.body);
    }
    let under = format!("id=stage&version=1&changes[name]={}", "x".repeat(1024 * 1024 - 100));
    let answer = admin.send(post("/api/save_room").header(header::ACCEPT, "application/json"), Body::from(under)).await;
    assert_eq!(answer.status, 422, "read, and found too long");
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn what_is_too_long_to_come_back_still_leads_back_with_its_reason() {
    let house = House::open().await;
    let (admin, long) = (house.admin(), "x".repeat(900_000));
    let pairs = [("id", STAGE), ("version", "1"), ("back", "/rooms/stage"), ("changes[description]", long.as_str())];
    let page = admin.submit("/api/save_room", &pairs).await;
    assert!(page.says("Description is too long: 900000 of 4096 characters."), "{}", &page.text()[..2_000]);
    assert!(page.body.len() < 200_000);
    let sessions = house.ask("SELECT CAST(max(length(data)) AS TEXT) FROM sessions").await;
    assert!(sessions.parse::<usize>().unwrap() < 300_000, "a session keeps so much and no more: {sessions}");
}

#[tokio::test]
async fn a_form_from_another_site_does_nothing() {
    let house = House::open().await;
    let before = house.dump().await;
    for (path, inputs) in FORMS {
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
        ] {
            let admin = house.admin();
            let request = post(path).header(header::ACCEPT, "text/html").header(name, value);
            let answer = admin.send(request, Body::from(encoded(inputs))).await;
            assert_eq!(answer.status, 403, "{path} {name}: {value}");
            assert!(answer.body.contains("another site") && answer.body.contains("nothing was changed"));
        }
    }
    assert_eq!(before, house.dump().await);
    for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:3000")] {
        let request = post("/api/sign_out").header(header::ACCEPT, "text/html").header(name, value);
        assert_eq!(house.admin().send(request, Body::empty()).await.status, 303, "our own forms pass: {name}");
    }
}

#[tokio::test]
async fn another_method_or_kind_of_body_does_nothing() {
    let house = House::open().await;
    let (admin, before) = (house.admin(), house.dump().await);
    for (path, inputs) in FORMS {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::HEAD, Method::OPTIONS] {
            let address = format!("{path}?{}", encoded(inputs));
            let request = Request::builder().method(method.clone()).uri(address).header(header::ACCEPT, "text/html");
            let answer = admin.send(request, Body::from(encoded(inputs))).await;
            assert!(matches!(answer.status, 400..500), "{method} {path}: {} {}", answer.status, answer.body);
        }
        if inputs.is_empty() || path == "/api/sign_in" {
            continue;
        }
        for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x", "x"] {
            let request =
                Request::post(path).header(header::CONTENT_TYPE, kind).header(header::ACCEPT, "application/json");
            let answer = admin.send(request, Body::from("{\"id\":\"stage\"}")).await;
            assert!(matches!(answer.status, 400..500), "{kind} {path}: {} {}", answer.status, answer.body);
        }
    }
    for path in ["/api/nothing", "/api/save_room/", "/api/", "/api/save%5Froom", "/api/../api/save_room"] {
        assert_eq!(admin.call(path, &[("id", STAGE)]).await.status, 404, "{path}");
    }
    let page = admin.submit("/api/nothing", &[("back", "/rooms/stage"), ("x", "1")]).await;
    assert!(page.says("There is nothing to POST at /api/nothing."), "{}", page.text());
    assert!(before == house.dump().await);
}

#[test]
fn no_body_of_chance_breaks_a_function() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let house = runtime.block_on(House::open());
    // Pieces that mean something, so that chance gets past the first check.
    let piece = prop_oneof![
        Just("id=stage".to_owned()),
        Just("version=1".to_owned()),
        Just("back=/rooms".to_owned()),
        "(changes|rows)\\[[a-z0-9_]{0,8}\\](\\[(key|value|delete)\\])?=[ -~]{0,12}",
        "(id|to|client|entry|name|role|op)=(%[0-9a-fA-F]{2}|[^&]){0,8}",
        ".{0,20}",
    ];
    let bodies = (0..FORMS.len(), prop::collection::vec(piece, 0..8), prop::collection::vec(any::<u8>(), 0..12));
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&bodies, |(which, pieces, noise)| {
        let (path, _) = FORMS[which];
        if path == "/api/sign_in" {
            return Ok(());
        }
        let body = [pieces.join("&").into_bytes(), noise].concat();
        let what = format!("{path}: {}", String::from_utf8_lossy(&body));
        let request = post(path).header(header::ACCEPT, "application/json");
        let answer = runtime.block_on(house.admin().send(request, Body::from(body)));
        is_sound(&answer, &what);
        Ok(())
    });
    outcome.unwrap();
}
