//! What may be done: every rule and every transaction, one file per noun.
//!
//! A service is a verb that takes a [`Ctx`] (who asks, through what, from where, when), checks the right, and does its
//! work in one transaction together with its audit entry. It knows no HTTP, no SQL and no vendor.

use std::sync::Arc;

use crate::{
    domain::{
        Error, Result, Right, Role, Timestamp,
        attribute::AttributeLimits,
        audit::{Actor, Source},
        room::Change,
    },
    store::Store,
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
    /// The asker's own id of this operation: asking again with it gives the first result and changes nothing.
    pub operation: Option<String>,
}

/// Limits that whoever runs the house may set.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// How many attributes a room takes and how long they are.
    pub attributes: AttributeLimits,
}

/// What an accepted write came to.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Saved {
    /// The audit entry; `None` when everything was already so and nothing was written.
    pub entry: Option<i64>,
    /// The room's version now.
    pub version: i64,
    /// What changed.
    pub changes: Vec<Change>,
}

impl Ctx {
    /// Goes on only if the asker has the right.
    ///
    /// # Errors
    /// [`Error::Forbidden`], saying who may.
    pub fn may(&self, right: Right) -> Result<()> {
        if self.role.may(right) { Ok(()) } else { Err(Error::Forbidden(right.needs().to_owned())) }
    }
}
