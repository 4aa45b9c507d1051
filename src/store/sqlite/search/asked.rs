//! A question about rooms as SQL: what drives it, and what each row is tested for.

use sqlx::sqlite::SqliteArguments;

use super::{
    super::{bulk, marks},
    order::Order,
};
use crate::{
    domain::{
        Result,
        room::{Filter, Kind, RoomQuery},
    },
    store::fold,
};

/// A question in the making: what drives it, and the conditions with their arguments, in order.
pub(super) struct Asked {
    /// What stands between `FROM` and `WHERE`.
    from: &'static str,
    /// What the room's number is called in the driver's own table.
    pub(super) number: &'static str,
    conditions: Vec<String>,
    arguments: Vec<Argument>,
    /// Whether a row of the driver is a hit without a look at its room.
    is_whole: bool,
}

/// An argument of a statement.
#[derive(Clone)]
pub(super) enum Argument {
    /// A text.
    Text(String),
    /// A number.
    Number(i64),
}

/// The end of a word that is looked for first.
pub(super) struct Tail {
    /// What the search index is asked for.
    pub index: String,
    /// The whole word, which a room must hold.
    pub word: String,
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
    /// together.
    pub(super) fn able(query: &RoomQuery) -> Vec<Self> {
        let is_search = !phrases(query).is_empty() || query.filters.iter().any(|f| marks::of_filter(f).is_some());
        let ranks = query.filters.iter().enumerate().filter_map(|(n, filter)| Some((rank(filter)?, n)));
        let mut ranks: Vec<(u8, usize)> = ranks.collect();
        ranks.sort_unstable();
        is_search.then_some(Self::Search).into_iter().chain(ranks.into_iter().map(|(_, n)| Self::Filter(n))).collect()
    }
}

/// How few rooms a filter can be expected to leave, fewest first; `None` for what the search index answers.
fn rank(filter: &Filter) -> Option<u8> {
    match filter {
        Filter::Member(_) | Filter::Attribute(..) => Some(0),
        Filter::From(_) | Filter::Until(_) => Some(1),
        Filter::Field(..) | Filter::App(_) | Filter::HasCover(_) => None,
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

/// Words from this many characters on are looked for by their end first.
const TAILED: usize = 6;
/// So many characters of it.
const TAIL: usize = 4;

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
        let by = |from, number, condition: &str, arguments: Vec<Argument>| Self {
            from,
            number,
            conditions: vec![condition.to_owned()],
            arguments,
            is_whole: true,
        };
        match (driver, filter) {
            (Driver::Search, _) => {
                let marks = query.filters.iter().filter_map(marks::of_filter).map(|mark| format!("\"{mark}\""));
                let asked: Vec<String> = phrases(query).into_iter().chain(marks).collect();
                let asked = vec![Argument::Text(asked.join(" AND "))];
                by("grams CROSS JOIN rooms ON number = grams.rowid", "grams.rowid", "grams MATCH ?", asked)
            }
            (_, Some(Filter::Member(client))) => {
                by("members d CROSS JOIN rooms ON number = d.room", "d.room", "d.client = ?", vec![text(client)])
            }
            (_, Some(Filter::Attribute(key, None))) => {
                by("attributes d CROSS JOIN rooms ON number = d.room", "d.room", "d.key = ?", vec![text(key)])
            }
            (_, Some(Filter::Attribute(key, Some(value)))) => by(
                "attributes d CROSS JOIN rooms ON number = d.room",
                "d.room",
                "d.key = ? AND d.value = ?",
                vec![text(key), text(value)],
            ),
            (_, filter) => {
                let mut all = Self {
                    from: ROOMS,
                    number: "number",
                    conditions: Vec::new(),
                    arguments: Vec::new(),
                    is_whole: filter.is_some(),
                };
                if let Some(filter) = filter {
                    all.column(filter, "");
                }
                all
            }
        }
    }

    /// The rooms with these numbers.
    pub(super) fn numbered(numbers: &[i64]) -> Result<Self> {
        Ok(Self {
            from: ROOMS,
            number: "number",
            conditions: vec!["number IN (SELECT value FROM json_each(?))".to_owned()],
            arguments: vec![Argument::Text(bulk::json(numbers)?)],
            is_whole: false,
        })
    }

    /// The end of a question's only word, where that is likely to find it sooner: it ends in a digit.
    pub(super) fn tail(query: &RoomQuery, driver: Driver) -> Option<Tail> {
        let mut words = words(query);
        let word = words.pop().filter(|word| words.is_empty() && query.filters.is_empty() && is_exact(word))?;
        let chars: Vec<char> = word.chars().collect();
        let at = chars.len().checked_sub(TAIL).filter(|_| chars.len() >= TAILED && driver == Driver::Search)?;
        let tail: String = chars.get(at..)?.iter().collect();
        let ends_in_a_digit = tail.ends_with(|c: char| c.is_ascii_digit());
        Some(Tail { index: fold::phrase(&tail).filter(|_| ends_in_a_digit)?, word })
    }

    /// One more condition, which a row is tested for.
    fn filter(&mut self, filter: &Filter) {
        let text = |text: &str| Argument::Text(text.to_owned());
        match filter {
            Filter::Field(field, wanted) if field.spec().kind.is_list() => {
                let key = field.key();
                let condition = format!("EXISTS (SELECT 1 FROM json_each(rooms.{key}) WHERE value || '' = ?)");
                self.push(condition, [text(wanted)]);
            }
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

    /// Only rooms beyond the place that an order begins at.
    pub(super) fn beyond(&mut self, order: &Order) {
        if let Some((condition, arguments)) = order.beyond() {
            self.push(condition, arguments);
        }
    }

    /// The list from that place on, which this question is then asked of: what stands behind `FROM`, its arguments
    /// before all others.
    pub(super) fn beyond_first(&mut self, order: &Order) -> String {
        let Some((condition, arguments)) = order.beyond() else { return ROOMS.to_owned() };
        self.arguments.splice(0..0, arguments);
        format!("{ROOMS} WHERE {condition}")
    }

    fn push<const N: usize>(&mut self, condition: impl Into<String>, arguments: [Argument; N]) {
        self.conditions.push(condition.into());
        self.arguments.extend(arguments);
    }

    pub(super) fn sql(&self) -> String {
        self.sql_of(self.from)
    }

    /// The same for counting: without the rooms where the driver's own rows are the hits.
    pub(super) fn counted_sql(&self) -> String {
        let alone = self.from.split(" CROSS JOIN ").next().unwrap_or(self.from);
        self.sql_of(if self.is_whole { alone } else { self.from })
    }

    /// The numbers of the hits, as `number`.
    pub(super) fn hits_sql(&self) -> String {
        format!("{} AS number FROM {}", self.number, self.counted_sql())
    }

    /// The conditions on something else than the driver.
    pub(super) fn sql_of(&self, from: &str) -> String {
        if self.conditions.is_empty() {
            from.to_owned()
        } else {
            format!("{from} WHERE {}", self.conditions.join(" AND "))
        }
    }

    pub(super) fn arguments(&self) -> Result<SqliteArguments> {
        Argument::all(&self.arguments)
    }
}
