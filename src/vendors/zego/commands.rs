//! The calls of a room as commands for a shell, signed. Each body holds what stands now, so that a command changes
//! nothing until somebody edits it; but for those that delete an attribute and destroy the room.
//!
//! A room whose id this vendor cannot write has no commands.

use std::collections::BTreeMap;

use percent_encoding::utf8_percent_encode;
use serde_json::{Value as Json, json};

use super::{
    DESTROY, MODIFY, QUERY,
    auth::{SECONDS, signature},
    wire,
};
use crate::{
    domain::{
        app::{Command, Signing, View},
        attribute::Attribute,
        room::UNRESERVED,
    },
    services::secret,
    vendors::shell::curl,
};

/// Who acts where the room has no owner that this vendor could write.
const NOBODY: &str = "admin";

/// Every change of a room, and a look at its attributes.
pub fn commands(signing: &Signing<'_>, view: &View) -> Vec<Command> {
    let room = view.room.id.as_str();
    if wire::room(room).is_err() {
        return Vec::new();
    }
    let writable = |user: &&str| wire::user("FromUserId", user).is_ok_and(|written| written == **user);
    let operator = view.room.owner().filter(|owner| writable(owner)).unwrap_or(NOBODY);
    let post = |title: String, action: &str, user: &str, more: Option<Json>| {
        let mut body = json!({"RoomId": room, "FromUserId": user});
        if let (Some(items), Some(object)) = (more, body.as_object_mut()) {
            object.insert("Attributes".to_owned(), items);
        }
        let headers = [("Content-Type", "application/json")];
        command(title, curl("POST", &address(signing, action, &[]), &headers, Some(&body.to_string())))
    };
    let mut commands = vec![post("Look at the attributes".to_owned(), QUERY.name, operator, None)];
    // What goes with a client stays with that client only if that client sets it again.
    let mut setters: BTreeMap<&str, Vec<&Attribute>> = BTreeMap::new();
    for attribute in &view.attributes {
        let setter = if attribute.auto_delete { attribute.set_by.as_str() } else { operator };
        if writable(&setter) {
            setters.entry(setter).or_default().push(attribute);
        }
    }
    for (setter, attributes) in &setters {
        let title = if *setter == operator { "Set attributes".to_owned() } else { format!("Set those of {setter}") };
        let items = attributes.iter().map(|attribute| set(attribute)).collect();
        commands.push(post(title, MODIFY.name, setter, Some(items)));
    }
    if setters.is_empty() {
        let example = json!([{"Action": 0, "Key": "key", "Value": "value", "AutoDelete": 0}]);
        commands.push(post("Set attributes (an example)".to_owned(), MODIFY.name, operator, Some(example)));
    }
    let key = view.attributes.first().map_or("key", |attribute| attribute.key.as_str());
    let (title, delete) = match view.attributes.is_empty() {
        true => ("Delete attributes (an example)", json!([{"Action": 1, "Key": key}])),
        false => ("Delete an attribute", json!([{"Action": 1, "Key": key}])),
    };
    commands.push(post(title.to_owned(), MODIFY.name, operator, Some(delete)));
    let destroy = address(signing, DESTROY.name, &[("RoomId", room)]);
    commands.push(command("Destroy the room".to_owned(), curl("GET", &destroy, &[], None)));
    commands
}

fn command(title: String, shell: String) -> Command {
    Command { title, shell, seconds: SECONDS }
}

fn set(attribute: &Attribute) -> Json {
    let Attribute { key, value, auto_delete, .. } = attribute;
    json!({"Action": 0, "Key": key, "Value": value, "AutoDelete": u8::from(*auto_delete)})
}

/// The address of an action, signed now.
fn address(signing: &Signing<'_>, action: &str, more: &[(&str, &str)]) -> String {
    let (nonce, timestamp) = (secret::random_hex(8), signing.now.0.div_euclid(1000).to_string());
    let signed = signature(&signing.app.key, &nonce, signing.secret, &timestamp);
    let public = [
        ("Action", action),
        ("AppId", &signing.app.key),
        ("SignatureNonce", &nonce),
        ("Timestamp", &timestamp),
        ("SignatureVersion", "2.0"),
        ("Signature", &signed),
    ];
    let pairs: Vec<String> = public
        .iter()
        .chain(more)
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, UNRESERVED)))
        .collect();
    format!("{}/?{}", signing.base, pairs.join("&"))
}
