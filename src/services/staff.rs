//! Staff accounts: who may sign in, and with what rights. For admins and for the command line.

use futures::FutureExt;

use super::{Ctx, account::note, password};
use crate::{
    domain::{
        Error, Result, Right, Role,
        audit::{Action, Actor},
        room::Change,
        staff::{Staff, check_name},
    },
    store::{NewStaff, Tx},
};

/// A name with its one-time password: shown once, never kept.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTime {
    /// What they sign in with.
    pub name: String,
    /// Good until it is changed, which the first sign-in asks for.
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

/// Makes an account with a one-time password.
///
/// # Errors
/// Not allowed; the name cannot be used or is taken.
pub async fn add(ctx: &Ctx, name: &str, role: Role) -> Result<OneTime> {
    ctx.may(Right::Staff)?;
    let name = check_name(name).map_err(|why| Error::invalid("name", why))?;
    let password = password::one_time();
    let new =
        NewStaff { name: name.clone(), role, password_hash: password::hash(password.clone()).await?, now: ctx.now };
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
/// Not allowed; no such account; it is one's own; it is the last admin.
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
/// Not allowed; no such account; it is one's own; it is the last admin.
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
/// Not allowed; no such account.
pub async fn reset_password(ctx: &Ctx, id: i64) -> Result<OneTime> {
    ctx.may(Right::Staff)?;
    let password = password::one_time();
    let hash = password::hash(password.clone()).await?;
    let ctx = ctx.clone();
    let store = ctx.store.clone();
    let name = store
        .write(move |tx| {
            async move {
                let staff = staff_of(tx, id).await?;
                tx.put_password(id, &hash, true).await?;
                tx.delete_sessions_of(id, "").await?;
                tx.append(&note(&ctx, Action::PasswordChanged, &staff.name)).await?;
                Ok(staff.name)
            }
            .boxed()
        })
        .await?;
    Ok(OneTime { name, password })
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
    account.map(|account| account.staff).ok_or_else(|| Error::NotFound("There is no such account.".to_owned()))
}
