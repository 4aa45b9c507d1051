//! Staff accounts: who may sign in, and with what rights. For admins and for the command line.

use futures::FutureExt;

use super::{
    Ctx,
    account::{self, note},
    password,
};
use crate::{
    domain::{
        Error, Result, Right, Role,
        audit::{Action, Actor},
        room::Change,
        staff::{Session, Staff, check_name},
    },
    store::{NewStaff, Tx},
};

/// A name with its one-time password: shown once, never kept.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTime {
    /// What they sign in with.
    pub name: String,
    /// Good for [`ONE_TIME_HOURS`](crate::domain::staff::ONE_TIME_HOURS), or until it is changed, which the first sign-in
    /// asks for.
    pub password: String,
}

/// All accounts, by name.
///
/// # Errors
/// Not allowed.
pub async fn list(ctx: &Ctx) -> Result<Vec<Staff>> {
    ctx.may(Right::Staff)?;
    ctx.store.staff().await
}

/// One account.
///
/// # Errors
/// Not allowed, or no such account.
pub async fn get(ctx: &Ctx, id: i64) -> Result<Staff> {
    ctx.may(Right::Staff)?;
    ctx.store.account(id).await?.map(|account| account.staff).ok_or_else(no_account)
}

/// Makes an account with a one-time password.
///
/// # Errors
/// Not allowed, or not sure enough that it is them; the name cannot be used or is taken.
pub async fn add(ctx: &Ctx, name: &str, role: Role) -> Result<OneTime> {
    ctx.may(Right::Staff)?;
    ctx.sure()?;
    let name = check_name(name).map_err(|why| Error::invalid("name", why))?;
    let password = password::one_time();
    let new = NewStaff {
        name: name.clone(),
        role,
        password_hash: password::hash(password.clone()).await?,
        one_time_until: password::one_time_until(ctx.now),
        now: ctx.now,
    };
    let mut entry = note(ctx, Action::StaffAdded, &name);
    entry.changes.push(Change::of_text("role", None, Some(role.key())));
    ctx.store
        .write(move |tx| {
            async move {
                if tx.account_named(&new.name).await?.is_some() {
                    return Err(Error::invalid("name", "is taken; choose another"));
                }
                tx.insert_staff(&new).await?;
                tx.append(&entry).await.map(drop)
            }
            .boxed()
        })
        .await?;
    Ok(OneTime { name, password })
}

/// Gives an account another role, effective at its next request.
///
/// # Errors
/// Not allowed, or not sure enough that it is them; no such account; it is one's own; it is the last admin.
pub async fn change_role(ctx: &Ctx, id: i64, role: Role) -> Result<Staff> {
    change(ctx, id, "role", move |staff| {
        let before = std::mem::replace(&mut staff.role, role);
        Change::of_text("role", Some(before.key()), Some(role.key()))
    })
    .await
}

/// Keeps an account out, or lets it in again. Its sessions end at once.
///
/// # Errors
/// Not allowed, or not sure enough that it is them; no such account; it is one's own; it is the last admin.
pub async fn set_disabled(ctx: &Ctx, id: i64, disabled: bool) -> Result<Staff> {
    change(ctx, id, "account", move |staff| {
        let word = |disabled| if disabled { "disabled" } else { "enabled" };
        let before = std::mem::replace(&mut staff.disabled, disabled);
        Change::of_text("account", Some(word(before)), Some(word(disabled)))
    })
    .await
}

/// Gives an account a one-time password; its sessions end.
///
/// # Errors
/// Not allowed, or not sure enough that it is them; no such account.
pub async fn reset_password(ctx: &Ctx, id: i64) -> Result<OneTime> {
    ctx.may(Right::Staff)?;
    ctx.sure()?;
    let password = password::one_time();
    let hash = password::hash(password.clone()).await?;
    let ctx = ctx.clone();
    let store = ctx.store.clone();
    let name = store
        .write(move |tx| {
            async move {
                let staff = staff_of(tx, id).await?;
                tx.put_password(id, &hash, Some(password::one_time_until(ctx.now))).await?;
                tx.delete_sessions_of(id, "").await?;
                tx.append(&note(&ctx, Action::PasswordChanged, &staff.name)).await?;
                Ok(staff.name)
            }
            .boxed()
        })
        .await?;
    Ok(OneTime { name, password })
}

