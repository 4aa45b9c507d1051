//! A chat room in NetEase's words: what the forms of `update.action` and `create.action` take, in the order of the
//! contract's table, and the three shapes in which answers have a room.

use serde_json::{Map, Value as Json, json};

use super::{error::Failure, form::Form};
use crate::{
    domain::{
        app::{self, Spelling, View, Word},
        room::{Field, Patch, Room},
    },
    vendors::json,
};

// Limits are in characters (contract netease-update-chatroom).
const NAME: Spelling = Spelling::plain("name", Field::Name).characters(128);
const ANNOUNCEMENT: Spelling = Spelling::plain("announcement", Field::Announcement).characters(4096);
const BROADCAST_URL: Spelling = Spelling::plain("broadcasturl", Field::LiveUrl).characters(1024);
const EXT: Spelling = Spelling::plain("ext", Field::Ext).characters(4096);
const QUEUE_LEVEL: Spelling =
    Spelling::choice("queuelevel", Field::QueueLevel, &[(Word::Number(0), "everyone"), (Word::Number(1), "managers")]);
const TEXT_BID: Spelling = Spelling::plain("textbid", Field::ModerationText);
const PICTURE_BID: Spelling = Spelling::plain("picbid", Field::ModerationPicture);
/// Whether the room is open; set by `toggleCloseStat.action`.
pub const VALID: Spelling =
    Spelling::choice("valid", Field::Status, &[(Word::Flag(true), "active"), (Word::Flag(false), "inactive")]);
const MUTED: Spelling = Spelling::plain("muted", Field::Muted);
/// Whose the room is; given by `create.action`.
pub const CREATOR: Spelling = Spelling::plain("creator", Field::Owner);

/// Every field that it carries: the contract's table, then what the other actions set or show.
pub const SPELLINGS: &[Spelling] =
    &[NAME, ANNOUNCEMENT, BROADCAST_URL, EXT, QUEUE_LEVEL, TEXT_BID, PICTURE_BID, VALID, MUTED, CREATOR];
/// The parameters of a form that are a field each.
pub const FIELDS: &[Spelling] = &[NAME, ANNOUNCEMENT, BROADCAST_URL, EXT, QUEUE_LEVEL];
/// The parts of `bid`.
pub const BID: &[Spelling] = &[TEXT_BID, PICTURE_BID];

/// Reads the fields of a form.
///
/// # Errors
/// Every field that cannot be accepted.
pub fn patch(form: &Form) -> Result<Patch, Failure> {
    let (mut patch, mut wrong) = (Patch::default(), Vec::new());
    for spelling in FIELDS {
        let Some(text) = form.text(spelling.word) else { continue };
        let json = match (spelling.form, text.parse::<i64>()) {
            (app::Form::Choice(_), Ok(number)) => Json::from(number),
            (app::Form::Choice(_), Err(_)) | (app::Form::Plain, _) => Json::from(text),
        };
        match spelling.read(&json) {
            Ok(value) => patch = patch.with(spelling.field, value),
            Err(why) => wrong.push(format!("{} {why}", spelling.word)),
        }
    }
    if let Some(text) = form.text("bid") {
        match bid(text) {
            Ok(parts) => patch = parts.iter().fold(patch, |patch, (field, value)| patch.with(field, value.cloned())),
            Err(why) => wrong.push(format!("bid {why}")),
        }
    }
    if wrong.is_empty() { Ok(patch) } else { Err(Failure::parameter(wrong.join("; "))) }
}

/// Reads `{"textbid": "", "picbid": ""}`. As in the form itself, an empty text was not given and a blank clears.
fn bid(text: &str) -> Result<Patch, String> {
    let Json::Object(object) = json::read(text.as_bytes())? else { return Err("must be a JSON object".to_owned()) };
    let mut patch = Patch::default();
    for spelling in BID {
        let given = object.get(spelling.word).filter(|json| !json.is_null() && **json != "");
        let Some(json) = given else { continue };
        let value = spelling.read(json).map_err(|why| format!("has {}, which {why}", spelling.word))?;
        patch = patch.with(spelling.field, value);
    }
    Ok(patch)
}

/// A room as `update.action` answers it, in the order of the contract's example. What was never set is an empty text:
/// the contract shows `"ext": ""`.
pub fn updated(room: &Room) -> Map<String, Json> {
    let mut object = Map::new();
    object.insert("roomid".to_owned(), json!(room.number));
    for spelling in [VALID, ANNOUNCEMENT, NAME, BROADCAST_URL, EXT, CREATOR] {
        put(&mut object, &spelling, room);
    }
    object
}

/// A room as `get.action` and `getBatch.action` answer it (facts.md 2b). Who is online nobody tells this house, so
/// `onlineusercount` is how many members the room has; it is there where it was asked for. `ionotify` is whether the
/// members are told who comes and goes: this house tells them nothing of it.
pub fn looked_at(room: &Room, count: bool) -> Map<String, Json> {
    let mut object = updated(room);
    put(&mut object, &MUTED, room);
    if count {
        object.insert("onlineusercount".to_owned(), json!(room.member_count));
    }
    put(&mut object, &QUEUE_LEVEL, room);
    object.insert("ionotify".to_owned(), json!(false));
    object
}

/// A room as `create.action` and `toggleCloseStat.action` answer it (facts.md 2b). `status` and `startTime` of
/// `delayInfo` mean something only where a room closes by time, which here none does.
pub fn made(room: &Room) -> Map<String, Json> {
    let mut object = updated(room);
    put(&mut object, &QUEUE_LEVEL, room);
    put(&mut object, &MUTED, room);
    let delay = json!({"delayCloseEnable": false, "delayClosePolicy": 0, "delaySeconds": 0});
    object.insert("delayInfo".to_owned(), delay);
    object
}

/// The room for the console's API section.
pub fn words(view: &View) -> Json {
    Json::Object(looked_at(&view.room, true))
}

fn put(object: &mut Map<String, Json>, spelling: &Spelling, room: &Room) {
    let json = spelling.write(room.values.get(spelling.field)).unwrap_or_else(|| json!(""));
    object.insert(spelling.word.to_owned(), json);
}
