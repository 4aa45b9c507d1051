//! Pages of a long list by key, and totals that are honest about where counting stopped.

use serde::{Deserialize, Serialize};

/// Rows on a page of any list.
pub const PAGE: usize = 50;

/// Counting stops here; beyond it a total reads "10,000+".
pub const COUNTED: u64 = 10_000;

/// How many there are, counted up to a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Total {
    /// Exactly so many.
    Exactly(u64),
    /// More than so many.
    Over(u64),
}

impl Total {
    /// From a count that was stopped at [`COUNTED`] + 1.
    pub const fn of(counted: u64) -> Self {
        Self::within(COUNTED, counted)
    }

    /// From a count that was stopped at `most` + 1.
    pub const fn within(most: u64, counted: u64) -> Self {
        if counted > most { Self::Over(most) } else { Self::Exactly(counted) }
    }
}

impl std::fmt::Display for Total {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(many) => f.write_str(&grouped(*many)),
            Self::Over(most) => write!(f, "{}+", grouped(*most)),
        }
    }
}

/// A number with commas between thousands.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (n, digit) in digits.chars().enumerate() {
        if n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The key of a row at which a page ends: the sort value and the row's number, which breaks ties.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The row's number.
    pub number: i64,
    /// The sort value, as text.
    pub key: String,
}

impl Cursor {
    /// Reads `NUMBER~KEY`.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, key) = text.split_once('~')?;
        Some(Self { number: number.parse().ok()?, key: key.to_owned() })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}~{}", self.number, self.key)
    }
}

/// Which page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Page {
    /// The first.
    #[default]
    First,
    /// The rows after this one.
    After(Cursor),
    /// The rows before this one.
    Before(Cursor),
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found<T> {
    /// At most [`PAGE`] rows.
    pub rows: Vec<T>,
    /// How many there are in all.
    pub total: Total,
    /// The page before, if there is one.
    pub previous: Option<Cursor>,
    /// The page after, if there is one.
    pub next: Option<Cursor>,
}

impl<T> Found<T> {
    /// Cuts a page out of at most [`PAGE`] + 1 rows read in reading direction (backwards for [`Page::Before`]).
    pub fn cut(mut rows: Vec<T>, page: &Page, total: Total, cursor: impl Fn(&T) -> Cursor) -> Self {
        let more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let backwards = matches!(page, Page::Before(_));
        if backwards {
            rows.reverse();
        }
        let before = if backwards { more } else { *page != Page::First };
        let after = if backwards { true } else { more };
        let previous = rows.first().filter(|_| before).map(&cursor);
        let next = rows.last().filter(|_| after).map(&cursor);
        Self { rows, total, previous, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_say_where_counting_stopped() {
        assert_eq!(Total::of(74_368).to_string(), "10,000+");
        assert_eq!(Total::of(1_865).to_string(), "1,865");
        assert_eq!(Total::within(1_000, 1_001).to_string(), "1,000+");
        assert_eq!(grouped(1_000_000), "1,000,000");
        assert_eq!(grouped(0), "0");
    }

    #[test]
    fn a_cursor_survives_any_key() {
        let cursor = Cursor { number: 7, key: "a~b 直".into() };
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
        assert_eq!(Cursor::parse("x~y"), None);
    }
}
