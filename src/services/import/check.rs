//! What a line must satisfy beyond its fields: identity, members, newest message, attributes.

use std::collections::HashSet;

use serde_json::{Map, Value as Json};

use super::letter::became;
use crate::domain::{
    Timestamp,
    attribute::{Attribute, AttributeLimits, Edit},
    client::{ClientId, Member},
    room::{Kind, Line, Message, Value},
    text,
};

/// The greatest number that every JSON reader keeps exactly.
const NUMBER_MAX: i64 = (1 << 53) - 1;
/// The last millisecond of the year 9999.
const LATEST: Timestamp = Timestamp(253_402_300_799_999);
const AVATAR: Kind = Kind::Link { max: 2048 };

/// A line that can be taken, and what of it is not kept to the letter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Checked {
    pub line: Line,
    pub adjusted: Vec<String>,
}

/// Collects what is wrong and what is tidied.
#[derive(Default)]
struct Findings {
    wrong: Vec<String>,
    adjusted: Vec<String>,
}

/// Checks a line. `given` is the JSON it was read from, if it was JSON.
pub(super) fn line(
    mut line: Line,
    given: Option<&Map<String, Json>>,
    adjusted: Vec<String>,
    limits: &AttributeLimits,
) -> Result<Checked, Vec<String>> {
    let mut found = Findings { adjusted, ..Findings::default() };
    if let Some(app) = &mut line.app {
        found.text("app", app, 1, 64);
    }
    found.number("number", line.number, 1);
    found.number("version", line.version, 1);
    found.number("attribute_seq", line.attribute_seq, 0);
    found.moment("created_at", line.created_at);
    found.moment("updated_at", line.updated_at);
    if let Some(members) = &mut line.members {
        found.names("members", given, &["id", "nickname", "avatar", "last_login_at", "unread", "last_read"]);
        found.members(members);
    }
    if let Some(message) = &mut line.last_message {
        found.names("last_message", given, &["id", "kind", "text", "sender", "sent_at"]);
        found.message(message);
    }
    if let Some(attributes) = &mut line.attributes {
        found.names("attributes", given, &["key", "value", "auto_delete", "set_by", "seq"]);
        found.attributes(attributes, limits);
    }
    if found.wrong.is_empty() { Ok(Checked { line, adjusted: found.adjusted }) } else { Err(found.wrong) }
}

impl Findings {
    fn refuse(&mut self, what: &str, why: &str) {
        self.wrong.push(format!("{what} {why}"));
    }

    /// Tidies a text in place.
    fn text(&mut self, what: &str, given: &mut String, lines: usize, max: usize) {
        match text::tidy(given, lines).and_then(|tidied| text::at_most(&tidied, max).map(|()| tidied)) {
            Ok(tidied) => self.tidied(what, given, tidied),
            Err(why) => self.refuse(what, &why),
        }
    }

    fn client(&mut self, what: &str, id: &mut ClientId) {
        match ClientId::parse(id.as_str()) {
            Ok(tidied) => {
                let mut given = id.to_string();
                self.tidied(what, &mut given, tidied.to_string());
                *id = tidied;
            }
            Err(why) => self.refuse(what, &why),
        }
    }

    fn tidied(&mut self, what: &str, given: &mut String, tidied: String) {
        if *given != tidied {
            self.adjusted.push(became(what, &Json::from(given.as_str()), Some(&Value::Text(tidied.clone()))));
            *given = tidied;
        }
    }

    fn number(&mut self, what: &str, number: Option<i64>, least: i64) {
        if number.is_some_and(|number| !(least..=NUMBER_MAX).contains(&number)) {
            self.refuse(what, &format!("must be between {least} and {NUMBER_MAX}"));
        }
    }

    fn moment(&mut self, what: &str, at: Option<Timestamp>) {
        if at.is_some_and(|at| !(Timestamp(0)..=LATEST).contains(&at)) {
            self.refuse(what, "must be between the years 1970 and 9999");
        }
    }

    /// Names that nobody knows would be lost.
    fn names(&mut self, what: &str, given: Option<&Map<String, Json>>, known: &[&str]) {
        let given = given.and_then(|object| object.get(what));
        let objects = match given {
            Some(Json::Array(items)) => items.as_slice(),
            Some(object) => std::slice::from_ref(object),
            None => &[],
        };
        let names: HashSet<&String> = objects.iter().filter_map(Json::as_object).flat_map(Map::keys).collect();
        let mut unknown: Vec<_> = names.into_iter().filter(|name| !known.contains(&name.as_str())).collect();
        unknown.sort();
        for name in unknown {
            self.refuse(what, &format!("cannot have {name:?}; known are {}", known.join(", ")));
        }
    }

