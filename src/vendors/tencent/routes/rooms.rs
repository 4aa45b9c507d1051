//! One room: look, change, make, hand over, destroy.

use serde_json::{Map, Value as Json, json};

use super::{super::error::Failure, Done, wire};
use crate::{
    domain::{
        Error,
        client::ClientId,
        room::{Field, Patch, Value},
    },
    services::{
        Ctx,
        rooms::{self, NewRoom},
    },
};

/// `update_room_info` (contract tencent-update-room-info): only what is there is changed, the last one to write wins.
pub async fn update(ctx: &Ctx, body: &Map<String, Json>) -> Done {
    let fields = fields(body)?;
    let (id, patch) = (wire::room_id(fields)?, wire::patch(fields)?);
    rooms::update(ctx, &id, i64::MAX, patch).await?;
    Ok(None)
}

/// `create_room`. Without `RoomName` the room is called by its id, without `Owner_Account` the caller owns it. An
/// owner need not be known before: clients are known here by what they do.
pub async fn create(ctx: &Ctx, body: &Map<String, Json>, caller: &str) -> Done {
    let fields = fields(body)?;
    let (id, mut patch) = (wire::room_id(fields)?, wire::patch(fields)?);
    match wire::text(fields, "RoomType")? {
        Some(wire::LIVE) => {}
        Some(_) => return Err(Failure::parameter("RoomType must be \"Live\"")),
        None => return Err(Failure::parameter("RoomType is missing")),
    }
    dropped(fields)?;
    let owner = match wire::account(fields, "Owner_Account")? {
        Some(owner) => owner,
        None => ClientId::parse(caller).map_err(|why| Failure::parameter(format!("identifier {why}")))?,
    };
    if !names(&patch) {
        patch = patch.with(Field::Name, Some(Value::Text(id.to_string())));
    }
    let patch = patch.with(Field::Owner, Some(Value::Text(owner.to_string())));
    match rooms::create(ctx, NewRoom::plain(id.clone(), "", patch)).await {
        Ok(_) => Ok(None),
        // Clients take 100010 for success (facts.md 4c): they asked twice.
        Err(Error::Exists(why)) => match rooms::get(ctx, &id).await {
            Ok(room) if room.owner() == Some(owner.as_str()) => {
                Err(Failure::new(100_010, "RoomId is in use, and the room is the same owner's"))
            }
            _ => Err(Error::Exists(why).into()),
        },
        Err(error) => Err(error.into()),
    }
}

/// `get_room_info`.
pub async fn get(ctx: &Ctx, body: &Map<String, Json>) -> Done {
    let room = rooms::get(ctx, &wire::room_id(body)?).await?;
    Ok(Some(json!({"RoomInfo": wire::room(&room)})))
}

/// `destroy_room`.
pub async fn destroy(ctx: &Ctx, body: &Map<String, Json>) -> Done {
    rooms::delete(ctx, &wire::room_id(body)?).await?;
    Ok(None)
}

/// `change_room_owner`. The old owner keeps no seat; who owns the room already goes on owning it. The page of these
/// rooms does not ask that the new owner be a member, so nobody does here.
pub async fn change_owner(ctx: &Ctx, body: &Map<String, Json>) -> Done {
    let id = wire::room_id(body)?;
    let to = wire::account(body, "NewOwner_Account")?;
    let to = to.ok_or_else(|| Failure::parameter("NewOwner_Account is missing"))?;
    if rooms::get(ctx, &id).await?.owner() != Some(to.as_str()) {
        rooms::transfer(ctx, &id, i64::MAX, to, false).await?;
    }
    Ok(None)
}

fn fields(body: &Map<String, Json>) -> Result<&Map<String, Json>, Failure> {
    match body.get("RoomInfo") {
        Some(Json::Object(fields)) => Ok(fields),
        Some(_) => Err(Failure::parameter("RoomInfo must be an object")),
        None => Err(Failure::parameter("RoomInfo is missing")),
    }
}

fn names(patch: &Patch) -> bool {
    patch.iter().any(|(field, value)| field == Field::Name && value.is_some())
}

/// Checks the types of what only `create_room` takes and nothing here keeps.
fn dropped(fields: &Map<String, Json>) -> Result<(), Failure> {
    for (name, json) in fields {
        let (fits, wanted) = match name.as_str() {
            "IsSeatEnabled" | "KeepOwnerOnSeat" | "IsUnlimitedRoomEnabled" => (json.is_boolean(), "true or false"),
            "MaxSeatCount" | "SeatLayoutTemplateId" => (json.is_i64(), "a whole number"),
            "SeatTemplate" => (json.is_string(), "a text"),
            _ => continue,
        };
        if !fits {
            return Err(Failure::parameter(format!("{name} must be {wanted}")));
        }
    }
    Ok(())
}
