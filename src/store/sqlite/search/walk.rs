//! Every room that a question is about, by number, some thousand at a time: what exports and plans go through.
//!
//! What drives a walk must give its hits in the order of the rooms' numbers, or every part would have to look at all of
//! them again. Every index but that of the time of change does; where that one would drive, the rooms themselves are
//! walked, which costs one look at each.

use sqlx::AssertSqlSafe;

use super::{
    Store,
    asked::{Asked, Driver},
};
use crate::domain::{
    Result,
    room::{Filter, RoomQuery},
};

/// A question on its way through the rooms.
#[derive(Clone, Debug)]
pub struct Walk {
    query: RoomQuery,
    driver: Driver,
}

impl Store {
    /// Begins a walk through the rooms that a question is about; its order and page do not matter.
    ///
    /// # Errors
    /// The database failed.
    pub async fn walk(&self, query: &RoomQuery) -> Result<Walk> {
        let driver = match self.driver(query).await? {
            Driver::Filter(n) if matches!(query.filters.get(n), Some(Filter::From(_) | Filter::Until(_))) => {
                Driver::Order
            }
            driver => driver,
        };
        Ok(Walk { query: query.clone(), driver })
    }

    /// The numbers of a walk's next rooms after the number `after`, at most `many`, in their order.
    ///
    /// # Errors
    /// The database failed.
    pub async fn walked(&self, walk: &Walk, after: i64, many: i64) -> Result<Vec<i64>> {
        let asked = Asked::of(&walk.query, walk.driver);
        let (from, number) = (asked.sql(), asked.number);
        let joint = if from.contains(" WHERE ") { "AND" } else { "WHERE" };
        let sql = format!("SELECT {number} FROM {from} {joint} {number} > {after} ORDER BY {number} LIMIT {many}");
        Ok(sqlx::query_scalar_with(AssertSqlSafe(sql), asked.arguments()?).fetch_all(&self.readers).await?)
    }
}
