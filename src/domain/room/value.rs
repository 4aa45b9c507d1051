//! The value of a field, and the shapes that some texts must have.

use serde::{Deserialize, Serialize};

/// The value of one field; never an empty text or list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text, a link, a choice's key or a client's id.
    Text(String),
    /// Several numbers.
    Numbers(Vec<i64>),
    /// Several words or client ids.
    Words(Vec<String>),
}

impl Value {
    /// The value as plain text, as [`Kind::parse`] reads it again.
    pub fn plain(&self) -> String {
        match self {
            Self::Flag(true) => "yes".to_owned(),
            Self::Flag(false) => "no".to_owned(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Numbers(numbers) => numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(", "),
            Self::Words(words) => words.join(", "),
        }
    }
}

/// A JSON number as a whole one.
pub(super) fn whole(number: &serde_json::Number) -> Result<i64, String> {
    number.as_i64().ok_or_else(|| format!("has {number}, which is not a whole number of 64 bits"))
}

/// An address that a browser could open: scheme, host, no blanks, no name or password.
pub(super) fn link(text: &str) -> Result<(), String> {
    let rest = ["https://", "http://"]
        .iter()
        .find_map(|scheme| {
            let (start, rest) = text.split_at_checked(scheme.len())?;
            start.eq_ignore_ascii_case(scheme).then_some(rest)
        })
        .ok_or("must begin with https:// or http://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || host.starts_with(':') {
        return Err("has no host; write it as https://example.com/picture.jpg".to_owned());
    }
    if host.contains('@') {
        return Err("must not contain a name or password".to_owned());
    }
    if text.contains(char::is_whitespace) || text.contains(['"', '<', '>', '\\', '`', '{', '}']) {
        return Err("has a blank or a character that no address may have; write it percent-encoded".to_owned());
    }
    Ok(())
}

/// Parameters written `a=1&b=2`.
pub(super) fn pairs(text: &str) -> Result<(), String> {
    match text.split('&').find(|pair| pair.split_once('=').is_none_or(|(name, _)| name.is_empty())) {
        None => Ok(()),
        Some(pair) => Err(format!("has {pair:?}, which is not name=value; write it as a=1&b=2")),
    }
}
