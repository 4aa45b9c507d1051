//! The table of a room's fields. Forms, filters, validation, diffs, SQL columns, import and export are loops over it.
//!
//! Limits are the widest that any of the five contracts states; where a contract is silent the comment says what was
//! chosen. A vendor's narrower limit stands with that vendor ([`super::limits`]). To add a field: a row here, a column
//! in a migration, and its spelling in the vendors that carry it.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::kind::Kind;
use crate::domain::Right;

/// Where a field stands in the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// What people see of the room.
    Presentation,
    /// Who gets in and what they may do there.
    Access,
    /// How the live side behaves.
    Live,
    /// What other systems need.
    Integration,
    /// Who runs it; changed by steps of their own, never in the form.
    People,
}

impl Group {
    /// The groups of the form, in its order.
    pub const FORM: [Self; 4] = [Self::Presentation, Self::Access, Self::Live, Self::Integration];

    /// The group's heading.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Presentation => "Presentation",
            Self::Access => "Access",
            Self::Live => "Live",
            Self::Integration => "Integration",
            Self::People => "People",
        }
    }
}

/// All that is fixed about one field.
#[derive(Debug)]
pub struct Spec {
    /// The word in forms, files, the database and the audit trail.
    pub key: &'static str,
    /// The word for people.
    pub label: &'static str,
    /// The doc comment: help under the input. Begins with a blank; read it through [`Field::help`].
    pub doc: &'static str,
    /// Where it stands in the form.
    pub group: Group,
    /// What values it takes.
    pub kind: Kind,
    /// The right that changing it needs.
    pub right: Right,
    /// Whether it may be changed for many rooms at once.
    pub bulk: bool,
}

impl Spec {
    const BASE: Self = Self {
        key: "",
        label: "",
        doc: "",
        group: Group::Presentation,
        kind: Kind::Flag { default: false },
        right: Right::Manage,
        bulk: false,
    };
}

macro_rules! fields {
    ($( #[doc = $doc:literal] $name:ident { $($spec:tt)* } )*) => {
        /// One of a room's fields.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Field { $( #[doc = $doc] $name, )* }

        impl Field {
            /// Every field, in the order of the form and of files.
            pub const ALL: &'static [Self] = &[$( Self::$name ),*];

            /// The field's row of the table.
            #[allow(clippy::needless_update, reason = "a row may well fill every column")]
            pub const fn spec(self) -> &'static Spec {
                match self {
                    $( Self::$name => { const SPEC: Spec = Spec { doc: $doc, $($spec)*, ..Spec::BASE }; &SPEC } )*
                }
            }
        }
    };
}

