//! ZEGOCLOUD ZIM: rooms with attributes, called at one address with the action in the query (contract
//! zego-update-room-attributes; facts.md 3).
//!
//! Every answer has HTTP status 200 and its code in the body: what the vendor sends with an error is not documented, and
//! its clients read `Code` (facts.md 0.1). Nothing but the query's four public parameters is signed, so a captured query
//! authorises any body for ten minutes each way; the documents know no replay either, so none is refused (facts.md 0.7).
//!
//! # What its documents expect and this house does otherwise
//! - `FromUserId` must be registered there. Here nobody registers: an unknown user becomes known with its first change.
//! - A room goes when its last user has left, `DestroyDelayTime` later. Here a room stays until it is destroyed; the
//!   delay is checked and then means nothing.
//! - A room's name can be given when the room is made and never changed: there is no such action (facts.md 3b).

mod auth;
mod commands;
mod error;
mod openapi;
mod routes;
mod wire;

use futures::{FutureExt, future::BoxFuture};
use serde_json::Value as Json;

use super::{Answer, Api, Call, Vendor};
use crate::{
    domain::{
        Error, Right,
        app::{About, Action, Credentials},
        attribute::AttributeLimits,
    },
    services::secret,
};

/// The vendor.
pub struct Zego;

/// Every action may be called 20 times a second (facts.md 3d).
const fn action(name: &'static str, right: Right) -> Action {
    Action::new(name, right, 20)
}

const MODIFY: Action = action("ModifyRoomAttribute", Right::Edit);
const QUERY: Action = action("QueryRoomAttribute", Right::See);
const CREATE: Action = action("CreateRoom", Right::Manage);
const DESTROY: Action = action("DestroyRoom", Right::Manage);
const MEMBERS: Action = action("QueryRoomMembers", Right::See);

static ABOUT: About = About {
    key: "zego",
    name: "ZEGOCLOUD",
    key_label: "AppId",
    secret_label: "ServerSecret",
    accounts_label: None,
    actions: &[MODIFY, QUERY, CREATE, DESTROY, MEMBERS],
    attributes: Some(LIMITS),
    spellings: wire::SPELLINGS,
    // An AppId is a uint32, a ServerSecret 32 hexadecimal digits (facts.md 3a, 5).
    credentials: || Credentials {
        key: rand::random_range(100_000_000..=u32::MAX).to_string(),
        secret: secret::random_hex(16),
    },
    check_key: |key| {
        let wrong = || format!("must be a whole number from 1 to {}, in digits", u32::MAX);
        auth::app_id(key).map(drop).ok_or_else(wrong)
    },
    words: wire::words,
    commands: commands::commands,
};

/// 20 attributes is the contract's number, where other pages have 16 and 10; the lengths are the client guide's, because
/// the server's page states none (facts.md 3b). A room's number is the house's setting when a call is measured.
const LIMITS: AttributeLimits = AttributeLimits { per_room: 20, key_bytes: 16, value_bytes: 1024, total_bytes: 5120 };

impl Vendor for Zego {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn answer<'c>(&self, api: &'c Api, call: &'c Call) -> BoxFuture<'c, Answer> {
        async move {
            match routes::answer(api, call).await {
                Ok(fields) => Answer::accepted(200, 0, error::body(call, 0, "success", fields)),
                Err(failure) => failure.answer(call),
            }
        }
        .boxed()
    }

    fn refuse(&self, call: &Call, error: &Error) -> Answer {
        match &call.fault {
            Some(fault) if fault == error => error::Failure::unreadable(fault).answer(call),
            _ => error::Failure::from(error.clone()).answer(call),
        }
    }

    fn openapi(&self) -> Json {
        openapi::document()
    }
}
