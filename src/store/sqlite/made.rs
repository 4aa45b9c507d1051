//! New rooms, one or many: each statement takes a list of rooms as one JSON text, so that an import of a hundred
//! thousand rooms is not a million statements.

use std::sync::LazyLock;

use serde_json::{Value as Json, json};
use sqlx::Row;

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

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let all: Vec<&str> = FIXED.iter().copied().chain(Field::ALL.iter().map(|field| field.key())).collect();
    let places: Vec<String> = (0..all.len()).map(|n| format!("value ->> {n}")).collect();
    format!("INSERT INTO rooms ({}) SELECT {} FROM json_each($1)", all.join(", "), places.join(", "))
});

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
        let (mut rows, mut words) = (Vec::with_capacity(made.len()), Vec::new());
        for (room, attribute_seq) in made {
            let (name_key, folded) = rooms::folds(room);
            let message = room.last_message.as_ref();
            self.put_grams(room.number, Some(marks::tokens(room, &folded)));
            let mut row = vec![
                json!(room.number),
                json!(room.id),
                json!(room.app),
                json!(room.version),
                json!(room.created_at.0),
                json!(room.updated_at.0),
                json!(room.member_count),
                json!(message.and_then(|message| serde_json::to_string(message).ok())),
                json!(message.map_or(0, |message| message.sent_at.0)),
                json!(attribute_seq),
                json!(name_key),
                json!(folded),
            ];
            row.extend(Field::ALL.iter().map(|&field| value::json_of(room.values.get(field))));
            rows.push(Json::from(row));
            for &field in Field::ALL.iter().filter(|field| field.spec().kind.is_list()) {
                let all = value::words(room.values.get(field));
                words.extend(all.into_iter().map(|word| json!([field.key(), word, room.number])));
            }
        }
        self.listed(INSERT.as_str(), &rows).await?;
        let sql = "INSERT OR IGNORE INTO room_words (field, word, room)
                   SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1)";
        self.listed(sql, &words).await.map(drop)
    }

    /// Writes members, each with the number of a room that does not have them yet. The clients are known already. The
    /// rooms' counts are the caller's business.
    ///
    /// # Errors
    /// The database failed, or somebody is a member twice.
    pub async fn insert_members(&mut self, members: &[(i64, &Member)]) -> Result<()> {
        let row = |(room, m): &(i64, &Member)| json!([room, m.client.id, m.unread, m.last_read]);
        let rows: Vec<Json> = members.iter().map(row).collect();
        let sql = "INSERT INTO members (room, client, unread, last_read)
                   SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each($1)";
        self.listed(sql, &rows).await.map(drop)
    }

    /// Writes attributes, each with the number of a room that does not have it yet.
    ///
    /// # Errors
    /// The database failed, or a room has a key twice.
    pub async fn insert_attributes(&mut self, attributes: &[(i64, &Attribute)]) -> Result<()> {
        let row =
            |(room, a): &(i64, &Attribute)| json!([room, a.key, a.value, i64::from(a.auto_delete), a.set_by, a.seq]);
        let rows: Vec<Json> = attributes.iter().map(row).collect();
        let sql = "INSERT INTO attributes (room, key, value, auto_delete, set_by, seq)
                   SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
                   FROM json_each($1)";
        self.listed(sql, &rows).await.map(drop)
    }

    /// Appends the entries of rooms that were made, in this order. Their fields are not found by field: they set all.
    ///
    /// # Errors
    /// The database failed.
    pub async fn append_made(&mut self, entries: &[NewEntry]) -> Result<()> {
        let mut rows = Vec::with_capacity(entries.len());
        for new in entries {
            let (room, version) = new.room.as_ref().map(|(room, version)| (room.as_str(), *version)).unzip();
            let (kind, name, source, action) = (new.actor.kind(), new.actor.name(), new.source.key(), new.action.key());
            let changes = bulk::json(&new.changes)?;
            rows.push(json!([new.at.0, kind, name, source, new.address, action, room, version, new.note, changes]));
        }
        let sql = "INSERT INTO audit (at, actor_kind, actor, source, address, action, room, version, note, changes)
                   SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
                          value ->> 7, value ->> 8, value ->> 9 FROM json_each($1)";
        self.listed(sql, &rows).await.map(drop)
    }
}
