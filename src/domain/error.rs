//! The one error that leaves the house: closed, serialisable, safe to show.
//!
//! Its causes (an SQL message, a path, a secret) stay where they happened: the store logs them once with the incident
//! id, and only the id goes further. Each edge turns an [`Error`] into its own words with one exhaustive `match`.

use serde::{Deserialize, Serialize};

use super::room::Value;

/// The result of nearly everything.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why something was not done. Whatever it is, nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Error {
    /// Nobody is signed in, or the session has ended.
    Unauthenticated,
    /// Signed in, but too long ago for this: whoever asks must show once more that it is them.
    StepUp,
    /// Signed in, but not allowed to; says what would be needed.
    Forbidden(String),
    /// The named thing does not exist (any more).
    NotFound(String),
    /// What was sent cannot be accepted: every reason, not just the first.
    Invalid(Vec<Violation>),
    /// Somebody else changed the same thing meanwhile.
    Conflict(Vec<Clash>),
    /// Something of that name is there already; says what to do.
    Exists(String),
    /// Too much or too often; says when to come back or what to remove.
    Limit(String),
    /// The house is busy or cannot write just now; the same request may work later.
    Busy(String),
    /// Our own fault; the id finds the cause in the log.
    Internal(String),
}

/// One thing wrong with what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The field's key or the input's name; empty for the whole.
    pub field: String,
    /// What is wrong and what to do, to be read after the field's label: "is too long: 129 of 128 characters".
    pub message: String,
}

/// One field that two people changed: what it was, what it is now, what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clash {
    /// The field's key, or `attribute.KEY`.
    pub field: String,
    /// The value that the asker had seen.
    pub base: Option<Value>,
    /// The value now.
    pub theirs: Option<Value>,
    /// The value asked for.
    pub mine: Option<Value>,
}

impl Error {
    /// One violation of one input.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Violation::new(field, message)])
    }

    /// The HTTP status that says the same to a browser.
    pub const fn status(&self) -> u16 {
        match self {
            Self::Unauthenticated | Self::StepUp => 401,
            Self::Forbidden(_) => 403,
            Self::NotFound(_) => 404,
            Self::Invalid(_) => 422,
            Self::Conflict(_) | Self::Exists(_) => 409,
            Self::Limit(_) => 429,
            Self::Busy(_) => 503,
            Self::Internal(_) => 500,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unauthenticated => f.write_str("Please sign in."),
            Self::StepUp => f.write_str("Please confirm first that it is you."),
            Self::Forbidden(why) | Self::NotFound(why) | Self::Exists(why) | Self::Limit(why) | Self::Busy(why) => {
                f.write_str(why)
            }
            Self::Invalid(violations) => {
                for (n, violation) in violations.iter().enumerate() {
                    if n > 0 {
                        f.write_str("; ")?;
                    }
                    write!(f, "{violation}")?;
                }
                Ok(())
            }
            Self::Conflict(clashes) => {
                let fields: Vec<&str> = clashes.iter().map(|clash| clash.field.as_str()).collect();
                write!(f, "Somebody else has changed this meanwhile: {}.", fields.join(", "))
            }
            Self::Internal(incident) => {
                write!(f, "Something went wrong on our side; nothing was changed. Incident {incident}.")
            }
        }
    }
}

impl std::error::Error for Error {}

impl Violation {
    /// A violation of the input `field`.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.field.is_empty() { f.write_str(&self.message) } else { write!(f, "{} {}", self.field, self.message) }
    }
}
