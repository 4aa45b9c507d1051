//! Finding rooms: a question becomes one count and one page, both bounded.
//!
//! One condition *drives* the query: an index of its own gives its hits, which are tested for the rest and sorted. The
//! search's words come first (the gram index), then what names one thing (a tag, a client, an attribute), then what
//! splits all rooms in two or three. Where the hits are too many to sort ([`COUNTED`] and more) or nothing
//! drives, the index of the wanted order is walked instead and every row is tested, which finds a page soon because
//! so many match. Counting stops at [`COUNTED`], so it never costs more than that many look-ups.
//!
//! Figures on 1,000,000 names (ground.md): pairs by index 0.06 to 30 ms, walking 0.1 ms where hits are many.

use sqlx::{
    Arguments, AssertSqlSafe, Row,
    sqlite::{SqliteArguments, SqliteRow},
};

use super::{Store, rooms, value};
use crate::{
    domain::{
        Result, Timestamp,
        page::{COUNTED, Cursor, Found, PAGE, Page, Total},
        room::{Filter, Kind, Room, RoomId, RoomQuery, RoomRow, Sort},
    },
    store::fold,
};

const ROW: &str = "number, id, name, owner, tags, cover IS NOT NULL, status, opening, muted, listed, member_count, \
                   created_at, updated_at, last_message_at";

/// A `WHERE` in the making: conditions with their arguments, in order.
#[derive(Default)]
struct Where {
    conditions: Vec<String>,
    arguments: Vec<Argument>,
}

#[derive(Clone)]
enum Argument {
    Text(String),
    Number(i64),
}

impl Store {
    /// One page of the rooms that a question is about, and how many there are.
    ///
    /// # Errors
    /// The database failed.
    pub async fn rooms(&self, query: &RoomQuery) -> Result<Found<RoomRow>> {
        let driver = Driver::of(query);
        let driven = Where::of(query, driver);
        let total = self.count(query, &driven).await?;
        let walk = total == Total::Over || driver == Driver::Order;
        let mut page = if walk { Where::of(query, Driver::Order) } else { driven };
        let backwards = matches!(query.page, Page::Before(_));
        let descending = query.descending != backwards;
        let column = column(query.sort);
        if let Page::After(cursor) | Page::Before(cursor) = &query.page {
            page.after(column, query.sort, descending, cursor);
        }
        // The unary plus keeps SQLite from walking the order's index where the hits are few and will be sorted.
        let (plus, direction) = (if walk { "" } else { "+" }, if descending { "DESC" } else { "ASC" });
        let sql = format!(
            "SELECT {ROW} FROM rooms{} ORDER BY {plus}{column} {direction}, {plus}number {direction} LIMIT {}",
            page.sql(),
            PAGE + 1
        );
        let rows = sqlx::query_with(AssertSqlSafe(sql), page.arguments()?).fetch_all(&self.readers).await?;
        let rows = rows.iter().map(row).collect::<Result<Vec<_>, sqlx::Error>>()?;
        Ok(Found::cut(rows, &query.page, total, |row| cursor(row, query.sort)))
    }

    /// At most `many` whole rooms that a question is about, after the first `skip` of them, and how many there are in
    /// all. For callers that page by counting; the question's own page does not matter.
    ///
    /// # Errors
    /// The database failed.
    pub async fn rooms_between(&self, query: &RoomQuery, skip: i64, many: i64) -> Result<(Vec<Room>, u64)> {
        let driver = Driver::of(query);
        let found = Where::of(query, driver);
        let total: i64 = if query.search.is_empty() && query.filters.is_empty() {
            sqlx::query_scalar("SELECT many FROM totals WHERE what = 'rooms'").fetch_one(&self.readers).await?
        } else {
            let sql = format!("SELECT count(*) FROM rooms{}", found.sql());
            sqlx::query_scalar_with(AssertSqlSafe(sql), found.arguments()?).fetch_one(&self.readers).await?
        };
        let walk = driver == Driver::Order || total.unsigned_abs() > COUNTED;
        let page = if walk { Where::of(query, Driver::Order) } else { found };
        let (plus, direction) = (if walk { "" } else { "+" }, if query.descending { "DESC" } else { "ASC" });
        let sql = format!(
            "SELECT {} FROM rooms{} ORDER BY {plus}{} {direction}, {plus}number {direction} LIMIT {many} OFFSET {skip}",
            *rooms::COLUMNS,
            page.sql(),
            column(query.sort)
        );
        let rows = sqlx::query_with(AssertSqlSafe(sql), page.arguments()?).fetch_all(&self.readers).await?;
        Ok((rows.iter().map(rooms::room).collect::<Result<_, sqlx::Error>>()?, total.unsigned_abs()))
    }

    async fn count(&self, query: &RoomQuery, driven: &Where) -> Result<Total> {
        if query.search.is_empty() && query.filters.is_empty() {
            let all: i64 =
                sqlx::query_scalar("SELECT many FROM totals WHERE what = 'rooms'").fetch_one(&self.readers).await?;
            return Ok(Total::Exactly(all.unsigned_abs()));
        }
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM rooms{} LIMIT {})", driven.sql(), COUNTED + 1);
        let query = sqlx::query_scalar_with(AssertSqlSafe(sql), driven.arguments()?);
        let counted: i64 = query.fetch_one(&self.readers).await?;
        Ok(Total::of(counted.unsigned_abs()))
    }
}

/// What drives a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Driver {
    /// The search's words.
    Search,
    /// The filter at this place.
    Filter(usize),
    /// Nothing: the index of the wanted order is walked.
    Order,
}

