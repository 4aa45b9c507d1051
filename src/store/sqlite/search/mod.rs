//! Finding rooms: a question becomes its hits and one page of them, both bounded.
//!
//! One condition *drives* a question: an index of its own gives its hits, which are tested for the rest. Words and most
//! filters are one look into the search index; where several conditions could drive, the one with the fewest hits does,
//! each counted up to [`COUNTED`] in its index alone. Then
//! - up to [`GATHERED`] hits are gathered as numbers, put in order by their [`ranks`](super::ranks), and only the rooms
//!   of the page are looked at;
//! - of more hits, a page is soon found by walking the index of the wanted order and testing every room; where it is not
//!   after [`WALKED`] rooms (the hits lie together far down the list), all hits are gathered after all;
//! - where there are no ranks, few hits are sorted by their rooms, many are found by walking however far it is.
//!
//! Whether there are few or many, the first [`PROBED`] hits tell by how closely they follow each other.
//!
//! Figures: `cargo xtask bench`. On 1,000,000 rooms the index gives 10 to 30 hits a microsecond for words of up to three
//! characters, 5 for longer ones; a look at a room costs 1.1 µs.

mod asked;
pub mod merge;
mod order;
pub mod parts;
pub mod walk;

use sqlx::{AssertSqlSafe, Row, sqlite::SqliteRow};

use self::{
    asked::{Asked, Driver},
    order::Order,
};
use super::{Store, ranks::Ranks, rooms, value};
use crate::domain::{
    Result, Timestamp,
    page::{COUNTED, Found, PAGE, Total},
    room::{Room, RoomId, RoomQuery, RoomRow},
};
pub(super) use order::column;

const ROW: &str = "number, id, name, owner, tags, cover IS NOT NULL, status, opening, muted, listed, member_count, \
                   created_at, updated_at, last_message_at";

/// So many hits are gathered at once.
const PROBED: usize = 1_000;
/// So many hits are gathered after that: to find and rank them costs less than to look for a page of them in the list.
const GATHERED: usize = 32_000;
/// So many hits are put in order by a look at each of their rooms.
const LOOKED_AT: usize = 500;
/// So many rooms are walked before all hits are gathered.
const WALKED: usize = 4_000;
/// So many rooms that follow a place are read to find one whose rank is known.
const FOLLOWING: usize = 100;

/// The hits of a question.
struct Hits {
    /// The rooms' numbers, ascending.
    numbers: Vec<i64>,
    /// The newest audit entry at the time.
    entry: i64,
}

impl Hits {
    /// How many hits there will be if they go on as closely as these up to the last room.
    fn reach(&self, last_number: i64) -> usize {
        let seen = self.numbers.last().copied().unwrap_or_default().max(1);
        let reach =
            self.numbers.len() as u128 * last_number.max(seen).unsigned_abs() as u128 / seen.unsigned_abs() as u128;
        usize::try_from(reach).unwrap_or(usize::MAX)
    }
}

impl Store {
    /// One page of the rooms that a question is about, and how many there are.
    ///
    /// # Errors
    /// The database failed.
    pub async fn rooms(&self, query: &RoomQuery) -> Result<Found<RoomRow>> {
        let order = Order::of(query);
        let (rows, total) = match self.all(query).await? {
            Some(all) => (self.walk_order(query, &order, None).await?, Total::Exactly(all)),
            None => self.find(query, &order).await?,
        };
        Ok(Found::cut(rows, &query.page, total, |row| order::cursor(row, query.sort)))
    }

    /// The page of a question that not all rooms are about, and how many they are.
    async fn find(&self, query: &RoomQuery, order: &Order) -> Result<(Vec<RoomRow>, Total)> {
        let driver = self.driver(query).await?;
        let mut hits = self.gather(query, driver, Some(PROBED + 1)).await?;
        let mut is_all = hits.numbers.len() <= PROBED;
        if !is_all && hits.reach(self.last_number().await?) <= GATHERED {
            hits = self.gather(query, driver, Some(GATHERED + 1)).await?;
            is_all = hits.numbers.len() <= GATHERED;
        }
        if is_all {
            return Ok((self.page(&hits, order).await?, Total::of(hits.numbers.len() as u64)));
        }
        // Each on a connection of its own, at the same time.
        let asked = Asked::of(query, driver);
        let counted = self.counted(&asked, Some(COUNTED + 1));
        let (total, rows) = tokio::try_join!(counted, self.many(query, driver, order, hits.entry))?;
        Ok((rows, Total::of(total)))
    }

    /// The numbers of what a question is about, at most `most`.
    async fn gather(&self, query: &RoomQuery, driver: Driver, most: Option<usize>) -> Result<Hits> {
        if let Some(hits) = self.gather_by_tail(query, driver).await? {
            return Ok(hits);
        }
        let asked = Asked::of(query, driver);
        let limit = most.map(|most| format!(" LIMIT {most}")).unwrap_or_default();
        let sql = format!(
            "SELECT (SELECT ifnull(max(id), 0) FROM audit), group_concat(number) FROM (SELECT {}{limit})",
            asked.hits_sql()
        );
        let row = sqlx::query_with(AssertSqlSafe(sql), asked.arguments()?).fetch_one(&self.readers).await?;
        Ok(hits(&row)?)
    }

