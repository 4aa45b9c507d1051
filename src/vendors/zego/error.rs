//! Refusals: `{"Code", "Message", "RequestId"}` under HTTP status 200 (contract zego-update-room-attributes; facts.md
//! 0.1). The codes are those of the vendor's page of return codes (facts.md 3c), each used for what it says there, or for
//! what comes nearest to it; which is which is said beside each.

use serde_json::{Map, Value as Json, json};

use crate::{
    domain::Error,
    vendors::{Answer, Call, Kind},
};

macro_rules! codes {
    ($( $(#[$doc:meta])* $name:ident = $code:literal, $text:literal; )*) => {
        /// The codes of refusals.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum Code { $( $(#[$doc])* $name = $code, )* }

        impl Code {
            /// All of them, with what each says.
            pub const ALL: &'static [(Self, &'static str)] = &[$( (Self::$name, $text) ),*];

            const fn text(self) -> &'static str {
                match self { $( Self::$name => $text, )* }
            }
        }
    };
}

codes! {
    /// The database is locked, or a call took too long.
    Busy = 1, "The server is busy; try again later";
    /// Not a uint32 in digits; missing is no such number either, and has no code of its own.
    AppIdFormat = 100_000_001, "AppId must be a number of 32 bits";
    /// Missing or empty.
    TimestampEmpty = 100_000_002, "Timestamp is empty";
    /// Not whole seconds.
    TimestampFormat = 100_000_003, "Timestamp must be seconds since 1970";
    /// More than ten minutes from now, either way.
    Expired = 100_000_004, "The signature has expired: Timestamp is more than 10 minutes off";
    /// Made with another secret or of other parameters, cut, or not in lower case.
    Signature = 100_000_005, "Signature is wrong";
    /// Missing or empty.
    ActionEmpty = 100_000_006, "Action is empty";
    /// No such action; not with this method; not at this path: "please check the request URL".
    ActionUnsupported = 100_000_007, "There is no such Action with this method at this address";
    /// Missing or empty.
    NonceEmpty = 100_000_008, "SignatureNonce is empty";
    /// Missing or empty.
    SignatureEmpty = 100_000_009, "Signature is empty";
    /// No app has this AppId: there is no secret to be got.
    SecretUnknown = 100_000_010, "There is no ServerSecret for this AppId";
    /// Too long, broken off, not JSON, or said to be something else.
    BodyUnreadable = 100_000_012, "The request body cannot be read";
    /// Missing or empty.
    VersionEmpty = 100_000_013, "SignatureVersion is empty";
    /// Any but 2.0.
    VersionUnsupported = 100_000_014, "SignatureVersion must be 2.0";
    /// The app is kept out, or may not do this: no code of theirs is about rights, this one says that the app has not
    /// been given the service.
    NotEnabled = 100_000_017, "This app is disabled";
    /// Our own fault.
    Internal = 660_000_001, "Something went wrong on the server";
    /// Something that was sent cannot be accepted.
    Parameter = 660_000_002, "A parameter is wrong";
    /// Somebody else changed the same thing.
    Logic = 660_000_003, "Somebody else has changed this meanwhile";
    /// More than ten users in one question.
    UsersTooMany = 660_000_011, "At most 10 users can be asked for";
    /// The user is known to nobody here.
    UserUnknown = 660_200_001, "The user does not exist";
    /// No such room, or not one of the app's application.
    RoomMissing = 660_300_001, "The room does not exist";
    /// The app calls the action too often.
    Rate = 660_300_005, "Too many requests";
    /// The app asks about the room too often.
    RoomRate = 660_300_006, "Too many requests about this room";
    /// Known, but not in the room.
    NotInRoom = 660_300_012, "The user is not in the room";
    /// The id is taken.
    RoomExists = 660_300_014, "The room exists already";
    /// All attributes would be too long together; the vendor's Chinese page has it for groups.
    TotalTooLong = 660_300_019, "The attributes are too long together";
    /// A key of more than 16 bytes or a value of more than 1024.
    AttributeTooLong = 660_600_020, "The key or the value is too long";
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    code: Code,
    message: String,
    kind: Kind,
    fields: Map<String, Json>,
}

impl Failure {
    /// A refusal with a message of its own.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let kind = match code {
            Code::AppIdFormat | Code::SecretUnknown | Code::Signature | Code::SignatureEmpty => Kind::Identity,
            Code::TimestampEmpty | Code::TimestampFormat | Code::Expired | Code::NonceEmpty => Kind::Identity,
            Code::VersionEmpty | Code::VersionUnsupported => Kind::Identity,
            Code::NotEnabled => Kind::Permission,
            Code::Rate | Code::RoomRate => Kind::Rate,
            _ => Kind::Other,
        };
        Self { code, message: message.into(), kind, fields: Map::new() }
    }

    /// Something that was sent cannot be accepted.
    pub fn parameter(message: impl Into<String>) -> Self {
        Self::new(Code::Parameter, message)
    }

    /// The request could not be read to its end: its body, or a query that is no text.
    pub fn unreadable(why: &Error) -> Self {
        let body = matches!(why, Error::Invalid(all) if all.iter().any(|violation| violation.field == "body"));
        Self::new(if body { Code::BodyUnreadable } else { Code::Parameter }, why.to_string())
    }

    /// The same refusal with fields beside the code.
    pub fn with(self, fields: Map<String, Json>) -> Self {
        Self { fields, ..self }
    }

    /// The refusal as it is sent.
    pub fn answer(self, call: &Call) -> Answer {
        let Self { code, message, kind, fields } = self;
        let code = code as u32;
        Answer::refused(200, code, body(call, code, &message, fields), kind, &message)
    }
}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self::new(code, code.text())
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let code = match error {
            // No service asks an app to sign in; if one did, the signature was not enough.
            Error::Unauthenticated | Error::StepUp => Code::Signature,
            Error::Forbidden(_) => Code::NotEnabled,
            Error::NotFound(_) => Code::RoomMissing,
            Error::Invalid(_) => Code::Parameter,
            Error::Conflict(_) => Code::Logic,
            Error::Exists(_) => Code::RoomExists,
            Error::Limit(_) => Code::Rate,
            Error::Busy(_) => Code::Busy,
            Error::Internal(_) => Code::Internal,
        };
        Self::new(code, message)
    }
}

/// An answer's body. `RequestId` is numeric text of at most 63 bits, like the vendor's (facts.md 3b).
pub fn body(call: &Call, code: u32, message: &str, fields: Map<String, Json>) -> Json {
    let number = call.number & u128::from(i64::MAX.unsigned_abs());
    let mut body = Map::new();
    body.insert("Code".to_owned(), json!(code));
    body.insert("Message".to_owned(), json!(message));
    body.insert("RequestId".to_owned(), json!(number.to_string()));
    body.extend(fields);
    Json::Object(body)
}
