//! Members of a room: coming, going, and the role of one.

use super::{Done, body, flag, room_id, rooms::shown, text};
use crate::{
    domain::{Error, client::ClientId},
    services::{members, rooms},
    vendors::{
        Api, Call,
        imkit::{ADD_MEMBERS, REMOVE_MEMBERS, SET_ROLE, auth::who, error::Failure, wire},
    },
};

/// `POST /rooms/{id}/members`: `invitees`. Nobody waits for an invitation here: with `invitationRequired` the call is
/// refused, because whoever asks for it counts on people not being in the room yet.
pub async fn add(api: &Api, call: &Call, id: &str) -> Done {
    let who = who(api, call).await?;
    let ctx = who.admit(api, call, &ADD_MEMBERS)?;
    let (body, id) = (body(call)?, room_id(id)?);
    let clients = wire::clients(&body, "invitees")?;
    flag(&body, "systemMessage")?;
    if clients.is_empty() {
        return Err(Failure::request("invitees must name at least one client"));
    }
    if flag(&body, "invitationRequired")? {
        return Err(Failure::request("invitationRequired must be false: members join at once here"));
    }
    members::add(&ctx, &id, &clients).await?;
    Ok(("OK", shown(&ctx, &who, &id).await?))
}

/// `POST /rooms/{id}/delete/members`: `members`. Answers the room as it is then, also to a client who just left it.
pub async fn remove(api: &Api, call: &Call, id: &str) -> Done {
    let who = who(api, call).await?;
    let ctx = who.admit(api, call, &REMOVE_MEMBERS)?;
    let (body, id) = (body(call)?, room_id(id)?);
    let clients = wire::clients(&body, "members")?;
    flag(&body, "systemMessage")?;
    if clients.is_empty() {
        return Err(Failure::request("members must name at least one client"));
    }
    let before = shown(&ctx, &who, &id).await?;
    members::remove(&ctx, &id, &clients).await?;
    Ok(("OK", shown(&ctx, &who, &id).await.unwrap_or(before)))
}

/// `PUT /rooms/{id}/member/{client}`: `{"property": "role", "value": "admin" | "member"}`. An admin of the room is one
/// of its managers.
pub async fn set_role(api: &Api, call: &Call, id: &str, client: &str) -> Done {
    let who = who(api, call).await?;
    let ctx = who.admit(api, call, &SET_ROLE)?;
    let (body, id) = (body(call)?, room_id(id)?);
    let client = ClientId::parse(client).map_err(|why| Failure::request(format!("the client's id {why}")))?;
    if text(&body, "property")? != "role" {
        return Err(Failure::request("property must be \"role\""));
    }
    let role = text(&body, "value")?;
    if !["admin", "member"].contains(&role) {
        return Err(Failure::request("value must be \"admin\" or \"member\""));
    }
    if members::among(&ctx, &id, std::slice::from_ref(&client)).await?.is_empty() {
        return Err(Failure::from(Error::NotFound("The client is not a member of the room".to_owned())));
    }
    if role == "admin" {
        rooms::add_manager(&ctx, &id, client).await?;
    } else {
        rooms::remove_manager(&ctx, &id, client).await?;
    }
    Ok(("OK", shown(&ctx, &who, &id).await?))
}
