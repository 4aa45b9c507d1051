//! Staff accounts, for admins.

use leptos::prelude::*;

use super::Done;
use crate::domain::Error;

/// Makes an account; its one-time password is shown once.
#[server(endpoint = "add_staff")]
pub async fn add_staff(name: String, role: String) -> Result<Done, Error> {
    let added = crate::services::staff::add(&super::asker::ctx()?, &name, role_of(&role)?).await?;
    Ok(with_secret(format!("Added {}.", added.name), added))
}

/// Gives an account another role.
#[server(endpoint = "change_role")]
pub async fn change_role(id: i64, role: String) -> Result<Done, Error> {
    let staff = crate::services::staff::change_role(&super::asker::ctx()?, id, role_of(&role)?).await?;
    Ok(Done::saying(format!("{} is {} now.", staff.name, staff.role.key())))
}

/// Keeps an account out.
#[server(endpoint = "disable_staff")]
pub async fn disable_staff(id: i64) -> Result<Done, Error> {
    let staff = crate::services::staff::set_disabled(&super::asker::ctx()?, id, true).await?;
    Ok(Done::saying(format!("{} is disabled; all their sessions have ended.", staff.name)))
}

/// Lets an account in again.
#[server(endpoint = "enable_staff")]
pub async fn enable_staff(id: i64) -> Result<Done, Error> {
    let staff = crate::services::staff::set_disabled(&super::asker::ctx()?, id, false).await?;
    Ok(Done::saying(format!("{} is enabled.", staff.name)))
}

/// Gives an account a new one-time password.
#[server(endpoint = "reset_password")]
pub async fn reset_password(id: i64) -> Result<Done, Error> {
    let reset = crate::services::staff::reset_password(&super::asker::ctx()?, id).await?;
    Ok(with_secret(format!("Reset the password of {}.", reset.name), reset))
}

/// Takes somebody's second step away, whose phone is lost.
#[server(endpoint = "reset_totp")]
pub async fn reset_totp(id: i64) -> Result<Done, Error> {
    let staff = crate::services::staff::reset_totp(&super::asker::ctx()?, id).await?;
    Ok(Done::saying(format!("{} signs in without a second step now; all their sessions have ended.", staff.name)))
}

/// Ends one of somebody's sessions.
#[server(endpoint = "end_staff_session")]
pub async fn end_staff_session(id: i64, handle: String) -> Result<Done, Error> {
    let staff = crate::services::staff::end_session(&super::asker::ctx()?, id, &handle).await?;
    Ok(Done::saying(format!("Ended a session of {}.", staff.name)))
}

/// Ends all of somebody's sessions, but not the asking one.
#[server(endpoint = "end_staff_sessions")]
pub async fn end_staff_sessions(id: i64) -> Result<Done, Error> {
    let (ctx, current) = (super::asker::ctx()?, super::asker::asker()?.session_hash);
    let (_, ended) = crate::services::staff::end_sessions(&ctx, id, &current).await?;
    Ok(Done::saying(super::ended_sessions(ended)))
}

#[cfg(feature = "ssr")]
fn role_of(word: &str) -> Result<crate::domain::Role, Error> {
    crate::domain::Role::parse(word).ok_or_else(|| Error::invalid("role", "is not a role we know"))
}

#[cfg(feature = "ssr")]
fn with_secret(message: String, one_time: crate::services::staff::OneTime) -> Done {
    let secret = super::Secret {
        name: one_time.name,
        label: "One-time password".to_owned(),
        value: one_time.password,
        public: None,
        note: format!("It signs in for {} hours, and must be changed then.", crate::domain::staff::ONE_TIME_HOURS),
    };
    Done { message, secret: Some(secret), ..Done::default() }
}
