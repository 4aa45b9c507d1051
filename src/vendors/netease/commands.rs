//! The calls of a room as commands for a shell. Each form holds what stands now, so that a command changes nothing until
//! somebody edits it; what is empty in it was not given. The checksum ends after five minutes.

use percent_encoding::utf8_percent_encode;
use serde_json::{Map, Value as Json};

use super::{
    auth::{SECONDS, checksum, seconds_of},
    form::FORM,
    wire::{self, CREATOR, VALID},
};
use crate::{
    domain::{
        app::{Command, Signing, Spelling, View},
        room::UNRESERVED,
    },
    services::secret,
    vendors::shell::curl,
};

/// Every change of a room.
pub fn commands(signing: &Signing<'_>, view: &View) -> Vec<Command> {
    let time = seconds_of(signing.now).to_string();
    let command = |title: &str, action: &str, form: &[(&str, String)]| {
        let nonce = secret::random_hex(16);
        let signature = checksum(signing.secret, &nonce, &time);
        let headers = [
            ("AppKey", signing.app.key.as_str()),
            ("Nonce", &nonce),
            ("CurTime", &time),
            ("CheckSum", &signature),
            ("Content-Type", FORM),
        ];
        let address = format!("{}/nimserver/chatroom/{action}", signing.base);
        let shell = curl("POST", &address, &headers, Some(&encoded(form)));
        Command { title: title.to_owned(), shell, seconds: SECONDS }
    };
    let stands = |spelling: &Spelling| match spelling.write(view.room.values.get(spelling.field)) {
        Some(Json::String(text)) => text,
        Some(json) => json.to_string(),
        None => String::new(),
    };
    let room = ("roomid", view.room.number.to_string());
    let mut fields = vec![room.clone()];
    fields.extend(wire::FIELDS.iter().map(|spelling| (spelling.word, stands(spelling))));
    let bid: Map<String, Json> = wire::BID.iter().map(|part| (part.word.to_owned(), stands(part).into())).collect();
    fields.extend([
        ("bid", Json::Object(bid).to_string()),
        ("needNotify", "true".to_owned()),
        ("notifyExt", String::new()),
    ]);
    let toggle = [room.clone(), ("operator", stands(&CREATOR)), (VALID.word, stands(&VALID))];
    vec![
        command("Look at the room", "get.action", &[room, ("needOnlineUserCount", "true".to_owned())]),
        command("Change fields", "update.action", &fields),
        command("Close or open the room", "toggleCloseStat.action", &toggle),
    ]
}

/// Names and values as a form has them.
fn encoded(form: &[(&str, String)]) -> String {
    let pair = |(name, value): &(&str, String)| format!("{name}={}", utf8_percent_encode(value, UNRESERVED));
    form.iter().map(pair).collect::<Vec<_>>().join("&")
}
