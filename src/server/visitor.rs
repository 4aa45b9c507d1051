//! Who sends a request: read from the session and the account, anew each time, so that a changed role or a disabled
//! account counts at the next request.

use std::{net::IpAddr, sync::Arc};

use axum::{extract::Request, http::header};
use tower_sessions::Session;

use super::{House, clock, guard};
use crate::{
    domain::{
        Error, Result, Timestamp,
        audit::{Actor, Source},
        staff::Staff,
    },
    rpc::asker::{Asker, held, kept_as},
    services::{Ctx, history},
    ui::visit::{Flash, Waiting},
};

/// A session is written when it was last seen longer ago than this, so that it stays alive: five minutes, or less where
/// sessions end soon.
const SEEN_EVERY: i64 = 5 * 60 * 1000;

/// What a request says of its sender.
pub(super) struct Caller {
    session: Session,
    address: Option<IpAddr>,
    device: String,
}

impl House {
    /// Reads what a request says of its sender.
    pub(super) fn caller(&self, request: &Request) -> Caller {
        let session = request.extensions().get::<Session>().cloned();
        let device = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
        Caller {
            session: session.unwrap_or_else(|| Session::new(None, Arc::new(self.sessions()), None)),
            address: guard::address(request, &self.config.trusted_proxies),
            device: device.unwrap_or_default().chars().take(200).collect(),
        }
    }

    /// Who sends a request. `operation` is the id of the operation that a form carried.
    ///
    /// # Errors
    /// The database failed.
    pub(super) async fn asker(&self, caller: Caller, operation: Option<String>) -> Result<Asker> {
        let Caller { session, address, device } = caller;
        let now = clock::now();
        let staff = self.staff_of(&session, now).await?;
        let proved_at = held_number(&session, held::PROVED).await.map(Timestamp);
        let ctx = staff.as_ref().map(|staff| Ctx {
            store: self.store.clone(),
            settings: self.settings.clone(),
            actor: Actor::Staff(staff.name.clone()),
            role: staff.role,
            source: Source::Console,
            address: address.map(|address| address.to_string()).unwrap_or_default(),
            now,
            proved_at,
            operation,
            caller: None,
            job: None,
        });
        Ok(Asker {
            ctx,
            staff,
            session_hash: session.id().as_ref().map(kept_as).unwrap_or_default(),
            session,
            gate: self.gate.clone(),
            address,
            device,
            store: self.store.clone(),
            now,
        })
    }

    /// Keeps a refusal for want of a right in the audit trail.
    pub(super) async fn note_refusal(&self, asker: &Asker, path: &str, error: &Error) {
        if let (Error::Forbidden(why), Some(ctx)) = (error, &asker.ctx)
            && let Err(failure) = history::refused(ctx, path, why).await
        {
            tracing::warn!(%failure, "keeping a refusal in the audit trail");
        }
    }

    async fn staff_of(&self, session: &Session, now: Timestamp) -> Result<Option<Staff>> {
        let Some(id) = held_number(session, held::STAFF).await else { return Ok(None) };
        let since = held_number(session, held::SINCE).await.unwrap_or_default();
        let seen = held_number(session, held::SEEN).await.unwrap_or_default();
        let policy = &self.settings.policy;
        // The store ends sessions by what was set when they were written; this goes by what is set now.
        if now.0 - since > policy.longest {
            // What waits in it for the next page stays; when it began belongs to who is signed in no more.
            for key in [held::STAFF, held::SINCE, held::PROVED] {
                let _ = session.remove_value(key).await;
            }
            return Ok(None);
        }
        if now.0 - seen > SEEN_EVERY.min(policy.idle / 10) {
            let _ = session.insert(held::SEEN, now.0).await;
        }
        let account = self.store.account(id).await?;
        Ok(account.map(|account| account.staff).filter(|staff| !staff.disabled))
    }
}

async fn held_number(session: &Session, key: &str) -> Option<i64> {
    session.get(key).await.ok().flatten()
}

/// Leaves something behind for the next page.
pub(super) async fn leave(session: &Session, flash: &Flash) {
    let is_door = matches!(flash, Flash::Rejected { form, .. } if DOORS.contains(&form.as_str()));
    let key = if is_door { held::DOOR } else { held::FLASH };
    if let Err(cause) = session.insert(key, flash).await {
        tracing::error!(%cause, "leaving a message for the next page");
    }
}

/// Where somebody shows who they are; and the pages where they do.
const DOORS: [&str; 3] = ["/api/sign_in", "/api/sign_in_code", "/api/confirm"];
const DOOR_PAGES: [&str; 3] = ["/sign-in", "/sign-in/code", "/confirm"];

/// Takes what the last form left behind. The doors have a place of their own: however often somebody is refused there,
/// the form that was refused before it waits for the page after it.
pub(super) async fn take(session: &Session, path: &str) -> Option<Flash> {
    // Looked at before it is removed: removing writes the session, whether there was something or not.
    let is_door = DOOR_PAGES.contains(&path);
    let refused: Option<Flash> = session.get(held::DOOR).await.ok().flatten();
    if refused.is_some() {
        let _ = session.remove::<Flash>(held::DOOR).await;
        if is_door {
            return refused;
        }
    }
    let flash: Flash = session.get(held::FLASH).await.ok().flatten()?;
    if is_door && matches!(flash, Flash::Rejected { .. }) {
        return None;
    }
    let _ = session.remove::<Flash>(held::FLASH).await;
    Some(flash)
}

/// The form that waits until its sender has shown that it is them. It stays where it is.
pub(super) async fn waiting(session: &Session) -> Option<Waiting> {
    match session.get(held::FLASH).await.ok().flatten()? {
        Flash::Rejected { form, typed, error: Error::StepUp, whole } => Some(Waiting { form, typed, whole }),
        _ => None,
    }
}
