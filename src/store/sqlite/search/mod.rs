//! Finding rooms: a question becomes one count and one page, both bounded.
//!
//! One condition *drives* the query: an index of its own gives its hits, which are tested for the rest and sorted. Where
//! several could (the search's words, a tag, a client, an attribute, a flag), the one with the fewest hits does, each
//! counted up to [`COUNTED`] in its index alone. Where the hits are too many to sort ([`COUNTED`] and more) or nothing
//! drives, the index of the wanted order is walked instead and every row is tested, which finds a page soon because
//! so many match. Counting stops at [`COUNTED`], so it never costs more than that many look-ups.
//!
//! Figures: `cargo xtask bench`. On 1,000,000 rooms counting costs 0.04 to 5 ms whatever is asked; what is slow is the
//! walk where a little over [`COUNTED`] hits lie far apart in the wanted order, because every room's row is wide.

mod asked;
pub mod walk;

use sqlx::{AssertSqlSafe, Row, sqlite::SqliteRow};

use self::asked::{Asked, Driver};
use super::{Store, rooms, value};
use crate::{
    domain::{
        Result, Timestamp,
        page::{COUNTED, Cursor, Found, PAGE, Page, Total},
        room::{Room, RoomId, RoomQuery, RoomRow, Sort},
    },
    store::fold,
};

const ROW: &str = "number, id, name, owner, tags, cover IS NOT NULL, status, opening, muted, listed, member_count, \
                   created_at, updated_at, last_message_at";

impl Store {
    /// One page of the rooms that a question is about, and how many there are.
    ///
    /// # Errors
    /// The database failed.
    pub async fn rooms(&self, query: &RoomQuery) -> Result<Found<RoomRow>> {
        let driver = self.driver(query).await?;
        let driven = Asked::of(query, driver);
        let total = self.count(query, &driven).await?;
        let walk = total == Total::Over || driver == Driver::Order;
        let mut page = if walk { Asked::of(query, Driver::Order) } else { driven };
        let backwards = matches!(query.page, Page::Before(_));
        let descending = query.descending != backwards;
        let column = column(query.sort);
        if let Page::After(cursor) | Page::Before(cursor) = &query.page {
            page.after(column, query.sort, descending, cursor);
        }
        // The unary plus keeps SQLite from walking the order's index where the hits are few and will be sorted.
        let (plus, direction) = (if walk { "" } else { "+" }, if descending { "DESC" } else { "ASC" });
        let sql = format!(
            "SELECT {ROW} FROM {} ORDER BY {plus}{column} {direction}, {plus}number {direction} LIMIT {}",
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
        let driver = self.driver(query).await?;
        let found = Asked::of(query, driver);
        let total = match self.all(query).await? {
            Some(all) => all,
            None => self.counted(&found, None).await?,
        };
        let walk = driver == Driver::Order || total > COUNTED;
        let page = if walk { Asked::of(query, Driver::Order) } else { found };
        let (plus, direction) = (if walk { "" } else { "+" }, if query.descending { "DESC" } else { "ASC" });
        let sql = format!(
            "SELECT {} FROM {} ORDER BY {plus}{} {direction}, {plus}number {direction} LIMIT {many} OFFSET {skip}",
            *rooms::COLUMNS,
            page.sql(),
            column(query.sort)
        );
        let rows = sqlx::query_with(AssertSqlSafe(sql), page.arguments()?).fetch_all(&self.readers).await?;
        Ok((rows.iter().map(rooms::room).collect::<Result<_, sqlx::Error>>()?, total))
    }

    async fn count(&self, query: &RoomQuery, driven: &Asked) -> Result<Total> {
        Ok(match self.all(query).await? {
            Some(all) => Total::Exactly(all),
            None => Total::of(self.counted(driven, Some(COUNTED + 1)).await?),
        })
    }

    /// How many rooms there are, where the question is about all of them: nobody has to count those.
    async fn all(&self, query: &RoomQuery) -> Result<Option<u64>> {
        if !query.search.is_empty() || !query.filters.is_empty() {
            return Ok(None);
        }
        let many = sqlx::query_scalar("SELECT many FROM totals WHERE what = 'rooms'");
        let many: i64 = many.fetch_one(&self.readers).await?;
        Ok(Some(many.unsigned_abs()))
    }

    /// How many hits there are, counted up to a bound if there is one. Where the driver knows it alone, no room is
    /// looked at.
    async fn counted(&self, asked: &Asked, most: Option<u64>) -> Result<u64> {
        let limit = most.map(|most| format!(" LIMIT {most}")).unwrap_or_default();
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {}{limit})", asked.counted_sql());
        let counted: i64 =
            sqlx::query_scalar_with(AssertSqlSafe(sql), asked.arguments()?).fetch_one(&self.readers).await?;
        Ok(counted.unsigned_abs())
    }

    /// What drives a question: the only condition that can, or, of several, the one whose index has the fewest hits,
    /// each counted up to [`COUNTED`].
    async fn driver(&self, query: &RoomQuery) -> Result<Driver> {
        let mut able = Driver::able(query);
        if able.len() < 2 {
            return Ok(able.pop().unwrap_or(Driver::Order));
        }
        let mut fewest = (u64::MAX, Driver::Order);
        for driver in able {
            let hits = self.counted(&Asked::by(query, driver), Some(fewest.0.min(COUNTED + 1))).await?;
            if hits < fewest.0 {
                fewest = (hits, driver);
            }
        }
        Ok(fewest.1)
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
