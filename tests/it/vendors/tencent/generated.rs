//! Ten thousand requests that are wrong in one way and odd in others: each is refused in the documented shape, and
//! nothing changes.

use futures::StreamExt;
use serde_json::{Map, Value as Json, json};

use super::{CODES, Sent, Sig, code, open};
use crate::harness::{Backend, Random, STAGE};

const MANY: usize = 10_000;
const ACTIONS: [&str; 9] = [
    "update_room_info",
    "create_room",
    "get_room_info",
    "get_room_list",
    "destroy_room",
    "change_room_owner",
    "get_room_metadata",
    "set_room_metadata",
    "del_room_metadata",
];
/// Those that need a room, or fields, and so cannot do with an empty object.
const CHANGES: [&str; 6] =
    ["update_room_info", "create_room", "destroy_room", "change_room_owner", "set_room_metadata", "del_room_metadata"];

fn text(random: &mut Random, most: usize) -> String {
    let letters: Vec<char> = "aZ09 _-*+/=%&?#'\"\\\n\0<>直é\u{202e}😀{}[]:,.".chars().collect();
    (0..=random.below(most)).map(|_| *random.pick(&letters)).collect()
}

fn value(random: &mut Random, depth: usize) -> Json {
    match random.below(if depth == 0 { 8 } else { 10 }) {
        0 => Json::Null,
        1 => json!(random.once_in(2)),
        2 => json!(random.next() as i64),
        3 => json!(random.next()),
        4 => json!(random.next() as f64 / 3.0),
        5 => json!(random.below(5)),
        6 => json!(text(random, 20)),
        7 => json!(text(random, 400)),
        8 => (0..random.below(4)).map(|_| value(random, depth - 1)).collect(),
        _ => object(random, depth - 1),
    }
}

fn object(random: &mut Random, depth: usize) -> Json {
    let names = ["RoomName", "RoomType", "CoverURL", "Category", "Key", "Value", "Keys", "Metadata", "Next", "x"];
    let mut object = Map::new();
    for _ in 0..random.below(5) {
        let name = if random.once_in(4) { text(random, 8) } else { (*random.pick(&names)).to_owned() };
        object.insert(name, value(random, depth));
    }
    Json::Object(object)
}

/// A field of `update_room_info` with a value that it cannot have.
fn wrong_field(random: &mut Random) -> (&'static str, Json) {
    match random.below(9) {
        0 => ("RoomName", json!("直".repeat(34 + random.below(500)))),
        1 => ("MaxMemberCount", json!(-(random.below(1 << 40) as i64))),
        2 => ("IsMessageDisabled", json!(text(random, 9))),
        3 => ("CoverURL", json!(format!("x{}", text(random, 40)))),
        4 => ("Category", (0..4 + random.below(99)).map(|n| json!(n)).collect()),
        5 => ("ActivityStatus", json!(i64::MAX - random.below(1 << 50) as i64)),
        6 => ("IsPublicVisible", json!(random.next())),
        7 => ("TakeSeatMode", json!(format!("x{}", text(random, 9)))),
        _ => ("Notice", json!("x".repeat(101 + random.below(5000)))),
    }
}

