//! The audit trail as a chain: what is kept of it elsewhere, and what comes of checking it.
//!
//! Every entry has a *mac*: keyed, over the entry and the mac of the one before. The chain has two *ends*: the start,
//! where it begins or where the retention rule cut it off, and the head, its newest entry. A *checkpoint* is a copy of
//! the head, signed with the same key, that is kept where whoever reaches the database does not.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Timestamp, page::grouped};

/// What the trail was at a moment: one line of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Which database's trail.
    pub database: String,
    /// The newest entry.
    pub entry: i64,
    /// How many entries there had been, with those that were removed under the retention rule.
    pub entries: i64,
    /// The newest entry's mac: hexadecimal digits.
    pub head: String,
    /// When the checkpoint was made.
    pub made_at: Timestamp,
    /// The mac of all this: hexadecimal digits.
    pub mac: String,
}

impl Checkpoint {
    /// As a line, without its end.
    pub fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What the chain says of itself without being checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The newest entry's number.
    pub head: i64,
    /// What the retention rule removed.
    pub removed: Option<Removed>,
}

/// What the retention rule removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removed {
    /// How many entries, all in all.
    pub entries: i64,
    /// The number of the last of them.
    pub last: i64,
    /// When that one was written.
    pub until: Timestamp,
    /// When it was removed.
    pub at: Timestamp,
}

/// A trail that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Which database's.
    pub database: String,
    /// How many entries there are.
    pub entries: i64,
    /// Numbers between them that no entry of the chain ever had.
    pub unused: i64,
    /// The first entry: its number, and when.
    pub first: Option<(i64, Timestamp)>,
    /// The last entry: its number, and when.
    pub last: Option<(i64, Timestamp)>,
    /// The last entry's mac: hexadecimal digits.
    pub head: String,
    /// What the retention rule removed.
    pub removed: Option<Removed>,
    /// Checkpoints that the trail fits.
    pub checkpoints: usize,
    /// Checkpoints of entries that the retention rule has removed since.
    pub outlived: usize,
}

/// The first thing that is wrong with a trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// The number of the entry.
    pub entry: i64,
    /// When it was written, as it says itself; `None` where it is not there.
    pub at: Option<Timestamp>,
    /// What was done, as it says itself; `None` where it is not there.
    pub action: Option<String>,
    /// What is wrong.
    pub fault: Fault,
    /// How many entries before it are whole.
    pub whole: i64,
}

/// What is wrong with an entry, or with the chain at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its columns do not fit its mac.
    Edited,
    /// Its mac alone was changed.
    Mac,
    /// It has no mac.
    Unchained,
    /// Its mac was made with a data key that is not here.
    Key(i64),
    /// The entry with this number follows what stands before it.
    Inserted(i64),
    /// It comes after the end of the chain.
    Appended,
    /// What was written under this number stands under another.
    Moved(i64),
    /// It and those up to this number are not there; then comes the entry with the second number.
    Missing(i64, i64),
    /// It and those up to this number are not there, and none comes after.
    Cut(i64),
    /// It was written when the head had been changed or removed.
    Headless,
    /// The row that holds the start was changed or removed.
    Start,
    /// The row that holds the head was changed or removed.
    Head,
    /// The row that holds the head is an older one, put back.
    OldHead,
    /// Numbers up to this one were given out, but the head ends earlier.
    Sequence(i64),
    /// The checkpoint of this moment knows another entry under this number, or none.
    Checkpoint(Timestamp),
    /// The checkpoint of this moment knows entries up to this one, and none is there.
    Beyond(Timestamp, i64),
    /// The checkpoint of this moment is of another database.
    Database(Timestamp),
}

impl fmt::Display for Bad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "entry {}", self.entry)?;
        match (self.at, &self.action) {
            (Some(at), Some(action)) => write!(f, " ({}, {action})", at.rfc3339())?,
            _ => f.write_str(" (not there)")?,
        }
        let before = match self.whole {
            0 => "No entry before it was found whole.".to_owned(),
            1 => "The one entry before it is whole.".to_owned(),
            many => format!("The {} entries before it are whole.", grouped(many.unsigned_abs())),
        };
        write!(f, ": {}. {before}", self.fault.words(self.entry))
    }
}

impl Fault {
    /// What is wrong with this entry, in one sentence without its end.
    fn words(&self, entry: i64) -> String {
        let gone = |last: i64| match last {
            last if last == entry => "it was removed".to_owned(),
            last => format!("it and all up to entry {last} were removed"),
        };
        match *self {
            Self::Edited => "it was changed after it was written".to_owned(),
            Self::Mac => "its mac was changed; the rest of it is as it was written".to_owned(),
            Self::Unchained => "it has no mac: it was put in past Wardroom, or its mac was taken away".to_owned(),
            Self::Key(key) => format!("its mac names data key {key}, which is not in this database"),
            Self::Inserted(next) => {
                format!("it was put in: entry {next} follows what stands before it, as if it were not there")
            }
            Self::Appended => "it was put in after the end of the trail, past Wardroom".to_owned(),
            Self::Moved(to) => format!("the order was changed: what was written under this number is entry {to} now"),
            Self::Missing(last, next) => format!("{}; the next that is there is entry {next}", gone(last)),
            Self::Cut(last) => format!("the end of the trail was cut off: {}", gone(last)),
            Self::Headless => {
                "when it was written, the row with the head of the chain (audit_ends) had been changed or \
                               removed; entries before it may be missing"
                    .to_owned()
            }
            Self::Start => "the row with the start of the chain (audit_ends) was changed or removed".to_owned(),
            Self::Head => {
                "the row with the head of the chain (audit_ends) was changed or removed; entries after this one \
                           may be missing"
                    .to_owned()
            }
            Self::OldHead => "it comes after the head of the chain: an older head was put back (audit_ends)".to_owned(),
            Self::Sequence(last) => format!(
                "numbers up to {last} were given out (sqlite_sequence): the end of the trail was cut off, and an older head \
                 put back"
            ),
            Self::Checkpoint(made) => format!(
                "the checkpoint of {} knows another entry under this number: the trail was rewritten",
                made.rfc3339()
            ),
            Self::Beyond(made, last) => format!(
                "the checkpoint of {} knows entries up to {last}: the end of the trail was cut off, or it was put back from \
                 an older file",
                made.rfc3339()
            ),
            Self::Database(made) => format!("the checkpoint of {} is of another database", made.rfc3339()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_one_sentence_that_names_the_entry() {
        let bad = |fault, at, whole| {
            Bad { entry: 7, at, action: at.map(|_| "room.updated".to_owned()), fault, whole }.to_string()
        };
        assert_eq!(
            bad(Fault::Edited, Some(Timestamp(0)), 6),
            "entry 7 (1970-01-01T00:00:00Z, room.updated): it was changed after it was written. The 6 entries before it are \
             whole."
        );
        assert_eq!(
            bad(Fault::Missing(9, 10), None, 1_000),
            "entry 7 (not there): it and all up to entry 9 were removed; the next that is there is entry 10. The 1,000 \
             entries before it are whole."
        );
        assert!(bad(Fault::Cut(7), None, 1).contains("cut off: it was removed. The one entry"));
    }
}
