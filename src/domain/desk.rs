//! The desk: how a person has the room list before them. Saved views, columns, density, keys.

use serde::{Deserialize, Serialize};

use super::{
    address,
    room::{Column, Columns, RoomQuery},
    text,
};

/// How close the rows of a list stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// Name and id below each other.
    #[default]
    Comfortable,
    /// One line each.
    Compact,
}

impl Density {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Comfortable, Self::Compact];

    /// The word in forms and in the database.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Comfortable => "comfortable",
            Self::Compact => "compact",
        }
    }

    /// What it looks like, in a few words.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Comfortable => "name and id below each other",
            Self::Compact => "one line a room, more rooms on a screen",
        }
    }

    /// Reads a density's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|density| density.key() == word)
    }
}

/// What a person has set for themselves. Kept with the account, so that it follows them to another browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Preferences {
    /// The columns of the list, where no view has its own.
    pub columns: Columns,
    /// How close the rows stand.
    pub density: Density,
    /// Whether single keys do something (j, k, x, /, ?). Voice control and a hand that slips press them by mistake.
    pub keys: bool,
}

impl Default for Preferences {
    fn default() -> Self {
        Self { columns: Columns::default(), density: Density::default(), keys: true }
    }
}

/// A question about the room list that somebody saved, with the columns of its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Its number.
    pub id: i64,
    /// The number of the account that made it.
    pub staff: i64,
    /// The name of that account.
    pub owner: String,
    /// What it is called; unique among a person's own and among the shared ones, without regard to case and width.
    pub name: String,
    /// Whether everybody sees it.
    pub shared: bool,
    /// Search, filters and order, as the list's address has them.
    pub query: String,
    /// Its columns.
    pub columns: Columns,
}

/// Most characters of a view's name.
pub const NAME_MAX: usize = 64;
/// Most bytes of a view's question, as the address has it.
pub const QUERY_MAX_BYTES: usize = 4096;
/// Most views of one person's own; and most shared ones in all.
pub const VIEWS_MAX: usize = 30;

impl SavedView {
    /// What it asks. What cannot be read any more (a field that is gone) is left out.
    pub fn question(&self) -> RoomQuery {
        let pairs = address::pairs(&self.query);
        let (query, _) = RoomQuery::parse(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        RoomQuery { view: Some(self.id), ..query }
    }

    /// The list's address with its question: the address is the list's whole state, whatever becomes of the view.
    pub fn address(&self) -> String {
        self.question().address()
    }

    /// Whether a question is the one that was saved.
    pub fn asks(&self, query: &RoomQuery) -> bool {
        self.question().saved() == query.saved()
    }
}

/// Checks a view's name: one line of 1 to [`NAME_MAX`] characters.
///
/// # Errors
/// Says what is wrong.
pub fn check_name(given: &str) -> Result<String, String> {
    let name = text::tidy(given, 1)?;
    if name.is_empty() {
        return Err("is empty; say what the view shows".to_owned());
    }
    text::at_most(&name, NAME_MAX)?;
    Ok(name)
}

/// The columns as people read them.
pub fn show(columns: &Columns) -> String {
    columns.iter().map(Column::label).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_leads_to_its_question_and_knows_it_again() {
        let view = SavedView {
            id: 7,
            staff: 1,
            owner: "ann".to_owned(),
            name: "夜".to_owned(),
            shared: false,
            query: "q=%E7%9B%B4&status=inactive&gone=1&sort=-members".to_owned(),
            columns: Columns::default(),
        };
        assert_eq!(view.address(), "/rooms?q=%E7%9B%B4&status=inactive&sort=-members&view=7");
        let (other, _) =
            RoomQuery::parse([("sort", "-members"), ("status", "inactive"), ("q", "直"), ("after", "1~2")]);
        assert!(view.asks(&other), "on another page, and however its columns came about");
        assert!(!view.asks(&other.without(0)));
    }

    #[test]
    fn preferences_that_are_missing_are_the_defaults() {
        assert_eq!(serde_json::from_str::<Preferences>("{}").ok(), Some(Preferences::default()));
        let some = Preferences { density: Density::Compact, keys: false, ..Preferences::default() };
        let text = serde_json::to_string(&some).unwrap_or_default();
        assert_eq!(serde_json::from_str::<Preferences>(&text).ok(), Some(some));
    }

    #[test]
    fn names_are_one_line_and_not_too_long() {
        assert_eq!(check_name(" 夜の\t歌枠 ").as_deref(), Ok("夜の 歌枠"));
        for bad in ["", "  ", "a\u{202E}b", "a\0b", &"x".repeat(65)] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
    }
}
