//! New rooms, one or many: each statement takes as many rows as it can, so that an import of a hundred thousand rooms is
//! not a million statements.

use std::sync::LazyLock;

use sqlx::{Arguments, Row};

use super::{Tx, audit::NewEntry, bulk, marks, rooms, value};
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
        let mut folded = Vec::with_capacity(made.len());
        for (room, _) in made {
            let (name_key, fold) = rooms::folds(room);
            self.put_grams(room.number, None, Some(marks::tokens(room, &fold)));
            self.touch(room.number);
            folded.push((name_key, fold));
        }
        let rows: Vec<_> = made.iter().zip(folded).collect();
        self.insert_all("INTO rooms", &COLUMNS, &rows, |((room, attribute_seq), (name_key, fold)), row| {
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
            row.add(name_key.clone())?;
            row.add(fold.clone())?;
            Field::ALL.iter().for_each(|&field| value::bind(row, room.values.get(field)));
            Ok(())
        })
        .await
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

    /// Appends the entries of rooms that were made, in this order. Their fields are not found by field: they set all.
    ///
    /// # Errors
    /// The database failed.
    pub async fn append_made(&mut self, entries: &[NewEntry]) -> Result<()> {
        let mut changes = Vec::with_capacity(entries.len());
        for new in entries {
            changes.push(bulk::json(&new.changes)?);
        }
        let rows: Vec<_> = entries.iter().zip(changes).collect();
        let columns =
            ["at", "actor_kind", "actor", "source", "address", "action", "room", "version", "note", "changes"];
        self.insert_all("INTO audit", &columns, &rows, |(new, changes), row| {
            let (room, version) = new.room.clone().unzip();
            row.add(new.at.0)?;
            row.add(new.actor.kind())?;
            row.add(new.actor.name().to_owned())?;
            row.add(new.source.key())?;
            row.add(new.address.clone())?;
            row.add(new.action.key())?;
            row.add(room)?;
            row.add(version)?;
            row.add(new.note.clone())?;
            row.add(changes.clone())
        })
        .await?;
        let last: i64 = sqlx::query_scalar("SELECT max(id) FROM audit").fetch_one(&mut self.conn).await?;
        let many = i64::try_from(entries.len()).unwrap_or_default();
        self.touch_entries(last - many + 1, last);
        Ok(())
    }
}
