//! What became of a job's rooms, page by page.

use crate::{
    domain::{
        Result, Right,
        job::{RoomResult, Sort},
        page::{Cursor, Found, PAGE, Page, Total},
    },
    services::Ctx,
    store::{CHUNK, Chunk},
};

/// Rows of the database read at once.
const ROWS: i64 = 8;

/// A page of what became of a job's rooms, all or those of one sort, in the order of the rooms' numbers. Its cursors hold
/// the room's place in the job.
///
/// # Errors
/// Not allowed, or no such job.
pub async fn results(ctx: &Ctx, id: i64, sort: Option<Sort>, page: &Page) -> Result<Found<RoomResult>> {
    ctx.may(Right::See)?;
    let job = super::get(ctx, id).await?;
    let total = Total::Exactly(sort.map_or(job.tally.done(), |sort| job.tally.of(sort)));
    let backwards = matches!(page, Page::Before(_));
    let bound = match page {
        Page::First => -1,
        Page::After(cursor) | Page::Before(cursor) => cursor.number,
    };
    let mut rows = Vec::new();
    let chunk = i64::try_from(CHUNK).unwrap_or(i64::MAX);
    let mut place = bound.max(0) / chunk;
    while rows.len() <= PAGE {
        let chunks = ctx.store.job_chunks(id, sort, place, backwards, ROWS).await?;
        let Some(last) = chunks.last() else { break };
        place = if backwards { last.place - 1 } else { last.place + 1 };
        for chunk in &chunks {
            let mut lines = lines(chunk, sort);
            if backwards {
                lines.reverse();
            }
            rows.extend(
                lines.into_iter().filter(|line| if backwards { line.place < bound } else { line.place > bound }),
            );
        }
    }
    rows.truncate(PAGE + 1);
    Ok(Found::cut(rows, page, total, |row| Cursor { number: row.place, key: String::new() }))
}

/// The outcomes of a row of the database, all or those of one sort.
pub(super) fn lines(chunk: &Chunk, sort: Option<Sort>) -> Vec<RoomResult> {
    let first = chunk.place.saturating_mul(i64::try_from(CHUNK).unwrap_or(i64::MAX));
    let all = (first..).zip(chunk.rooms.iter().zip(&chunk.outcomes));
    let wanted = all.filter(|(_, (_, outcome))| sort.is_none_or(|sort| outcome.sort() == sort));
    wanted
        .map(|(place, (room, outcome))| RoomResult {
            place,
            room: room.id.clone(),
            outcome: outcome.sort(),
            reason: outcome.reason().to_owned(),
            entry: outcome.entry(),
        })
        .collect()
}
