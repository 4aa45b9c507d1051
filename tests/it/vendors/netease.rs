//! NetEase Yunxin's chat rooms, as its clients call them. Signatures are made here anew, from the vendor's documents.

mod apps;
mod companions;
mod contract;
mod hostile;
mod inputs;
mod signing;

use axum::{
    body::Body,
    http::{Request, header, request::Builder},
};
use serde_json::{Value as Json, json};
use sha1::{Digest, Sha1};
use wardroom::domain::Timestamp;

use crate::harness::{Answer, Backend, House, STAGE, actor::encoded};

const FORM: &str = "application/x-www-form-urlencoded;charset=UTF-8";
const UPDATE: &str = "/netease/nimserver/chatroom/update.action";

/// The moment at which these houses answer.
fn now() -> Timestamp {
    Timestamp(1_795_000_000_000)
}

/// The same as `CurTime`.
const NOW: &str = "1795000000";

async fn house() -> House {
    House::open().await.by(now)
}

/// The number of the room that has everything.
async fn stage(house: &House) -> String {
    house.room(STAGE).await.number.to_string()
}

/// `CheckSum` by the vendor's page: SHA1(AppSecret + Nonce + CurTime), lower-case hexadecimal.
pub fn checksum(secret: &str, nonce: &str, time: &str) -> String {
    let digest = Sha1::digest(format!("{secret}{nonce}{time}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Backend<'_> {
    /// The four headers of a signed call.
    fn netease_signed(&self, request: Builder, nonce: &str, time: &str) -> Builder {
        let request = request.header("AppKey", &self.app.key).header("Nonce", nonce).header("CurTime", time);
        request.header("CheckSum", checksum(&self.secret, nonce, time))
    }

    /// Sends any body to an action, signed now; what comes back has one of the documented shapes.
    async fn netease_body(&self, action: &str, body: impl Into<Body>) -> Json {
        let request = Request::post(format!("/netease/nimserver/chatroom/{action}"));
        let request = self.netease_signed(request, "1", NOW).header(header::CONTENT_TYPE, FORM);
        documented(&self.house.send(request, body).await)
    }

    /// Calls an action.
    async fn netease(&self, action: &str, form: &[(&str, &str)]) -> Json {
        self.netease_body(action, encoded(form)).await
    }

    /// Calls `update.action` for the room that has everything.
    async fn netease_update(&self, form: &[(&str, &str)]) -> Json {
        let stage = stage(self.house).await;
        let mut all = vec![("roomid", stage.as_str())];
        all.extend(form);
        self.netease("update.action", &all).await
    }
}

/// What the documents promise of every answer: HTTP 200, JSON, a code, and either a result or a `desc` in words.
fn documented(answer: &Answer) -> Json {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-type"), "application/json; charset=utf-8");
    let body = answer.value();
    let keys: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    if body["code"] == json!(200) {
        match keys.as_slice() {
            ["chatroom", "code"] => assert!(body["chatroom"]["roomid"].is_i64(), "{body}"),
            ["desc", "code"] => assert!(body["desc"]["roomid"].is_i64(), "{body}"),
            ["noExistRooms", "succRooms", "failRooms", "code"] => assert!(body["succRooms"].is_array(), "{body}"),
            _ => panic!("{body}"),
        }
    } else {
        assert_eq!(keys, ["code", "desc"]);
        assert!(body["desc"].as_str().is_some_and(|desc| !desc.is_empty()), "{body}");
        assert!([403, 404, 414, 416, 417].iter().any(|code| body["code"] == json!(code)), "{body}");
    }
    body
}

/// What a refusal says.
fn refused(code: u16, desc: &str) -> Json {
    json!({"code": code, "desc": desc})
}
