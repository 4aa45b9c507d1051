//! What a vendor does not carry of a room: fields for which it has no word, values that it would cut or refuse.

use std::collections::BTreeSet;

use super::{About, View};
use crate::domain::{attribute::Attribute, room::Field, text};

/// How a room fits a vendor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    /// The fields that have a value out of the ordinary, for which the vendor has no word at all.
    pub unspoken: Vec<Field>,
    /// What the vendor would cut or refuse: each subject's label, and why, to be read after it.
    pub refused: Vec<(String, String)>,
}

impl Fit {
    /// How a room fits a vendor.
    pub fn of(about: &About, view: &View) -> Self {
        let mut fit = Self::default();
        let known: BTreeSet<Field> = about.spellings.iter().map(|spelling| spelling.field).collect();
        for (field, value) in view.room.values.iter() {
            if !known.contains(&field) && field.spec().kind.default_value().as_ref() != Some(value) {
                fit.unspoken.push(field);
            }
        }
        for spelling in about.spellings {
            let why = view.room.values.get(spelling.field).and_then(|value| spelling.lint(value));
            let refused = why.map(|why| (spelling.field.label().to_owned(), why));
            fit.refused.extend(refused.filter(|refused| !fit.refused.contains(refused)));
        }
        fit.attributes(about, &view.attributes);
        fit
    }

    /// Whether the vendor carries everything.
    pub fn is_whole(&self) -> bool {
        self.unspoken.is_empty() && self.refused.is_empty()
    }

    fn attributes(&mut self, about: &About, attributes: &[Attribute]) {
        let (many, mut refuse) = (attributes.len(), |what: String, why: String| self.refused.push((what, why)));
        let Some(limits) = about.attributes else {
            if many > 0 {
                refuse("Attributes".to_owned(), format!("are unknown there; this room has {many}"));
            }
            return;
        };
        if many > limits.per_room {
            refuse("Attributes".to_owned(), format!("are too many: {many} of {}", limits.per_room));
        }
        let total: usize = attributes.iter().map(|attribute| attribute.key.len() + attribute.value.len()).sum();
        if total > limits.total_bytes {
            refuse("Attributes".to_owned(), format!("are too long together: {total} of {} bytes", limits.total_bytes));
        }
        for Attribute { key, value, .. } in attributes {
            if let Err(why) = text::at_most_bytes(key, limits.key_bytes) {
                refuse(format!("Attribute {key}, key"), why);
            }
            if let Err(why) = text::at_most_bytes(value, limits.value_bytes) {
                refuse(format!("Attribute {key}"), why);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Timestamp,
        app::{Credentials, Spelling, Word},
        attribute::AttributeLimits,
        room::{Room, RoomId, Value, Values},
    };

    static NARROW: About = About {
        key: "narrow",
        name: "Narrow",
        key_label: "",
        secret_label: "",
        accounts_label: None,
        actions: &[],
        attributes: Some(AttributeLimits { per_room: 1, key_bytes: 4, value_bytes: 5, total_bytes: 10 }),
        spellings: &[
            Spelling::plain("n", Field::Name).bytes(6),
            Spelling::plain("also", Field::Name).bytes(6),
            Spelling::choice("s", Field::Status, &[(Word::Number(1), "active")]),
        ],
        credentials: || Credentials { key: String::new(), secret: String::new() },
        check_key: |_| Ok(()),
        words: |_| serde_json::Value::Null,
        commands: |_, _| Vec::new(),
    };

    fn view(values: Values, attributes: Vec<Attribute>) -> View {
        let room = Room {
            id: RoomId::parse("r").unwrap(),
            number: 1,
            app: String::new(),
            version: 1,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            member_count: 0,
            values,
            last_message: None,
        };
        View { room, members: Vec::new(), sender: None, attributes, attribute_seq: 0 }
    }

    fn attribute(key: &str, value: &str) -> Attribute {
        let (key, value) = (key.to_owned(), value.to_owned());
        Attribute { key, value, auto_delete: false, set_by: String::new(), seq: 1 }
    }

    #[test]
    fn a_room_of_defaults_fits_everywhere() {
        assert!(Fit::of(&NARROW, &view(Values::defaults(), Vec::new())).is_whole());
    }

    #[test]
    fn what_has_no_word_and_what_is_too_long_is_named_once() {
        let mut values = Values::defaults();
        values.set(Field::Name, Some(Value::Text("直播間".to_owned())));
        values.set(Field::Status, Some(Value::Text("inactive".to_owned())));
        values.set(Field::Muted, Some(Value::Flag(true)));
        values.set(Field::Capacity, Some(Value::Number(5)));
        let fit = Fit::of(&NARROW, &view(values, vec![attribute("k", "123456"), attribute("long-key", "")]));
        assert_eq!(fit.unspoken, [Field::Muted, Field::Capacity]);
        let told: Vec<String> = fit.refused.iter().map(|(what, why)| format!("{what} {why}")).collect();
        assert_eq!(
            told,
            [
                "Name is too long: 9 of 6 bytes",
                "Status has no word for \"inactive\"",
                "Attributes are too many: 2 of 1",
                "Attributes are too long together: 15 of 10 bytes",
                "Attribute k is too long: 6 of 5 bytes",
                "Attribute long-key, key is too long: 8 of 4 bytes",
            ]
        );
        let none = About { attributes: None, ..NARROW };
        let fit = Fit::of(&none, &view(Values::defaults(), vec![attribute("k", "v")]));
        assert_eq!(fit.refused, [("Attributes".to_owned(), "are unknown there; this room has 1".to_owned())]);
    }
}
