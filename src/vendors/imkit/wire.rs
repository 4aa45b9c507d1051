//! A room in IMKIT's words: what `PUT /rooms/{id}` takes, in the order of its page, and what `GET` answers.

use serde_json::{Map, Value as Json, json};

use super::error::Failure;
use crate::domain::{
    app::{Spelling, View, Word},
    client::{Client, ClientId, Member},
    room::{Field, Message, Patch, Room},
};

/// Every field of `PUT /rooms/{id}` (contract imkit-update-room), in the order of its table.
pub const SPELLINGS: &[Spelling] = &[
    Spelling::plain("name", Field::Name),
    Spelling::plain("cover", Field::Cover),
    Spelling::plain("description", Field::Description),
    Spelling::plain("roomTags", Field::Tags),
    Spelling::plain("webhook", Field::Webhook),
    Spelling::plain("botMode", Field::BotMode),
    Spelling::plain("extParams", Field::ExtParams),
    Spelling::choice("opening", Field::Opening, &[(Word::Number(0), "closed"), (Word::Number(1), "open")]),
    Spelling::plain("owner", Field::Owner),
    Spelling::plain("managers", Field::Managers),
    Spelling::choice("status", Field::Status, &[(Word::Number(0), "inactive"), (Word::Number(1), "active")]),
];

/// Reads the fields of a body. Unknown names are ignored; `null`, an empty text and an empty list clear a field
/// (facts.md 1b leaves it open; this is what merging JSON means elsewhere).
///
/// # Errors
/// Every field that cannot be accepted.
pub fn patch(body: &Map<String, Json>) -> Result<Patch, Failure> {
    let (mut patch, mut wrong) = (Patch::default(), Vec::new());
    for spelling in SPELLINGS {
        let Some(json) = body.get(spelling.word) else { continue };
        match spelling.read(json) {
            Ok(value) => patch = patch.with(spelling.field, value),
            Err(why) => wrong.push(format!("{} {why}", spelling.word)),
        }
    }
    if wrong.is_empty() { Ok(patch) } else { Err(Failure::request(wrong.join("; "))) }
}

/// A list of client ids under one of these names; empty where none is there.
///
/// # Errors
/// It is no list of ids.
pub fn clients(body: &Map<String, Json>, name: &str) -> Result<Vec<ClientId>, Failure> {
    let items = match body.get(name) {
        None | Some(Json::Null) => return Ok(Vec::new()),
        Some(Json::Array(items)) => items,
        Some(_) => return Err(Failure::request(format!("{name} must be a list of client ids"))),
    };
    let read = |item: &Json| {
        let id = item.as_str().ok_or_else(|| Failure::request(format!("{name} must be a list of client ids")))?;
        ClientId::parse(id).map_err(|why| Failure::request(format!("{name} has {id:?}, which {why}")))
    };
    items.iter().map(read).collect()
}

/// Who looks at a room.
pub struct Eyes<'a> {
    /// The client; `None` for the app itself.
    pub client: Option<&'a str>,
    /// Whether that is a superuser.
    pub superuser: bool,
    /// The application's name, where the room has none of its own.
    pub application: &'a str,
}

/// A room as `GET /rooms/{id}` and `PUT /rooms/{id}` answer it: the contract's fields, and every field that `PUT`
/// takes. What has no value is left out, as in the contract's examples.
pub fn room(view: &View, eyes: &Eyes<'_>) -> Json {
    let mut object = summary(&view.room, view.sender.as_ref(), eyes);
    let unread = |client: &str| view.members.iter().find(|m| m.client.id.as_str() == client).map(|m| m.unread);
    object.insert("memberProperties".to_owned(), view.members.iter().map(property).collect());
    object.insert("members".to_owned(), view.members.iter().map(|member| client(&member.client)).collect());
    object.insert("unread".to_owned(), json!(eyes.client.and_then(unread).unwrap_or_default()));
    object.insert("isSuperuser".to_owned(), json!(eyes.superuser));
    Json::Object(object)
}

/// A room without its members, as lists have it.
pub fn summary(room: &Room, sender: Option<&Client>, eyes: &Eyes<'_>) -> Map<String, Json> {
    let mut object = Map::new();
    object.insert("_id".to_owned(), json!(room.id));
    let application = if room.app.is_empty() { eyes.application } else { &room.app };
    object.insert("appID".to_owned(), json!(application));
    for spelling in SPELLINGS {
        if let Some(json) = spelling.write(room.values.get(spelling.field)) {
            object.insert(spelling.word.to_owned(), json);
        }
    }
    if let Some(newest) = &room.last_message {
        object.insert("lastMessage".to_owned(), message(newest, sender));
    }
    object.insert("createdTimeMS".to_owned(), json!(room.created_at.0));
    object
}

/// The room for the console's API section.
pub fn words(view: &View) -> Json {
    room(view, &Eyes { client: None, superuser: true, application: "" })
}

fn message(message: &Message, sender: Option<&Client>) -> Json {
    let mut object = Map::new();
    object.insert("_id".to_owned(), json!(message.id));
    object.insert("message".to_owned(), json!(message.text));
    object.insert("messageType".to_owned(), json!(message.kind));
    let sender = sender.map_or_else(|| json!({"_id": message.sender, "lastLoginTimeMS": 0}), client);
    object.insert("sender".to_owned(), sender);
    object.insert("messageTimeMS".to_owned(), json!(message.sent_at.0));
    Json::Object(object)
}

/// A client as rooms show it.
pub fn client(client: &Client) -> Json {
    let mut object = Map::new();
    object.insert("_id".to_owned(), json!(client.id));
    for (name, text) in [("nickname", &client.nickname), ("avatarUrl", &client.avatar)] {
        if !text.is_empty() {
            object.insert(name.to_owned(), json!(text));
        }
    }
    object.insert("lastLoginTimeMS".to_owned(), json!(client.last_login_at.map_or(0, |at| at.0)));
    Json::Object(object)
}

fn property(member: &Member) -> Json {
    let mut object = Map::new();
    object.insert("badge".to_owned(), json!(member.unread));
    if !member.last_read.is_empty() {
        object.insert("lastRead".to_owned(), json!(member.last_read));
    }
    object.insert("client".to_owned(), json!(member.client.id));
    Json::Object(object)
}
