//! Tencent's live rooms. UserSigs are made here anew, from the documents.

mod apps;
mod bad;
mod commands;
mod generated;
mod metadata;
mod rooms;
mod usersig;

use std::io::Write;

use axum::http::Request;
use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, write::ZlibEncoder};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value as Json, json};
use sha2::Sha256;
use wardroom::domain::{Timestamp, app::App};

use crate::harness::{Answer, Backend, House};

/// When the tests' UserSigs were made, in seconds.
const TIME: i64 = 1_700_000_000;

/// The clock of the tests' houses: ten seconds later.
fn clock() -> Timestamp {
    Timestamp((TIME + 10) * 1000)
}

/// A house with that clock.
async fn open() -> House {
    House::open().await.by(clock)
}

/// Everything that a UserSig is made of.
#[derive(Clone)]
pub struct Sig {
    pub identifier: String,
    pub app: String,
    pub time: i64,
    pub expire: i64,
    pub userbuf: Option<String>,
}

impl Sig {
    pub fn of(app: &App) -> Self {
        let identifier = app.accounts.first().cloned().unwrap_or_default();
        Self { identifier, app: app.key.clone(), time: TIME, expire: 3600, userbuf: None }
    }

    /// `TLS.sig`: base64(hmacsha256(key, the lines)).
    fn sig(&self, secret: &str) -> String {
        let Self { identifier, app, time, expire, .. } = self;
        let mut lines = format!("TLS.identifier:{identifier}\nTLS.sdkappid:{app}\n");
        lines += &format!("TLS.time:{time}\nTLS.expire:{expire}\n");
        if let Some(userbuf) = &self.userbuf {
            lines += &format!("TLS.userbuf:{userbuf}\n");
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(lines.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }

    /// The JSON, in the order of the official Python library.
    fn object(&self, secret: &str) -> Json {
        let mut object = json!({
            "TLS.ver": "2.0", "TLS.identifier": self.identifier, "TLS.sdkappid": self.app.parse::<u64>().map_or_else(|_| json!(self.app), |number| json!(number)),
            "TLS.expire": self.expire, "TLS.time": self.time,
        });
        if let Some(userbuf) = &self.userbuf {
            object["TLS.userbuf"] = json!(userbuf);
        }
        object["TLS.sig"] = json!(self.sig(secret));
        object
    }

    pub fn sign(&self, secret: &str) -> String {
        wrapped(self.object(secret).to_string().as_bytes(), Compression::default())
    }
}

/// Deflated, in the vendor's base64.
fn wrapped(plain: &[u8], level: Compression) -> String {
    let mut deflated = ZlibEncoder::new(Vec::new(), level);
    deflated.write_all(plain).unwrap();
    STANDARD.encode(deflated.finish().unwrap()).replace('+', "*").replace('/', "-").replace('=', "_")
}

/// A whole request.
#[derive(Clone)]
struct Sent {
    method: &'static str,
    path: String,
    query: Vec<(String, String)>,
    kind: Option<&'static str>,
    body: Vec<u8>,
}

impl Sent {
    fn with(mut self, name: &str, value: &str) -> Self {
        self.query.retain(|(known, _)| known != name);
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.query.retain(|(known, _)| known != name);
        self
    }

    fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }
}

impl Backend<'_> {
    fn usersig(&self) -> String {
        Sig::of(&self.app).sign(&self.secret)
    }

    /// A request as the documents have it.
    fn request(&self, action: &str, body: &Json) -> Sent {
        let pairs = [
            ("sdkappid", self.app.key.as_str()),
            ("identifier", self.app.accounts.first().map(String::as_str).unwrap_or_default()),
            ("usersig", &self.usersig()),
            ("random", "99999999"),
            ("contenttype", "json"),
        ];
        Sent {
            method: "POST",
            path: format!("/v4/live_engine_http_srv/{action}"),
            query: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            kind: Some("application/json"),
            body: body.to_string().into_bytes(),
        }
    }

    async fn send(&self, sent: Sent) -> Answer {
        let pairs: Vec<(&str, &str)> = sent.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let address = format!("/tencent{}?{}", sent.path, crate::harness::actor::encoded(&pairs));
        let mut request = Request::builder().method(sent.method).uri(address);
        if let Some(kind) = sent.kind {
            request = request.header("Content-Type", kind);
        }
        self.house.send(request, sent.body).await
    }

    /// Calls; gives the code and the `Response`.
    async fn call(&self, action: &str, body: Json) -> (i64, Json) {
        let answer = self.send(self.request(action, &body)).await;
        (code(&answer), answer.value().get("Response").cloned().unwrap_or_default())
    }

    /// Calls what must succeed.
    async fn done(&self, action: &str, body: Json) -> Json {
        let answer = self.send(self.request(action, &body)).await;
        assert_eq!(code(&answer), 0, "{action} {body}: {}", answer.body);
        answer.value().get("Response").cloned().unwrap_or_default()
    }
}

/// Every code that is documented and used here (facts.md 4c).
const CODES: [i64; 25] = [
    60002, 60003, 60004, 60006, 60007, 60008, 60009, 60010, 60012, 60016, 70001, 70003, 70009, 70013, 70014, 70020,
    100_002, 100_003, 100_004, 100_006, 100_010, 100_500, 100_501, 100_502, 100_503,
];

/// The code of an answer, which has the documented shape whatever it is.
fn code(answer: &Answer) -> i64 {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.header("content-type").starts_with("application/json"), "{answer:?}");
    let body = answer.value();
    let object = body.as_object().unwrap();
    let names: Vec<&str> = object.keys().map(String::as_str).collect();
    assert_eq!(names[..4], ["ActionStatus", "ErrorInfo", "ErrorCode", "RequestId"], "{body}");
    let code = body["ErrorCode"].as_i64().unwrap();
    let info = body["ErrorInfo"].as_str().unwrap();
    assert!(is_request_id(body["RequestId"].as_str().unwrap()), "{body}");
    if code == 0 {
        assert_eq!((&body["ActionStatus"], info), (&json!("OK"), ""), "{body}");
        assert!(names[4..].is_empty() || names[4..] == ["Response"], "{body}");
    } else {
        assert!(CODES.contains(&code) || code == 100_504, "{body}");
        assert_eq!((&body["ActionStatus"], names.len()), (&json!("FAIL"), 4), "{body}");
        assert!(!info.is_empty() && info.len() < 2000, "{body}");
    }
    code
}

/// Shaped as `Id-8c9858f01e954611ae2d4c1b1ed7d583-O-Seq-52720`.
fn is_request_id(text: &str) -> bool {
    let Some((hex, seq)) = text.strip_prefix("Id-").and_then(|rest| rest.split_once("-O-Seq-")) else { return false };
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    hex.len() == 32 && hex.bytes().all(is_hex) && !seq.is_empty() && seq.bytes().all(|b| b.is_ascii_digit())
}
