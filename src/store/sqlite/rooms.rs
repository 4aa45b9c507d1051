//! Rooms: read one, write one. Which columns there are follows from the table of fields.

use std::sync::LazyLock;

use sqlx::{
    Arguments, AssertSqlSafe, Row,
    sqlite::{SqliteArguments, SqliteRow},
};

use super::{Store, Tx, marks, value};
use crate::{
    domain::{
        Result, Timestamp,
        room::{Field, Room, RoomId, Values},
    },
    store::fold,
};

/// The fixed columns of a room; the fields' columns follow in the table's order.
const FIXED: &str = "number, id, app, version, created_at, updated_at, member_count, last_message";
const FIXED_COLUMNS: usize = 8;

pub(super) static COLUMNS: LazyLock<String> =
    LazyLock::new(|| Field::ALL.iter().fold(FIXED.to_owned(), |columns, field| columns + ", " + field.key()));

static SELECT: LazyLock<String> = LazyLock::new(|| format!("SELECT {} FROM rooms WHERE id = $1", *COLUMNS));
static SELECT_NUMBERED: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM rooms WHERE number = $1", *COLUMNS));
/// The rooms of the next numbers after `$1`, at most `$2`.
pub(super) static SELECT_AFTER: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM rooms WHERE number > $1 ORDER BY number LIMIT $2", *COLUMNS));

/// The rooms whose ids stand in the JSON list `$1`.
pub(super) static SELECT_LISTED: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM rooms WHERE id IN (SELECT value FROM json_each($1))", *COLUMNS));

/// The rooms whose numbers stand in the JSON list `$1`.
pub(super) static SELECT_NUMBERS: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM rooms WHERE number IN (SELECT value FROM json_each($1))", *COLUMNS));

impl Store {
    /// A room by its id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn room(&self, id: &RoomId) -> Result<Option<Room>> {
        let row = sqlx::query(AssertSqlSafe(SELECT.as_str())).bind(id.as_str()).fetch_optional(&self.readers).await?;
        Ok(row.as_ref().map(room).transpose()?)
    }

    /// A room by its number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn room_numbered(&self, number: i64) -> Result<Option<Room>> {
        let query = sqlx::query(AssertSqlSafe(SELECT_NUMBERED.as_str())).bind(number);
        Ok(query.fetch_optional(&self.readers).await?.as_ref().map(room).transpose()?)
    }

    /// One room of all, by chance.
    ///
    /// # Errors
    /// The database failed.
    pub async fn some_room(&self) -> Result<Option<Room>> {
        let last = self.last_number().await?;
        let query = sqlx::query(AssertSqlSafe(SELECT_AFTER.as_str())).bind(rand::random_range(0..last.max(1))).bind(1);
        Ok(query.fetch_optional(&self.readers).await?.as_ref().map(room).transpose()?)
    }

    /// How many rooms an owner has.
    ///
    /// # Errors
    /// The database failed.
    pub async fn owned_by(&self, client: &str) -> Result<i64> {
        let query = sqlx::query_scalar("SELECT count(*) FROM rooms WHERE owner = $1").bind(client);
        Ok(query.fetch_one(&self.readers).await?)
    }
}

impl Tx {
    /// A room by its id, as this transaction sees it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn room(&mut self, id: &RoomId) -> Result<Option<Room>> {
        let query = sqlx::query(AssertSqlSafe(SELECT.as_str())).bind(id.as_str());
        let row = query.fetch_optional(&mut self.conn).await?;
        Ok(row.as_ref().map(room).transpose()?)
    }

    /// Writes the given fields of a room, which had other values before, and its version and time of change.
    ///
    /// # Errors
    /// The database failed.
    pub async fn update_room(&mut self, room: &Room, before: &Values, fields: &[Field]) -> Result<()> {
        let refold = fields.iter().any(|field| marks::is_marked(*field));
        let mut sql = String::from("UPDATE rooms SET version = $1, updated_at = $2");
        let mut arguments = SqliteArguments::default();
        arguments.add(room.version).and_then(|()| arguments.add(room.updated_at.0)).map_err(sqlx::Error::Encode)?;
        for &field in fields {
            value::bind(&mut arguments, room.values.get(field));
            sql.push_str(&format!(", {} = ${}", field.key(), arguments.len()));
        }
        if refold {
            let (name_key, folded) = folds(room);
            arguments.add(name_key).and_then(|()| arguments.add(folded.clone())).map_err(sqlx::Error::Encode)?;
            sql.push_str(&format!(", name_key = ${}, fold = ${}", arguments.len() - 1, arguments.len()));
            let old = Room { values: before.clone(), ..room.clone() };
            self.put_grams(room.number, Some(tokens(&old)), Some(marks::tokens(room, &folded)));
        }
        arguments.add(room.number).map_err(sqlx::Error::Encode)?;
        sql.push_str(&format!(" WHERE number = ${}", arguments.len()));
        sqlx::query_with(AssertSqlSafe(sql), arguments).execute(&mut self.conn).await?;
        self.touch(room.number);
        Ok(())
    }

    /// Deletes a room with its members and attributes.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_room(&mut self, number: i64) -> Result<()> {
        let query = sqlx::query(AssertSqlSafe(SELECT_NUMBERED.as_str())).bind(number);
        let old = query.fetch_optional(&mut self.conn).await?.as_ref().map(room).transpose()?;
        self.put_grams(number, old.as_ref().map(tokens), None);
        self.touch(number);
        sqlx::query("DELETE FROM rooms WHERE number = $1").bind(number).execute(&mut self.conn).await?;
        Ok(())
    }

    /// Writes a room's newest message.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_last_message(&mut self, room: &Room) -> Result<()> {
        let message = room.last_message.as_ref();
        sqlx::query("UPDATE rooms SET last_message = $1, last_message_at = $2 WHERE number = $3")
            .bind(message.and_then(|message| serde_json::to_string(message).ok()))
            .bind(message.map_or(0, |message| message.sent_at.0))
            .bind(room.number)
            .execute(&mut self.conn)
            .await?;
        self.touch(room.number);
        Ok(())
    }
}

/// The name as names are compared, and what a room is found by.
pub(super) fn folds(room: &Room) -> (String, String) {
    let name = room.values.text(Field::Name).unwrap_or_default();
    (fold::fold(name), fold::fold_room(name, room.id.as_str(), room.owner().unwrap_or_default()))
}

/// What a room stands in the search index with.
fn tokens(room: &Room) -> String {
    marks::tokens(room, &folds(room).1)
}

/// Reads a room from the columns of this file's statements.
pub(super) fn room(row: &SqliteRow) -> Result<Room, sqlx::Error> {
    let id: String = row.try_get(1)?;
    let mut values = Values::default();
    for (n, &field) in Field::ALL.iter().enumerate() {
        values.set(field, value::read(row, FIXED_COLUMNS + n, field)?);
    }
    Ok(Room {
        number: row.try_get(0)?,
        id: RoomId::parse(&id).map_err(|why| sqlx::Error::Decode(why.message.into()))?,
        app: row.try_get(2)?,
        version: row.try_get(3)?,
        created_at: Timestamp(row.try_get(4)?),
        updated_at: Timestamp(row.try_get(5)?),
        member_count: row.try_get(6)?,
        last_message: value::json(row, 7)?,
        values,
    })
}
