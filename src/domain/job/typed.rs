//! A job's steps as a form sends them: every bad value is said, and what was left empty is left alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{SHIELDED, Step, Steps};
use crate::domain::{
    Violation,
    attribute::{AttributeLimits, Edit, Why},
    room::{Field, Value},
};

/// What a form sends, by field key. An empty value is none: a field is cleared by `clear`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// Fields to be set.
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    /// Fields to be cleared, whatever stands beside them: check boxes.
    #[serde(default)]
    pub clear: BTreeMap<String, String>,
    /// Words that lists are to get.
    #[serde(default)]
    pub add: BTreeMap<String, String>,
    /// Words that lists are to lose.
    #[serde(default)]
    pub remove: BTreeMap<String, String>,
    /// Attributes, each row under a name of its own: `typed[attributes][0][key]`.
    #[serde(default)]
    pub attributes: BTreeMap<String, TypedAttribute>,
}

/// One row of attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedAttribute {
    /// The key; a row without one counts as not there.
    #[serde(default)]
    pub key: String,
    /// The value.
    #[serde(default)]
    pub value: String,
    /// Set where the attribute is to be deleted.
    #[serde(default)]
    pub delete: Option<String>,
}

/// Steps in the making, with all that is wrong with them.
#[derive(Default)]
struct Reading {
    steps: Vec<Step>,
    wrong: Vec<Violation>,
}

impl Typed {
    /// Reads the steps.
    ///
    /// # Errors
    /// Every value that cannot be accepted, named `set.FIELD`, `add.FIELD`, ..., `key.ROW` or `value.ROW`; and that
    /// there is nothing to do.
    pub fn steps(&self, limits: &AttributeLimits) -> Result<Steps, Vec<Violation>> {
        let mut reading = Reading::default();
        for (name, typed) in filled(&self.set) {
            reading.field("set", name, |field| match (field, field.spec().kind.parse(typed)?) {
                (Field::Managers, _) => Err("can be added to or removed from, not replaced".to_owned()),
                (_, None) => Err("is empty; to clear it, choose that instead".to_owned()),
                (_, value) => Ok(Step::Set { field, value }),
            });
        }
        for (name, _) in filled(&self.clear) {
            reading.field("clear", name, |field| match field {
                Field::Owner => Err("cannot be cleared: no room is without an owner".to_owned()),
                Field::Managers => Err("can be added to or removed from, not cleared".to_owned()),
                _ => Ok(Step::Set { field, value: None }),
            });
        }
        for (name, typed) in filled(&self.add) {
            reading.field("add", name, |field| Ok(Step::Add { field, words: words(field, typed)? }));
        }
        for (name, typed) in filled(&self.remove) {
            reading.field("remove", name, |field| Ok(Step::Remove { field, words: words(field, typed)? }));
        }
        reading.attributes(&self.attributes, limits);
        reading.contradictions();
        reading.end()
    }

    /// Reads the steps of a shield, which sets a few fields and nothing else.
    ///
    /// # Errors
    /// The same; and everything that no shield can do.
    pub fn shield(&self) -> Result<Steps, Vec<Violation>> {
        let steps = self.steps(&AttributeLimits::default())?;
        let fits = |step: &&Step| !matches!(step, Step::Set { field, value: Some(_) } if SHIELDED.contains(field));
        let wrong = steps.0.iter().filter(fits).map(|step| {
            let name = step.field().map_or_else(|| step.key().unwrap_or_default().to_owned(), |f| f.key().to_owned());
            Violation::new(name, "cannot be changed for a while; a shield sets status, opening, listing and muting")
        });
        let wrong: Vec<Violation> = wrong.collect();
        if wrong.is_empty() { Ok(steps) } else { Err(wrong) }
    }
}

fn filled(all: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    all.iter().filter(|(_, value)| !value.trim().is_empty()).map(|(name, value)| (name.as_str(), value.as_str()))
}

/// Words for a list; the list's own limit counts for what comes out, not for what goes in or goes away.
fn words(field: Field, typed: &str) -> Result<Value, String> {
    if !field.spec().kind.is_list() {
        return Err("is no list; set it instead".to_owned());
    }
    field.spec().kind.parse(typed)?.ok_or_else(|| "is empty".to_owned())
}

impl Reading {
    fn field(&mut self, verb: &str, name: &str, read: impl FnOnce(Field) -> Result<Step, String>) {
        let known = Field::parse(name).ok_or("is not a field of a room").and_then(|field| {
            if field.spec().bulk { Ok(field) } else { Err("cannot be changed for many rooms at once") }
        });
        match known.map_err(str::to_owned).and_then(read) {
            Ok(step) => self.steps.push(step),
            Err(why) => self.wrong.push(Violation::new(format!("{verb}.{name}"), why)),
        }
    }

