//! What a plan foresees: counts, reasons, and a few rooms of each sort.

use serde::{Deserialize, Serialize};

use crate::domain::room::Change;

/// Most examples of one sort, and most reasons that are told apart.
pub const EXAMPLES: usize = 5;
/// Most reasons told apart.
const REASONS: usize = 20;
/// Most unknown ids that are named.
pub const NAMED: usize = 50;
/// Most characters of one of them: a text that was taken for an id can be as long as a file.
const NAMED_CHARS: usize = 200;

/// What a plan foresees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Rooms that will change.
    pub change: u64,
    /// Rooms that are so already.
    pub unchanged: u64,
    /// Rooms that cannot be changed.
    pub refused: u64,
    /// Rooms of an undo that somebody changed since, and which therefore stay as they are.
    pub moved: u64,
    /// Why rooms are refused, most frequent first, with how many rooms each.
    pub reasons: Vec<(String, u64)>,
    /// Some rooms that will change, and how.
    pub changing: Vec<Example>,
    /// Some that are so already.
    pub staying: Vec<Example>,
    /// Some that cannot be changed.
    pub refusing: Vec<Example>,
    /// Some that somebody changed since.
    pub moving: Vec<Example>,
    /// The first ids of the list that no room has.
    pub unknown: Vec<String>,
    /// How many such ids there are.
    pub unknown_many: u64,
    /// What vendors would cut or refuse of the new values, as sentences.
    pub hints: Vec<String>,
}

/// One room of a preview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The room's id.
    pub room: String,
    /// How it will change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Change>,
    /// Why it will not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
}

impl Preview {
    /// A room that will change. Its changes are asked for only where it becomes an example.
    pub fn changes(&mut self, room: &str, changes: impl FnOnce() -> Vec<Change>) {
        self.change += 1;
        if self.changing.len() < EXAMPLES {
            self.changing.push(Example { room: room.to_owned(), changes: changes(), why: String::new() });
        }
    }

    /// A room that is so already.
    pub fn stays(&mut self, room: &str) {
        self.unchanged += 1;
        keep(&mut self.staying, room, "");
    }

    /// A room that cannot be changed.
    pub fn refuses(&mut self, room: &str, why: &str) {
        self.refused += 1;
        keep(&mut self.refusing, room, why);
        if let Some((_, many)) = self.reasons.iter_mut().find(|(known, _)| known == why) {
            *many += 1;
        } else if self.reasons.len() < REASONS {
            self.reasons.push((why.to_owned(), 1));
        }
    }

    /// A room that somebody changed since.
    pub fn moved(&mut self, room: &str, why: &str) {
        self.moved += 1;
        keep(&mut self.moving, room, why);
    }

    /// An id that no room has.
    pub fn is_unknown(&mut self, id: &str) {
        self.unknown_many += 1;
        if self.unknown.len() < NAMED {
            let is_whole = id.chars().nth(NAMED_CHARS).is_none();
            let start: String = id.chars().take(NAMED_CHARS).collect();
            self.unknown.push(if is_whole { start } else { start + "…" });
        }
    }

    /// Puts the most frequent reasons first.
    pub fn settle(&mut self) {
        self.reasons.sort_by(|(a, many_a), (b, many_b)| many_b.cmp(many_a).then_with(|| a.cmp(b)));
    }
}

fn keep(examples: &mut Vec<Example>, room: &str, why: &str) {
    if examples.len() < EXAMPLES {
        examples.push(Example { room: room.to_owned(), changes: Vec::new(), why: why.to_owned() });
    }
}
