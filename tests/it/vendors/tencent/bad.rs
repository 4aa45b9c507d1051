//! Bad requests: each has its documented code under HTTP 200 and leaves everything as it was.

use serde_json::{Value as Json, json};

use super::{Sent, Sig, code, open};
use crate::harness::{Backend, House, STAGE};

/// Sends each and says which were not answered as they should be; nothing may have changed.
async fn all(house: &House, backend: &Backend<'_>, cases: Vec<(&str, Sent, i64)>) {
    let before = house.dump().await;
    let mut wrong = Vec::new();
    for (what, sent, wanted) in cases {
        let answer = backend.send(sent).await;
        if code(&answer) != wanted {
            wrong.push(format!("{what}: not {wanted} but {}", answer.body));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(before.differs(&house.dump().await), Vec::<&str>::new());
}

fn renamed() -> Json {
    json!({"RoomInfo": {"RoomId": STAGE, "RoomName": "must not be"}})
}

/// A body of so many bytes.
type Body<'a> = &'a dyn Fn(usize) -> String;

#[tokio::test]
async fn what_the_address_and_the_query_say() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let good = || backend.request("update_room_info", &renamed());
    let to = |path: &str| Sent { path: path.to_owned(), ..good() };
    let by = |method: &'static str| Sent { method, ..good() };
    let secret = &backend.secret;
    let ann = Sig { identifier: "ann".into(), ..Sig::of(&backend.app) };
    let mut cases = vec![
        ("no sdkappid", good().without("sdkappid"), 60012),
        ("an empty one", good().with("sdkappid", ""), 60012),
        ("a word", good().with("sdkappid", "app"), 60006),
        ("beyond 32 bits", good().with("sdkappid", "4294967296"), 60006),
        ("beyond 64 bits", good().with("sdkappid", "99999999999999999999999"), 60006),
        ("negative", good().with("sdkappid", "-1"), 60006),
        ("zero", good().with("sdkappid", "0"), 60006),
        ("with a zero before it", good().with("sdkappid", &format!("0{}", backend.app.key)), 60006),
        ("with a plus before it", good().with("sdkappid", &format!("+{}", backend.app.key)), 60006),
        ("an app that is not there", good().with("sdkappid", "1"), 70020),
        ("no identifier", good().without("identifier"), 60004),
        ("another identifier", good().with("identifier", "ann"), 70013),
        ("in another case", good().with("identifier", "Administrator"), 70013),
        ("no administrator", good().with("identifier", "ann").with("usersig", &ann.sign(secret)), 60010),
        ("no usersig", good().without("usersig"), 60004),
        ("an empty one", good().with("usersig", ""), 60004),
        ("in another case", good().without("usersig").with("UserSig", &backend.usersig()), 60004),
        ("xxx, as printed", good().with("usersig", "xxx"), 70003),
        ("very long", good().with("usersig", &"x".repeat(40_000)), 70003),
        ("random is no number", good().with("random", "x"), 60002),
        ("random is negative", good().with("random", "-1"), 60002),
        ("random is beyond 32 bits", good().with("random", "4294967296"), 60002),
        ("random is a fraction", good().with("random", "1.5"), 60002),
        ("another contenttype", good().with("contenttype", "xml"), 60008),
        ("in another case", good().with("contenttype", "JSON"), 60008),
        ("no such action", to("/v4/live_engine_http_srv/rename_room"), 60009),
        ("in another case", to("/v4/live_engine_http_srv/Update_Room_Info"), 60009),
        ("another service", to("/v4/room_engine_http_srv/update_room_info"), 60009),
        ("another version", to("/v5/live_engine_http_srv/update_room_info"), 60009),
        ("more behind it", to("/v4/live_engine_http_srv/update_room_info/x"), 60009),
        ("nothing", to("/"), 60009),
        ("no path that is text", to("/v4/live_engine_http_srv/%FF"), 60002),
    ];
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"] {
        cases.push((method, by(method), 60002));
    }
    all(&house, &backend, cases).await;
    let head = backend.send(by("HEAD")).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    let raw = format!("/tencent/v4/live_engine_http_srv/update_room_info?sdkappid=%FF&usersig={}", backend.usersig());
    assert_eq!(code(&house.send(axum::http::Request::post(raw), "{}").await), 60002, "a query that is no text");
    // What the client need not say.
    let lenient = [
        good().without("random").without("contenttype"),
        good().with("random", "0"),
        good().with("random", "4294967295"),
        good().with("more", "x"),
        Sent { path: format!("{}/", good().path), ..good() },
    ];
    for sent in lenient {
        assert_eq!(code(&backend.send(sent).await), 0);
    }
    for kind in [None, Some("application/x-www-form-urlencoded"), Some("text/plain; charset=UTF-8")] {
        assert_eq!(code(&backend.send(Sent { kind, ..good() }).await), 0, "contenttype says what it is, not {kind:?}");
    }
}

