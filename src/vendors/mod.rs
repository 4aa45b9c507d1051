//! What another platform's client sees: one folder a vendor, over the same rooms and the same services.
//!
//! A vendor's words appear nowhere outside its folder. Each folder has
//! - `mod.rs`: the vendor's [`About`] and its [`Vendor`];
//! - `auth.rs`: who calls, by the vendor's own signature;
//! - `wire.rs`: how it spells a room, in the order of its own document;
//! - `error.rs`: one exhaustive `match` from [`Error`] to its own codes;
//! - `routes.rs` or `routes/`: what can be called, each a few lines: read, ask one service, write;
//! - `commands.rs`: the same calls as commands for a shell, signed;
//! - `openapi.rs`: the same calls as an OpenAPI 3.1 document.
//!
//! What they share: [`call`] (a request, read once), [`api`] (admission: which app, how often, with what rights),
//! [`rates`], [`usage`], [`json`], [`shell`], [`openapi`]. The server's door hands calls in and sends answers out.
//!
//! # A fifth vendor
//! One folder with the files above, and two lines in this file: its `mod`, and its place in [`ALL`]. Paths, hosts and
//! ports, `/apps`, the command line, the API section of a room, rates, counts, the error table, the field matrix and
//! the hints beside the fields follow from that place. Its words go into the list of `tests/it/tidy.rs`.
//!
//! # What a signature is worth
//! None of the four signs the body, and only one of them knows the word replay. A captured ZEGOCLOUD query authorises
//! any body for ten minutes, a captured Tencent UserSig until it expires, an IMKIT key until it is rotated: the API
//! belongs behind https, like the console (facts.md 0.7).

pub mod api;
pub mod call;
mod imkit;
pub mod json;
mod netease;
mod openapi;
pub mod rates;
mod shell;
mod tencent;
pub mod usage;
mod zego;

use std::{panic::AssertUnwindSafe, sync::LazyLock, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use serde_json::Value as Json;

use crate::{
    domain::{Error, app::About, room::VendorLimit},
    store::caught,
};
pub use api::Api;
pub use call::{Answer, Call, Kind};

/// Every vendor whose API back-ends may speak.
pub static ALL: &[&dyn Vendor] = &[&imkit::Imkit, &netease::Netease, &zego::Zego, &tencent::Tencent];

/// Longest that a call may take; what it asked to write is written all the same.
const LONGEST: Duration = Duration::from_secs(20);

/// A vendor's API.
pub trait Vendor: Sync {
    /// What the rest of the house must know of it.
    fn about(&self) -> &'static About;
    /// Answers a call, whatever it is.
    fn answer<'c>(&self, api: &'c Api, call: &'c Call) -> BoxFuture<'c, Answer>;
    /// Says an error in the vendor's words.
    fn refuse(&self, call: &Call, error: &Error) -> Answer;
    /// The OpenAPI document of everything that can be called.
    fn openapi(&self) -> Json;
}

/// Answers a call in the vendor's shape, come what may, counts it, and logs a refused signature or permission.
pub async fn answer(api: &Api, vendor: &'static dyn Vendor, call: &Call) -> Answer {
    let outcome = match &call.fault {
        Some(fault) => Ok(Ok(vendor.refuse(call, fault))),
        None => tokio::time::timeout(LONGEST, AssertUnwindSafe(vendor.answer(api, call)).catch_unwind()).await,
    };
    let answer = match outcome {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => vendor.refuse(call, &Error::Internal(caught("a call"))),
        Err(_) => vendor.refuse(call, &Error::Busy("The server is too busy; try again in a moment.".to_owned())),
    };
    usage::note(api, vendor.about(), call, &answer);
    answer
}

/// What the rest of the house must know of each vendor.
pub fn abouts() -> &'static [&'static About] {
    static ABOUTS: LazyLock<Vec<&'static About>> = LazyLock::new(|| ALL.iter().map(|vendor| vendor.about()).collect());
    &ABOUTS
}

/// Every vendor's narrower limits, for hints beside the fields.
pub fn limits() -> &'static [VendorLimit] {
    static LIMITS: LazyLock<Vec<VendorLimit>> =
        LazyLock::new(|| abouts().iter().flat_map(|about| about.limits()).collect());
    &LIMITS
}

/// What strangers sign with, to be read by the fuzzers (`tests/fuzz`).
#[doc(hidden)]
pub mod strangers {
    pub use super::{
        imkit::token::{Claims, read as read_token, write as write_token},
        tencent::usersig::UserSig,
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_paths_and_actions_are_told_apart() {
        let mut keys: Vec<&str> = abouts().iter().map(|about| about.key).collect();
        assert!(keys.iter().all(|key| key.bytes().all(|byte| byte.is_ascii_lowercase())));
        keys.dedup();
        assert_eq!(keys.len(), ALL.len());
        for about in abouts() {
            let mut names: Vec<&str> = about.actions.iter().map(|action| action.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), about.actions.len(), "{about:?}");
        }
    }
}
