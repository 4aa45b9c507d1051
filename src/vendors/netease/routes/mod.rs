//! What can be called: `POST /nimserver/chatroom/ACTION`.
//!
//! `/nimserver` may be missing: some clients have it in their base address, others in each path. A blank after the
//! action is cut off: a Go client has one in its `getBatch.action`.

mod change;
mod look;

use axum::http::Method;

use super::{ABOUT, CREATE, GET, GET_BATCH, TOGGLE, UPDATE, auth, error::Failure, form::Form};
use crate::{
    domain::app::Action,
    services::Ctx,
    vendors::{Answer, Api, Call, api::Behalf},
};

/// Finds the action and does it.
///
/// # Errors
/// As the action has them; nothing lives at the address.
pub async fn answer(api: &Api, call: &Call) -> Result<Answer, Failure> {
    let segments = call.segments().map_err(Failure::parameter)?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let name = match segments.as_slice() {
        ["nimserver", "chatroom", name] | ["chatroom", name] => name.trim(),
        _ => return Err(Failure::no_route()),
    };
    let action = ABOUT.action(name).ok_or_else(Failure::no_route)?;
    if call.method != Method::POST {
        return Err(Failure::parameter("the method must be POST"));
    }
    let body = match *action {
        CREATE => change::create(api, call).await?,
        UPDATE => change::update(api, call).await?,
        TOGGLE => change::toggle(api, call).await?,
        GET => look::get(api, call).await?,
        GET_BATCH => look::batch(api, call).await?,
        _ => return Err(Failure::no_route()),
    };
    Ok(Answer::accepted(200, 200, body))
}

/// Lets the caller in with what the form asks. The rate counts before the form: a caller that is too often must not be
/// told anything else, and one that sends nonsense must not be free of it.
///
/// # Errors
/// Unknown, too often, not allowed; the form cannot be accepted.
async fn admitted<T>(
    api: &Api,
    call: &Call,
    action: &'static Action,
    read: fn(&Form) -> Result<(T, Behalf), Failure>,
) -> Result<(Ctx, T), Failure> {
    let app = auth::app(api, call).await?;
    let (asked, behalf) = match Form::read(call).and_then(|form| read(&form)) {
        Ok((asked, behalf)) => (Ok(asked), behalf),
        Err(failure) => (Err(failure), Behalf::app("")),
    };
    let ctx = api.admit(call, &app, action, behalf)?;
    Ok((ctx, asked?))
}
