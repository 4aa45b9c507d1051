//! Refusals: `ActionStatus: "FAIL"` with a code and a text, under HTTP 200 (contract tencent-update-room-info).
//!
//! 60000 to 79999 are common to all of the vendor's services, 100000 and up are these rooms' own (facts.md 4c). The
//! texts are ours; the vendor documents none (facts.md 6).

use super::wire;
use crate::{
    domain::Error,
    vendors::{Answer, Call, Kind},
};

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    code: u32,
    message: String,
    kind: Kind,
}

impl Failure {
    /// Of a kind without a name of its own.
    pub fn new(code: u32, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), kind: Kind::Other }
    }

    /// Who calls is not known: one of the codes of signatures and apps.
    pub fn identity(code: u32, message: impl Into<String>) -> Self {
        Self { kind: Kind::Identity, ..Self::new(code, message) }
    }

    /// Known, but not let in.
    pub fn permission(code: u32, message: impl Into<String>) -> Self {
        Self { kind: Kind::Permission, ..Self::new(code, message) }
    }

    /// 60002: no request that can be read: another method than POST, a broken query, too long a body.
    pub fn http(message: impl Into<String>) -> Self {
        Self::new(60002, message)
    }

    /// 60003: the body is no JSON object.
    pub fn json(message: impl Into<String>) -> Self {
        Self::new(60003, message)
    }

    /// 60009: nothing lives at this address.
    pub fn no_route() -> Self {
        Self::new(60009, "There is no such request API")
    }

    /// 100002: something in the body cannot be accepted.
    pub fn parameter(message: impl Into<String>) -> Self {
        Self::new(100_002, message)
    }

    /// The refusal as it is sent.
    pub fn answer(self, call: &Call) -> Answer {
        let Self { code, message, kind } = self;
        let body = wire::envelope(call, Err((code, &message)));
        Answer::refused(200, code, body, kind, &message)
    }
}

impl From<Error> for Failure {
    /// Too many calls are 60007, a common code: 100012, the rooms' own, is not among the contract's codes of
    /// `update_room_info` (facts.md 6.4 leaves it open). What asks to be tried again is 100001, whose text says so.
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let of = |code, kind| Self { code, message, kind };
        match error {
            Error::Unauthenticated | Error::StepUp => of(70009, Kind::Identity),
            Error::Forbidden(_) => of(100_006, Kind::Permission),
            Error::NotFound(_) => of(100_004, Kind::Other),
            Error::Invalid(_) => of(100_002, Kind::Other),
            Error::Conflict(_) => of(100_001, Kind::Other),
            Error::Exists(_) => of(100_003, Kind::Other),
            Error::Limit(_) => of(60007, Kind::Rate),
            Error::Busy(_) => of(100_001, Kind::Other),
            Error::Internal(_) => of(100_001, Kind::Other),
        }
    }
}
