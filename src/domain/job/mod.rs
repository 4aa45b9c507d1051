//! Jobs: one change of many rooms, planned before it is run, run in pieces, and taken back as a job of its own.
//!
//! | word | meaning |
//! | --- | --- |
//! | steps | what is done to every room of a job |
//! | plan | a job that has not run: its rooms are fixed, each with the version it had then |
//! | frozen | a room of a plan: its number, version and id |
//! | outcome | what became of one room |
//! | shield | a job for a while: at its end every room goes back to what it was |
//! | lift | the job that ends a shield |

pub mod frozen;
pub mod preview;
pub mod selection;
pub mod steps;
pub mod typed;
pub mod verdict;

use serde::{Deserialize, Serialize};

use super::{Timestamp, audit::Actor, when::DAY};
pub use frozen::{Frozen, Outcome, RoomResult, Sort};
pub use preview::{Example, Preview};
pub use selection::{Chosen, Rooms, Selection, pasted};
pub use steps::{SHIELDED, Step, Steps};
pub use typed::{Typed, TypedAttribute};
pub use verdict::Verdict;

/// Most rooms that a moderator changes at once; more needs an admin.
pub const MODERATORS_MOST: u64 = 100;
/// How long after its making a plan can be approved and run: a day, in milliseconds.
pub const PLAN_LASTS: i64 = DAY;
/// How long a plan that nobody ran is kept whole: a week, in milliseconds.
pub const PLAN_KEPT: i64 = 7 * DAY;
/// The longest a shield stands, in minutes: thirty days.
pub const SHIELD_MINUTES: i64 = 30 * 24 * 60;

/// What a job is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It changes rooms.
    Change,
    /// It takes another job back.
    Undo,
    /// It changes rooms for a while.
    Shield,
    /// It ends a shield.
    Lift,
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its rooms are being written down; nobody sees it.
    Planning,
    /// It can be run by who planned it.
    Planned,
    /// A second admin has to approve it first.
    Awaiting,
    /// It is at work, or will be as soon as the worker comes to it.
    Running,
    /// It rests until somebody resumes it.
    Paused,
    /// It was ended before it was done; what it did until then stands.
    Cancelled,
    /// It has an outcome for every room.
    Done,
    /// It cannot go on.
    Failed,
}

macro_rules! words {
    ($type:ident: $($name:ident = $key:literal, $label:literal;)*) => {
        impl $type {
            /// All of them.
            pub const ALL: &'static [Self] = &[$( Self::$name ),*];

            /// The word in addresses and in the database.
            pub const fn key(self) -> &'static str {
                match self { $( Self::$name => $key, )* }
            }

            /// The words for people.
            pub const fn label(self) -> &'static str {
                match self { $( Self::$name => $label, )* }
            }

            /// Reads a word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.key() == word)
            }
        }
    };
}
pub(crate) use words;

words! { Kind:
    Change = "change", "Change";
    Undo = "undo", "Undo";
    Shield = "shield", "Shield";
    Lift = "lift", "End of a shield";
}

words! { State:
    Planning = "planning", "Being planned";
    Planned = "planned", "Planned";
    Awaiting = "awaiting", "Awaiting approval";
    Running = "running", "Running";
    Paused = "paused", "Paused";
    Cancelled = "cancelled", "Cancelled";
    Done = "done", "Done";
    Failed = "failed", "Failed";
}

impl State {
    /// Whether it never was at work.
    pub const fn is_plan(self) -> bool {
        matches!(self, Self::Planning | Self::Planned | Self::Awaiting)
    }

    /// Whether nothing more becomes of it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Cancelled | Self::Done | Self::Failed)
    }
}

/// Who did something to a job, when and from where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Act {
    /// Who.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// The network address; empty for commands.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub address: String,
}

/// How many rooms came to which outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Changed.
    pub changed: u64,
    /// Already so.
    pub unchanged: u64,
    /// Left alone, because somebody changed them after the plan.
    pub skipped: u64,
    /// Could not be changed.
    pub failed: u64,
}

