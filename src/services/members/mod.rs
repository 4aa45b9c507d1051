//! Members of a room: who is in it, coming and going.

pub(super) mod roll;

use std::collections::BTreeSet;

use futures::FutureExt;

use super::{Ctx, attributes, room_of, seat};
use crate::{
    domain::{
        Error, Result, Right,
        audit::{Action, Saved},
        client::{ClientId, Member},
        page::{Found, Page},
        room::{Change, Field, Room, RoomId},
    },
    store::Tx,
};

/// A page of the members, by client id, of a room that the asker got.
///
/// # Errors
/// Not allowed.
pub async fn page(ctx: &Ctx, room: &Room, page: &Page) -> Result<Found<Member>> {
    ctx.may(Right::See)?;
    ctx.store.members(room, page).await
}

/// Those of these clients that are members of a room, by client id.
///
/// # Errors
/// Not allowed, or no such room.
pub async fn among(ctx: &Ctx, id: &RoomId, clients: &[ClientId]) -> Result<Vec<Member>> {
    ctx.may(Right::See)?;
    let room = super::rooms::get(ctx, id).await?;
    let ids: Vec<&str> = clients.iter().map(ClientId::as_str).collect();
    ctx.store.members_of(room.number, &ids).await
}

/// Makes clients members of a room; those who are already stay as they are.
///
/// # Errors
/// Not allowed; no such room; more members than it takes; a client who calls for itself, and the room is closed.
pub async fn add(ctx: &Ctx, id: &RoomId, clients: &[ClientId]) -> Result<Saved> {
    change(ctx, id, clients, true).await
}

/// Takes clients out of a room, and with them the attributes that go when they leave. Those who are no members stay so.
///
/// # Errors
/// Not allowed; no such room.
pub async fn remove(ctx: &Ctx, id: &RoomId, clients: &[ClientId]) -> Result<Saved> {
    change(ctx, id, clients, false).await
}

async fn change(ctx: &Ctx, id: &RoomId, clients: &[ClientId], come: bool) -> Result<Saved> {
    ctx.may(Right::Manage)?;
    let id = id.clone();
    let asked: BTreeSet<String> = clients.iter().map(ClientId::to_string).collect();
    ctx.once(move |tx, ctx| {
        async move {
            let room = room_of(tx, &ctx, &id).await?;
            if !only_oneself(&ctx, &asked, come) {
                seat::may_edit(&ctx, &room)?;
            }
            let ids: Vec<&str> = asked.iter().map(String::as_str).collect();
            let here = tx.members_among(room.number, &ids).await?;
            let changes = if come {
                let new: BTreeSet<String> = asked.difference(&here).cloned().collect();
                welcome(tx, &ctx, &room, &new).await?
            } else {
                dismiss(tx, &room, &here).await?
            };
            record(tx, &ctx, room, changes).await
        }
        .boxed()
    })
    .await
}

/// A client may always leave.
fn only_oneself(ctx: &Ctx, asked: &BTreeSet<String>, come: bool) -> bool {
    !come && seat::own_seat(ctx).is_some_and(|client| asked.iter().all(|id| id == client))
}

async fn welcome(tx: &mut Tx, ctx: &Ctx, room: &Room, new: &BTreeSet<String>) -> Result<Vec<Change>> {
    let closed = room.values.text(Field::Opening) == Some("closed");
    if closed && seat::own_seat(ctx).is_some() && !new.is_empty() {
        return Err(Error::Forbidden("The room is closed to joining and invitations".to_owned()));
    }
    roll::room_for(room, new.len())?;
    let ids: Vec<&str> = new.iter().map(String::as_str).collect();
    tx.put_client_ids(&ids).await?;
    tx.add_members(room.number, &ids).await?;
    Ok(roll::changed(&BTreeSet::new(), new).into_iter().collect())
}

async fn dismiss(tx: &mut Tx, room: &Room, gone: &BTreeSet<String>) -> Result<Vec<Change>> {
    let ids: Vec<&str> = gone.iter().map(String::as_str).collect();
    tx.remove_members(room.number, &ids).await?;
    let mut changes: Vec<Change> = roll::changed(gone, &BTreeSet::new()).into_iter().collect();
    changes.extend(attributes::go_with(tx, room, gone).await?);
    Ok(changes)
}

async fn record(tx: &mut Tx, ctx: &Ctx, mut room: Room, changes: Vec<Change>) -> Result<Saved> {
    let entry = attributes::record(tx, ctx, &mut room, &changes, Action::MembersChanged, None).await?;
    Ok(Saved { entry, version: room.version, changes })
}
