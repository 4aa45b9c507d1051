//! Rooms: find, look at, change. Making and deleting them, and who runs them, are files of their own.

mod look;
mod made;
mod people;

use std::collections::BTreeMap;

use futures::FutureExt;

use super::{Ctx, no_room, room_of, seat};
use crate::{
    domain::{
        Error, Result, Right,
        audit::{Action, Saved},
        error::Clash,
        page::Found,
        room::{Change, Field, Patch, Room, RoomId, RoomQuery, RoomRow, Value, Values},
    },
    store::Tx,
};
pub use look::{Members, between, extras, numbered, plain_view, view};
pub use made::{NewId, NewRoom, create, delete};
pub use people::{TransferPreview, add_manager, preview_transfer, remove_manager, transfer};

/// One page of the rooms that a question is about.
///
/// # Errors
/// Not allowed.
pub async fn find(ctx: &Ctx, query: &RoomQuery) -> Result<Found<RoomRow>> {
    ctx.may(Right::See)?;
    ctx.store.rooms(query).await
}

/// One room.
///
/// # Errors
/// Not allowed, or there is none.
pub async fn get(ctx: &Ctx, id: &RoomId) -> Result<Room> {
    ctx.may(Right::See)?;
    let room = ctx.store.room(id).await?.filter(|room| ctx.sees(room)).ok_or_else(|| no_room(id))?;
    seat::may_see(ctx, &room).await?;
    Ok(room)
}

/// Changes fields of a room. `seen` is the version that the asker had before their eyes: a field that both they and
/// somebody else changed since is a conflict, and then nothing is written; fields that only one changed all count.
///
/// # Errors
/// Not allowed to change one of the fields; no such room; a conflict; the owner would vanish.
pub async fn update(ctx: &Ctx, id: &RoomId, seen: i64, patch: Patch) -> Result<Saved> {
    ctx.may(Right::See)?;
    if patch.iter().any(|(field, value)| field == Field::Owner && value.is_none()) {
        return Err(Error::invalid("owner", "cannot be empty; transfer the room to another owner instead"));
    }
    let id = id.clone();
    ctx.once(move |tx, ctx| {
        async move {
            let room = room_of(tx, &ctx, &id).await?;
            let patch = settled(&ctx, &room.values, merge(tx, &room, seen, patch).await?);
            seat::may_change(&ctx, &room, &patch)?;
            if let Some(right) = patch.needs() {
                ctx.may(right)?;
            }
            apply(tx, &ctx, room, &patch, Action::RoomUpdated, None).await
        }
        .boxed()
    })
    .await
}

/// Leaves out of a patch what the asker did not touch since the version they saw, and finds what somebody else did.
async fn merge(tx: &mut Tx, room: &Room, seen: i64, mut patch: Patch) -> Result<Patch> {
    if seen >= room.version {
        return Ok(patch);
    }
    let mut bases: BTreeMap<String, Option<Value>> = BTreeMap::new();
    for change in tx.changes_since(room.id.as_str(), seen).await? {
        bases.entry(change.field).or_insert(change.before);
    }
    let mut clashes = Vec::new();
    patch.retain(|field, mine| {
        let Some(base) = bases.get(field.key()) else { return true };
        let theirs = room.values.get(field);
        let mine = mine.cloned().or_else(|| field.spec().kind.default_value());
        if mine == *base || mine.as_ref() == theirs {
            return false;
        }
        if theirs != base.as_ref() {
            clashes.push(Clash { field: field.key().to_owned(), base: base.clone(), theirs: theirs.cloned(), mine });
        }
        true
    });
    if clashes.is_empty() { Ok(patch) } else { Err(Error::Conflict(clashes)) }
}

/// A back-end knows nothing of one seat each: whoever it makes the owner stops being a manager without a word.
fn settled(ctx: &Ctx, before: &Values, patch: Patch) -> Patch {
    let asks = |asked| patch.iter().any(|(field, _)| field == asked);
    if ctx.caller.is_none() || !(asks(Field::Owner) || asks(Field::Managers)) {
        return patch;
    }
    let mut after = before.clone();
    patch.apply(&mut after);
    let (owner, all) = (after.text(Field::Owner), after.words(Field::Managers));
    let managers: Vec<String> = all.iter().filter(|manager| Some(manager.as_str()) != owner).cloned().collect();
    if managers.len() == all.len() {
        return patch;
    }
    patch.with(Field::Managers, (!managers.is_empty()).then_some(Value::Words(managers)))
}

/// Refuses a change after which the owner would be a manager too. What an import brought so is left so.
fn one_seat_each(before: &Values, after: &Values) -> Result<()> {
    let both = |values: &Values| {
        let owner = values.text(Field::Owner);
        values.words(Field::Managers).iter().any(|manager| Some(manager.as_str()) == owner)
    };
    if both(after) && !both(before) {
        return Err(Error::invalid("managers", "would have the owner among them, who is more than a manager"));
    }
    Ok(())
}

/// Writes a patch and its audit entry; nothing where nothing differs. The right was checked.
async fn apply(
    tx: &mut Tx,
    ctx: &Ctx,
    room: Room,
    patch: &Patch,
    action: Action,
    undo_of: Option<i64>,
) -> Result<Saved> {
    write(tx, ctx, room, patch, Told { action, undo_of, attributes: Vec::new() }).await
}

/// What the audit entry of a change says besides the fields.
pub(super) struct Told {
    /// What was done.
    pub action: Action,
    /// The entry that this one undoes.
    pub undo_of: Option<i64>,
    /// Changes of attributes that were written already.
    pub attributes: Vec<Change>,
}

/// Goes on only if nobody would have two seats after a patch.
///
/// # Errors
/// The owner would be a manager too.
pub(super) fn check_seats(room: &Room, patch: &Patch) -> Result<()> {
    let mut after = room.values.clone();
    patch.apply(&mut after);
    one_seat_each(&room.values, &after)
}

/// Writes a patch with one audit entry, which tells of attributes as well; nothing where nothing differs. The right was
/// checked.
pub(super) async fn write(tx: &mut Tx, ctx: &Ctx, mut room: Room, patch: &Patch, told: Told) -> Result<Saved> {
    let Told { action, undo_of, attributes } = told;
    let mut changes = patch.against(&room.values);
    if changes.is_empty() && attributes.is_empty() {
        return Ok(Saved { entry: None, version: room.version, changes });
    }
    check_seats(&room, patch)?;
    let before = room.values.clone();
    patch.apply(&mut room.values);
    room.version += 1;
    room.updated_at = ctx.now;
    let fields: Vec<Field> = changes.iter().filter_map(|change| Field::parse(&change.field)).collect();
    tx.update_room(&room, &before, &fields).await?;
    if fields.iter().any(|field| matches!(field, Field::Owner | Field::Managers)) {
        tx.put_people(&room).await?;
    }
    changes.extend(attributes);
    let mut entry = ctx.entry(action, Some(&room), changes.clone());
    entry.undo_of = undo_of;
    let entry = tx.append(&entry).await?;
    Ok(Saved { entry: Some(entry), version: room.version, changes })
}
