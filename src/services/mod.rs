//! What may be done: every rule and every transaction, one file per noun.
//!
//! A service is a verb that takes a [`Ctx`] (who asks, through what, from where, when), checks the right, and does its
//! work in one transaction together with its audit entry. It knows no HTTP, no SQL and no vendor.

pub mod account;
pub mod apps;
pub mod attributes;
pub mod backups;
pub mod cells;
pub mod clients;
pub mod export;
pub mod gate;
pub mod history;
pub mod import;
pub mod jobs;
pub mod keys;
pub mod members;
pub mod password;
pub mod rooms;
pub mod seat;
pub mod secret;
pub mod staff;
pub mod totp;
pub mod trail;
pub mod views;

use std::sync::Arc;

use futures::{FutureExt, future::BoxFuture};

use account::Policy;

use crate::{
    domain::{
        Error, Result, Right, Role, Timestamp,
        app::About,
        attribute::AttributeLimits,
        audit::{Action, Actor, Call, Saved, Source},
        room::{Change, Room, RoomId},
    },
    store::{NewEntry, Store, Tx},
};

/// Who asks, through what, from where and when. Nothing is read or written without one.
#[derive(Clone)]
pub struct Ctx {
    /// Where everything is kept.
    pub store: Store,
    /// The limits that are settings.
    pub settings: Arc<Settings>,
    /// Who.
    pub actor: Actor,
    /// What they are trusted with, as it stands now.
    pub role: Role,
    /// Through what.
    pub source: Source,
    /// The network address; empty for commands.
    pub address: String,
    /// Now.
    pub now: Timestamp,
    /// When the asker last showed that it is them: at the sign-in, or when they were asked to confirm it.
    pub proved_at: Option<Timestamp>,
    /// The asker's own id of this operation: asking again with it gives the first result and changes nothing.
    pub operation: Option<String>,
    /// The call, where a back-end's app asks.
    pub caller: Option<Caller>,
    /// The job that asks, or that is asked about; it stands in the audit entry.
    pub job: Option<i64>,
}

/// A back-end's call.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The app's number.
    pub app: i64,
    /// The application whose rooms are there for it; empty for all rooms.
    pub application: String,
    /// What the audit trail keeps of the call.
    pub call: Call,
    /// Whose rights count in a room.
    pub seat: Seat,
}

/// Whose rights count when an app calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// The app's own; a client that it names is only named.
    App,
    /// Those of the client who calls: what their seat in the room allows.
    Client,
    /// Those of a client who may do in every room what its owner may, and more.
    Superuser,
}

/// What whoever runs the house has set, and what it was built with.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How many attributes a room takes and how long they are.
    pub attributes: AttributeLimits,
    /// The vendors whose APIs back-ends may speak.
    pub vendors: &'static [&'static About],
    /// Rates that take the place of the vendors' own; of several for the same calls the last counts.
    pub rates: Vec<Rate>,
    /// How many rooms may be changed at once before a second admin has to approve.
    pub bulk: Bulk,
    /// What signing in takes and how long it lasts.
    pub policy: Policy,
}

/// The limits of bulk changes that are settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bulk {
    /// A change of more rooms than this needs a second admin's approval.
    pub approval_above: u64,
}

impl Default for Bulk {
    fn default() -> Self {
        Self { approval_above: 1_000 }
    }
}

/// How often each app may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The vendor, by key.
    pub vendor: String,
    /// One action; all of them if `None`.
    pub action: Option<String>,
    /// Calls a second.
    pub a_second: u32,
}

impl Ctx {
    /// Somebody at the machine itself, with every right: whoever may read and write the database's file has them anyway.
    pub fn command(store: Store, settings: Arc<Settings>, name: String, now: Timestamp) -> Self {
        Self {
            store,
            settings,
            actor: Actor::Command(name),
            role: Role::Admin,
            source: Source::Command,
            address: String::new(),
            now,
            proved_at: None,
            operation: None,
            caller: None,
            job: None,
        }
    }

