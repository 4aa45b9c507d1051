//! Who calls: an app administrator, by what the query says (`sdkappid`, `identifier`, `usersig`).
//!
//! Names and values are case-sensitive (facts.md 4a). `random` and `contenttype` say nothing about who calls and are
//! not signed: where they are missing the call goes on, where they are there they must be what the document says.

use super::{
    ABOUT,
    error::Failure,
    usersig::{UserSig, Why},
};
use crate::{
    domain::app::{Action, App},
    services::Ctx,
    vendors::{
        Api, Call,
        api::{Behalf, Known},
    },
};

/// Who calls.
pub struct Who {
    app: App,
    /// The administrator's account.
    pub identifier: String,
}

/// An SDKAppID: a number of 32 bits, in the one way to write it.
pub fn app_id(text: &str) -> Option<u32> {
    text.parse::<u32>().ok().filter(|number| *number > 0 && number.to_string() == text)
}

/// Finds out who calls.
///
/// # Errors
/// Something in the query is missing or wrong; the UserSig does not count; the app is kept out; the caller is no
/// administrator of the app.
pub async fn who(api: &Api, call: &Call) -> Result<Who, Failure> {
    let (random, kind) = (call.asked("random"), call.asked("contenttype"));
    let is_u32 = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u32>().is_ok();
    if !random.is_empty() && !is_u32(random) {
        return Err(Failure::http("random must be a number from 0 to 4294967295"));
    }
    if !kind.is_empty() && kind != "json" {
        return Err(Failure::new(60008, "contenttype must be json"));
    }
    let (given, identifier, usersig) = (call.asked("sdkappid"), call.asked("identifier"), call.asked("usersig"));
    if given.is_empty() {
        return Err(Failure::identity(60012, "sdkappid is missing"));
    }
    let Some(id) = app_id(given) else {
        return Err(Failure::identity(60006, "sdkappid must be a number from 1 to 4294967295"));
    };
    if identifier.is_empty() {
        return Err(Failure::identity(60004, "identifier is missing"));
    }
    if usersig.is_empty() {
        return Err(Failure::identity(60004, "usersig is missing"));
    }
    let found = match api.app(&ABOUT, given, call).await? {
        Known::Active(found) => found,
        Known::Disabled => return Err(Failure::permission(60016, "This SDKAppID is disabled")),
        Known::Unknown => return Err(Failure::identity(70020, "There is no such SDKAppID")),
    };
    let Some(sig) = UserSig::decode(usersig) else {
        return Err(Failure::identity(70003, "usersig cannot be parsed; it may have been cut short"));
    };
    sig.verify(u64::from(id), identifier, &found.secrets, call.now).map_err(refused)?;
    if !found.app.accounts.iter().any(|account| account == identifier) {
        return Err(Failure::permission(60010, "identifier must be an App administrator of this SDKAppID"));
    }
    Ok(Who { app: found.app, identifier: identifier.to_owned() })
}

/// A caller who is no administrator is told 60010, the common code for that; 70403 is in a client page only
/// (facts.md 4c).
fn refused(why: Why) -> Failure {
    match why {
        Why::App => Failure::identity(70014, "usersig is for another sdkappid"),
        Why::Identifier => Failure::identity(70013, "usersig is for another identifier"),
        Why::Expired => Failure::identity(70001, "usersig has expired"),
        Why::Signature => Failure::identity(70009, "usersig verification failed"),
    }
}

impl Who {
    /// Lets the caller in to call an action.
    ///
    /// # Errors
    /// Too often, or not allowed.
    pub fn admit(&self, api: &Api, call: &Call, action: &'static Action) -> Result<Ctx, Failure> {
        Ok(api.admit(call, &self.app, action, Behalf::app(&self.identifier))?)
    }
}
