//! What the console must know of a vendor whose API back-ends speak: names, actions with their rates, how its
//! credentials look, how it spells a room, and how a call is signed for a person to paste into a shell.
//!
//! Each vendor fills one [`About`]; the server hands them to pages and services, which know no vendor by name.

use serde_json::Value as Json;

use super::{App, Spelling};
use crate::domain::{
    Right, Timestamp,
    attribute::{Attribute, AttributeLimits},
    client::{Client, Member},
    room::{Room, VendorLimit, limits::narrower},
};

/// A vendor, as the rest of the house sees it.
pub struct About {
    /// The word in paths, on the command line and in the database.
    pub key: &'static str,
    /// The name for people.
    pub name: &'static str,
    /// What its documents call an app's public half.
    pub key_label: &'static str,
    /// What its documents call an app's secret.
    pub secret_label: &'static str,
    /// What the accounts are called that may act through an app; `None` where the vendor asks for none.
    pub accounts_label: Option<&'static str>,
    /// Everything that can be called.
    pub actions: &'static [Action],
    /// Its limits on a room's attributes; `None` where it has no attributes at all.
    pub attributes: Option<AttributeLimits>,
    /// How it spells the fields that it carries, in the order of its own document.
    pub spellings: &'static [Spelling],
    /// Makes the two halves of a new app's credential.
    pub credentials: fn() -> Credentials,
    /// Whether a text can be an app's public half; says what it must be.
    pub check_key: fn(&str) -> Result<(), String>,
    /// This room in the vendor's words.
    pub words: fn(&View) -> Json,
    /// Each possible change of this room as a command for a shell, signed.
    pub commands: fn(&Signing<'_>, &View) -> Vec<Command>,
}

impl About {
    /// Where it is narrower than we are.
    pub fn limits(&self) -> impl Iterator<Item = VendorLimit> + '_ {
        self.spellings.iter().filter_map(|spelling| {
            let (max, measure) = spelling.limit?;
            let limit = VendorLimit { vendor: self.name, field: spelling.field, max, measure };
            narrower(&limit).then_some(limit)
        })
    }

    /// The action of this name.
    pub fn action(&self, name: &str) -> Option<&'static Action> {
        self.actions.iter().find(|action| action.name == name)
    }
}

impl std::fmt::Debug for About {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.key)
    }
}

/// One thing that can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// The vendor's own word for it, unique for the vendor.
    pub name: &'static str,
    /// What it needs; a call may need more, by what it asks to change.
    pub right: Right,
    /// Calls that an app may make of it by default ...
    pub rate: u32,
    /// ... in so many seconds.
    pub seconds: u32,
}

impl Action {
    /// An action with a rate a second.
    pub const fn new(name: &'static str, right: Right, rate: u32) -> Self {
        Self { name, right, rate, seconds: 1 }
    }

    /// An action with a rate a minute.
    pub const fn a_minute(name: &'static str, right: Right, rate: u32) -> Self {
        Self { name, right, rate, seconds: 60 }
    }
}

/// The two halves of a credential.
pub struct Credentials {
    /// The public half.
    pub key: String,
    /// The secret.
    pub secret: String,
}

/// A room with what vendors show of it.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The room.
    pub room: Room,
    /// Its members, by client id; where they were asked for.
    pub members: Vec<Member>,
    /// Who sent the newest message, where there is one.
    pub sender: Option<Client>,
    /// Its attributes, by key; where they were asked for.
    pub attributes: Vec<Attribute>,
    /// How often its attributes were changed.
    pub attribute_seq: i64,
}

/// What a command for a shell is signed with.
pub struct Signing<'a> {
    /// Where the vendor's API is, without a slash at the end: `http://127.0.0.1:3000/zego`.
    pub base: &'a str,
    /// The app.
    pub app: &'a App,
    /// Its secret.
    pub secret: &'a str,
    /// Who pastes it.
    pub staff: &'a str,
    /// Now.
    pub now: Timestamp,
}

/// A command for a shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What it does.
    pub title: String,
    /// The command, on one or more lines.
    pub shell: String,
    /// For how many seconds from now it is good.
    pub seconds: u32,
}
