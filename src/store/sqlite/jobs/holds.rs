//! What shields hold of rooms: see `services::jobs::shield` for what it means.

use serde_json::json;
use sqlx::{Row, sqlite::SqliteRow};

use super::{Tx, text};
use crate::{
    domain::{
        Result,
        job::Frozen,
        room::{Field, Value},
    },
    store::sqlite::value,
};

/// What a shield holds of one field of one room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The room's number.
    pub room: i64,
    /// The field.
    pub field: Field,
    /// The shield.
    pub job: i64,
    /// The value that it gave.
    pub value: Option<Value>,
    /// The value that the field goes back to when no shield stands over it any more.
    pub base: Option<Value>,
    /// The shield that this one stands over, if that still stands.
    pub below: Option<i64>,
}

impl Tx {
    /// The rooms of which a shield holds something, with numbers over `after`, at most `many`; whatever version they have.
    ///
    /// # Errors
    /// The database failed.
    pub async fn rooms_held(&mut self, job: i64, after: i64, many: usize) -> Result<Vec<Frozen>> {
        let sql = "SELECT DISTINCT room, version, id FROM shield_holds CROSS JOIN rooms ON number = room
                   WHERE job = $1 AND room > $2 ORDER BY room LIMIT $3";
        let query = sqlx::query(sql).bind(job).bind(after).bind(i64::try_from(many).unwrap_or(i64::MAX));
        let rows = query.fetch_all(&mut self.conn).await?;
        let frozen = |row: &SqliteRow| {
            Ok(Frozen { number: row.try_get(0)?, version: row.try_get(1)?, id: row.try_get(2)?, entry: None })
        };
        Ok(rows.iter().map(frozen).collect::<Result<_, sqlx::Error>>()?)
    }

    /// All that shields hold of these rooms.
    ///
    /// # Errors
    /// The database failed.
    pub async fn holds(&mut self, rooms: &[i64]) -> Result<Vec<Hold>> {
        let sql = "SELECT room, field, job, value, base, below FROM shield_holds
                   WHERE room IN (SELECT value FROM json_each($1))";
        let rows = self.listed(sql, rooms).await?;
        Ok(rows.iter().map(hold).collect::<Result<_, _>>()?)
    }

    /// Writes what shields hold, new or changed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn put_holds(&mut self, holds: &[Hold]) -> Result<()> {
        let mut rows = Vec::with_capacity(holds.len());
        for hold in holds {
            let (value, base) = (text(&hold.value)?, text(&hold.base)?);
            rows.push(json!([hold.room, hold.field.key(), hold.job, value, base, hold.below]));
        }
        let sql = "INSERT OR REPLACE INTO shield_holds (room, field, job, value, base, below)
                   SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
                   FROM json_each($1)";
        self.listed(sql, &rows).await.map(drop)
    }

    /// Forgets what shields held.
    ///
    /// # Errors
    /// The database failed.
    pub async fn delete_holds(&mut self, holds: &[Hold]) -> Result<()> {
        let rows: Vec<_> = holds.iter().map(|hold| json!([hold.room, hold.field.key(), hold.job])).collect();
        let sql = "DELETE FROM shield_holds WHERE (room, field, job) IN
                       (SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each($1))";
        self.listed(sql, &rows).await.map(drop)
    }
}

fn hold(row: &SqliteRow) -> Result<Hold, sqlx::Error> {
    let field: String = row.try_get(1)?;
    Ok(Hold {
        room: row.try_get(0)?,
        field: Field::parse(&field).ok_or_else(|| sqlx::Error::Decode(format!("unknown field {field:?}").into()))?,
        job: row.try_get(2)?,
        value: value::json::<Option<Value>>(row, 3)?.flatten(),
        base: value::json::<Option<Value>>(row, 4)?.flatten(),
        below: row.try_get(5)?,
    })
}
