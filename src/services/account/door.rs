//! The door: a name and a password, and for those who have set it up a second step.
//!
//! Between the steps nobody is signed in. What the first one leaves is a [`Half`]: kept in the browser's session, good
//! for five minutes, and only as long as the password is still the same.

use std::net::IpAddr;

use futures::FutureExt;
use serde::{Deserialize, Serialize};

use super::proof::{self, Proof};
use crate::{
    domain::{
        Error, Result, Timestamp,
        audit::{Action, Actor, Source},
        staff::Staff,
    },
    services::{gate::Gate, password, secret},
    store::{Account, NewEntry, Store},
};

/// How long after the first step the second may follow, in milliseconds.
const BETWEEN: i64 = 5 * 60 * 1000;

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

/// What a name and a password came to.
pub enum Entered {
    /// They are in.
    In(Staff),
    /// A second step has to follow.
    Half(Half),
}

/// The first step's proof. Whoever holds it knew the password; that is all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Half {
    staff: i64,
    at: Timestamp,
    /// Of the password that was given: another one since makes the proof worth nothing.
    mark: String,
}

/// Checks a name and a password. Success without a second step, and refusal, are audited.
///
/// # Errors
/// [`Error::Invalid`] with the same words for an unknown name, a wrong password, a one-time password that was not used in
/// time and a disabled account;
/// [`Error::Limit`] after too many attempts.
pub async fn sign_in(attempt: Attempt<'_>, name: &str, given: String) -> Result<Entered> {
    attempt.gate.attempt(name, attempt.address)?;
    let account = attempt.store.account_named(name).await?;
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let fits = password::verify(given, hash).await?;
    let is_late = |account: &Account| account.staff.has_expired(attempt.now);
    // At the door nobody learns why; an admin who is asked finds it in the trail.
    let why = if fits && account.as_ref().is_some_and(is_late) { "the one-time password had expired" } else { "" };
    let may = |account: &Account| fits && !account.staff.disabled && !is_late(account);
    let Some(account) = account.filter(may) else {
        // What was typed as a name may be a password: it is cut short and stands in the trail only.
        let name = name.chars().filter(|c| !c.is_control()).take(64).collect();
        attempt.note(entry(&attempt, Action::SignInRefused, Actor::Nobody(name), why)).await?;
        return Err(Error::invalid("", "Name or password is not right. Check both and try again."));
    };
    if account.staff.totp_since.is_some() {
        return Ok(Entered::Half(Half { staff: account.staff.id, at: attempt.now, mark: mark(&account) }));
    }
    attempt.let_in(account.staff, None).await.map(Entered::In)
}

/// Checks the second step's code: that of the app, or a recovery code. Success and refusal are audited.
///
/// # Errors
/// [`Error::Unauthenticated`] where the first step is too long ago or counts no more; [`Error::Invalid`] for a wrong
/// code and for one that was used before; [`Error::Limit`] after too many attempts.
pub async fn second_step(attempt: Attempt<'_>, half: &Half, given: &str) -> Result<Staff> {
    let account = attempt.store.account(half.staff).await?;
    let is_good = |account: &Account| !account.staff.disabled && mark(account) == half.mark;
    let is_fresh = (0..=BETWEEN).contains(&(attempt.now.0 - half.at.0));
    let account = account.filter(|account| is_fresh && is_good(account)).ok_or(Error::Unauthenticated)?;
    let staff = account.staff;
    attempt.gate.attempt(&staff.name, attempt.address)?;
    match proof::read(attempt.store, &staff, given, attempt.now).await? {
        Some(proof) => attempt.let_in(staff, Some(proof)).await,
        None => {
            let who = Actor::Nobody(staff.name);
            attempt.note(entry(&attempt, Action::SignInRefused, who, "the second step")).await?;
            Err(Error::invalid("code", proof::WRONG))
        }
    }
}

impl Attempt<'_> {
    /// Notes that somebody signed in, and spends the code that they came with.
    async fn let_in(&self, staff: Staff, proof: Option<Proof>) -> Result<Staff> {
        let note = proof.as_ref().map_or("", Proof::note);
        let entry = entry(self, Action::SignedIn, Actor::Staff(staff.name.clone()), note);
        let (id, at) = (staff.id, self.now);
        self.store
            .write(move |tx| {
                async move {
                    if let Some(proof) = &proof
                        && !proof.spend(tx, id).await?
                    {
                        return Err(Error::invalid("code", proof::SPENT));
                    }
                    tx.put_signed_in(id, at).await?;
                    tx.append(&entry).await.map(drop)
                }
                .boxed()
            })
            .await?;
        Ok(staff)
    }

    async fn note(&self, entry: NewEntry) -> Result<()> {
        self.store.write(move |tx| async move { tx.append(&entry).await.map(drop) }.boxed()).await
    }
}

fn entry(attempt: &Attempt<'_>, action: Action, actor: Actor, note: &str) -> NewEntry {
    NewEntry {
        at: attempt.now,
        actor,
        source: Source::Console,
        address: attempt.address.map(|address| address.to_string()).unwrap_or_default(),
        action,
        room: None,
        note: note.to_owned(),
        changes: Vec::new(),
        undo_of: None,
        job: None,
        operation: None,
        call: None,
    }
}

/// Tells one password's hash from another's, and nothing else.
fn mark(account: &Account) -> String {
    secret::hash(&account.password_hash)
}
