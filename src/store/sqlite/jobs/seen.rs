//! What a plan reads of rooms: a few columns of some thousand at a time, which SQLite hands over as one text. Row by row
//! a million rooms would take three times as long.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value as Json;
use sqlx::{AssertSqlSafe, Row, sqlite::SqliteRow};

use super::{Store, Tx};
use crate::{
    domain::{
        Result,
        audit::Entry,
        job::verdict::Attributes,
        room::{Field, Filter, Kind, Room, Value, Values},
    },
    store::sqlite::{attributes, audit, bulk, marks, rooms},
};

const ATTRIBUTES_OF: &str = "SELECT key, value, auto_delete, set_by, seq, room FROM attributes
                             WHERE room IN (SELECT value FROM json_each($1))";

/// What a plan knows of a room.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The room's number.
    pub number: i64,
    /// Its version.
    pub version: i64,
    /// Its id.
    pub id: String,
    /// The fields that were asked for.
    pub values: Values,
    /// The attributes, where they were asked for.
    pub attributes: Attributes,
}

impl Store {
    /// These rooms, in the order of the numbers; those that are gone are left out.
    ///
    /// # Errors
    /// The database failed.
    pub async fn seen(&self, numbers: &[i64], fields: &[Field], with_attributes: bool) -> Result<Vec<Seen>> {
        let columns: String = fields
            .iter()
            .map(|field| match field.spec().kind.is_list() {
                true => format!(", json({})", field.key()),
                false => format!(", {}", field.key()),
            })
            .collect();
        let sql = format!(
            "SELECT json_group_array(json_array(number, version, rooms.id{columns}))
             FROM json_each($1) CROSS JOIN rooms ON number = value"
        );
        let query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(bulk::json(numbers)?);
        let found: String = query.fetch_one(&self.readers).await?;
        let found: Vec<Vec<Json>> = serde_json::from_str(&found).map_err(decode)?;
        let mut seen = Vec::with_capacity(found.len());
        for row in found {
            let mut row = row.into_iter();
            let mut next = || row.next().unwrap_or_default();
            let (number, version, id) = (next().as_i64(), next().as_i64(), next());
            let (Some(number), Some(version), Json::String(id)) = (number, version, id) else { continue };
            let mut values = Values::default();
            for &field in fields {
                values.set(field, value_of(field, next()));
            }
            seen.push(Seen { number, version, id, values, attributes: BTreeMap::new() });
        }
        if with_attributes {
            let mut all = self.attributes_of(numbers).await?;
            for room in &mut seen {
                room.attributes = all.remove(&room.number).unwrap_or_default();
            }
        }
        Ok(seen)
    }

    async fn attributes_of(&self, numbers: &[i64]) -> Result<HashMap<i64, Attributes>> {
        let rows = sqlx::query(ATTRIBUTES_OF).bind(bulk::json(numbers)?).fetch_all(&self.readers).await?;
        Ok(by_room(&rows)?)
    }

    /// The numbers of the rooms with these ids, by id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn numbers_of(&self, ids: &[String]) -> Result<HashMap<String, i64>> {
        let sql = "SELECT rooms.id, number FROM json_each($1) CROSS JOIN rooms ON rooms.id = value";
        let rows = sqlx::query(sql).bind(bulk::json(ids)?).fetch_all(&self.readers).await?;
        let pairs = rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?)));
        Ok(pairs.collect::<Result<_, sqlx::Error>>()?)
    }

    /// The numbers of the rooms that a client owns or manages, over `after`, at most `many`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn rooms_of_client(&self, client: &str, after: i64, many: i64) -> Result<Vec<i64>> {
        let managed = marks::of_filter(&Filter::Field(Field::Managers, client.to_owned()));
        let sql = "SELECT number FROM rooms WHERE owner = $1 AND number > $2
                   UNION SELECT rowid FROM grams WHERE grams MATCH $4 AND rowid > $2
                   ORDER BY 1 LIMIT $3";
        let query = sqlx::query_scalar(sql).bind(client).bind(after).bind(many);
        Ok(query.bind(managed.unwrap_or_default()).fetch_all(&self.readers).await?)
    }
}

impl Tx {
    /// The rooms with these numbers, by number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn rooms_numbered(&mut self, numbers: &[i64]) -> Result<HashMap<i64, Room>> {
        let rows = self.listed(rooms::SELECT_NUMBERS.as_str(), numbers).await?;
        let rooms = rows.iter().map(rooms::room).map(|room| room.map(|room| (room.number, room)));
        Ok(rooms.collect::<Result<_, _>>()?)
    }

    /// The attributes of these rooms, by the rooms' numbers.
    ///
    /// # Errors
    /// The database failed.
    pub async fn attributes_of(&mut self, numbers: &[i64]) -> Result<HashMap<i64, Attributes>> {
        Ok(by_room(&self.listed(ATTRIBUTES_OF, numbers).await?)?)
    }

    /// The audit entries with these numbers, by number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn entries_numbered(&mut self, numbers: &[i64]) -> Result<HashMap<i64, Entry>> {
        let rows = self.listed(audit::SELECT_NUMBERS, numbers).await?;
        let entries = rows.iter().map(audit::entry).map(|entry| entry.map(|entry| (entry.id, entry)));
        Ok(entries.collect::<Result<_, _>>()?)
    }
}

fn by_room(rows: &[SqliteRow]) -> Result<HashMap<i64, Attributes>, sqlx::Error> {
    let mut all: HashMap<i64, Attributes> = HashMap::new();
    for row in rows {
        let attribute = attributes::attribute(row)?;
        all.entry(row.try_get(5)?).or_default().insert(attribute.key.clone(), attribute);
    }
    Ok(all)
}

/// A field's value from the JSON of its column.
fn value_of(field: Field, json: Json) -> Option<Value> {
    match (field.spec().kind, json) {
        (Kind::Flag { .. }, Json::Number(flag)) => Some(Value::Flag(flag.as_i64() != Some(0))),
        (_, Json::Number(number)) => number.as_i64().map(Value::Number),
        (_, Json::String(text)) => Some(Value::Text(text)),
        (_, Json::Array(list)) => serde_json::from_value(Json::Array(list)).ok(),
        _ => None,
    }
}

fn decode(cause: serde_json::Error) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(cause))
}
