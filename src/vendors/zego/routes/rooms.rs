//! Rooms: made, destroyed, and who is in them.

use serde_json::{Map, Value as Json, json};

use super::{Done, admit, body, on_behalf};
use crate::{
    domain::{
        Error,
        app::App,
        client::ClientId,
        room::{Field, Patch, Value},
    },
    services::{
        clients, members as roll,
        rooms::{self, NewRoom},
    },
    vendors::{
        Api, Call,
        zego::{
            ABOUT, CREATE, DESTROY, MEMBERS,
            error::{Code, Failure},
            wire,
        },
    },
};

/// Longest `DestroyDelayTime` in seconds.
const LONGEST_DELAY: i64 = 10_800;
/// Most users that can be asked for at once.
const USERS: usize = 10;
/// How often an app may ask who is in one room, in calls a second; beside the action's own rate (facts.md 3d).
const ROOM_RATE: u32 = 5;

/// `CreateRoom`: the user owns the room and is not in it. One wrong attribute and no room is made: the page has no list
/// of keys that failed. A user whose id has a comma cannot own a room, because no client's id has one in this house.
pub async fn create(api: &Api, call: &Call, app: &App) -> Done {
    let ctx = admit(api, call, app, &CREATE)?;
    let body = body(call)?;
    let user = wire::user("FromUserId", wire::text(&body, "FromUserId")?)?;
    let id = wire::room(wire::text(&body, "RoomId")?)?;
    let owner = ClientId::parse(&user).map_err(|why| Failure::parameter(format!("FromUserId {why}")))?;
    let mut patch = Patch::default().with(Field::Owner, Some(Value::Text(owner.to_string())));
    if let Some(name) = body.get(wire::NAME.word) {
        let name = wire::NAME.read(name).map_err(|why| Failure::parameter(format!("{} {why}", wire::NAME.word)))?;
        patch = patch.with(wire::NAME.field, name);
    }
    wire::number(&body, "DestroyDelayTime", LONGEST_DELAY)?;
    let edits = wire::sets(&body)?;
    // Each sets a key that was not there, so each is a change: one that is refused keeps the room from being made.
    let seq = i64::try_from(edits.len()).unwrap_or(i64::MAX);
    let new = NewRoom { attributes: (edits, api.attribute_limits(&ABOUT)), ..NewRoom::plain(id, "", patch) };
    let made = rooms::create(&on_behalf(ctx, user), new).await;
    // Too many attributes are no matter of how often it is called.
    made.map_err(|error| match error {
        Error::Limit(why) => Failure::parameter(why),
        other => other.into(),
    })?;
    Ok(wire::seq(seq))
}

/// `DestroyRoom`: at once, with everything that is in it. `FromUserId` may be there (facts.md 3b).
pub async fn destroy(api: &Api, call: &Call, app: &App) -> Done {
    let mut ctx = admit(api, call, app, &DESTROY)?;
    let room = wire::room(call.asked("RoomId"))?;
    if !call.asked("FromUserId").is_empty() {
        ctx = on_behalf(ctx, wire::user("FromUserId", call.asked("FromUserId"))?);
    }
    rooms::delete(&ctx, &room).await?;
    Ok(Map::new())
}

/// `QueryRoomMembers`: which of these users are in the room, and why the others are not. The answer's fields are those of
/// the vendor's page (ZEGOCLOUD/docs_all, `Room/query-whether-a-user-is-in-a-room.yaml`), in its two spellings. Where
/// none is in the room the code says so, with the list. `extra` is nothing that this house keeps.
pub async fn members(api: &Api, call: &Call, app: &App) -> Done {
    let ctx = admit(api, call, app, &MEMBERS)?;
    let room = wire::room(call.asked("RoomId"))?;
    if !api.admits_about(app, &MEMBERS, room.as_str(), ROOM_RATE) {
        return Err(Code::RoomRate.into());
    }
    let users = users(call)?;
    let ids: Vec<ClientId> = users.iter().filter_map(|user| ClientId::parse(user).ok()).collect();
    let here = roll::among(&ctx, &room, &ids).await?;
    let known = clients::known(&ctx, &ids.iter().map(ClientId::as_str).collect::<Vec<_>>()).await?;
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for user in &users {
        let member = here.iter().map(|member| &member.client).find(|client| client.id.as_str() == user);
        if let Some(client) = member {
            let (name, avatar) = (&client.nickname, &client.avatar);
            found.push(json!({"user_id": user, "user_name": name, "avatar": avatar, "extra": ""}));
        } else {
            let is_known = known.iter().any(|client| client.id.as_str() == user);
            let why = if is_known { Code::NotInRoom } else { Code::UserUnknown };
            missing.push(json!({"UserId": user, "SubCode": why as u32}));
        }
    }
    let none = found.is_empty();
    let mut fields = Map::new();
    fields.insert("UserList".to_owned(), Json::Array(found));
    fields.insert("ErrorList".to_owned(), Json::Array(missing));
    if none { Err(Failure::new(Code::NotInRoom, "None of the users is in the room").with(fields)) } else { Ok(fields) }
}

/// The users asked for, each once. The page writes `UserId[]=a&UserId[]=b` in its example and `UserId=a&UserId=b` in its
/// schema; some libraries write `UserId[0]=a`. Brackets may be percent-encoded.
fn users(call: &Call) -> Result<Vec<String>, Failure> {
    let mut users: Vec<String> = Vec::new();
    let is_user = |name: &str| name == "UserId" || (name.starts_with("UserId[") && name.ends_with(']'));
    for (_, given) in call.query.iter().filter(|(name, _)| is_user(name)) {
        let user = wire::user("UserId", given)?;
        if !users.contains(&user) {
            users.push(user);
        }
        if users.len() > USERS {
            return Err(Code::UsersTooMany.into());
        }
    }
    if users.is_empty() { Err(Failure::parameter("UserId[] is missing")) } else { Ok(users) }
}
