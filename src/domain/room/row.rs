//! A room as a line of a list: only what the list shows.

use serde::{Deserialize, Serialize};

use super::RoomId;
use crate::domain::Timestamp;

/// A line of the room list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomRow {
    /// The room's id.
    pub id: RoomId,
    /// The room's number; breaks ties in every order.
    pub number: i64,
    /// The name; empty if it has none.
    pub name: String,
    /// The owner's client id, if any.
    pub owner: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// Whether it has a cover.
    pub has_cover: bool,
    /// Whether it is in service.
    pub is_active: bool,
    /// Whether it takes new members.
    pub is_open: bool,
    /// Whether only owner and managers can write.
    pub is_muted: bool,
    /// Whether the public list shows it.
    pub is_listed: bool,
    /// How many members it has.
    pub member_count: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When somebody last wrote, if ever.
    pub last_message_at: Option<Timestamp>,
}

impl RoomRow {
    /// The name to show: the name, or the id where there is none.
    pub fn title(&self) -> &str {
        if self.name.is_empty() { self.id.as_str() } else { &self.name }
    }
}
