//! What an import came to, and what became of single lines.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::Watch;

/// Most reasons that are kept of one line, and most characters of one reason.
const REASONS: usize = 20;
const REASON: usize = 300;

/// What an import came to. All that it counts is on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Lines read; empty lines and a table's heading do not count.
    pub read: u64,
    /// Rooms made.
    pub created: u64,
    /// Rooms changed.
    pub changed: u64,
    /// Lines that asked for nothing new.
    pub unchanged: u64,
    /// Lines refused.
    pub refused: u64,
    /// Lines taken, but not to the letter.
    pub adjusted: u64,
    /// Different ids that stood on more than one line.
    pub repeated_ids: u64,
    /// The first of the refused lines.
    pub first: Vec<Note>,
    /// How it ended.
    pub end: End,
}

/// How an import ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// Not yet.
    #[default]
    Open,
    /// The file was read to its end.
    Whole,
    /// Somebody stopped it.
    Stopped,
    /// The file cannot be read any further; why.
    Broken(String),
    /// The database or the report failed; why. The last batch was not written.
    Failed(String),
}

/// What is to be said about one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The line, from 1; where a record has several, its first.
    pub line: u64,
    /// The room's id, where it could be read.
    pub id: Option<String>,
    /// What became of it.
    pub what: What,
    /// Every reason.
    pub reasons: Vec<String>,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Nothing of it was taken.
    Refused,
    /// It was taken, but not to the letter.
    Adjusted,
}

impl Note {
    /// A note, with reasons of bounded number and length.
    pub fn new(line: u64, id: Option<&str>, what: What, mut reasons: Vec<String>) -> Self {
        let more = reasons.len().saturating_sub(REASONS);
        reasons.truncate(REASONS);
        reasons.iter_mut().for_each(|reason| *reason = cut(reason, REASON));
        if more > 0 {
            reasons.push(format!("… and {more} more"));
        }
        Self { line, id: id.map(|id| cut(id, 128)), what, reasons }
    }
}

impl Report {
    pub(super) fn take(&mut self, notes: Vec<Note>, keep: usize, watch: &mut dyn Watch) {
        for note in notes {
            match note.what {
                What::Refused => self.refused += 1,
                What::Adjusted => self.adjusted += 1,
            }
            if let Err(why) = watch.note(&note)
                && !matches!(self.end, End::Failed(_))
            {
                self.end = End::Failed(why);
            }
            if note.what == What::Refused && self.first.len() < keep {
                self.first.push(note);
            }
        }
    }
}

impl Serialize for Note {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("line", &self.line)?;
        if let Some(id) = &self.id {
            map.serialize_entry("id", id)?;
        }
        let word = if self.what == What::Refused { "refused" } else { "adjusted" };
        map.serialize_entry(word, &self.reasons)?;
        map.end()
    }
}

/// A text of at most `max` characters, an ellipsis where some are left out.
pub(super) fn cut(text: &str, max: usize) -> String {
    if text.chars().nth(max).is_none() { text.to_owned() } else { text.chars().take(max - 1).chain(['…']).collect() }
}
