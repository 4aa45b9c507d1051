//! Rooms as vendors show them: whole, by number, or some of many; and as the list shows them, column by column.

use std::collections::HashMap;

use super::get;
use crate::{
    domain::{
        Error, Result, Right,
        app::View,
        page::Page,
        room::{Columns, Filter, Room, RoomId, RoomQuery, RoomRow},
    },
    services::{Ctx, seat},
    store::Extra,
};

/// Which members of a room are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Members {
    /// All of them.
    All,
    /// The first page.
    Some,
    /// None.
    None,
}

/// A room with its members, the sender of its newest message and its attributes.
///
/// # Errors
/// Not allowed, or no such room.
pub async fn view(ctx: &Ctx, id: &RoomId, members: Members) -> Result<View> {
    let view = plain_view(ctx, id, members).await?;
    let number = view.room.number;
    let (attributes, attribute_seq) = (ctx.store.attributes(number).await?, ctx.store.attribute_seq(number).await?);
    Ok(View { attributes, attribute_seq, ..view })
}

/// The same without attributes, for a vendor that knows none.
///
/// # Errors
/// Not allowed, or no such room.
pub async fn plain_view(ctx: &Ctx, id: &RoomId, members: Members) -> Result<View> {
    let room = get(ctx, id).await?;
    let members = match members {
        _ if room.member_count == 0 => Vec::new(),
        Members::All => ctx.store.all_members(room.number).await?,
        Members::Some => ctx.store.members(&room, &Page::First).await?.rows,
        Members::None => Vec::new(),
    };
    let sender = match &room.last_message {
        Some(message) => ctx.store.client(&message.sender).await?,
        None => None,
    };
    Ok(View { attributes: Vec::new(), attribute_seq: 0, room, members, sender })
}

/// A room by its number.
///
/// # Errors
/// Not allowed, or no room has it.
pub async fn numbered(ctx: &Ctx, number: i64) -> Result<Room> {
    ctx.may(Right::See)?;
    let room = ctx.store.room_numbered(number).await?.filter(|room| ctx.sees(room));
    let room = room.ok_or_else(|| Error::NotFound(format!("There is no room with the number {number}.")))?;
    seat::may_see(ctx, &room).await?;
    Ok(room)
}

/// What some columns show of the rooms of a page, by their numbers, where the page has it not.
///
/// # Errors
/// Not allowed.
pub async fn extras(ctx: &Ctx, rows: &[RoomRow], columns: &Columns) -> Result<HashMap<i64, Extra>> {
    ctx.may(Right::See)?;
    let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
    ctx.store.extras(&numbers, columns).await
}

/// At most `many` rooms after the first `skip` that a question is about, and how many there are in all: of the app's
/// application, and, for a client that calls for itself, those that it is a member of.
///
/// # Errors
/// Not allowed.
pub async fn between(ctx: &Ctx, query: &RoomQuery, skip: i64, many: i64) -> Result<(Vec<Room>, u64)> {
    ctx.may(Right::See)?;
    let mut query = query.clone();
    if let Some(caller) = ctx.caller.as_ref().filter(|caller| !caller.application.is_empty()) {
        query.filters.push(Filter::App(caller.application.clone()));
    }
    if let Some(client) = seat::own_seat(ctx) {
        query.filters.push(Filter::Member(client.to_owned()));
    }
    ctx.store.rooms_between(&query, skip, many).await
}
