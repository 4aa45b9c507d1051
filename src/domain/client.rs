//! Clients: the chat platform's end users, as far as rooms show them.

use serde::{Deserialize, Serialize};

use super::{Timestamp, text};

/// A client's id: any text of 1 to 128 bytes without control characters or commas.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(String);

impl ClientId {
    /// Longest id in bytes.
    pub const MAX_BYTES: usize = 128;

    /// Checks an id that somebody sent. Outer blanks are dropped.
    ///
    /// # Errors
    /// Says what is wrong, to be read after the input's label.
    pub fn parse(given: &str) -> Result<Self, String> {
        let id = text::tidy(given, 1)?;
        if id.is_empty() {
            return Err("is empty; give a client's id".to_owned());
        }
        text::at_most_bytes(&id, Self::MAX_BYTES)?;
        if id.contains(',') {
            return Err("has a comma, which no client id may have".to_owned());
        }
        Ok(Self(id))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ClientId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// The id.
    pub id: ClientId,
    /// The name people see; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nickname: String,
    /// Address of the picture; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// When the client was last online, if ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_login_at: Option<Timestamp>,
}

/// A client in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    #[serde(flatten)]
    pub client: Client,
    /// Messages not read yet.
    #[serde(default)]
    pub unread: i64,
    /// Id of the last message read; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub last_read: String,
}
