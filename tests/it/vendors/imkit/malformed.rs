//! What no client should send, one by one and ten thousand at random.

use axum::http::Request;
use serde_json::{Value as Json, json};

use super::refusal;
use crate::harness::{Backend, House, Random};

#[tokio::test]
async fn every_bad_body_is_refused_in_the_documented_shape_and_changes_nothing() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    let before = house.dump().await;
    let send = async |kind: Option<&str>, body: Vec<u8>| {
        let mut request = Request::put("/imkit/rooms/stage").header("IM-API-KEY", &backend.secret);
        if let Some(kind) = kind {
            request = request.header("Content-Type", kind);
        }
        house.send(request, body).await
    };
    let json = Some("application/json");
    for (kind, body) in [
        (json, &b"{"[..]),
        (json, b"[]"),
        (json, b"\"text\""),
        (json, b"{\"name\": \"a\", \"name\": \"b\"}"),
        (json, b"{\"name\": \"\xff\"}"),
        (json, b"{\"name\": 5}"),
        (json, b"{\"status\": \"1\"}"),
        (json, b"{\"status\": 2}"),
        (json, b"{\"opening\": 18446744073709551616}"),
        (json, b"{\"botMode\": 1}"),
        (json, b"{\"roomTags\": \"a\"}"),
        (json, b"{\"managers\": [\"a,b\"]}"),
        (json, b"{\"cover\": \"javascript:alert(1)\"}"),
        (json, b"{\"extParams\": \"=1\"}"),
        (json, b"{\"name\": \"a\\u0000b\"}"),
        (json, b"{\"name\": \"a\\u202eb\"}"),
        (Some("text/xml"), b"{\"name\": \"x\"}"),
        (Some("application/x-www-form-urlencoded"), b"name=x"),
    ] {
        let answer = send(kind, body.to_vec()).await;
        let said = String::from_utf8_lossy(body);
        assert_eq!(refusal(&answer), (400, "INVALID_REQUEST".to_owned()), "{kind:?} {said}");
    }
    for (field, most) in [("name", 128), ("description", 4096), ("webhook", 1024)] {
        let long = json!({field: "直".repeat(most + 1)}).to_string();
        assert_eq!(refusal(&send(json, long.into_bytes()).await).0, 400, "{field}");
    }
    let tags = json!({"roomTags": (0..21).map(|n| n.to_string()).collect::<Vec<_>>()}).to_string();
    assert_eq!(refusal(&send(json, tags.into_bytes()).await).0, 400);
    for size in [1_000_000, 2_000_000] {
        let body = format!("{{\"description\": \"{}\"}}", "x".repeat(size));
        assert_eq!(refusal(&send(json, body.into_bytes()).await), (400, "INVALID_REQUEST".to_owned()), "{size}");
    }
    let many = json!({"name": "fine", "status": 7, "cover": "no"}).to_string();
    let answer = send(json, many.into_bytes()).await;
    let why = answer.value()["error"]["message"].as_str().unwrap().to_owned();
    assert!(why.contains("cover must begin") && why.contains("status must be one of 0, 1"), "{why}");
    assert_eq!(before, house.dump().await, "nothing is half done");

    for (field, most) in [("name", 128), ("description", 4096)] {
        let fits = json!({field: "直".repeat(most)}).to_string();
        assert_eq!(send(None, fits.into_bytes()).await.status, 200, "{field}, and without a content type");
    }
}

#[tokio::test]
async fn addresses_and_methods_that_are_none_are_said_to_be_none() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    for (method, path, status) in [
        ("GET", "/", 404),
        ("GET", "/nothing", 404),
        ("PATCH", "/rooms/stage", 405),
        ("POST", "/rooms/stage", 405),
        ("PUT", "/rooms", 405),
        ("GET", "/rooms/stage/members", 405),
        ("GET", "/rooms/%ff", 400),
        ("GET", "/rooms/%00", 404),
        ("GET", "/rooms?sort=%ff", 400),
    ] {
        assert_eq!(refusal(&backend.imkit(method, path, Json::Null).await).0, status, "{method} {path}");
    }
    for id in crate::harness::template::HARD_IDS {
        let path = format!("/rooms/{}", percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC));
        assert_eq!(backend.imkit("GET", &path, Json::Null).await.value()["result"]["_id"], json!(id));
    }
}

