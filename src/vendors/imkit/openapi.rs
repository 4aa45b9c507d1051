//! The calls as an OpenAPI 3.1 document.

use serde_json::{Map, Value as Json, json};

use super::{ABOUT, wire};
use crate::vendors::openapi::{self as shared, answer, answered, asked, schema};

/// The document.
pub fn document() -> Json {
    let keys = json!([{"apiKey": []}, {"clientKey": [], "token": []}]);
    let api_key = json!([{"apiKey": []}]);
    let operation = |id: &str, summary: &str, parameters: Json, body: Option<Json>, result: Json| {
        let admin = id.ends_with("Client") || id.ends_with("Token");
        let mut responses = Map::new();
        responses.insert("200".to_owned(), answer("Done", success(result)));
        for (status, why) in [
            ("400", "The request cannot be accepted"),
            ("401", "Authentication failed"),
            ("403", "Insufficient permissions"),
            ("404", "There is no such room"),
            ("405", "Not with this method"),
            ("409", "It exists already"),
            ("429", "Too often"),
            ("503", "Busy"),
        ] {
            responses.insert(status.to_owned(), answer(why, schema("Refusal")));
        }
        let mut operation = json!({
            "operationId": id,
            "summary": summary,
            "security": if admin { &api_key } else { &keys },
            "parameters": parameters,
            "responses": responses,
        });
        if let (Some(body), Some(object)) = (body, operation.as_object_mut()) {
            object.insert(
                "requestBody".to_owned(),
                json!({"required": true, "content": {"application/json": {"schema": body}}}),
            );
        }
        operation
    };
    let id = json!([path("id", "Room ID")]);
    let ids = json!([path("id", "Room ID"), path("client", "Client ID")]);
    let client = json!([path("id", "Client ID")]);
    let clients = |name: &str| {
        let ids =
            json!({"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1, "maxLength": 128}});
        json!({"type": "object", "required": [name], "properties": {name: ids, "systemMessage": {"type": "boolean"}}})
    };
    let role = json!({"type": "object", "required": ["property", "value"], "properties": {
        "property": {"const": "role"}, "value": {"enum": ["admin", "member"]},
    }});
    let gone = json!({"type": "object", "required": ["n", "ok"], "properties": {"n": {"type": "integer"}, "ok": {"const": 1}}});
    let paths = json!({
        "/rooms": {
            "get": operation("listRooms", "List rooms", queries(), None, schema("Rooms")),
            "post": operation("createRoom", "Create a room", json!([]), Some(schema("NewRoom")), schema("CreatedRoom")),
        },
        "/rooms/{id}": {
            "get": operation("getRoom", "Get a room", id.clone(), None, schema("Room")),
            "put": operation("updateRoom", "Update a room", id.clone(), Some(schema("RoomFields")), schema("Room")),
            "delete": operation("deleteRoom", "Delete a room", id.clone(), None, gone.clone()),
        },
        "/rooms/{id}/members": {
            "post": operation("addMembers", "Add members", id.clone(), Some(clients("invitees")), schema("Room")),
        },
        "/rooms/{id}/delete/members": {
            "post": operation("removeMembers", "Remove members", id, Some(clients("members")), schema("Room")),
        },
        "/rooms/{id}/member/{client}": {
            "put": operation("setRole", "Make a member a manager, or a plain member", ids, Some(role), schema("Room")),
        },
        "/admin/clients": {
            "post": operation("putClient", "Make a client known", json!([]), Some(schema("NewClient")), schema("Client")),
        },
        "/admin/clients/{id}/token": {
            "put": operation("issueToken", "Issue a client's token", client.clone(), Some(schema("NewToken")), schema("Token")),
            "delete": operation("revokeToken", "Revoke a client's tokens", client, None, gone),
        },
    });
    let components = json!({
        "securitySchemes": {
            "apiKey": {"type": "apiKey", "in": "header", "name": "IM-API-KEY"},
            "clientKey": {"type": "apiKey", "in": "header", "name": "IM-CLIENT-KEY"},
            "token": {"type": "apiKey", "in": "header", "name": "IM-Authorization"},
        },
        "schemas": schemas(),
    });
    let about = "The rooms of this house through IMKIT's room API. Every answer has the real HTTP status.";
    shared::document(&ABOUT, about, paths, components)
}

fn path(name: &str, what: &str) -> Json {
    json!({"name": name, "in": "path", "required": true, "description": what,
           "schema": {"type": "string", "minLength": 1, "maxLength": 128}})
}

fn queries() -> Json {
    let number = json!({"type": "integer", "minimum": 0, "maximum": i64::MAX});
    json!([
        {"name": "skip", "in": "query", "schema": number},
        {"name": "limit", "in": "query", "schema": number},
        {"name": "sort", "in": "query", "schema": {"type": "string"}},
        {"name": "updatedAfter", "in": "query", "schema": {"type": "string", "format": "date-time"}},
    ])
}

fn success(result: Json) -> Json {
    json!({"type": "object", "required": ["RC", "RM", "result"], "additionalProperties": false, "properties": {
        "RC": {"const": 0}, "RM": {"type": "string"}, "result": result,
    }})
}

fn schemas() -> Json {
    let fields = asked(wire::SPELLINGS);
    let mut new = fields.clone();
    new.insert("_id".to_owned(), json!({"type": "string", "minLength": 1, "maxLength": 128}));
    new.insert("roomType".to_owned(), json!({"enum": ["direct", "group"]}));
    new.insert(
        "members".to_owned(),
        json!({"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": 128}}),
    );
    let text = json!({"type": "string"});
    let number = json!({"type": "integer"});
    let mut room = answered(wire::SPELLINGS);
    room.insert("_id".to_owned(), text.clone());
    room.insert("appID".to_owned(), text.clone());
    room.insert("createdTimeMS".to_owned(), number.clone());
    room.insert("lastMessage".to_owned(), json!({
        "type": "object", "required": ["_id", "message", "messageType", "sender", "messageTimeMS"],
        "properties": {"_id": text, "message": text, "messageType": text, "sender": schema("Client"), "messageTimeMS": number},
    }));
    let listed = room.clone();
    let mut created = room.clone();
    created.insert("members".to_owned(), json!({"type": "array", "items": text}));
    room.insert(
        "memberProperties".to_owned(),
        json!({"type": "array", "items": {
            "type": "object", "required": ["badge", "client"], "additionalProperties": false,
            "properties": {"badge": number, "lastRead": text, "client": text},
        }}),
    );
    room.insert("members".to_owned(), json!({"type": "array", "items": schema("Client")}));
    room.insert("unread".to_owned(), number.clone());
    room.insert("isSuperuser".to_owned(), json!({"type": "boolean"}));
    let object = |properties: Map<String, Json>, required: &[&str]| json!({"type": "object", "required": required, "additionalProperties": false, "properties": properties});
    let token = json!({"type": "string", "minLength": 16, "maxLength": 1024, "pattern": "^[!-~]+$"});
    let until = json!({"type": "string", "format": "date-time"});
    json!({
        "RoomFields": {"type": "object", "properties": fields},
        "NewRoom": {"type": "object", "properties": new},
        "Room": object(room, &["_id", "appID", "status", "opening", "botMode", "memberProperties", "members", "unread", "isSuperuser"]),
        "CreatedRoom": object(created, &["_id", "appID", "members"]),
        "Rooms": {"type": "object", "required": ["totalCount", "inspect", "data"], "properties": {
            "totalCount": number,
            "inspect": {"type": "object", "required": ["query", "tookMS"], "properties": {"query": {"type": "object"}, "tookMS": number}},
            "data": {"type": "array", "items": object(listed, &["_id", "appID"])},
        }},
        "Client": {"type": "object", "required": ["_id", "lastLoginTimeMS"], "additionalProperties": false, "properties": {
            "_id": text, "nickname": text, "avatarUrl": text, "lastLoginTimeMS": number, "token": text, "expirationDate": text,
        }},
        "NewClient": {"type": "object", "required": ["_id"], "properties": {
            "_id": {"type": "string", "minLength": 1, "maxLength": 128},
            "nickname": {"type": "string", "maxLength": 128},
            "avatarUrl": {"type": "string", "maxLength": 2048},
            "issueAccessToken": {"type": "boolean"}, "token": token, "expirationDate": until, "isSuperuser": {"type": "boolean"},
        }},
        "NewToken": {"type": "object", "properties": {
            "token": token, "expirationDate": until, "isSuperuser": {"type": "boolean"},
        }},
        "Token": {"type": "object", "required": ["_id", "token"], "additionalProperties": false, "properties": {
            "_id": text, "token": text, "expirationDate": text,
        }},
        "Refusal": {"type": "object", "required": ["RC", "RM", "error"], "additionalProperties": false, "properties": {
            "RC": {"type": "integer", "minimum": 400, "maximum": 599}, "RM": text, "retryAfter": number,
            "error": {"type": "object", "required": ["code", "message"], "additionalProperties": false,
                      "properties": {"code": text, "message": text}},
        }},
    })
}
