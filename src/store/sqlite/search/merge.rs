//! The search index in few parts.
//!
//! SQLite writes what changes in the index as a new part and merges parts of like size now and then. A look at the index
//! is a look into every part, and a room that changed stands in its old part, too, with a note in a newer one that it is
//! gone: after a job over 100,000 of 1,000,000 rooms the first thousand hits of a filter that it was about took 8 ms
//! instead of 0.05, after an import all took twice as long as they have to. So parts are merged into one when much lies
//! outside of the largest, in units so small that whoever saves meanwhile hardly waits.

use std::time::{Duration, Instant};

use futures::FutureExt;

use super::super::{Store, Tx};
use crate::domain::Result;

/// Parts are merged when more than one page of the index in so many lies outside of the largest part.
const LOOSE: i64 = 8;
/// So many pages outside of it are never too many.
const LOOSE_LEAST: i64 = 64;
/// Pages that one unit of work writes while others save: about 3 ms.
const UNIT: i64 = 16;
/// The same where nobody waits.
const UNIT_ALONE: i64 = 1_000;
/// The pages of every part. A page's number is its part's number, 6 bits for pages that are no leaves, and 31 bits that
/// count the leaves (the file format of FTS5, which does not change).
const PARTS: &str = "WITH RECURSIVE last(id) AS (
        SELECT max(id) FROM grams_data
        UNION ALL
        SELECT (SELECT max(id) FROM grams_data WHERE id < (last.id >> 37) << 37 AND id >= 1 << 37)
        FROM last WHERE last.id IS NOT NULL)
    SELECT id & ((1 << 31) - 1) FROM last WHERE id >= 1 << 37";

/// Whether others save while the index is merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// They do: half the time is theirs.
    Others,
    /// Nobody waits.
    Nobody,
}

impl Store {
    /// Merges the index's parts into one, where much lies outside of the largest; says whether it did. What has been
    /// merged when it is given up stays merged.
    ///
    /// # Errors
    /// The database failed.
    pub async fn merge_search(&self, beside: Beside) -> Result<bool> {
        if !are_loose(&self.search_parts().await?) {
            return Ok(false);
        }
        let (began, mut units) = (Instant::now(), 0_u32);
        loop {
            // The first, negative, takes all parts into the merge; the others go on with it.
            let sign = if units == 0 { -1 } else { 1 };
            let pages = sign * if beside == Beside::Others { UNIT } else { UNIT_ALONE };
            let unit_began = Instant::now();
            if !self.write(move |tx| async move { tx.merge_search(pages).await }.boxed()).await? {
                break;
            }
            units += 1;
            if beside == Beside::Others {
                tokio::time::sleep(unit_began.elapsed().min(Duration::from_millis(100))).await;
            }
        }
        tracing::info!(units, took = ?began.elapsed(), "the search index is in one part");
        Ok(true)
    }

    /// The pages of every part of the search index.
    ///
    /// # Errors
    /// The database failed.
    pub async fn search_parts(&self) -> Result<Vec<i64>> {
        Ok(sqlx::query_scalar(PARTS).fetch_all(&self.readers).await?)
    }
}

impl Tx {
    /// Merges about so many pages of the index; says whether there may be more.
    async fn merge_search(&mut self, pages: i64) -> Result<bool> {
        let changes = "SELECT total_changes()";
        let before: i64 = sqlx::query_scalar(changes).fetch_one(&mut self.conn).await?;
        let merge = "INSERT INTO grams (grams, rank) VALUES ('merge', $1)";
        sqlx::query(merge).bind(pages).execute(&mut self.conn).await?;
        let after: i64 = sqlx::query_scalar(changes).fetch_one(&mut self.conn).await?;
        // The statement itself counts as one.
        Ok(after - before >= 2)
    }
}

fn are_loose(parts: &[i64]) -> bool {
    let (all, largest): (i64, i64) = (parts.iter().sum(), parts.iter().copied().max().unwrap_or_default());
    all - largest > (all / LOOSE).max(LOOSE_LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_merged_where_much_lies_outside_of_the_largest() {
        assert!(!are_loose(&[]) && !are_loose(&[100_000]) && !are_loose(&[40, 40]));
        assert!(!are_loose(&[100_000, 12_000]) && are_loose(&[100_000, 9_000, 9_000]));
    }
}
