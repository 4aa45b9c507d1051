//! The changes somebody asks for, and what they come to on a given room.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{Field, Value, Values, fields::label_of};
use crate::domain::{Right, Violation};

/// Fields to set, or to clear (`None`). Valid by construction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch(BTreeMap<Field, Option<Value>>);

/// One field, or one attribute, before and after: what an audit entry keeps and what a page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The field's key, or `attribute.KEY`, or a word of the action's own (`role`, `member`).
    pub field: String,
    /// What it was; `None` for nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

impl Change {
    /// A change of a text.
    pub fn of_text(field: impl Into<String>, before: Option<&str>, after: Option<&str>) -> Self {
        let value = |text: Option<&str>| text.map(|text| Value::Text(text.to_owned()));
        Self { field: field.into(), before: value(before), after: value(after) }
    }

    /// The subject's label for people.
    pub fn label(&self) -> String {
        label_of(&self.field)
    }

    /// The value before, for people; empty for nothing.
    pub fn show_before(&self) -> String {
        self.show(self.before.as_ref())
    }

    /// The value after, for people; empty for nothing.
    pub fn show_after(&self) -> String {
        self.show(self.after.as_ref())
    }

    fn show(&self, value: Option<&Value>) -> String {
        let Some(value) = value else { return String::new() };
        Field::parse(&self.field).map_or_else(|| value.plain(), |field| field.spec().kind.show(value))
    }
}

impl Patch {
    /// Reads what a form sent, by field key. A field that is not there is left alone; an empty one is cleared.
    ///
    /// # Errors
    /// Every field that cannot be accepted, and every unknown one.
    pub fn from_form<'a>(typed: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Vec<Violation>> {
        Self::read(typed, |field, text| field.spec().kind.parse(text))
    }

    /// Reads a JSON object by field key. `null` and empty values clear.
    ///
    /// # Errors
    /// Every field that cannot be accepted, and every unknown one.
    pub fn from_json(object: &Map<String, Json>) -> Result<Self, Vec<Violation>> {
        Self::read(object.iter().map(|(key, value)| (key.as_str(), value)), |field, json| field.spec().kind.check(json))
    }

    fn read<'a, T>(
        given: impl IntoIterator<Item = (&'a str, T)>,
        value: impl Fn(Field, T) -> super::kind::Checked,
    ) -> Result<Self, Vec<Violation>> {
        let mut patch = Self::default();
        let mut violations = Vec::new();
        for (key, raw) in given {
            match Field::parse(key).map(|field| (field, value(field, raw))) {
                Some((field, Ok(value))) => drop(patch.0.insert(field, value)),
                Some((_, Err(why))) => violations.push(Violation::new(key, why)),
                None => violations.push(Violation::new(key, "is not a field of a room")),
            }
        }
        if violations.is_empty() { Ok(patch) } else { Err(violations) }
    }

    /// Asks for one more change. The value must have come from the field's [`super::Kind`].
    #[must_use]
    pub fn with(mut self, field: Field, value: Option<Value>) -> Self {
        self.0.insert(field, value);
        self
    }

    /// Leaves out the fields that `keep` refuses.
    pub fn retain(&mut self, mut keep: impl FnMut(Field, Option<&Value>) -> bool) {
        self.0.retain(|&field, value| keep(field, value.as_ref()));
    }

    /// Every field asked for.
    pub fn iter(&self) -> impl Iterator<Item = (Field, Option<&Value>)> {
        self.0.iter().map(|(field, value)| (*field, value.as_ref()))
    }

    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The greatest right that the asked changes need, if any.
    pub fn needs(&self) -> Option<Right> {
        let rights: Vec<Right> = self.0.keys().map(|field| field.spec().right).collect();
        if rights.contains(&Right::Manage) { Some(Right::Manage) } else { rights.first().copied() }
    }

    /// What really changes on these values, in the table's order. Asking for what is already so is no change.
    pub fn against(&self, values: &Values) -> Vec<Change> {
        self.iter()
            .filter_map(|(field, asked)| {
                let after = asked.cloned().or_else(|| field.spec().kind.default_value());
                let before = values.get(field).cloned();
                (before != after).then(|| Change { field: field.key().to_owned(), before, after })
            })
            .collect()
    }

    /// Writes the asked values.
    pub fn apply(&self, values: &mut Values) {
        for (field, value) in self.iter() {
            values.set(field, value.cloned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_field_is_reported() {
        let wrong = Patch::from_form([("name", "a\0"), ("cover", "nope"), ("status", "inactive"), ("colour", "red")]);
        let fields: Vec<String> = wrong.err().unwrap_or_default().into_iter().map(|v| v.field).collect();
        assert_eq!(fields, ["name", "cover", "colour"]);
    }

    #[test]
    fn only_what_differs_is_a_change() {
        let mut values = Values::defaults();
        values.set(Field::Name, Some(Value::Text("直播".into())));
        let patch = Patch::from_form([("name", "直播"), ("muted", "yes"), ("status", ""), ("tags", "")]);
        let changes = patch.map(|patch| patch.against(&values)).unwrap_or_default();
        assert_eq!(changes.len(), 1);
        assert_eq!((changes[0].show_before(), changes[0].show_after()), ("no".into(), "yes".into()));
    }

    #[test]
    fn rights_follow_the_fields() {
        let moderator = Patch::from_form([("name", "x"), ("status", "inactive")]).unwrap_or_default();
        let admin = Patch::from_form([("name", "x"), ("muted", "yes")]).unwrap_or_default();
        assert_eq!((moderator.needs(), admin.needs()), (Some(Right::Edit), Some(Right::Manage)));
    }
}