/// Takes somebody's second step away, whose phone is lost; their sessions end.
///
/// # Errors
/// Not allowed, or not sure enough that it is them; no such account; it has no second step.
pub async fn reset_totp(ctx: &Ctx, id: i64) -> Result<Staff> {
    ctx.may(Right::Staff)?;
    ctx.sure()?;
    let (ctx, store) = (ctx.clone(), ctx.store.clone());
    store
        .write(move |tx| {
            async move {
                let staff = staff_of(tx, id).await?;
                let entry = note(&ctx, Action::TotpOff, &staff.name);
                account::two_steps::take_away(tx, id, "", &entry).await?;
                Ok(staff)
            }
            .boxed()
        })
        .await
}

/// Somebody's sessions, newest first. `current` is the hash of the asking one.
///
/// # Errors
/// Not allowed.
pub async fn sessions(ctx: &Ctx, staff: &Staff, current: &str) -> Result<Vec<Session>> {
    ctx.may(Right::Staff)?;
    account::sessions(ctx, staff, current).await
}

/// Ends one of somebody's sessions.
///
/// # Errors
/// Not allowed, or not sure enough that it is them; no such account, or no such session.
pub async fn end_session(ctx: &Ctx, id: i64, wanted: &str) -> Result<Staff> {
    ctx.may(Right::Staff)?;
    ctx.sure()?;
    let staff = get(ctx, id).await?;
    account::sessions::end(ctx, &staff, wanted).await?;
    Ok(staff)
}

/// Ends all of somebody's sessions, but not the asking one; returns how many.
///
/// # Errors
/// Not allowed, or not sure enough that it is them; no such account.
pub async fn end_sessions(ctx: &Ctx, id: i64, current: &str) -> Result<(Staff, u64)> {
    ctx.may(Right::Staff)?;
    ctx.sure()?;
    let staff = get(ctx, id).await?;
    let ended = account::sessions::end_all(ctx, &staff, current).await?;
    Ok((staff, ended))
}

/// The account of this name.
///
/// # Errors
/// Not allowed, or no such account.
pub async fn named(ctx: &Ctx, name: &str) -> Result<Staff> {
    ctx.may(Right::Staff)?;
    let account = ctx.store.account_named(name).await?;
    account.map(|account| account.staff).ok_or_else(|| Error::NotFound(format!("There is no account {name:?}.")))
}

async fn change<F>(ctx: &Ctx, id: i64, input: &'static str, edit: F) -> Result<Staff>
where
    F: FnOnce(&mut Staff) -> Change + Send + 'static,
{
    ctx.may(Right::Staff)?;
    ctx.sure()?;
    let ctx = ctx.clone();
    let store = ctx.store.clone();
    store
        .write(move |tx| {
            async move {
                let mut staff = staff_of(tx, id).await?;
                if ctx.actor == Actor::Staff(staff.name.clone()) {
                    return Err(Error::invalid(input, "is your own; ask another admin to change it"));
                }
                let change = edit(&mut staff);
                if change.before == change.after {
                    return Ok(staff);
                }
                tx.update_staff(&staff).await?;
                if tx.active_admins().await? == 0 {
                    return Err(Error::invalid(input, "is the last admin's; make another admin first"));
                }
                if staff.disabled {
                    tx.delete_sessions_of(id, "").await?;
                }
                let mut entry = note(&ctx, Action::StaffChanged, &staff.name);
                entry.changes.push(change);
                tx.append(&entry).await?;
                Ok(staff)
            }
            .boxed()
        })
        .await
}

async fn staff_of(tx: &mut Tx, id: i64) -> Result<Staff> {
    let account = tx.account(id).await?;
    account.map(|account| account.staff).ok_or_else(no_account)
}

fn no_account() -> Error {
    Error::NotFound("There is no such account.".to_owned())
}