impl Tally {
    /// How many rooms have an outcome.
    pub const fn done(&self) -> u64 {
        self.changed + self.unchanged + self.skipped + self.failed
    }

    /// Counts one more.
    pub const fn count(&mut self, sort: Sort) {
        match sort {
            Sort::Changed => self.changed += 1,
            Sort::Unchanged => self.unchanged += 1,
            Sort::Skipped => self.skipped += 1,
            Sort::Failed => self.failed += 1,
        }
    }

    /// How many came to this.
    pub const fn of(&self, sort: Sort) -> u64 {
        match sort {
            Sort::Changed => self.changed,
            Sort::Unchanged => self.unchanged,
            Sort::Skipped => self.skipped,
            Sort::Failed => self.failed,
        }
    }
}

/// A job, without its rooms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its number.
    pub id: i64,
    /// What it is for.
    pub kind: Kind,
    /// Where it stands.
    pub state: State,
    /// Why it stands there, where that needs saying: a full disk, a right that was lost.
    pub reason: String,
    /// What it does; of an undo, what was done by the job that it takes back.
    pub steps: Steps,
    /// How its rooms were chosen.
    pub selection: Selection,
    /// What was foreseen.
    pub preview: Preview,
    /// Whether a second admin has to approve it.
    pub needs_approval: bool,
    /// How many rooms it is about.
    pub total: u64,
    /// What became of them so far.
    pub tally: Tally,
    /// Who planned it.
    pub planned: Act,
    /// Who approved it.
    pub approved: Option<Act>,
    /// Who runs it: whose name stands in the rooms' histories. Whoever resumes it takes it over.
    pub started: Option<Act>,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// How long it was at work, in milliseconds.
    pub busy_ms: i64,
    /// How long a shield stands, in minutes from its start.
    pub minutes: Option<i64>,
    /// When a shield ends; known from its start on.
    pub until: Option<Timestamp>,
    /// The job that ended the shield.
    pub lifted_by: Option<i64>,
}

/// A job's page.
pub fn address(id: i64) -> String {
    format!("/jobs/{id}")
}

impl Job {
    /// Rooms a second while it was at work; none before there is anything to tell.
    pub fn rate(&self) -> Option<u64> {
        let ms = u64::try_from(self.busy_ms).ok().filter(|ms| *ms > 0)?;
        (self.tally.done() > 0).then(|| (self.tally.done() * 1000 / ms).max(1))
    }

    /// Seconds until it is done, at the rate so far.
    pub fn seconds_left(&self) -> Option<u64> {
        let left = self.total.saturating_sub(self.tally.done());
        self.rate().filter(|_| self.state == State::Running).map(|rate| left.div_ceil(rate))
    }

    /// Whether it is too old to be approved or run.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.state.is_plan() && now > self.planned.at.plus(PLAN_LASTS)
    }

    /// Whether what it did can be taken back as a job. A shield is ended instead.
    pub fn can_be_undone(&self) -> bool {
        matches!(self.kind, Kind::Change | Kind::Undo) && self.state.is_over() && self.tally.changed > 0
    }

    /// Whether what failed can be tried again.
    pub fn can_be_retried(&self) -> bool {
        matches!(self.kind, Kind::Change | Kind::Undo) && self.state.is_over() && self.tally.failed > 0
    }

    /// Whether it is a shield that stands: it was started and not ended.
    pub const fn is_standing(&self) -> bool {
        matches!(self.kind, Kind::Shield) && self.started.is_some() && self.lifted_by.is_none()
    }

    /// What it does, in one line.
    pub fn title(&self) -> String {
        let steps = self.steps.describe();
        match (self.kind, &self.selection) {
            (Kind::Undo, Selection::ChangedBy { job }) => format!("Undo of job {job}: {steps}"),
            (Kind::Lift, Selection::HeldBy { job }) => format!("End of shield {job}: {steps}"),
            (Kind::Shield, _) => format!("For a while: {steps}"),
            _ => steps,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_again() {
        for &state in State::ALL {
            assert_eq!(State::parse(state.key()), Some(state));
            assert_eq!(serde_json::to_value(state).unwrap(), state.key());
        }
        for &kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.key());
        }
    }
}
