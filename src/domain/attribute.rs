//! A room's attributes: key-value pairs that back-ends and staff set, each with the number of its last change.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::text;

/// One attribute of a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribute {
    /// Unique in its room.
    pub key: String,
    /// Any text, may be empty.
    #[serde(default)]
    pub value: String,
    /// Whether it goes when the client who set it leaves the room (ZEGO `AutoDelete`).
    #[serde(default)]
    pub auto_delete: bool,
    /// The client who set it; empty for staff.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub set_by: String,
    /// The room's count of attribute changes when this one last changed (ZEGO `Seq`).
    #[serde(default)]
    pub seq: i64,
}

/// How many attributes a room takes and how long they may be. Settings; these defaults are ZEGO's (contract
/// zego-update-room-attributes: 20 a room; key and value from the vendor's client guide, facts.md 3b).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeLimits {
    /// Most attributes in a room.
    pub per_room: usize,
    /// Longest key in bytes.
    pub key_bytes: usize,
    /// Longest value in bytes.
    pub value_bytes: usize,
    /// Most bytes of all keys and values together.
    pub total_bytes: usize,
}

impl Default for AttributeLimits {
    fn default() -> Self {
        Self { per_room: 20, key_bytes: 16, value_bytes: 1024, total_bytes: usize::MAX }
    }
}

impl AttributeLimits {
    /// What takes every attribute that one of two limits takes: a file may hold what any vendor has set.
    #[must_use]
    pub fn widest(self, other: Self) -> Self {
        Self {
            per_room: self.per_room.max(other.per_room),
            key_bytes: self.key_bytes.max(other.key_bytes),
            value_bytes: self.value_bytes.max(other.value_bytes),
            total_bytes: self.total_bytes.max(other.total_bytes),
        }
    }
}

/// One thing to do to a room's attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Set a key, new or old.
    Set {
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// See [`Attribute::auto_delete`].
        auto_delete: bool,
    },
    /// Delete a key.
    Delete {
        /// The key.
        key: String,
    },
}

impl Edit {
    /// The key it is about.
    pub fn key(&self) -> &str {
        match self {
            Self::Set { key, .. } | Self::Delete { key } => key,
        }
    }

    /// Tidies and checks the edit by itself. A value keeps its inner line ends and its outer blanks. A key to be deleted
    /// is tidied like one to be set, so that whatever set an attribute also deletes it; what no key can be is no key's.
    ///
    /// # Errors
    /// What is wrong with the key or the value.
    pub fn checked(self, limits: &AttributeLimits) -> Result<Self, Refused> {
        let (key, value, auto_delete) = match self {
            Self::Set { key, value, auto_delete } => (key, value, auto_delete),
            Self::Delete { key } => return Ok(Self::Delete { key: text::tidy(&key, 1).unwrap_or(key) }),
        };
        let key = text::tidy(&key, 1).map_err(|why| Refused::new(Why::Key, why))?;
        if key.is_empty() {
            return Err(Refused::new(Why::Key, "is empty; give the attribute a key"));
        }
        text::at_most_bytes(&key, limits.key_bytes).map_err(|why| Refused::new(Why::Key, why))?;
        text::tidy(&value, 2).map_err(|why| Refused::new(Why::Value, why))?;
        let value = value.replace("\r\n", "\n");
        text::at_most_bytes(&value, limits.value_bytes).map_err(|why| Refused::new(Why::Value, why))?;
        Ok(Self::Set { key, value, auto_delete })
    }
}

/// Tidies and checks an edit where these attributes stand, by key. What stands already is not measured again: another
/// vendor may take longer keys and values than the asker does, and whoever set them was allowed to.
///
/// # Errors
/// The key or the value cannot be one.
pub fn measured(now: &BTreeMap<String, Attribute>, edit: Edit, limits: &AttributeLimits) -> Result<Edit, Refused> {
    let mut limits = *limits;
    if let Some(known) = now.get(edit.key()) {
        limits.key_bytes = usize::MAX;
        if matches!(&edit, Edit::Set { value, .. } if *value == known.value) {
            limits.value_bytes = usize::MAX;
        }
    }
    edit.checked(&limits)
}

/// Goes on only if there is a place for an edit where these attributes stand, by key.
///
/// # Errors
/// Too many, or too much together.
pub fn has_place(now: &BTreeMap<String, Attribute>, edit: &Edit, limits: &AttributeLimits) -> Result<(), Refused> {
    let Edit::Set { key, value, .. } = edit else { return Ok(()) };
    let most = limits.per_room;
    if !now.contains_key(key) && now.len() >= most {
        let why = format!("would be one too many: a room takes {most} attributes; delete one first");
        return Err(Refused::new(Why::Full, why));
    }
    let others = now.values().filter(|a| a.key != *key).map(|a| a.key.len() + a.value.len());
    let total = others.sum::<usize>() + key.len() + value.len();
    if total > limits.total_bytes {
        let why = format!("would make the attributes too long together: {total} of {} bytes", limits.total_bytes);
        return Err(Refused::new(Why::TooMuch, why));
    }
    Ok(())
}

/// What became of one edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The key.
    pub key: String,
    /// `None` when it was done (or was already so); otherwise why not.
    pub refused: Option<Refused>,
    /// The number of the key's last change; after a deletion the deletion's own; the room's count where there was
    /// nothing to delete.
    pub seq: i64,
}

/// Why an edit was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// In one word.
    pub why: Why,
    /// For people, to be read after the key.
    pub message: String,
}

/// Why an edit was not done, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The key cannot be one.
    Key,
    /// The value cannot be one.
    Value,
    /// The same key stands twice in what was sent.
    Twice,
    /// Somebody else changed it meanwhile.
    Moved,
    /// The room has as many as it takes.
    Full,
    /// All keys and values together would be too long.
    TooMuch,
}

impl Refused {
    /// A refusal.
    pub fn new(why: Why, message: impl Into<String>) -> Self {
        Self { why, message: message.into() }
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.why {
            Why::Key => write!(f, "key {}", self.message),
            Why::Value => write!(f, "value {}", self.message),
            Why::Twice | Why::Moved | Why::Full | Why::TooMuch => f.write_str(&self.message),
        }
    }
}
