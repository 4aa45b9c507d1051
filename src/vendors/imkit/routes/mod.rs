//! What can be called, by method and path. A slash at the end changes nothing.

mod clients;
mod list;
mod members;
mod rooms;

use axum::http::Method;
use serde_json::{Map, Value as Json, json};

use super::error::Failure;
use crate::{
    domain::room::RoomId,
    vendors::{Answer, Api, Call},
};

/// What an action comes to: the words and the result.
type Done = Result<(&'static str, Json), Failure>;

/// Finds the action and does it.
///
/// # Errors
/// As the action has them; nothing lives at the address.
pub async fn answer(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let segments = call.segments().map_err(Failure::request)?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (words, result) = match (&call.method, segments.as_slice()) {
        (&Method::GET, ["rooms"]) => list::list(api, call).await?,
        (&Method::POST, ["rooms"]) => rooms::create(api, call).await?,
        (&Method::GET, ["rooms", id]) => rooms::get(api, call, id).await?,
        (&Method::PUT, ["rooms", id]) => rooms::update(api, call, id).await?,
        (&Method::DELETE, ["rooms", id]) => rooms::delete(api, call, id).await?,
        (&Method::POST, ["rooms", id, "members"]) => members::add(api, call, id).await?,
        (&Method::POST, ["rooms", id, "delete", "members"]) => members::remove(api, call, id).await?,
        (&Method::PUT, ["rooms", id, "member", client]) => members::set_role(api, call, id, client).await?,
        (&Method::POST, ["admin", "clients"]) => clients::put(api, call).await?,
        (&Method::PUT, ["admin", "clients", client, "token"]) => clients::issue(api, call, client).await?,
        (&Method::DELETE, ["admin", "clients", client, "token"]) => clients::revoke(api, call, client).await?,
        (_, ["rooms"] | ["rooms", _] | ["rooms", _, "members"] | ["rooms", _, "delete", "members"]) => {
            return Err(Failure::no_route(true));
        }
        (_, ["rooms", _, "member", _] | ["admin", "clients"] | ["admin", "clients", _, "token"]) => {
            return Err(Failure::no_route(true));
        }
        _ => return Err(Failure::no_route(false)),
    };
    Ok(Answer::accepted(200, 0, json!({"RC": 0, "RM": words, "result": result})))
}

/// The body as an object. A missing body is an empty one (`DELETE` with and without `{}`, facts.md 0.4); a missing
/// content type is taken for JSON, any other than JSON is refused.
fn body(call: &Call) -> Result<Map<String, Json>, Failure> {
    let kind = call.media_type();
    if !kind.is_empty() && kind != "application/json" && !kind.ends_with("+json") && !call.body.is_empty() {
        return Err(Failure::request(format!("the body must be application/json, not {kind:?}")));
    }
    if call.body.is_empty() {
        return Ok(Map::new());
    }
    match call.json().map_err(|why| Failure::request(format!("the body {why}")))? {
        Json::Object(object) => Ok(object),
        _ => Err(Failure::request("the body must be a JSON object")),
    }
}

/// A room's id in the path. What cannot be an id is no room's.
fn room_id(given: &str) -> Result<RoomId, Failure> {
    let missing = crate::domain::Error::NotFound("The specified room does not exist".to_owned());
    RoomId::parse(given).map_err(|_| missing.into())
}

/// A text of the body; empty where it is not there or `null`.
fn text<'b>(body: &'b Map<String, Json>, name: &str) -> Result<&'b str, Failure> {
    match body.get(name) {
        None | Some(Json::Null) => Ok(""),
        Some(Json::String(text)) => Ok(text),
        Some(_) => Err(Failure::request(format!("{name} must be a text"))),
    }
}

/// A flag of the body; false where it is not there or `null`.
fn flag(body: &Map<String, Json>, name: &str) -> Result<bool, Failure> {
    match body.get(name) {
        None | Some(Json::Null) => Ok(false),
        Some(Json::Bool(flag)) => Ok(*flag),
        Some(_) => Err(Failure::request(format!("{name} must be true or false"))),
    }
}
