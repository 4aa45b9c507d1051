//! Audit entries: who did what, through what, when, from where, and each field before and after.

use serde::{Deserialize, Serialize};

use super::{
    Timestamp, Violation,
    page::{Cursor, Page},
    room::Change,
    text,
    when::DAY,
};

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Actor {
    /// A member of staff, by name.
    Staff(String),
    /// A back-end's app, by key.
    App(String),
    /// A command on the server's own machine, by its user.
    Command(String),
    /// Somebody who is not signed in.
    Nobody(String),
}

impl Actor {
    /// The kind's word.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Staff(_) => "staff",
            Self::App(_) => "app",
            Self::Command(_) => "command",
            Self::Nobody(_) => "nobody",
        }
    }

    /// The name, without the kind.
    pub fn name(&self) -> &str {
        match self {
            Self::Staff(name) | Self::App(name) | Self::Command(name) | Self::Nobody(name) => name,
        }
    }

    /// The actor of this kind and name.
    pub fn of(kind: &str, name: String) -> Self {
        match kind {
            "staff" => Self::Staff(name),
            "app" => Self::App(name),
            "command" => Self::Command(name),
            _ => Self::Nobody(name),
        }
    }
}

/// Through what it was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The console in a browser.
    Console,
    /// A command: `import`, `staff`.
    Command,
    /// A vendor's API. Which one is the entry's app's business.
    Api,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Console, Self::Command, Self::Api];

    /// The word in the address and in the database.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Console => "console",
            Self::Command => "command",
            Self::Api => "api",
        }
    }

    /// Reads a source's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.key() == word)
    }
}

/// What is kept of a back-end's call beside the app that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The vendor whose API it came through, by key.
    pub vendor: String,
    /// The vendor's own word for what was called.
    pub action: String,
    /// The client on whose behalf; empty where the app asked for itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub client: String,
    /// Whether members are to be told of the change, and with which text beside it. Kept for the delivery of events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notify: Option<Notify>,
}

/// Who made a change wants it told, or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notify {
    /// Whether it is to be told.
    pub wanted: bool,
    /// A text that goes along; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub ext: String,
}

macro_rules! actions {
    ($( $(#[$doc:meta])* $name:ident = $key:literal, $label:literal; )*) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Action { $( $(#[$doc])* #[serde(rename = $key)] $name, )* }

        impl Action {
            /// All of them.
            pub const ALL: &'static [Self] = &[$( Self::$name ),*];

            /// The word in the database and in files.
            pub const fn key(self) -> &'static str {
                match self { $( Self::$name => $key, )* }
            }

            /// The words for people.
            pub const fn label(self) -> &'static str {
                match self { $( Self::$name => $label, )* }
            }

            /// Reads an action's word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|action| action.key() == word)
            }
        }
    };
}

actions! {
    /// A room was made.
    RoomCreated = "room.created", "created the room";
    /// A room was deleted, with all that was in it.
    RoomDeleted = "room.deleted", "deleted the room";
    /// Fields of a room were changed.
    RoomUpdated = "room.updated", "changed the room";
    /// A room went to another owner.
    RoomTransferred = "room.transferred", "transferred the room";
    /// A manager came.
    ManagerAdded = "manager.added", "added a manager";
    /// A manager went.
    ManagerRemoved = "manager.removed", "removed a manager";
    /// Attributes were set or deleted.
    AttributesChanged = "attributes.changed", "changed attributes";
    /// Members came or went, or an import brought a newest message.
    MembersChanged = "members.changed", "changed members or the newest message";
    /// An earlier entry was undone.
    Undone = "room.undone", "undid a change";
    /// Somebody signed in.
    SignedIn = "staff.signed_in", "signed in";
    /// Somebody signed out, or ended a session.
    SignedOut = "staff.signed_out", "ended a session";
    /// A sign-in was refused.
    SignInRefused = "staff.sign_in_refused", "was refused at sign-in";
    /// Somebody showed once more that it was them.
    Confirmed = "staff.confirmed", "confirmed that it was them";
    /// Somebody failed to show that it was them.
    ConfirmRefused = "staff.confirm_refused", "failed to confirm that it was them";
    /// Two-step sign-in was set up.
    TotpOn = "staff.totp_on", "turned two-step sign-in on";
    /// Two-step sign-in was turned off, by its owner or an admin.
    TotpOff = "staff.totp_off", "turned two-step sign-in off";
    /// Somebody got new recovery codes.
    RecoveryRenewed = "staff.recovery_renewed", "made new recovery codes";
    /// Somebody asked for what they may not do.
    Refused = "staff.refused", "was refused";
    /// An account was made.
    StaffAdded = "staff.added", "added an account";
    /// An account's role or state was changed.
    StaffChanged = "staff.changed", "changed an account";
    /// A password was changed or reset.
    PasswordChanged = "staff.password_changed", "changed a password";
    /// An app was made.
    AppAdded = "app.added", "added an app";
    /// What an app may do was changed, or whether it may do anything.
    AppChanged = "app.changed", "changed an app";
    /// An app got a new secret.
    AppRotated = "app.rotated", "rotated an app's secret";
    /// All secrets were sealed anew, with a new data key.
    KeysRotated = "keys.rotated", "sealed all secrets anew";
    /// The data keys were wrapped with another master key.
    MasterKeyChanged = "keys.master_changed", "changed the master key";
    /// A client became known, or more became known of one.
    ClientChanged = "client.changed", "changed a client";
    /// A client got a token to call with.
    TokenIssued = "client.token_issued", "issued a client's token";
    /// A client's tokens were taken away.
    TokenRevoked = "client.token_revoked", "revoked a client's tokens";
    /// A view of the room list was saved.
    ViewSaved = "view.saved", "saved a view";
    /// A saved view was changed, shared, or no longer shared.
    ViewChanged = "view.changed", "changed a view";
    /// A saved view was deleted.
    ViewDeleted = "view.deleted", "deleted a view";
    /// Somebody changed how they have the console before them.
    PreferencesChanged = "staff.preferences_changed", "changed their preferences";
    /// A change of many rooms was planned.
    JobPlanned = "job.planned", "planned a job";
    /// A plan was approved by somebody else than who made it.
    JobApproved = "job.approved", "approved a job";
    /// A job was started.
    JobStarted = "job.started", "started a job";
    /// A job was paused, by somebody or because it could not go on.
    JobPaused = "job.paused", "paused a job";
    /// A paused job was taken up again.
    JobResumed = "job.resumed", "resumed a job";
    /// A job was ended before it was done.
    JobCancelled = "job.cancelled", "cancelled a job";
    /// A job had an outcome for every room.
    JobDone = "job.done", "finished a job";
    /// The entries from before the trail was a chain got their macs: nobody vouches for what stood there before.
    TrailSealed = "audit.sealed", "sealed the older entries of the audit trail";
    /// The oldest entries were removed under the retention rule.
    TrailPruned = "audit.pruned", "removed the oldest entries of the audit trail";
    /// A shield was ended, by somebody or by the clock.
    ShieldEnded = "job.shield_ended", "ended a shield";
    /// A backup took the place of the database: what came after it is not there any more.
    BackupRestored = "backup.restored", "restored a backup";
}

