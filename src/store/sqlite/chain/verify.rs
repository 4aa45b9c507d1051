//! Checking the chain: every entry in order, in one moment of the database, with memory for one at a time.

use std::{iter::Peekable, slice};

use futures::TryStreamExt;
use sqlx::{AssertSqlSafe, SqliteConnection, sqlite::SqliteRow};

use super::{
    blame::{Place, blame},
    ends,
    ends::{End, Part},
    rows,
};
use crate::{
    domain::{
        Timestamp,
        trail::{Bad, Checkpoint, Fault, Removed, Whole},
    },
    store::{
        chain,
        seal::{AuditKey, Keys},
    },
};

type Checked<T = ()> = Result<T, Stop>;

/// Why a walk along the entries ends early.
enum Stop {
    /// The entry does not follow: what is wrong has to be found out.
    Here(i64),
    /// It is known what is wrong.
    Bad(Bad),
    /// The database failed.
    Failed(sqlx::Error),
}

impl From<sqlx::Error> for Stop {
    fn from(cause: sqlx::Error) -> Self {
        Self::Failed(cause)
    }
}

/// A walk along the entries.
struct Walk<'a> {
    keys: &'a Keys,
    key: Option<AuditKey>,
    place: Place,
    /// How many entries were there and whole.
    whole: i64,
    unused: i64,
    first: Option<(i64, Timestamp)>,
    last: Option<(i64, Timestamp)>,
    checkpoints: Peekable<slice::Iter<'a, Checkpoint>>,
    fitting: usize,
    buffer: Vec<u8>,
}

/// Checks the whole chain against itself and against checkpoints, which are genuine and in the order of their entries.
/// Returns the first thing that is wrong, if there is one. The connection is in a transaction.
///
/// # Errors
/// The database failed.
pub(super) async fn verify(
    conn: &mut SqliteConnection,
    keys: &Keys,
    checkpoints: &[Checkpoint],
) -> Result<Result<Whole, Bad>, sqlx::Error> {
    let Some(start) = ends::find(conn, Part::Start, keys).await? else {
        return Ok(Err(Bad { entry: 0, at: None, action: None, fault: Fault::Start, whole: 0 }));
    };
    let mut walk = Walk {
        keys,
        key: None,
        place: Place { before: start.mac, last: start.entry, many: start.many },
        whole: 0,
        unused: 0,
        first: None,
        last: None,
        checkpoints: checkpoints.iter().peekable(),
        fitting: 0,
        buffer: Vec::new(),
    };
    let checked = check(conn, &mut walk, &start).await;
    match checked {
        Ok(head) => Ok(Ok(walk.end(start, &head, checkpoints.len()))),
        Err(Stop::Bad(bad)) => Ok(Err(bad)),
        Err(Stop::Failed(cause)) => Err(cause),
        Err(Stop::Here(id)) => {
            let (entry, fault) = blame(conn, keys, &walk.place, id).await?;
            Ok(Err(bad(conn, entry, fault, walk.whole).await?))
        }
    }
}

async fn check(conn: &mut SqliteConnection, walk: &mut Walk<'_>, start: &End) -> Checked<End> {
    walk.outlived(start)?;
    let sql = rows::select("ORDER BY id");
    let mut entries = sqlx::query(AssertSqlSafe(sql)).fetch(&mut *conn);
    while let Some(row) = entries.try_next().await? {
        walk.step(&row)?;
    }
    drop(entries);
    let (last, whole) = (walk.place.last, walk.whole);
    let Some(head) = ends::find(conn, Part::Head, walk.keys).await? else {
        return Err(Stop::Bad(bad(conn, last, Fault::Head, whole).await?));
    };
    if head.entry > last {
        return Err(Stop::Bad(bad(conn, last + 1, Fault::Cut(head.entry), whole).await?));
    }
    if (head.mac, head.many) != (walk.place.before, walk.place.many) {
        let next = "SELECT ifnull((SELECT min(id) FROM audit WHERE id > $1), $2)";
        let next = sqlx::query_scalar(next).bind(head.entry).bind(last).fetch_one(&mut *conn).await?;
        return Err(Stop::Bad(bad(conn, next, Fault::OldHead, whole).await?));
    }
    let given = "SELECT ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'audit'), 0)";
    let given: i64 = sqlx::query_scalar(given).fetch_one(&mut *conn).await?;
    if given > head.entry {
        return Err(Stop::Bad(bad(conn, last + 1, Fault::Sequence(given), whole).await?));
    }
    if let Some(beyond) = walk.checkpoints.peek() {
        let fault = Fault::Beyond(beyond.made_at, beyond.entry);
        return Err(Stop::Bad(bad(conn, last + 1, fault, whole).await?));
    }
    Ok(head)
}