    fn members(&mut self, members: &mut [Member]) {
        let mut ids = HashSet::new();
        for member in members {
            let what = format!("members: {:?}", member.client.id.as_str());
            self.client(&what, &mut member.client.id);
            if !ids.insert(member.client.id.as_str().to_owned()) {
                self.refuse(&what, "stands there twice");
            }
            self.text(&format!("{what} nickname"), &mut member.client.nickname, 1, 256);
            let avatar = format!("{what} avatar");
            self.text(&avatar, &mut member.client.avatar, 1, 2048);
            if let Err(why) = AVATAR.parse(&member.client.avatar) {
                self.refuse(&avatar, &why);
            }
            self.moment(&format!("{what} last_login_at"), member.client.last_login_at);
            self.number(&format!("{what} unread"), Some(member.unread), 0);
            self.text(&format!("{what} last_read"), &mut member.last_read, 1, 128);
        }
    }

    fn message(&mut self, message: &mut Message) {
        self.text("last_message.id", &mut message.id, 1, 128);
        if message.id.is_empty() {
            self.refuse("last_message.id", "is empty");
        }
        self.text("last_message.kind", &mut message.kind, 1, 64);
        self.text("last_message.text", &mut message.text, 9, 10_000);
        self.client("last_message.sender", &mut message.sender);
        self.moment("last_message.sent_at", Some(message.sent_at));
    }

    fn attributes(&mut self, attributes: &mut [Attribute], limits: &AttributeLimits) {
        if attributes.len() > limits.per_room {
            self.refuse("attributes", &format!("are too many: {} of {}", attributes.len(), limits.per_room));
        }
        let mut keys = HashSet::new();
        for attribute in attributes {
            let what = format!("attributes: {:?}", attribute.key);
            let edit = Edit::Set {
                key: attribute.key.clone(),
                value: attribute.value.clone(),
                auto_delete: attribute.auto_delete,
            };
            match edit.checked(limits) {
                Ok(Edit::Set { key, value, .. }) => {
                    self.tidied(&what, &mut attribute.key, key);
                    self.tidied(&what, &mut attribute.value, value);
                }
                Ok(Edit::Delete { .. }) => {}
                Err(refused) => self.refuse(&what, &refused.to_string()),
            }
            if !keys.insert(attribute.key.clone()) {
                self.refuse(&what, "stands there twice");
            }
            self.number(&format!("{what} seq"), Some(attribute.seq), 0);
            if !attribute.set_by.is_empty() {
                match ClientId::parse(&attribute.set_by) {
                    Ok(id) => self.tidied(&format!("{what} set_by"), &mut attribute.set_by, id.to_string()),
                    Err(why) => self.refuse(&format!("{what} set_by"), &why),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn wrong(object: Json) -> Vec<String> {
        let object = object.as_object().cloned().unwrap_or_default();
        match Line::from_json(object.clone()) {
            Ok(read) => line(read, Some(&object), vec![], &AttributeLimits::default()).err().unwrap_or_default(),
            Err(wrong) => wrong.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn what_no_field_checks_is_checked() {
        for (object, why) in [
            (json!({"id":"a","number":0}), "number must be between"),
            (json!({"id":"a","number":i64::MAX}), "number must be between"),
            (json!({"id":"a","created_at":-1}), "years 1970"),
            (json!({"id":"a","app":"a\u{0}b"}), "control character"),
            (json!({"id":"a","members":[{"id":""}]}), "is empty"),
            (json!({"id":"a","members":[{"id":"u"},{"id":"u "}]}), "twice"),
            (json!({"id":"a","members":[{"id":"u","nick":"x"}]}), "cannot have \"nick\""),
            (json!({"id":"a","members":[{"id":"u","avatar":"javascript:x"}]}), "must begin with https"),
            (json!({"id":"a","members":[{"id":"u","unread":-1}]}), "unread must be"),
            (json!({"id":"a","members":[{"id":"u\u{202E}"}]}), "direction"),
            (json!({"id":"a","last_message":{"id":"","sender":"u","sent_at":1}}), "last_message.id is empty"),
            (json!({"id":"a","last_message":{"id":"m","sender":"u","sent_at":1,"x":1}}), "cannot have \"x\""),
            (json!({"id":"a","attributes":[{"key":"k"},{"key":"k"}]}), "twice"),
            (json!({"id":"a","attributes":[{"key":"k".repeat(17)}]}), "17 of 16 bytes"),
            (json!({"id":"a","attributes":[{"key":"k","seq":-1}]}), "seq must be"),
        ] {
            let wrong = wrong(object);
            assert!(wrong.iter().any(|reason| reason.contains(why)), "{why}: {wrong:?}");
        }
        let many: Vec<Json> = (0..21).map(|n| json!({"key": format!("k{n}")})).collect();
        assert_eq!(wrong(json!({"id":"a","attributes":many})), ["attributes are too many: 21 of 20"]);
    }
}
