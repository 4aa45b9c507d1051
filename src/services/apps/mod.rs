//! Apps: making them, what they may do, their secrets, and what they called. For admins and for the command line.

mod allowed;
mod used;

use futures::FutureExt;

use allowed::{allow, differences};

use super::{Ctx, account::note};
pub use crate::domain::app::Allowed;
use crate::{
    domain::{
        Error, Result, Right, Violation,
        app::{self, App, Command, Scope, Signing, View},
        audit::Action,
        room::Change,
    },
    store::{NewApp, NewSecret, Tx},
};
pub use allowed::DEFAULT_ACCOUNT;
pub use used::{Used, get, list};

/// How long a rotated secret may still count, in hours: a month.
pub const LONGEST_HOURS: u32 = 24 * 31;

/// What an app is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// The vendor, by key.
    pub vendor: String,
    /// The public half of its credential; made where it is empty.
    pub key: String,
    /// Its secret, where a back-end has one already that shall go on; made where it is empty.
    pub secret: String,
    /// What it may do.
    pub may: Allowed,
}

/// An app with its secret: shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct Made {
    /// The app.
    pub app: App,
    /// Its secret.
    pub secret: String,
}

/// The app of this name.
///
/// # Errors
/// Not allowed, or no such app.
pub async fn named(ctx: &Ctx, name: &str) -> Result<App> {
    ctx.may(Right::Apps)?;
    ctx.store.app_named(name).await?.ok_or_else(|| Error::NotFound(format!("There is no app {name:?}.")))
}

/// Makes an app. Its secret is returned this once.
///
/// # Errors
/// Not allowed, or not sure enough that it is them; something of what is wanted cannot be; name or key are taken.
pub async fn add(ctx: &Ctx, wanted: Wanted) -> Result<Made> {
    ctx.may(Right::Apps)?;
    ctx.sure()?;
    let vendor = ctx.vendor(&wanted.vendor)?;
    let mut wrong = Vec::new();
    let name = app::check_name(&wanted.name).unwrap_or_else(|why| refuse(&mut wrong, "name", why));
    let made = (vendor.credentials)();
    let key = if wanted.key.trim().is_empty() { made.key } else { wanted.key.trim().to_owned() };
    if let Err(why) = (vendor.check_key)(&key) {
        wrong.push(Violation::new("key", why));
    }
    let secret = if wanted.secret.is_empty() { made.secret } else { wanted.secret };
    if !(8..=256).contains(&secret.len()) || secret.trim() != secret || secret.contains(char::is_control) {
        wrong.push(Violation::new("secret", "must be 8 to 256 characters without blanks at its ends"));
    }
    let mut app = App {
        id: 0,
        name,
        vendor: vendor.key.to_owned(),
        key,
        scope: Scope::Read,
        application: String::new(),
        accounts: Vec::new(),
        rate: None,
        disabled: false,
        created_at: ctx.now,
        old_secret_until: None,
    };
    allow(vendor, &mut app, &wanted.may, &mut wrong);
    if !wrong.is_empty() {
        return Err(Error::Invalid(wrong));
    }
    let new = NewApp { app, secret };
    let mut entry = note(ctx, Action::AppAdded, &new.app.name);
    entry.changes = differences(None, &new.app);
    ctx.store
        .write(move |tx| {
            async move {
                let mut made = Made { app: new.app.clone(), secret: new.secret.clone() };
                let (name_taken, key_taken) = tx.app_taken(&made.app.name, &made.app.vendor, &made.app.key).await?;
                if name_taken {
                    return Err(Error::invalid("name", "is another app's; choose another"));
                }
                if key_taken {
                    return Err(Error::invalid("key", "is another app's; choose another, or leave it empty"));
                }
                made.app.id = tx.insert_app(&new).await?;
                tx.append(&entry).await?;
                Ok(made)
            }
            .boxed()
        })
        .await
}

