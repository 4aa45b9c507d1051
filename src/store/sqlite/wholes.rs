//! Rooms with everything that belongs to them, some hundred at a time, for exports.

use std::collections::HashMap;

use sqlx::{AssertSqlSafe, Row};

use super::{Store, attributes, clients, rooms};
use crate::domain::{Result, attribute::Attribute, client::Member, room::Whole};

impl Store {
    /// At most `many` rooms with numbers over `number`, in the order of their numbers, with their members and
    /// attributes: four statements, however many rooms, and all of one moment.
    ///
    /// # Errors
    /// The database failed.
    pub async fn wholes_after(&self, number: i64, many: i64) -> Result<Vec<Whole>> {
        let mut moment = self.readers.begin().await?;
        let query = sqlx::query(AssertSqlSafe(rooms::SELECT_AFTER.as_str())).bind(number).bind(many);
        let found = query.fetch_all(&mut *moment).await?.iter().map(rooms::room).collect::<Result<Vec<_>, _>>()?;
        let last = found.last().map_or(number, |room| room.number);

        let mut members: HashMap<i64, Vec<Member>> = HashMap::new();
        let query = sqlx::query(
            "SELECT c.id, c.nickname, c.avatar, c.last_login_at, m.unread, m.last_read, m.room
             FROM members m JOIN clients c ON c.id = m.client
             WHERE m.room > $1 AND m.room <= $2 ORDER BY m.room, m.client",
        );
        for row in query.bind(number).bind(last).fetch_all(&mut *moment).await? {
            members.entry(row.try_get(6)?).or_default().push(clients::member(&row)?);
        }

        let mut attributes: HashMap<i64, Vec<Attribute>> = HashMap::new();
        let query = sqlx::query(
            "SELECT key, value, auto_delete, set_by, seq, room FROM attributes
             WHERE room > $1 AND room <= $2 ORDER BY room, key",
        );
        for row in query.bind(number).bind(last).fetch_all(&mut *moment).await? {
            attributes.entry(row.try_get(5)?).or_default().push(attributes::attribute(&row)?);
        }

        let mut counts: HashMap<i64, i64> = HashMap::new();
        let query = sqlx::query(
            "SELECT number, attribute_seq FROM rooms WHERE number > $1 AND number <= $2 AND attribute_seq <> 0",
        );
        for row in query.bind(number).bind(last).fetch_all(&mut *moment).await? {
            counts.insert(row.try_get(0)?, row.try_get(1)?);
        }
        moment.commit().await?;

        let whole = |room: crate::domain::room::Room| Whole {
            members: members.remove(&room.number).unwrap_or_default(),
            attributes: attributes.remove(&room.number).unwrap_or_default(),
            attribute_seq: counts.get(&room.number).copied().unwrap_or_default(),
            room,
        };
        Ok(found.into_iter().map(whole).collect())
    }
}
