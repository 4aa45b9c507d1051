//! The calls as an OpenAPI 3.1 document.
//!
//! Everything lives at one path, and OpenAPI knows no query in a path: so there is one `post` and one `get`, with the
//! actions as the values of `Action`. Bodies are `anyOf`, because the smallest body of one action is also another's;
//! answers are `oneOf`, because no two look the same.

use serde_json::{Map, Value as Json, json};

use super::{ABOUT, CREATE, DESTROY, LIMITS, MEMBERS, MODIFY, QUERY, error::Code, wire};
use crate::vendors::openapi::{self as shared, answer, asked, schema};

/// The document.
pub fn document() -> Json {
    let operation = |id: &str, actions: &[&str], more: Json, answers: &[&str]| {
        let mut parameters = public(actions);
        parameters.extend(more.as_array().cloned().unwrap_or_default());
        let answers: Vec<Json> = answers.iter().map(|name| schema(name)).collect();
        json!({
            "operationId": id,
            "summary": actions.join(", "),
            "parameters": parameters,
            "responses": {"200": answer("Done, or refused: the code says which", json!({"oneOf": answers}))},
        })
    };
    let post = [MODIFY.name, QUERY.name, CREATE.name];
    let mut post = operation("post", &post, json!([]), &["Modified", "Attributes", "Created", "Refusal"]);
    if let Some(post) = post.as_object_mut() {
        let bodies =
            json!({"anyOf": [schema("ModifyRoomAttribute"), schema("QueryRoomAttribute"), schema("CreateRoom")]});
        let body = json!({"required": true, "content": {"application/json": {"schema": bodies}}});
        post.insert("requestBody".to_owned(), body);
    }
    let users = json!({"type": "array", "maxItems": 10, "items": id()});
    let get = json!([
        {"name": "RoomId", "in": "query", "required": true, "schema": id()},
        {"name": "FromUserId", "in": "query", "description": "Who destroys the room.", "schema": id()},
        {"name": "UserId[]", "in": "query", "description": "Whom QueryRoomMembers asks for.", "schema": users},
    ]);
    let get = operation("get", &[DESTROY.name, MEMBERS.name], get, &["Destroyed", "Members", "Refusal"]);
    let about = "The rooms of this house through ZEGOCLOUD's ZIM server API. Every answer has HTTP status 200; the query \
                 is signed, version 2.0.";
    shared::document(&ABOUT, about, json!({"/": {"get": get, "post": post}}), json!({"schemas": schemas()}))
}

fn public(actions: &[&str]) -> Vec<Json> {
    let text = json!({"type": "string", "minLength": 1});
    let parameters = [
        ("Action", "What is called.", json!({"enum": actions})),
        ("AppId", "The app.", json!({"type": "integer", "minimum": 1, "maximum": u32::MAX})),
        ("SignatureNonce", "16 hexadecimal digits, new for each call.", text),
        ("Timestamp", "Seconds since 1970, at most 10 minutes off.", json!({"type": "integer", "format": "int64"})),
        ("SignatureVersion", "The version.", json!({"enum": ["2.0"]})),
        (
            "Signature",
            "The MD5 of AppId, SignatureNonce, ServerSecret and Timestamp, one after the other.",
            json!({"type": "string", "pattern": "^[0-9a-f]{32}$"}),
        ),
    ];
    parameters
        .into_iter()
        .map(|(name, about, schema)| {
            json!({"name": name, "in": "query", "required": true, "description": about, "schema": schema})
        })
        .collect()
}

fn id() -> Json {
    let signs: String = wire::SIGNS.chars().map(|sign| format!("\\u{:04x}", u32::from(sign))).collect();
    json!({"type": "string", "minLength": 1, "maxLength": wire::ID_BYTES, "pattern": format!("^[0-9A-Za-z{signs}]+$")})
}

fn object(properties: Json, required: &[&str]) -> Json {
    json!({"type": "object", "required": required, "properties": properties})
}

