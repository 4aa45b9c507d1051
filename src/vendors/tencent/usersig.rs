//! UserSig: who calls, for which app, from when and for how long, signed with the app's SecretKey.
//!
//! A UserSig is JSON, deflated, as base64 with `*`, `-` and `_` for `+`, `/` and `=` (facts.md 4a). Every library
//! writes the JSON in its own order with its own blanks and deflates it at its own level, so a UserSig is never
//! compared: it is decoded, and its signature made anew. It is good as often as one likes until it ends; the vendor
//! knows no replay.

use std::io::{Read, Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value as Json, json};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{domain::Timestamp, vendors::json};

/// Most bytes that one inflates to: a real one has about 300, and whoever sends more wants to fill our memory.
const INFLATED: u64 = 8 * 1024;

/// What a UserSig says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserSig {
    /// Who calls.
    pub identifier: String,
    /// For which app.
    pub app: u64,
    /// From when, in seconds since 1970.
    pub time: i64,
    /// For how many seconds.
    pub expire: i64,
    /// What the caller's own systems put into it, as base64.
    pub userbuf: Option<String>,
    sig: String,
}

/// Why a UserSig does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It is another app's.
    App,
    /// It is somebody else's.
    Identifier,
    /// It has ended.
    Expired,
    /// It was not signed with one of the app's secrets.
    Signature,
}

impl UserSig {
    /// Reads one; `None` where it is none, was cut short, or would inflate to more than it may.
    pub fn decode(text: &str) -> Option<Self> {
        let plain: String = text.chars().map(|c| as_base64(c, false)).collect();
        let deflated = STANDARD.decode(plain).ok()?;
        let mut inflated = Vec::new();
        ZlibDecoder::new(deflated.as_slice()).take(INFLATED + 1).read_to_end(&mut inflated).ok()?;
        if u64::try_from(inflated.len()).ok()? > INFLATED {
            return None;
        }
        let Ok(Json::Object(object)) = json::read(&inflated) else { return None };
        let text = |name: &str| object.get(name).and_then(Json::as_str).map(str::to_owned);
        let userbuf = match object.get("TLS.userbuf") {
            None => None,
            Some(Json::String(given)) => Some(given.clone()),
            Some(_) => return None,
        };
        Some(Self {
            identifier: text("TLS.identifier")?,
            app: u64::try_from(number(&object, "TLS.sdkappid")?).ok()?,
            time: number(&object, "TLS.time")?,
            expire: number(&object, "TLS.expire")?,
            userbuf,
            sig: text("TLS.sig")?,
        })
    }

    /// Whether it counts, checked in the order of the official Go library, so that a caller who has several things
    /// wrong is told the same as there. The last second counts; a beginning in the future is no fault, as in the
    /// library (what the service does is not known, facts.md 6.4).
    ///
    /// # Errors
    /// Says why it does not.
    pub fn verify(&self, app: u64, identifier: &str, secrets: &[String], now: Timestamp) -> Result<(), Why> {
        if self.app != app {
            return Err(Why::App);
        }
        if self.identifier != identifier {
            return Err(Why::Identifier);
        }
        if now.0.div_euclid(1000) > self.time.saturating_add(self.expire) {
            return Err(Why::Expired);
        }
        let signed = |secret: &String| {
            self.signature(secret).is_some_and(|right| bool::from(right.as_bytes().ct_eq(self.sig.as_bytes())))
        };
        if secrets.iter().any(signed) { Ok(()) } else { Err(Why::Signature) }
    }

    /// Makes one that is good from now on, for so many seconds; empty only if there were no memory for it.
    pub fn write(identifier: &str, app: u64, secret: &str, now: Timestamp, expire: u32) -> String {
        let mut made = Self {
            identifier: identifier.to_owned(),
            app,
            time: now.0.div_euclid(1000),
            expire: i64::from(expire),
            userbuf: None,
            sig: String::new(),
        };
        made.sig = made.signature(secret).unwrap_or_default();
        let object = json!({
            "TLS.ver": "2.0",
            "TLS.identifier": made.identifier,
            "TLS.sdkappid": made.app,
            "TLS.expire": made.expire,
            "TLS.time": made.time,
            "TLS.sig": made.sig,
        });
        let mut deflated = ZlibEncoder::new(Vec::new(), Compression::default());
        let written = deflated.write_all(object.to_string().as_bytes()).and_then(|()| deflated.finish());
        let plain = written.map(|bytes| STANDARD.encode(bytes)).unwrap_or_default();
        plain.chars().map(|c| as_base64(c, true)).collect()
    }

    fn signature(&self, secret: &str) -> Option<String> {
        let Self { identifier, app, time, expire, .. } = self;
        let mut signed =
            format!("TLS.identifier:{identifier}\nTLS.sdkappid:{app}\nTLS.time:{time}\nTLS.expire:{expire}\n");
        if let Some(userbuf) = &self.userbuf {
            signed.push_str(&format!("TLS.userbuf:{userbuf}\n"));
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
        mac.update(signed.as_bytes());
        Some(STANDARD.encode(mac.finalize().into_bytes()))
    }
}

/// One letter of base64 as it stands in a UserSig, or the way back.
fn as_base64(letter: char, back: bool) -> char {
    let pairs = [('*', '+'), ('-', '/'), ('_', '=')];
    let found = pairs.iter().find(|(theirs, plain)| letter == if back { *plain } else { *theirs });
    found.map_or(letter, |(theirs, plain)| if back { *theirs } else { *plain })
}

/// A number, or a text of digits: older libraries write texts.
fn number(object: &Map<String, Json>, name: &str) -> Option<i64> {
    match object.get(name)? {
        Json::Number(number) => number.as_i64(),
        Json::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_counts_for_its_app_its_caller_its_secret_and_its_time() {
        let now = Timestamp(1_700_000_000_999);
        let text = UserSig::write("ann", 7, "secret-1", now, 60);
        let sig = UserSig::decode(&text).unwrap();
        let secrets = ["secret-2".to_owned(), "secret-1".to_owned()];
        assert_eq!(sig.verify(7, "ann", &secrets, now), Ok(()));
        assert_eq!(sig.verify(7, "ann", &secrets, Timestamp(1_700_000_060_999)), Ok(()));
        assert_eq!(sig.verify(7, "ann", &secrets, Timestamp(1_700_000_061_000)), Err(Why::Expired));
        assert_eq!(sig.verify(8, "bob", &[], Timestamp(i64::MAX)), Err(Why::App));
        assert_eq!(sig.verify(7, "bob", &[], Timestamp(i64::MAX)), Err(Why::Identifier));
        assert_eq!(sig.verify(7, "ann", &secrets[..1], now), Err(Why::Signature));
        assert!((1..text.len()).all(|end| UserSig::decode(&text[..end]).is_none()), "cut short");
        let other = UserSig { expire: 61, ..sig };
        assert_eq!(other.verify(7, "ann", &secrets, now), Err(Why::Signature));
    }
}
