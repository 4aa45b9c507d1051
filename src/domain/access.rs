//! Who may do what: four roles, a handful of rights, one table.

use serde::{Deserialize, Serialize};

/// What a member of staff is trusted with. Checked on the server at every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees rooms, members and history.
    Viewer,
    /// Also corrects what people see of a room.
    Moderator,
    /// Everything.
    Admin,
    /// Sees everything, changes nothing, takes the audit trail along.
    Auditor,
}

/// One thing that somebody may or may not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Right {
    /// See rooms, members, attributes and history.
    See,
    /// Change what people see of a room (name, cover, tags, status, ...) and its attributes.
    Edit,
    /// Change everything else of a room: owner, managers, limits, integration; create rooms.
    Manage,
    /// See and change staff accounts.
    Staff,
    /// See and change the apps through which back-ends call: their keys, secrets and limits.
    Apps,
    /// Take the audit trail along.
    Audit,
}

impl Role {
    /// All of them, least first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Moderator, Self::Admin, Self::Auditor];

    /// The word in forms, on the command line and in the database.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
        }
    }

    /// What the role is for, in one line.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Viewer => "sees rooms, members and history",
            Self::Moderator => "also edits names, covers, descriptions, tags, categories, status and attributes",
            Self::Admin => "everything, staff included",
            Self::Auditor => "sees everything and exports the audit trail, changes nothing",
        }
    }

    /// Reads a role's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == word)
    }

    /// The table of rights.
    pub const fn may(self, right: Right) -> bool {
        match right {
            Right::See => true,
            Right::Edit => matches!(self, Self::Moderator | Self::Admin),
            Right::Manage | Right::Staff | Right::Apps => matches!(self, Self::Admin),
            Right::Audit => matches!(self, Self::Admin | Self::Auditor),
        }
    }
}

impl Right {
    /// Who has it, for the message of a refusal.
    pub const fn needs(self) -> &'static str {
        match self {
            Self::See => "Please sign in.",
            Self::Edit => "Your role may not change rooms; ask a moderator or an admin.",
            Self::Manage => "Only an admin may change this; ask one.",
            Self::Staff => "Only an admin may see and change staff accounts.",
            Self::Apps => "Only an admin may see and change apps.",
            Self::Audit => "Only an admin or an auditor may export the audit trail.",
        }
    }
}
