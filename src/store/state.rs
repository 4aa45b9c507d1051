//! Whether anything can be saved, and why not.
//!
//! The writer says so when a write fails for a reason that lies in the disk or the file, and tries again every second
//! (`sqlite/writer`); until it succeeds, every write is refused at once. Reading goes on. A damaged file is different:
//! nothing more is written to it until the process is started again.

use std::sync::{Arc, OnceLock};

use tokio::sync::watch;

use crate::domain::{Error, Timestamp};

/// Whether anything can be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// What is asked to be written is written.
    Healthy,
    /// Everything can be read, as far as the file can be, and nothing written.
    ReadOnly {
        /// When the first write failed.
        since: Timestamp,
        /// Why.
        reason: Reason,
    },
}

/// Why nothing can be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No room on the disk.
    Full,
    /// The disk answers with an error.
    Failing,
    /// The file or its file system may only be read.
    ReadOnly,
    /// Another program has held the database for longer than is waited for.
    Locked,
    /// A part of the file is not what it has to be.
    Corrupt,
}

impl State {
    /// Whether anything can be saved.
    pub const fn is_healthy(self) -> bool {
        matches!(self, Self::Healthy)
    }

    /// What a write is answered with that is not even tried; `None` where it is tried.
    pub fn refusal(self) -> Option<Error> {
        let Self::ReadOnly { since, reason } = self else { return None };
        Some(Error::Busy(format!(
            "Wardroom cannot save at the moment: {}, since {} UTC. Nothing was changed.",
            reason.says(),
            since.short()
        )))
    }
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Full, Self::Failing, Self::ReadOnly, Self::Locked, Self::Corrupt];

    /// What programs know it by.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Full => "disk_full",
            Self::Failing => "io_error",
            Self::ReadOnly => "read_only",
            Self::Locked => "locked",
            Self::Corrupt => "corrupt",
        }
    }

    /// What is wrong, as the end of a sentence.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Full => "the disk is full",
            Self::Failing => "the disk answers with errors",
            Self::ReadOnly => "the database's file can only be read",
            Self::Locked => "another program keeps the database locked",
            Self::Corrupt => "the database's file is damaged",
        }
    }

    /// What whoever runs the house can do.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Full => {
                "Make room on the disk that holds the database. Saving starts again by itself, within seconds."
            }
            Self::Failing => {
                "Look into the system's log and check the disk that holds the database. Wardroom tries again every \
                 second and goes on by itself."
            }
            Self::ReadOnly => {
                "Give the database's file and folder back to the user who runs Wardroom, and mount its file system for \
                 writing; then start Wardroom again."
            }
            Self::Locked => {
                "Look for an import, a backup or another tool that has the database open, and end it. Saving starts \
                 again by itself."
            }
            Self::Corrupt => {
                "Nothing more is written to it. Stop Wardroom, check the disk, put the last good backup in the file's \
                 place and start again."
            }
        }
    }

    /// The reason that lies in an error of the database; `None` where it lies in the statement.
    pub(super) fn of(cause: &sqlx::Error) -> Option<Self> {
        // SQLite's primary result codes stand in the lowest byte. 4874: the log's index found no room to grow.
        let code = cause.as_database_error()?.code()?.parse::<u32>().ok()?;
        match if code == 4874 { 13 } else { code & 0xFF } {
            5 | 6 => Some(Self::Locked),
            8 => Some(Self::ReadOnly),
            10 | 14 => Some(Self::Failing),
            11 | 26 => Some(Self::Corrupt),
            13 => Some(Self::Full),
            _ => None,
        }
    }
}

/// What a store knows of its own health.
#[derive(Debug)]
pub(super) struct Health(watch::Sender<State>);

impl Default for Health {
    fn default() -> Self {
        Self(watch::Sender::new(State::Healthy))
    }
}

impl Health {
    pub fn state(&self) -> State {
        *self.0.borrow()
    }

    /// A write failed for this reason. The first moment counts; damage is never forgotten.
    pub fn failed(&self, reason: Reason) {
        let became = self.0.send_if_modified(|state| match *state {
            State::Healthy => {
                *state = State::ReadOnly { since: now(), reason };
                true
            }
            State::ReadOnly { reason: known, .. } if known == reason || known == Reason::Corrupt => false,
            State::ReadOnly { since, .. } => {
                *state = State::ReadOnly { since, reason };
                true
            }
        });
        if became {
            tracing::error!(reason = reason.key(), "nothing can be saved: {}", reason.says());
        }
    }

    /// A write succeeded.
    pub fn recovered(&self) {
        let became = self.0.send_if_modified(|state| match *state {
            State::Healthy | State::ReadOnly { reason: Reason::Corrupt, .. } => false,
            State::ReadOnly { .. } => {
                *state = State::Healthy;
                true
            }
        });
        if became {
            tracing::info!("everything can be saved again");
        }
    }

    /// Waits until something can be saved.
    pub async fn healthy(&self) {
        // It cannot fail: the sender is here.
        let _ = self.0.subscribe().wait_for(|state| state.is_healthy()).await;
    }
}

tokio::task_local! {
    /// The health of the store whose writer is at work.
    static WRITING: Arc<Health>;
}

/// The health of the store that this process serves.
static SERVED: OnceLock<Arc<Health>> = OnceLock::new();

/// Does a writer's work: whatever the database answers there says something about the store.
pub(super) async fn writing<F: Future>(health: Arc<Health>, work: F) -> F::Output {
    WRITING.scope(health, work).await
}

/// From here on, a reader who meets a damaged part of the file stops this store's writer.
pub(super) fn serve(health: &Arc<Health>) {
    let _ = SERVED.set(health.clone());
}

/// The database answered with an error. Gives the state of the store, where it was a writer who met it.
pub(super) fn met(cause: &sqlx::Error) -> Option<State> {
    let reason = Reason::of(cause);
    let writer = WRITING.try_with(|health| {
        if let Some(reason) = reason {
            health.failed(reason);
        }
        health.state()
    });
    if let (Err(_), Some(Reason::Corrupt), Some(health)) = (&writer, reason, SERVED.get()) {
        health.failed(Reason::Corrupt);
    }
    writer.ok()
}

/// The system's clock: what a reader is told is a moment of theirs, not one of a request.
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_moment_counts_and_damage_is_never_forgotten() {
        let health = Health::default();
        assert_eq!(health.state().refusal(), None);
        health.failed(Reason::Full);
        let State::ReadOnly { since, .. } = health.state() else { panic!() };
        health.failed(Reason::Locked);
        assert_eq!(health.state(), State::ReadOnly { since, reason: Reason::Locked });
        health.recovered();
        assert_eq!(health.state(), State::Healthy);
        health.failed(Reason::Corrupt);
        health.failed(Reason::Full);
        health.recovered();
        assert!(matches!(health.state(), State::ReadOnly { reason: Reason::Corrupt, .. }));
    }
}
