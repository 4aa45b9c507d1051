//! Saved views of the room list: everybody has their own, and moderators and admins may share theirs with everybody.
//!
//! A shared view is changed by who made it and by admins. What happens to a shared view is told in the audit trail word
//! by word; of a private one only that it happened, because everybody reads the trail.

use futures::FutureExt;

use super::{Ctx, account::note};
use crate::{
    domain::{
        Error, Result, Right,
        audit::Action,
        desk::{QUERY_MAX_BYTES, SavedView, VIEWS_MAX, check_name, show},
        room::{Change, Columns, RoomQuery},
        staff::Staff,
    },
    store::{NewEntry, Tx},
};

/// What can be said of a view in a form.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What it is to be called, as typed.
    pub name: String,
    /// Whether everybody is to see it.
    pub shared: bool,
    /// Its columns.
    pub columns: Columns,
}

/// The views that somebody sees: their own by name, then those that others share.
///
/// # Errors
/// Not allowed.
pub async fn of(ctx: &Ctx, staff: &Staff) -> Result<Vec<SavedView>> {
    ctx.may(Right::See)?;
    ctx.store.views(staff.id).await
}

/// One of the views that somebody sees.
///
/// # Errors
/// Not allowed, or there is none, or it is somebody else's own.
pub async fn get(ctx: &Ctx, staff: &Staff, id: i64) -> Result<SavedView> {
    of(ctx, staff).await?.into_iter().find(|view| view.id == id).ok_or_else(gone)
}

/// Whether somebody may change a view.
pub fn may_change(ctx: &Ctx, staff: &Staff, view: &SavedView) -> bool {
    view.staff == staff.id || (view.shared && ctx.role.may(Right::Manage))
}

/// Whether somebody may share a view.
pub fn may_share(ctx: &Ctx) -> bool {
    ctx.role.may(Right::Edit)
}

/// Saves a question as a view.
///
/// # Errors
/// Not allowed to share; the name cannot be used or is taken; too long a question; too many views.
pub async fn save(ctx: &Ctx, staff: &Staff, wanted: Wanted, query: &RoomQuery) -> Result<SavedView> {
    ctx.may(Right::See)?;
    let mut view = SavedView {
        id: 0,
        staff: staff.id,
        owner: staff.name.clone(),
        name: check_name(&wanted.name).map_err(|why| Error::invalid("name", why))?,
        shared: wanted.shared,
        query: kept(query)?,
        columns: wanted.columns,
    };
    if view.shared {
        check_sharing(ctx)?;
    }
    let ctx = ctx.clone();
    let store = ctx.store.clone();
    store
        .write(move |tx| {
            async move {
                let (own, shared) = tx.count_views(view.staff).await?;
                check_number(own, "of your own")?;
                if view.shared {
                    check_number(shared, "that are shared")?;
                }
                check_free(tx, &view).await?;
                view.id = tx.insert_view(&view, ctx.now).await?;
                tx.append(&told(&ctx, Action::ViewSaved, None, Some(&view))).await?;
                Ok(view)
            }
            .boxed()
        })
        .await
}

/// Gives a view another name or other columns, shares it or takes it back.
///
/// # Errors
/// Not allowed to change or to share it; there is none; the name cannot be used or is taken; too many are shared.
pub async fn change(ctx: &Ctx, staff: &Staff, id: i64, wanted: Wanted) -> Result<SavedView> {
    let name = check_name(&wanted.name).map_err(|why| Error::invalid("name", why))?;
    edit(ctx, staff, id, move |view| {
        (view.name, view.shared, view.columns) = (name, wanted.shared, wanted.columns);
    })
    .await
}

/// Makes a view ask what is asked now.
///
/// # Errors
/// Not allowed to change it; there is none; too long a question.
pub async fn ask_otherwise(ctx: &Ctx, staff: &Staff, id: i64, query: &RoomQuery) -> Result<SavedView> {
    let query = kept(query)?;
    edit(ctx, staff, id, move |view| view.query = query).await
}

