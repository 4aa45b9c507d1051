//! One visit of a page: who looks, and what the last form left behind. Put into the context by the server.

use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};

use crate::{
    domain::{
        Error, Result,
        room::{Change, VendorLimit},
        staff::Staff,
    },
    rpc::Secret,
    services::Ctx,
    store::State,
};

/// Everything a page needs to know of who asks for it.
#[derive(Clone)]
pub struct Visit {
    /// For the services; `None` where nobody is signed in.
    pub ctx: Option<Ctx>,
    /// Who is signed in; `None` only on `/sign-in` and on pages shown to nobody.
    pub staff: Option<Staff>,
    /// The stored hash of the session that asks; empty where nobody is signed in.
    pub session: String,
    /// What the last form left behind, shown once.
    pub flash: Option<Flash>,
    /// On the page where somebody shows that it is them: the form that waits for it.
    pub waiting: Option<Waiting>,
    /// The path as asked for, percent-encoded.
    pub path: String,
    /// The query's pairs, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The vendors' narrower limits, for hints beside the fields.
    pub limits: &'static [VendorLimit],
    /// Where people's browsers find the house: scheme, host and port.
    pub origin: String,
    /// What whoever runs the house should know; only where an admin asks.
    pub concern: Option<String>,
    /// Whether anything can be saved.
    pub state: State,
}

/// What a form leaves behind for the next page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flash {
    /// It was done.
    Done {
        /// Says what was done: "Saved 3 changes."
        message: String,
        /// The audit entry, for Undo; `None` if nothing was written or it cannot be undone.
        entry: Option<i64>,
        /// What changed, before and after.
        changes: Vec<Change>,
        /// A secret that was made, shown this once.
        secret: Option<Secret>,
    },
    /// It was refused; everything typed comes back.
    Rejected {
        /// The server function's path, by which a form knows that it was its own: `/api/save_room`.
        form: String,
        /// Every pair that was sent, passwords left out.
        typed: Vec<(String, String)>,
        /// Why.
        error: Error,
        /// Whether `typed` is all that was sent.
        #[serde(default)]
        whole: bool,
    },
}

/// A form that waits until its sender has shown that it is them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Where it is sent to.
    pub form: String,
    /// What was typed.
    pub typed: Vec<(String, String)>,
    /// Whether that is all of it: passwords and secrets are never kept, and then it cannot be sent on as it is.
    pub whole: bool,
}

impl Visit {
    /// The visit that is being answered.
    pub fn current() -> Option<Self> {
        use_context()
    }

    /// For the services.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub fn ctx(&self) -> Result<&Ctx> {
        self.ctx.as_ref().ok_or(Error::Unauthenticated)
    }

    /// The first value of a query pair; empty if there is none.
    pub fn asked(&self, name: &str) -> &str {
        self.query.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// What the form at `path` got back, if it was refused.
    pub fn rejected(&self, path: &str) -> Option<Rejected<'_>> {
        match &self.flash {
            Some(Flash::Rejected { form, typed, error, .. }) if form == path => Some(Rejected { typed, error }),
            _ => None,
        }
    }
}

/// A refused form.
#[derive(Clone, Copy, Debug)]
pub struct Rejected<'a> {
    /// Every pair that was sent.
    pub typed: &'a [(String, String)],
    /// Why it was refused.
    pub error: &'a Error,
}

impl Rejected<'_> {
    /// What was typed into an input.
    pub fn typed(&self, name: &str) -> Option<&str> {
        self.typed.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// What is wrong with an input, by its field key.
    pub fn message(&self, field: &str) -> Option<&str> {
        match self.error {
            Error::Invalid(violations) => {
                violations.iter().find(|violation| violation.field == field).map(|violation| violation.message.as_str())
            }
            _ => None,
        }
    }
}
