//! A room: its identity, its fields' values, its members and its last message.

pub mod column;
pub mod fields;
pub mod kind;
pub mod limits;
pub mod patch;
pub mod query;
pub mod row;
pub mod value;
pub mod values;
pub mod whole;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::{Timestamp, client::ClientId, error::Violation, text};
pub use column::{Column, Columns};
pub use fields::{Field, Group, Spec};
pub use kind::Kind;
pub use limits::VendorLimit;
pub use patch::{Change, Patch};
pub use query::{Filter, RoomQuery, Sort};
pub use row::RoomRow;
pub use value::Value;
pub use values::Values;
pub use whole::{Line, Whole};

/// A room's id: any text of 1 to 128 bytes without control characters, as the widest vendor (IMKIT) allows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoomId(String);

impl RoomId {
    /// Longest id in bytes.
    pub const MAX_BYTES: usize = 128;

    /// Checks an id that somebody sent.
    ///
    /// # Errors
    /// Empty, over [`Self::MAX_BYTES`], with outer blanks or characters that no text may have, or `.` and `..`,
    /// which no path could carry.
    pub fn parse(text: &str) -> Result<Self, Violation> {
        let wrong = |message: &str| Err(Violation::new("id", message));
        match text::tidy(text, 1) {
            Err(why) => wrong(&why),
            Ok(_) if text.is_empty() => wrong("is empty; give the room an id"),
            Ok(tidied) if tidied != text => wrong("has blanks at its ends or a tab or line end inside; remove them"),
            Ok(_) if text == "." || text == ".." => wrong("cannot be . or .., which no address can carry"),
            Ok(_) => match text::at_most_bytes(text, Self::MAX_BYTES) {
                Ok(()) => Ok(Self(text.to_owned())),
                Err(why) => wrong(&why),
            },
        }
    }

    /// Stands where an id could not be read, in a line that is refused for it.
    pub(super) fn none() -> Self {
        Self(String::new())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Everything but RFC 3986's unreserved characters is encoded: an id may hold `/`, `?`, `#` and `%`.
pub const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The address of a room's page. The room called `new` is written so that it is not taken for the page that makes one.
pub fn address(id: &str) -> String {
    if id == "new" { "/rooms/%6Eew".to_owned() } else { format!("/rooms/{}", utf8_percent_encode(id, UNRESERVED)) }
}

impl std::fmt::Display for RoomId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A room as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Room {
    /// Its id, chosen by whoever made it.
    pub id: RoomId,
    /// The same room as a number, for the vendor whose ids are numbers (NetEase `roomid`).
    pub number: i64,
    /// The application it belongs to; empty where there is only one.
    pub app: String,
    /// Goes up by one with every accepted change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// How many members it has.
    pub member_count: i64,
    /// Every field that has a value.
    pub values: Values,
    /// The newest message, where there is one.
    pub last_message: Option<Message>,
}

impl Room {
    /// The name to show: the name, or the id where there is none.
    pub fn title(&self) -> &str {
        self.values.text(Field::Name).unwrap_or(self.id.as_str())
    }

    /// The owner's client id.
    pub fn owner(&self) -> Option<&str> {
        self.values.text(Field::Owner)
    }

    /// The managers' client ids.
    pub fn managers(&self) -> &[String] {
        self.values.words(Field::Managers)
    }

    /// Whether the room is in service.
    pub fn is_active(&self) -> bool {
        self.values.text(Field::Status) != Some("inactive")
    }
}

/// The newest message of a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The message's id.
    pub id: String,
    /// What kind of message: `text`, `image`, ...
    #[serde(default = "text_kind")]
    pub kind: String,
    /// Its text, where it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Who sent it.
    pub sender: ClientId,
    /// When it was sent.
    pub sent_at: Timestamp,
}

fn text_kind() -> String {
    "text".to_owned()
}