/// Deletes a view; returns what it was.
///
/// # Errors
/// Not allowed to change it, or there is none.
pub async fn delete(ctx: &Ctx, staff: &Staff, id: i64) -> Result<SavedView> {
    ctx.may(Right::See)?;
    let (ctx, staff) = (ctx.clone(), staff.clone());
    let store = ctx.store.clone();
    store
        .write(move |tx| {
            async move {
                let view = changeable(tx, &ctx, &staff, id).await?;
                tx.delete_view(id).await?;
                tx.append(&told(&ctx, Action::ViewDeleted, Some(&view), None)).await?;
                Ok(view)
            }
            .boxed()
        })
        .await
}

async fn edit<F>(ctx: &Ctx, staff: &Staff, id: i64, edit: F) -> Result<SavedView>
where
    F: FnOnce(&mut SavedView) + Send + 'static,
{
    ctx.may(Right::See)?;
    let (ctx, staff) = (ctx.clone(), staff.clone());
    let store = ctx.store.clone();
    store
        .write(move |tx| {
            async move {
                let before = changeable(tx, &ctx, &staff, id).await?;
                let mut after = before.clone();
                edit(&mut after);
                if after == before {
                    return Ok(after);
                }
                if after.shared && !before.shared {
                    check_sharing(&ctx)?;
                    check_number(tx.count_views(after.staff).await?.1, "that are shared")?;
                }
                check_free(tx, &after).await?;
                tx.put_view(&after).await?;
                tx.append(&told(&ctx, Action::ViewChanged, Some(&before), Some(&after))).await?;
                Ok(after)
            }
            .boxed()
        })
        .await
}

/// The view, if the asker may change it. Somebody else's own is not there for them.
async fn changeable(tx: &mut Tx, ctx: &Ctx, staff: &Staff, id: i64) -> Result<SavedView> {
    let seen = tx.view(id).await?.filter(|view| view.shared || view.staff == staff.id).ok_or_else(gone)?;
    if may_change(ctx, staff, &seen) {
        return Ok(seen);
    }
    let why = format!("Only {} or an admin may change this view; save a copy of your own instead.", seen.owner);
    Err(Error::Forbidden(why))
}

fn gone() -> Error {
    Error::NotFound("There is no such view (any more), or it is not shared with you.".to_owned())
}

fn kept(query: &RoomQuery) -> Result<String> {
    let saved = query.saved();
    if saved.len() > QUERY_MAX_BYTES {
        let why =
            format!("asks for too much to be kept: {} of {QUERY_MAX_BYTES} bytes; take a filter away", saved.len());
        return Err(Error::invalid("view", why));
    }
    Ok(saved)
}

fn check_sharing(ctx: &Ctx) -> Result<()> {
    if may_share(ctx) {
        return Ok(());
    }
    Err(Error::Forbidden("Only moderators and admins may share a view; save it for yourself.".to_owned()))
}

fn check_number(many: i64, which: &str) -> Result<()> {
    if many < i64::try_from(VIEWS_MAX).unwrap_or(i64::MAX) {
        return Ok(());
    }
    Err(Error::Limit(format!("There are {VIEWS_MAX} views {which}, and no more fit. Delete one first.")))
}

async fn check_free(tx: &mut Tx, view: &SavedView) -> Result<()> {
    match tx.view_of_same_name(view).await? {
        None => Ok(()),
        Some(other) if other.staff == view.staff => {
            Err(Error::invalid("name", "is taken by another view; choose another"))
        }
        Some(other) => {
            Err(Error::invalid("name", format!("is taken by a view that {} shares; choose another", other.owner)))
        }
    }
}

/// The audit entry of what happened to a view.
fn told(ctx: &Ctx, action: Action, before: Option<&SavedView>, after: Option<&SavedView>) -> NewEntry {
    let is_told = [before, after].into_iter().flatten().any(|view| view.shared);
    let Some(view) = after.or(before).filter(|_| is_told) else { return note(ctx, action, "a private one") };
    let mut entry = note(ctx, action, &view.name);
    let part = |name: &str, of: fn(&SavedView) -> String| {
        let (before, after) = (before.map(of), after.map(of));
        (before != after).then(|| Change::of_text(name, before.as_deref(), after.as_deref()))
    };
    let shared = |view: &SavedView| if view.shared { "yes".to_owned() } else { "no".to_owned() };
    let parts = [
        part("view_name", |view| view.name.clone()),
        part("shared", shared),
        part("question", |view| view.query.clone()),
        part("columns", |view| show(&view.columns)),
    ];
    entry.changes.extend(parts.into_iter().flatten());
    entry
}