impl Action {
    /// Whether an entry of this action can be undone from History.
    pub const fn can_be_undone(self) -> bool {
        matches!(
            self,
            Self::RoomUpdated
                | Self::RoomTransferred
                | Self::ManagerAdded
                | Self::ManagerRemoved
                | Self::AttributesChanged
                | Self::Undone
        )
    }
}

/// One entry of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number; goes up, never reused.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// Through what.
    pub source: Source,
    /// From which network address; empty for commands.
    pub address: String,
    /// What was done.
    pub action: Action,
    /// The room's id, where it was about a room.
    pub room: Option<String>,
    /// The room's version afterwards.
    pub version: Option<i64>,
    /// What it was about where that is no room (a staff name), or why it was refused.
    pub note: String,
    /// Each field before and after.
    pub changes: Vec<Change>,
    /// The entry that this one undid.
    pub undo_of: Option<i64>,
    /// The call, where an app made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// The job that it was a part of, or that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<i64>,
}

/// What an accepted change of a room came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The audit entry; `None` when everything was already so and nothing was written.
    pub entry: Option<i64>,
    /// The room's version now.
    pub version: i64,
    /// What changed.
    pub changes: Vec<Change>,
}

/// What is asked of the audit trail; newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Only about this room.
    pub room: Option<String>,
    /// Only by this actor's name.
    pub actor: Option<String>,
    /// Only through this.
    pub source: Option<Source>,
    /// Only with a change of this field.
    pub field: Option<String>,
    /// Only of this job.
    pub job: Option<i64>,
    /// At or after.
    pub from: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Which page.
    pub page: Page,
}

impl AuditQuery {
    /// Whether it is about one room or one person, who leave few entries.
    pub fn is_led(&self) -> bool {
        self.room.is_some() || self.actor.is_some()
    }

    /// Reads an address's pairs: `room`, `actor`, `source`, `field`, `job`, `from` and `to` (days), `after`, `before`. Empty
    /// values are left out, other names ignored.
    ///
    /// Returns what could be read, and what could not.
    pub fn parse<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<Violation>) {
        let mut query = Self::default();
        let mut wrong = Vec::new();
        for (name, value) in pairs {
            let read = text::tidy(value, 1).and_then(|value| match value.as_str() {
                "" => Ok(()),
                value => query.take(name, value),
            });
            if let Err(why) = read {
                wrong.push(Violation::new(name, why));
            }
        }
        (query, wrong)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<(), String> {
        let day = || Timestamp::parse_day(value).ok_or_else(|| "must be a day, written 2026-11-22".to_owned());
        let place =
            || Cursor::parse(value).ok_or_else(|| "is not a place in the list; showing its beginning".to_owned());
        match name {
            "room" => self.room = Some(value.to_owned()),
            "actor" => self.actor = Some(value.to_owned()),
            "source" => self.source = Some(Source::parse(value).ok_or("is not one we know")?),
            "field" => self.field = Some(value.to_owned()),
            "job" => self.job = Some(value.parse().map_err(|_| "must be a job's number".to_owned())?),
            "from" => self.from = Some(day()?),
            "to" => self.until = Some(day()?.plus(DAY)),
            "after" => self.page = Page::After(place()?),
            "before" => self.page = Page::Before(place()?),
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_said_and_left_out() {
        let pairs =
            [("room", "r"), ("source", "post"), ("from", "soon"), ("to", "2026-01-01"), ("after", "7~"), ("x", "1")];
        let (query, wrong) = AuditQuery::parse(pairs);
        assert_eq!((query.room.as_deref(), query.source, query.from), (Some("r"), None, None));
        assert_eq!(query.until, Timestamp::parse("2026-01-02"));
        assert_eq!(query.page, Page::After(Cursor { number: 7, key: String::new() }));
        assert_eq!(wrong.iter().map(|v| v.field.as_str()).collect::<Vec<_>>(), ["source", "from"]);
    }
}