impl Driver {
    fn of(query: &RoomQuery) -> Self {
        if !query.search.is_empty() {
            return Self::Search;
        }
        let ranks = query.filters.iter().enumerate().filter_map(|(n, filter)| Some((rank(filter)?, n)));
        ranks.min().map_or(Self::Order, |(_, n)| Self::Filter(n))
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

impl Where {
    /// The conditions of a question. The one that drives asks its index for a set of rooms; each of the others tests a
    /// row by itself.
    fn of(query: &RoomQuery, driver: Driver) -> Self {
        let mut all = Self::default();
        let words: Vec<String> = query.words().map(fold::fold).collect();
        if driver == Driver::Search {
            let tokens: Vec<String> = words.iter().flat_map(|word| fold::query_tokens(word)).collect();
            // A fold can hold blanks of its own (U+3000 does not, U+00A8 does): such a word has no token of its own.
            if !tokens.is_empty() {
                let quoted: Vec<String> = tokens.iter().map(|token| format!("\"{token}\"")).collect();
                all.push(
                    "number IN (SELECT rowid FROM grams WHERE grams MATCH ?)",
                    [Argument::Text(quoted.join(" AND "))],
                );
            }
        }
        for word in words {
            all.push("instr(fold, ?) > 0", [Argument::Text(word)]);
        }
        for (n, filter) in query.filters.iter().enumerate() {
            all.filter(filter, driver == Driver::Filter(n));
        }
        all
    }

    fn filter(&mut self, filter: &Filter, driven: bool) {
        let text = |text: &str| Argument::Text(text.to_owned());
        // The unary plus keeps SQLite from leaving the order's index for this condition's.
        let plus = if driven { "" } else { "+" };
        match filter {
            Filter::Field(field, wanted) if field.spec().kind.is_list() => {
                let arguments = [text(field.key()), text(wanted)];
                if driven {
                    self.push("number IN (SELECT room FROM room_words WHERE field = ? AND word = ?)", arguments);
                } else {
                    self.push(
                        "EXISTS (SELECT 1 FROM room_words WHERE field = ? AND word = ? AND room = rooms.number)",
                        arguments,
                    );
                }
            }
            Filter::Field(field, wanted) => {
                let argument = match field.spec().kind {
                    Kind::Flag { .. } => Argument::Number(i64::from(wanted == "yes")),
                    _ => text(wanted),
                };
                self.push(format!("{plus}{} = ?", field.key()), [argument]);
            }
            Filter::Member(client) if driven => {
                self.push("number IN (SELECT room FROM members WHERE client = ?)", [text(client)]);
            }
            Filter::Member(client) => {
                self.push("EXISTS (SELECT 1 FROM members WHERE room = rooms.number AND client = ?)", [text(client)]);
            }
            Filter::App(app) => self.push(format!("{plus}app = ?"), [text(app)]),
            Filter::HasCover(true) => self.push(format!("{plus}cover IS NOT NULL"), []),
            Filter::HasCover(false) => self.push("cover IS NULL", []),
            Filter::Attribute(key, wanted) => {
                let value = if wanted.is_some() { " AND value = ?" } else { "" };
                let condition = if driven {
                    format!("number IN (SELECT room FROM attributes WHERE key = ?{value})")
                } else {
                    format!("EXISTS (SELECT 1 FROM attributes WHERE room = rooms.number AND key = ?{value})")
                };
                self.push(condition, [text(key)]);
                self.arguments.extend(wanted.as_deref().map(text));
            }
            Filter::From(from) => self.push(format!("{plus}updated_at >= ?"), [Argument::Number(from.0)]),
            Filter::Until(until) => self.push(format!("{plus}updated_at < ?"), [Argument::Number(until.0)]),
        }
    }

    fn after(&mut self, column: &str, sort: Sort, descending: bool, cursor: &Cursor) {
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

    fn sql(&self) -> String {
        if self.conditions.is_empty() { String::new() } else { format!(" WHERE {}", self.conditions.join(" AND ")) }
    }

    fn arguments(&self) -> Result<SqliteArguments> {
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

const fn column(sort: Sort) -> &'static str {
    match sort {
        Sort::Name => "name_key",
        Sort::Updated => "updated_at",
        Sort::Created => "created_at",
        Sort::Members => "member_count",
        Sort::LastMessage => "last_message_at",
    }
}

fn cursor(row: &RoomRow, sort: Sort) -> Cursor {
    let key = match sort {
        Sort::Name => fold::fold(&row.name),
        Sort::Updated => row.updated_at.0.to_string(),
        Sort::Created => row.created_at.0.to_string(),
        Sort::Members => row.member_count.to_string(),
        Sort::LastMessage => row.last_message_at.map_or(0, |at| at.0).to_string(),
    };
    Cursor { number: row.number, key }
}

fn row(row: &SqliteRow) -> Result<RoomRow, sqlx::Error> {
    let id: String = row.try_get(1)?;
    let written: i64 = row.try_get(13)?;
    Ok(RoomRow {
        number: row.try_get(0)?,
        id: RoomId::parse(&id).map_err(|why| sqlx::Error::Decode(why.message.into()))?,
        name: row.try_get::<Option<String>, _>(2)?.unwrap_or_default(),
        owner: row.try_get(3)?,
        tags: value::json(row, 4)?.unwrap_or_default(),
        has_cover: row.try_get(5)?,
        is_active: row.try_get::<String, _>(6)? != "inactive",
        is_open: row.try_get::<String, _>(7)? != "closed",
        is_muted: row.try_get(8)?,
        is_listed: row.try_get(9)?,
        member_count: row.try_get(10)?,
        created_at: Timestamp(row.try_get(11)?),
        updated_at: Timestamp(row.try_get(12)?),
        last_message_at: (written > 0).then_some(Timestamp(written)),
    })
}
