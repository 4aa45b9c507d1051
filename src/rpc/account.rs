//! Signing in and out, one's own password and sessions.

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
    use crate::services::account::{Attempt, sign_in};
    let asker = super::asker::asker()?;
    let attempt = Attempt { store: &asker.store, gate: &asker.gate, address: asker.address, now: asker.now };
    let staff = sign_in(attempt, &name, password).await?;
    asker.begin(&staff).await?;
    Ok(Done::default().at(if staff.must_change { "/account".to_owned() } else { next }))
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
    change_password(&ctx, &staff, Passwords { current, new, again }, &asker.session_hash).await?;
    let done = Done::saying("Changed your password. Your other sessions have ended.");
    Ok(if staff.must_change { done.at("/rooms") } else { done })
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
    Ok(Done::saying(if ended == 1 { "Ended 1 session.".to_owned() } else { format!("Ended {ended} sessions.") }))
}
