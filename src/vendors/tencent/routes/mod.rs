//! What can be called, by the last segment of the path; always POST. A slash at the end changes nothing.
//!
//! Checked in this order: address, method, query, UserSig, rate and scope, body.

mod list;
pub mod metadata;
mod rooms;

use axum::http::Method;
use serde_json::{Map, Value as Json};

use super::{
    ABOUT, CHANGE_OWNER, CREATE, DELETE_METADATA, DESTROY, GET, GET_METADATA, LIST, SET_METADATA, UPDATE, auth,
    error::Failure, wire,
};
use crate::vendors::{Answer, Api, Call};

/// What stands before the action in the path.
pub const PATH: [&str; 2] = ["v4", "live_engine_http_srv"];

/// What an accepted call brings besides the four words: the `Response`, where there is one.
type Done = Result<Option<Json>, Failure>;

/// Finds the action and does it.
///
/// # Errors
/// As the action has them; nothing lives at the address; the call is not let in.
pub async fn answer(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let segments = call.segments().map_err(Failure::http)?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let action = match segments.split_last() {
        Some((name, before)) if before == PATH => ABOUT.action(name),
        _ => None,
    };
    let action = action.ok_or_else(Failure::no_route)?;
    if call.method != Method::POST {
        return Err(Failure::http("The request must be a POST"));
    }
    let who = auth::who(api, call).await?;
    let ctx = who.admit(api, call, action)?;
    let body = body(call)?;
    let response = match *action {
        UPDATE => rooms::update(&ctx, &body).await?,
        CREATE => rooms::create(&ctx, &body, &who.identifier).await?,
        GET => rooms::get(&ctx, &body).await?,
        LIST => list::list(&ctx, &body).await?,
        DESTROY => rooms::destroy(&ctx, &body).await?,
        CHANGE_OWNER => rooms::change_owner(&ctx, &body).await?,
        GET_METADATA => metadata::get(&ctx, &body).await?,
        SET_METADATA => metadata::set(&ctx, &body, api.attribute_limits(&ABOUT)).await?,
        DELETE_METADATA => metadata::delete(&ctx, &body, api.attribute_limits(&ABOUT)).await?,
        _ => return Err(Failure::no_route()),
    };
    Ok(Answer::accepted(200, 0, wire::envelope(call, Ok(response))))
}

/// The body as an object. It must not be empty, `{}` at least (facts.md 4a). What it is says `contenttype` in the
/// query; the header is not looked at, because `curl --data` and old clients send a form's with JSON in it.
fn body(call: &Call) -> Result<Map<String, Json>, Failure> {
    if call.body.is_empty() {
        return Err(Failure::json("the body is empty; send {} at least"));
    }
    match call.json().map_err(|why| Failure::json(format!("the body {why}")))? {
        Json::Object(object) => Ok(object),
        _ => Err(Failure::json("the body must be a JSON object")),
    }
}
