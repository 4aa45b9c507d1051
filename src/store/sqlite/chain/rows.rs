//! Entries as the chain sees them: every column, in one order.

use sqlx::{
    Arguments, Row, SqliteConnection,
    error::BoxDynError,
    sqlite::{SqliteArguments, SqliteRow},
};

use crate::{
    domain::Timestamp,
    store::{
        chain::{Link, Value},
        seal::AuditKey,
        sqlite::audit::NewEntry,
    },
};

/// How many columns a mac is made over.
pub(super) const MANY: usize = 15;

/// The columns of an entry, in the order in which they are given a mac; then the mac itself. A new column goes before the
/// mac, to the end of the others.
pub(in crate::store::sqlite) const COLUMNS: [&str; MANY + 1] = [
    "id",
    "at",
    "actor_kind",
    "actor",
    "source",
    "address",
    "action",
    "room",
    "version",
    "note",
    "changes",
    "undo_of",
    "operation",
    "call",
    "job",
    "mac",
];

/// Which of them are numbers; the others are texts.
const NUMBERS: [bool; MANY] =
    [true, true, false, false, false, false, false, false, true, false, false, true, false, false, true];

/// The parts of an entry that are written as JSON.
pub(super) struct Json {
    changes: String,
    call: Option<String>,
}

impl Json {
    pub fn of(new: &NewEntry) -> Result<Self, serde_json::Error> {
        let call = new.call.as_ref().map(serde_json::to_string).transpose()?;
        Ok(Self { changes: serde_json::to_string(&new.changes)?, call })
    }
}

/// The columns of an entry that is to be written under this number.
pub(super) fn columns<'a>(id: i64, new: &'a NewEntry, json: &'a Json) -> [Value<'a>; MANY] {
    let number = |number: Option<i64>| number.map_or(Value::None, Value::Number);
    let text = |text: Option<&'a str>| text.map_or(Value::None, Value::Text);
    let (room, version) = new.room.as_ref().map(|(room, version)| (room.as_str(), *version)).unzip();
    [
        Value::Number(id),
        Value::Number(new.at.0),
        Value::Text(new.actor.kind()),
        Value::Text(new.actor.name()),
        Value::Text(new.source.key()),
        Value::Text(&new.address),
        Value::Text(new.action.key()),
        text(room),
        number(version),
        Value::Text(&new.note),
        Value::Text(&json.changes),
        number(new.undo_of),
        text(new.operation.as_deref()),
        text(json.call.as_deref()),
        number(new.job),
    ]
}

/// Adds an entry's columns and its mac to a statement's arguments.
pub(in crate::store::sqlite) fn bind(
    new: &NewEntry,
    key: &AuditKey,
    (head, buffer): (&mut super::Head, &mut Vec<u8>),
    row: &mut SqliteArguments,
) -> Result<(), BoxDynError> {
    let json = Json::of(new)?;
    let columns = columns(head.next, new, &json);
    let link = head.append(key, &columns, new.at, buffer);
    for column in columns {
        match column {
            Value::None => row.add(None::<i64>)?,
            Value::Number(number) => row.add(number)?,
            Value::Text(text) => row.add(text.to_owned())?,
            Value::Bytes(bytes) => row.add(bytes.to_vec())?,
        }
    }
    row.add(link.bytes().to_vec())
}

/// The columns of an entry that was read, in the order of [`COLUMNS`], as they are: nobody knows who wrote them.
pub(super) fn read(row: &SqliteRow) -> Result<[Value<'_>; MANY], sqlx::Error> {
    let mut columns = [Value::None; MANY];
    for (place, (column, is_number)) in columns.iter_mut().zip(NUMBERS).enumerate() {
        *column = if is_number {
            row.try_get_unchecked::<Option<i64>, _>(place)?.map_or(Value::None, Value::Number)
        } else {
            row.try_get_unchecked::<Option<&[u8]>, _>(place)?.map_or(Value::None, Value::Bytes)
        };
    }
    Ok(columns)
}

/// The mac of an entry that was read; `None` where it has none that could be one.
pub(super) fn mac(row: &SqliteRow) -> Result<Option<Link>, sqlx::Error> {
    Ok(row.try_get_unchecked::<Option<&[u8]>, _>(MANY)?.and_then(Link::read))
}

/// An entry's number, and when it was written.
pub(super) fn number_and_time(row: &SqliteRow) -> Result<(i64, Timestamp), sqlx::Error> {
    Ok((row.try_get_unchecked(0)?, Timestamp(row.try_get_unchecked(1)?)))
}

/// An entry's number, when it was written, and what was done.
pub(super) fn facts(row: &SqliteRow) -> Result<(i64, i64, String), sqlx::Error> {
    let action = row.try_get_unchecked::<&[u8], _>(6)?;
    Ok((row.try_get(0)?, row.try_get_unchecked(1)?, String::from_utf8_lossy(action).into_owned()))
}

/// Reads entries: these columns, from these.
pub(super) fn select(from: &str) -> String {
    format!("SELECT {} FROM audit {from}", COLUMNS.join(", "))
}

/// At most so many entries after a number.
pub(super) async fn after(conn: &mut SqliteConnection, number: i64, many: i64) -> Result<Vec<SqliteRow>, sqlx::Error> {
    let sql = select("WHERE id > $1 ORDER BY id LIMIT $2");
    sqlx::query(sqlx::AssertSqlSafe(sql)).bind(number).bind(many).fetch_all(conn).await
}
