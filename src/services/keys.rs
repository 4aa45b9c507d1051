//! The keys that secrets are sealed with: new ones. For the command line; whoever rotates because something may have
//! leaked changes the secrets themselves too.

use futures::FutureExt;

use super::{Ctx, account::note};
use crate::{
    domain::{Error, Result, Right, audit::Action, room::Change},
    store::key::MasterKey,
};

/// Makes a new data key and seals every secret with it, in one transaction; returns how many they were. Servers that
/// run find the new key by themselves.
///
/// # Errors
/// Not allowed; a server runs since before the master key was changed; a secret does not open; the database failed.
pub async fn rotate(ctx: &Ctx) -> Result<u64> {
    ctx.may(Right::Staff)?;
    nobody_from_before(ctx)?;
    let mut entry = note(ctx, Action::KeysRotated, "");
    let many = ctx
        .store
        .write(move |tx| {
            async move {
                let (key, many) = tx.rotate_keys().await?;
                entry.note = format!("data key {key}");
                entry.changes.push(Change::of_text("sealed", None, Some(&many.to_string())));
                tx.append(&entry).await?;
                Ok(many)
            }
            .boxed()
        })
        .await?;
    ctx.store.refresh_keys().await?;
    Ok(many)
}

/// Wraps every data key with another master key, in one transaction; returns how many they were. What was wrapped with
/// the one before (a backup) still needs that one.
///
/// # Errors
/// Not allowed; a server runs since before it was changed the last time; it is no other key; the database failed.
pub async fn rewrap(ctx: &Ctx, master: MasterKey) -> Result<u64> {
    ctx.may(Right::Staff)?;
    nobody_from_before(ctx)?;
    let entry = note(ctx, Action::MasterKeyChanged, "");
    let unit = ctx.store.write(move |tx| {
        async move {
            let many = tx.rewrap_keys(&master).await?;
            tx.append(&entry).await?;
            Ok(many)
        }
        .boxed()
    });
    let many = unit.await?;
    if let Err(why) = ctx.store.pass_master_key() {
        // Done all the same: it is only not known who was there before.
        tracing::error!(%why, "it is not known who has the database open; start every server anew before keys are rotated again");
    }
    Ok(many)
}

/// Goes on only if everybody who has the database open would open a new data key, too.
fn nobody_from_before(ctx: &Ctx) -> Result<()> {
    if ctx.store.is_held_with_old_key()? {
        return Err(Error::Exists(
            "A server (or a command) runs since before the master key was changed, and a new key would lock it out. Start \
             it anew with the new master key first; nothing was changed"
                .to_owned(),
        ));
    }
    Ok(())
}
