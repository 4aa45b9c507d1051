//! What every answer carries: pages, files, refusals, redirects, what is not there, back-ends' calls.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Request, header},
};
use leptos::server_fn::axum::server_fn_paths;
use wardroom::{cli::PublicUrl, vendors::abouts};

use crate::{
    access::pages::{OTHERS, PAGES},
    harness::{Answer, House, PASSWORD, Person, actor::post},
};

/// An answer of every route, as nobody and as an admin, of every function, every vendor, and of what is refused.
async fn all(house: &House) -> Vec<(String, Answer)> {
    let mut all = Vec::new();
    let paths = PAGES.iter().map(|(_, path, _)| *path).chain(OTHERS.iter().map(|(_, path, ..)| *path));
    for path in paths.chain(["/nothing", "/rooms/nothing", "/jobs/99", "/rooms/stage%00", "/api", "/pkg/", "//rooms"]) {
        for person in [Person::Nobody, Person::Admin, Person::Fresh] {
            all.push((format!("{path} as {person:?}"), house.actor(person).get(path).await));
        }
    }
    for (path, method) in server_fn_paths() {
        for person in [Person::Nobody, Person::Viewer] {
            let actor = house.actor(person);
            if method == "POST" {
                all.push((format!("{path} as {person:?}"), actor.call(path, &[]).await));
                all.push((format!("{path}, a form, as {person:?}"), actor.form(path, &[]).await));
            } else {
                all.push((format!("{path} as {person:?}"), actor.get(path).await));
            }
        }
    }
    for about in abouts() {
        for path in ["", "/", "/openapi.json", "/rooms/stage", "/%00", "/nothing"] {
            let request = Request::get(format!("/{}{path}", about.key));
            all.push((format!("{} {path}", about.key), house.send(request, "").await));
        }
    }
    let foreign = post("/api/save_room").header("sec-fetch-site", "cross-site");
    all.push(("from another site".to_owned(), house.admin().send(foreign, Body::empty()).await));
    let elsewhere = Request::get("/rooms").header(header::HOST, "evil.example");
    all.push(("at another host".to_owned(), house.admin().send(elsewhere, Body::empty()).await));
    let long = post("/api/save_room");
    all.push(("too long".to_owned(), house.admin().send(long, Body::from("x".repeat(2_000_000))).await));
    all
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let house = House::open().await;
    let (mut pages, mut others) = (0, 0);
    for (what, answer) in all(&house).await {
        let policy = answer.header("content-security-policy");
        let is_page = answer.header("content-type").starts_with("text/html");
        for part in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(part), "{what}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{what}");
        if is_page {
            pages += 1;
            let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
            assert!(nonce.len() == 32, "{what}: {policy}");
            for part in ["'strict-dynamic'", "style-src 'self'", "form-action 'self'", "object-src 'none'"] {
                assert!(policy.contains(part), "{what}: {policy}");
            }
        } else {
            others += 1;
            assert!(!policy.contains("script-src") && !policy.contains("'self'"), "{what}: {policy}");
        }
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{what}: {name}");
        }
        assert!(answer.header("permissions-policy").contains("camera=()"), "{what}");
        let may_be_kept = ["/favicon.svg", "/robots.txt"].iter().any(|path| what.starts_with(path));
        assert!(may_be_kept || answer.header("cache-control") == "no-store", "{what}");
        assert!(answer.body.is_empty() || !answer.header("content-type").is_empty(), "{what}: {}", answer.body);
        for name in ["strict-transport-security", "server", "x-powered-by", "access-control-allow-origin"] {
            assert!(!answer.headers.contains_key(name), "{what}: {name}");
        }
        if !is_page && answer.header("content-type").starts_with("text/") {
            assert!(answer.header("content-type").contains("charset=utf-8"), "{what}");
        }
    }
    assert!(pages > 20 && others > 200, "{pages} pages, {others} others");
}

