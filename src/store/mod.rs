//! How everything is kept: the only place with SQL.
//!
//! [`Store`] reads, on several connections that never wait for a write; [`Tx`] writes, on the one connection that may.
//! Both speak of `domain` types only. A rule does not belong here: what may be done is decided in `services`.
//!
//! The house plan has traits and a trait object here. While there is one backend they would be indirection without a
//! second end: `Store` and `Tx` are concrete types whose public methods *are* the interface. A second backend becomes a
//! second folder beside `sqlite/` and an `enum` behind the same two names; nothing above this module changes.

mod asked;
mod chain;
mod failure;
pub mod fold;
mod histogram;
pub mod key;
pub mod seal;
mod sqlite;
mod state;
pub mod volume;

pub use asked::{Asked, caught, incident, new_id, panicked, panics};
pub use failure::OpenError;
use failure::code;
pub use histogram::Histogram;
pub use sqlite::{
    Store, Tx,
    apps::{AppSecrets, NewApp, NewSecret},
    audit::NewEntry,
    bring_to,
    calls::Calls,
    chain::{Oldest, Trail},
    figures::{Figures, Measured},
    files::{
        self,
        claim::Claim,
        look::{Contents, Head, Look, Schema},
        settle::{Settled, settle},
    },
    is_sound,
    jobs::{
        chunks::{CHUNK, Chunk},
        holds::Hold,
        seen::Seen,
    },
    newest_step, path_of,
    search::{
        merge::Beside,
        parts::{Extra, Way, cursor},
        walk::Walk,
    },
    sessions::StoredSession,
    staff::{Account, NewStaff},
    tokens::ClientToken,
    totp::StoredTotp,
};
pub use state::{Reason, State};
