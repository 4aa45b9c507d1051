//! A room with everything that belongs to it: one line of an import or export file.

use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::{Message, Patch, Room, RoomId, patch};
use crate::domain::{Timestamp, Violation, attribute::Attribute, client::Member};

/// A room, its members and its attributes, as exported.
#[derive(Clone, Debug, PartialEq)]
pub struct Whole {
    /// The room itself.
    pub room: Room,
    /// Its members, by client id.
    pub members: Vec<Member>,
    /// Its attributes, by key.
    pub attributes: Vec<Attribute>,
    /// How often its attributes were changed.
    pub attribute_seq: i64,
}

/// What a line of a file asks for. What it does not mention is left alone, or takes its default in a new room.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The room.
    pub id: RoomId,
    /// Its number; only for a new room, and only if it is free.
    pub number: Option<i64>,
    /// Its application; only for a new room.
    pub app: Option<String>,
    /// Its version; only for a new room.
    pub version: Option<i64>,
    /// When it was made; only for a new room.
    pub created_at: Option<Timestamp>,
    /// When it was last changed; only for a new room.
    pub updated_at: Option<Timestamp>,
    /// Its fields.
    pub patch: Patch,
    /// All its members.
    pub members: Option<Vec<Member>>,
    /// Its newest message.
    pub last_message: Option<Message>,
    /// All its attributes.
    pub attributes: Option<Vec<Attribute>>,
    /// How often its attributes were changed; only for a new room.
    pub attribute_seq: Option<i64>,
}

impl Serialize for Whole {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let room = &self.room;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &room.id)?;
        map.serialize_entry("number", &room.number)?;
        if !room.app.is_empty() {
            map.serialize_entry("app", &room.app)?;
        }
        map.serialize_entry("version", &room.version)?;
        map.serialize_entry("created_at", &room.created_at)?;
        map.serialize_entry("updated_at", &room.updated_at)?;
        for (field, value) in room.values.iter() {
            map.serialize_entry(field.key(), value)?;
        }
        if !self.members.is_empty() {
            map.serialize_entry("members", &self.members)?;
        }
        if let Some(message) = &room.last_message {
            map.serialize_entry("last_message", message)?;
        }
        if !self.attributes.is_empty() {
            map.serialize_entry("attributes", &self.attributes)?;
        }
        if self.attribute_seq > 0 {
            map.serialize_entry("attribute_seq", &self.attribute_seq)?;
        }
        map.end()
    }
}

impl Line {
    /// Reads a JSON object.
    ///
    /// # Errors
    /// Everything in it that cannot be accepted, unknown names included.
    pub fn from_json(mut object: Map<String, Json>) -> Result<Self, Vec<Violation>> {
        let mut wrong = Vec::new();
        let id = match object.remove("id") {
            Some(Json::String(id)) => RoomId::parse(&id).map_err(|violation| wrong.push(violation)).ok(),
            Some(_) => None.or_else(|| refuse(&mut wrong, "id", "must be a text")),
            None => None.or_else(|| refuse(&mut wrong, "id", "is missing")),
        };
        let line = Self {
            number: take(&mut object, "number", &mut wrong),
            app: take(&mut object, "app", &mut wrong),
            version: take(&mut object, "version", &mut wrong),
            created_at: take(&mut object, "created_at", &mut wrong),
            updated_at: take(&mut object, "updated_at", &mut wrong),
            members: take(&mut object, "members", &mut wrong),
            last_message: take(&mut object, "last_message", &mut wrong),
            attributes: take(&mut object, "attributes", &mut wrong),
            attribute_seq: take(&mut object, "attribute_seq", &mut wrong),
            patch: patch::Patch::from_json(&object).unwrap_or_else(|violations| {
                wrong.extend(violations);
                Patch::default()
            }),
            id: id.unwrap_or_else(RoomId::none),
        };
        if wrong.is_empty() { Ok(line) } else { Err(wrong) }
    }
}

fn refuse<T>(wrong: &mut Vec<Violation>, field: &str, why: &str) -> Option<T> {
    wrong.push(Violation::new(field, why));
    None
}

fn take<T: serde::de::DeserializeOwned>(
    object: &mut Map<String, Json>,
    key: &str,
    wrong: &mut Vec<Violation>,
) -> Option<T> {
    let json = object.remove(key).filter(|json| !json.is_null())?;
    serde_json::from_value(json).map_err(|why| wrong.push(Violation::new(key, format!("cannot be read: {why}")))).ok()
}
