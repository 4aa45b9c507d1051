//! One's own account: signing in and out, the password, the sessions.

use std::net::IpAddr;

use futures::FutureExt;

use super::{Ctx, gate::Gate, password};
use crate::{
    domain::{
        Error, Result, Timestamp,
        audit::{Action, Actor, Source},
        desk::{Preferences, show},
        room::Change,
        staff::{Session, Staff, check_password},
    },
    store::{NewEntry, Store},
};

/// Somebody at the door.
pub struct Attempt<'a> {
    /// Where accounts are kept.
    pub store: &'a Store,
    /// Counts attempts.
    pub gate: &'a Gate,
    /// From where.
    pub address: Option<IpAddr>,
    /// Now.
    pub now: Timestamp,
}

/// Checks a name and a password. Success and refusal are audited.
///
/// # Errors
/// [`Error::Invalid`] with the same words for an unknown name, a wrong password and a disabled account;
/// [`Error::Limit`] after too many attempts.
pub async fn sign_in(attempt: Attempt<'_>, name: &str, given: String) -> Result<Staff> {
    attempt.gate.attempt(name, attempt.address)?;
    let account = attempt.store.account_named(name).await?;
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let fits = password::verify(given, hash).await?;
    let staff = account.map(|account| account.staff).filter(|staff| fits && !staff.disabled);
    let (action, actor) = match &staff {
        Some(staff) => (Action::SignedIn, Actor::Staff(staff.name.clone())),
        // What was typed as a name may be a password: it is cut short and stands in the trail only.
        None => (Action::SignInRefused, Actor::Nobody(name.chars().filter(|c| !c.is_control()).take(64).collect())),
    };
    let (at, id) = (attempt.now, staff.as_ref().map(|staff| staff.id));
    let entry = NewEntry {
        at,
        actor,
        source: Source::Console,
        address: attempt.address.map(|address| address.to_string()).unwrap_or_default(),
        action,
        room: None,
        note: String::new(),
        changes: Vec::new(),
        undo_of: None,
        job: None,
        operation: None,
        call: None,
    };
    attempt
        .store
        .write(move |tx| {
            async move {
                if let Some(id) = id {
                    tx.put_signed_in(id, at).await?;
                }
                tx.append(&entry).await
            }
            .boxed()
        })
        .await?;
    staff.ok_or_else(|| Error::invalid("", "Name or password is not right. Check both and try again."))
}

/// Changes one's own password; every other session ends.
///
/// # Errors
/// The current password is not right, or the new one is too weak or typed differently the second time.
pub async fn change_password(ctx: &Ctx, staff: &Staff, passwords: Passwords, session: &str) -> Result<()> {
    let Passwords { current, new, again } = passwords;
    check_password(&new, &staff.name).map_err(|why| Error::invalid("new", why))?;
    if new != again {
        return Err(Error::invalid("again", "is not the same as the new password"));
    }
    if new == current {
        return Err(Error::invalid("new", "is the same as the current password"));
    }
    let hash = ctx.store.account(staff.id).await?.map(|account| account.password_hash);
    if !password::verify(current, hash).await? {
        return Err(Error::invalid("current", "is not right"));
    }
    let hash = password::hash(new).await?;
    let (id, keep, entry) = (staff.id, session.to_owned(), note(ctx, Action::PasswordChanged, &staff.name));
    ctx.store
        .write(move |tx| {
            async move {
                tx.put_password(id, &hash, false).await?;
                tx.delete_sessions_of(id, &keep).await?;
                tx.append(&entry).await.map(drop)
            }
            .boxed()
        })
        .await
}

/// The three inputs of a change of password.
pub struct Passwords {
    /// The one that is valid now.
    pub current: String,
    /// The one to be.
    pub new: String,
    /// The same again.
    pub again: String,
}

/// One's own sessions, newest first. `current` is the hash of the asking one.
///
/// # Errors
/// The database failed.
pub async fn sessions(ctx: &Ctx, staff: &Staff, current: &str) -> Result<Vec<Session>> {
    let stored = ctx.store.sessions_of(staff.id, ctx.now).await?;
    let session = |stored: crate::store::StoredSession| Session {
        handle: handle(&stored.id_hash),
        device: stored.device,
        address: stored.address,
        created_at: stored.created_at,
        seen_at: stored.seen_at,
        is_current: stored.id_hash == current,
    };
    Ok(stored.into_iter().map(session).collect())
}

/// Ends one of one's own sessions.
///
/// # Errors
/// There is no such session.
pub async fn end_session(ctx: &Ctx, staff: &Staff, wanted: &str) -> Result<()> {
    let stored = ctx.store.sessions_of(staff.id, ctx.now).await?;
    let found = stored.into_iter().find(|session| handle(&session.id_hash) == wanted);
    let found = found.ok_or_else(|| Error::NotFound("That session has ended already.".to_owned()))?;
    let entry = note(ctx, Action::SignedOut, &staff.name);
    ctx.store
        .write(move |tx| {
            async move {
                tx.delete_session(&found.id_hash).await?;
                tx.append(&entry).await.map(drop)
            }
            .boxed()
        })
        .await
}

/// Ends all of one's own sessions but the asking one; returns how many.
///
/// # Errors
/// The database failed.
pub async fn end_other_sessions(ctx: &Ctx, staff: &Staff, current: &str) -> Result<u64> {
    let (id, keep, entry) = (staff.id, current.to_owned(), note(ctx, Action::SignedOut, &staff.name));
    ctx.store
        .write(move |tx| {
            async move {
                let ended = tx.delete_sessions_of(id, &keep).await?;
                if ended > 0 {
                    tx.append(&entry).await?;
                }
                Ok(ended)
            }
            .boxed()
        })
        .await
}

/// An audit entry about an account.
pub(super) fn note(ctx: &Ctx, action: Action, about: &str) -> NewEntry {
    let mut entry = ctx.entry(action, None, Vec::new());
    about.clone_into(&mut entry.note);
    entry.operation = None;
    entry
}

fn handle(id_hash: &str) -> String {
    id_hash.chars().take(16).collect()
}

/// Keeps what somebody has set for themselves; returns whether anything is otherwise now.
///
/// # Errors
/// The database failed.
pub async fn set_preferences(ctx: &Ctx, staff: &Staff, wanted: Preferences) -> Result<bool> {
    let before = &staff.preferences;
    let word = |on: bool| if on { "on" } else { "off" };
    let changes = [
        ("columns", show(&before.columns), show(&wanted.columns)),
        ("density", before.density.key().to_owned(), wanted.density.key().to_owned()),
        ("keys", word(before.keys).to_owned(), word(wanted.keys).to_owned()),
    ];
    let changes = changes.into_iter().filter(|(_, before, after)| before != after);
    let mut entry = note(ctx, Action::PreferencesChanged, &staff.name);
    entry.changes = changes.map(|(name, before, after)| Change::of_text(name, Some(&before), Some(&after))).collect();
    if entry.changes.is_empty() {
        return Ok(false);
    }
    let id = staff.id;
    ctx.store
        .write(move |tx| {
            async move {
                tx.put_preferences(id, &wanted).await?;
                tx.append(&entry).await.map(|_| true)
            }
            .boxed()
        })
        .await
}

/// Notes that somebody signed out.
///
/// # Errors
/// The database failed.
pub async fn signed_out(ctx: &Ctx, staff: &Staff) -> Result<()> {
    let entry = note(ctx, Action::SignedOut, &staff.name);
    ctx.store.write(move |tx| async move { tx.append(&entry).await.map(drop) }.boxed()).await
}
