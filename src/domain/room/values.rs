//! The values of a room's fields: one place per field, most of them empty.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap};

use super::{Field, Value};

/// A value for some of the fields. Written to JSON as an object by field key, in the table's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(BTreeMap<Field, Value>);

impl Values {
    /// The values of a room that was never told anything: its flags' and choices' defaults.
    pub fn defaults() -> Self {
        Self(Field::ALL.iter().filter_map(|&field| Some((field, field.spec().kind.default_value()?))).collect())
    }

    /// The value of a field.
    pub fn get(&self, field: Field) -> Option<&Value> {
        self.0.get(&field)
    }

    /// Sets a field, or with `None` puts it back to its default or to nothing.
    pub fn set(&mut self, field: Field, value: Option<Value>) {
        match value.or_else(|| field.spec().kind.default_value()) {
            Some(value) => drop(self.0.insert(field, value)),
            None => drop(self.0.remove(&field)),
        }
    }

    /// A field's text, if it has one.
    pub fn text(&self, field: Field) -> Option<&str> {
        match self.get(field) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A field's words; none if it has none.
    pub fn words(&self, field: Field) -> &[String] {
        match self.get(field) {
            Some(Value::Words(words)) => words,
            _ => &[],
        }
    }

    /// A field's flag; false if it has none.
    pub fn flag(&self, field: Field) -> bool {
        matches!(self.get(field), Some(Value::Flag(true)))
    }

    /// A field's number.
    pub fn number(&self, field: Field) -> Option<i64> {
        match self.get(field) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// A field's value as people read it; empty if it has none.
    pub fn show(&self, field: Field) -> String {
        self.get(field).map(|value| field.spec().kind.show(value)).unwrap_or_default()
    }

    /// Every field that has a value, in the table's order.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Value)> {
        self.0.iter().map(|(field, value)| (*field, value))
    }
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, value) in &self.0 {
            map.serialize_entry(field.key(), value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Values {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = BTreeMap::<String, Value>::deserialize(deserializer)?;
        Ok(Self(map.into_iter().filter_map(|(key, value)| Some((Field::parse(&key)?, value))).collect()))
    }
}
