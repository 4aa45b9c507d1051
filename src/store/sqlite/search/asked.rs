//! A question about rooms as SQL: what drives it, and what each row is tested for.

use sqlx::{Arguments, sqlite::SqliteArguments};

use super::super::marks;
use crate::{
    domain::{
        Result,
        page::Cursor,
        room::{Filter, Kind, RoomQuery, Sort},
    },
    store::fold,
};

/// A question in the making: what drives it, and the conditions with their arguments, in order.
pub(super) struct Asked {
    /// What stands between `FROM` and `WHERE`.
    from: &'static str,
    conditions: Vec<String>,
    arguments: Vec<Argument>,
    /// Whether a row of the driver is a hit without a look at its room.
    is_whole: bool,
}

#[derive(Clone)]
enum Argument {
    Text(String),
    Number(i64),
}

/// What drives a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Driver {
    /// The search's words.
    Search,
    /// The filter at this place.
    Filter(usize),
    /// Nothing: the index of the wanted order is walked.
    Order,
}

impl Driver {
    /// Everything that can drive a question, what leaves fewest first. The search index answers words and marked filters
    /// together; one filter alone has an index of its own, which knows its rooms without a search.
    pub(super) fn able(query: &RoomQuery) -> Vec<Self> {
        let marked = query.filters.iter().filter(|filter| marks::of_filter(filter).is_some()).count();
        let is_search = !phrases(query).is_empty() || marked > 1;
        let ranks = query.filters.iter().enumerate().filter_map(|(n, filter)| {
            let is_in_search = is_search && marks::of_filter(filter).is_some();
            if is_in_search { None } else { Some((rank(filter)?, n)) }
        });
        let mut ranks: Vec<(u8, usize)> = ranks.collect();
        ranks.sort_unstable();
        is_search.then_some(Self::Search).into_iter().chain(ranks.into_iter().map(|(_, n)| Self::Filter(n))).collect()
    }
}

/// How few rooms a filter can be expected to leave, fewest first; `None` for what nearly every room has.
fn rank(filter: &Filter) -> Option<u8> {
    match filter {
        Filter::Member(_) | Filter::Attribute(..) => Some(0),
        Filter::Field(field, _) if field.spec().kind.is_list() || field.spec().kind == Kind::Client => Some(0),
        Filter::HasCover(true) => Some(1),
        Filter::App(_) | Filter::Field(..) => Some(2),
        Filter::From(_) | Filter::Until(_) => Some(3),
        Filter::HasCover(false) => None,
    }
}

/// The search's words as they are compared.
fn words(query: &RoomQuery) -> Vec<String> {
    query.words().map(fold::fold).collect()
}

/// What the gram index is asked for; nothing where no word has a token (a fold can be all blanks: U+00A8).
fn phrases(query: &RoomQuery) -> Vec<String> {
    words(query).iter().filter_map(|word| fold::phrase(word)).collect()
}

/// Whether whatever has a word's phrase holds the word: it has no blank inside.
fn is_exact(word: &str) -> bool {
    !word.contains(char::is_whitespace)
}

const ROOMS: &str = "rooms";

impl Asked {
    /// The conditions of a question. The one that drives is the first table of a join that SQLite must not turn round:
    /// its index gives one hit after the other, so that counting can stop; each of the others tests a row by itself.
    pub(super) fn of(query: &RoomQuery, driver: Driver) -> Self {
        let mut all = Self::by(query, driver);
        for word in words(query) {
            if driver != Driver::Search || !is_exact(&word) {
                all.push("instr(fold, ?) > 0", [Argument::Text(word)]);
                all.is_whole = false;
            }
        }
        for (n, filter) in query.filters.iter().enumerate() {
            let is_in_search = driver == Driver::Search && marks::of_filter(filter).is_some();
            if driver != Driver::Filter(n) && !is_in_search {
                all.filter(filter);
                all.is_whole = false;
            }
        }
        all
    }

