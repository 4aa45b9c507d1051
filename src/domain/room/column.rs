//! The columns of the room list: any field, and what is fixed about every room. The room itself (its name and id) is
//! the head of every row and no column that could be left out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Field, Sort};
use crate::domain::Violation;

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Active, closed, muted, unlisted: what is out of the ordinary, as badges.
    State,
    /// A field.
    Field(Field),
    /// How many members it has.
    Members,
    /// When somebody last wrote.
    LastMessage,
    /// When it was last changed.
    Updated,
    /// When it was made.
    Created,
    /// Its number.
    Number,
    /// The application it belongs to.
    App,
    /// How often it was changed.
    Version,
}

/// What everybody sees who chose nothing.
const DEFAULT: [Column; 7] = [
    Column::State,
    Column::Field(Field::Owner),
    Column::Field(Field::Tags),
    Column::Members,
    Column::LastMessage,
    Column::Updated,
    Column::Created,
];

impl Column {
    /// All of them: first those that everybody sees, then the other fields in their order, then the rest.
    pub fn all() -> impl Iterator<Item = Self> {
        let fields = Field::ALL.iter().filter(|field| **field != Field::Name).map(|&field| Self::Field(field));
        let fields = fields.filter(|column| !DEFAULT.contains(column));
        DEFAULT.into_iter().chain(fields).chain([Self::Number, Self::App, Self::Version])
    }

    /// The word in forms and in the database; the name of the column in a file.
    pub const fn key(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Field(field) => field.key(),
            Self::Members => "member_count",
            Self::LastMessage => "last_message_at",
            Self::Updated => "updated_at",
            Self::Created => "created_at",
            Self::Number => "number",
            Self::App => "app",
            Self::Version => "version",
        }
    }

    /// The word for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::State => "State",
            Self::Field(field) => field.label(),
            Self::Members => Sort::Members.label(),
            Self::LastMessage => Sort::LastMessage.label(),
            Self::Updated => Sort::Updated.label(),
            Self::Created => Sort::Created.label(),
            Self::Number => "Number",
            Self::App => "Application",
            Self::Version => "Version",
        }
    }

    /// Finds a column by its key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::all().find(|column| column.key() == key)
    }

    /// The order that its header asks for.
    pub const fn sort(self) -> Option<Sort> {
        match self {
            Self::Members => Some(Sort::Members),
            Self::LastMessage => Some(Sort::LastMessage),
            Self::Updated => Some(Sort::Updated),
            Self::Created => Some(Sort::Created),
            _ => None,
        }
    }
}

/// The columns that somebody chose, in their order, none twice. Written as their keys with commas between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Columns(Vec<Column>);

impl Columns {
    /// Most columns of a list.
    pub const MAX: usize = 12;

    /// Each of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Column> {
        self.0.iter().copied()
    }

    /// Whether this column is one of them.
    pub fn has(&self, column: Column) -> bool {
        self.0.contains(&column)
    }

    /// All columns as a form shows them: the chosen ones first.
    pub fn then_all(&self) -> Vec<Column> {
        self.iter().chain(Column::all().filter(|column| !self.has(*column))).collect()
    }
}

impl Default for Columns {
    fn default() -> Self {
        Self(DEFAULT.to_vec())
    }
}

impl From<String> for Columns {
    /// A key that is no column (any more) is left out.
    fn from(keys: String) -> Self {
        let mut columns = Vec::new();
        for column in keys.split(',').filter_map(Column::parse) {
            if !columns.contains(&column) && columns.len() < Self::MAX {
                columns.push(column);
            }
        }
        Self(columns)
    }
}

impl From<Columns> for String {
    fn from(columns: Columns) -> Self {
        columns.iter().map(Column::key).collect::<Vec<_>>().join(",")
    }
}

/// What a form says of columns.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Arranged {
    /// The columns that the form showed, in its order, commas between: a column's place in it is what it was.
    #[serde(default)]
    pub shown: String,
    /// What is ticked, by key.
    #[serde(default)]
    pub on: BTreeMap<String, String>,
    /// The place that each is to have, by key, counted from 1.
    #[serde(default)]
    pub place: BTreeMap<String, String>,
}

