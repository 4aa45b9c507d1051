//! The audit trail as a chain of macs: the writer's side of it.
//!
//! One writer appends, wherever it runs: another process (an import) may have written between two groups of units. So the
//! head is read once in each group that writes an entry, inside its transaction, goes along in memory from entry to entry,
//! and is written once before the group is committed. An entry costs one HMAC and no statement of its own.
//!
//! The writer mends nothing. Where the head does not fit the newest entry, it goes on from the head: the next entry then
//! does not follow from the one that stands before it. Where the head itself cannot be believed, it goes on from a mac
//! that nothing has ([`Link::HEADLESS`]). Either way the break stays in the chain, whatever is written after it, and
//! `wardroom audit verify` finds it ([`verify`]).

mod begin;
mod blame;
mod ends;
mod prune;
mod rows;
mod trail;
mod verify;

use sqlx::Row;

use super::{Store, Tx};
use crate::{
    domain::{Error, Result, Timestamp},
    store::{
        chain::{self, Link, Value},
        incident,
        seal::{AuditKey, Keys},
    },
};
pub(super) use begin::begin;
use ends::{End, Part};
pub use prune::Oldest;
pub(super) use rows::{COLUMNS, bind};
pub use trail::Trail;

/// The head and what it says of the newest entry, with what an entry's number must be greater than.
const HEAD: &str = "SELECT part, database, entry, many, at, written_at, mac, seal,
                        (SELECT mac FROM audit WHERE id = entry),
                        (SELECT max(id) FROM audit),
                        (SELECT seq FROM sqlite_sequence WHERE name = 'audit')
                    FROM (SELECT 1) LEFT JOIN audit_ends ON part = 'head'";

/// What the writer knows of the chain.
pub(super) struct Chain {
    keys: Keys,
    /// What the group goes by; nothing until it writes its first entry.
    open: Option<Open>,
    /// Where the unit that is being run is.
    head: Head,
    /// Where the last unit that was kept was.
    kept: Head,
    /// Used again for every entry.
    buffer: Vec<u8>,
    /// It was said that something is wrong.
    told: bool,
}

/// What one group goes by.
struct Open {
    key: AuditKey,
    database: String,
    /// The head as the group found it.
    found: Head,
}

/// The newest entry, and what the next one gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The newest entry's mac.
    link: Link,
    /// How many entries there have been.
    many: i64,
    /// When the newest was written.
    at: i64,
    /// The next entry's number.
    pub next: i64,
}

impl Head {
    const NONE: Self = Self { link: Link::HEADLESS, many: 0, at: 0, next: 1 };

    /// The mac of the next entry; it is the newest from here on.
    pub fn append(&mut self, key: &AuditKey, columns: &[Value<'_>], at: Timestamp, buffer: &mut Vec<u8>) -> Link {
        self.link = chain::entry(key, &self.link, columns, buffer);
        self.many += 1;
        self.at = at.0;
        self.next += 1;
        self.link
    }
}

impl Chain {
    pub fn new(keys: Keys) -> Self {
        Self { keys, open: None, head: Head::NONE, kept: Head::NONE, buffer: Vec::new(), told: false }
    }

    /// A group begins: what the last one knew may have changed since.
    pub fn forget(&mut self) {
        self.open = None;
    }

    /// The unit that was run is kept, or not.
    pub fn settle(&mut self, keep: bool) {
        if keep {
            self.kept = self.head;
        } else {
            self.head = self.kept;
        }
    }
}

impl Tx {
    /// The key, the head as this transaction sees it, and the buffer, to append with; [`Self::appended`] takes the last
    /// two back.
    pub(super) async fn appending(&mut self) -> Result<(AuditKey, Head, Vec<u8>), sqlx::Error> {
        if self.chain.open.is_none() {
            self.open_chain().await?;
        }
        let chain = &mut self.chain;
        let key = chain.open.as_ref().map(|open| open.key.clone()).ok_or_else(no_key)?;
        Ok((key, chain.head, std::mem::take(&mut chain.buffer)))
    }

    /// The entries were written.
    pub(super) fn appended(&mut self, head: Head, buffer: Vec<u8>) {
        self.chain.head = head;
        self.chain.buffer = buffer;
    }

    /// Reads the head.
    async fn open_chain(&mut self) -> Result<(), sqlx::Error> {
        let key = self.chain.keys.audit(None).ok_or_else(no_key)?;
        let row = sqlx::query(HEAD).fetch_one(&mut self.conn).await?;
        let (mac, newest): (Option<Vec<u8>>, Option<i64>) = (row.try_get(8)?, row.try_get(9)?);
        let given: Option<i64> = row.try_get(10)?;
        let end =
            if row.try_get::<Option<String>, _>(0)?.is_some() { ends::read(&row, &self.chain.keys)? } else { None };
        let last = newest.unwrap_or_default().max(given.unwrap_or_default());
        let (database, found) = match end {
            Some(end) => {
                let fits = mac.as_deref() == Some(end.mac.bytes()) && newest == Some(end.entry);
                if !fits && (end.many > 0 || newest.is_some()) {
                    self.say("the newest entry is not the one that the chain ends with");
                }
                let next = last.max(end.entry) + 1;
                (end.database, Head { link: end.mac, many: end.many, at: end.at, next })
            }
            None => {
                self.say("the row with the head of the chain was changed or removed");
                let database = ends::find(&mut self.conn, Part::Start, &self.chain.keys).await?.map(|end| end.database);
                (database.unwrap_or_default(), Head { next: last + 1, ..Head::NONE })
            }
        };
        self.chain.head = found;
        self.chain.kept = found;
        self.chain.open = Some(Open { key, database, found });
        Ok(())
    }

    /// Writes the head, where the group wrote an entry. The last thing that a group does.
    pub(super) async fn write_head(&mut self) -> Result<(), sqlx::Error> {
        let head = self.chain.kept;
        let Some(open) = self.chain.open.as_ref().filter(|open| open.found != head) else { return Ok(()) };
        let end = End {
            part: Part::Head,
            database: open.database.clone(),
            entry: head.next - 1,
            many: head.many,
            at: head.at,
            written_at: head.at,
            mac: head.link,
        };
        let key = open.key.clone();
        ends::put(&mut self.conn, &end, &key).await
    }

    /// Says once what is wrong.
    fn say(&mut self, what: &str) {
        if !std::mem::replace(&mut self.chain.told, true) {
            let incident = incident();
            tracing::error!(incident, what, "the audit trail was tampered with; see `wardroom audit verify`");
        }
    }
}

/// There is one in every database that was opened.
fn no_key() -> sqlx::Error {
    sqlx::Error::Configuration("there is no data key for the audit trail".into())
}

/// What is wrong with the chain is said, and that nothing was done.
fn broken(what: &str) -> Error {
    Error::Exists(format!("{what}; nothing more was removed. `wardroom audit verify` names the first bad entry."))
}
