//! Who calls a server function: put into the context by the server, for each request.

use std::{net::IpAddr, sync::Arc};

use leptos::prelude::use_context;
use tower_sessions::Session;

use crate::{
    domain::{Error, Result, Timestamp, room::RoomId, staff::Staff},
    services::{Ctx, gate::Gate},
    store::Store,
};

/// Who calls.
#[derive(Clone)]
pub struct Asker {
    /// For the services, if somebody is signed in.
    pub ctx: Option<Ctx>,
    /// Who is signed in.
    pub staff: Option<Staff>,
    /// The browser's session; may be new.
    pub session: Session,
    /// The stored hash of the session's id; empty for a new one.
    pub session_hash: String,
    /// Counts attempts to sign in.
    pub gate: Arc<Gate>,
    /// The network address.
    pub address: Option<IpAddr>,
    /// The browser's own description.
    pub device: String,
    /// Where accounts are kept.
    pub store: Store,
    /// Now.
    pub now: Timestamp,
}

/// What a session holds, by key. The session store reads the first three to list sessions.
pub mod held {
    /// The number of the member of staff who is signed in.
    pub const STAFF: &str = "staff";
    /// The browser's own description.
    pub const DEVICE: &str = "device";
    /// Where it signed in from.
    pub const ADDRESS: &str = "address";
    /// When it was signed in, in milliseconds since 1970.
    pub const SINCE: &str = "since";
    /// When it was last seen, in milliseconds since 1970.
    pub const SEEN: &str = "seen";
    /// What the last form left behind.
    pub const FLASH: &str = "flash";
    /// Why the last sign-in was refused.
    pub const SIGN_IN: &str = "sign_in";
}

impl Asker {
    /// Signs this browser in, under a new session id.
    pub(super) async fn begin(&self, staff: &Staff) -> Result<()> {
        self.session.cycle_id().await.map_err(failed)?;
        self.session.insert(held::STAFF, staff.id).await.map_err(failed)?;
        self.session.insert(held::DEVICE, &self.device).await.map_err(failed)?;
        self.session.insert(held::ADDRESS, self.address).await.map_err(failed)?;
        self.session.insert(held::SINCE, self.now.0).await.map_err(failed)?;
        self.session.insert(held::SEEN, self.now.0).await.map_err(failed)
    }

    /// Signs this browser out; its session is gone from the store.
    pub(super) async fn end(&self) -> Result<()> {
        self.session.flush().await.map_err(failed)
    }
}

fn failed(cause: tower_sessions::session::Error) -> Error {
    let incident = crate::store::incident();
    tracing::error!(incident, %cause, "session");
    Error::Internal(incident)
}

/// Who calls.
///
/// # Errors
/// The server did not say, which is a fault of ours.
pub(super) fn asker() -> Result<Asker> {
    use_context().ok_or_else(|| Error::Internal("no-asker".to_owned()))
}

/// Who calls, signed in.
///
/// # Errors
/// Nobody is signed in, or a one-time password must be changed first.
pub(super) fn ctx() -> Result<Ctx> {
    ctx_of().map(|(ctx, _)| ctx)
}

/// Who calls, signed in, with their account.
///
/// # Errors
/// Nobody is signed in, or a one-time password must be changed first.
pub(super) fn ctx_of() -> Result<(Ctx, Staff)> {
    let asker = asker()?;
    match (asker.ctx, asker.staff) {
        (Some(_), Some(staff)) if staff.must_change => {
            Err(Error::Forbidden("Change your one-time password first, on your account page.".to_owned()))
        }
        (Some(ctx), Some(staff)) => Ok((ctx, staff)),
        _ => Err(Error::Unauthenticated),
    }
}

/// Who calls, signed in, even with a one-time password.
///
/// # Errors
/// Nobody is signed in.
pub(super) fn signed_in() -> Result<(Ctx, Staff, Asker)> {
    let asker = asker()?;
    match (asker.ctx.clone(), asker.staff.clone()) {
        (Some(ctx), Some(staff)) => Ok((ctx, staff, asker)),
        _ => Err(Error::Unauthenticated),
    }
}

/// Reads a room's id from an input.
///
/// # Errors
/// It cannot be one.
pub(super) fn room_id(id: &str) -> Result<RoomId> {
    RoomId::parse(id).map_err(|violation| Error::Invalid(vec![violation]))
}
