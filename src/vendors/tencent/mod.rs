//! Tencent RTC and Chat: the live rooms of TUILiveKit's REST API, called by an app administrator with a UserSig.
//!
//! The HTTP status of an answer is always 200; how a call went stands in `ErrorCode` (contract
//! tencent-update-room-info). Lengths are counted in bytes.
//!
//! # What is kept of a room, and what is not
//! Every field of `update_room_info` is a field of ours. What only `create_room` takes (`IsSeatEnabled`,
//! `MaxSeatCount`, `SeatTemplate`, `SeatLayoutTemplateId`, `KeepOwnerOnSeat`, `IsUnlimitedRoomEnabled`) has its type
//! checked and is then dropped: nobody here runs seats. `get_room_info` leaves out what we do not know, first of all
//! `ViewCount`: members are not views, and a number that looks like one would be believed. Metadata are the room's
//! attributes.

mod auth;
mod commands;
mod error;
mod openapi;
mod routes;
pub mod usersig;
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
use error::Failure;

/// The vendor.
pub struct Tencent;

/// 200 a second (contract tencent-update-room-info; the other pages say the same).
const fn action(name: &'static str, right: Right) -> Action {
    Action::new(name, right, 200)
}

const UPDATE: Action = action("update_room_info", Right::Edit);
const CREATE: Action = action("create_room", Right::Manage);
const GET: Action = action("get_room_info", Right::See);
/// 10 a second (facts.md 4d).
const LIST: Action = Action::new("get_room_list", Right::See, 10);
const DESTROY: Action = action("destroy_room", Right::Manage);
const CHANGE_OWNER: Action = action("change_room_owner", Right::Manage);
const GET_METADATA: Action = action("get_room_metadata", Right::See);
const SET_METADATA: Action = action("set_room_metadata", Right::Edit);
const DELETE_METADATA: Action = action("del_room_metadata", Right::Edit);

static ABOUT: About = About {
    key: "tencent",
    name: "Tencent",
    key_label: "SDKAppID",
    secret_label: "SecretKey",
    accounts_label: Some("App administrators"),
    actions: &[UPDATE, CREATE, GET, LIST, DESTROY, CHANGE_OWNER, GET_METADATA, SET_METADATA, DELETE_METADATA],
    // The page says that all values together may have 16 KiB (facts.md 4b); the house counts the keys too. How many a
    // room takes is the house's own setting, how many a call takes stands in `routes/metadata.rs`.
    attributes: Some(AttributeLimits { per_room: 20, key_bytes: 50, value_bytes: 2048, total_bytes: 16_384 }),
    spellings: wire::CARRIED,
    credentials: || Credentials {
        key: rand::random_range(1_400_000_000_u32..1_800_000_000).to_string(),
        secret: secret::random_hex(32),
    },
    check_key: |key| match auth::app_id(key) {
        Some(_) => Ok(()),
        None => Err("must be a number from 1 to 4294967295, without a zero at its start".to_owned()),
    },
    words: wire::words,
    commands: commands::commands,
};

impl Vendor for Tencent {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn answer<'c>(&self, api: &'c Api, call: &'c Call) -> BoxFuture<'c, Answer> {
        async move { routes::answer(api, call).await.unwrap_or_else(|failure| failure.answer(call)) }.boxed()
    }

    fn refuse(&self, call: &Call, error: &Error) -> Answer {
        // What could not be read to its end was no request yet.
        let unread = call.fault.as_ref() == Some(error);
        let failure = if unread { Failure::http(error.to_string()) } else { Failure::from(error.clone()) };
        failure.answer(call)
    }

    fn openapi(&self) -> Json {
        openapi::document()
    }
}
