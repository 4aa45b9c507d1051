//! Two-step sign-in: setting it up, its recovery codes, and turning it off.
//!
//! While it is set up nothing is kept: the page shows a new key, and its form carries the key sealed for this account, so
//! that a mistyped code does not mean scanning another.

use futures::FutureExt;

use super::{
    note,
    proof::{WRONG, place, plain},
};
use crate::{
    domain::{
        Error, Result, Timestamp,
        audit::Action,
        staff::{Duty, Staff},
    },
    services::{Ctx, random_of, secret, totp},
    store::{NewEntry, StoredTotp, Tx},
};

/// How many recovery codes somebody has.
pub const CODES: usize = 10;
/// Characters of a recovery code: 24 of 31, 118 bits, so that a plain hash keeps it (ASVS 6.5.2 asks 112).
const CODE: usize = 24;
/// Letters and digits that are told apart on paper, in one case.
const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// A key to be taken into an app.
pub struct Enrolment {
    /// Sealed, for the form to carry.
    pub sealed: String,
    /// As it is typed.
    pub key: String,
    /// As it is scanned.
    pub address: String,
}

/// How somebody's second step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Since when there is one.
    pub since: Timestamp,
    /// Recovery codes that are left.
    pub codes: i64,
}

/// How one's own second step stands; nothing where there is none.
///
/// # Errors
/// The database failed.
pub async fn standing(ctx: &Ctx, staff: &Staff) -> Result<Option<Standing>> {
    let Some(kept) = ctx.store.totp(staff.id).await? else { return Ok(None) };
    Ok(Some(Standing { since: kept.since, codes: ctx.store.recovery_codes(staff.id).await? }))
}

/// A new key, or the one that a form carried along. `house` is where the house is, as the app shall call it.
pub fn enrolment(ctx: &Ctx, staff: &Staff, house: &str, carried: Option<&str>) -> Enrolment {
    let (keys, place) = (ctx.store.keys(), place(staff.id));
    let known = carried.and_then(|sealed| Some((sealed.to_owned(), keys.open(&place, sealed).ok()?)));
    let (sealed, key) = known.unwrap_or_else(|| {
        let key = totp::new_key();
        (keys.seal(&place, &key), key.to_vec())
    });
    Enrolment { sealed, key: totp::base32(&key), address: totp::address(&key, house, &staff.name) }
}

/// Sets up a second step with a key and a code that shows that an app has it. All other sessions end. Returns the
/// recovery codes, this once.
///
/// # Errors
/// Not sure enough that it is them; there is one already; the key is no key of this account; the code is not right.
pub async fn turn_on(ctx: &Ctx, staff: &Staff, sealed: &str, code: &str, session: &str) -> Result<Vec<String>> {
    ctx.sure()?;
    let (keys, place) = (ctx.store.keys(), place(staff.id));
    let old = |_| Error::invalid("", "This key is too old. A new one is shown: take that into your app.");
    let key = keys.open(&place, sealed).map_err(old)?;
    let step = totp::step_of(&key, &plain(code), ctx.now).ok_or_else(|| Error::invalid("digits", WRONG))?;
    let mut totp = StoredTotp { secret: String::new(), step, since: ctx.now };
    let codes = new_codes();
    let (id, hashes, entry, keep) =
        (staff.id, hashes(&codes), note(ctx, Action::TotpOn, &staff.name), session.to_owned());
    ctx.store
        .write(move |tx| {
            async move {
                totp.secret = tx.seal(&place, &key).await?;
                if !tx.insert_totp(id, &totp).await? {
                    return Err(Error::Exists("Two-step sign-in is on already; turn it off first.".to_owned()));
                }
                tx.put_recovery_codes(id, &hashes).await?;
                tx.delete_sessions_of(id, &keep).await?;
                tx.append(&entry).await.map(drop)
            }
            .boxed()
        })
        .await?;
    Ok(codes)
}

/// Makes new recovery codes in place of the old ones; returns them, this once.
///
/// # Errors
/// Not sure enough that it is them; they have no second step.
pub async fn renew_recovery_codes(ctx: &Ctx, staff: &Staff) -> Result<Vec<String>> {
    ctx.sure()?;
    if staff.totp_since.is_none() {
        return Err(no_second_step());
    }
    let codes = new_codes();
    let (id, hashes, entry) = (staff.id, hashes(&codes), note(ctx, Action::RecoveryRenewed, &staff.name));
    ctx.store
        .write(move |tx| {
            async move {
                tx.put_recovery_codes(id, &hashes).await?;
                tx.append(&entry).await.map(drop)
            }
            .boxed()
        })
        .await?;
    Ok(codes)
}

/// Turns one's own second step off. All other sessions end.
///
/// # Errors
/// Not sure enough that it is them; there is none; their role needs it.
pub async fn turn_off(ctx: &Ctx, staff: &Staff, session: &str) -> Result<()> {
    ctx.sure()?;
    if ctx.settings.policy.two_steps.contains(&staff.role) {
        return Err(Error::Forbidden(Duty::Totp.reason().to_owned()));
    }
    let (id, keep, entry) = (staff.id, session.to_owned(), note(ctx, Action::TotpOff, &staff.name));
    ctx.store.write(move |tx| async move { take_away(tx, id, &keep, &entry).await }.boxed()).await
}

/// Takes somebody's second step away; their sessions but `keep` end.
pub(in crate::services) async fn take_away(tx: &mut Tx, staff: i64, keep: &str, entry: &NewEntry) -> Result<()> {
    if !tx.delete_totp(staff).await? {
        return Err(no_second_step());
    }
    tx.delete_sessions_of(staff, keep).await?;
    tx.append(entry).await.map(drop)
}

fn no_second_step() -> Error {
    Error::Exists("Two-step sign-in is off already.".to_owned())
}

fn new_codes() -> Vec<String> {
    let grouped = |code: String| {
        let groups: Vec<&str> = code.as_bytes().chunks(4).filter_map(|four| std::str::from_utf8(four).ok()).collect();
        groups.join("-")
    };
    (0..CODES).map(|_| grouped(random_of(LETTERS, CODE))).collect()
}

fn hashes(codes: &[String]) -> Vec<String> {
    codes.iter().map(|code| secret::hash(&plain(code))).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_code_has_112_bits_and_more_every_letter_of_them_by_chance_and_none_comes_twice() {
        let bits = CODE as f64 * (LETTERS.len() as f64).log2();
        assert!(bits >= 112.0, "{bits}");
        assert_eq!(LETTERS.iter().collect::<BTreeSet<_>>().len(), LETTERS.len(), "each letter once");
        let codes: Vec<String> = (0..400).flat_map(|_| new_codes()).map(|code| plain(&code)).collect();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 400 * CODES);
        for place in 0..CODE {
            let mut many = [0_u32; 256];
            for code in &codes {
                assert_eq!(code.len(), CODE);
                many[usize::from(code.as_bytes()[place])] += 1;
            }
            // 129 of each are to be expected; with 7 deviations to both sides a run in a hundred million fails by chance.
            let drawn = LETTERS.iter().map(|&letter| many[usize::from(letter)]);
            assert!(
                drawn.clone().sum::<u32>() == 4_000 && drawn.clone().all(|many| (51..=207).contains(&many)),
                "{place}"
            );
        }
    }
}
