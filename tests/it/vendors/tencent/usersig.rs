//! UserSig: what the vendor's own packages made is accepted, to the last second, and nothing else.

use flate2::Compression;
use serde_json::{Value as Json, json};
use wardroom::domain::Timestamp;

use super::{Sig, TIME, code, open, wrapped};
use crate::harness::{Backend, House, STAGE};

fn vectors() -> Json {
    let all: Json = serde_json::from_str(include_str!("../../data/vectors.json")).unwrap();
    all["tencent_usersig"].clone()
}

fn text(vectors: &Json, name: &str) -> String {
    vectors[name].as_str().unwrap().to_owned()
}

/// The app of the vectors.
async fn vector_app(house: &House) -> Backend<'_> {
    let vectors = vectors();
    house
        .backend_with("tencent", |wanted| {
            wanted.key = vectors["sdkappid"].to_string();
            wanted.secret = text(&vectors, "key");
            wanted.may.accounts = "administrator, xiaojun".to_owned();
        })
        .await
}

async fn look(backend: &Backend<'_>, identifier: &str, usersig: &str) -> i64 {
    let sent = backend.request("get_room_info", &json!({"RoomId": STAGE}));
    code(&backend.send(sent.with("identifier", identifier).with("usersig", usersig)).await)
}

#[test]
fn signatures_made_here_are_those_of_the_vectors() {
    let vectors = vectors();
    let sig = Sig {
        identifier: text(&vectors, "identifier"),
        app: vectors["sdkappid"].to_string(),
        time: vectors["time"].as_i64().unwrap(),
        expire: vectors["expire"].as_i64().unwrap(),
        userbuf: None,
    };
    assert_eq!(sig.sig(&text(&vectors, "key")), text(&vectors, "sig"));
    let sig = Sig { identifier: "xiaojun".into(), expire: 15_552_000, userbuf: Some("YWJj".into()), ..sig };
    assert_eq!(sig.sig(&text(&vectors, "key")), "QjT201xPkXk/aM1e+y0vakZb0K2iPrFue++0s5y6bFM=");
}

#[tokio::test]
async fn what_the_vendors_packages_signed_counts_to_the_last_second() {
    let moments: [(fn() -> Timestamp, i64); 6] = [
        (|| Timestamp((TIME - 600) * 1000), 0),
        (|| Timestamp(TIME * 1000), 0),
        (|| Timestamp((TIME + 86_399) * 1000), 0),
        (|| Timestamp((TIME + 86_400) * 1000), 0),
        (|| Timestamp((TIME + 86_400) * 1000 + 999), 0),
        (|| Timestamp((TIME + 86_401) * 1000), 70001),
    ];
    let vectors = vectors();
    for (clock, wanted) in moments {
        let house = House::open().await.by(clock);
        let backend = vector_app(&house).await;
        for name in ["usersig_python", "usersig_node"] {
            let usersig = text(&vectors, name);
            assert_eq!(look(&backend, "administrator", &usersig).await, wanted, "{name} at {:?}", clock());
        }
    }
}

/// facts.md 5: `abc` as user buffer, made by the Python package.
const WITH_USERBUF: &str = concat!(
    "eJyrVgrxCdYrSy1SslJQMtIzUNJRAItkpqTmlWSmZUIkKjIT87NK82CSxSnZiQUFmSlAKUMTAyiAyqVWFGQWpYJkTE1NjRDiJZm5YFFzNPWlxalFSaVp",
    "IFsiw72y4FZkpoOEArNCjAwMKwKyI7L1E30NU7UrDcoSs6OSDLyNMgOK3EpTtbUNik0rzZLcfG2VagHdkjl6"
);

#[tokio::test]
async fn a_user_buffer_is_part_of_what_is_signed() {
    let house = open().await;
    let backend = vector_app(&house).await;
    assert_eq!(look(&backend, "xiaojun", WITH_USERBUF).await, 0);
    let sig = Sig { identifier: "xiaojun".into(), userbuf: Some("YWJj".into()), ..Sig::of(&backend.app) };
    assert_eq!(look(&backend, "xiaojun", &sig.sign(&backend.secret)).await, 0);
    for other in [json!("YWJk"), json!(7), Json::Null] {
        let mut object = sig.object(&backend.secret);
        object["TLS.userbuf"] = other.clone();
        let usersig = wrapped(object.to_string().as_bytes(), Compression::default());
        assert!([70003, 70009].contains(&look(&backend, "xiaojun", &usersig).await), "{other}");
    }
}

