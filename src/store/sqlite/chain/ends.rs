//! The rows that hold the two ends of the chain, each with a mac of its own.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::store::{
    chain::{self, Link, Thing, Value},
    seal::{AuditKey, Keys},
};

/// Which end a row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Start,
    Head,
    /// How far the entries from before the chain have their macs.
    Sealing,
}

/// One end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct End {
    pub part: Part,
    /// Which database this is: as many random digits as no two databases share.
    pub database: String,
    /// The start: the entry before the first one that is there. The head: the newest entry.
    pub entry: i64,
    /// How many entries there have been up to it.
    pub many: i64,
    /// When it was written; 0 where there was none.
    pub at: i64,
    /// When this row was written.
    pub written_at: i64,
    /// That entry's mac.
    pub mac: Link,
}

impl Part {
    const ALL: [Self; 3] = [Self::Start, Self::Head, Self::Sealing];

    pub const fn key(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Head => "head",
            Self::Sealing => "sealing",
        }
    }
}

impl End {
    fn seal(&self, key: &AuditKey) -> Link {
        let Self { part, database, entry, many, at, written_at, mac } = self;
        let values = [
            Value::Text(part.key()),
            Value::Text(database),
            Value::Number(*entry),
            Value::Number(*many),
            Value::Number(*at),
            Value::Number(*written_at),
            Value::Bytes(mac.bytes()),
        ];
        chain::link(key, Thing::End, values, &mut Vec::new())
    }
}

/// The end in a row that begins with the table's columns; `None` where it is not as it was written.
pub(super) fn read(row: &SqliteRow, keys: &Keys) -> Result<Option<End>, sqlx::Error> {
    let part: String = row.try_get(0)?;
    let (mac, seal): (Vec<u8>, Vec<u8>) = (row.try_get(6)?, row.try_get(7)?);
    let part = Part::ALL.into_iter().find(|known| known.key() == part);
    let (Some(part), Some(mac), Some(seal)) = (part, Link::read(&mac), Link::read(&seal)) else { return Ok(None) };
    let end = End {
        part,
        database: row.try_get(1)?,
        entry: row.try_get(2)?,
        many: row.try_get(3)?,
        at: row.try_get(4)?,
        written_at: row.try_get(5)?,
        mac,
    };
    let is_genuine = keys.audit(Some(seal.key())).is_some_and(|key| end.seal(&key) == seal);
    Ok(is_genuine.then_some(end))
}

/// An end; `None` where there is none or it is not as it was written.
pub(super) async fn find(conn: &mut SqliteConnection, part: Part, keys: &Keys) -> Result<Option<End>, sqlx::Error> {
    let sql = "SELECT part, database, entry, many, at, written_at, mac, seal FROM audit_ends WHERE part = $1";
    let row = sqlx::query(sql).bind(part.key()).fetch_optional(conn).await?;
    row.map_or(Ok(None), |row| read(&row, keys))
}

/// Writes an end.
pub(super) async fn put(conn: &mut SqliteConnection, end: &End, key: &AuditKey) -> Result<(), sqlx::Error> {
    let sql = "INSERT INTO audit_ends (part, database, entry, many, at, written_at, mac, seal)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
               ON CONFLICT (part) DO UPDATE SET database = excluded.database, entry = excluded.entry,
                   many = excluded.many, at = excluded.at, written_at = excluded.written_at, mac = excluded.mac,
                   seal = excluded.seal";
    let query = sqlx::query(sql).bind(end.part.key()).bind(&end.database).bind(end.entry).bind(end.many).bind(end.at);
    query.bind(end.written_at).bind(end.mac.bytes()).bind(end.seal(key).bytes()).execute(conn).await.map(drop)
}
