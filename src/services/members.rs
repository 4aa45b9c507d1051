//! Members of a room.

use super::Ctx;
use crate::domain::{
    Result, Right,
    client::Member,
    page::{Found, Page},
    room::RoomId,
};

/// A page of a room's members, by client id.
///
/// # Errors
/// Not allowed, or no such room.
pub async fn page(ctx: &Ctx, id: &RoomId, page: &Page) -> Result<Found<Member>> {
    ctx.may(Right::See)?;
    let room = super::rooms::get(ctx, id).await?;
    ctx.store.members(&room, page).await
}