fn wrong(random: &mut Random, backend: &Backend<'_>, usersig: &str) -> Sent {
    let known = json!({"RoomId": STAGE, "RoomInfo": {"RoomId": STAGE, "RoomType": "Live"}, "NewOwner_Account": "u1",
                       "Keys": ["topic"], "Metadata": [{"Key": "topic", "Value": "x"}]});
    let action: &&str = random.pick(&ACTIONS);
    let sent = backend.request(action, &known).with("usersig", usersig);
    match random.below(14) {
        0 => sent.with("usersig", &text(random, 300)),
        1 => sent.with("usersig", &usersig[..random.below(usersig.len() - 1)]),
        2 => {
            let mut letters: Vec<char> = usersig.chars().collect();
            // Not in the head or the tail: what packs the text has a bit or two there that mean nothing, so that the same
            // text, with its true signature, is packed in more than one way.
            let at = 8 + random.below(letters.len() - 24);
            letters[at] = if letters[at] == 'q' { 'Q' } else { 'q' };
            sent.with("usersig", &letters.into_iter().collect::<String>())
        }
        3 => sent.with("sdkappid", &text(random, 12)),
        4 => sent.with("sdkappid", &(random.next() % 1_000_000_000).to_string()),
        5 => sent.with("identifier", &text(random, 40)),
        6 => {
            let method = *random.pick(&["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "M-SEARCH"]);
            Sent { method, ..sent }
        }
        7 => {
            let name = text(random, 30);
            let path = percent_encoding::utf8_percent_encode(&name, percent_encoding::NON_ALPHANUMERIC);
            Sent { path: format!("/v4/live_engine_http_srv/{path}"), ..sent }
        }
        8 => sent.with("random", &format!("x{}", text(random, 10))),
        9 => sent.with("contenttype", &format!("x{}", text(random, 10))),
        10 => {
            let bytes: Vec<u8> = (0..random.below(200)).map(|_| random.next() as u8).collect();
            sent.body([b"x", bytes.as_slice()].concat())
        }
        11 => {
            let end = random.below(sent.body.len());
            let body = sent.body[..end].to_vec();
            sent.body(body)
        }
        12 => {
            let (name, value) = wrong_field(random);
            let mut fields = json!({"RoomId": STAGE, "RoomType": "Live", "Owner_Account": "nobody here"});
            fields[name] = value;
            let action = if random.once_in(2) { "update_room_info" } else { "create_room" };
            backend.request(action, &json!({"RoomInfo": fields})).with("usersig", usersig)
        }
        _ => {
            let mut body = object(random, 3);
            if let Some(fields) = body.as_object_mut() {
                // A room that is not there, so that nothing can come of it.
                let id = if random.once_in(2) { json!(format!("none{}", random.below(99))) } else { value(random, 0) };
                fields.insert("RoomId".to_owned(), id);
                if random.once_in(2) {
                    fields.insert("RoomInfo".to_owned(), object(random, 2));
                }
            }
            let action = if random.once_in(3) { "destroy_room" } else { *random.pick(&CHANGES) };
            backend.request(action, &body).with("usersig", usersig)
        }
    }
}

#[tokio::test]
async fn ten_thousand_wrong_requests_are_refused_as_documented() {
    let house = open().await;
    let backend = house.backend_with("tencent", |wanted| wanted.may.rate = "100000".to_owned()).await;
    let usersig = Sig::of(&backend.app).sign(&backend.secret);
    let before = house.dump().await;
    let mut random = Random(0x7E4C_E147);
    let mut seen = [0; CODES.len()];
    let requests: Vec<Sent> = (0..MANY).map(|_| wrong(&mut random, &backend, &usersig)).collect();
    let mut answers = futures::stream::iter(requests)
        .map(|sent| async {
            let told =
                format!("{} {} {:?} {}", sent.method, sent.path, sent.query, String::from_utf8_lossy(&sent.body));
            (backend.send(sent).await, told)
        })
        .buffer_unordered(16);
    while let Some((answer, told)) = answers.next().await {
        let code = code(&answer);
        assert_ne!(code, 0, "{told}");
        if let Some(at) = CODES.iter().position(|known| *known == code) {
            seen[at] += 1;
        }
    }
    drop(answers);
    assert_eq!(before.differs(&house.dump().await), Vec::<&str>::new());
    for code in [60002, 60003, 60006, 60008, 60009, 70003, 70013, 70020, 100_002, 100_004] {
        let at = CODES.iter().position(|known| *known == code).unwrap();
        assert!(seen[at] > 20, "{code} was met {} times", seen[at]);
    }
}
