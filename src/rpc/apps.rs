//! Apps through which back-ends call, for admins.

use leptos::prelude::*;

use super::Done;
use crate::domain::{Error, app::Allowed};

/// Makes an app; the secret that is made for it is shown once. A back-end that has a key or a secret already goes on
/// with them; its secret is not shown again.
#[server(endpoint = "add_app")]
pub async fn add_app(
    name: String,
    vendor: String,
    may: Allowed,
    #[server(default)] key: String,
    #[server(default)] secret: String,
) -> Result<Done, Error> {
    use crate::services::apps::{Wanted, add};
    let ctx = super::asker::ctx()?;
    let is_own = !secret.is_empty();
    let made = add(&ctx, Wanted { name, vendor, key, secret, may }).await?;
    let page = format!("/apps/{}", made.app.id);
    let message = format!("Added {}.", made.app.name);
    Ok(if is_own {
        Done::saying(format!("{message} It calls with the secret that you gave.")).at(page)
    } else {
        with_secret(&ctx, message, made, "")?.at(page)
    })
}

/// Changes what an app may do.
#[server(endpoint = "change_app")]
pub async fn change_app(id: i64, may: Allowed) -> Result<Done, Error> {
    let app = crate::services::apps::change(&super::asker::ctx()?, id, may).await?;
    Ok(Done::saying(format!("Saved what {} may do. It counts from its next call.", app.name)))
}

/// Gives an app a new secret, shown once; the one before counts for some hours more.
#[server(endpoint = "rotate_app")]
pub async fn rotate_app(id: i64, hours: String) -> Result<Done, Error> {
    use crate::services::apps::{LONGEST_HOURS, rotate};
    let ctx = super::asker::ctx()?;
    let wrong = || Error::invalid("hours", format!("must be a whole number from 0 to {LONGEST_HOURS}"));
    let hours = hours.trim().parse().map_err(|_| wrong())?;
    let made = rotate(&ctx, id, hours).await?;
    let until = made.app.old_secret_until.filter(|until| *until > ctx.now);
    let note = match until {
        Some(until) => format!("The one before counts until {} UTC.", until.short()),
        None => "The one before counts no more.".to_owned(),
    };
    with_secret(&ctx, format!("{} has a new secret.", made.app.name), made, &note)
}

/// Keeps an app out.
#[server(endpoint = "disable_app")]
pub async fn disable_app(id: i64) -> Result<Done, Error> {
    let app = crate::services::apps::set_disabled(&super::asker::ctx()?, id, true).await?;
    Ok(Done::saying(format!("{} is disabled; its next call is refused.", app.name)))
}

/// Lets an app call again.
#[server(endpoint = "enable_app")]
pub async fn enable_app(id: i64) -> Result<Done, Error> {
    let app = crate::services::apps::set_disabled(&super::asker::ctx()?, id, false).await?;
    Ok(Done::saying(format!("{} is enabled.", app.name)))
}

/// A message with an app's secret, in its vendor's words.
#[cfg(feature = "ssr")]
fn with_secret(
    ctx: &crate::services::Ctx,
    message: String,
    made: crate::services::apps::Made,
    note: &str,
) -> Result<Done, Error> {
    let vendor = ctx.vendor(&made.app.vendor)?;
    let secret = super::Secret {
        name: made.app.name,
        label: vendor.secret_label.to_owned(),
        value: made.secret,
        public: Some((vendor.key_label.to_owned(), made.app.key)),
        note: note.to_owned(),
    };
    Ok(Done { message, secret: Some(secret), ..Done::default() })
}
