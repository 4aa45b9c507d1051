//! The calls of a room as commands for a shell. Each body holds what stands now, so that a command changes nothing
//! until somebody edits it; the UserSig is the first administrator's and ends after ten minutes.

use percent_encoding::utf8_percent_encode;
use serde_json::{Value as Json, json};

use super::{
    ABOUT, CHANGE_OWNER, DELETE_METADATA, DESTROY, GET, SET_METADATA, UPDATE, auth,
    routes::{PATH, metadata::KEYS},
    usersig::UserSig,
    wire,
};
use crate::{
    domain::{
        app::{Action, Command, Signing, View},
        attribute::Attribute,
        room::UNRESERVED,
    },
    vendors::shell::curl,
};

/// How long a command is good, in seconds.
const SECONDS: u32 = 600;

/// Every change of a room.
pub fn commands(signing: &Signing<'_>, view: &View) -> Vec<Command> {
    let identifier = signing.app.accounts.first().map(String::as_str).unwrap_or_default();
    let app = u64::from(auth::app_id(&signing.app.key).unwrap_or_default());
    let usersig = UserSig::write(identifier, app, signing.secret, signing.now, SECONDS);
    let identifier = utf8_percent_encode(identifier, UNRESERVED);
    let command = |title: &str, action: Action, body: Json| {
        let random: u32 = rand::random();
        let address = format!(
            "{}/{}/{}?sdkappid={app}&identifier={identifier}&usersig={usersig}&random={random}&contenttype=json",
            signing.base,
            PATH.join("/"),
            action.name,
        );
        let shell = curl("POST", &address, &[("Content-Type", "application/json")], Some(&body.to_string()));
        Command { title: title.to_owned(), shell, seconds: SECONDS }
    };
    let id = &view.room.id;
    let member = view.members.first().map(|member| member.client.id.as_str());
    let owner = view.room.owner().or(member).unwrap_or("client-id");
    let standing: Vec<&Attribute> = view.attributes.iter().filter(|attribute| fits(attribute)).take(KEYS).collect();
    let metadata = match standing.as_slice() {
        [] => json!([{"Key": "key1", "Value": "value1"}]),
        some => wire::metadata(some.iter().copied()),
    };
    let keys: Vec<&str> = match standing.as_slice() {
        [] => vec!["key1"],
        some => some.iter().map(|attribute| attribute.key.as_str()).collect(),
    };
    vec![
        command("Look at the room", GET, json!({"RoomId": id})),
        command("Change fields", UPDATE, json!({"RoomInfo": wire::as_they_stand(&view.room)})),
        command("Hand over", CHANGE_OWNER, json!({"RoomId": id, "NewOwner_Account": owner})),
        command("Set metadata", SET_METADATA, json!({"RoomId": id, "Metadata": metadata})),
        command("Delete metadata", DELETE_METADATA, json!({"RoomId": id, "Keys": keys})),
        command("Delete the room", DESTROY, json!({"RoomId": id})),
    ]
}

/// Whether the vendor would take an attribute and leave it as it stands.
fn fits(attribute: &Attribute) -> bool {
    let limits = ABOUT.attributes.unwrap_or_default();
    let short = attribute.key.len() <= limits.key_bytes && attribute.value.len() <= limits.value_bytes;
    short && !attribute.auto_delete
}
