//! What calls say and what is answered, in the vendor's words: ids, attributes, a room's name.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::{
    LIMITS,
    error::{Code, Failure},
};
use crate::domain::{
    app::{Spelling, View},
    attribute::{Attribute, Edit, Outcome, Why},
    room::{Field, Kind, RoomId, Value},
};

/// The one field of a room that this vendor carries, besides who owns it; taken when a room is made, at most 64 bytes
/// (facts.md 3b).
pub const SPELLINGS: &[Spelling] = &[NAME];
/// The room's name.
pub const NAME: Spelling = Spelling::plain("RoomName", Field::Name).bytes(64);
/// The signs that ids take besides English letters and digits, as the contract lists them; a newer page has other ones
/// and looks mangled (facts.md 3b).
pub const SIGNS: &str = "!#$%&()+-:;<=.>?@[]^_ ,|~";
/// Longest id in bytes, of users and rooms alike (facts.md 3b).
pub const ID_BYTES: usize = 32;
/// Most attributes in one call. The documents state no number; a call can set at most as many as a room takes and delete
/// as many again, so that no honest call comes near.
const MOST: usize = 1000;

/// A user's id under this name. Outer blanks go, as they do from every client's id in this house.
///
/// # Errors
/// It is empty, too long, or has a character that none may have.
pub fn user(name: &str, given: &str) -> Result<String, Failure> {
    let id = given.trim_matches(' ');
    check_id(name, id)?;
    Ok(id.to_owned())
}

/// A room's id. A room whose id this vendor cannot write cannot be named through its API.
///
/// # Errors
/// It is empty, too long, or has a character that none may have; or it can be no room's id in this house (blanks at its
/// ends, `.` and `..`).
pub fn room(given: &str) -> Result<RoomId, Failure> {
    check_id("RoomId", given)?;
    RoomId::parse(given).map_err(|why| Failure::parameter(format!("RoomId {}", why.message)))
}

fn check_id(name: &str, id: &str) -> Result<(), Failure> {
    let wrong = |why: String| Err(Failure::parameter(format!("{name} {why}")));
    if id.is_empty() {
        return wrong("is empty".to_owned());
    }
    if let Some(bad) = id.chars().find(|&c| !c.is_ascii_alphanumeric() && !SIGNS.contains(c)) {
        return wrong(format!("has {bad:?}, which no id may have"));
    }
    if id.len() > ID_BYTES {
        return wrong(format!("is too long: {} of {ID_BYTES} bytes", id.len()));
    }
    Ok(())
}

/// A text of an object.
///
/// # Errors
/// It is missing or no text.
pub fn text<'b>(object: &'b Map<String, Json>, name: &str) -> Result<&'b str, Failure> {
    match object.get(name) {
        Some(Json::String(text)) => Ok(text),
        None | Some(Json::Null) => Err(Failure::parameter(format!("{name} is missing"))),
        Some(_) => Err(Failure::parameter(format!("{name} must be a text"))),
    }
}

/// A whole number of an object, from 0 to `max`; `None` where it is missing.
///
/// # Errors
/// It is no such number.
pub fn number(object: &Map<String, Json>, name: &str, max: i64) -> Result<Option<i64>, Failure> {
    let Some(json) = object.get(name) else { return Ok(None) };
    match (Kind::Number { min: 0, max }).check(json) {
        Ok(Some(Value::Number(number))) => Ok(Some(number)),
        Ok(_) => Ok(None),
        Err(why) => Err(Failure::parameter(format!("{name} {why}"))),
    }
}

/// What `ModifyRoomAttribute` asks for.
#[derive(Debug, Default)]
pub struct Asked {
    /// The edits, in order.
    pub edits: Vec<Edit>,
    /// The places of those after which, should they be refused, nothing more is to be done.
    pub stops: BTreeSet<usize>,
}

/// The `Attributes` of `ModifyRoomAttribute`. What is wrong with a key or a value is that item's business, later; what is
/// no item at all is the whole call's. A `Value` that is missing is an empty one. `StopOnError` stands in each item, as
/// in the vendor's description of one: it says what that item's refusal means for those after it.
///
/// # Errors
/// It is missing, empty or no list; an item has no `Action` or `Key`, or something of the wrong type.
pub fn edits(body: &Map<String, Json>) -> Result<Asked, Failure> {
    let mut asked = Asked::default();
    for (place, item) in items(body)?.iter().enumerate() {
        let item = object(item)?;
        let action = number(item, "Action", 1)?.ok_or_else(|| Failure::parameter("Action is missing"))?;
        if number(item, "StopOnError", 1)? == Some(1) {
            asked.stops.insert(place);
        }
        let set = set(item)?;
        asked.edits.push(if action == 0 { set } else { Edit::Delete { key: set.key().to_owned() } });
    }
    if asked.edits.is_empty() { Err(Failure::parameter("Attributes is empty")) } else { Ok(asked) }
}

