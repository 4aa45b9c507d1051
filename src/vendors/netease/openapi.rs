//! The calls as an OpenAPI 3.1 document.

use serde_json::{Map, Value as Json, json};

use super::{ABOUT, form::FORM, wire};
use crate::vendors::openapi::{self as shared, answer, answered, asked, schema};

/// The document.
pub fn document() -> Json {
    let operation = |id: &str, summary: &str, form: &str, result: &str| {
        let either = json!({"oneOf": [schema(result), schema("Refusal")]});
        json!({"post": {
            "operationId": id,
            "summary": summary,
            "security": [{"appKey": [], "nonce": [], "curTime": [], "checkSum": []}],
            "requestBody": {"required": true, "content": {FORM: {"schema": schema(form)}}},
            "responses": {"200": answer("Done, or refused: `code` tells", either)},
        }})
    };
    let paths = json!({
        "/nimserver/chatroom/create.action":
            operation("createChatroom", "Make a room", "NewChatroom", "MadeChatroom"),
        "/nimserver/chatroom/update.action":
            operation("updateChatroom", "Change a room", "ChatroomFields", "UpdatedChatroom"),
        "/nimserver/chatroom/get.action":
            operation("getChatroom", "Look at a room", "WhichChatroom", "LookedAtChatroom"),
        "/nimserver/chatroom/getBatch.action":
            operation("getChatrooms", "Look at some rooms", "WhichChatrooms", "Chatrooms"),
        "/nimserver/chatroom/toggleCloseStat.action":
            operation("toggleChatroom", "Close or open a room", "CloseOrOpen", "ToggledChatroom"),
    });
    let header = |name: &str, what: &str| json!({"type": "apiKey", "in": "header", "name": name, "description": what});
    let components = json!({
        "securitySchemes": {
            "appKey": header("AppKey", "The app."),
            "nonce": header("Nonce", "Any text of 1 to 128 characters."),
            "curTime": header("CurTime", "Now, in seconds since 1970; counts for five minutes."),
            "checkSum": header("CheckSum", "SHA-1 of AppSecret, Nonce and CurTime one after another, in lower-case hexadecimal."),
        },
        "schemas": schemas(),
    });
    let about = "The rooms of this house through NetEase Yunxin's chat room API. Every answer has the HTTP status 200; \
                 `code` says what came of the call. A parameter without a value was not given.";
    shared::document(&ABOUT, about, paths, components)
}

fn object(properties: Map<String, Json>, required: &[&str]) -> Json {
    json!({"type": "object", "required": required, "properties": properties})
}

/// An answer that has all of its properties and no others.
fn whole(properties: Map<String, Json>) -> Json {
    let names: Vec<&String> = properties.keys().collect();
    json!({"type": "object", "required": names, "additionalProperties": false, "properties": properties})
}

fn with(mut properties: Map<String, Json>, more: Json) -> Map<String, Json> {
    if let Json::Object(more) = more {
        properties.extend(more);
    }
    properties
}

fn forms() -> Map<String, Json> {
    let room = json!({"roomid": {"type": "integer", "format": "int64"}});
    let count = json!({"needOnlineUserCount": {"type": "boolean", "default": false}});
    let never = json!({
        "delayClosePolicy": {"const": 0, "description": "Rooms are not closed by time."},
        "delaySeconds": {"type": "integer", "format": "int64"},
    });
    let who = |word: &str, what: &str| json!({word: {"type": "string", "minLength": 1, "maxLength": 128, "description": what}});
    let bid = json!({"bid": {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": {"type": "object", "properties": asked(wire::BID)},
    }});
    let fields = with(asked(wire::FIELDS), bid);
    let notify = json!({
        "needNotify": {"type": "boolean", "default": true},
        "notifyExt": {"type": "string", "maxLength": 2048},
    });
    let update = with(with(with(Map::new(), room.clone()), Json::Object(fields.clone())), notify);
    let create =
        with(with(with(Map::new(), who("creator", "Whose the room is.")), Json::Object(fields)), never.clone());
    let create = with(create, json!({"inOutNotification": {"type": "boolean", "description": "Has no effect."}}));
    let toggle = with(with(Map::new(), room.clone()), who("operator", "Must be the room's creator."));
    let toggle = with(with(toggle, json!({"valid": {"type": "boolean"}})), never);
    let ids = json!({"roomids": {
        "type": "string",
        "contentMediaType": "application/json",
        "contentSchema": {"type": "array", "minItems": 1, "maxItems": 20, "items": {"type": "integer", "format": "int64"}},
    }});
    [
        ("ChatroomFields", object(update, &["roomid"])),
        ("NewChatroom", object(create, &["creator", "name"])),
        ("CloseOrOpen", object(toggle, &["roomid", "operator", "valid"])),
        ("WhichChatroom", object(with(with(Map::new(), room), count.clone()), &["roomid"])),
        ("WhichChatrooms", object(with(with(Map::new(), ids), count), &["roomids"])),
    ]
    .into_iter()
    .map(|(name, schema)| (name.to_owned(), schema))
    .collect()
}

fn schemas() -> Json {
    let number = json!({"type": "integer", "format": "int64"});
    let answers = answered(wire::SPELLINGS);
    let some = |words: &[&str]| -> Map<String, Json> {
        // A room may be without an owner and is answered all the same, with an empty text.
        let of = |word: &&str| match *word {
            "creator" => Some(json!({"type": "string"})),
            word => answers.get(word).cloned(),
        };
        words.iter().filter_map(|word| Some(((*word).to_owned(), of(word)?))).collect()
    };
    let seven = some(&["valid", "announcement", "name", "broadcasturl", "ext", "creator"]);
    let seven = with(with(Map::new(), json!({"roomid": number})), Json::Object(seven));
    let more = Json::Object(some(&["muted", "queuelevel"]));
    let made = with(with(seven.clone(), more.clone()), json!({"delayInfo": schema("DelayInfo")}));
    let looked = with(with(seven.clone(), more), json!({"ionotify": {"const": false}}));
    let required: Vec<String> = looked.keys().cloned().collect();
    let looked = with(looked, json!({"onlineusercount": number}));
    let looked = json!({"type": "object", "required": required, "additionalProperties": false, "properties": looked});
    let delay =
        json!({"delayCloseEnable": {"const": false}, "delayClosePolicy": {"const": 0}, "delaySeconds": {"const": 0}});
    let under = |name: &str, inner: &str| whole(with(Map::new(), json!({name: schema(inner), "code": {"const": 200}})));
    let numbers = json!({"type": "array", "items": number});
    let found = json!({"type": "array", "items": schema("LookedAt")});
    let batch = json!({"noExistRooms": numbers, "succRooms": found, "failRooms": numbers, "code": {"const": 200}});
    let refusal = json!({
        "code": {"enum": [403, 404, 414, 416, 417, 500, 503]},
        "desc": {"type": "string"},
    });
    let answers = json!({
        "Updated": whole(seven),
        "Made": whole(made),
        "LookedAt": looked,
        "DelayInfo": whole(with(Map::new(), delay)),
        "UpdatedChatroom": under("chatroom", "Updated"),
        "MadeChatroom": under("chatroom", "Made"),
        "LookedAtChatroom": under("chatroom", "LookedAt"),
        "ToggledChatroom": under("desc", "Made"),
        "Chatrooms": whole(with(Map::new(), batch)),
        "Refusal": whole(with(Map::new(), refusal)),
    });
    Json::Object(with(forms(), answers))
}