    /// What drives, alone.
    pub(super) fn by(query: &RoomQuery, driver: Driver) -> Self {
        let filter = if let Driver::Filter(n) = driver { query.filters.get(n) } else { None };
        let text = |text: &str| Argument::Text(text.to_owned());
        let by = |from, condition: &str, arguments: Vec<Argument>| Self {
            from,
            conditions: vec![condition.to_owned()],
            arguments,
            is_whole: true,
        };
        match (driver, filter) {
            (Driver::Search, _) => {
                let marks = query.filters.iter().filter_map(marks::of_filter).map(|mark| format!("\"{mark}\""));
                let asked: Vec<String> = phrases(query).into_iter().chain(marks).collect();
                let asked = vec![Argument::Text(asked.join(" AND "))];
                by("grams CROSS JOIN rooms ON number = grams.rowid", "grams MATCH ?", asked)
            }
            (_, Some(Filter::Field(field, wanted))) if field.spec().kind.is_list() => by(
                "room_words d CROSS JOIN rooms ON number = d.room",
                "d.field = ? AND d.word = ?",
                vec![text(field.key()), text(wanted)],
            ),
            (_, Some(Filter::Member(client))) => {
                by("members d CROSS JOIN rooms ON number = d.room", "d.client = ?", vec![text(client)])
            }
            (_, Some(Filter::Attribute(key, None))) => {
                by("attributes d CROSS JOIN rooms ON number = d.room", "d.key = ?", vec![text(key)])
            }
            (_, Some(Filter::Attribute(key, Some(value)))) => by(
                "attributes d CROSS JOIN rooms ON number = d.room",
                "d.key = ? AND d.value = ?",
                vec![text(key), text(value)],
            ),
            (_, filter) => {
                let mut all =
                    Self { from: ROOMS, conditions: Vec::new(), arguments: Vec::new(), is_whole: filter.is_some() };
                if let Some(filter) = filter {
                    all.column(filter, "");
                }
                all
            }
        }
    }

    /// One more condition, which a row is tested for.
    fn filter(&mut self, filter: &Filter) {
        let text = |text: &str| Argument::Text(text.to_owned());
        match filter {
            Filter::Field(field, wanted) if field.spec().kind.is_list() => self.push(
                "EXISTS (SELECT 1 FROM room_words WHERE field = ? AND word = ? AND room = rooms.number)",
                [text(field.key()), text(wanted)],
            ),
            Filter::Member(client) => {
                self.push("EXISTS (SELECT 1 FROM members WHERE room = rooms.number AND client = ?)", [text(client)]);
            }
            Filter::Attribute(key, wanted) => {
                let value = if wanted.is_some() { " AND value = ?" } else { "" };
                let condition =
                    format!("EXISTS (SELECT 1 FROM attributes WHERE room = rooms.number AND key = ?{value})");
                self.push(condition, [text(key)]);
                self.arguments.extend(wanted.as_deref().map(text));
            }
            // The unary plus keeps SQLite from leaving what drives for this condition's index.
            _ => self.column(filter, "+"),
        }
    }

    /// A condition on a column of the room.
    fn column(&mut self, filter: &Filter, plus: &str) {
        match filter {
            Filter::Field(field, wanted) => {
                let argument = match field.spec().kind {
                    Kind::Flag { .. } => Argument::Number(i64::from(wanted == "yes")),
                    _ => Argument::Text(wanted.clone()),
                };
                self.push(format!("{plus}{} = ?", field.key()), [argument]);
            }
            Filter::App(app) => self.push(format!("{plus}app = ?"), [Argument::Text(app.clone())]),
            Filter::HasCover(true) => self.push(format!("{plus}cover IS NOT NULL"), []),
            Filter::HasCover(false) => self.push("cover IS NULL", []),
            Filter::From(from) => self.push(format!("{plus}updated_at >= ?"), [Argument::Number(from.0)]),
            Filter::Until(until) => self.push(format!("{plus}updated_at < ?"), [Argument::Number(until.0)]),
            Filter::Member(_) | Filter::Attribute(..) => {}
        }
    }

    pub(super) fn after(&mut self, column: &str, sort: Sort, descending: bool, cursor: &Cursor) {
        let key = match sort {
            Sort::Name => Argument::Text(cursor.key.clone()),
            _ => Argument::Number(cursor.key.parse().unwrap_or_default()),
        };
        let sign = if descending { '<' } else { '>' };
        self.push(format!("({column}, number) {sign} (?, ?)"), [key, Argument::Number(cursor.number)]);
    }

    fn push<const N: usize>(&mut self, condition: impl Into<String>, arguments: [Argument; N]) {
        self.conditions.push(condition.into());
        self.arguments.extend(arguments);
    }

    pub(super) fn sql(&self) -> String {
        self.with(self.from)
    }

    /// The same for counting: without the rooms where the driver's own rows are the hits.
    pub(super) fn counted_sql(&self) -> String {
        let alone = self.from.split(" CROSS JOIN ").next().unwrap_or(self.from);
        self.with(if self.is_whole { alone } else { self.from })
    }

    fn with(&self, from: &str) -> String {
        if self.conditions.is_empty() {
            from.to_owned()
        } else {
            format!("{from} WHERE {}", self.conditions.join(" AND "))
        }
    }

    pub(super) fn arguments(&self) -> Result<SqliteArguments> {
        let mut arguments = SqliteArguments::default();
        for argument in &self.arguments {
            match argument {
                Argument::Text(text) => arguments.add(text.clone()),
                Argument::Number(number) => arguments.add(*number),
            }
            .map_err(sqlx::Error::Encode)?;
        }
        Ok(arguments)
    }
}