    fn attributes(&mut self, rows: &BTreeMap<String, TypedAttribute>, limits: &AttributeLimits) {
        for (row, typed) in rows.iter().filter(|(_, typed)| !typed.key.trim().is_empty() || !typed.value.is_empty()) {
            let TypedAttribute { key, value, delete } = typed.clone();
            let edit = match delete {
                Some(_) => Edit::Delete { key },
                None => Edit::Set { key, value, auto_delete: false },
            };
            let step = match edit.checked(limits) {
                Ok(Edit::Delete { key }) => Step::DeleteAttribute { key },
                Ok(Edit::Set { key, value, .. }) => Step::SetAttribute { key, value },
                Err(refused) => {
                    let input = if refused.why == Why::Key { "key" } else { "value" };
                    self.wrong.push(Violation::new(format!("{input}.{row}"), refused.message));
                    continue;
                }
            };
            if self.steps.iter().any(|known| known.key() == step.key()) {
                self.wrong.push(Violation::new(format!("key.{row}"), "stands twice in what you sent"));
            } else {
                self.steps.push(step);
            }
        }
    }

    /// A field that is set must not be added to as well, and no word may come and go.
    fn contradictions(&mut self) {
        for (n, step) in self.steps.iter().enumerate() {
            let Some(field) = step.field() else { continue };
            let Some(other) = self.steps.iter().take(n).find(|other| other.field() == Some(field)) else { continue };
            match (other, step) {
                (Step::Add { words: more, .. }, Step::Remove { words: fewer, .. }) => {
                    let (more, fewer) = (super::verdict::plain(Some(more)), super::verdict::plain(Some(fewer)));
                    if let Some(word) = more.iter().find(|word| fewer.contains(word)) {
                        let why = format!("has {word:?}, which is to be added as well; choose one");
                        self.wrong.push(Violation::new(format!("remove.{}", field.key()), why));
                    }
                }
                _ => {
                    let why = "is to be changed in two ways; choose one";
                    self.wrong.push(Violation::new(format!("set.{}", field.key()), why));
                }
            }
        }
    }

    fn end(mut self) -> Result<Steps, Vec<Violation>> {
        if self.steps.is_empty() && self.wrong.is_empty() {
            self.wrong.push(Violation::new("", "There is nothing to do: choose at least one change."));
        }
        if self.wrong.is_empty() { Ok(Steps(self.steps)) } else { Err(self.wrong) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_is_empty_is_left_alone_and_the_rest_is_read() {
        let typed = Typed {
            set: map(&[("status", "inactive"), ("opening", ""), ("capacity", " 12 ")]),
            clear: map(&[("announcement", "on")]),
            add: map(&[("tags", "a, b"), ("managers", "")]),
            remove: map(&[("tags", "c")]),
            attributes: BTreeMap::new(),
        };
        let steps = typed.steps(&AttributeLimits::default()).unwrap();
        let said: Vec<String> = steps.0.iter().map(Step::describe).collect();
        assert_eq!(
            said,
            [
                "Capacity becomes 12",
                "Status becomes Inactive",
                "Announcement is cleared",
                "Tags gets a, b",
                "Tags loses c"
            ]
        );
    }

    #[test]
    fn every_bad_value_is_said() {
        let row = |key: &str, value: &str| TypedAttribute { key: key.into(), value: value.into(), delete: None };
        let typed = Typed {
            set: map(&[("status", "gone"), ("name", "x"), ("colour", "red"), ("tags", "x"), ("managers", "u1")]),
            clear: map(&[("owner", "on")]),
            add: map(&[("muted", "yes"), ("tags", "y"), ("categories", "x")]),
            remove: map(&[("managers", &"u".repeat(129))]),
            attributes: [("0".to_owned(), row("", "v")), ("1".to_owned(), row("k", "a\0"))].into(),
        };
        let wrong = typed.steps(&AttributeLimits::default()).unwrap_err();
        let fields: Vec<&str> = wrong.iter().map(|violation| violation.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "set.colour",
                "set.managers",
                "set.name",
                "set.status",
                "clear.owner",
                "add.categories",
                "add.muted",
                "remove.managers",
                "key.0",
                "value.1",
                "set.tags"
            ]
        );
        assert!(Typed::default().steps(&AttributeLimits::default()).is_err());
    }

    #[test]
    fn a_word_does_not_come_and_go_and_a_shield_sets_four_fields() {
        let both = Typed { add: map(&[("tags", "a, b")]), remove: map(&[("tags", "b")]), ..Typed::default() };
        assert!(both.steps(&AttributeLimits::default()).is_err_and(|wrong| wrong[0].message.contains("\"b\"")));
        let shield = Typed { set: map(&[("muted", "yes"), ("listed", "no")]), ..Typed::default() };
        assert_eq!(shield.shield().unwrap().0.len(), 2);
        let tags = Typed { set: map(&[("muted", "yes")]), add: map(&[("tags", "a")]), ..Typed::default() };
        assert!(tags.shield().is_err_and(|wrong| wrong.len() == 1 && wrong[0].field == "tags"));
    }
}
