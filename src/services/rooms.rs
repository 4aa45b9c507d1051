//! Rooms: find, look at, make, change, hand over; their managers.

use std::collections::BTreeMap;

use futures::FutureExt;

use super::{Ctx, no_room, room_of};
use crate::{
    domain::{
        Error, Result, Right,
        audit::{Action, Saved},
        client::{Client, ClientId},
        error::Clash,
        page::Found,
        room::{Field, Patch, Room, RoomId, RoomQuery, RoomRow, Value, Values},
        text,
    },
    store::Tx,
};

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
    ctx.store.room(id).await?.ok_or_else(|| no_room(id))
}

/// Makes a room.
///
/// # Errors
/// Not allowed; the id is taken; the application's name is too long.
pub async fn create(ctx: &Ctx, id: RoomId, app: &str, patch: Patch) -> Result<Saved> {
    ctx.may(Right::Manage)?;
    let app = text::tidy(app, 1)
        .and_then(|app| text::at_most(&app, 64).map(|()| app))
        .map_err(|why| Error::invalid("app", why))?;
    ctx.once(move |tx, ctx| {
        async move {
            if tx.room(&id).await?.is_some() {
                return Err(Error::invalid("id", "is taken by another room; choose another"));
            }
            let mut values = Values::defaults();
            patch.apply(&mut values);
            one_seat_each(&Values::defaults(), &values)?;
            let mut room = Room {
                id,
                number: 0,
                app,
                version: 1,
                created_at: ctx.now,
                updated_at: ctx.now,
                member_count: 0,
                values,
                last_message: None,
            };
            room.number = tx.insert_room(&room, 0).await?;
            tx.put_people(&room).await?;
            let changes = patch.against(&Values::defaults());
            let entry = tx.append(&ctx.entry(Action::RoomCreated, Some(&room), changes.clone())).await?;
            Ok(Saved { entry: Some(entry), version: room.version, changes })
        }
        .boxed()
    })
    .await
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
            let room = room_of(tx, &id).await?;
            let patch = merge(tx, &room, seen, patch).await?;
            if let Some(right) = patch.needs() {
                ctx.may(right)?;
            }
            apply(tx, &ctx, room, &patch, Action::RoomUpdated, None).await
        }
        .boxed()
    })
    .await
}

/// Hands a room to another owner. The new owner stops being a manager; the old one becomes one if `keep` is set.
///
/// # Errors
/// Not allowed; no such room; the client owns it already; somebody else transferred it since `seen`.
pub async fn transfer(ctx: &Ctx, id: &RoomId, seen: i64, to: ClientId, keep: bool) -> Result<Saved> {
    ctx.may(Right::Manage)?;
    let id = id.clone();
    ctx.once(move |tx, ctx| {
        async move {
            let room = room_of(tx, &id).await?;
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
    let id = id.clone();
    ctx.once(move |tx, ctx| {
        async move {
            let room = room_of(tx, &id).await?;
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
pub(super) async fn apply(
    tx: &mut Tx,
    ctx: &Ctx,
    mut room: Room,
    patch: &Patch,
    action: Action,
    undo_of: Option<i64>,
) -> Result<Saved> {
    let changes = patch.against(&room.values);
    if changes.is_empty() {
        return Ok(Saved { entry: None, version: room.version, changes });
    }
    let before = room.values.clone();
    patch.apply(&mut room.values);
    one_seat_each(&before, &room.values)?;
    room.version += 1;
    room.updated_at = ctx.now;
    let fields: Vec<Field> = changes.iter().filter_map(|change| Field::parse(&change.field)).collect();
    tx.update_room(&room, &fields).await?;
    if fields.iter().any(|field| matches!(field, Field::Owner | Field::Managers)) {
        tx.put_people(&room).await?;
    }
    let mut entry = ctx.entry(action, Some(&room), changes.clone());
    entry.undo_of = undo_of;
    let entry = tx.append(&entry).await?;
    Ok(Saved { entry: Some(entry), version: room.version, changes })
}
