//! What is wrong with an entry that does not follow the one before it, as near as macs can tell.

use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, SqliteConnection, sqlite::SqliteRow};

use super::{ends, ends::Part, rows};
use crate::{
    domain::trail::Fault,
    store::{
        chain::{self, Link, Value},
        seal::Keys,
    },
};

/// How far the chain is whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// The mac of the last entry that is whole.
    pub before: Link,
    /// Its number.
    pub last: i64,
    /// How many entries there had been up to it.
    pub many: i64,
}

/// What is wrong where the entry with this number does not follow, and which entry is to be named.
pub(super) async fn blame(
    conn: &mut SqliteConnection,
    keys: &Keys,
    place: &Place,
    id: i64,
) -> Result<(i64, Fault), sqlx::Error> {
    let found = rows::after(conn, id - 1, 2).await?;
    let Some(bad) = found.first() else { return Ok((id, Fault::Edited)) };
    let head = ends::find(conn, Part::Head, keys).await?;
    if head.as_ref().is_some_and(|head| (head.mac, head.entry) == (place.before, place.last)) {
        return Ok((id, Fault::Appended));
    }
    let Some(mac) = rows::mac(bad)? else { return Ok((id, Fault::Unchained)) };
    let Some(key) = keys.audit(Some(mac.key())) else { return Ok((id, Fault::Key(mac.key()))) };
    let mut buffer = Vec::new();
    let columns = rows::read(bad)?;
    if chain::entry(&key, &Link::HEADLESS, &columns, &mut buffer) == mac {
        return Ok((id, Fault::Headless));
    }
    // Where the number before it is missing, that is the one whose place is empty.
    let slot = if id > place.last + 1 { place.last + 1 } else { id };
    if let Some((other, is_moved)) = search(conn, keys, place, (id, slot)).await? {
        return Ok(if is_moved { (slot, Fault::Moved(other)) } else { (id, Fault::Inserted(other)) });
    }
    let right = chain::entry(&key, &place.before, &columns, &mut buffer);
    let is_followed = match found.get(1) {
        Some(next) => follows(keys, &right, next, None, &mut buffer)?,
        None => head.as_ref().is_some_and(|head| head.mac == right),
    };
    if is_followed {
        return Ok((id, Fault::Mac));
    }
    if slot < id {
        let rest: i64 =
            sqlx::query_scalar("SELECT count(*) FROM audit WHERE id >= $1").bind(id).fetch_one(conn).await?;
        if head.is_none_or(|head| head.many - place.many > rest) {
            return Ok((slot, Fault::Missing(id - 1, id)));
        }
    }
    Ok((id, Fault::Edited))
}

/// The first entry, from the bad one on, that follows in its place: as it is (it was pushed away by what was put in before
/// it), or under the number of the empty place (it was moved; then `true`).
async fn search(
    conn: &mut SqliteConnection,
    keys: &Keys,
    place: &Place,
    (bad, slot): (i64, i64),
) -> Result<Option<(i64, bool)>, sqlx::Error> {
    let sql = rows::select("WHERE id >= $1 ORDER BY id");
    let mut entries = sqlx::query(AssertSqlSafe(sql)).bind(bad).fetch(conn);
    let mut buffer = Vec::new();
    while let Some(row) = entries.try_next().await? {
        let (id, _) = rows::number_and_time(&row)?;
        if id != bad && follows(keys, &place.before, &row, None, &mut buffer)? {
            return Ok(Some((id, false)));
        }
        if id != slot && follows(keys, &place.before, &row, Some(slot), &mut buffer)? {
            return Ok(Some((id, true)));
        }
    }
    Ok(None)
}

/// Whether an entry, as it is or under another number, follows a mac.
fn follows(
    keys: &Keys,
    before: &Link,
    row: &SqliteRow,
    number: Option<i64>,
    buffer: &mut Vec<u8>,
) -> Result<bool, sqlx::Error> {
    let Some(mac) = rows::mac(row)? else { return Ok(false) };
    let Some(key) = keys.audit(Some(mac.key())) else { return Ok(false) };
    let mut columns = rows::read(row)?;
    if let (Some(number), Some(first)) = (number, columns.first_mut()) {
        *first = Value::Number(number);
    }
    Ok(chain::entry(&key, before, &columns, buffer) == mac)
}
