//! A room in Tencent's words: what `update_room_info` takes, in the order of its page, and what is answered.

use serde_json::{Map, Value as Json, json};

use super::error::Failure;
use crate::{
    domain::{
        app::{Spelling, View, Word},
        attribute::Attribute,
        client::ClientId,
        room::{Field, Kind, Patch, Room, RoomId, Value},
        text::at_most_bytes,
    },
    vendors::Call,
};

// In the order of the table of `update_room_info` (contract tencent-update-room-info), then `Notice`, which the page has
// since 2026. The lengths in bytes are those of `create_room` (facts.md 4b).
const NAME: Spelling = Spelling::plain("RoomName", Field::Name).bytes(100);
const CAPACITY: Spelling = Spelling::plain("MaxMemberCount", Field::Capacity);
const MUTED: Spelling = Spelling::plain("IsMessageDisabled", Field::Muted);
const COVER: Spelling = Spelling::plain("CoverURL", Field::Cover).bytes(200);
const CATEGORY: Spelling = Spelling::plain("Category", Field::Categories);
const ACTIVITY: Spelling = Spelling::plain("ActivityStatus", Field::ActivityStatus);
const VISIBLE: Spelling = Spelling::plain("IsPublicVisible", Field::Listed);
const SEATS: Spelling = Spelling::choice(
    "TakeSeatMode",
    Field::SeatMode,
    &[(Word::Text("FreeToTake"), "free"), (Word::Text("ApplyToTake"), "ask")],
);
const NOTICE: Spelling = Spelling::plain("Notice", Field::Announcement).bytes(100);
/// Given by `create_room`, changed by `change_room_owner`.
const OWNER: Spelling = Spelling::plain("Owner_Account", Field::Owner);

/// Every field that it carries.
pub const CARRIED: &[Spelling] = &[NAME, CAPACITY, MUTED, COVER, CATEGORY, ACTIVITY, VISIBLE, SEATS, NOTICE, OWNER];
/// Every field of `update_room_info`.
pub const SPELLINGS: &[Spelling] = &[NAME, CAPACITY, MUTED, COVER, CATEGORY, ACTIVITY, VISIBLE, SEATS, NOTICE];

/// Longest id of a room in bytes (facts.md 4b). A client table has printable ASCII only; the REST pages do not, so any
/// text is taken.
const ID_BYTES: usize = 48;
/// Most categories of one room, counted as they were sent.
const CATEGORIES: usize = 3;

/// Every answer: the four words that are always there, and what an accepted call brings.
pub fn envelope(call: &Call, outcome: Result<Option<Json>, (u32, &str)>) -> Json {
    let (status, code, info, response) = match outcome {
        Ok(response) => ("OK", 0, "", response),
        Err((code, info)) => ("FAIL", code, info, None),
    };
    // As printed: `Id-8c9858f01e954611ae2d4c1b1ed7d583-O-Seq-52720`.
    let request = format!("Id-{:032x}-O-Seq-{}", call.number, call.number % 1_000_000);
    let mut body = json!({"ActionStatus": status, "ErrorInfo": info, "ErrorCode": code, "RequestId": request});
    if let (Some(response), Some(object)) = (response, body.as_object_mut()) {
        object.insert("Response".to_owned(), response);
    }
    body
}

/// Reads the fields of a room. Unknown names are ignored (the official manager sends `IsUnlimitedRoomEnabled`,
/// facts.md 0.4). `null` is a wrong type, as everywhere in this API; an empty text or list clears a field.
///
/// # Errors
/// Every field that cannot be accepted.
pub fn patch(object: &Map<String, Json>) -> Result<Patch, Failure> {
    let (mut patch, mut wrong) = (Patch::default(), Vec::new());
    for spelling in SPELLINGS {
        let Some(json) = object.get(spelling.word) else { continue };
        let read = match json {
            Json::Null => Err("must not be null".to_owned()),
            Json::Array(items) if spelling.field == Field::Categories && items.len() > CATEGORIES => {
                Err(format!("has too many: {} of {CATEGORIES}", items.len()))
            }
            json => spelling.read(json),
        };
        match read {
            Ok(value) => patch = patch.with(spelling.field, value),
            Err(why) => wrong.push(format!("{} {why}", spelling.word)),
        }
    }
    if wrong.is_empty() { Ok(patch) } else { Err(Failure::parameter(wrong.join("; "))) }
}

