//! What the browser may call: server functions, and nothing else.
//!
//! Each is a few lines: read the inputs, ask one service, say what was done. A plain HTML form posts to the same
//! address as a script calls; the server answers the one with a redirect and the other with JSON
//! (`server::forms`). None of them checks a right: that is the service's business.
#![allow(missing_docs, reason = "`#[server]` makes a struct of a function's inputs, which are documented there")]

mod account;
mod apps;
#[cfg(feature = "ssr")]
pub mod asker;
mod attributes;
mod clients;
mod jobs;
mod people;
mod rooms;
mod staff;
mod views;

pub use account::{ChangePassword, Confirm, EndOtherSessions, EndSession, SignIn, SignInCode, SignOut};
pub use account::{RenewRecoveryCodes, TurnOffTotp, TurnOnTotp, renew_recovery_codes, turn_off_totp, turn_on_totp};
pub use account::{change_password, confirm, end_other_sessions, end_session, sign_in, sign_in_code, sign_out};
pub use apps::{AddApp, ChangeApp, DisableApp, EnableApp, RotateApp};
pub use apps::{add_app, change_app, disable_app, enable_app, rotate_app};
pub use attributes::{AttributeRow, SaveAttributes, save_attributes};
pub use clients::{SuggestClients, Suggestion, suggest_clients};
pub use jobs::{ApproveJob, CancelJob, EndShield, PauseJob, PlanJob, PlanOffboarding, PlanShield};
pub use jobs::{ResumeJob, RetryJob, RunJob, UndoJob};
pub use jobs::{approve_job, cancel_job, end_shield, pause_job, plan_job, plan_offboarding, plan_shield};
pub use jobs::{resume_job, retry_job, run_job, undo_job};
pub use people::{AddManager, RemoveManager, TransferRoom, add_manager, remove_manager, transfer_room};
pub use rooms::{CreateRoom, SaveRoom, Undo, create_room, save_room, undo};
pub use staff::{AddStaff, ChangeRole, DisableStaff, EnableStaff, EndStaffSession, EndStaffSessions};
pub use staff::{ResetPassword, ResetTotp, reset_password, reset_totp};
pub use staff::{add_staff, change_role, disable_staff, enable_staff, end_staff_session, end_staff_sessions};
pub use views::{ChangeView, DeleteView, SavePreferences, SaveView, UpdateView};
pub use views::{change_view, delete_view, save_preferences, save_view, update_view};

use leptos::server_fn::{codec::JsonEncoding, error::FromServerFnError, error::ServerFnErrorErr};
use serde::{Deserialize, Serialize};

use crate::domain::{Error, audit::Saved, room::Change};

/// What a write did, for the message on the next page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Says what was done.
    pub message: String,
    /// The audit entry, if it can be undone.
    pub entry: Option<i64>,
    /// What changed.
    pub changes: Vec<Change>,
    /// A secret that was made, to be shown once.
    pub secret: Option<Secret>,
    /// The page to go to; the form's own page if none.
    pub to: Option<String>,
}

/// A secret, to be shown this once and handed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// Whose it is.
    pub name: String,
    /// What it is called: "One-time password", or a vendor's own word.
    pub label: String,
    /// The secret itself.
    pub value: String,
    /// What is handed over with it and is no secret, where there is something: its label, and itself.
    pub public: Option<(String, String)>,
    /// What else there is to know of it, as sentences.
    pub note: String,
}

impl Done {
    /// Something that leaves only a message.
    pub fn saying(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// A change of a room: what it came to, or that there was nothing to do.
    pub fn of(saved: Saved, message: impl Into<String>) -> Self {
        if saved.changes.is_empty() {
            return Self::saying("Nothing to save: everything was already so.");
        }
        Self { message: message.into(), entry: saved.entry, changes: saved.changes, ..Self::default() }
    }

    /// The same, leading to another page.
    #[must_use]
    pub fn at(mut self, page: impl Into<String>) -> Self {
        self.to = Some(page.into());
        self
    }
}

/// How many sessions were ended, in words.
#[cfg(feature = "ssr")]
fn ended_sessions(many: u64) -> String {
    if many == 1 { "Ended 1 session.".to_owned() } else { format!("Ended {many} sessions.") }
}

impl FromServerFnError for Error {
    type Encoder = JsonEncoding;

    /// What went wrong before a server function's body: its inputs could not be read, or the network failed.
    fn from_server_fn_error(failure: ServerFnErrorErr) -> Self {
        match failure {
            ServerFnErrorErr::Args(why)
            | ServerFnErrorErr::MissingArg(why)
            | ServerFnErrorErr::Deserialization(why) => {
                Self::invalid("", format!("The form could not be read: {why}. Load the page again."))
            }
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => {
                Self::Busy("The server could not be reached. Try again in a moment.".to_owned())
            }
            other => Self::invalid("", format!("The request could not be understood: {other}")),
        }
    }
}
