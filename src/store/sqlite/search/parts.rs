//! A question's whole answer, part after part, for files of any size; and more of the rooms on a page than the page
//! itself needs.

use std::collections::HashMap;

use sqlx::{AssertSqlSafe, Row};

use super::{
    Store,
    asked::{Asked, Driver},
    order::Order,
    rooms, value,
};
use crate::{
    domain::{
        Result,
        page::{COUNTED, Cursor, Page},
        room::{Column, Columns, Field, Room, RoomQuery, Sort, Values},
    },
    store::fold,
};

/// How a question's answer is gone through: decided once, for all of its parts.
#[derive(Clone, Copy, Debug)]
pub struct Way {
    driver: Driver,
    /// Whether the index of the wanted order is walked.
    is_walk: bool,
}

/// What a list shows of a room that no list needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extra {
    /// The application it belongs to.
    pub app: String,
    /// How often it was changed.
    pub version: i64,
    /// The fields that were asked for.
    pub values: Values,
}

impl Store {
    /// Decides how a question's answer is gone through.
    ///
    /// # Errors
    /// The database failed.
    pub async fn way(&self, query: &RoomQuery) -> Result<Way> {
        let driver = self.driver(query).await?;
        let is_walk =
            driver == Driver::Order || self.counted(&Asked::of(query, driver), Some(COUNTED + 1)).await? > COUNTED;
        Ok(Way { driver: if is_walk { Driver::Order } else { driver }, is_walk })
    }

    /// At most `many` whole rooms of a question's answer, in its order, after the one that `after` stands for.
    ///
    /// # Errors
    /// The database failed.
    pub async fn rooms_on(&self, query: &RoomQuery, way: Way, after: Option<&Cursor>, many: i64) -> Result<Vec<Room>> {
        let mut part = Asked::of(query, way.driver);
        let order = Order::of(&query.at(after.cloned().map_or(Page::First, Page::After)));
        part.beyond(&order);
        let by = order.by(if way.is_walk { "" } else { "+" });
        let sql = format!("SELECT {} FROM {} ORDER BY {by} LIMIT {many}", *rooms::COLUMNS, part.sql());
        let rows = sqlx::query_with(AssertSqlSafe(sql), part.arguments()?).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(rooms::room).collect::<Result<_, sqlx::Error>>()?)
    }

    /// What some columns show of some rooms, by their numbers: one statement, or none where a list has it anyway.
    ///
    /// # Errors
    /// The database failed.
    pub async fn extras(&self, numbers: &[i64], columns: &Columns) -> Result<HashMap<i64, Extra>> {
        let fields: Vec<Field> = columns.iter().filter_map(extra_field).collect();
        let is_wanted = !fields.is_empty() || columns.has(Column::App) || columns.has(Column::Version);
        if !is_wanted || numbers.is_empty() {
            return Ok(HashMap::new());
        }
        let names = fields.iter().fold(String::new(), |names, field| names + ", " + field.key());
        let sql =
            format!("SELECT number, app, version{names} FROM rooms WHERE number IN (SELECT value FROM json_each($1))");
        let numbers = serde_json::to_string(numbers).map_err(|cause| sqlx::Error::Encode(Box::new(cause)))?;
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(numbers).fetch_all(&self.readers).await?;
        let mut found = HashMap::with_capacity(rows.len());
        for row in &rows {
            let mut values = Values::default();
            for (n, &field) in fields.iter().enumerate() {
                values.set(field, value::read(row, 3 + n, field)?);
            }
            found.insert(row.try_get(0)?, Extra { app: row.try_get(1)?, version: row.try_get(2)?, values });
        }
        Ok(found)
    }
}

/// The field that a column needs and a line of the list does not have.
fn extra_field(column: Column) -> Option<Field> {
    match column {
        Column::Field(Field::Owner | Field::Tags) => None,
        Column::Field(field) => Some(field),
        _ => None,
    }
}

/// Where a room stands in an order.
pub fn cursor(room: &Room, sort: Sort) -> Cursor {
    let key = match sort {
        Sort::Name => fold::fold(room.values.text(Field::Name).unwrap_or_default()),
        Sort::Updated => room.updated_at.0.to_string(),
        Sort::Created => room.created_at.0.to_string(),
        Sort::Members => room.member_count.to_string(),
        Sort::LastMessage => room.last_message.as_ref().map_or(0, |message| message.sent_at.0).to_string(),
    };
    Cursor { number: room.number, key }
}
