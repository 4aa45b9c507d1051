//! A line of JSON: one object, each name once.

use serde::{Deserialize, Deserializer, de};
use serde_json::{Map, Value as Json};

use super::{
    check::{self, Checked},
    letter,
};
use crate::domain::{
    attribute::AttributeLimits,
    room::{Line, Patch, Value},
};

/// A line that cannot be taken: its id if it can be read, and every reason.
pub(super) type Refused = (Option<String>, Vec<String>);

/// Reads and checks one line.
pub(super) fn read(text: &[u8], limits: &AttributeLimits) -> Result<Checked, Refused> {
    let text = letter::utf8(text).map_err(|why| (None, vec![why]))?;
    let Object(object) = serde_json::from_str(text).map_err(|why| (None, vec![explain(&why)]))?;
    let id = object.get("id").and_then(Json::as_str).map(str::to_owned);
    match Line::from_json(object.clone()) {
        Err(wrong) => Err((id, wrong.iter().map(ToString::to_string).collect())),
        Ok(line) => {
            let mut adjusted = tidied(&object, &line.patch);
            adjusted.extend(letter::moments(&object));
            check::line(line, Some(&object), adjusted, limits).map_err(|wrong| (id, wrong))
        }
    }
}

/// The fields whose values are not kept to the letter.
fn tidied(object: &Map<String, Json>, patch: &Patch) -> Vec<String> {
    let mut tidied = Vec::new();
    for (field, taken) in patch.iter() {
        let Some(given) = object.get(field.key()) else { continue };
        let same = match (taken, given) {
            (None, Json::String(text)) => text.is_empty(),
            (None, Json::Array(items)) => items.is_empty(),
            (Some(Value::Text(taken)), Json::String(given)) => taken == given,
            (Some(Value::Words(taken)), Json::Array(given)) => {
                given.iter().map(Json::as_str).eq(taken.iter().map(|word| Some(word.as_str())))
            }
            (Some(Value::Numbers(taken)), Json::Array(given)) => {
                given.iter().map(Json::as_i64).eq(taken.iter().map(|number| Some(*number)))
            }
            _ => true,
        };
        if !same {
            tidied.push(letter::became(field.key(), given, taken));
        }
    }
    tidied
}

/// A JSON object whose names are all different: of two values, one would be lost.
struct Object(Map<String, Json>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Object;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("one JSON object a line")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut entries: A) -> Result<Object, A::Error> {
                let mut map = Map::new();
                while let Some((name, value)) = entries.next_entry::<String, Json>()? {
                    if map.contains_key(&name) {
                        return Err(de::Error::custom(format!("{name:?} stands there twice")));
                    }
                    map.insert(name, value);
                }
                Ok(Object(map))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

fn explain(why: &serde_json::Error) -> String {
    let why = why.to_string();
    let (what, place) = why.rsplit_once(" at line 1 column ").unwrap_or((&why, ""));
    if place.is_empty() { format!("is not JSON: {what}") } else { format!("is not JSON: {what}, at character {place}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(text: &[u8]) -> Vec<String> {
        read(text, &AttributeLimits::default()).err().map(|(_, reasons)| reasons).unwrap_or_default()
    }

    #[test]
    fn what_is_not_one_object_is_refused_with_its_place() {
        for (text, why) in [
            (&b"{\"id\":\"a\""[..], "is not JSON: EOF"),
            (b"[1]", "one JSON object a line"),
            (b"{\"id\":\"a\",\"id\":\"b\"}", "\"id\" stands there twice"),
            (b"{\"id\":\"a\"} {}", "trailing characters, at character 12"),
            (b"{\"id\":\"a\xFF\"}", "is not UTF-8: byte 9"),
            (b"{\"id\":\"a\0\"}", "NUL"),
            (b"{}", "id is missing"),
        ] {
            assert!(reasons(text).iter().any(|reason| reason.contains(why)), "{why}: {:?}", reasons(text));
        }
        let deep = format!("{{\"id\":\"a\",\"ext\":{}1{}}}", "[".repeat(500), "]".repeat(500));
        assert!(reasons(deep.as_bytes()).iter().any(|reason| reason.contains("recursion limit")));
    }

    #[test]
    fn what_is_tidied_is_said() {
        let read = |text: &str| read(text.as_bytes(), &AttributeLimits::default()).map(|checked| checked.adjusted);
        let said = read(r#"{"id":"a","name":" b\tc","tags":["x","x"],"ext":"kept"}"#).unwrap_or_default();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said[0].starts_with("name ") && said[1].starts_with("tags "), "{said:?}");
        assert_eq!(read(r#"{"id":"a","name":"b","tags":[],"ext":"","muted":true,"owner":null}"#), Ok(vec![]));
    }
}
