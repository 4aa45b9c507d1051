//! IMKIT: rooms with members, a newest message and unread counts, called with an API key or with a client's token.
//!
//! Its contract states no length limits (facts.md 1b: undocumented), so it cuts nothing of ours. The HTTP status of an
//! answer is the real one: with 200 and a code the official JavaScript client never settles (facts.md 0.1).

mod auth;
mod commands;
mod error;
mod openapi;
mod routes;
pub mod token;
mod wire;

use futures::{FutureExt, future::BoxFuture};
use serde_json::Value as Json;

use super::{Answer, Api, Call, Vendor};
use crate::{
    domain::{
        Error, Right,
        app::{About, Action, Credentials},
        text,
    },
    services::secret,
};

/// The vendor.
pub struct Imkit;

/// An API key makes 1,000 requests a minute (facts.md 1d); a client key's limit is not stated, so it is the same.
const fn action(name: &'static str, right: Right) -> Action {
    Action::a_minute(name, right, 1000)
}

const GET: Action = action("GET /rooms/{id}", Right::See);
const UPDATE: Action = action("PUT /rooms/{id}", Right::Edit);
const LIST: Action = action("GET /rooms", Right::See);
const CREATE: Action = action("POST /rooms", Right::Manage);
const DELETE: Action = action("DELETE /rooms/{id}", Right::Manage);
const ADD_MEMBERS: Action = action("POST /rooms/{id}/members", Right::Manage);
const REMOVE_MEMBERS: Action = action("POST /rooms/{id}/delete/members", Right::Manage);
const SET_ROLE: Action = action("PUT /rooms/{id}/member/{client}", Right::Manage);
const PUT_CLIENT: Action = action("POST /admin/clients", Right::Manage);
const ISSUE_TOKEN: Action = action("PUT /admin/clients/{id}/token", Right::Manage);
const REVOKE_TOKEN: Action = action("DELETE /admin/clients/{id}/token", Right::Manage);

static ABOUT: About = About {
    key: "imkit",
    name: "IMKIT",
    key_label: "Client key",
    secret_label: "API key",
    accounts_label: None,
    actions: &[
        GET,
        UPDATE,
        LIST,
        CREATE,
        DELETE,
        ADD_MEMBERS,
        REMOVE_MEMBERS,
        SET_ROLE,
        PUT_CLIENT,
        ISSUE_TOKEN,
        REVOKE_TOKEN,
    ],
    attributes: None,
    spellings: wire::SPELLINGS,
    credentials: || Credentials { key: secret::random_hex(16), secret: secret::random_hex(32) },
    check_key: |key| {
        let plain = key.bytes().all(|byte| byte.is_ascii_graphic());
        let long = text::at_most(key, 512);
        if plain && key.len() >= 8 { long } else { Err("must be at least 8 letters, digits and signs".to_owned()) }
    },
    words: wire::words,
    commands: commands::commands,
};

impl Vendor for Imkit {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn answer<'c>(&self, api: &'c Api, call: &'c Call) -> BoxFuture<'c, Answer> {
        async move { routes::answer(api, call).await.unwrap_or_else(error::Failure::answer) }.boxed()
    }

    fn refuse(&self, _: &Call, error: &Error) -> Answer {
        error::Failure::from(error.clone()).answer()
    }

    fn openapi(&self) -> Json {
        openapi::document()
    }
}
