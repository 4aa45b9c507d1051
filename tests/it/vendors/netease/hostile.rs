//! Ten thousand requests that make no sense, or nearly do: each is answered in one of the documented shapes.

use axum::http::{HeaderName, HeaderValue, Method, Request};
use serde_json::json;

use super::{FORM, NOW, checksum, documented, house, stage};
use crate::harness::{Backend, Random};

const ACTIONS: [&str; 7] =
    ["create.action", "update.action", "get.action", "getBatch.action", "toggleCloseStat.action", "", "%2e%2e"];
const PREFIXES: [&str; 6] = [
    "/netease/nimserver/chatroom/",
    "/netease/chatroom/",
    "/netease/",
    "/netease//",
    "/netease/%FF/",
    "/netease/a%2Fb/",
];
const NAMES: [&str; 16] = [
    "roomid",
    "roomids",
    "name",
    "announcement",
    "broadcasturl",
    "ext",
    "queuelevel",
    "bid",
    "needNotify",
    "notifyExt",
    "creator",
    "operator",
    "valid",
    "delayClosePolicy",
    "needOnlineUserCount",
    "%00",
];
const VALUES: [&str; 24] = [
    "",
    "%20",
    "0",
    "-1",
    "66",
    "9223372036854775808",
    "1e9",
    "NaN",
    "true",
    "FALSE",
    "null",
    "%5B%5D",
    "%5B66%2C",
    "%7B%22textbid%22%3A",
    "%7B%22picbid%22%3A%7B%7D%7D",
    "%00",
    "%FF%FE",
    "%E2%80%AE",
    "%",
    "%zz",
    "&&&=",
    "u1",
    "+",
    "%27%3B+DROP+TABLE+rooms%3B--",
];
const KINDS: [&str; 5] = [FORM, "", "application/json", "multipart/form-data", "application/x-www-form-urlencoded;;;"];

/// A body: mostly a form with a few parameters, sometimes anything.
fn body(random: &mut Random, room: &str) -> Vec<u8> {
    if random.once_in(8) {
        let long = random.below(300);
        return (0..long).map(|_| random.next().to_le_bytes()[0]).collect();
    }
    let mut form = String::new();
    match random.below(6) {
        0 | 1 => {}
        2 => form.push_str(&format!("roomid={room}&operator=lisi&valid=false")),
        _ => form.push_str(&format!("roomid={room}")),
    }
    for _ in 0..random.below(6) {
        let value = random.pick(&VALUES).repeat(if random.once_in(20) { 2000 } else { 1 });
        form.push_str(&format!("&{}={value}", random.pick(&NAMES)));
    }
    form.into_bytes()
}

/// Headers: mostly signed well, so that what follows is reached; sometimes one of them is wrong, twice or gone.
fn headers(random: &mut Random, backend: &Backend<'_>) -> Vec<(&'static str, Vec<u8>)> {
    let sum = checksum(&backend.secret, "1", NOW);
    let mut all: Vec<(&str, Vec<u8>)> = vec![
        ("appkey", backend.app.key.clone().into_bytes()),
        ("nonce", b"1".to_vec()),
        ("curtime", NOW.as_bytes().to_vec()),
        ("checksum", sum.into_bytes()),
        ("content-type", if random.once_in(5) { random.pick(&KINDS).as_bytes().to_vec() } else { FORM.into() }),
    ];
    if random.once_in(5) {
        let one = random.below(4);
        match random.below(4) {
            0 => drop(all.remove(one)),
            1 => all[one].1 = (0..random.below(80)).map(|_| random.next().to_le_bytes()[0]).collect(),
            2 => all[one].1.truncate(random.below(12)),
            _ => all.insert(0, (all[one].0, b"0".to_vec())),
        }
    }
    all
}

#[tokio::test]
async fn whatever_comes_the_answer_has_a_documented_shape() {
    let house = house().await;
    let backend = house.backend_with("netease", |wanted| wanted.may.rate = "100000".to_owned()).await;
    let room = stage(&house).await;
    let before = house.dump().await;
    let mut random = Random(20_260_714);
    let methods = [Method::GET, Method::PUT, Method::OPTIONS, Method::from_bytes(b"BREW").unwrap()];
    let (mut codes, mut sent) = (std::collections::BTreeMap::<i64, usize>::new(), 0);
    while sent < 10_000 {
        let prefix = if random.once_in(8) { random.pick(&PREFIXES) } else { PREFIXES[0] };
        let action = random.pick(&ACTIONS);
        let method = if random.once_in(10) { random.pick(&methods).clone() } else { Method::POST };
        let mut request = Request::builder().method(method).uri(format!("{prefix}{action}"));
        for (name, value) in headers(&mut random, &backend) {
            // What no HTTP server would let through is not sent.
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                request = request.header(HeaderName::from_static(name), value);
            }
        }
        let answer = documented(&house.send(request, body(&mut random, &room)).await);
        *codes.entry(answer["code"].as_i64().unwrap()).or_default() += 1;
        sent += 1;
    }
    for code in [200, 403, 404, 414] {
        assert!(codes.get(&code).is_some_and(|many| *many > 50), "{code} was reached: {codes:?}");
    }
    let after = house.dump().await;
    let written = before.added(&after, "audit").len();
    assert!(written <= codes[&200], "what was refused was not written: {written}, {codes:?}");
    assert_eq!(backend.netease("get.action", &[("roomid", &room)]).await["code"], json!(200), "it stands");
}
