//! NetEase Yunxin: chat rooms by number, called with forms and a checksum (contract netease-update-chatroom).
//!
//! Every answer has the HTTP status 200, refusals too: with any other the official Java SDK throws and the Go SDK returns
//! an error instead of the code (facts.md 0.1, 2c). `roomid` is a room's number.

mod auth;
mod commands;
mod error;
mod form;
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
    },
    services::secret,
};

/// The vendor.
pub struct Netease;

/// Every action of its chat rooms may be called 100 times a second by an app. Facts.md 2d has that for users only; the
/// vendor's list of rates (doc.yunxin.163.com, read in a public copy) has it for each of these. There an app that goes
/// over is shut out for ten seconds; here it may call again as soon as its bucket has refilled.
const fn action(name: &'static str, right: Right) -> Action {
    Action::new(name, right, 100)
}

const CREATE: Action = action("create.action", Right::Manage);
const UPDATE: Action = action("update.action", Right::Edit);
const GET: Action = action("get.action", Right::See);
const GET_BATCH: Action = action("getBatch.action", Right::See);
const TOGGLE: Action = action("toggleCloseStat.action", Right::Edit);

static ABOUT: About = About {
    key: "netease",
    name: "NetEase Yunxin",
    key_label: "AppKey",
    secret_label: "AppSecret",
    accounts_label: None,
    actions: &[CREATE, UPDATE, GET, GET_BATCH, TOGGLE],
    attributes: None,
    spellings: wire::SPELLINGS,
    // An AppKey as the vendor's own look. Its AppSecrets have 12 hexadecimal digits, which one captured call lets
    // anybody guess offline; a client takes longer ones all the same.
    credentials: || Credentials { key: secret::random_hex(16), secret: secret::random_hex(16) },
    check_key: |key| {
        let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if plain && (8..=64).contains(&key.len()) {
            Ok(())
        } else {
            Err("must be 8 to 64 letters and digits".to_owned())
        }
    },
    words: wire::words,
    commands: commands::commands,
};

impl Vendor for Netease {
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