/// The `Attributes` of `CreateRoom`: none need be there.
///
/// # Errors
/// It is no list; an item has no `Key`, or something of the wrong type.
pub fn sets(body: &Map<String, Json>) -> Result<Vec<Edit>, Failure> {
    items(body)?.iter().map(|item| set(object(item)?)).collect()
}

fn items(body: &Map<String, Json>) -> Result<&[Json], Failure> {
    match body.get("Attributes") {
        None | Some(Json::Null) => Ok(&[]),
        Some(Json::Array(items)) if items.len() <= MOST => Ok(items),
        Some(Json::Array(items)) => {
            Err(Failure::parameter(format!("Attributes are too many: {} of {MOST} in one call", items.len())))
        }
        Some(_) => Err(Failure::parameter("Attributes must be a list")),
    }
}

fn object(item: &Json) -> Result<&Map<String, Json>, Failure> {
    item.as_object().ok_or_else(|| Failure::parameter("Attributes must be a list of objects"))
}

fn set(item: &Map<String, Json>) -> Result<Edit, Failure> {
    let key = text(item, "Key")?;
    if key.is_empty() {
        return Err(Failure::parameter("Key is empty"));
    }
    let value = match item.get("Value") {
        None | Some(Json::Null) => "",
        Some(_) => text(item, "Value")?,
    };
    let auto_delete = number(item, "AutoDelete", 1)? == Some(1);
    Ok(Edit::Set { key: key.to_owned(), value: value.to_owned(), auto_delete })
}

/// What became of the edits that were looked at: `SuccKeyList` and `ErrKeyList`, each only where it has something in it,
/// and whether anything was done at all. Those that were not looked at are in neither.
pub fn lists(asked: &[Edit], outcomes: &[Outcome]) -> (Map<String, Json>, bool) {
    let (mut done, mut refused) = (Vec::new(), Vec::new());
    for (edit, outcome) in asked.iter().zip(outcomes) {
        match &outcome.refused {
            None => done.push(json!({"Key": outcome.key, "Seq": outcome.seq})),
            Some(why) => refused.push(json!({"SubCode": sub_code(edit, why.why) as u32, "Key": outcome.key})),
        }
    }
    let any = !done.is_empty();
    let mut lists = Map::new();
    for (name, list) in [("SuccKeyList", done), ("ErrKeyList", refused)] {
        if !list.is_empty() {
            lists.insert(name.to_owned(), Json::Array(list));
        }
    }
    (lists, any)
}

/// The `SubCode` of a key. Which codes the vendor sends there is not documented (facts.md 3c); these are the nearest of
/// its business codes.
///
/// | why | SubCode |
/// | --- | --- |
/// | the key is longer than 16 bytes, or the value than 1024 | 660600020 |
/// | a character that no text may have here, the same key twice, more attributes than a room takes | 660000002 |
/// | all keys and values together are longer than 5120 bytes | 660300019 |
/// | somebody else changed it meanwhile | 660000003 |
fn sub_code(edit: &Edit, why: Why) -> Code {
    let long = match edit {
        Edit::Set { key, value, .. } => (key.len() > LIMITS.key_bytes, value.len() > LIMITS.value_bytes),
        Edit::Delete { .. } => (false, false),
    };
    match (why, long) {
        (Why::Key, (true, _)) | (Why::Value, (_, true)) => Code::AttributeTooLong,
        (Why::Key | Why::Value | Why::Twice | Why::Full, _) => Code::Parameter,
        (Why::TooMuch, _) => Code::TotalTooLong,
        (Why::Moved, _) => Code::Logic,
    }
}

/// How often a room's attributes were changed, as answers say it.
pub fn seq(seq: i64) -> Map<String, Json> {
    let mut fields = Map::new();
    fields.insert("AttributeSeq".to_owned(), json!(seq));
    fields
}

/// An attribute as `QueryRoomAttribute` has it.
pub fn attribute(attribute: &Attribute) -> Json {
    let Attribute { key, value, seq, auto_delete, .. } = attribute;
    json!({"Key": key, "Value": value, "Seq": seq, "AutoDelete": u8::from(*auto_delete)})
}

/// The room's attributes as `QueryRoomAttribute` has them.
pub fn attributes(view: &View) -> Map<String, Json> {
    let mut fields = seq(view.attribute_seq);
    fields.insert("Attributes".to_owned(), view.attributes.iter().map(attribute).collect());
    fields
}

/// The room for the console's API section: what a room is made from, and its attributes.
pub fn words(view: &View) -> Json {
    let mut fields = Map::new();
    fields.insert("RoomId".to_owned(), json!(view.room.id));
    if let Some(name) = NAME.write(view.room.values.get(NAME.field)) {
        fields.insert(NAME.word.to_owned(), name);
    }
    fields.extend(attributes(view));
    Json::Object(fields)
}
