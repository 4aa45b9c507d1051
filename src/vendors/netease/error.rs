//! Refusals: `{"code", "desc"}` under HTTP 200. `desc` is always there: the PHP wrapper reads it unasked (facts.md 0.1).
//!
//! The codes are those of the vendor's table (facts.md 2c). Where that leaves a choice:
//! - too long is 414 and not 405: the page on making a room names the codes that can come, with 414 and without 405;
//! - an unknown room, and an address where nothing lives, are 404; a method other than POST is 414, since the table has
//!   no code for it and 405 means something else in it;
//! - what exists already is 417, "repeated operation".

use serde_json::json;

use crate::{
    domain::Error,
    vendors::{Answer, Kind},
};

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    code: u16,
    desc: String,
    kind: Kind,
}

impl Failure {
    fn of(code: u16, desc: impl Into<String>, kind: Kind) -> Self {
        Self { code, desc: desc.into(), kind }
    }

    /// A header of the signature is missing or cannot be one.
    pub fn bad_header() -> Self {
        Self::of(414, "bad http header", Kind::Identity)
    }

    /// Nobody's `AppKey`.
    pub fn unknown_key() -> Self {
        Self::of(414, "appkey", Kind::Identity)
    }

    /// Not signed with one of the app's secrets.
    pub fn wrong_checksum() -> Self {
        Self::of(414, "checksum", Kind::Identity)
    }

    /// Signed too long ago, or in the future.
    pub fn expired() -> Self {
        Self::of(414, "CurTime is expired", Kind::Identity)
    }

    /// An app that is kept out.
    pub fn disabled() -> Self {
        Self::of(403, "app is forbidden", Kind::Permission)
    }

    /// A request that cannot be accepted.
    pub fn parameter(desc: impl Into<String>) -> Self {
        Self::of(414, desc, Kind::Other)
    }

    /// A parameter that is needed. In the vendor's words: it says "accid is empty" (facts.md 2b).
    pub fn missing(name: &str) -> Self {
        Self::parameter(format!("{name} is empty"))
    }

    /// Only who made a room may close and open it.
    pub fn not_creator() -> Self {
        Self::of(403, "operator must be the creator of the room", Kind::Permission)
    }

    /// Nothing lives at this address.
    pub fn no_route() -> Self {
        Self::of(404, "there is nothing at this address", Kind::Other)
    }

    /// The refusal as it is sent.
    pub fn answer(self) -> Answer {
        let Self { code, desc, kind } = self;
        Answer::refused(200, code, json!({"code": code, "desc": desc}), kind, &desc)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let desc = error.to_string();
        match error {
            Error::Unauthenticated | Error::StepUp => Self::of(414, desc, Kind::Identity),
            Error::Forbidden(_) => Self::of(403, desc, Kind::Permission),
            Error::NotFound(_) => Self::of(404, desc, Kind::Other),
            Error::Invalid(_) => Self::of(414, desc, Kind::Other),
            Error::Exists(_) => Self::of(417, desc, Kind::Other),
            Error::Limit(_) => Self::of(416, desc, Kind::Rate),
            Error::Conflict(_) | Error::Busy(_) => Self::of(503, desc, Kind::Other),
            Error::Internal(_) => Self::of(500, desc, Kind::Other),
        }
    }
}
