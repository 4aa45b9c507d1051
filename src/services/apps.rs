//! Apps: making them, what they may do, their secrets, and what they called. For admins and for the command line.

use std::collections::BTreeMap;

use futures::FutureExt;

use super::{Ctx, account::note, secret};
use crate::{
    domain::{
        Error, Result, Right, Timestamp, Violation,
        app::{self, About, App, Command, Scope, Signing, Tally, View},
        audit::Action,
        client::ClientId,
        room::{Change, Value},
    },
    store::{NewApp, NewSecret, Tx},
};

pub use crate::domain::app::Allowed;

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

/// An app and what it called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    /// The app.
    pub app: App,
    /// Its calls by their end, the last first.
    pub tallies: Vec<Tally>,
}

impl Used {
    /// How many calls were refused, or were not.
    pub fn many(&self, refused: bool) -> u64 {
        let of_that_end = self.tallies.iter().filter(|tally| tally.refused == refused);
        of_that_end.map(|tally| tally.many.unsigned_abs()).sum()
    }

    /// When it last called. What came with its key but was not let in may be anybody's, and names no action.
    pub fn last_at(&self) -> Option<Timestamp> {
        self.tallies.iter().filter(|tally| !tally.action.is_empty()).map(|tally| tally.last_at).max()
    }
}

/// All apps, by vendor and name, with what they called; what nobody's app called is not there.
///
/// # Errors
/// Not allowed.
pub async fn list(ctx: &Ctx) -> Result<Vec<Used>> {
    ctx.may(Right::Apps)?;
    let mut calls: BTreeMap<i64, Vec<Tally>> = BTreeMap::new();
    for (app, tally) in ctx.store.calls().await? {
        calls.entry(app).or_default().push(tally);
    }
    let apps = ctx.store.apps().await?.into_iter();
    Ok(apps.map(|app| Used { tallies: calls.remove(&app.id).unwrap_or_default(), app }).collect())
}

/// One app and what it called.
///
/// # Errors
/// Not allowed, or no such app.
pub async fn get(ctx: &Ctx, id: i64) -> Result<Used> {
    list(ctx).await?.into_iter().find(|used| used.app.id == id).ok_or_else(no_app)
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
/// Not allowed; something of what is wanted cannot be; name or key are taken.
pub async fn add(ctx: &Ctx, wanted: Wanted) -> Result<Made> {
    ctx.may(Right::Apps)?;
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
    let new = NewApp { app, secret_hash: secret::hash(&secret), secret };
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
/// Not allowed; no such app; something of what is wanted cannot be.
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
/// Not allowed, or no such app.
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
/// Not allowed; no such app; too many hours.
pub async fn rotate(ctx: &Ctx, id: i64, hours: u32) -> Result<Made> {
    ctx.may(Right::Apps)?;
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
                let new = NewSecret { secret: secret.clone(), secret_hash: secret::hash(&secret), old_until };
                tx.put_secret(id, &new).await?;
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

/// Each possible change of a room as a command for a shell, signed with an app's secret. `base` is where the vendor's
/// API is.
///
/// # Errors
/// Not allowed; no such app, or it is disabled.
pub async fn commands(ctx: &Ctx, app: i64, base: &str, view: &View) -> Result<Vec<Command>> {
    ctx.may(Right::Apps)?;
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

/// Writes what an app may do, where it can be read.
fn allow(vendor: &About, app: &mut App, may: &Allowed, wrong: &mut Vec<Violation>) {
    match Scope::parse(&may.scope) {
        Some(scope) => app.scope = scope,
        None => wrong.push(Violation::new("scope", "is not one that we know")),
    }
    app.application = app::check_application(&may.application).unwrap_or_else(|why| refuse(wrong, "application", why));
    match app::parse_rate(&may.rate) {
        Ok(rate) => app.rate = rate,
        Err(why) => wrong.push(Violation::new("rate", why)),
    }
    app.accounts.clear();
    for account in may.accounts.split([',', '，', '、']).map(str::trim).filter(|account| !account.is_empty()) {
        match ClientId::parse(account) {
            Ok(account) if app.accounts.contains(&account.to_string()) => {}
            Ok(account) => app.accounts.push(account.to_string()),
            Err(why) => wrong.push(Violation::new("accounts", format!("has {account:?}, which {why}"))),
        }
    }
    match vendor.accounts_label {
        None if !app.accounts.is_empty() => {
            wrong.push(Violation::new("accounts", format!("mean nothing to {}; leave them out", vendor.name)));
        }
        Some(_) if app.accounts.is_empty() => app.accounts.push(DEFAULT_ACCOUNT.to_owned()),
        _ => {}
    }
    if app.accounts.len() > 20 {
        wrong.push(Violation::new("accounts", "are too many: at most 20"));
    }
}

/// Who may act where a vendor asks for accounts and none was named.
pub const DEFAULT_ACCOUNT: &str = "administrator";

/// What differs between an app before and after; its secret is no part of it.
fn differences(before: Option<&App>, after: &App) -> Vec<Change> {
    let text = |text: &str| (!text.is_empty()).then(|| Value::Text(text.to_owned()));
    let words = |words: &[String]| (!words.is_empty()).then(|| Value::Words(words.to_vec()));
    let parts = |app: &App| {
        [
            ("vendor", text(&app.vendor)),
            ("key", text(&app.key)),
            ("scope", text(app.scope.key())),
            ("application", text(&app.application)),
            ("accounts", words(&app.accounts)),
            ("rate", app.rate.map(|rate| Value::Number(i64::from(rate)))),
            ("app", text(if app.disabled { "disabled" } else { "enabled" })),
        ]
    };
    let before = before.map(parts);
    let mut changes = Vec::new();
    for (n, (field, after)) in parts(after).into_iter().enumerate() {
        let before = before.as_ref().and_then(|before| before.get(n)).and_then(|(_, value)| value.clone());
        if before != after {
            changes.push(Change { field: field.to_owned(), before, after });
        }
    }
    changes
}
