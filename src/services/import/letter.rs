//! To the letter or not: what a line says, and what is kept of it.

use serde_json::{Map, Value as Json};

use super::report::cut;
use crate::domain::room::Value;

/// Reads bytes as text.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, String> {
    if bytes.contains(&0) {
        return Err("contains a NUL byte; remove it".to_owned());
    }
    std::str::from_utf8(bytes)
        .map_err(|why| format!("is not UTF-8: byte {} cannot be read; save the file as UTF-8", why.valid_up_to() + 1))
}

/// "name was tidied: "a\tb" became "a b""
pub(super) fn became(what: &str, given: &Json, taken: Option<&Value>) -> String {
    let taken = taken.map_or_else(|| "nothing".to_owned(), |value| serde_json::to_string(value).unwrap_or_default());
    format!("{what} was tidied: {} became {}", cut(&given.to_string(), 100), cut(&taken, 100))
}

/// The moments that are finer than the milliseconds that are kept.
pub(super) fn moments(object: &Map<String, Json>) -> Vec<String> {
    let fine = |json: &Json| {
        let digits = json.as_str().and_then(|text| text.split_once('.')).map(|(_, rest)| rest);
        let digits = digits.unwrap_or_default().chars().take_while(char::is_ascii_digit);
        digits.skip(3).any(|digit| digit != '0')
    };
    let message = object.get("last_message").and_then(|message| message.get("sent_at"));
    let own = ["created_at", "updated_at"].into_iter().filter_map(|name| Some((name, object.get(name)?)));
    own.chain(message.map(|sent_at| ("last_message.sent_at", sent_at)))
        .filter(|(_, json)| fine(json))
        .map(|(name, json)| format!("{name} was cut to milliseconds: {}", cut(&json.to_string(), 100)))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_moment_finer_than_milliseconds_is_said() {
        let of = |at: &str| moments(json!({ "created_at": at }).as_object().unwrap_or(&Map::new())).len();
        assert_eq!(of("2026-01-01T00:00:00.123000Z"), 0);
        assert_eq!(of("2026-01-01T00:00:00.1234Z"), 1);
    }
}