fields! {
    /// Shown in every room list.
    Name { key: "name", label: "Name", right: Right::Edit, kind: Kind::Text { max: 128, lines: 1 } }
    /// Address of the cover picture (http or https).
    Cover { key: "cover", label: "Cover", right: Right::Edit, kind: Kind::Link { max: 2048 } }
    /// What the room is about.
    Description { key: "description", label: "Description", right: Right::Edit, kind: Kind::Text { max: 4096, lines: 4 } }
    /// Shown to everybody who enters.
    Announcement { key: "announcement", label: "Announcement", right: Right::Edit, bulk: true, kind: Kind::Text { max: 4096, lines: 4 } }
    /// Words to find the room by, with commas between.
    Tags { key: "tags", label: "Tags", right: Right::Edit, bulk: true, kind: Kind::Words { max: 20, each: 32 } }
    /// Up to three category numbers, with commas between.
    Categories { key: "categories", label: "Categories", right: Right::Edit, bulk: true, kind: Kind::Numbers { max: 3 } }

    /// An inactive room is frozen: nobody can use it.
    Status { key: "status", label: "Status", right: Right::Edit, bulk: true, group: Group::Access,
        kind: Kind::Choice(&[("active", "Active"), ("inactive", "Inactive")]) }
    /// A closed room takes no new members and no invitations.
    Opening { key: "opening", label: "Opening", bulk: true, group: Group::Access,
        kind: Kind::Choice(&[("open", "Open"), ("closed", "Closed")]) }
    /// Whether the public room list shows it.
    Listed { key: "listed", label: "Publicly listed", bulk: true, group: Group::Access, kind: Kind::Flag { default: true } }
    /// Nobody but the owner and the managers can write.
    Muted { key: "muted", label: "Muted", bulk: true, group: Group::Access, kind: Kind::Flag { default: false } }
    /// Seconds that a member waits between two messages; empty or 0 for none.
    SlowMode { key: "slow_mode", label: "Slow mode", bulk: true, group: Group::Access, kind: Kind::Number { min: 0, max: 3600 } }
    /// Most members it takes; empty for no limit of its own.
    Capacity { key: "capacity", label: "Capacity", bulk: true, group: Group::Access, kind: Kind::Number { min: 1, max: 100_000_000 } }

    /// Where the live stream is fetched from.
    LiveUrl { key: "live_url", label: "Live URL", group: Group::Live, kind: Kind::Text { max: 1024, lines: 1 } }
    /// How a listener takes a seat.
    SeatMode { key: "seat_mode", label: "Seats", group: Group::Live,
        kind: Kind::Choice(&[("free", "Free to take"), ("ask", "Ask first")]) }
    /// Who may change the queue.
    QueueLevel { key: "queue_level", label: "Queue", group: Group::Live,
        kind: Kind::Choice(&[("everyone", "Everyone"), ("managers", "Owner and managers")]) }
    /// A number with a meaning of your own.
    ActivityStatus { key: "activity_status", label: "Activity status", group: Group::Live,
        kind: Kind::Number { min: i32::MIN as i64, max: i32::MAX as i64 } }

    /// Webhook key or address that is told of what happens here.
    Webhook { key: "webhook", label: "Webhook", group: Group::Integration, kind: Kind::Text { max: 1024, lines: 1 } }
    /// Whether the room's bot answers.
    BotMode { key: "bot_mode", label: "Bot", group: Group::Integration, kind: Kind::Flag { default: false } }
    /// Extra parameters, written as a=1&b=2.
    ExtParams { key: "ext_params", label: "Extra parameters", group: Group::Integration, kind: Kind::Pairs { max: 4096 } }
    /// Free text for your own systems, often JSON.
    Ext { key: "ext", label: "Extension", group: Group::Integration, kind: Kind::Text { max: 4096, lines: 4 } }
    /// Id of the text moderation configuration.
    ModerationText { key: "moderation_text", label: "Text moderation", group: Group::Integration, kind: Kind::Text { max: 128, lines: 1 } }
    /// Id of the picture moderation configuration.
    ModerationPicture { key: "moderation_picture", label: "Picture moderation", group: Group::Integration, kind: Kind::Text { max: 128, lines: 1 } }

    /// The client the room belongs to.
    Owner { key: "owner", label: "Owner", bulk: true, group: Group::People, kind: Kind::Client }
    /// The clients who help the owner.
    Managers { key: "managers", label: "Managers", bulk: true, group: Group::People, kind: Kind::Clients { max: 100 } }
}

impl Field {
    /// The word in forms, files and the database.
    pub const fn key(self) -> &'static str {
        self.spec().key
    }

    /// The word for people.
    pub const fn label(self) -> &'static str {
        self.spec().label
    }

    /// The help text under the input.
    pub fn help(self) -> &'static str {
        self.spec().doc.trim()
    }

    /// Finds a field by its key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.key() == key)
    }

    /// The fields of one group, in order.
    pub fn of(group: Group) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |field| field.spec().group == group)
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.key())
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let key = String::deserialize(deserializer)?;
        Self::parse(&key).ok_or_else(|| de::Error::custom(format!("{key:?} is not a field of a room")))
    }
}

/// The label of a change's subject: a field's label, `Attribute KEY`, or the word itself. What a job is asked to do with
/// a field (`add.tags`) has the field's label.
pub fn label_of(subject: &str) -> String {
    let word = subject.split('.').next().unwrap_or_default().replace('_', " ");
    match (Field::parse(subject), subject.split_once('.')) {
        (Some(field), _) => field.label().to_owned(),
        (None, Some(("set" | "clear" | "add" | "remove", key))) => {
            Field::parse(key).map_or_else(|| key.to_owned(), |field| field.label().to_owned())
        }
        (None, Some(("attribute", key))) => format!("Attribute {key}"),
        (None, Some((_, key))) => format!("Attribute {key}, {word}"),
        (None, None) => word,
    }
}