/// An answer: the code's fields, and these.
fn answered(code: Json, fields: Json, required: &[&str]) -> Json {
    let text = json!({"type": "string"});
    let number = json!({"type": "string", "pattern": "^[0-9]+$"});
    let mut properties = Map::new();
    for (name, schema) in [("Code", code), ("Message", text), ("RequestId", number)] {
        properties.insert(name.to_owned(), schema);
    }
    properties.extend(fields.as_object().cloned().unwrap_or_default());
    let required: Vec<&str> = ["Code", "Message", "RequestId"].iter().chain(required).copied().collect();
    json!({"type": "object", "required": required, "additionalProperties": false, "properties": properties})
}

fn schemas() -> Json {
    let number = json!({"type": "integer", "minimum": 0});
    let text = json!({"type": "string"});
    let flag = json!({"enum": [0, 1]});
    let key = json!({"type": "string", "minLength": 1, "description": format!("At most {} bytes.", LIMITS.key_bytes)});
    let value = json!({"type": "string", "description": format!("At most {} bytes.", LIMITS.value_bytes)});
    let list = |items: Json| json!({"type": "array", "items": items});
    let item = |properties: Json, required: &[&str]| json!({"type": "object", "required": required, "additionalProperties": false, "properties": properties});
    let edit = object(
        json!({"Action": flag, "Key": key, "Value": value, "AutoDelete": flag, "StopOnError": flag}),
        &["Action", "Key"],
    );
    let edits = json!({"type": "array", "minItems": 1, "maxItems": 1000, "items": edit});
    let set = object(json!({"Key": key, "Value": value, "AutoDelete": flag}), &["Key"]);
    let mut new = asked(wire::SPELLINGS);
    for (name, schema) in [
        ("FromUserId", id()),
        ("RoomId", id()),
        ("DestroyDelayTime", json!({"type": "integer", "minimum": 0, "maximum": 10_800})),
        ("Attributes", json!({"type": "array", "maxItems": LIMITS.per_room, "items": set})),
    ] {
        new.insert(name.to_owned(), schema);
    }
    let both = &["FromUserId", "RoomId"];
    let done = list(item(json!({"Key": text, "Seq": number}), &["Key", "Seq"]));
    let failed = list(item(json!({"SubCode": number, "Key": text}), &["SubCode", "Key"]));
    let kept = json!({"Key": text, "Value": text, "Seq": number, "AutoDelete": flag});
    let kept = list(item(kept, &["Key", "Value", "Seq", "AutoDelete"]));
    let user = json!({"user_id": text, "user_name": text, "avatar": text, "extra": text});
    let users = list(item(user, &["user_id", "user_name", "avatar", "extra"]));
    let others = list(item(json!({"UserId": text, "SubCode": number}), &["UserId", "SubCode"]));
    let ok = json!({"const": 0});
    let codes: Vec<String> = Code::ALL.iter().map(|(code, text)| format!("{}: {text}", *code as u32)).collect();
    let codes = json!({
        "enum": Code::ALL.iter().map(|(code, _)| *code as u32).collect::<Vec<_>>(),
        "description": codes.join("\n"),
    });
    json!({
        "ModifyRoomAttribute": object(json!({"FromUserId": id(), "RoomId": id(), "Attributes": edits}), &["FromUserId", "RoomId", "Attributes"]),
        "QueryRoomAttribute": object(json!({"FromUserId": id(), "RoomId": id()}), both),
        "CreateRoom": object(Json::Object(new), both),
        "Modified": answered(ok.clone(), json!({"AttributeSeq": number, "SuccKeyList": done, "ErrKeyList": failed}), &["AttributeSeq", "SuccKeyList"]),
        "Attributes": answered(ok.clone(), json!({"AttributeSeq": number, "Attributes": kept}), &["AttributeSeq", "Attributes"]),
        "Created": answered(ok.clone(), json!({"AttributeSeq": number}), &["AttributeSeq"]),
        "Destroyed": answered(ok.clone(), json!({}), &[]),
        "Members": answered(ok, json!({"UserList": users, "ErrorList": others}), &["UserList", "ErrorList"]),
        "Refusal": answered(codes, json!({
            "AttributeSeq": number, "ErrKeyList": failed, "UserList": users, "ErrorList": others,
        }), &[]),
    })
}
