//! What a job's steps come to in one room: the same for the preview, which reads a few columns, and for the run, which
//! has the whole room before it.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Step, Steps};
use crate::domain::{
    attribute::{Attribute, AttributeLimits, Edit, has_place},
    room::{Change, Field, Patch, Value, Values},
};

/// What steps come to in one room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It changes so.
    Change(Patch, Vec<Edit>),
    /// It is so already.
    Nothing,
    /// It cannot be changed, and why: the first reason.
    Refused(String),
}

/// A room's attributes by key.
pub type Attributes = BTreeMap<String, Attribute>;

impl Steps {
    /// What they come to where these are the values (at least those of [`Steps::fields`]) and attributes.
    pub fn on(&self, values: &Values, attributes: &Attributes, limits: &AttributeLimits) -> Verdict {
        match self.work_out(values, attributes, limits) {
            Ok((patch, edits)) if patch.is_empty() && edits.is_empty() => Verdict::Nothing,
            Ok((patch, edits)) => Verdict::Change(patch, edits),
            Err(why) => Verdict::Refused(why),
        }
    }

    fn work_out(
        &self,
        values: &Values,
        attributes: &Attributes,
        limits: &AttributeLimits,
    ) -> Result<(Patch, Vec<Edit>), String> {
        let mut after = values.clone();
        let mut touched: Vec<Field> = Vec::new();
        for step in &self.0 {
            touched.extend(step.field());
            match step {
                Step::Set { field: Field::Owner, value: Some(Value::Text(owner)) } => {
                    own(&mut after, owner);
                    touched.push(Field::Managers);
                }
                Step::Set { field, value } => after.set(*field, value.clone()),
                Step::Add { field, words } => after.set(*field, joined(*field, values.get(*field), words)?),
                Step::Remove { field, words } => after.set(*field, reduced(*field, after.get(*field), words)?),
                Step::HandOver { from, to } => {
                    hand_over(&mut after, from.as_str(), to.as_str());
                    touched.extend([Field::Owner, Field::Managers]);
                }
                Step::SetAttribute { .. } | Step::DeleteAttribute { .. } => {}
            }
        }
        if is_both(&after) && !is_both(values) {
            return Err("Managers would have the owner among them, who is more than a manager.".to_owned());
        }
        let differing = touched.into_iter().filter(|field| after.get(*field) != values.get(*field));
        let patch = differing.fold(Patch::default(), |patch, field| patch.with(field, after.get(field).cloned()));
        let edits = if self.has_attributes() { self.edits(attributes, limits)? } else { Vec::new() };
        Ok((patch, edits))
    }

    /// The edits that change anything, each checked against what the ones before it leave.
    fn edits(&self, attributes: &Attributes, limits: &AttributeLimits) -> Result<Vec<Edit>, String> {
        let mut now = attributes.clone();
        let mut edits = Vec::new();
        // Deletions first: a room that is full takes a new attribute for an old one.
        let keys = self.0.iter().filter(|step| matches!(step, Step::DeleteAttribute { .. }));
        for step in keys.chain(self.0.iter().filter(|step| matches!(step, Step::SetAttribute { .. }))) {
            match step {
                Step::DeleteAttribute { key } if now.remove(key).is_some() => {
                    edits.push(Edit::Delete { key: key.clone() });
                }
                Step::SetAttribute { key, value } if now.get(key).is_none_or(|known| known.value != *value) => {
                    let auto_delete = now.get(key).is_some_and(|known| known.auto_delete);
                    let edit = Edit::Set { key: key.clone(), value: value.clone(), auto_delete };
                    has_place(&now, &edit, limits).map_err(|why| format!("Attribute {key} {why}."))?;
                    let known = now.entry(key.clone()).or_insert_with(|| Attribute {
                        key: key.clone(),
                        value: String::new(),
                        auto_delete,
                        set_by: String::new(),
                        seq: 0,
                    });
                    known.value.clone_from(value);
                    edits.push(edit);
                }
                _ => {}
            }
        }
        Ok(edits)
    }

    /// How a room would change, for people: what an audit entry would say.
    pub fn changes(patch: &Patch, edits: &[Edit], values: &Values, attributes: &Attributes) -> Vec<Change> {
        let mut changes = patch.against(values);
        changes.extend(edits.iter().map(|edit| {
            let before = attributes.get(edit.key()).map(|known| known.value.as_str());
            let after = if let Edit::Set { value, .. } = edit { Some(value.as_str()) } else { None };
            Change::of_text(format!("attribute.{}", edit.key()), before, after)
        }));
        changes
    }
}

/// The words of a list.
pub(super) fn plain(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Words(words)) => words.clone(),
        Some(Value::Numbers(numbers)) => numbers.iter().map(i64::to_string).collect(),
        _ => Vec::new(),
    }
}

/// A list with more words, if it takes them.
fn joined(field: Field, now: Option<&Value>, more: &Value) -> Result<Option<Value>, String> {
    let list = match (now, more) {
        (Some(Value::Words(all)), Value::Words(more)) => {
            let new = more.iter().filter(|word| !all.contains(word));
            Json::from(all.iter().chain(new).cloned().collect::<Vec<_>>())
        }
        (Some(Value::Numbers(all)), Value::Numbers(more)) => {
            let new = more.iter().filter(|number| !all.contains(number));
            Json::from(all.iter().chain(new).copied().collect::<Vec<_>>())
        }
        (_, more) => return Ok(Some(more.clone())),
    };
    field.spec().kind.check(&list).map_err(|why| format!("{} {why}.", field.label()))
}