    /// The same for a single word that ends in a number: ids begin alike and end differently, so that the index has few
    /// rooms for the last characters and very many for the first. The rooms that hold the end are looked at; if they
    /// are more than [`LOOKED_AT`] times four, this was no short way, and there is no answer.
    async fn gather_by_tail(&self, query: &RoomQuery, driver: Driver) -> Result<Option<Hits>> {
        let Some(tail) = Asked::tail(query, driver) else { return Ok(None) };
        let most = 4 * LOOKED_AT;
        let sql = format!(
            "SELECT (SELECT ifnull(max(id), 0) FROM audit), group_concat(hit), count(*) FROM
                 (SELECT CASE WHEN instr(fold, ?2) > 0 THEN number END AS hit
                  FROM (SELECT rowid FROM grams WHERE grams MATCH ?1 LIMIT {}) AS found
                  CROSS JOIN rooms ON number = found.rowid)",
            most + 1
        );
        let row = sqlx::query(AssertSqlSafe(sql)).bind(tail.index).bind(tail.word).fetch_one(&self.readers).await?;
        let is_few = row.try_get::<i64, _>(2)? <= most as i64;
        Ok(if is_few { Some(hits(&row)?) } else { None })
    }

    /// The page of these hits.
    async fn page(&self, hits: &Hits, order: &Order) -> Result<Vec<RoomRow>> {
        let ranks = if hits.numbers.len() > LOOKED_AT { Ranks::at(self, hits.entry) } else { None };
        let Some(ranks) = ranks else { return self.sorted(&hits.numbers, order).await };
        let from = match order.following(FOLLOWING) {
            None => None,
            Some((sql, arguments)) => {
                let following: Vec<i64> =
                    sqlx::query_scalar_with(AssertSqlSafe(sql), arguments?).fetch_all(&self.readers).await?;
                let first = ranks.first(order.sort, &following);
                if first.is_none() {
                    return self.sorted(&hits.numbers, order).await;
                }
                first
            }
        };
        let best = ranks.best(&hits.numbers, order.sort, order.descending, from, PAGE + 1);
        self.sorted(&best, order).await
    }

    /// The page of more hits than are gathered at first.
    async fn many(&self, query: &RoomQuery, driver: Driver, order: &Order, entry: i64) -> Result<Vec<RoomRow>> {
        if Ranks::at(self, entry).is_none() {
            return self.walk_order(query, order, None).await;
        }
        let rows = self.walk_order(query, order, Some(WALKED)).await?;
        if rows.len() > PAGE {
            return Ok(rows);
        }
        let hits = self.gather(query, driver, None).await?;
        self.page(&hits, order).await
    }

    /// The page of the rooms with these numbers, by a look at each.
    async fn sorted(&self, numbers: &[i64], order: &Order) -> Result<Vec<RoomRow>> {
        let mut asked = Asked::numbered(numbers)?;
        asked.beyond(order);
        self.read(format!("{} ORDER BY {} LIMIT {}", asked.sql(), order.by("+"), PAGE + 1), &asked).await
    }

    /// The page of a question, by walking its order and testing each room, if `most` is given of at most so many.
    async fn walk_order(&self, query: &RoomQuery, order: &Order, most: Option<usize>) -> Result<Vec<RoomRow>> {
        let mut asked = Asked::of(query, Driver::Order);
        let sql = match most {
            None => {
                asked.beyond(order);
                format!("{} ORDER BY {} LIMIT {}", asked.sql(), order.by(""), PAGE + 1)
            }
            // Whoever reads from a list that is in order gets its rows in order; to ask for it would sort them all.
            Some(most) => {
                let list = asked.beyond_first(order);
                let list = format!("(SELECT * FROM {list} ORDER BY {} LIMIT {most}) AS rooms", order.by(""));
                format!("{} LIMIT {}", asked.sql_of(&list), PAGE + 1)
            }
        };
        self.read(sql, &asked).await
    }

    async fn read(&self, from: String, asked: &Asked) -> Result<Vec<RoomRow>> {
        let query = sqlx::query_with(AssertSqlSafe(format!("SELECT {ROW} FROM {from}")), asked.arguments()?);
        let rows = query.fetch_all(&self.readers).await?;
        Ok(rows.iter().map(row).collect::<Result<_, sqlx::Error>>()?)
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
        let order = Order::of(query).by(if walk { "" } else { "+" });
        let sql = format!("SELECT {} FROM {} ORDER BY {order} LIMIT {many} OFFSET {skip}", *rooms::COLUMNS, page.sql());
        let rows = sqlx::query_with(AssertSqlSafe(sql), page.arguments()?).fetch_all(&self.readers).await?;
        Ok((rows.iter().map(rooms::room).collect::<Result<_, sqlx::Error>>()?, total))
    }

    pub(super) async fn last_number(&self) -> Result<i64> {
        let query = sqlx::query_scalar("SELECT ifnull(max(number), 0) FROM rooms");
        Ok(query.fetch_one(&self.readers).await?)
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

/// Reads hits: the newest audit entry, and the numbers as one text.
fn hits(row: &SqliteRow) -> Result<Hits, sqlx::Error> {
    let text = row.try_get::<Option<String>, _>(1)?.unwrap_or_default();
    let mut numbers: Vec<i64> = text.split(',').filter_map(|number| number.parse().ok()).collect();
    if !numbers.is_sorted() {
        numbers.sort_unstable();
    }
    Ok(Hits { numbers, entry: row.try_get(0)? })
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
