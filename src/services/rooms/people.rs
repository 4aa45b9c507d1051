//! Who owns and manages a room: handing it over, managers coming and going.

use futures::FutureExt;

use super::{apply, get, merge};
use crate::{
    domain::{
        Error, Result, Right,
        audit::{Action, Saved},
        client::{Client, ClientId},
        room::{Field, Patch, Room, RoomId, Value},
    },
    services::{Ctx, room_of, seat},
};

/// Hands a room to another owner. The new owner stops being a manager; the old one becomes one if `keep` is set.
///
/// # Errors
/// Not allowed; no such room; the client owns it already; somebody else transferred it since `seen`.
pub async fn transfer(ctx: &Ctx, id: &RoomId, seen: i64, to: ClientId, keep: bool) -> Result<Saved> {
    ctx.may(Right::Manage)?;
    seat::may_appoint(ctx)?;
    let id = id.clone();
    ctx.once(move |tx, ctx| {
        async move {
            let room = room_of(tx, &ctx, &id).await?;
            let mut managers: Vec<String> = room.managers().iter().filter(|m| *m != to.as_str()).cloned().collect();
            if let Some(old) = room.owner() {
                if old == to.as_str() {
                    return Err(Error::invalid("to", "owns the room already; choose another client"));
                }
                if keep && !managers.iter().any(|m| m == old) {
                    managers.push(old.to_owned());
                }
            }
            let owner = Patch::default().with(Field::Owner, Some(Value::Text(to.to_string())));
            let patch = merge(tx, &room, seen, owner).await?.with(Field::Managers, words(managers)?);
            apply(tx, &ctx, room, &patch, Action::RoomTransferred, None).await
        }
        .boxed()
    })
    .await
}

/// What a transfer would do, to be shown before it is confirmed.
#[derive(Clone, Debug, PartialEq)]
pub struct TransferPreview {
    /// The room as it is.
    pub room: Room,
    /// The new owner.
    pub to: Client,
    /// Whether the new owner is known at all.
    pub known: bool,
    /// Whether the new owner is a member of the room.
    pub is_member: bool,
    /// Whether the new owner is a manager of the room.
    pub is_manager: bool,
    /// How many rooms the new owner has already.
    pub owns: u64,
}

/// Looks at what a transfer would do; changes nothing.
///
/// # Errors
/// Not allowed; no such room; the client owns it already.
pub async fn preview_transfer(ctx: &Ctx, id: &RoomId, to: &ClientId) -> Result<TransferPreview> {
    ctx.may(Right::Manage)?;
    let room = get(ctx, id).await?;
    if room.owner() == Some(to.as_str()) {
        return Err(Error::invalid("to", "owns the room already; choose another client"));
    }
    let found = ctx.store.client(to).await?;
    let unknown = || Client { id: to.clone(), nickname: String::new(), avatar: String::new(), last_login_at: None };
    Ok(TransferPreview {
        known: found.is_some(),
        to: found.unwrap_or_else(unknown),
        is_member: ctx.store.is_member(room.number, to).await?,
        is_manager: room.managers().iter().any(|manager| manager == to.as_str()),
        owns: ctx.store.owned_by(to.as_str()).await?.unsigned_abs(),
        room,
    })
}

/// Makes a client a manager of a room.
///
/// # Errors
/// Not allowed; no such room; the client is its owner; too many managers.
pub async fn add_manager(ctx: &Ctx, id: &RoomId, client: ClientId) -> Result<Saved> {
    change_managers(ctx, id, client, Action::ManagerAdded).await
}

/// Takes a client's manager seat away.
///
/// # Errors
/// Not allowed; no such room.
pub async fn remove_manager(ctx: &Ctx, id: &RoomId, client: ClientId) -> Result<Saved> {
    change_managers(ctx, id, client, Action::ManagerRemoved).await
}

async fn change_managers(ctx: &Ctx, id: &RoomId, client: ClientId, action: Action) -> Result<Saved> {
    ctx.may(Right::Manage)?;
    seat::may_appoint(ctx)?;
    let id = id.clone();
    ctx.once(move |tx, ctx| {
        async move {
            let room = room_of(tx, &ctx, &id).await?;
            if room.owner() == Some(client.as_str()) && action == Action::ManagerAdded {
                return Err(Error::invalid("client", "owns the room, which is more than managing it"));
            }
            let mut managers: Vec<String> = room.managers().iter().filter(|m| *m != client.as_str()).cloned().collect();
            if action == Action::ManagerAdded {
                if managers.len() < room.managers().len() {
                    managers = room.managers().to_vec();
                } else {
                    managers.push(client.to_string());
                }
            }
            let patch = Patch::default().with(Field::Managers, words(managers)?);
            apply(tx, &ctx, room, &patch, action, None).await
        }
        .boxed()
    })
    .await
}

/// A managers' list as a checked value.
fn words(managers: Vec<String>) -> Result<Option<Value>> {
    let json = serde_json::Value::from(managers);
    Field::Managers
        .spec()
        .kind
        .check(&json)
        .map_err(|why| Error::invalid("client", format!("cannot be added: the list {why}")))
}
