//! Import: rooms from a file, line by line, with nothing lost silently.
//!
//! A thread of its own reads, unpacks and checks lines ([`reader`]) and hands them over in batches; each batch is one
//! transaction ([`apply`]). A line's room is made if its id is unknown; otherwise what differs is written, and a line
//! that differs in nothing writes nothing, so a second run of the same file changes nothing. The first acceptable line
//! of an id counts; every other line that is not taken, and every text that is not kept to the letter, is a [`Note`].
//!
//! What is not a room's own comes along: a member's nickname and picture belong to the client, who is a member of many
//! rooms. They are taken where nothing is known or the line saw the client later (`last_login_at`); so the order of
//! lines does not matter and nothing flips back and forth.

mod apply;
mod bytes;
mod check;
mod json;
mod letter;
mod parts;
mod people;
mod reader;
mod report;
mod row;
mod table;

use std::{future::Future, io::Read, pin::pin, time::Instant};

use futures::FutureExt;
use tokio::sync::mpsc;

use super::Ctx;
use crate::{
    domain::{Result, Right, attribute::AttributeLimits, room::Line},
    store::Beside,
};
pub use report::{End, Note, Report, What};

/// How a file is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// What kind of file it is; by its first character if not said.
    pub format: Option<Format>,
    /// Most lines in one transaction.
    pub batch: usize,
    /// Most bytes of a line; longer ones are refused.
    pub line_bytes: usize,
    /// Most refused lines that the report keeps; the watcher is told of all.
    pub keep: usize,
}

/// What kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    JsonLines,
    /// A table with a heading line, commas between cells (RFC 4180).
    Csv,
}

/// Who is told how an import goes on.
pub trait Watch: Send {
    /// A line was refused, or taken with a change.
    ///
    /// # Errors
    /// Why this cannot be noted down; ends the import.
    fn note(&mut self, note: &Note) -> std::result::Result<(), String>;

    /// A batch is on disk.
    fn progress(&mut self, so_far: &Report);
}

/// Nobody watches.
impl Watch for () {
    fn note(&mut self, _note: &Note) -> std::result::Result<(), String> {
        Ok(())
    }

    fn progress(&mut self, _so_far: &Report) {}
}

impl Default for Options {
    fn default() -> Self {
        Self { format: None, batch: 1_000, line_bytes: 1 << 20, keep: 1_000 }
    }
}

/// Takes the rooms of a file, plain or gzip. Ends early when `stop` is ready, after the batch that is being written.
/// Whatever ends it, the report says how far it came, and all that it counts is on disk.
///
/// # Errors
/// Not allowed. Everything else that goes wrong is in the report.
pub async fn import(
    ctx: &Ctx,
    source: impl Read + Send + 'static,
    options: Options,
    watch: &mut dyn Watch,
    stop: impl Future<Output = ()>,
) -> Result<Report> {
    ctx.may(Right::Manage)?;
    ctx.store.write(|tx| async move { tx.widen_cache().await }.boxed()).await?;
    let (began, keep) = (Instant::now(), options.keep);
    let (sender, mut batches) = mpsc::channel(2);
    let limits = super::attributes::limits_of_files(ctx);
    // Not the runtime's own pool: a read of a terminal or pipe cannot be interrupted and must not delay the exit.
    std::thread::spawn(move || reader::read(source, options, limits, sender));

    let mut report = Report::default();
    let mut stop = pin!(stop);
    while report.end == End::Open {
        let batch = tokio::select! {
            biased;
            () = &mut stop => {
                report.end = End::Stopped;
                break;
            }
            batch = batches.recv() => batch,
        };
        let Some(batch) = batch else {
            report.end = End::Broken("reading it stopped for a reason that stands in the log".to_owned());
            break;
        };
        let (lines, mut notes) = (batch.lines, batch.notes);
        let mut now = ctx.clone();
        now.now = ctx.now.plus(i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX));
        match apply::apply(&now, lines).await {
            Ok(applied) => {
                report.created += applied.created;
                report.changed += applied.changed;
                report.unchanged += applied.unchanged;
                notes.extend(applied.notes);
                notes.sort_by_key(|note| note.line);
                report.read = batch.read;
                report.repeated_ids = batch.repeated_ids;
                report.end = batch.end;
            }
            Err(why) => report.end = End::Failed(why.to_string()),
        }
        report.take(notes, keep, watch);
        watch.progress(&report);
    }
    // Everything is written; that searches will be quick is worth a while, and no failure.
    if let Err(error) = ctx.store.merge_search(Beside::Nobody).await {
        tracing::warn!(%error, "merging the search index");
    }
    Ok(report)
}

/// Reads and checks a file without a house: how many lines it has, those that could be taken, and what is said of them.
/// For the fuzzers (`tests/fuzz`); not to be called where a runtime is at work.
#[doc(hidden)]
pub fn looked_through(source: impl Read + 'static, options: Options) -> (u64, Vec<Line>, Vec<Note>) {
    let (sender, mut batches) = mpsc::channel(1 << 16);
    reader::read(source, options, AttributeLimits::default(), sender);
    let (mut read, mut lines, mut notes) = (0, Vec::new(), Vec::new());
    while let Some(batch) = batches.blocking_recv() {
        read = batch.read;
        lines.extend(batch.lines.into_iter().map(|ready| ready.line));
        notes.extend(batch.notes);
    }
    (read, lines, notes)
}
