//! The retention rule: the oldest entries go, and the start of the chain moves on to where they ended.

use sqlx::Row;

use super::{
    Store, Tx, broken, ends,
    ends::{End, Part},
    no_key, rows,
};
use crate::{
    domain::{Result, Timestamp},
    store::chain,
};

/// Entries older than a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Oldest {
    /// The number of the last of them.
    pub last: i64,
    /// How many.
    pub many: i64,
}

impl Store {
    /// The entries before a moment: all up to, and without, the first that is not before it, by number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn oldest(&self, before: Timestamp) -> Result<Option<Oldest>> {
        let sql = "SELECT max(id), count(*) FROM audit
                   WHERE id < ifnull((SELECT min(id) FROM audit WHERE at >= $1), 9223372036854775807)";
        let row = sqlx::query(sql).bind(before.0).fetch_one(&self.readers).await?;
        let (last, many) = (row.try_get::<Option<i64>, _>(0)?, row.try_get(1)?);
        Ok(last.map(|last| Oldest { last, many }))
    }
}

impl Tx {
    /// The oldest entry that a job which is not over may come back to, and the job: its own entries, and those of the job
    /// that it takes back.
    ///
    /// # Errors
    /// The database failed.
    pub async fn oldest_needed(&mut self) -> Result<Option<(i64, i64)>> {
        let sql = "WITH open (id, plan) AS (
                       SELECT id, plan FROM jobs WHERE state NOT IN ('done', 'cancelled')
                           AND EXISTS (SELECT 1 FROM job_chunks WHERE job = jobs.id AND done < many)
                   ), needed (job, of) AS (
                       SELECT id, id FROM open
                       UNION ALL SELECT id, plan ->> '$.selection.changed_by.job' FROM open
                   )
                   SELECT job, (SELECT min(id) FROM audit WHERE audit.job = of) AS entry
                   FROM needed WHERE entry IS NOT NULL ORDER BY entry LIMIT 1";
        let row = sqlx::query(sql).fetch_optional(&mut self.conn).await?;
        Ok(row.map(|row| Ok::<_, sqlx::Error>((row.try_get(0)?, row.try_get(1)?))).transpose()?)
    }

    /// Removes at most `most` of the oldest entries, up to the number `until`; returns how many. They are checked before
    /// they go: nobody can hide behind the rule what was tampered with.
    ///
    /// # Errors
    /// They do not fit the chain; the database failed.
    pub async fn remove_oldest(&mut self, until: i64, most: i64, now: Timestamp) -> Result<i64> {
        let keys = self.chain.keys.clone();
        let key = keys.audit(None).ok_or_else(no_key)?;
        let start = ends::find(&mut self.conn, Part::Start, &keys).await?;
        let Some(start) = start else { return Err(broken("The start of the chain was changed")) };
        let mut end = End { written_at: now.0, ..start.clone() };
        let mut buffer = Vec::new();
        for row in rows::after(&mut self.conn, start.entry, most).await? {
            let (id, at) = rows::number_and_time(&row)?;
            if id > until {
                break;
            }
            let mac = rows::mac(&row)?;
            let known = mac.and_then(|mac| keys.audit(Some(mac.key())));
            let right = known.map(|key| Ok(chain::entry(&key, &end.mac, &rows::read(&row)?, &mut buffer)));
            match (mac, right.transpose().map_err(|cause: sqlx::Error| cause)?) {
                (Some(mac), Some(right)) if mac == right => {
                    end = End { entry: id, many: end.many + 1, at: at.0, mac, ..end };
                }
                _ => return Err(broken(&format!("Entry {id} does not follow from the one before it"))),
            }
        }
        if end.many > start.many {
            let sql = "DELETE FROM audit WHERE id > $1 AND id <= $2";
            sqlx::query(sql).bind(start.entry).bind(end.entry).execute(&mut self.conn).await?;
            ends::put(&mut self.conn, &end, &key).await?;
        }
        Ok(end.many - start.many)
    }
}
