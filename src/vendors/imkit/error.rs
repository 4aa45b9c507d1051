//! Refusals: `{"RC", "RM", "error": {"code", "message"}}` under the real HTTP status (contract imkit-update-room).
//!
//! There is no table of codes beyond 401, 403 and 404; 400, 409 and 429 occur on other pages (facts.md 1c). What a bad
//! key yields on a room's page is not documented: we send `RC`, `RM` and the object, with which the JavaScript client
//! goes on working, and the word that the key pages use.

use serde_json::json;

use crate::{
    domain::Error,
    vendors::{Answer, Kind},
};

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    status: u16,
    words: &'static str,
    code: &'static str,
    message: String,
    kind: Kind,
}

impl Failure {
    /// Who calls is not known.
    pub fn identity(code: &'static str, message: &str) -> Self {
        Self { status: 401, words: "Unauthorized", code, message: message.to_owned(), kind: Kind::Identity }
    }

    /// A request that cannot be accepted.
    pub fn request(message: impl Into<String>) -> Self {
        let (words, code) = ("Bad Request", "INVALID_REQUEST");
        Self { status: 400, words, code, message: message.into(), kind: Kind::Other }
    }

    /// Nothing lives at this address, or not with this method.
    pub fn no_route(method_is_wrong: bool) -> Self {
        let (status, words, code, message) = if method_is_wrong {
            (405, "Method Not Allowed", "METHOD_NOT_ALLOWED", "This address does not take this method")
        } else {
            (404, "Not found", "NOT_FOUND", "There is nothing at this address")
        };
        Self { status, words, code, message: message.to_owned(), kind: Kind::Other }
    }

    /// An app that is kept out.
    pub fn disabled() -> Self {
        let message = "This app is disabled".to_owned();
        Self { status: 403, words: "Forbidden", code: "APP_DISABLED", message, kind: Kind::Permission }
    }

    /// The same refusal with another message, where it says that the room does not exist: two pages have two texts.
    pub fn for_missing(self, message: &str) -> Self {
        if self.code == NO_ROOM { Self { message: message.to_owned(), ..self } } else { self }
    }

    /// The refusal as it is sent.
    pub fn answer(self) -> Answer {
        let Self { status, words, code, message, kind } = self;
        let mut body = json!({"RC": status, "RM": words, "error": {"code": code, "message": message}});
        // The page on API keys has it beside the code; clients that wait look for it (facts.md 1d).
        if let Some(object) = body.as_object_mut().filter(|_| status == 429) {
            object.insert("retryAfter".to_owned(), json!(60));
        }
        Answer::refused(status, status, body, kind, &message)
    }
}

const NO_ROOM: &str = "ROOM_NOT_FOUND";

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = match &error {
            Error::Unauthenticated => "Invalid or expired token".to_owned(),
            other => other.to_string(),
        };
        let of = |status, words, code, kind| Self { status, words, code, message, kind };
        match error {
            Error::Unauthenticated | Error::StepUp => of(401, "Unauthorized", "INVALID_TOKEN", Kind::Identity),
            Error::Forbidden(_) => of(403, "Forbidden", "INSUFFICIENT_PERMISSIONS", Kind::Permission),
            Error::NotFound(_) => of(404, "Room not found", NO_ROOM, Kind::Other),
            Error::Invalid(_) => of(400, "Bad Request", "INVALID_REQUEST", Kind::Other),
            Error::Conflict(_) => of(409, "Conflict", "CONFLICT", Kind::Other),
            Error::Exists(_) => of(409, "Conflict", "ALREADY_EXISTS", Kind::Other),
            Error::Limit(_) => of(429, "Too Many Requests", "RATE_LIMIT_EXCEEDED", Kind::Rate),
            Error::Busy(_) => of(503, "Service Unavailable", "SERVICE_UNAVAILABLE", Kind::Other),
            Error::Internal(_) => of(500, "Internal Server Error", "INTERNAL_ERROR", Kind::Other),
        }
    }
}
