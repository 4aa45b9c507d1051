//! Who calls a server function: put into the context by the server, for each request.

use std::{net::IpAddr, sync::Arc};

use leptos::prelude::use_context;
use tower_sessions::{Session, session::Id};

use crate::{
    domain::{
        Error, Result, Timestamp,
        room::RoomId,
        staff::{Duty, Staff},
    },
    services::{
        Ctx,
        account::{self, Attempt, Half},
        gate::{Gate, Guess},
        secret,
    },
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

/// What a session holds, by key. The session store reads the first five to list sessions.
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
    /// When they last showed that it was them, in milliseconds since 1970.
    pub const PROVED: &str = "proved";
    /// The proof of a sign-in's first step, while nobody is signed in yet.
    pub const HALF: &str = "half";
    /// What the last form left behind.
    pub const FLASH: &str = "flash";
    /// Why the last sign-in was refused, or the last proof of who somebody is.
    pub const DOOR: &str = "door";
}

/// What a session's id is kept as: a stolen database signs nobody in.
pub fn kept_as(id: &Id) -> String {
    secret::hash(&id.to_string())
}

impl Asker {
    /// Signs this browser in, under a new session id.
    pub(super) async fn begin(&self, staff: &Staff) -> Result<()> {
        self.session.cycle_id().await.map_err(failed)?;
        self.session.remove::<Half>(held::HALF).await.map_err(failed)?;
        self.session.insert(held::PROVED, self.now.0).await.map_err(failed)?;
        self.session.insert(held::STAFF, staff.id).await.map_err(failed)?;
        self.session.insert(held::DEVICE, &self.device).await.map_err(failed)?;
        self.session.insert(held::ADDRESS, self.address).await.map_err(failed)?;
        self.session.insert(held::SINCE, self.now.0).await.map_err(failed)?;
        self.session.insert(held::SEEN, self.now.0).await.map_err(failed)
    }

    /// What whoever is signed in must do before anything else opens up.
    pub fn duty(&self) -> Option<Duty> {
        let ctx = self.ctx.as_ref()?;
        self.staff.as_ref()?.duty(&ctx.settings.policy.two_steps)
    }

    /// Keeps the proof of the first step, under a new session id. Whoever was signed in here is not any more.
    pub(super) async fn begin_half(&self, half: &Half) -> Result<()> {
        self.session.cycle_id().await.map_err(failed)?;
        for key in [held::STAFF, held::PROVED, held::SINCE] {
            self.session.remove_value(key).await.map_err(failed)?;
        }
        self.session.insert(held::HALF, half).await.map_err(failed)
    }

    /// The proof of the first step, if this browser has one.
    pub async fn half(&self) -> Option<Half> {
        self.session.get(held::HALF).await.ok().flatten()
    }

    /// Somebody at the door.
    pub(super) fn attempt(&self) -> Attempt<'_> {
        Attempt { store: &self.store, gate: &self.gate, address: self.address, now: self.now }
    }

    /// Somebody who may be guessing.
    pub(super) fn guess(&self) -> Guess<'_> {
        Guess { gate: &self.gate, address: self.address }
    }

    /// Takes a proof that this is who is signed in; from here on it counts, under a new session id.
    ///
    /// # Errors
    /// See [`account::confirm`].
    pub async fn prove(&mut self, given: String) -> Result<()> {
        let (Some(ctx), Some(staff)) = (&self.ctx, &self.staff) else { return Err(Error::Unauthenticated) };
        account::confirm(ctx, staff, self.guess(), given).await?;
        self.session.cycle_id().await.map_err(failed)?;
        self.session.insert(held::PROVED, self.now.0).await.map_err(failed)?;
        // Now, so that whatever comes of it knows this session from the others.
        self.session.save().await.map_err(failed)?;
        self.session_hash = self.session.id().as_ref().map(kept_as).unwrap_or_default();
        let proved_at = Some(self.now);
        self.ctx = self.ctx.take().map(|ctx| Ctx { proved_at, ..ctx });
        Ok(())
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
/// Nobody is signed in, or something must be done first (a one-time password changed, a second step set up).
pub(super) fn ctx() -> Result<Ctx> {
    ctx_of().map(|(ctx, _)| ctx)
}

/// Who calls, signed in, with their account.
///
/// # Errors
/// Nobody is signed in, or something must be done first.
pub(super) fn ctx_of() -> Result<(Ctx, Staff)> {
    let (ctx, staff, asker) = signed_in()?;
    match asker.duty() {
        Some(duty) => Err(Error::Forbidden(duty.reason().to_owned())),
        None => Ok((ctx, staff)),
    }
}

/// Who calls, signed in, even if something must be done first.
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
