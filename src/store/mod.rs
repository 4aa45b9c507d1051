//! How everything is kept: the only place with SQL.
//!
//! [`Store`] reads, on several connections that never wait for a write; [`Tx`] writes, on the one connection that may.
//! Both speak of `domain` types only. A rule does not belong here: what may be done is decided in `services`.
//!
//! The house plan has traits and a trait object here. While there is one backend they would be indirection without a
//! second end: `Store` and `Tx` are concrete types whose public methods *are* the interface. A second backend becomes a
//! second folder beside `sqlite/` and an `enum` behind the same two names; nothing above this module changes.

mod failure;
pub mod fold;
mod sqlite;
mod state;

pub use failure::{OpenError, incident};
pub use sqlite::{
    Store, Tx,
    apps::{AppSecrets, NewApp, NewSecret},
    audit::NewEntry,
    calls::Calls,
    jobs::{
        chunks::{CHUNK, Chunk},
        holds::Hold,
        seen::Seen,
    },
    search::parts::{Extra, Way, cursor},
    search::walk::Walk,
    sessions::StoredSession,
    staff::{Account, NewStaff},
    tokens::ClientToken,
};
pub use state::{Reason, State};
