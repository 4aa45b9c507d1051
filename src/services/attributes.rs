//! A room's attributes: several edits in one transaction, each with its own result.

use std::collections::{BTreeMap, BTreeSet};

use futures::FutureExt;

use super::{Ctx, earlier, room_of};
use crate::{
    domain::{
        Error, Result, Right,
        attribute::{Attribute, AttributeLimits, Edit, Outcome},
        audit::{Action, Saved},
        room::{Change, Room, RoomId, Value},
    },
    store::Tx,
};

/// A room's attributes, by key.
///
/// # Errors
/// Not allowed, or no such room.
pub async fn of(ctx: &Ctx, id: &RoomId) -> Result<Vec<Attribute>> {
    ctx.may(Right::See)?;
    let room = super::rooms::get(ctx, id).await?;
    ctx.store.attributes(room.number).await
}

/// Does each edit that can be done, and says of every one what became of it. An edit of a key that somebody else has
/// changed since the version `seen` is refused, unless it asks for the same.
///
/// # Errors
/// Not allowed, or no such room. Single edits that cannot be done are outcomes, not errors.
pub async fn change(ctx: &Ctx, id: &RoomId, seen: i64, edits: Vec<Edit>) -> Result<(Saved, Vec<Outcome>)> {
    ctx.may(Right::Edit)?;
    let (id, ctx) = (id.clone(), ctx.clone());
    let store = ctx.store.clone();
    store
        .write(move |tx| {
            async move {
                if let Some(first) = earlier(tx, &ctx).await? {
                    return Ok((first, Vec::new()));
                }
                let mut room = room_of(tx, &id).await?;
                let moved = moved_since(tx, &room, seen).await?;
                let mut now: BTreeMap<String, Attribute> =
                    tx.attributes(room.number).await?.into_iter().map(|a| (a.key.clone(), a)).collect();
                let (mut changes, mut outcomes, mut done) = (Vec::new(), Vec::new(), BTreeSet::new());
                for edit in edits {
                    let key = edit.key().to_owned();
                    let refused = match plan(edit, &now, &moved, &done, &ctx.settings.attributes) {
                        Ok(edit) => {
                            let before = now.get(&key).cloned();
                            let after = perform(tx, &room, before.as_ref(), edit).await?;
                            changes.extend(differences(&key, before.as_ref(), after.as_ref()));
                            match after {
                                Some(after) => drop(now.insert(key.clone(), after)),
                                None => drop(now.remove(&key)),
                            }
                            None
                        }
                        Err(why) => Some(why),
                    };
                    done.insert(key.clone());
                    outcomes.push(Outcome { key, refused });
                }
                let entry = record(tx, &ctx, &mut room, &changes, Action::AttributesChanged, None).await?;
                Ok((Saved { entry, version: room.version, changes }, outcomes))
            }
            .boxed()
        })
        .await
}

/// Puts attributes back to how they were before `changes`; each was found to stand as the changes left it.
pub(super) async fn restore(tx: &mut Tx, room: &Room, changes: &[Change]) -> Result<Vec<Change>> {
    let now = by_key(tx, room).await?;
    let keys: BTreeSet<&str> = changes.iter().filter_map(|change| key_of(&change.field)).collect();
    let mut written = Vec::new();
    for key in keys {
        let before = now.get(key);
        let find = |prefix: &str| changes.iter().find(|change| change.field == format!("{prefix}{key}"));
        let value = find(VALUE).map_or_else(|| before.map(|b| b.value.clone()), |change| text(change.before.as_ref()));
        let auto = find(AUTO_DELETE)
            .map_or(before.is_some_and(|b| b.auto_delete), |change| change.before == Some(Value::Flag(true)));
        let edit = match value {
            Some(value) => Edit::Set { key: key.to_owned(), value, auto_delete: auto },
            None => Edit::Delete { key: key.to_owned() },
        };
        let after = perform(tx, room, before, edit).await?;
        written.extend(differences(key, before, after.as_ref()));
    }
    Ok(written)
}

/// What stands now of the subject of a change, if it is about an attribute.
pub(super) fn current(now: &BTreeMap<String, Attribute>, field: &str) -> Option<Option<Value>> {
    let attribute = now.get(key_of(field)?);
    if field.starts_with(AUTO_DELETE) {
        return Some(attribute.filter(|a| a.auto_delete).map(|_| Value::Flag(true)));
    }
    Some(attribute.map(|a| Value::Text(a.value.clone())))
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
    tx.update_room(room, &[]).await?;
    let mut entry = ctx.entry(action, Some(room), changes.to_vec());
    entry.undo_of = undo_of;
    tx.append(&entry).await.map(Some)
}

