//! One's own account: signing in and out, the password, the second step, the sessions.

mod door;
mod policy;
mod proof;
pub(super) mod sessions;
pub(super) mod two_steps;

use futures::FutureExt;

use super::{Ctx, gate::Guess, password};
use crate::{
    domain::{
        Error, Result,
        audit::Action,
        desk::{Preferences, show},
        room::Change,
        staff::{Staff, check_password},
    },
    store::NewEntry,
};

pub use door::{Attempt, Entered, Half, second_step, sign_in};
pub use policy::Policy;
pub use proof::confirm;
pub use sessions::{end_other_sessions, end_session, sessions};
pub use two_steps::{Enrolment, Standing, enrolment, renew_recovery_codes, standing, turn_off, turn_on};

/// Changes one's own password; every other session ends.
///
/// # Errors
/// The current password is not right, or the new one is too weak, too common or typed differently the second time;
/// somebody with two steps has not shown lately that it is them: the password alone is not enough then; too many
/// attempts.
pub async fn change_password(
    ctx: &Ctx,
    staff: &Staff,
    passwords: Passwords,
    guess: Guess<'_>,
    session: &str,
) -> Result<()> {
    if staff.totp_since.is_some() {
        ctx.sure()?;
    }
    let Passwords { current, new, again } = passwords;
    check_password(&new, &staff.name).map_err(|why| Error::invalid("new", why))?;
    if password::is_common(&new) {
        return Err(Error::invalid("new", "is one of the passwords that are guessed first; choose another"));
    }
    if new != again {
        return Err(Error::invalid("again", "is not the same as the new password"));
    }
    if new == current {
        return Err(Error::invalid("new", "is the same as the current password"));
    }
    guess.at(&staff.name)?;
    let hash = ctx.store.account(staff.id).await?.map(|account| account.password_hash);
    if !password::verify(current, hash).await? {
        return Err(Error::invalid("current", "is not right"));
    }
    let hash = password::hash(new).await?;
    let (id, keep, entry) = (staff.id, session.to_owned(), note(ctx, Action::PasswordChanged, &staff.name));
    ctx.store
        .write(move |tx| {
            async move {
                tx.put_password(id, &hash, None).await?;
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

/// An audit entry about an account.
pub(super) fn note(ctx: &Ctx, action: Action, about: &str) -> NewEntry {
    let mut entry = ctx.entry(action, None, Vec::new());
    about.clone_into(&mut entry.note);
    entry.operation = None;
    entry
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
