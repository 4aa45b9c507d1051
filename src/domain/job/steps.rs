//! What a job does to every one of its rooms: a few steps, in their order.

use serde::{Deserialize, Serialize};

use crate::domain::{
    Right,
    client::ClientId,
    room::{Field, Value},
};

/// The fields that a shield may set.
pub const SHIELDED: [Field; 4] = [Field::Status, Field::Opening, Field::Listed, Field::Muted];

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A field gets a value, or none.
    Set {
        /// The field.
        field: Field,
        /// Its value.
        value: Option<Value>,
    },
    /// A list gets more words; those it has stay.
    Add {
        /// The field.
        field: Field,
        /// The words.
        words: Value,
    },
    /// A list loses words.
    Remove {
        /// The field.
        field: Field,
        /// The words.
        words: Value,
    },
    /// An attribute gets a value.
    SetAttribute {
        /// Its key.
        key: String,
        /// Its value.
        value: String,
    },
    /// An attribute goes.
    DeleteAttribute {
        /// Its key.
        key: String,
    },
    /// Whatever one client owns and manages becomes another's.
    HandOver {
        /// Whose seats they are.
        from: ClientId,
        /// Whose they become.
        to: ClientId,
    },
}

/// Most characters of one value in a line about a job, and most of such a line.
const VALUE: usize = 60;
const LINE: usize = 200;

/// A text, cut where it is too long for a line.
fn short(mut text: String, most: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// What is done to every room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Steps(pub Vec<Step>);

impl Step {
    /// What it does, as half a sentence: "Status becomes Inactive".
    pub fn describe(&self) -> String {
        let show = |field: &Field, value: &Value| short(field.spec().kind.show(value), VALUE);
        match self {
            Self::Set { field, value: Some(value) } => format!("{} becomes {}", field.label(), show(field, value)),
            Self::Set { field, value: None } => format!("{} is cleared", field.label()),
            Self::Add { field, words } => format!("{} gets {}", field.label(), show(field, words)),
            Self::Remove { field, words } => format!("{} loses {}", field.label(), show(field, words)),
            Self::SetAttribute { key, value } => format!("Attribute {key} becomes {}", short(value.clone(), VALUE)),
            Self::DeleteAttribute { key } => format!("Attribute {key} is deleted"),
            Self::HandOver { from, to } => format!("All that {from} owns and manages goes to {to}"),
        }
    }

    /// The field that it sets, adds to or removes from.
    pub const fn field(&self) -> Option<Field> {
        match self {
            Self::Set { field, .. } | Self::Add { field, .. } | Self::Remove { field, .. } => Some(*field),
            Self::SetAttribute { .. } | Self::DeleteAttribute { .. } | Self::HandOver { .. } => None,
        }
    }

    /// The attribute's key that it is about.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::SetAttribute { key, .. } | Self::DeleteAttribute { key } => Some(key),
            _ => None,
        }
    }

    const fn right(&self) -> Right {
        match (self.field(), self) {
            (Some(field), _) => field.spec().right,
            (None, Self::HandOver { .. }) => Right::Manage,
            (None, _) => Right::Edit,
        }
    }
}

impl Steps {
    /// All of it in one line.
    pub fn describe(&self) -> String {
        short(self.0.iter().map(Step::describe).collect::<Vec<_>>().join("; "), LINE)
    }

    /// The greatest right that it needs.
    pub fn needs(&self) -> Right {
        if self.0.iter().any(|step| step.right() == Right::Manage) { Right::Manage } else { Right::Edit }
    }

    /// The columns of a room that have to be known to tell what becomes of it.
    pub fn fields(&self) -> Vec<Field> {
        let mut fields: Vec<Field> = self.0.iter().filter_map(Step::field).collect();
        let is_of_people = |field: &Field| matches!(field, Field::Owner | Field::Managers);
        if fields.iter().any(is_of_people) || self.0.iter().any(|step| matches!(step, Step::HandOver { .. })) {
            fields.extend([Field::Owner, Field::Managers]);
        }
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// Whether it is about attributes as well.
    pub fn has_attributes(&self) -> bool {
        self.0.iter().any(|step| step.key().is_some())
    }

    /// Whether rooms get another owner, which always takes two.
    pub fn changes_owner(&self) -> bool {
        let of_owner = |step: &Step| step.field() == Some(Field::Owner) || matches!(step, Step::HandOver { .. });
        self.0.iter().any(of_owner)
    }
}
