//! The calls as an OpenAPI 3.1 document. Every answer is a 200; `ActionStatus` tells the two kinds apart.

use serde_json::{Map, Value as Json, json};

use super::{
    ABOUT, CHANGE_OWNER, CREATE, DELETE_METADATA, DESTROY, GET, GET_METADATA, LIST, SET_METADATA, UPDATE,
    routes::{PATH, metadata::KEYS},
    wire,
};
use crate::{
    domain::app::Action,
    vendors::openapi::{self as shared, answer, answered, asked, schema},
};

/// The document.
pub fn document() -> Json {
    let about = "The rooms of this house through the REST API of Tencent's live rooms. Every answer has HTTP status 200; \
                 ErrorCode says how it went. Texts are measured in bytes of UTF-8. Fields that only create_room takes \
                 (IsSeatEnabled, MaxSeatCount and the like) are checked and not kept, and nothing is answered for them \
                 or for ViewCount.";
    let room = || json!({"type": "object", "required": ["RoomId"], "properties": {"RoomId": schema("RoomId")}});
    let calls = [
        (UPDATE, "Update a room", info("RoomFields"), None),
        (CREATE, "Create a room", info("NewRoom"), None),
        (GET, "Get a room", room(), Some(info("Room"))),
        (LIST, "List rooms, the fullest first", schema("Page"), Some(schema("Rooms"))),
        (DESTROY, "Delete a room", room(), None),
        (CHANGE_OWNER, "Hand a room over", schema("NewOwner"), None),
        (GET_METADATA, "Get metadata of a room", keys(&["RoomId"], 0), Some(schema("Metadata"))),
        (SET_METADATA, "Set metadata of a room", schema("SetMetadata"), None),
        (DELETE_METADATA, "Delete metadata of a room", keys(&["RoomId", "Keys"], 1), None),
    ];
    let mut paths = Map::new();
    for (action, summary, body, response) in calls {
        let address = format!("/{}/{}", PATH.join("/"), action.name);
        paths.insert(address, json!({"post": operation(action, summary, body, response)}));
    }
    let query = |name: &str| json!({"type": "apiKey", "in": "query", "name": name});
    let components = json!({
        "securitySchemes": {
            "sdkappid": query("sdkappid"), "identifier": query("identifier"), "usersig": query("usersig"),
        },
        "schemas": schemas(),
    });
    shared::document(&ABOUT, about, Json::Object(paths), components)
}

fn operation(action: Action, summary: &str, body: Json, response: Option<Json>) -> Json {
    let done = json!({"oneOf": [success(response), schema("Refusal")]});
    json!({
        "operationId": action.name,
        "summary": summary,
        "security": [{"sdkappid": [], "identifier": [], "usersig": []}],
        "parameters": [
            {"name": "random", "in": "query", "schema": {"type": "integer", "minimum": 0, "maximum": u32::MAX}},
            {"name": "contenttype", "in": "query", "schema": {"const": "json"}},
        ],
        "requestBody": {"required": true, "content": {"application/json": {"schema": body}}},
        "responses": {"200": answer("Done, or refused", done)},
    })
}

/// An object with `RoomInfo` in it.
fn info(name: &str) -> Json {
    json!({"type": "object", "required": ["RoomInfo"], "properties": {"RoomInfo": schema(name)}})
}

fn keys(required: &[&str], least: usize) -> Json {
    json!({"type": "object", "required": required, "properties": {
        "RoomId": schema("RoomId"),
        "Keys": {"type": "array", "minItems": least, "maxItems": KEYS, "items": {"type": "string"}},
    }})
}

fn success(response: Option<Json>) -> Json {
    let mut required = vec!["ActionStatus", "ErrorInfo", "ErrorCode", "RequestId"];
    let mut properties = json!({
        "ActionStatus": {"const": "OK"}, "ErrorInfo": {"const": ""}, "ErrorCode": {"const": 0},
        "RequestId": schema("RequestId"),
    });
    if let (Some(response), Some(object)) = (response, properties.as_object_mut()) {
        required.push("Response");
        object.insert("Response".to_owned(), response);
    }
    json!({"type": "object", "required": required, "additionalProperties": false, "properties": properties})
}

