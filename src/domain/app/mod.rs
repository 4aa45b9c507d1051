//! Apps: the credentials through which back-ends call, and what the house must know of the vendors whose APIs they
//! speak. A vendor's own words stand with the vendor; this is the shape they come in.

pub mod fit;
pub mod spelling;
pub mod vendor;

use serde::{Deserialize, Serialize};

use super::{Role, Timestamp, text};
pub use fit::Fit;
pub use spelling::{Form, Spelling, Word};
pub use vendor::{About, Action, Command, Credentials, Signing, View};

/// What an app is trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Sees rooms.
    Read,
    /// Also changes what people see of a room, and its attributes.
    Edit,
    /// Also everything else of a room: owner, managers, members, limits; makes and deletes rooms.
    Manage,
}

impl Scope {
    /// All of them, least first.
    pub const ALL: [Self; 3] = [Self::Read, Self::Edit, Self::Manage];

    /// The word in forms, on the command line and in the database.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Edit => "edit",
            Self::Manage => "manage",
        }
    }

    /// What it comes to, in one line.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Read => "sees rooms, members and attributes",
            Self::Edit => "also changes names, covers, descriptions, tags, categories, status and attributes",
            Self::Manage => "also everything else of a room; makes and deletes rooms",
        }
    }

    /// Reads a scope's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.key() == word)
    }

    /// The role whose rights over rooms are the same.
    pub const fn role(self) -> Role {
        match self {
            Self::Read => Role::Viewer,
            Self::Edit => Role::Moderator,
            Self::Manage => Role::Admin,
        }
    }
}

/// An app. Its secrets never leave the store but to check or make a signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct App {
    /// Number in the database.
    pub id: i64,
    /// What people call it, unique without regard to case; the name in the audit trail.
    pub name: String,
    /// The vendor whose API it speaks, by key.
    pub vendor: String,
    /// The public half of its credential, unique for its vendor.
    pub key: String,
    /// What it may do.
    pub scope: Scope,
    /// The application whose rooms it sees and makes; empty for all rooms.
    pub application: String,
    /// The accounts that may act through it, for vendors that ask for one.
    pub accounts: Vec<String>,
    /// Calls a second of each action, where it is not the vendor's own limit.
    pub rate: Option<u32>,
    /// Whether it is kept out.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when the secret before the last rotation still counts.
    pub old_secret_until: Option<Timestamp>,
}

/// What an app may do, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    /// A [`Scope`]'s word.
    pub scope: String,
    /// The application; empty for all rooms.
    pub application: String,
    /// The accounts that may act through it, with commas between.
    pub accounts: String,
    /// Calls a second; empty for the vendor's own limit.
    pub rate: String,
}

impl From<&App> for Allowed {
    /// What would be typed for what an app may do now.
    fn from(app: &App) -> Self {
        Self {
            scope: app.scope.key().to_owned(),
            application: app.application.clone(),
            accounts: app.accounts.join(", "),
            rate: app.rate.map(|rate| rate.to_string()).unwrap_or_default(),
        }
    }
}

/// Most characters of an app's name and of an application.
pub const NAME_MAX: usize = 64;
/// Most calls a second that an app may be given.
pub const RATE_MAX: u32 = 100_000;

/// How many calls had the same end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The vendor's word for what was called; empty where that could not be read.
    pub action: String,
    /// The vendor's code of the answer.
    pub code: String,
    /// Whether they were refused.
    pub refused: bool,
    /// How many.
    pub many: i64,
    /// When the last was.
    pub last_at: Timestamp,
    /// What the last was told, where it was refused.
    pub last_message: String,
}

/// Checks an app's name: 1 to 64 characters, no line ends.
///
/// # Errors
/// Says what is wrong.
pub fn check_name(given: &str) -> Result<String, String> {
    let name = text::tidy(given, 1)?;
    if name.is_empty() {
        return Err("is empty; give the app a name".to_owned());
    }
    text::seen(&name)?;
    text::at_most(&name, NAME_MAX)?;
    Ok(name)
}

/// Checks an application's name; empty is none.
///
/// # Errors
/// Says what is wrong.
pub fn check_application(given: &str) -> Result<String, String> {
    let name = text::tidy(given, 1)?;
    text::at_most(&name, NAME_MAX)?;
    Ok(name)
}

/// Reads a rate that somebody typed; empty is the vendor's own.
///
/// # Errors
/// Says what is wrong.
pub fn parse_rate(given: &str) -> Result<Option<u32>, String> {
    match given.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(rate) if (1..=RATE_MAX).contains(&rate) => Ok(Some(rate)),
            _ => Err(format!("must be a whole number from 1 to {RATE_MAX}, or empty for the vendor's own limit")),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_rates_are_read_again() {
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.key()), Some(scope));
        }
        assert_eq!(parse_rate(" 20 "), Ok(Some(20)));
        assert_eq!(parse_rate(""), Ok(None));
        for bad in ["0", "-1", "1.5", "100001", "many"] {
            assert!(parse_rate(bad).is_err(), "{bad}");
        }
        assert!(check_name(" \n").is_err() && check_name(&"x".repeat(65)).is_err());
    }
}