/// `RoomId`, which every call about a room has.
///
/// # Errors
/// It is missing, no text, too long, or cannot be an id.
pub fn room_id(object: &Map<String, Json>) -> Result<RoomId, Failure> {
    let given = text(object, "RoomId")?.ok_or_else(|| Failure::parameter("RoomId is missing"))?;
    at_most_bytes(given, ID_BYTES).map_err(|why| Failure::parameter(format!("RoomId {why}")))?;
    RoomId::parse(given).map_err(|why| Failure::parameter(format!("RoomId {}", why.message)))
}

/// Whether a room can be called by its id at all; another vendor may have made one with a longer id.
pub fn can_be_called(id: &RoomId) -> bool {
    id.as_str().len() <= ID_BYTES
}

/// An account: a client's id. The vendor's own have at most 32 bytes (facts.md 4a); ours may be longer.
///
/// # Errors
/// It is no text, or cannot be an id.
pub fn account(object: &Map<String, Json>, name: &str) -> Result<Option<ClientId>, Failure> {
    let parse = |given| ClientId::parse(given).map_err(|why| Failure::parameter(format!("{name} {why}")));
    text(object, name)?.map(parse).transpose()
}

/// A text that may be missing.
///
/// # Errors
/// It is there and no text.
pub fn text<'o>(object: &'o Map<String, Json>, name: &str) -> Result<Option<&'o str>, Failure> {
    match object.get(name) {
        None => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(_) => Err(Failure::parameter(format!("{name} must be a text"))),
    }
}

/// A room as `get_room_info` answers it. Texts and lists that have no value are empty and `ActivityStatus` is 0, so
/// that clients with types find them; a room without a limit of its own has no `MaxMemberCount`, because 0 would read
/// as "nobody". What a room here does not have (see the folder's head) is left out.
pub fn room(room: &Room) -> Map<String, Json> {
    let mut object = head(room);
    object.insert("RoomType".to_owned(), json!(LIVE));
    for spelling in SPELLINGS {
        let value = spelling.write(room.values.get(spelling.field)).or_else(|| empty(spelling.field));
        if let Some(json) = value.filter(|_| !object.contains_key(spelling.word)) {
            object.insert(spelling.word.to_owned(), json);
        }
    }
    object
}

/// The one type of a room.
pub const LIVE: &str = "Live";

/// A room as `get_room_list` answers it: less than `get_room_info` has, as on the page, but for `ViewCount`.
pub fn listed(room: &Room) -> Json {
    let mut object = head(room);
    for spelling in SPELLINGS {
        if [Field::Cover, Field::Categories, Field::ActivityStatus].contains(&spelling.field) {
            let value = spelling.write(room.values.get(spelling.field)).or_else(|| empty(spelling.field));
            object.insert(spelling.word.to_owned(), value.unwrap_or_default());
        }
    }
    Json::Object(object)
}

/// What both have. A room without a name is called by its id, which is the document's own default.
fn head(room: &Room) -> Map<String, Json> {
    let mut object = Map::new();
    object.insert("RoomId".to_owned(), json!(room.id));
    object.insert("RoomName".to_owned(), json!(room.title()));
    object.insert("Owner_Account".to_owned(), json!(room.owner().unwrap_or_default()));
    object.insert("CreateTime".to_owned(), json!(room.created_at.0.div_euclid(1000)));
    object
}

fn empty(field: Field) -> Option<Json> {
    match field.spec().kind {
        Kind::Text { .. } | Kind::Link { .. } => Some(json!("")),
        Kind::Numbers { .. } => Some(json!([])),
        Kind::Number { .. } if field == Field::ActivityStatus => Some(json!(0)),
        _ => None,
    }
}

/// Attributes as metadata.
pub fn metadata<'a>(attributes: impl IntoIterator<Item = &'a Attribute>) -> Json {
    attributes.into_iter().map(|attribute| json!({"Key": attribute.key, "Value": attribute.value})).collect()
}

/// The room for the console's API section.
pub fn words(view: &View) -> Json {
    json!({"RoomInfo": room(&view.room), "Metadata": metadata(&view.attributes)})
}

/// The fields of a room as `update_room_info` would take them, as they stand; without those that it would refuse.
pub fn as_they_stand(room: &Room) -> Map<String, Json> {
    let mut object = Map::new();
    object.insert("RoomId".to_owned(), json!(room.id));
    for spelling in SPELLINGS {
        let value: Option<&Value> = room.values.get(spelling.field).filter(|value| spelling.lint(value).is_none());
        if let Some(json) = value.and_then(|value| spelling.write(Some(value))) {
            object.insert(spelling.word.to_owned(), json);
        }
    }
    object
}