impl Arranged {
    /// The columns that are ticked, in the order asked for; the usual ones where nothing was said of columns. Whatever was given another place is taken out and put in
    /// there, least place first; the others keep their order.
    ///
    /// # Errors
    /// Places that are no whole numbers, and too many columns.
    pub fn columns(&self) -> Result<Columns, Violation> {
        if self.shown.is_empty() && self.on.is_empty() {
            return Ok(Columns::default());
        }
        let mut order = shown(&self.shown);
        let (mut moved, mut wrong) = (Vec::new(), Vec::new());
        for (n, column) in order.iter().enumerate() {
            let Some(typed) = self.place.get(column.key()).map(|typed| typed.trim()).filter(|typed| !typed.is_empty())
            else {
                continue;
            };
            match typed.parse::<usize>() {
                Ok(place) if place == n + 1 => {}
                Ok(place) if place > 0 => moved.push((place, *column)),
                _ => wrong.push(format!("{} ({typed:?})", column.label())),
            }
        }
        if !wrong.is_empty() {
            let message = format!("has places that are not 1, 2, 3 and so on: {}", wrong.join(", "));
            return Err(Violation::new("columns", message));
        }
        moved.sort_by_key(|(place, _)| *place);
        order.retain(|column| !moved.iter().any(|(_, other)| other == column));
        for (place, column) in moved {
            order.insert((place - 1).min(order.len()), column);
        }
        order.retain(|column| self.on.contains_key(column.key()));
        if order.len() > Columns::MAX {
            let message = format!("has too many: {} of {}; take some ticks away", order.len(), Columns::MAX);
            return Err(Violation::new("columns", message));
        }
        Ok(Columns(order))
    }
}

/// The columns that a form showed; whatever it did not name stands behind.
pub fn shown(keys: &str) -> Vec<Column> {
    let mut order = Vec::new();
    for column in keys.split(',').filter_map(Column::parse).chain(Column::all()) {
        if !order.contains(&column) {
            order.push(column);
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arranged(on: &[&str], place: &[(&str, &str)]) -> Result<String, Violation> {
        let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        let form = Arranged {
            shown: "state,owner,tags,member_count".to_owned(),
            on: on.iter().map(|key| ((*key).to_owned(), "on".to_owned())).collect(),
            place: place.iter().map(pair).collect(),
        };
        form.columns().map(String::from)
    }

    #[test]
    fn every_column_has_a_key_of_its_own_and_is_found_by_it() {
        let all: Vec<Column> = Column::all().collect();
        assert_eq!(all.len(), Field::ALL.len() - 1 + 8);
        assert!(all.iter().all(|column| Column::parse(column.key()) == Some(*column)));
        assert_eq!(Column::parse("name"), None, "the room is no column");
    }

    #[test]
    fn a_column_goes_where_its_number_says_and_the_others_keep_their_order() {
        let all = ["state", "owner", "tags", "member_count"];
        assert_eq!(arranged(&all, &[]).as_deref(), Ok("state,owner,tags,member_count"));
        assert_eq!(arranged(&all, &[("member_count", "1")]).as_deref(), Ok("member_count,state,owner,tags"));
        assert_eq!(arranged(&all, &[("state", "3")]).as_deref(), Ok("owner,tags,state,member_count"));
        assert_eq!(arranged(&all, &[("state", "2"), ("owner", "1")]).as_deref(), Ok("owner,state,tags,member_count"));
        assert_eq!(arranged(&["tags"], &[("tags", " 99 ")]).as_deref(), Ok("tags"));
        assert_eq!(arranged(&["cover", "state"], &[("cover", "1")]).as_deref(), Ok("cover,state"));
        assert_eq!(arranged(&[], &[]).as_deref(), Ok(""));
    }

    #[test]
    fn what_is_no_place_and_what_is_too_much_is_said() {
        let wrong = arranged(&["tags"], &[("tags", "first"), ("owner", "0")]).unwrap_err();
        assert!(wrong.message.contains("Tags (\"first\")") && wrong.message.contains("Owner (\"0\")"), "{wrong}");
        let many: Vec<&str> = Column::all().map(Column::key).take(13).collect();
        assert!(arranged(&many, &[]).is_err_and(|wrong| wrong.message.contains("13 of 12")));
    }

    #[test]
    fn what_is_kept_is_read_again_and_what_is_gone_is_left_out() {
        assert_eq!(Columns::from("tags,gone,tags,cover".to_owned()), Columns::from("tags,cover".to_owned()));
        assert_eq!(Columns::from(String::from(Columns::default())), Columns::default());
        assert_eq!(Columns::from(String::new()).iter().count(), 0);
    }
}