/// What is wrong, with what the entry says of itself.
async fn bad(conn: &mut SqliteConnection, entry: i64, fault: Fault, whole: i64) -> Result<Bad, sqlx::Error> {
    let sql = rows::select("WHERE id = $1");
    let row = sqlx::query(AssertSqlSafe(sql)).bind(entry).fetch_optional(conn).await?;
    let facts = row.as_ref().map(rows::facts).transpose()?;
    let (at, action) = facts.map(|(_, at, action)| (Timestamp(at), action)).unzip();
    Ok(Bad { entry, at, action, fault, whole })
}

impl Walk<'_> {
    /// The next entry, if it follows.
    fn step(&mut self, row: &SqliteRow) -> Checked {
        let columns = rows::read(row)?;
        let (id, at) = rows::number_and_time(row)?;
        let link = rows::mac(row)?.ok_or(Stop::Here(id))?;
        if self.key.as_ref().is_none_or(|key| key.id != link.key()) {
            self.key = self.keys.audit(Some(link.key()));
        }
        let key = self.key.as_ref().ok_or(Stop::Here(id))?;
        if chain::entry(key, &self.place.before, &columns, &mut self.buffer) != link {
            return Err(Stop::Here(id));
        }
        let known = |wrong: &Checkpoint, at, action| {
            let fault = Fault::Checkpoint(wrong.made_at);
            Stop::Bad(Bad { entry: wrong.entry, at, action, fault, whole: self.whole })
        };
        while let Some(passed) = self.checkpoints.next_if(|checkpoint| checkpoint.entry <= id) {
            if passed.entry < id {
                return Err(known(passed, None, None));
            }
            if passed.head != link.hex() || passed.entries != self.place.many + 1 {
                let (_, at, action) = rows::facts(row)?;
                return Err(known(passed, Some(Timestamp(at)), Some(action)));
            }
            self.fitting += 1;
        }
        self.unused += id - self.place.last - 1;
        self.whole += 1;
        self.place = Place { before: link, last: id, many: self.place.many + 1 };
        self.first.get_or_insert((id, at));
        self.last = Some((id, at));
        Ok(())
    }

    /// Passes by the checkpoints of entries that the retention rule has removed.
    fn outlived(&mut self, start: &End) -> Checked {
        let wrong = |checkpoint: &Checkpoint, fault| {
            Stop::Bad(Bad { entry: checkpoint.entry, at: None, action: None, fault, whole: 0 })
        };
        let foreign = self.checkpoints.clone().find(|checkpoint| checkpoint.database != start.database);
        if let Some(foreign) = foreign {
            return Err(wrong(foreign, Fault::Database(foreign.made_at)));
        }
        while let Some(old) = self.checkpoints.next_if(|checkpoint| checkpoint.entry <= start.entry) {
            if old.entry == start.entry {
                if old.head != start.mac.hex() || old.entries != start.many {
                    return Err(wrong(old, Fault::Checkpoint(old.made_at)));
                }
                self.fitting += 1;
            }
        }
        Ok(())
    }

    fn end(self, start: End, head: &End, checkpoints: usize) -> Whole {
        Whole {
            removed: removed(&start),
            database: start.database,
            entries: self.whole,
            unused: self.unused,
            first: self.first,
            last: self.last,
            head: head.mac.hex(),
            checkpoints: self.fitting,
            outlived: checkpoints - self.fitting,
        }
    }
}

/// What the retention rule removed, as the start of the chain tells it.
pub(super) fn removed(start: &End) -> Option<Removed> {
    (start.many > 0).then_some(Removed {
        entries: start.many,
        last: start.entry,
        until: Timestamp(start.at),
        at: Timestamp(start.written_at),
    })
}
