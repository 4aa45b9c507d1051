//! A job's results as a file: some hundred rooms at a time, as JSON lines or as a table.

use super::results::lines;
use crate::{
    domain::{
        Error, Result,
        job::{RoomResult, Sort},
    },
    services::{Ctx, cells, import::Format},
    store::incident,
};

/// Rows of the database in one part.
const ROWS: i64 = 8;

/// An export of a job's results on its way.
pub struct Results {
    job: i64,
    sort: Option<Sort>,
    format: Format,
    place: i64,
    began: bool,
}

impl Results {
    /// An export of all results, or of those of one sort; nothing is read yet.
    pub const fn new(job: i64, sort: Option<Sort>, format: Format) -> Self {
        Self { job, sort, format, place: 0, began: false }
    }

    /// The next part; `None` when all was given. A table has its heading even where nothing stands below it.
    ///
    /// # Errors
    /// Not allowed, or no such job.
    pub async fn next(&mut self, ctx: &Ctx) -> Result<Option<Vec<u8>>> {
        let heading = !self.began && self.format == Format::Csv;
        if !self.began {
            super::get(ctx, self.job).await?;
            self.began = true;
        }
        let chunks = ctx.store.job_chunks(self.job, self.sort, self.place, false, ROWS).await?;
        if let Some(last) = chunks.last() {
            self.place = last.place + 1;
        } else if !heading {
            return Ok(None);
        }
        let rows: Vec<RoomResult> = chunks.iter().flat_map(|chunk| lines(chunk, self.sort)).collect();
        let written = match self.format {
            Format::JsonLines => json(&rows),
            Format::Csv => table(&rows, heading),
        };
        written.map(Some).map_err(|cause| {
            let incident = incident();
            tracing::error!(incident, cause, "writing a job's results");
            Error::Internal(incident)
        })
    }
}

fn json(rows: &[RoomResult]) -> Result<Vec<u8>, String> {
    let mut part = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut part, row).map_err(|why| why.to_string())?;
        part.push(b'\n');
    }
    Ok(part)
}

fn table(rows: &[RoomResult], heading: bool) -> Result<Vec<u8>, String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    if heading {
        writer.write_record(["room", "outcome", "reason", "entry"]).map_err(|why| why.to_string())?;
    }
    for row in rows {
        let entry = row.entry.map(|entry| entry.to_string()).unwrap_or_default();
        let cells = [cells::guarded(&row.room), row.outcome.key().to_owned(), cells::guarded(&row.reason), entry];
        writer.write_record(cells).map_err(|why| why.to_string())?;
    }
    writer.into_inner().map_err(|why| why.to_string())
}