#[tokio::test]
async fn what_the_body_says() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let with = |body: &str| backend.request("update_room_info", &Json::Null).body(body);
    let fields = |json: Json| with(&json!({"RoomInfo": json}).to_string());
    let twice = format!(r#"{{"RoomInfo":{{"RoomId":"{STAGE}","RoomName":"a","RoomName":"b"}}}}"#);
    let deep = format!(r#"{{"RoomInfo":{}{}}}"#, "[".repeat(50_000), "]".repeat(50_000));
    let mut cases = vec![
        ("nothing", with(""), 60003),
        ("blanks", with("  "), 60003),
        ("no JSON", with("RoomId=stage"), 60003),
        ("cut short", with(r#"{"RoomInfo":{"RoomId":"stage","RoomName":"x""#), 60003),
        ("two", with("{}{}"), 60003),
        ("a list", with("[]"), 60003),
        ("null", with("null"), 60003),
        ("not UTF-8", with("").body(b"{\"RoomInfo\":\"\xff\"}".to_vec()), 60003),
        ("a byte order mark", with("\u{feff}{}"), 60003),
        ("a name twice", with(&twice), 60003),
        ("deep", with(&deep), 60003),
        ("a number beyond all", with(r#"{"RoomInfo":{"RoomId":"stage","MaxMemberCount":1e999}}"#), 60003),
        ("an empty object", with("{}"), 100_002),
        ("RoomInfo in another case", with(r#"{"roomInfo":{"RoomId":"stage"}}"#), 100_002),
        ("RoomInfo is no object", with(r#"{"RoomInfo":[]}"#), 100_002),
        ("RoomInfo is null", with(r#"{"RoomInfo":null}"#), 100_002),
        ("no RoomId", fields(json!({"RoomName": "x"})), 100_002),
        ("a room that is not there", fields(json!({"RoomId": "nowhere", "RoomName": "x"})), 100_004),
        ("in another case", fields(json!({"RoomId": "Stage", "RoomName": "x"})), 100_004),
        ("too long to be one", fields(json!({"RoomId": "直".repeat(16) + "x"})), 100_002),
    ];
    for id in
        [json!(null), json!(66), json!(true), json!([STAGE]), json!(""), json!(" stage"), json!("a\u{0}"), json!("..")]
    {
        cases.push(("RoomId", fields(json!({"RoomId": id})), 100_002));
    }
    let wrong = [
        ("RoomName", vec![json!(1), json!(true), json!([]), json!({}), json!("a\u{202e}b")]),
        (
            "MaxMemberCount",
            vec![
                json!("300"),
                json!(0),
                json!(-1),
                json!(1.5),
                json!(300.0),
                json!(100_000_001),
                json!(true),
                json!(u64::MAX),
                json!(1e300),
            ],
        ),
        ("IsMessageDisabled", vec![json!("true"), json!(1), json!(0), json!([])]),
        ("CoverURL", vec![json!(1), json!("cover url"), json!("javascript:alert(1)"), json!(["https://a.b"])]),
        (
            "Category",
            vec![
                json!("1"),
                json!(1),
                json!(["1"]),
                json!([1, 2, 3, 4]),
                json!([1, 1, 1, 1]),
                json!([1.5]),
                json!([null]),
                json!([u64::MAX]),
                json!({}),
            ],
        ),
        (
            "ActivityStatus",
            vec![
                json!("1"),
                json!(1.5),
                json!(2_147_483_648_i64),
                json!(-2_147_483_649_i64),
                json!(i64::MIN),
                json!(true),
            ],
        ),
        ("IsPublicVisible", vec![json!("false"), json!(0), json!({})]),
        (
            "TakeSeatMode",
            vec![json!(1), json!("free"), json!("freetotake"), json!(""), json!(["FreeToTake"]), json!(true)],
        ),
        ("Notice", vec![json!(1), json!([]), json!("a\u{1}")]),
    ];
    for (name, values) in wrong {
        for value in values.into_iter().chain([Json::Null]) {
            // A good field beside it must not be done either.
            let other = if name == "Notice" { "RoomName" } else { "Notice" };
            cases.push((name, fields(json!({"RoomId": STAGE, other: "must not be", name: value})), 100_002));
        }
    }
    all(&house, &backend, cases).await;
    let raw = r#"{"RoomInfo":{"RoomId":"stage","MaxMemberCount":123456789012345678901234567890}}"#;
    assert_eq!(code(&backend.send(with(raw)).await), 100_002, "beyond 64 bits");
}

#[tokio::test]
async fn every_limit_is_taken_to_the_last_byte_and_not_one_more() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let han = |bytes: usize| "直".repeat(bytes / 3) + &"x".repeat(bytes % 3);
    let cover = |bytes: usize| format!("https://covers.example/{}", han(bytes - 23));
    let sized: [(&str, Body<'_>, usize); 3] =
        [("RoomName", &han, 100), ("CoverURL", &cover, 200), ("Notice", &han, 100)];
    for (name, text, max) in sized {
        let before = house.dump().await;
        for over in [max + 1, max + 2, max + 3, max * 50] {
            let body = json!({"RoomInfo": {"RoomId": STAGE, "IsMessageDisabled": true, name: text(over)}});
            assert_eq!(backend.call("update_room_info", body).await.0, 100_002, "{name} of {over} bytes");
        }
        assert_eq!(before.differs(&house.dump().await), Vec::<&str>::new());
        assert_eq!(text(max).len(), max);
        backend.done("update_room_info", json!({"RoomInfo": {"RoomId": STAGE, name: text(max)}})).await;
        let shown = backend.done("get_room_info", json!({"RoomId": STAGE})).await;
        assert_eq!(shown["RoomInfo"][name], json!(text(max)));
    }
    let id = han(48);
    backend.done("create_room", json!({"RoomInfo": {"RoomId": id, "RoomType": "Live"}})).await;
    backend.done("update_room_info", json!({"RoomInfo": {"RoomId": id, "RoomName": "x"}})).await;
    for action in ["get_room_info", "destroy_room", "get_room_metadata"] {
        assert_eq!(backend.call(action, json!({"RoomId": han(49)})).await.0, 100_002, "{action}");
    }
    backend.done("destroy_room", json!({"RoomId": id})).await;
}

#[tokio::test]
async fn a_body_of_one_mebibyte_is_read_and_a_longer_one_is_not() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let padded = |bytes: usize| {
        let body = renamed().to_string();
        body.clone() + &" ".repeat(bytes - body.len())
    };
    let mib = 1024 * 1024;
    let with = |body: String| backend.request("update_room_info", &Json::Null).body(body);
    let long = json!({"RoomInfo": {"RoomId": STAGE, "RoomName": "x".repeat(mib - 100)}}).to_string();
    let long_id = json!({"RoomInfo": {"RoomId": "x".repeat(mib - 100)}}).to_string();
    let many: Vec<Json> = (0..40_000).map(|_| json!({"Key": "k", "Value": "v"})).collect();
    let metadata = json!({"RoomId": STAGE, "Metadata": many});
    let cases = vec![
        ("one name", with(long), 100_002),
        ("one id", with(long_id), 100_002),
        ("many keys", backend.request("set_room_metadata", &metadata), 100_500),
        ("one byte more", with(padded(mib + 1)), 60002),
        ("much more", with(padded(3 * mib)), 60002),
    ];
    all(&house, &backend, cases).await;
    assert_eq!(code(&backend.send(with(padded(mib))).await), 0);
    assert_eq!(house.room(STAGE).await.title(), "must not be");
}
