//! The audit trail: appended to in the transaction of the write it tells of, each entry chained to the one before
//! ([`super::chain`]), and read by room, actor, source, field and time.

use sqlx::{
    Arguments, AssertSqlSafe, Row,
    sqlite::{SqliteArguments, SqliteRow},
};

use super::{Store, Tx, chain, value};
use crate::domain::{
    Result, Timestamp,
    audit::{Action, Actor, AuditQuery, Call, Entry, Source},
    page::{COUNTED, Cursor, Found, PAGE, Page, Total},
    room::Change,
};

const COLUMNS: &str =
    "id, at, actor_kind, actor, source, address, action, room, version, note, changes, undo_of, call, job";

const INSERT: &str =
    "INSERT INTO audit (id, at, actor_kind, actor, source, address, action, room, version, note, changes,
                          undo_of, operation, call, job, mac)
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";

/// The entries whose numbers stand in the JSON list `$1`.
pub(super) const SELECT_NUMBERS: &str =
    "SELECT id, at, actor_kind, actor, source, address, action, room, version, note, changes, undo_of, call, job
     FROM audit WHERE id IN (SELECT value FROM json_each($1))";

/// Counting stops here where each entry has to be tested for a field by itself.
const COUNTED_EACH: u64 = 1_000;

/// An entry to be written.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// Through what.
    pub source: Source,
    /// From where.
    pub address: String,
    /// What.
    pub action: Action,
    /// About which room, and its version afterwards.
    pub room: Option<(String, i64)>,
    /// About whom or why.
    pub note: String,
    /// Each field before and after.
    pub changes: Vec<Change>,
    /// The entry that this one undoes.
    pub undo_of: Option<i64>,
    /// The asker's id of the operation.
    pub operation: Option<String>,
    /// The call, where an app makes it.
    pub call: Option<Call>,
    /// The job that it is a part of, or about.
    pub job: Option<i64>,
}

impl Store {
    /// One entry.
    ///
    /// # Errors
    /// The database failed.
    pub async fn entry(&self, id: i64) -> Result<Option<Entry>> {
        let sql = format!("SELECT {COLUMNS} FROM audit WHERE id = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(&self.readers).await?;
        Ok(row.as_ref().map(entry).transpose()?)
    }

    /// A page of the audit trail, newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn audit(&self, query: &AuditQuery) -> Result<Found<Entry>> {
        let (Place { from, number }, conditions, arguments) = conditions(query)?;
        let counted = joined(from, &conditions);
        let most = if query.field.is_some() && query.is_led() { COUNTED_EACH } else { COUNTED };
        let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {counted} LIMIT {})", most + 1);
        let counted: i64 =
            sqlx::query_scalar_with(AssertSqlSafe(sql), arguments.clone()).fetch_one(&self.readers).await?;
        let mut conditions = conditions;
        match &query.page {
            Page::First => {}
            Page::After(cursor) => conditions.push(format!("{number} < {}", cursor.number)),
            Page::Before(cursor) => conditions.push(format!("{number} > {}", cursor.number)),
        }
        let direction = if matches!(query.page, Page::Before(_)) { "ASC" } else { "DESC" };
        let sql = format!(
            "SELECT {COLUMNS} FROM {} ORDER BY {number} {direction} LIMIT {}",
            joined(from, &conditions),
            PAGE + 1
        );
        let rows = sqlx::query_with(AssertSqlSafe(sql), arguments).fetch_all(&self.readers).await?;
        let entries = rows.iter().map(entry).collect::<Result<Vec<_>, sqlx::Error>>()?;
        let total = Total::within(most, counted.unsigned_abs());
        Ok(Found::cut(entries, &query.page, total, |entry| Cursor { number: entry.id, key: String::new() }))
    }
}

impl Store {
    /// At most `many` entries with numbers under `before`, newest first; the page asked for does not matter.
    ///
    /// # Errors
    /// The database failed.
    pub async fn audit_before(&self, query: &AuditQuery, before: i64, many: i64) -> Result<Vec<Entry>> {
        let (Place { from, number }, mut conditions, arguments) = conditions(query)?;
        conditions.push(format!("{number} < {before}"));
        let sql = format!("SELECT {COLUMNS} FROM {} ORDER BY {number} DESC LIMIT {many}", joined(from, &conditions));
        let rows = sqlx::query_with(AssertSqlSafe(sql), arguments).fetch_all(&self.readers).await?;
        Ok(rows.iter().map(entry).collect::<Result<_, _>>()?)
    }
}

impl Tx {
    /// Appends an entry; returns its number.
    ///
    /// # Errors
    /// The database failed, or the operation has an entry already: look first.
    pub async fn append(&mut self, new: &NewEntry) -> Result<i64> {
        Ok(self.append_entry(new).await?)
    }

    pub(super) async fn append_entry(&mut self, new: &NewEntry) -> Result<i64, sqlx::Error> {
        let (key, mut head, mut buffer) = self.appending().await?;
        let id = head.next;
        let mut arguments = SqliteArguments::default();
        chain::bind(new, &key, (&mut head, &mut buffer), &mut arguments).map_err(sqlx::Error::Encode)?;
        sqlx::query_with(INSERT, arguments).execute(&mut self.conn).await?;
        self.appended(head, buffer);
        self.touch_entries(id, id);
        Ok(id)
    }

