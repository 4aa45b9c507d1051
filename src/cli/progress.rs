//! How an import goes on, while it does, and what it came to.

use std::{
    fmt::Write as _,
    fs::File,
    io::{BufWriter, IsTerminal, Read, Write},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::terminal::{harmless, say};
use crate::{
    domain::page::grouped,
    services::import::{Note, Report, Watch, What},
};

/// Counts the bytes that were read from a file.
pub(super) struct Counted<R> {
    pub inner: R,
    pub position: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.position.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Watches an import: writes the report file, and now and then a line to standard error.
pub(super) struct Progress {
    report: Option<BufWriter<File>>,
    /// How far the file was read, and how long it is, where that is to be shown.
    position: Option<(Arc<AtomicU64>, Option<u64>)>,
    terminal: bool,
    began: Instant,
    shown: Option<Instant>,
}

impl Progress {
    pub(super) fn new(report: Option<BufWriter<File>>, position: Option<(Arc<AtomicU64>, Option<u64>)>) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self { report, position, terminal, began: Instant::now(), shown: None }
    }

    /// Wipes the line and writes the rest of the report.
    pub(super) fn finish(mut self) -> Result<(), String> {
        if self.terminal && self.shown.is_some() {
            let _ = write!(std::io::stderr(), "\r\x1B[K");
        }
        self.report.as_mut().map_or(Ok(()), Write::flush).map_err(unwritten)
    }
}

impl Watch for Progress {
    fn note(&mut self, note: &Note) -> Result<(), String> {
        let Some(report) = &mut self.report else { return Ok(()) };
        serde_json::to_writer(&mut *report, note).map_err(|why| unwritten(why.into()))?;
        report.write_all(b"\n").map_err(unwritten)
    }

    fn progress(&mut self, so_far: &Report) {
        let Some((position, long)) = &self.position else { return };
        let every = Duration::from_secs(if self.terminal { 1 } else { 10 });
        if self.shown.unwrap_or(self.began).elapsed() < every {
            return;
        }
        self.shown = Some(Instant::now());
        let seconds = self.began.elapsed().as_secs_f64();
        let mut line = format!("{} lines", grouped(so_far.read));
        if let Some(long) = long.filter(|long| *long > 0) {
            let _ = write!(line, ", {} %", position.load(Ordering::Relaxed).min(long) * 100 / long);
        }
        let _ = write!(line, ", {} a second", grouped((so_far.read as f64 / seconds) as u64));
        if so_far.refused > 0 {
            let _ = write!(line, ", {} refused", grouped(so_far.refused));
        }
        if self.terminal {
            let _ = write!(std::io::stderr(), "\r\x1B[K{line}");
        } else {
            say(&line);
        }
    }
}

fn unwritten(why: std::io::Error) -> String {
    format!("the report file cannot be written: {why}.")
}

/// What an import came to, for people.
pub(super) fn summary(done: &Report, file: &str, has_report: bool) -> String {
    let mut text = format!("{} lines read from {}\n", grouped(done.read), harmless(file, ""));
    let mut row = |many: u64, what: &str| {
        let _ = writeln!(text, "{:>12}  {what}", grouped(many));
    };
    row(done.created, "rooms made");
    row(done.changed, "rooms changed");
    row(done.unchanged, "lines with nothing new");
    if done.adjusted > 0 {
        let where_ = if has_report { "the report says how" } else { "--report FILE says how" };
        row(done.adjusted, &format!("lines taken, but not to the letter; {where_}"));
    }
    match done.repeated_ids {
        0 => row(done.refused, "lines refused"),
        ids => row(done.refused, &format!("lines refused; {} ids stand on more than one line", grouped(ids))),
    }
    for note in done.first.iter().filter(|note| note.what == What::Refused) {
        let id = note.id.as_ref().map(|id| format!(", {id}")).unwrap_or_default();
        let told = format!("line {}{id}: {}", note.line, note.reasons.join("; "));
        let _ = writeln!(text, "  {}", harmless(&told, ""));
    }
    let more = done.refused.saturating_sub(done.first.len() as u64);
    if more > 0 {
        let names = if has_report { "the report names them all" } else { "--report FILE names them all" };
        let _ = writeln!(text, "  … and {} more; {names}", grouped(more));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_names_the_first_and_counts_the_rest() {
        let note = Note::new(7, Some("a\u{1B}[2J"), What::Refused, vec!["id is long".into(), "x".into()]);
        let done = Report { read: 1_234, refused: 3, repeated_ids: 1, first: vec![note], ..Report::default() };
        let text = summary(&done, "rooms.jsonl", false);
        assert!(text.starts_with("1,234 lines read from rooms.jsonl\n"), "{text}");
        assert!(text.contains("  line 7, a\\u{1b}[2J: id is long; x\n"), "{text}");
        assert!(text.ends_with("… and 2 more; --report FILE names them all\n"), "{text}");
    }
}
