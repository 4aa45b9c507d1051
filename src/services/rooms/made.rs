//! Making a room and deleting it.

use std::collections::BTreeSet;

use futures::FutureExt;

use super::{one_seat_each, settled};
use crate::{
    domain::{
        Error, Result, Right,
        attribute::{AttributeLimits, Edit},
        audit::{Action, Saved},
        client::{ClientId, Member},
        room::{Change, Patch, Room, RoomId, Values},
        text,
    },
    services::{Ctx, attributes::Desk, members::roll, room_of, seat},
    store::Tx,
};

/// A room to be made.
#[derive(Clone, Debug)]
pub struct NewRoom {
    /// Its id.
    pub id: NewId,
    /// The application it belongs to; a back-end's app makes rooms of its own application, whatever stands here.
    pub app: String,
    /// Its fields.
    pub patch: Patch,
    /// Who is in it from the start.
    pub members: Vec<ClientId>,
    /// Its attributes, and the limits they must keep.
    pub attributes: (Vec<Edit>, AttributeLimits),
}

/// How a new room comes to its id.
#[derive(Clone, Debug)]
pub enum NewId {
    /// It was chosen.
    Given(RoomId),
    /// It is the room's number; with `room-` before it where another room has that as its id.
    Numbered,
}

impl NewRoom {
    /// A room without members and attributes.
    pub fn plain(id: RoomId, app: &str, patch: Patch) -> Self {
        let (app, attributes) = (app.to_owned(), (Vec::new(), AttributeLimits::default()));
        Self { id: NewId::Given(id), app, patch, members: Vec::new(), attributes }
    }
}

/// Makes a room; returns it as it is then.
///
/// # Errors
/// Not allowed; [`Error::Exists`] where the id is taken; the application's name is too long; more members than it
/// takes; an attribute that cannot be set.
pub async fn create(ctx: &Ctx, new: NewRoom) -> Result<(Room, Saved)> {
    ctx.may(Right::Manage)?;
    let app = ctx.caller.as_ref().map_or(new.app.as_str(), |caller| &caller.application);
    let app = text::tidy(app, 1)
        .and_then(|app| text::at_most(&app, 64).map(|()| app))
        .map_err(|why| Error::invalid("app", why))?;
    let (ctx, store) = (ctx.clone(), ctx.store.clone());
    store
        .write(move |tx| {
            async move {
                if let Some(saved) = super::super::earlier(tx, &ctx).await?
                    && let Some(id) = saved.entry
                    && let Some(entry) = tx.entry(id).await?
                    && let Some(Ok(id)) = entry.room.as_deref().map(RoomId::parse)
                {
                    return Ok((room_of(tx, &ctx, &id).await?, saved));
                }
                make(tx, &ctx, new, app).await
            }
            .boxed()
        })
        .await
}

async fn make(tx: &mut Tx, ctx: &Ctx, new: NewRoom, app: String) -> Result<(Room, Saved)> {
    let id = match new.id {
        NewId::Given(id) if tx.room(&id).await?.is_none() => id,
        NewId::Given(id) => return Err(Error::Exists(format!("There is a room {id} already; choose another id."))),
        NewId::Numbered => free_number(tx).await?,
    };
    let mut values = Values::defaults();
    let patch = settled(ctx, &values, new.patch);
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
    let mut changes = patch.against(&Values::defaults());
    let members: BTreeSet<String> = new.members.iter().map(ClientId::to_string).collect();
    if !members.is_empty() {
        roll::room_for(&room, members.len())?;
        let ids: Vec<&str> = members.iter().map(String::as_str).collect();
        tx.put_client_ids(&ids).await?;
        tx.add_members(room.number, &ids).await?;
        changes.extend(roll::changed(&BTreeSet::new(), &members));
    }
    let (edits, limits) = new.attributes;
    let desk = Desk::open(tx, ctx, &room, limits).await?;
    changes.extend(desk.take_all(tx, edits).await?.0);
    room.member_count = i64::try_from(members.len()).unwrap_or(i64::MAX);
    let entry = tx.append(&ctx.entry(Action::RoomCreated, Some(&room), changes.clone())).await?;
    let saved = Saved { entry: Some(entry), version: room.version, changes };
    Ok((room, saved))
}

/// An id from the number that the next room gets.
async fn free_number(tx: &mut Tx) -> Result<RoomId> {
    let number = tx.last_number().await? + 1;
    for id in [number.to_string(), format!("room-{number}")] {
        let id = RoomId::parse(&id).map_err(|why| Error::Invalid(vec![why]))?;
        if tx.room(&id).await?.is_none() {
            return Ok(id);
        }
    }
    Err(Error::Exists(format!("The next number, {number}, is another room's id in every form; choose an id.")))
}

/// Deletes a room with its members and attributes. What it was stays in the audit trail; it cannot be undone.
///
/// # Errors
/// Not allowed; no such room.
pub async fn delete(ctx: &Ctx, id: &RoomId) -> Result<Saved> {
    ctx.may(Right::Manage)?;
    let id = id.clone();
    ctx.once(move |tx, ctx| {
        async move {
            let mut room = room_of(tx, &ctx, &id).await?;
            seat::may_delete(&ctx, &room)?;
            let mut changes: Vec<Change> = room
                .values
                .iter()
                .filter(|(field, value)| field.spec().kind.default_value().as_ref() != Some(*value))
                .map(|(field, value)| Change {
                    field: field.key().to_owned(),
                    before: Some(value.clone()),
                    after: None,
                })
                .collect();
            let members: Vec<Member> = tx.all_members(room.number).await?;
            let members = members.iter().map(|member| member.client.id.to_string()).collect();
            changes.extend(roll::changed(&members, &BTreeSet::new()));
            for attribute in tx.attributes(room.number).await? {
                changes.extend(crate::services::attributes::differences(&attribute.key, Some(&attribute), None));
            }
            tx.delete_room(room.number).await?;
            room.version += 1;
            let entry = tx.append(&ctx.entry(Action::RoomDeleted, Some(&room), changes.clone())).await?;
            Ok(Saved { entry: Some(entry), version: room.version, changes })
        }
        .boxed()
    })
    .await
}