    /// Appends entries, in this order, as many with one statement as it takes.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub async fn append_all(&mut self, entries: &[NewEntry]) -> Result<()> {
        let (key, mut head, mut buffer) = self.appending().await?;
        let first = head.next;
        self.insert_all("INTO audit", &chain::COLUMNS, entries, |new, row| {
            chain::bind(new, &key, (&mut head, &mut buffer), row)
        })
        .await?;
        let last = head.next - 1;
        self.appended(head, buffer);
        if last >= first {
            self.touch_entries(first, last);
        }
        Ok(())
    }

    /// The entry that an operation made earlier, if it did.
    ///
    /// # Errors
    /// The database failed.
    pub async fn operation(&mut self, operation: &str) -> Result<Option<Entry>> {
        let sql = format!("SELECT {COLUMNS} FROM audit WHERE operation = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(operation).fetch_optional(&mut self.conn).await?;
        Ok(row.as_ref().map(entry).transpose()?)
    }

    /// One entry, as this transaction sees it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn entry(&mut self, id: i64) -> Result<Option<Entry>> {
        let sql = format!("SELECT {COLUMNS} FROM audit WHERE id = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(&mut self.conn).await?;
        Ok(row.as_ref().map(entry).transpose()?)
    }

    /// Every change of a room since it had `version`, oldest first: from them follows what it was then.
    ///
    /// # Errors
    /// The database failed.
    pub async fn changes_since(&mut self, room: &str, version: i64) -> Result<Vec<Change>> {
        let query = sqlx::query("SELECT changes FROM audit WHERE room = $1 AND version > $2 ORDER BY id");
        let rows = query.bind(room).bind(version).fetch_all(&mut self.conn).await?;
        let mut changes = Vec::new();
        for row in &rows {
            changes.extend(value::json::<Vec<Change>>(row, 0)?.unwrap_or_default());
        }
        Ok(changes)
    }
}

/// Where to look: the tables, and what an entry's number is called in the first of them.
#[derive(Clone, Copy)]
struct Place {
    from: &'static str,
    number: &'static str,
}

/// Where to look, the conditions and their arguments. A field leads to its entries in their order, so that a page and a
/// bounded count cost what they show; where a room or an actor leaves fewer, each of theirs is tested for the field.
fn conditions(query: &AuditQuery) -> Result<(Place, Vec<String>, SqliteArguments)> {
    let mut conditions = Vec::new();
    let mut arguments = SqliteArguments::default();
    let mut text = |condition: &str, value: Option<String>| {
        if let Some(value) = value {
            conditions.push(condition.to_owned());
            return arguments.add(value);
        }
        Ok(())
    };
    let by_field = query.field.is_some() && !query.is_led();
    let (place, field) = if by_field {
        (Place { from: "audit_fields CROSS JOIN audit ON id = entry", number: "entry" }, "field = ?")
    } else {
        let exists = "EXISTS (SELECT 1 FROM audit_fields WHERE field = ? AND entry = id)";
        (Place { from: "audit", number: "id" }, exists)
    };
    let number = place.number;
    text("room = ?", query.room.clone()).map_err(sqlx::Error::Encode)?;
    text("actor = ?", query.actor.clone()).map_err(sqlx::Error::Encode)?;
    text("source = ?", query.source.map(|source| source.key().to_owned())).map_err(sqlx::Error::Encode)?;
    text(field, query.field.clone()).map_err(sqlx::Error::Encode)?;
    if let Some(job) = query.job {
        conditions.push(format!("job = {job}"));
    }
    // Entries are numbered in the order of time, so a bound in time is a bound in numbers, found by index.
    if let Some(from) = query.from {
        let least = format!("(SELECT min(id) FROM audit WHERE at >= {})", from.0);
        conditions.push(format!("{number} >= ifnull({least}, 9223372036854775807)"));
    }
    if let Some(until) = query.until {
        conditions.push(format!("{number} <= ifnull((SELECT max(id) FROM audit WHERE at < {}), 0)", until.0));
    }
    Ok((place, conditions, arguments))
}

fn joined(from: &str, conditions: &[String]) -> String {
    if conditions.is_empty() { from.to_owned() } else { format!("{from} WHERE {}", conditions.join(" AND ")) }
}

pub(super) fn entry(row: &SqliteRow) -> Result<Entry, sqlx::Error> {
    let kind: String = row.try_get(2)?;
    let unknown = |what: &str| sqlx::Error::Decode(format!("unknown {what} in the audit trail").into());
    Ok(Entry {
        id: row.try_get(0)?,
        at: Timestamp(row.try_get(1)?),
        actor: Actor::of(&kind, row.try_get(3)?),
        source: Source::parse(&row.try_get::<String, _>(4)?).ok_or_else(|| unknown("source"))?,
        address: row.try_get(5)?,
        action: Action::parse(&row.try_get::<String, _>(6)?).ok_or_else(|| unknown("action"))?,
        room: row.try_get(7)?,
        version: row.try_get(8)?,
        note: row.try_get(9)?,
        changes: value::json(row, 10)?.unwrap_or_default(),
        undo_of: row.try_get(11)?,
        call: value::json(row, 12)?,
        job: row.try_get(13)?,
    })
}
