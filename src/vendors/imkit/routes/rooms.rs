//! One room: look, change (freezing it is a change of `status`), make, delete.

use serde_json::{Value as Json, json};

use super::{Done, body, room_id, text};
use crate::{
    domain::{
        client::ClientId,
        room::{Field, RoomId, Value},
    },
    services::{
        Ctx,
        rooms::{self, Members, NewId, NewRoom},
        secret,
    },
    vendors::{
        Api, Call,
        imkit::{
            CREATE, DELETE, GET, UPDATE,
            auth::{Who, who},
            error::Failure,
            wire::{self, Eyes},
        },
    },
};

/// `GET /rooms/{id}` (contract imkit-get-room).
pub async fn get(api: &Api, call: &Call, id: &str) -> Done {
    let missing = |failure: Failure| failure.for_missing("The specified room does not exist");
    let who = who(api, call).await?;
    let ctx = who.admit(api, call, &GET)?;
    let id = room_id(id).map_err(missing)?;
    shown(&ctx, &who, &id).await.map(|room| ("OK", room)).map_err(missing)
}

/// `PUT /rooms/{id}` (contract imkit-update-room): only what is there is changed, the last one to write wins.
pub async fn update(api: &Api, call: &Call, id: &str) -> Done {
    let missing = |failure: Failure| failure.for_missing("Room with specified ID does not exist");
    let who = who(api, call).await?;
    let ctx = who.admit(api, call, &UPDATE)?;
    let patch = wire::patch(&body(call)?)?;
    let id = room_id(id).map_err(missing)?;
    rooms::update(&ctx, &id, i64::MAX, patch).await.map_err(|error| missing(error.into()))?;
    shown(&ctx, &who, &id).await.map(|room| ("OK", room)).map_err(missing)
}

/// `POST /rooms` and `POST /rooms/`. The creator does not join by making a room (facts.md 1b); without `owner` the
/// client who calls owns it. In the answer `members` are ids, as on that page.
pub async fn create(api: &Api, call: &Call) -> Done {
    let who = who(api, call).await?;
    let ctx = who.admit(api, call, &CREATE)?;
    let body = body(call)?;
    let mut patch = wire::patch(&body)?;
    let names_owner = patch.iter().any(|(field, value)| field == Field::Owner && value.is_some());
    if let Some(client) = who.client.as_ref().filter(|_| !names_owner) {
        patch = patch.with(Field::Owner, Some(Value::Text(client.to_string())));
    }
    if !["", "direct", "group"].contains(&text(&body, "roomType")?) {
        return Err(Failure::request("roomType must be direct or group"));
    }
    let id = match text(&body, "_id")? {
        "" => RoomId::parse(&secret::random_hex(12)),
        given => RoomId::parse(given),
    };
    let id = id.map_err(|why| Failure::request(format!("_{why}")))?;
    let members = wire::clients(&body, "members")?;
    let new = NewRoom { id: NewId::Given(id.clone()), members, ..NewRoom::plain(id, "", patch) };
    let (room, _) = rooms::create(&ctx, new).await?;
    let mut object = wire::summary(&room, None, &eyes(&who));
    let members = rooms::plain_view(&ctx, &room.id, Members::All).await.map(|view| view.members).unwrap_or_default();
    let ids: Vec<&ClientId> = members.iter().map(|member| &member.client.id).collect();
    object.insert("members".to_owned(), json!(ids));
    Ok(("OK", Json::Object(object)))
}

/// `DELETE /rooms/{id}`.
pub async fn delete(api: &Api, call: &Call, id: &str) -> Done {
    let who = who(api, call).await?;
    let ctx = who.admit(api, call, &DELETE)?;
    body(call)?;
    rooms::delete(&ctx, &room_id(id)?).await?;
    Ok(("OK", json!({"n": 1, "ok": 1})))
}

/// Who looks.
pub fn eyes(who: &Who) -> Eyes<'_> {
    let application = if who.app.application.is_empty() { &who.app.name } else { &who.app.application };
    Eyes { client: who.client.as_ref().map(ClientId::as_str), superuser: who.superuser, application }
}

/// The room as it is now, for who looks.
pub async fn shown(ctx: &Ctx, who: &Who, id: &RoomId) -> Result<Json, Failure> {
    Ok(wire::room(&rooms::plain_view(ctx, id, Members::All).await?, &eyes(who)))
}
