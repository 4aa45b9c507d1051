//! The calls of a room as commands for a shell. Each body holds what stands now, so that a command changes nothing
//! until somebody edits it; the token is the reader's own and ends after ten minutes.

use percent_encoding::utf8_percent_encode;
use serde_json::{Map, Value as Json, json};

use super::{
    token::{self, Claims},
    wire,
};
use crate::{
    domain::{
        app::{Command, Signing, View},
        room::{Field, UNRESERVED},
    },
    vendors::shell::curl,
};

/// How long a command is good, in seconds.
const SECONDS: u32 = 600;

/// Every change of a room.
pub fn commands(signing: &Signing<'_>, view: &View) -> Vec<Command> {
    let room = format!("{}/rooms/{}", signing.base, utf8_percent_encode(view.room.id.as_str(), UNRESERVED));
    let claims = Claims {
        key: signing.app.key.clone(),
        client: format!("staff:{}", signing.staff),
        superuser: true,
        until: signing.now.0 + i64::from(SECONDS) * 1000,
    };
    let token = token::write(&claims, signing.secret);
    let command = |title: &str, method: &str, address: &str, body: Option<Json>| {
        let body = body.map(|body| body.to_string());
        let mut headers = vec![("IM-CLIENT-KEY", signing.app.key.as_str()), ("IM-Authorization", token.as_str())];
        if body.is_some() {
            headers.push(("Content-Type", "application/json; charset=utf-8"));
        }
        let shell = curl(method, address, &headers, body.as_deref());
        Command { title: title.to_owned(), shell, seconds: SECONDS }
    };
    let people = [Field::Owner, Field::Managers];
    let fields = |wanted: &dyn Fn(Field) -> bool| -> Json {
        let spelled = wire::SPELLINGS.iter().filter(|spelling| wanted(spelling.field));
        let written = spelled.filter_map(|s| Some((s.word.to_owned(), s.write(view.room.values.get(s.field))?)));
        Json::Object(written.collect::<Map<_, _>>())
    };
    let client = view.members.first().map_or("client-id", |member| member.client.id.as_str());
    let clients = format!("{room}/members");
    vec![
        command("Look at the room", "GET", &room, None),
        command("Change fields", "PUT", &room, Some(fields(&|field| !people.contains(&field)))),
        command("Freeze or unfreeze", "PUT", &room, Some(fields(&|field| field == Field::Status))),
        command("Hand over, set managers", "PUT", &room, Some(fields(&|field| people.contains(&field)))),
        command("Add members", "POST", &clients, Some(json!({"invitees": [client]}))),
        command("Remove members", "POST", &format!("{room}/delete/members"), Some(json!({"members": [client]}))),
        command("Delete the room", "DELETE", &room, None),
    ]
}