const VALUE: &str = "attribute.";
const AUTO_DELETE: &str = "auto_delete.";

fn key_of(field: &str) -> Option<&str> {
    field.strip_prefix(VALUE).or_else(|| field.strip_prefix(AUTO_DELETE))
}

/// Decides whether an edit can be done.
fn plan(
    edit: Edit,
    now: &BTreeMap<String, Attribute>,
    moved: &BTreeMap<String, Option<Value>>,
    done: &BTreeSet<String>,
    limits: &AttributeLimits,
) -> Result<Edit, String> {
    let edit = edit.checked(limits).map_err(|violation| format!("{} {}", violation.field, violation.message))?;
    let key = edit.key();
    if done.contains(key) {
        return Err("stands twice in what you sent; only the first was looked at".to_owned());
    }
    let theirs = now.get(key);
    let asked = match &edit {
        Edit::Set { value, .. } => Some(value),
        Edit::Delete { .. } => None,
    };
    if moved.contains_key(key) && theirs.map(|a| &a.value) != asked {
        let shown = theirs.map_or_else(|| "was deleted".to_owned(), |a| format!("was set to {:?}", a.value));
        return Err(format!("{shown} by somebody else meanwhile; look at it and save again"));
    }
    if theirs.is_none() && asked.is_some() && now.len() >= limits.per_room {
        return Err(format!("would be one too many: a room takes {} attributes; delete one first", limits.per_room));
    }
    Ok(edit)
}

/// Writes one edit where it changes anything; returns what stands then.
async fn perform(tx: &mut Tx, room: &Room, before: Option<&Attribute>, edit: Edit) -> Result<Option<Attribute>> {
    match edit {
        Edit::Delete { key } => {
            if before.is_some() {
                tx.next_attribute_seq(room.number).await?;
                tx.delete_attribute(room.number, &key).await?;
            }
            Ok(None)
        }
        Edit::Set { value, auto_delete, .. }
            if before.is_some_and(|b| b.value == value && b.auto_delete == auto_delete) =>
        {
            Ok(before.cloned())
        }
        Edit::Set { key, value, auto_delete } => {
            let seq = tx.next_attribute_seq(room.number).await?;
            let set_by = before.map(|b| b.set_by.clone()).unwrap_or_default();
            let attribute = Attribute { key, value, auto_delete, set_by, seq };
            tx.put_attribute(room.number, &attribute).await?;
            Ok(Some(attribute))
        }
    }
}

/// What differs between an attribute before and after.
pub(super) fn differences(key: &str, before: Option<&Attribute>, after: Option<&Attribute>) -> Vec<Change> {
    let mut changes = Vec::new();
    let value = |a: Option<&Attribute>| a.map(|a| Value::Text(a.value.clone()));
    let auto = |a: Option<&Attribute>| a.filter(|a| a.auto_delete).map(|_| Value::Flag(true));
    if value(before) != value(after) {
        changes.push(Change { field: format!("{VALUE}{key}"), before: value(before), after: value(after) });
    }
    if auto(before) != auto(after) {
        changes.push(Change { field: format!("{AUTO_DELETE}{key}"), before: auto(before), after: auto(after) });
    }
    changes
}

/// The keys that were changed since a version, with what they were then.
async fn moved_since(tx: &mut Tx, room: &Room, seen: i64) -> Result<BTreeMap<String, Option<Value>>> {
    let mut moved = BTreeMap::new();
    if seen < room.version {
        for change in tx.changes_since(room.id.as_str(), seen).await? {
            if let Some(key) = key_of(&change.field) {
                moved.entry(key.to_owned()).or_insert(change.before);
            }
        }
    }
    Ok(moved)
}

fn text(value: Option<&Value>) -> Option<String> {
    value.map(Value::plain)
}

/// Refuses with everything that was not done, naming each key.
pub fn refused(outcomes: &[Outcome]) -> Option<Error> {
    let violations: Vec<_> = outcomes
        .iter()
        .filter_map(|outcome| Some(crate::domain::Violation::new(&outcome.key, outcome.refused.clone()?)))
        .collect();
    (!violations.is_empty()).then_some(Error::Invalid(violations))
}
