//! Who changed what, and taking it back.

use futures::FutureExt;

use super::{Ctx, attributes, room_of, rooms};
use crate::{
    domain::{
        Error, Result, Right,
        audit::{Action, AuditQuery, Entry, Saved},
        error::Clash,
        page::Found,
        room::{Change, Field, Patch, Room, RoomId},
    },
    store::Tx,
};

/// A page of the audit trail, newest first. A room's history is the trail of that room.
///
/// # Errors
/// Not allowed.
pub async fn find(ctx: &Ctx, query: &AuditQuery) -> Result<Found<Entry>> {
    ctx.may(Right::See)?;
    ctx.store.audit(query).await
}

/// A part of the audit trail to be taken along: entries under the number `before`, newest first.
///
/// # Errors
/// Not allowed.
pub async fn export(ctx: &Ctx, query: &AuditQuery, before: i64) -> Result<Vec<Entry>> {
    ctx.may(Right::Audit)?;
    ctx.store.audit_before(query, before, 500).await
}

/// Takes an entry back: every field and attribute it changed becomes what it was before. That is a change of its own,
/// with an entry of its own, and can be undone again.
///
/// # Errors
/// Not allowed to change one of the fields; no such entry or room; the entry is of a kind that cannot be undone; a
/// field has been changed since (then nothing is written, and the clash shows what).
pub async fn undo(ctx: &Ctx, entry: i64) -> Result<Saved> {
    ctx.may(Right::Edit)?;
    ctx.once(move |tx, ctx| {
        async move {
            let gone = || Error::NotFound(format!("There is no entry {entry} in the audit trail."));
            let entry = tx.entry(entry).await?.ok_or_else(gone)?;
            let about_room = entry.room.as_deref().filter(|_| entry.action.can_be_undone());
            let Some(Ok(id)) = about_room.map(RoomId::parse) else {
                return Err(Error::invalid("entry", "is not a change of a room that could be undone"));
            };
            let room = room_of(tx, &ctx, &id).await?;
            let now = attributes::by_key(tx, &room).await?;
            let current = |field: &str| match Field::parse(field) {
                Some(field) => room.values.get(field).cloned(),
                None => attributes::current(&now, field).flatten(),
            };
            let clashes: Vec<Clash> =
                entry.changes.iter().filter_map(|change| clash(change, current(&change.field))).collect();
            if !clashes.is_empty() {
                return Err(Error::Conflict(clashes));
            }
            if let Some(right) = patch_back(&entry).needs() {
                ctx.may(right)?;
            }
            put_back(tx, &ctx, room, &entry).await
        }
        .boxed()
    })
    .await
}

/// The fields that an entry changed, as they were before.
fn patch_back(entry: &Entry) -> Patch {
    entry.changes.iter().fold(Patch::default(), |patch, change| match Field::parse(&change.field) {
        Some(field) => patch.with(field, change.before.clone()),
        None => patch,
    })
}

/// Puts a room back to before an entry, which nobody changed since. The right was checked.
pub(super) async fn put_back(tx: &mut Tx, ctx: &Ctx, room: Room, entry: &Entry) -> Result<Saved> {
    let patch = patch_back(entry);
    rooms::check_seats(&room, &patch)?;
    let is_of_attributes = entry.changes.iter().any(|change| Field::parse(&change.field).is_none());
    let attributes = if is_of_attributes { attributes::restore(tx, &room, &entry.changes).await? } else { Vec::new() };
    let told = rooms::Told { action: Action::Undone, undo_of: Some(entry.id), attributes };
    rooms::write(tx, ctx, room, &patch, told).await
}

/// Keeps in the trail that somebody asked for what they may not do.
///
/// # Errors
/// The database failed.
pub async fn refused(ctx: &Ctx, what: &str, why: &str) -> Result<()> {
    let entry = super::account::note(ctx, Action::Refused, &format!("{what}: {why}"));
    ctx.store.write(move |tx| async move { tx.append(&entry).await.map(drop) }.boxed()).await
}

/// The field moved on since the change that is to be undone.
fn clash(change: &Change, theirs: Option<crate::domain::room::Value>) -> Option<Clash> {
    (theirs != change.after).then(|| Clash {
        field: change.field.clone(),
        base: change.after.clone(),
        theirs,
        mine: change.before.clone(),
    })
}
