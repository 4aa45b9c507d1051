//! How a vendor spells a room's fields: a table in the order of the vendor's own document, read both ways.

use serde_json::Value as Json;

use crate::domain::room::{Field, Value, kind::Checked, limits::Measure};

/// How a vendor spells one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// The vendor's word.
    pub word: &'static str,
    /// Our field.
    pub field: Field,
    /// How its values are written.
    pub form: Form,
    /// The vendor's own limit on a text, where it states one.
    pub limit: Option<(usize, Measure)>,
}

/// How a field's values are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As JSON would have it: a text, a number, `true`, a list.
    Plain,
    /// A word of the vendor's for each of our choices (or for `yes` and `no`).
    Choice(&'static [(Word, &'static str)]),
}

/// A value of the vendor's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// A text.
    Text(&'static str),
    /// A number.
    Number(i64),
    /// True or false.
    Flag(bool),
}

impl Word {
    /// The value as JSON.
    pub fn json(self) -> Json {
        match self {
            Self::Text(text) => Json::from(text),
            Self::Number(number) => Json::from(number),
            Self::Flag(flag) => Json::from(flag),
        }
    }
}

impl Spelling {
    /// A field written as JSON would have it.
    pub const fn plain(word: &'static str, field: Field) -> Self {
        Self { word, field, form: Form::Plain, limit: None }
    }

    /// A field with a word of the vendor's for each choice.
    pub const fn choice(word: &'static str, field: Field, choices: &'static [(Word, &'static str)]) -> Self {
        Self { word, field, form: Form::Choice(choices), limit: None }
    }

    /// The same, with the vendor's limit in bytes.
    #[must_use]
    pub const fn bytes(self, max: usize) -> Self {
        Self { limit: Some((max, Measure::Bytes)), ..self }
    }

    /// The same, with the vendor's limit in characters.
    #[must_use]
    pub const fn characters(self, max: usize) -> Self {
        Self { limit: Some((max, Measure::Characters)), ..self }
    }

    /// Reads a value of the vendor's. An empty text or list, and `null`, are no value.
    ///
    /// # Errors
    /// Says what is wrong, to be read after the vendor's word: first the vendor's limit, then ours.
    pub fn read(&self, json: &Json) -> Checked {
        if let (Some((max, measure)), Json::String(text)) = (self.limit, json) {
            measure.check(text, max)?;
        }
        match self.form {
            Form::Plain => self.field.spec().kind.check(json),
            Form::Choice(choices) => match choices.iter().find(|(word, _)| word.json() == *json) {
                Some((_, ours)) => self.field.spec().kind.parse(ours),
                None => {
                    let known: Vec<String> = choices.iter().map(|(word, _)| word.json().to_string()).collect();
                    Err(format!("must be one of {}", known.join(", ")))
                }
            },
        }
    }

    /// Writes a value as the vendor does; `None` where there is no value, or the vendor has no word for it.
    pub fn write(&self, value: Option<&Value>) -> Option<Json> {
        match self.form {
            Form::Plain => value.and_then(|value| serde_json::to_value(value).ok()),
            Form::Choice(choices) => {
                let ours = value?.plain();
                choices.iter().find(|(_, choice)| *choice == ours).map(|(word, _)| word.json())
            }
        }
    }

    /// What the vendor would not carry of a value: too long for it, or without a word.
    pub fn lint(&self, value: &Value) -> Option<String> {
        if let (Some((max, measure)), Value::Text(text)) = (self.limit, value)
            && let Err(why) = measure.check(text, max)
        {
            return Some(why);
        }
        (self.write(Some(value)).is_none()).then(|| format!("has no word for {:?}", value.plain()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SEATS: Spelling =
        Spelling::choice("Seats", Field::SeatMode, &[(Word::Text("Free"), "free"), (Word::Number(2), "ask")]);

    #[test]
    fn what_is_written_is_read_again() {
        for (json, ours) in [(json!("Free"), "free"), (json!(2), "ask")] {
            let value = SEATS.read(&json).ok().flatten();
            assert_eq!(value, Some(Value::Text(ours.to_owned())));
            assert_eq!(SEATS.write(value.as_ref()), Some(json));
        }
        assert!(SEATS.read(&json!("2")).is_err_and(|why| why == "must be one of \"Free\", 2"));
        assert!(SEATS.read(&json!(null)).is_err());
    }

    #[test]
    fn the_vendors_limit_counts_before_ours() {
        let name = Spelling::plain("RoomName", Field::Name).bytes(6);
        assert!(name.read(&json!("直播")).is_ok());
        assert_eq!(name.read(&json!("直播x")), Err("is too long: 7 of 6 bytes".to_owned()));
        assert_eq!(name.lint(&Value::Text("直播x".into())).as_deref(), Some("is too long: 7 of 6 bytes"));
        assert_eq!(name.lint(&Value::Text("直播".into())), None);
    }
}