#[tokio::test]
async fn any_order_any_level_and_numbers_as_texts_are_read() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let sig = Sig::of(&backend.app);
    let (app, mac) = (&backend.app.key, sig.sig(&backend.secret));
    let spellings = [
        sig.object(&backend.secret).to_string(),
        serde_json::to_string_pretty(&sig.object(&backend.secret)).unwrap(),
        format!(
            r#"{{"TLS.sig":"{mac}","TLS.time":"{TIME}","TLS.expire":"3600","TLS.sdkappid":"{app}","TLS.identifier":"administrator","TLS.ver":"2.0","new":[1]}}"#
        ),
    ];
    for spelling in spellings {
        for level in [Compression::none(), Compression::fast(), Compression::best()] {
            let usersig = wrapped(spelling.as_bytes(), level);
            assert_eq!(look(&backend, "administrator", &usersig).await, 0, "{spelling}");
        }
    }
    // Raw in the address, as every client that joins texts sends it.
    let address = format!(
        "/tencent/v4/live_engine_http_srv/get_room_info/?usersig={}&identifier=administrator&sdkappid={app}",
        backend.usersig()
    );
    let answer = house.send(axum::http::Request::post(address), json!({"RoomId": STAGE}).to_string()).await;
    assert_eq!(code(&answer), 0, "{}", answer.body);
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_order_of_the_official_library() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let good = Sig::of(&backend.app);
    let secret = backend.secret.as_str();
    let ended = Sig { expire: 9, ..good.clone() };
    let other_app = Sig { app: "1".into(), ..good.clone() };
    let someone = Sig { identifier: "ann".into(), ..good.clone() };
    let forever = Sig { expire: i64::MAX, ..good.clone() };
    let later = Sig { time: TIME + 1_000_000, ..good.clone() };
    let before_all = Sig { time: i64::MIN, expire: -1, ..good.clone() };
    let cases = [
        ("ours", good.sign(secret), 0),
        ("replayed: it counts until it ends", good.sign(secret), 0),
        ("for ever", forever.sign(secret), 0),
        ("from the future", later.sign(secret), 0),
        ("ended", ended.sign(secret), 70001),
        ("ended before it began", before_all.sign(secret), 70001),
        ("another app's", other_app.sign(secret), 70014),
        ("somebody else's", someone.sign(secret), 70013),
        ("with another key", good.sign("another key"), 70009),
        (
            "all wrong: the app first",
            Sig { app: "1".into(), ..Sig { identifier: "x".into(), ..ended.clone() } }.sign("k"),
            70014,
        ),
        ("then the identifier", Sig { identifier: "x".into(), ..ended.clone() }.sign("k"), 70013),
        ("then its end", ended.sign("k"), 70001),
        ("nothing", "AAAA".to_owned(), 70003),
        ("no base64", "%%%".to_owned(), 70003),
        ("deflated nonsense", wrapped(b"nonsense", Compression::default()), 70003),
        ("an empty object", wrapped(b"{}", Compression::default()), 70003),
        ("a list", wrapped(b"[]", Compression::default()), 70003),
    ];
    for (what, usersig, wanted) in cases {
        assert_eq!(look(&backend, "administrator", &usersig).await, wanted, "{what}");
    }
    let whole = good.sign(secret);
    for end in (1..whole.len()).step_by(7) {
        assert_eq!(look(&backend, "administrator", &whole[..end]).await, 70003, "cut at {end}");
    }
    for (name, value) in [("TLS.time", json!(1.5)), ("TLS.expire", json!("soon")), ("TLS.sdkappid", json!(-1))] {
        let mut object = good.object(secret);
        object[name] = value;
        let usersig = wrapped(object.to_string().as_bytes(), Compression::default());
        assert_eq!(look(&backend, "administrator", &usersig).await, 70003, "{name}");
    }
    let twice = good.object(secret).to_string().replace('{', r#"{"TLS.time":1,"#);
    assert_eq!(look(&backend, "administrator", &wrapped(twice.as_bytes(), Compression::default())).await, 70003);
}

#[tokio::test]
async fn a_zip_bomb_is_refused_even_if_its_signature_is_right() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let object = Sig::of(&backend.app).object(&backend.secret).to_string();
    let padded = |to: usize| object.clone() + &" ".repeat(to - object.len());
    for (bytes, wanted) in [(8 * 1024, 0), (8 * 1024 + 1, 70003), (40_000_000, 70003)] {
        let usersig = wrapped(padded(bytes).as_bytes(), Compression::best());
        assert_eq!(look(&backend, "administrator", &usersig).await, wanted, "{bytes} bytes");
    }
}
