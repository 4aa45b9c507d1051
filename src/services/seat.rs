//! What a client may do in a room when it calls for itself: see it as a member, change it as its owner or a manager.
//!
//! Who may do what is the contract's (imkit-get-room, imkit-update-room): members may look; the owner, managers and
//! superusers may change; owner and managers themselves change only by a superuser's hand or the app's own.

use super::{Caller, Ctx, Seat};
use crate::domain::{
    Error, Result,
    client::ClientId,
    room::{Field, Patch, Room},
};

/// Goes on only if the asker may look into the room. The owner and the managers may, members or not: they may change
/// it, so they must be able to see it.
///
/// # Errors
/// Not a member.
pub async fn may_see(ctx: &Ctx, room: &Room) -> Result<()> {
    let Some(client) = own_seat(ctx) else { return Ok(()) };
    if runs(room, client) {
        return Ok(());
    }
    let known = match ClientId::parse(client) {
        Ok(client) => ctx.store.is_member(room.number, &client).await?,
        Err(_) => false,
    };
    if known { Ok(()) } else { Err(forbidden("Only members of the room and platform admins can see it.")) }
}

/// Goes on only if the asker may change the room at all.
///
/// # Errors
/// Neither owner nor manager.
pub fn may_edit(ctx: &Ctx, room: &Room) -> Result<()> {
    match own_seat(ctx) {
        Some(client) if !runs(room, client) => {
            Err(forbidden("Only room owner, manager, or platform admin can update room"))
        }
        _ => Ok(()),
    }
}

/// Goes on only if the asker may make this change of the room.
///
/// # Errors
/// Neither owner nor manager; or the change is about who those are.
pub fn may_change(ctx: &Ctx, room: &Room, patch: &Patch) -> Result<()> {
    may_edit(ctx, room)?;
    if patch.iter().any(|(field, _)| matches!(field, Field::Owner | Field::Managers)) {
        may_appoint(ctx)?;
    }
    Ok(())
}

/// Goes on only if the asker may say who owns and manages a room.
///
/// # Errors
/// A client without more than a seat.
pub fn may_appoint(ctx: &Ctx) -> Result<()> {
    match own_seat(ctx) {
        Some(_) => Err(forbidden("Only a platform admin or a superuser can change the owner and the managers")),
        None => Ok(()),
    }
}

/// Goes on only if the asker may delete the room.
///
/// # Errors
/// Not its owner.
pub fn may_delete(ctx: &Ctx, room: &Room) -> Result<()> {
    match own_seat(ctx) {
        Some(client) if room.owner() != Some(client) => {
            Err(forbidden("Only the room's owner or a platform admin can delete it"))
        }
        _ => Ok(()),
    }
}

/// The client whose own seat counts, if that is who asks.
pub(super) fn own_seat(ctx: &Ctx) -> Option<&str> {
    match &ctx.caller {
        Some(Caller { seat: Seat::Client, call, .. }) => Some(&call.client),
        _ => None,
    }
}

fn runs(room: &Room, client: &str) -> bool {
    room.owner() == Some(client) || room.managers().iter().any(|manager| manager == client)
}

fn forbidden(why: &str) -> Error {
    Error::Forbidden(why.to_owned())
}