/// Changes what an app may do, effective at its next call.
///
/// # Errors
/// Not allowed, or not sure enough that it is them; no such app; something of what is wanted cannot be.
pub async fn change(ctx: &Ctx, id: i64, may: Allowed) -> Result<App> {
    let known = ctx.settings.vendors;
    edit(ctx, id, move |app| {
        let mut wrong = Vec::new();
        match known.iter().find(|vendor| vendor.key == app.vendor) {
            Some(vendor) => allow(vendor, app, &may, &mut wrong),
            None => wrong.push(Violation::new("vendor", "is not one that this house speaks any more")),
        }
        if wrong.is_empty() { Ok(()) } else { Err(Error::Invalid(wrong)) }
    })
    .await
}

/// Keeps an app out, or lets it in again, effective at its next call.
///
/// # Errors
/// Not allowed, or not sure enough that it is them; no such app.
pub async fn set_disabled(ctx: &Ctx, id: i64, disabled: bool) -> Result<App> {
    edit(ctx, id, move |app| {
        app.disabled = disabled;
        Ok(())
    })
    .await
}

/// Gives an app a new secret, returned this once. The one before counts for some hours more; with 0 it ends at once. A
/// secret from an earlier rotation that still counted ends now.
///
/// # Errors
/// Not allowed, or not sure enough that it is them; no such app; too many hours.
pub async fn rotate(ctx: &Ctx, id: i64, hours: u32) -> Result<Made> {
    ctx.may(Right::Apps)?;
    ctx.sure()?;
    if hours > LONGEST_HOURS {
        return Err(Error::invalid("hours", format!("must be at most {LONGEST_HOURS}, which is a month")));
    }
    let (ctx, store) = (ctx.clone(), ctx.store.clone());
    store
        .write(move |tx| {
            async move {
                let mut app = app_of(tx, id).await?;
                let secret = (ctx.vendor(&app.vendor)?.credentials)().secret;
                let old_until = ctx.now.plus(i64::from(hours) * 3_600_000);
                let new = NewSecret { secret: secret.clone(), old_until };
                tx.put_secret(&app, &new).await?;
                app.old_secret_until = Some(old_until);
                let mut entry = note(&ctx, Action::AppRotated, &app.name);
                entry.changes.push(Change::of_text("old_secret_until", None, Some(&old_until.rfc3339())));
                tx.append(&entry).await?;
                Ok(Made { app, secret })
            }
            .boxed()
        })
        .await
}

/// Each possible change of a room as a command for a shell, signed with an app's secret, which some vendors' commands
/// hold as it is. `base` is where the vendor's API is.
///
/// # Errors
/// Not allowed, or not sure enough that it is them; no such app, or it is disabled.
pub async fn commands(ctx: &Ctx, app: i64, base: &str, view: &View) -> Result<Vec<Command>> {
    ctx.may(Right::Apps)?;
    ctx.sure()?;
    let found = ctx.store.app(app, ctx.now).await?;
    let found = found.filter(|found| !found.app.disabled).ok_or_else(no_app)?;
    let vendor = ctx.vendor(&found.app.vendor)?;
    let Some(secret) = found.secrets.first() else { return Err(no_app()) };
    let signing = Signing { base, app: &found.app, secret, staff: ctx.actor.name(), now: ctx.now };
    Ok((vendor.commands)(&signing, view))
}

async fn edit<F>(ctx: &Ctx, id: i64, edit: F) -> Result<App>
where
    F: FnOnce(&mut App) -> Result<()> + Send + 'static,
{
    ctx.may(Right::Apps)?;
    // What an app may do is what whoever has its secret may do.
    ctx.sure()?;
    let (ctx, store) = (ctx.clone(), ctx.store.clone());
    store
        .write(move |tx| {
            async move {
                let before = app_of(tx, id).await?;
                let mut app = before.clone();
                edit(&mut app)?;
                let mut entry = note(&ctx, Action::AppChanged, &app.name);
                entry.changes = differences(Some(&before), &app);
                if !entry.changes.is_empty() {
                    tx.update_app(&app).await?;
                    tx.append(&entry).await?;
                }
                Ok(app)
            }
            .boxed()
        })
        .await
}

async fn app_of(tx: &mut Tx, id: i64) -> Result<App> {
    tx.app(id).await?.ok_or_else(no_app)
}

fn no_app() -> Error {
    Error::NotFound("There is no such app.".to_owned())
}

fn refuse(wrong: &mut Vec<Violation>, input: &str, why: String) -> String {
    wrong.push(Violation::new(input, why));
    String::new()
}
