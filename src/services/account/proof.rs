//! Proofs of who somebody is, once they have an account: the code of their app, a recovery code, or the password.

use futures::FutureExt;

use super::note;
use crate::{
    domain::{Error, Result, Timestamp, audit::Action, staff::Staff},
    services::{Ctx, gate::Guess, password, secret, totp},
    store::{Store, Tx, fold::fold},
};

/// Why a code was refused.
pub(super) const WRONG: &str =
    "is not right. Look at the code that your app shows now; a phone whose clock is wrong shows wrong codes";
/// Why a right code was refused.
pub(super) const SPENT: &str = "was used already, and each counts once; wait for your app's next one";

/// A code that is right, if nobody was quicker with it.
pub(super) enum Proof {
    /// The app's: the step, and the key as it is kept.
    Step(i64, String),
    /// A recovery code, as it is kept.
    Recovery(String),
}

impl Proof {
    /// What the audit trail says of it.
    pub(super) const fn note(&self) -> &'static str {
        match self {
            Self::Step(..) => "",
            Self::Recovery(_) => "with a recovery code",
        }
    }

    /// Makes it count, once; returns whether it did.
    pub(super) async fn spend(&self, tx: &mut Tx, staff: i64) -> Result<bool> {
        match self {
            Self::Step(step, key) => tx.spend_step(staff, *step, key).await,
            Self::Recovery(hash) => tx.spend_recovery_code(staff, hash).await,
        }
    }
}

/// What a code that somebody gave proves; nothing where it is wrong.
pub(super) async fn read(store: &Store, staff: &Staff, given: &str, now: Timestamp) -> Result<Option<Proof>> {
    let given = plain(given);
    let Some(kept) = store.totp(staff.id).await? else { return Ok(None) };
    if given.len() != totp::DIGITS {
        let hash = secret::hash(&given);
        return Ok(store.has_recovery_code(staff.id, &hash).await?.then_some(Proof::Recovery(hash)));
    }
    let key = store.unseal(&place(staff.id), &kept.secret).await?;
    Ok(totp::step_of(&key, &given, now).map(|step| Proof::Step(step, kept.secret)))
}

/// A code without what people put between its letters, in whatever width they typed it.
pub(super) fn plain(given: &str) -> String {
    fold(given).chars().filter(char::is_ascii_alphanumeric).take(64).collect()
}

/// What a key is sealed as; a rotation of keys goes by the same words (`store`).
pub(super) fn place(staff: i64) -> String {
    format!("totp key of staff {staff}")
}

/// Somebody who is signed in shows once more that it is them: with a code where they have two steps, with the password
/// otherwise. Success and refusal are audited.
///
/// # Errors
/// [`Error::Invalid`] at `proof` where it is wrong; [`Error::Limit`] after too many attempts.
pub async fn confirm(ctx: &Ctx, staff: &Staff, guess: Guess<'_>, given: String) -> Result<()> {
    if given.is_empty() {
        return Err(Error::invalid("proof", "is empty; it is needed to go on"));
    }
    guess.at(&staff.name)?;
    let (proof, fits, wrong) = if staff.totp_since.is_some() {
        let proof = read(&ctx.store, staff, &given, ctx.now).await?;
        let fits = proof.is_some();
        (proof, fits, WRONG)
    } else {
        let hash = ctx.store.account(staff.id).await?.map(|account| account.password_hash);
        (None, password::verify(given, hash).await?, "is not right")
    };
    let action = if fits { Action::Confirmed } else { Action::ConfirmRefused };
    let (id, mut entry) = (staff.id, note(ctx, action, &staff.name));
    if let Some(Proof::Recovery(_)) = &proof {
        entry.note.push_str(", with a recovery code");
    }
    ctx.store
        .write(move |tx| {
            async move {
                if let Some(proof) = &proof
                    && !proof.spend(tx, id).await?
                {
                    return Err(Error::invalid("proof", SPENT));
                }
                tx.append(&entry).await.map(drop)
            }
            .boxed()
        })
        .await?;
    if fits { Ok(()) } else { Err(Error::invalid("proof", wrong)) }
}