#[tokio::test]
async fn ten_thousand_malformed_requests_get_documented_shapes_only() {
    let house = House::open().await;
    let backend = house.backend_with("imkit", |wanted| wanted.may.rate = "100000".to_owned()).await;
    let mut random = Random(0x1_317);
    for n in 0..10_000 {
        let request = malformed(&mut random, &backend);
        let (head, body) = (format!("{:?} {:?}", request.0, String::from_utf8_lossy(&request.1)), request.1.clone());
        let answer = house.send(request.0, body).await;
        assert!(answer.status < 500, "{n}: {head}: {}", answer.body);
        if answer.status == 200 {
            let body = answer.value();
            assert!(body["RC"] == json!(0) && body["RM"].is_string() && !body["result"].is_null(), "{n}: {head}");
        } else {
            refusal(&answer);
        }
        assert!(!answer.body.contains(&backend.secret), "{n}: {head}");
    }
}

fn malformed(random: &mut Random, backend: &Backend<'_>) -> (axum::http::request::Builder, Vec<u8>) {
    let methods = ["GET", "PUT", "POST", "DELETE", "PATCH"];
    let paths = [
        "/rooms",
        "/rooms/",
        "/rooms/stage",
        "/rooms/%2e%2e",
        "/rooms/nowhere",
        "/rooms/stage/members",
        "/rooms/stage/delete/members",
        "/rooms/stage/member/u5",
        "/admin/clients",
        "/admin/clients/u1/token",
        "//",
        "/%",
    ];
    let queries = ["", "?limit=-5", "?skip=1e9", "?sort=--name", "?%", "?updatedAfter=0", "?=&&=", "?limit=1"];
    let uri = format!("/imkit{}{}", random.pick(&paths), random.pick(&queries));
    let mut request = Request::builder().method(*random.pick(&methods)).uri(uri);
    let secret = backend.secret.as_str();
    let keys = [("IM-API-KEY", secret), ("API_KEY", "x"), ("IM-CLIENT-KEY", backend.app.key.as_str())];
    let (name, value) = if random.once_in(4) { *random.pick(&keys) } else { keys[0] };
    request = request.header(name, value);
    let kinds =
        ["application/json", "APPLICATION/JSON; charset=utf-8", "text/plain", "", "application/x-www-form-urlencoded"];
    request = request.header("Content-Type", if random.once_in(3) { *random.pick(&kinds) } else { kinds[0] });
    let mut body = object(random, 0).to_string().into_bytes();
    match random.below(6) {
        0 => body.truncate(random.below(body.len() + 1)),
        1 if !body.is_empty() => {
            let at = random.below(body.len());
            body[at] = (random.next() % 256) as u8;
        }
        _ => {}
    }
    (request, body)
}

fn object(random: &mut Random, depth: usize) -> Json {
    let names = [
        "name",
        "cover",
        "description",
        "roomTags",
        "webhook",
        "botMode",
        "extParams",
        "opening",
        "owner",
        "managers",
        "status",
        "_id",
        "members",
        "invitees",
        "property",
        "value",
        "token",
        "expirationDate",
        "isSuperuser",
        "x",
    ];
    let many = random.below(5);
    (0..many)
        .map(|_| ((*random.pick(&names)).to_owned(), value(random, depth)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn value(random: &mut Random, depth: usize) -> Json {
    let texts = ["", " ", "直播", "a\0b", "a\u{202e}b", "admin", "role", "https://x.example/", "u1", "stage", "a=1&b"];
    match random.below(10) {
        0 => Json::Null,
        1 => json!(random.once_in(2)),
        2 => json!(random.next()),
        3 => json!(-(random.below(9) as i64)),
        4 => json!(0.5),
        5 => json!("長".repeat(random.below(5000))),
        6 if depth < 2 => json!([value(random, depth + 1), value(random, depth + 1)]),
        7 if depth < 2 => object(random, depth + 1),
        _ => json!(*random.pick(&texts)),
    }
}