/// A list without some words.
fn reduced(field: Field, now: Option<&Value>, fewer: &Value) -> Result<Option<Value>, String> {
    let list = match (now, fewer) {
        (Some(Value::Words(all)), Value::Words(fewer)) => {
            Json::from(all.iter().filter(|word| !fewer.contains(word)).cloned().collect::<Vec<_>>())
        }
        (Some(Value::Numbers(all)), Value::Numbers(fewer)) => {
            Json::from(all.iter().filter(|number| !fewer.contains(number)).copied().collect::<Vec<_>>())
        }
        (now, _) => return Ok(now.cloned()),
    };
    field.spec().kind.check(&list).map_err(|why| format!("{} {why}.", field.label()))
}

/// Gives a room to an owner, who then is no manager.
fn own(values: &mut Values, owner: &str) {
    values.set(Field::Owner, Some(Value::Text(owner.to_owned())));
    let managers = values.words(Field::Managers);
    if managers.iter().any(|manager| manager == owner) {
        let others: Vec<String> = managers.iter().filter(|manager| *manager != owner).cloned().collect();
        values.set(Field::Managers, (!others.is_empty()).then_some(Value::Words(others)));
    }
}

/// Gives one client's seats to another, who ends with one seat at most.
fn hand_over(values: &mut Values, from: &str, to: &str) {
    if values.words(Field::Managers).iter().any(|manager| manager == from) {
        let is_in = values.text(Field::Owner) == Some(to) || values.words(Field::Managers).iter().any(|m| m == to);
        let all = values.words(Field::Managers).iter();
        let kept = all.filter(|manager| !(is_in && *manager == from));
        let managers: Vec<String> =
            kept.map(|manager| if manager == from { to.to_owned() } else { manager.clone() }).collect();
        values.set(Field::Managers, (!managers.is_empty()).then_some(Value::Words(managers)));
    }
    if values.text(Field::Owner) == Some(from) {
        own(values, to);
    }
}

/// Whether the owner is a manager too, as only imports make it.
fn is_both(values: &Values) -> bool {
    let owner = values.text(Field::Owner);
    values.words(Field::Managers).iter().any(|manager| Some(manager.as_str()) == owner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::client::ClientId;

    fn room(owner: &str, managers: &[&str], tags: &[&str]) -> Values {
        let mut values = Values::defaults();
        let words =
            |all: &[&str]| (!all.is_empty()).then(|| Value::Words(all.iter().map(|w| (*w).to_owned()).collect()));
        values.set(Field::Owner, (!owner.is_empty()).then(|| Value::Text(owner.to_owned())));
        values.set(Field::Managers, words(managers));
        values.set(Field::Tags, words(tags));
        values
    }

    fn after(steps: Vec<Step>, values: &Values) -> Option<Values> {
        match Steps(steps).on(values, &BTreeMap::new(), &AttributeLimits::default()) {
            Verdict::Change(patch, _) => {
                let mut values = values.clone();
                patch.apply(&mut values);
                Some(values)
            }
            Verdict::Nothing => Some(values.clone()),
            Verdict::Refused(_) => None,
        }
    }

    #[test]
    fn seats_are_handed_over_and_nobody_has_two() {
        let client = |id: &str| ClientId::parse(id).unwrap();
        let step = || vec![Step::HandOver { from: client("a"), to: client("b") }];
        for (before, expected) in [
            (room("a", &[], &[]), room("b", &[], &[])),
            (room("a", &["b", "c"], &[]), room("b", &["c"], &[])),
            (room("c", &["x", "a"], &[]), room("c", &["x", "b"], &[])),
            (room("c", &["b", "a"], &[]), room("c", &["b"], &[])),
            (room("b", &["a"], &[]), room("b", &[], &[])),
            (room("a", &["a", "b"], &[]), room("b", &[], &[])),
            (room("c", &["d"], &[]), room("c", &["d"], &[])),
        ] {
            assert_eq!(after(step(), &before), Some(expected));
        }
    }

    #[test]
    fn lists_get_and_lose_words_within_their_limits() {
        let words = |all: &[&str]| Value::Words(all.iter().map(|word| (*word).to_owned()).collect());
        let add = |all: &[&str]| Step::Add { field: Field::Tags, words: words(all) };
        let remove = |all: &[&str]| Step::Remove { field: Field::Tags, words: words(all) };
        assert_eq!(after(vec![add(&["b", "c"])], &room("", &[], &["a", "b"])), Some(room("", &[], &["a", "b", "c"])));
        assert_eq!(after(vec![remove(&["a"])], &room("", &[], &["a"])), Some(room("", &[], &[])));
        assert_eq!(
            after(vec![add(&["x"]), remove(&["a"])], &room("", &[], &["a", "b"])),
            Some(room("", &[], &["b", "x"]))
        );
        let many: Vec<String> = (0..20).map(|n| format!("t{n}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(after(vec![add(&["x"])], &room("", &[], &many)), None);
        assert_eq!(after(vec![add(&["t3"])], &room("", &[], &many)), Some(room("", &[], &many)));
    }

    #[test]
    fn an_owner_does_not_become_a_manager() {
        let add = Step::Add { field: Field::Managers, words: Value::Words(vec!["a".to_owned()]) };
        assert_eq!(after(vec![add.clone()], &room("a", &[], &[])), None);
        assert_eq!(after(vec![add], &room("b", &[], &[])), Some(room("b", &["a"], &[])));
    }
}
