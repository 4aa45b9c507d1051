//! A room's attributes: several edits in one transaction, each with its own result.

mod desk;

use std::collections::{BTreeMap, BTreeSet};

use futures::FutureExt;

use super::{Ctx, earlier, room_of, seat};
use crate::{
    domain::{
        Error, Result, Right,
        attribute::{Attribute, AttributeLimits, Edit, Outcome, Refused, Why},
        audit::{Action, Saved},
        client::ClientId,
        room::{Change, Room, RoomId, Value},
    },
    store::Tx,
};
use desk::{AUTO_DELETE, SET_BY, VALUE, key_of};
pub(super) use desk::{Desk, differences, perform};

/// The attributes, by key, of a room that the asker got.
///
/// # Errors
/// Not allowed.
pub async fn of(ctx: &Ctx, room: &Room) -> Result<Vec<Attribute>> {
    ctx.may(Right::See)?;
    ctx.store.attributes(room.number).await
}

/// What a change of attributes goes by.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The asker's limits.
    pub limits: AttributeLimits,
    /// What one refused edit means for the others.
    pub after_refusal: AfterRefusal,
}

/// What one refused edit means for the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AfterRefusal {
    /// Nothing.
    GoOn,
    /// Those after it are not looked at, where it is one of these, counted from 0.
    StopAt(BTreeSet<usize>),
    /// None of them happens.
    Undo,
}

impl AfterRefusal {
    /// Whether the edits after a refused one at this place are not looked at.
    fn ends_at(&self, place: usize) -> bool {
        match self {
            Self::GoOn => false,
            Self::StopAt(places) => places.contains(&place),
            Self::Undo => true,
        }
    }
}

/// What a change of attributes came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// The entry and the version.
    pub saved: Saved,
    /// What became of each edit that was looked at, in order; empty where the operation was done before.
    pub outcomes: Vec<Outcome>,
    /// How often the room's attributes have been changed now.
    pub seq: i64,
}

/// Does each edit that can be done, and says of every one what became of it. An edit of a key that somebody else has
/// changed since the version `seen` is refused, unless it asks for the same. A client for whom an app asks becomes known
/// when something changes: it set an attribute, so pickers offer it.
///
/// # Errors
/// Not allowed, or no such room. Single edits that cannot be done are outcomes, not errors, unless the rules have it
/// that then none is done: [`Error::Limit`] where the room is full, [`Error::Invalid`] for anything else.
pub async fn change(ctx: &Ctx, id: &RoomId, seen: i64, edits: Vec<Edit>, rules: Rules) -> Result<Changed> {
    ctx.may(Right::Edit)?;
    let (id, ctx) = (id.clone(), ctx.clone());
    let store = ctx.store.clone();
    store
        .write(move |tx| {
            async move {
                if let Some(saved) = earlier(tx, &ctx).await? {
                    return Ok(Changed { saved, outcomes: Vec::new(), seq: 0 });
                }
                let mut room = room_of(tx, &ctx, &id).await?;
                seat::may_edit(&ctx, &room)?;
                let moved = moved_since(tx, &room, seen).await?;
                let mut desk = Desk::open(tx, &ctx, &room, rules.limits).await?.knowing(moved);
                for (place, edit) in edits.into_iter().enumerate() {
                    if desk.take(tx, edit).await? && rules.after_refusal.ends_at(place) {
                        break;
                    }
                }
                let (changes, outcomes, seq) = desk.close();
                if rules.after_refusal == AfterRefusal::Undo
                    && let Some(error) = outcomes.last().and_then(refused)
                {
                    return Err(error);
                }
                if !changes.is_empty() && ClientId::parse(ctx.client()).is_ok_and(|id| id.as_str() == ctx.client()) {
                    tx.put_client_ids(&[ctx.client()]).await?;
                }
                let entry = record(tx, &ctx, &mut room, &changes, Action::AttributesChanged, None).await?;
                Ok(Changed { saved: Saved { entry, version: room.version, changes }, outcomes, seq })
            }
            .boxed()
        })
        .await
}

/// The error of an edit that was refused.
pub(super) fn refused(outcome: &Outcome) -> Option<Error> {
    let Refused { why, message } = outcome.refused.as_ref()?;
    Some(match why {
        Why::Full | Why::TooMuch => Error::Limit(format!("{} {message}.", outcome.key)),
        Why::Key | Why::Value | Why::Twice | Why::Moved => Error::invalid(&outcome.key, message),
    })
}

