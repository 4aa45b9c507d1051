//! Signing in and out, one's own password, second step and sessions.

use leptos::prelude::*;

use super::Done;
use crate::domain::Error;

/// Signs in. `next` is the page that was asked for.
#[server(endpoint = "sign_in")]
pub async fn sign_in(
    #[server(default)] name: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<Done, Error> {
    use crate::services::account::{Entered, sign_in};
    let asker = super::asker::asker()?;
    match sign_in(asker.attempt(), &name, password).await? {
        Entered::In(staff) => {
            asker.begin(&staff).await?;
            Ok(home(&staff, next))
        }
        Entered::Half(half) => {
            asker.begin_half(&half).await?;
            Ok(Done::default().at(crate::domain::address::with_query("/sign-in/code", [("next", next.as_str())])))
        }
    }
}

/// Signs in, the second step: with the app's code or a recovery code.
#[server(endpoint = "sign_in_code")]
pub async fn sign_in_code(#[server(default)] code: String, #[server(default)] next: String) -> Result<Done, Error> {
    let asker = super::asker::asker()?;
    let half = asker.half().await.ok_or(Error::Unauthenticated)?;
    let staff = crate::services::account::second_step(asker.attempt(), &half, &code).await?;
    asker.begin(&staff).await?;
    Ok(home(&staff, next))
}

#[cfg(feature = "ssr")]
fn home(staff: &crate::domain::staff::Staff, next: String) -> Done {
    Done::default().at(if staff.must_change() { "/account".to_owned() } else { next })
}

/// Shows once more that it is them. The proof came along, like with any form, and counts already.
#[server(endpoint = "confirm")]
pub async fn confirm(#[server(default)] next: String) -> Result<Done, Error> {
    let (ctx, ..) = super::asker::signed_in()?;
    ctx.sure()?;
    Ok(Done::default().at(next))
}

/// Signs out.
#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<Done, Error> {
    if let Ok((ctx, staff, asker)) = super::asker::signed_in() {
        crate::services::account::signed_out(&ctx, &staff).await?;
        asker.end().await?;
    }
    Ok(Done::saying("You are signed out.").at("/sign-in"))
}

/// Changes one's own password.
#[server(endpoint = "change_password")]
pub async fn change_password(current: String, new: String, again: String) -> Result<Done, Error> {
    use crate::services::account::{Passwords, change_password};
    let (ctx, staff, asker) = super::asker::signed_in()?;
    let passwords = Passwords { current, new, again };
    change_password(&ctx, &staff, passwords, asker.guess(), &asker.session_hash).await?;
    let done = Done::saying("Changed your password. Your other sessions have ended.");
    Ok(if staff.must_change() { done.at("/rooms") } else { done })
}

/// Sets up two-step sign-in, with a key from the form and the first code that the app made of it.
#[server(endpoint = "turn_on_totp")]
pub async fn turn_on_totp(#[server(default)] key: String, #[server(default)] digits: String) -> Result<Done, Error> {
    let (ctx, staff, asker) = super::asker::signed_in()?;
    let codes = crate::services::account::turn_on(&ctx, &staff, &key, &digits, &asker.session_hash).await?;
    Ok(with_codes("Two-step sign-in is on. Your other sessions have ended.", staff, &codes))
}

/// Makes new recovery codes in place of the old ones.
#[server(endpoint = "renew_recovery_codes")]
pub async fn renew_recovery_codes() -> Result<Done, Error> {
    let (ctx, staff, _) = super::asker::signed_in()?;
    let codes = crate::services::account::renew_recovery_codes(&ctx, &staff).await?;
    Ok(with_codes("The old recovery codes count no more.", staff, &codes))
}

/// Turns two-step sign-in off.
#[server(endpoint = "turn_off_totp")]
pub async fn turn_off_totp() -> Result<Done, Error> {
    let (ctx, staff, asker) = super::asker::signed_in()?;
    crate::services::account::turn_off(&ctx, &staff, &asker.session_hash).await?;
    Ok(Done::saying("Two-step sign-in is off. Your other sessions have ended.").at("/account"))
}

#[cfg(feature = "ssr")]
fn with_codes(message: &str, staff: crate::domain::staff::Staff, codes: &[String]) -> Done {
    let secret = super::Secret {
        name: staff.name,
        label: "Recovery codes".to_owned(),
        value: codes.join("\n"),
        public: None,
        note: "Each signs you in once when your phone is not there. Print them or keep them where only you look."
            .to_owned(),
    };
    Done { message: message.to_owned(), secret: Some(secret), ..Done::default() }.at("/account/totp")
}

/// Ends one of one's own sessions.
#[server(endpoint = "end_session")]
pub async fn end_session(handle: String) -> Result<Done, Error> {
    let (ctx, staff, _) = super::asker::signed_in()?;
    crate::services::account::end_session(&ctx, &staff, &handle).await?;
    Ok(Done::saying("Ended the session."))
}

/// Ends all of one's own sessions but this one.
#[server(endpoint = "end_other_sessions")]
pub async fn end_other_sessions() -> Result<Done, Error> {
    let (ctx, staff, asker) = super::asker::signed_in()?;
    let ended = crate::services::account::end_other_sessions(&ctx, &staff, &asker.session_hash).await?;
    Ok(Done::saying(super::ended_sessions(ended)))
}
