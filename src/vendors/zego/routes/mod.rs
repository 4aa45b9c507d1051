//! What can be called: one address, the action in the query, the method that the action's page has.

mod attributes;
mod rooms;

use axum::http::Method;
use serde_json::{Map, Value as Json};

use super::{
    auth,
    error::{Code, Failure},
};
use crate::{
    domain::app::{Action, App},
    services::Ctx,
    vendors::{Api, Call, api::Behalf},
};

/// What an action comes to: the fields beside the code.
type Done = Result<Map<String, Json>, Failure>;

/// Finds the action and does it. Who calls is asked first: nobody else is told what could be called.
///
/// # Errors
/// As the action has them; there is no such action.
pub async fn answer(api: &Api, call: &Call) -> Done {
    let app = auth::who(api, call).await?;
    if !call.path.trim_matches('/').is_empty() {
        return Err(Code::ActionUnsupported.into());
    }
    match (&call.method, call.asked("Action")) {
        (&Method::POST, "ModifyRoomAttribute") => attributes::modify(api, call, &app).await,
        (&Method::POST, "QueryRoomAttribute") => attributes::query(api, call, &app).await,
        (&Method::POST, "CreateRoom") => rooms::create(api, call, &app).await,
        (&Method::GET, "DestroyRoom") => rooms::destroy(api, call, &app).await,
        (&Method::GET, "QueryRoomMembers") => rooms::members(api, call, &app).await,
        _ => Err(Code::ActionUnsupported.into()),
    }
}

/// Lets an app in to call an action, before anything else of the call is read: a call that cannot be read is counted,
/// and counts towards the rate.
fn admit(api: &Api, call: &Call, app: &App, action: &'static Action) -> Result<Ctx, Failure> {
    Ok(api.admit(call, app, action, Behalf::app(""))?)
}

/// The same asker, for this user.
fn on_behalf(mut ctx: Ctx, user: String) -> Ctx {
    if let Some(caller) = &mut ctx.caller {
        caller.call.client = user;
    }
    ctx
}

/// The body as an object. A missing content type is taken for JSON, any other than JSON is refused.
fn body(call: &Call) -> Result<Map<String, Json>, Failure> {
    let unreadable = |why: String| Failure::new(Code::BodyUnreadable, format!("The request body {why}"));
    let kind = call.media_type();
    if !kind.is_empty() && kind != "application/json" && !kind.ends_with("+json") {
        return Err(unreadable(format!("must be application/json, not {kind:?}")));
    }
    match call.json().map_err(unreadable)? {
        Json::Object(object) => Ok(object),
        _ => Err(Failure::parameter("The request body must be a JSON object")),
    }
}
