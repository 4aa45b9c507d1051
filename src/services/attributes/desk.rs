//! A room's attributes while they are being changed: what may be done to each, and what it came to.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    domain::{
        Result,
        attribute::{Attribute, AttributeLimits, Edit, Outcome, Refused, Why, has_place, measured},
        room::{Change, Room, Value},
    },
    services::Ctx,
    store::Tx,
};

pub(super) const VALUE: &str = "attribute.";
pub(super) const AUTO_DELETE: &str = "auto_delete.";
pub(super) const SET_BY: &str = "set_by.";

/// The key that a change is about, if it is about an attribute.
pub(super) fn key_of(field: &str) -> Option<&str> {
    [VALUE, AUTO_DELETE, SET_BY].iter().find_map(|prefix| field.strip_prefix(prefix))
}

/// A room's attributes while they are being changed.
pub(in crate::services) struct Desk<'a> {
    room: &'a Room,
    /// Who sets them; empty where that is no client.
    client: &'a str,
    limits: AttributeLimits,
    now: BTreeMap<String, Attribute>,
    /// Keys that somebody else changed since the asker looked.
    moved: BTreeSet<String>,
    /// Keys that were looked at.
    done: BTreeSet<String>,
    seq: i64,
    changes: Vec<Change>,
    outcomes: Vec<Outcome>,
}

impl<'a> Desk<'a> {
    /// Reads what stands.
    pub(in crate::services) async fn open(
        tx: &mut Tx,
        ctx: &'a Ctx,
        room: &'a Room,
        limits: AttributeLimits,
    ) -> Result<Self> {
        Ok(Self {
            now: super::by_key(tx, room).await?,
            seq: tx.attribute_seq(room.number).await?,
            client: ctx.client(),
            moved: BTreeSet::new(),
            done: BTreeSet::new(),
            changes: Vec::new(),
            outcomes: Vec::new(),
            room,
            limits,
        })
    }

    /// The same, with the keys that somebody else changed.
    pub(super) fn knowing(self, moved: BTreeSet<String>) -> Self {
        Self { moved, ..self }
    }

    /// Does one edit if it can be done; says whether it was refused.
    pub(super) async fn take(&mut self, tx: &mut Tx, edit: Edit) -> Result<bool> {
        let sent = edit.key().to_owned();
        let (key, refused) = match self.plan(edit) {
            Ok(edit) => {
                let key = edit.key().to_owned();
                let before = self.now.get(&key).cloned();
                let after = perform(tx, self.room, before.as_ref(), edit, self.client).await?;
                let differs = differences(&key, before.as_ref(), after.as_ref());
                self.seq += i64::from(!differs.is_empty());
                self.changes.extend(differs);
                match after {
                    Some(after) => drop(self.now.insert(key.clone(), after)),
                    None => drop(self.now.remove(&key)),
                }
                self.done.insert(key.clone());
                (key, None)
            }
            Err(why) => (sent, Some(why)),
        };
        self.done.insert(key.clone());
        let is_refused = refused.is_some();
        let seq = self.now.get(&key).map_or(self.seq, |attribute| attribute.seq);
        self.outcomes.push(Outcome { key, refused, seq });
        Ok(is_refused)
    }

    /// What became of the edits so far.
    pub(super) fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// What it all came to: the changes, the outcomes, the count.
    pub(super) fn close(self) -> (Vec<Change>, Vec<Outcome>, i64) {
        (self.changes, self.outcomes, self.seq)
    }

    /// Decides whether an edit can be done.
    fn plan(&self, edit: Edit) -> Result<Edit, Refused> {
        let edit = measured(&self.now, edit, &self.limits)?;
        let key = edit.key();
        if self.done.contains(key) {
            return Err(Refused::new(Why::Twice, "stands twice in what you sent; only the first was looked at"));
        }
        let theirs = self.now.get(key);
        let asked = match &edit {
            Edit::Set { value, .. } => Some(value),
            Edit::Delete { .. } => None,
        };
        if self.moved.contains(key) && theirs.map(|a| &a.value) != asked {
            let shown = theirs.map_or_else(|| "was deleted".to_owned(), |a| format!("was set to {:?}", a.value));
            return Err(Refused::new(
                Why::Moved,
                format!("{shown} by somebody else meanwhile; look at it and save again"),
            ));
        }
        has_place(&self.now, &edit, &self.limits)?;
        Ok(edit)
    }
}

/// Writes one edit where it changes anything; returns what stands then. `client` is who sets it; where that is nobody,
/// it stays with whoever had set it.
pub(in crate::services) async fn perform(
    tx: &mut Tx,
    room: &Room,
    before: Option<&Attribute>,
    edit: Edit,
    client: &str,
) -> Result<Option<Attribute>> {
    match edit {
        Edit::Delete { key } => {
            if before.is_some() {
                tx.next_attribute_seq(room.number).await?;
                tx.delete_attribute(room.number, &key).await?;
            }
            Ok(None)
        }
        Edit::Set { key, value, auto_delete } => {
            let known = || before.map(|b| b.set_by.clone()).unwrap_or_default();
            let set_by = if client.is_empty() { known() } else { client.to_owned() };
            let mut attribute = Attribute { key, value, auto_delete, set_by, seq: 0 };
            if differences(&attribute.key, before, Some(&attribute)).is_empty() {
                return Ok(before.cloned());
            }
            attribute.seq = tx.next_attribute_seq(room.number).await?;
            tx.put_attribute(room.number, &attribute).await?;
            Ok(Some(attribute))
        }
    }
}

/// What differs between an attribute before and after. Who set it counts only while it goes with them.
pub(in crate::services) fn differences(
    key: &str,
    before: Option<&Attribute>,
    after: Option<&Attribute>,
) -> Vec<Change> {
    let parts = [
        (VALUE, value(before), value(after)),
        (AUTO_DELETE, flag(before), flag(after)),
        (SET_BY, setter(before), setter(after)),
    ];
    let differ = parts.into_iter().filter(|(_, before, after)| before != after);
    differ.map(|(prefix, before, after)| Change { field: format!("{prefix}{key}"), before, after }).collect()
}

pub(super) fn value(attribute: Option<&Attribute>) -> Option<Value> {
    attribute.map(|a| Value::Text(a.value.clone()))
}

pub(super) fn flag(attribute: Option<&Attribute>) -> Option<Value> {
    attribute.filter(|a| a.auto_delete).map(|_| Value::Flag(true))
}

pub(super) fn setter(attribute: Option<&Attribute>) -> Option<Value> {
    attribute.filter(|a| a.auto_delete && !a.set_by.is_empty()).map(|a| Value::Text(a.set_by.clone()))
}