#[tokio::test]
async fn a_page_runs_the_one_script_that_carries_its_nonce() {
    let house = House::open().await;
    let admin = house.admin();
    let mut seen = BTreeSet::new();
    for path in ["/rooms", "/rooms", "/rooms/stage", "/account", "/nothing"] {
        let page = admin.get(path).await;
        let scripts: Vec<_> = page.tags().into_iter().filter(|tag| tag.name == "script").collect();
        assert_eq!(scripts.len(), 1, "{path}");
        let nonce = scripts[0].get("nonce").to_owned();
        assert!(page.header("content-security-policy").contains(&format!("'nonce-{nonce}'")), "{path}");
        assert!(seen.insert(nonce), "another one for each answer");
    }
}

#[tokio::test]
async fn a_console_reached_by_https_says_so_for_two_years() {
    let house = House::with(|config| config.public_url = PublicUrl::parse("https://rooms.example").unwrap()).await;
    for (what, answer) in all(&house).await {
        assert_eq!(answer.header("strict-transport-security"), "max-age=63072000; includeSubDomains", "{what}");
        let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
        for cookie in cookies.filter(|cookie| !cookie.contains("Max-Age=0")) {
            assert!(cookie.starts_with("__Host-wardroom=") && cookie.contains("; Secure"), "{what}: {cookie}");
            assert!(cookie.contains("; HttpOnly") && cookie.contains("SameSite=Lax"), "{what}: {cookie}");
        }
    }
}

#[tokio::test]
async fn another_host_is_told_where_the_console_is_and_nothing_else() {
    let house = House::open().await;
    let admin = house.admin();
    for (host, status) in [
        ("127.0.0.1:3000", 200),
        ("127.0.0.1:3001", 421),
        ("127.0.0.1", 421),
        ("localhost:3000", 421),
        ("evil.example", 421),
        ("127.0.0.1:3000.evil.example", 421),
        ("evil.example#127.0.0.1:3000", 421),
        ("", 421),
    ] {
        let answer = admin.send(Request::get("/account").header(header::HOST, host), Body::empty()).await;
        assert_eq!(answer.status, status, "{host}");
        if status == 421 {
            assert!(answer.body.contains("http://127.0.0.1:3000") && answer.body.contains("WARDROOM_PUBLIC_URL"));
            assert!(!answer.body.contains("evil") && !answer.headers.contains_key("set-cookie"), "{host}");
        }
    }
    let two = Request::get("/rooms").header(header::HOST, "127.0.0.1:3000").header(header::HOST, "evil.example");
    assert_eq!(admin.send(two, Body::empty()).await.status, 421);
    let forwarded = Request::get("/rooms").header("x-forwarded-host", "evil.example").header("forwarded", "host=evil");
    assert!(!admin.send(forwarded, Body::empty()).await.body.contains("evil"));
    // Back-ends call by whatever name they know.
    for about in abouts() {
        let request = Request::get(format!("/{}/openapi.json", about.key)).header(header::HOST, "wardroom.internal");
        assert_eq!(house.send(request, "").await.status, 200, "{}", about.key);
    }
    let https = House::with(|config| config.public_url = PublicUrl::parse("https://rooms.example").unwrap()).await;
    for host in ["rooms.example", "ROOMS.example", "rooms.example:443"] {
        let answer = https.nobody().send(Request::get("/sign-in").header(header::HOST, host), Body::empty()).await;
        assert_eq!(answer.status, 200, "{host}");
    }
}

#[tokio::test]
async fn signing_out_clears_what_the_browser_kept() {
    let house = House::open().await;
    let browser = house.nobody();
    browser.call("/api/sign_in", &[("name", "vera"), ("password", PASSWORD)]).await;
    let bye = browser.form("/api/sign_out", &[]).await;
    assert_eq!((bye.status, bye.header("clear-site-data")), (303, "\"cache\", \"storage\""));
    assert!(!house.viewer().get("/rooms").await.headers.contains_key("clear-site-data"));
}
