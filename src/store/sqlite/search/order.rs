//! The order of a list of rooms, and a place in it.

use sqlx::{Arguments, sqlite::SqliteArguments};

use super::asked::Argument;
use crate::{
    domain::{
        Result,
        page::{Cursor, Page},
        room::{RoomQuery, RoomRow, Sort},
    },
    store::fold,
};

/// In which order a page is read, and from where; backwards for the page before a place.
pub(super) struct Order {
    /// By what.
    pub sort: Sort,
    /// Whether the greatest comes first.
    pub descending: bool,
    cursor: Option<Cursor>,
}

impl Order {
    /// The order of a question.
    pub fn of(query: &RoomQuery) -> Self {
        let (backwards, cursor) = match &query.page {
            Page::First => (false, None),
            Page::After(cursor) => (false, Some(cursor.clone())),
            Page::Before(cursor) => (true, Some(cursor.clone())),
        };
        Self { sort: query.sort, descending: query.descending != backwards, cursor }
    }

    /// What stands behind `ORDER BY`. A unary plus keeps SQLite from walking the order's index.
    pub fn by(&self, plus: &str) -> String {
        let (column, direction) = (column(self.sort), if self.descending { "DESC" } else { "ASC" });
        format!("{plus}{column} {direction}, {plus}number {direction}")
    }

    /// The condition on a room that stands beyond the place, with its arguments; none for the first page.
    pub fn beyond(&self) -> Option<(String, [Argument; 2])> {
        let cursor = self.cursor.as_ref()?;
        let key = match self.sort {
            Sort::Name => Argument::Text(cursor.key.clone()),
            _ => Argument::Number(cursor.key.parse().unwrap_or_default()),
        };
        let sign = if self.descending { '<' } else { '>' };
        Some((format!("({}, number) {sign} (?, ?)", column(self.sort)), [key, Argument::Number(cursor.number)]))
    }

    /// The statement that gives the numbers of the rooms right beyond the place; none for the first page.
    pub fn following(&self, many: usize) -> Option<(String, Result<SqliteArguments>)> {
        let (condition, arguments) = self.beyond()?;
        let sql = format!("SELECT number FROM rooms WHERE {condition} ORDER BY {} LIMIT {many}", self.by(""));
        Some((sql, Argument::all(&arguments)))
    }
}

/// The column of an order.
pub(in super::super) const fn column(sort: Sort) -> &'static str {
    match sort {
        Sort::Name => "name_key",
        Sort::Updated => "updated_at",
        Sort::Created => "created_at",
        Sort::Members => "member_count",
        Sort::LastMessage => "last_message_at",
    }
}

/// The place of a row in an order.
pub(super) fn cursor(row: &RoomRow, sort: Sort) -> Cursor {
    let key = match sort {
        Sort::Name => fold::fold(&row.name),
        Sort::Updated => row.updated_at.0.to_string(),
        Sort::Created => row.created_at.0.to_string(),
        Sort::Members => row.member_count.to_string(),
        Sort::LastMessage => row.last_message_at.map_or(0, |at| at.0).to_string(),
    };
    Cursor { number: row.number, key }
}

impl Argument {
    /// The arguments of a statement.
    pub fn all(list: &[Self]) -> Result<SqliteArguments> {
        let mut arguments = SqliteArguments::default();
        for argument in list {
            match argument {
                Self::Text(text) => arguments.add(text.clone()),
                Self::Number(number) => arguments.add(*number),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        Ok(arguments)
    }
}