fn schemas() -> Json {
    let text = json!({"type": "string"});
    let number = json!({"type": "integer"});
    let id = json!({"type": "string", "minLength": 1, "maxLength": 48});
    let account = json!({"type": "string", "minLength": 1, "maxLength": 128});
    let flag = json!({"type": "boolean"});
    let mut fields = asked(wire::SPELLINGS);
    fields.insert("RoomId".to_owned(), schema("RoomId"));
    let mut new = fields.clone();
    for (name, schema) in [
        ("RoomType", json!({"const": wire::LIVE})),
        ("Owner_Account", account.clone()),
        ("IsSeatEnabled", flag.clone()),
        ("KeepOwnerOnSeat", flag.clone()),
        ("IsUnlimitedRoomEnabled", flag),
        ("MaxSeatCount", json!({"type": "integer", "format": "int64"})),
        ("SeatLayoutTemplateId", json!({"type": "integer", "format": "int64"})),
        ("SeatTemplate", text.clone()),
    ] {
        new.insert(name.to_owned(), schema);
    }
    let mut room = answered(wire::SPELLINGS);
    for (name, schema) in [
        ("RoomId", text.clone()),
        ("RoomType", json!({"const": wire::LIVE})),
        ("Owner_Account", text.clone()),
        ("CreateTime", json!({"type": "integer", "description": "Seconds since 1970."})),
    ] {
        room.insert(name.to_owned(), schema);
    }
    let always: Vec<String> = room.keys().filter(|name| *name != "MaxMemberCount").cloned().collect();
    let in_list = ["RoomId", "RoomName", "Owner_Account", "CreateTime", "CoverURL", "Category", "ActivityStatus"];
    let listed: Map<String, Json> =
        in_list.iter().filter_map(|name| Some(((*name).to_owned(), room.get(*name)?.clone()))).collect();
    let pairs = |pair: Json| json!({"type": "array", "items": pair});
    let pair = json!({"type": "object", "required": ["Key", "Value"], "additionalProperties": false,
                      "properties": {"Key": text, "Value": text}});
    let limits = ABOUT.attributes.unwrap_or_default();
    let new_pair = json!({"type": "object", "required": ["Key", "Value"], "properties": {
        "Key": {"type": "string", "minLength": 1, "maxLength": limits.key_bytes},
        "Value": {"type": "string", "maxLength": limits.value_bytes},
    }});
    json!({
        "RoomId": id,
        "RequestId": {"type": "string", "pattern": "^Id-[0-9a-f]{32}-O-Seq-[0-9]+$"},
        "RoomFields": {"type": "object", "required": ["RoomId"], "properties": fields},
        "NewRoom": {"type": "object", "required": ["RoomId", "RoomType"], "properties": new},
        "Room": {"type": "object", "required": always, "additionalProperties": false, "properties": room},
        "Page": {"type": "object", "properties": {
            "Next": text, "Count": {"type": "integer", "minimum": 1, "maximum": 20, "default": 20},
        }},
        "Rooms": {"type": "object", "required": ["Next", "RoomList"], "additionalProperties": false, "properties": {
            "Next": text,
            "RoomList": {"type": "array", "maxItems": 20, "items": {
                "type": "object", "required": in_list, "additionalProperties": false, "properties": listed,
            }},
        }},
        "NewOwner": {"type": "object", "required": ["RoomId", "NewOwner_Account"], "properties": {
            "RoomId": schema("RoomId"), "NewOwner_Account": account,
        }},
        "Metadata": {"type": "object", "required": ["Metadata"], "additionalProperties": false, "properties": {
            "Metadata": pairs(pair),
        }},
        "SetMetadata": {"type": "object", "required": ["RoomId", "Metadata"], "properties": {
            "RoomId": schema("RoomId"),
            "Metadata": {"type": "array", "minItems": 1, "maxItems": KEYS, "items": new_pair},
        }},
        "Refusal": {
            "type": "object", "required": ["ActionStatus", "ErrorInfo", "ErrorCode", "RequestId"],
            "additionalProperties": false,
            "properties": {
                "ActionStatus": {"const": "FAIL"}, "ErrorInfo": {"type": "string", "minLength": 1},
                "ErrorCode": number, "RequestId": schema("RequestId"),
            },
        },
    })
}
