//! JSON as strangers send it: a name that stands twice in an object is refused, where most readers would take the last
//! one in silence and two systems could disagree about what was asked.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value as Json};

/// Reads a whole text.
///
/// # Errors
/// Says where it is no JSON, or which name stands twice.
pub fn read(bytes: &[u8]) -> Result<Json, String> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let json = Strict.deserialize(&mut reader).and_then(|json| reader.end().map(|()| json));
    json.map_err(|why| format!("is not JSON: {why}"))
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
        Ok(Json::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::from(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::from(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Number::from_f64(number).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::from(text))
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element_seed(Self)? {
            all.push(item);
        }
        Ok(Json::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut all = Map::new();
        while let Some(name) = entries.next_key::<Name>()? {
            let value = entries.next_value_seed(Self)?;
            if all.insert(name.0.clone(), value).is_some() {
                return Err(A::Error::custom(format_args!("{:?} stands twice", name.0)));
            }
        }
        Ok(Json::Object(all))
    }
}

struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_json_is_read_and_what_is_ambiguous_is_not() {
        // A number is written as it was read, to its last digit (serde_json's `float_roundtrip`).
        let long = read(b"185446744073774407344073774407315").map(|json| json.to_string()).unwrap_or_default();
        assert_eq!(read(long.as_bytes()).map(|json| json.to_string()), Ok(long));
        for text in ["{\"a\":[1,-2,1.5,true,null,\"直\"],\"b\":{\"a\":1}}", "[]", "\"x\"", "18446744073709551615"] {
            assert_eq!(read(text.as_bytes()).map(|json| json.to_string()), Ok(text.to_owned()));
        }
        assert!(read(b"{\"a\":1,\"a\":2}").is_err_and(|why| why.contains("\"a\" stands twice")));
        assert!(read(b"{\"b\":{\"a\":1,\"\\u0061\":2}}").is_err());
        let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
        for bad in ["", "{", "{} {}", "{a:1}", "nul", "1e999", &deep, "\"\u{0}\""] {
            assert!(read(bad.as_bytes()).is_err(), "{bad:.20}");
        }
        assert!(read(b"\"\xff\"").is_err());
    }
}
