//! Who sends a request: read from the session and the account, anew each time, so that a changed role or a disabled
//! account counts at the next request.

use std::{net::IpAddr, sync::Arc};

use axum::{extract::Request, http::header};
use tower_sessions::Session;

use super::{House, clock, guard, session};
use crate::{
    domain::{
        Error, Result, Timestamp,
        audit::{Actor, Source},
        staff::Staff,
    },
    rpc::asker::{Asker, held},
    services::{Ctx, history},
    ui::visit::Flash,
};

/// A session that was signed in longer ago than this has ended, whatever was done with it since: twelve hours.
const LONGEST: i64 = 12 * 60 * 60 * 1000;
/// A session is written when it was last seen longer ago than this, so that it stays alive: five minutes.
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
        let ctx = staff.as_ref().map(|staff| Ctx {
            store: self.store.clone(),
            settings: self.settings.clone(),
            actor: Actor::Staff(staff.name.clone()),
            role: staff.role,
            source: Source::Console,
            address: address.map(|address| address.to_string()).unwrap_or_default(),
            now,
            operation,
            caller: None,
            job: None,
        });
        Ok(Asker {
            ctx,
            staff,
            session_hash: session.id().as_ref().map(session::hash).unwrap_or_default(),
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
        if now.0 - since > LONGEST {
            let _ = session.remove::<i64>(held::STAFF).await;
            return Ok(None);
        }
        if now.0 - held_number(session, held::SEEN).await.unwrap_or_default() > SEEN_EVERY {
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
    let is_sign_in = matches!(flash, Flash::Rejected { form, .. } if form == "/api/sign_in");
    let key = if is_sign_in { held::SIGN_IN } else { held::FLASH };
    if let Err(cause) = session.insert(key, flash).await {
        tracing::error!(%cause, "leaving a message for the next page");
    }
}

/// Takes what the last form left behind. The sign-in page has a place of its own: however often a sign-in is refused,
/// the form that was refused before it waits for the page after it.
pub(super) async fn take(session: &Session, path: &str) -> Option<Flash> {
    // Looked at before it is removed: removing writes the session, whether there was something or not.
    let refused: Option<Flash> = session.get(held::SIGN_IN).await.ok().flatten();
    if refused.is_some() {
        let _ = session.remove::<Flash>(held::SIGN_IN).await;
        if path == "/sign-in" {
            return refused;
        }
    }
    let flash: Flash = session.get(held::FLASH).await.ok().flatten()?;
    if path == "/sign-in" && matches!(flash, Flash::Rejected { .. }) {
        return None;
    }
    let _ = session.remove::<Flash>(held::FLASH).await;
    Some(flash)
}