/// Deletes the attributes that go with clients who leave a room; returns the changes, to be kept with the leaving.
pub(super) async fn go_with(tx: &mut Tx, room: &Room, gone: &BTreeSet<String>) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    for attribute in tx.attributes(room.number).await? {
        if attribute.auto_delete && gone.contains(&attribute.set_by) {
            let edit = Edit::Delete { key: attribute.key.clone() };
            perform(tx, room, Some(&attribute), edit, "").await?;
            changes.extend(differences(&attribute.key, Some(&attribute), None));
        }
    }
    Ok(changes)
}

/// Puts attributes back to how they were before `changes`; each was found to stand as the changes left it.
pub(super) async fn restore(tx: &mut Tx, room: &Room, changes: &[Change]) -> Result<Vec<Change>> {
    let now = by_key(tx, room).await?;
    let keys: BTreeSet<&str> = changes.iter().filter_map(|change| key_of(&change.field)).collect();
    let mut written = Vec::new();
    for key in keys {
        let before = now.get(key);
        let find = |prefix: &str| changes.iter().find(|change| change.field == format!("{prefix}{key}"));
        let text = |value: Option<&Value>| value.map(Value::plain);
        let value = find(VALUE).map_or_else(|| before.map(|b| b.value.clone()), |change| text(change.before.as_ref()));
        let auto_delete = find(AUTO_DELETE)
            .map_or(before.is_some_and(|b| b.auto_delete), |change| change.before == Some(Value::Flag(true)));
        let set_by = find(SET_BY).and_then(|change| text(change.before.as_ref())).unwrap_or_default();
        let edit = match value {
            Some(value) => Edit::Set { key: key.to_owned(), value, auto_delete },
            None => Edit::Delete { key: key.to_owned() },
        };
        let after = perform(tx, room, before, edit, &set_by).await?;
        written.extend(differences(key, before, after.as_ref()));
    }
    Ok(written)
}

/// What stands now of the subject of a change, if it is about an attribute.
pub(super) fn current(now: &BTreeMap<String, Attribute>, field: &str) -> Option<Option<Value>> {
    let attribute = now.get(key_of(field)?);
    if field.starts_with(AUTO_DELETE) {
        return Some(desk::flag(attribute));
    }
    if field.starts_with(SET_BY) {
        return Some(desk::setter(attribute));
    }
    Some(desk::value(attribute))
}

/// A room's attributes by key, as the transaction sees them.
pub(super) async fn by_key(tx: &mut Tx, room: &Room) -> Result<BTreeMap<String, Attribute>> {
    Ok(tx.attributes(room.number).await?.into_iter().map(|attribute| (attribute.key.clone(), attribute)).collect())
}

/// Writes the audit entry of attribute changes, with the room's new version; nothing where nothing changed.
pub(super) async fn record(
    tx: &mut Tx,
    ctx: &Ctx,
    room: &mut Room,
    changes: &[Change],
    action: Action,
    undo_of: Option<i64>,
) -> Result<Option<i64>> {
    if changes.is_empty() {
        return Ok(None);
    }
    room.version += 1;
    room.updated_at = ctx.now;
    tx.update_room(room, &room.values, &[]).await?;
    let mut entry = ctx.entry(action, Some(room), changes.to_vec());
    entry.undo_of = undo_of;
    tx.append(&entry).await.map(Some)
}

/// The keys that were changed since a version, with what they were then.
async fn moved_since(tx: &mut Tx, room: &Room, seen: i64) -> Result<BTreeSet<String>> {
    let mut moved = BTreeSet::new();
    if seen < room.version {
        for change in tx.changes_since(room.id.as_str(), seen).await? {
            moved.extend(key_of(&change.field).map(str::to_owned));
        }
    }
    Ok(moved)
}

impl Rules {
    /// The house's own: each edit by itself.
    pub fn house(ctx: &Ctx) -> Self {
        Self { limits: ctx.settings.attributes, after_refusal: AfterRefusal::GoOn }
    }
}

impl Desk<'_> {
    /// What a new room's attributes come to.
    ///
    /// # Errors
    /// The first edit that cannot be done.
    pub(super) async fn take_all(mut self, tx: &mut Tx, edits: Vec<Edit>) -> Result<(Vec<Change>, i64)> {
        for edit in edits {
            if self.take(tx, edit).await?
                && let Some(error) = self.outcomes().last().and_then(refused)
            {
                return Err(error);
            }
        }
        let (changes, _, seq) = self.close();
        Ok((changes, seq))
    }
}

/// The limits of a file: it may hold what the house or any vendor takes.
pub(super) fn limits_of_files(ctx: &Ctx) -> AttributeLimits {
    let vendors = ctx.settings.vendors.iter().filter_map(|vendor| vendor.attributes);
    vendors
        .fold(ctx.settings.attributes, |all, vendor| AttributeLimits { per_room: all.per_room, ..all.widest(vendor) })
}