    /// Goes on only if the asker has the right.
    ///
    /// # Errors
    /// [`Error::Forbidden`], saying who may.
    pub fn may(&self, right: Right) -> Result<()> {
        let of_the_house = matches!(right, Right::Staff | Right::Apps | Right::Audit);
        match &self.caller {
            None if self.role.may(right) => Ok(()),
            Some(_) if self.role.may(right) && !of_the_house => Ok(()),
            None => Err(Error::Forbidden(right.needs().to_owned())),
            Some(_) => Err(Error::Forbidden("This app may not do that; an admin can widen what it may do.".to_owned())),
        }
    }

    /// Whether a room is there for the asker at all.
    fn sees(&self, room: &Room) -> bool {
        self.caller.as_ref().is_none_or(|caller| caller.application.is_empty() || caller.application == room.app)
    }

    /// The client on whose behalf an app asks; empty where there is none.
    fn client(&self) -> &str {
        self.caller.as_ref().map_or("", |caller| &caller.call.client)
    }

    /// The vendor of this key.
    ///
    /// # Errors
    /// There is none.
    pub fn vendor(&self, key: &str) -> Result<&'static About> {
        let known = || self.settings.vendors.iter().map(|vendor| vendor.key).collect::<Vec<_>>().join(", ");
        let found = self.settings.vendors.iter().find(|vendor| vendor.key == key).copied();
        found.ok_or_else(|| Error::invalid("vendor", format!("must be one of {}", known())))
    }

    /// Runs a change of a room in one transaction, or, if this operation was done before, returns what it did then.
    async fn once<F>(&self, unit: F) -> Result<Saved>
    where
        F: for<'t> FnOnce(&'t mut Tx, Self) -> BoxFuture<'t, Result<Saved>> + Send + 'static,
    {
        let ctx = self.clone();
        self.store
            .write(move |tx| {
                async move {
                    match earlier(tx, &ctx).await? {
                        Some(first) => Ok(first),
                        None => unit(tx, ctx).await,
                    }
                }
                .boxed()
            })
            .await
    }

    /// The audit entry of a change of a room that this asker makes now.
    fn entry(&self, action: Action, room: Option<&Room>, changes: Vec<Change>) -> NewEntry {
        NewEntry {
            at: self.now,
            actor: self.actor.clone(),
            source: self.source,
            address: self.address.clone(),
            action,
            room: room.map(|room| (room.id.to_string(), room.version)),
            note: String::new(),
            changes,
            undo_of: None,
            job: self.job,
            operation: self.operation.clone(),
            call: self.caller.as_ref().map(|caller| caller.call.clone()),
        }
    }
}

/// A new id of an operation, for the hidden input of a form: sent twice, it is done once.
pub fn new_operation() -> String {
    random_word(26)
}

/// Letters and digits that are easy to tell apart.
fn random_word(length: usize) -> String {
    random_of(b"23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ", length)
}

/// So many of these letters.
fn random_of(letters: &[u8], length: usize) -> String {
    (0..length).filter_map(|_| letters.get(rand::random_range(0..letters.len()))).map(|&c| char::from(c)).collect()
}

/// What this operation came to when it was done before, if it was.
async fn earlier(tx: &mut Tx, ctx: &Ctx) -> Result<Option<Saved>> {
    let Some(operation) = &ctx.operation else { return Ok(None) };
    let Some(first) = tx.operation(operation).await? else { return Ok(None) };
    if first.actor != ctx.actor {
        return Err(Error::invalid("op", "belongs to somebody else; load the page again"));
    }
    Ok(Some(Saved { entry: Some(first.id), version: first.version.unwrap_or_default(), changes: first.changes }))
}

/// The room of this id, as the transaction sees it, if it is there for the asker.
async fn room_of(tx: &mut Tx, ctx: &Ctx, id: &RoomId) -> Result<Room> {
    tx.room(id).await?.filter(|room| ctx.sees(room)).ok_or_else(|| no_room(id))
}

fn no_room(id: &RoomId) -> Error {
    Error::NotFound(format!("There is no room {id}. It may have been deleted, or the address is mistyped."))
}
