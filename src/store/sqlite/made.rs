//! New rooms, one or many: each statement takes as many rows as it can, so that an import of a hundred thousand rooms is
//! not a million statements.

use std::sync::LazyLock;

use sqlx::{Arguments, Row};

use super::{Tx, marks, rooms, value};
use crate::domain::{
    Result,
    attribute::Attribute,
    client::Member,
    room::{Field, Room},
};

/// The columns that are no fields; the fields' columns follow in the table's order.
const FIXED: &[&str] = &[
    "number",
    "id",
    "app",
    "version",
    "created_at",
    "updated_at",
    "member_count",
    "last_message",
    "last_message_at",
    "attribute_seq",
    "name_key",
    "fold",
];

static COLUMNS: LazyLock<Vec<&str>> =
    LazyLock::new(|| FIXED.iter().copied().chain(Field::ALL.iter().map(|field| field.key())).collect());

impl Tx {
    /// Writes a new room; gives it the next number where its own is 0. Members are written by [`Tx::put_members`].
    ///
    /// # Errors
    /// The database failed, or id or number are taken: look first.
    pub async fn insert_room(&mut self, room: &Room, attribute_seq: i64) -> Result<i64> {
        let number = if room.number > 0 { room.number } else { self.last_number().await? + 1 };
        let room = Room { number, member_count: 0, ..room.clone() };
        self.insert_rooms(&[(&room, attribute_seq)]).await?;
        Ok(number)
    }

    /// The greatest number that a room has or ever had: the next room gets the one after it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn last_number(&mut self) -> Result<i64> {
        let query = sqlx::query("SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'rooms'");
        Ok(query.fetch_one(&mut self.conn).await?.try_get(0)?)
    }

    /// Writes new rooms, each with its number, its count of members and the count of its attributes' changes.
    ///
    /// # Errors
    /// The database failed, or an id or number is taken: look first.
    pub async fn insert_rooms(&mut self, made: &[(&Room, i64)]) -> Result<()> {
        let mut tokens = Vec::with_capacity(made.len());
        let inserted = self.insert_all("INTO rooms", &COLUMNS, made, |(room, attribute_seq), row| {
            let (name_key, folded) = rooms::folds(room);
            tokens.push((room.number, marks::tokens(room, &folded)));
            let message = room.last_message.as_ref();
            row.add(room.number)?;
            row.add(room.id.to_string())?;
            row.add(room.app.clone())?;
            row.add(room.version)?;
            row.add(room.created_at.0)?;
            row.add(room.updated_at.0)?;
            row.add(room.member_count)?;
            row.add(message.and_then(|message| serde_json::to_string(message).ok()))?;
            row.add(message.map_or(0, |message| message.sent_at.0))?;
            row.add(*attribute_seq)?;
            row.add(name_key)?;
            row.add(folded)?;
            Field::ALL.iter().for_each(|&field| value::bind(row, room.values.get(field)));
            Ok(())
        });
        inserted.await?;
        for (number, tokens) in tokens {
            self.put_grams(number, None, Some(tokens));
            self.touch(number);
        }
        Ok(())
    }

    /// Writes members, each with the number of a room that does not have them yet. The clients are known already. The
    /// rooms' counts are the caller's business.
    ///
    /// # Errors
    /// The database failed, or somebody is a member twice.
    pub async fn insert_members(&mut self, members: &[(i64, &Member)]) -> Result<()> {
        self.insert_all("INTO members", &["room", "client", "unread", "last_read"], members, |(room, member), row| {
            row.add(*room)?;
            row.add(member.client.id.to_string())?;
            row.add(member.unread)?;
            row.add(member.last_read.clone())
        })
        .await
    }

    /// Writes attributes, each with the number of a room that does not have it yet.
    ///
    /// # Errors
    /// The database failed, or a room has a key twice.
    pub async fn insert_attributes(&mut self, attributes: &[(i64, &Attribute)]) -> Result<()> {
        let columns = ["room", "key", "value", "auto_delete", "set_by", "seq"];
        self.insert_all("INTO attributes", &columns, attributes, |(room, attribute), row| {
            row.add(*room)?;
            row.add(attribute.key.clone())?;
            row.add(attribute.value.clone())?;
            row.add(attribute.auto_delete)?;
            row.add(attribute.set_by.clone())?;
            row.add(attribute.seq)
        })
        .await
    }
}
