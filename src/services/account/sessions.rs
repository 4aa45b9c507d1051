//! Sessions: one's own, listed and ended. An admin does the same with those of others (`services::staff`).

use futures::FutureExt;

use super::note;
use crate::{
    domain::{
        Error, Result,
        audit::Action,
        staff::{Session, Staff},
    },
    services::Ctx,
    store::StoredSession,
};

/// One's own sessions, newest first. `current` is the hash of the asking one.
///
/// # Errors
/// The database failed.
pub async fn sessions(ctx: &Ctx, staff: &Staff, current: &str) -> Result<Vec<Session>> {
    let session = |stored: StoredSession| Session {
        handle: handle(&stored.id_hash),
        device: stored.device,
        address: stored.address,
        created_at: stored.created_at,
        seen_at: stored.seen_at,
        is_current: stored.id_hash == current,
    };
    Ok(open(ctx, staff).await?.into_iter().map(session).collect())
}

/// Ends one of one's own sessions.
///
/// # Errors
/// Not sure enough that it is them; there is no such session.
pub async fn end_session(ctx: &Ctx, staff: &Staff, wanted: &str) -> Result<()> {
    ctx.sure()?;
    end(ctx, staff, wanted).await
}

/// Ends all of one's own sessions but the asking one; returns how many.
///
/// # Errors
/// Not sure enough that it is them; the database failed.
pub async fn end_other_sessions(ctx: &Ctx, staff: &Staff, current: &str) -> Result<u64> {
    ctx.sure()?;
    end_all(ctx, staff, current).await
}

/// Ends a session of this account.
pub(in crate::services) async fn end(ctx: &Ctx, staff: &Staff, wanted: &str) -> Result<()> {
    let found = open(ctx, staff).await?.into_iter().find(|session| handle(&session.id_hash) == wanted);
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

/// Ends all sessions of this account but `keep`; returns how many.
pub(in crate::services) async fn end_all(ctx: &Ctx, staff: &Staff, keep: &str) -> Result<u64> {
    let (id, keep, entry) = (staff.id, keep.to_owned(), note(ctx, Action::SignedOut, &staff.name));
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

/// The sessions that have not ended, by what is set now.
async fn open(ctx: &Ctx, staff: &Staff) -> Result<Vec<StoredSession>> {
    let mut all = ctx.store.sessions_of(staff.id, ctx.now).await?;
    all.retain(|session| session.created_at.plus(ctx.settings.policy.longest) > ctx.now);
    Ok(all)
}

fn handle(id_hash: &str) -> String {
    id_hash.chars().take(16).collect()
}
