//! The one writer. Units of work queue up; what is queued is run in one `BEGIN IMMEDIATE`, each unit in a savepoint of
//! its own, and committed once (group commit): every acknowledged write is on disk at a fraction of the `fsync`s.
//!
//! A unit that fails or panics is rolled back to its savepoint and disturbs nobody. When the commit itself fails, every
//! unit of the group gets that error: none of them happened.
//!
//! # When the disk fails
//! An error that lies in the disk or the file (`state`) ends the group at once, whichever unit met it: SQLite may have
//! rolled the transaction back by itself, and then a statement more would be a transaction of its own. Nobody of the
//! group is acknowledged, nothing is tried until a probe succeeds, and the probe begins with a connection of its own.
//!
//! What was acknowledged is safe: its frames of the log were synced before. What was not acknowledged because the sync
//! failed stands in the log behind them, whole or torn. This process overwrites it with the next group; one that starts
//! anew takes it by its checksums, whole or not at all. So a write that was refused for want of a disk may turn out to be
//! there after a crash, as one whose answer was lost may; half of it never is.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Duration,
};

use futures::{FutureExt, future::BoxFuture};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    task::JoinHandle,
    time::{Instant, timeout_at},
};
use tracing::Instrument;

use super::{
    Tx,
    figures::Measured,
    grams::Grams,
    ranks::{Ranks, Touched},
};
use crate::{
    domain::{Error, Result},
    store::{
        Asked, caught,
        state::{self, Health, Reason, State},
    },
};

/// Most units in one commit.
const GROUP: usize = 128;
/// Most units waiting; beyond it a writer waits to queue.
const QUEUED: usize = 1024;
/// How long it waits until it tries to write again.
const PROBES: Duration = Duration::from_secs(1);
/// How much it tries to write, in bytes: about as much as a group of many units, so that the next group does not fail
/// where the probe succeeded.
const PROBE: i64 = 256 * 1024;

/// Tells a unit's asker how the commit went.
type Answer = Box<dyn FnOnce(Result<()>) + Send>;
/// Runs a unit; says whether to keep it, and whom to answer. One that is dropped is refused.
type Unit = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, (bool, Answer)> + Send>;

/// The way to the writer.
pub(super) struct Queue {
    sender: Mutex<Option<mpsc::Sender<Unit>>>,
    task: Mutex<Option<JoinHandle<()>>>,
    health: Arc<Health>,
}

impl Queue {
    pub(super) fn start(writer: Writer) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUED);
        let health = writer.health.clone();
        let task = tokio::spawn(state::writing(health.clone(), writer.work(receiver)));
        Self { sender: Mutex::new(Some(sender)), task: Mutex::new(Some(task)), health }
    }

    /// How many units wait.
    pub(super) async fn waiting(&self) -> usize {
        let sender = self.sender.lock().await;
        sender.as_ref().map_or(0, |sender| sender.max_capacity() - sender.capacity())
    }

    /// A queue that takes nothing, for a store that is only read.
    pub(super) fn closed() -> Self {
        Self { sender: Mutex::default(), task: Mutex::default(), health: Arc::default() }
    }

    pub(super) async fn run<T, F>(&self, unit: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let (done, answer) = oneshot::channel();
        // The log's words about a unit are the request's that asked for it, though another task does it.
        let (asked, span) = (Asked::current(), tracing::Span::current());
        let unit: Unit = Box::new(move |tx| {
            async move {
                let work = async {
                    let done = AssertUnwindSafe(unit(tx)).catch_unwind().await;
                    done.unwrap_or_else(|_| Err(Error::Internal(caught("a unit of work"))))
                };
                let work = work.instrument(span);
                let result = match asked {
                    Some(asked) => asked.scope(work).await,
                    None => work.await,
                };
                let keep = result.is_ok();
                let answer: Answer = Box::new(move |committed| drop(done.send(committed.and(result))));
                (keep, answer)
            }
            .boxed()
        });
        let stopped = || {
            let closing = "The server is shutting down; nothing was changed. Try again in a moment.";
            self.health.state().refusal().unwrap_or_else(|| Error::Busy(closing.to_owned()))
        };
        let sender = self.sender.lock().await.clone().ok_or_else(stopped)?;
        if let Some(refusal) = self.health.state().refusal() {
            return Err(refusal);
        }
        sender.send(unit).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }

    pub(super) async fn close(&self) {
        drop(self.sender.lock().await.take());
        if let Some(task) = self.task.lock().await.take() {
            let _ = task.await;
        }
    }
}

/// Who writes.
pub(super) struct Writer {
    pub tx: Tx,
    pub ranks: Arc<Ranks>,
    pub health: Arc<Health>,
    pub measured: Arc<Measured>,
    /// How to connect anew.
    pub options: SqliteConnectOptions,
}

impl Writer {
    async fn work(mut self, mut units: mpsc::Receiver<Unit>) {
        let mut group = Vec::with_capacity(GROUP);
        let mut probe_at = Instant::now();
        loop {
            if self.health.state().is_healthy() {
                if group.is_empty() && units.recv_many(&mut group, GROUP).await == 0 {
                    break;
                }
                self.run(&mut group).await;
                probe_at = Instant::now() + PROBES;
                continue;
            }
            // Whoever queued before it was known that nothing can be saved.
            group.clear();
            match timeout_at(probe_at, units.recv_many(&mut group, GROUP)).await {
                Ok(0) => break,
                Ok(_) => {}
                Err(_) => {
                    self.probe().await;
                    probe_at = Instant::now() + PROBES;
                }
            }
        }
        if self.health.state().is_healthy() {
            let _ = self.tx.execute("PRAGMA optimize").await;
        }
        self.tx.close().await;
    }

    /// Runs a group and answers it. Units that were not run for another one's failure are left in it.
    async fn run(&mut self, group: &mut Vec<Unit>) {
        let mut answers = Vec::with_capacity(group.len());
        self.measured.groups.observe(group.len() as u64);
        let outcome = match self.tx.execute("BEGIN IMMEDIATE; SAVEPOINT unit").await {
            Ok(()) => self.run_units(group, &mut answers).await,
            Err(cause) => {
                let error = Error::from(cause);
                // Where it is not known why, the connection is to blame: it is tried anew.
                if self.health.state().is_healthy() {
                    self.health.failed(Reason::Failing);
                }
                Err(error)
            }
        };
        if outcome.is_err() {
            group.reverse();
            let _ = self.tx.execute("ROLLBACK").await;
            self.measured.failed.fetch_add(1, Relaxed);
            self.ranks.forget();
        }
        for answer in answers {
            answer(outcome.clone());
        }
    }

    async fn run_units(&mut self, group: &mut Vec<Unit>, answers: &mut Vec<Answer>) -> Result<()> {
        let (mut grams, mut touched) = (Grams::default(), Touched::default());
        drop((self.tx.take_grams(), self.tx.take_touched()));
        self.tx.chain.forget();
        group.reverse();
        while let Some(unit) = group.pop() {
            let (keep, answer) = unit(&mut self.tx).await;
            answers.push(answer);
            if let Some(refusal) = self.health.state().refusal() {
                return Err(refusal);
            }
            let (asked, wrote) = (self.tx.take_grams(), self.tx.take_touched());
            self.tx.chain.settle(keep);
            if keep {
                grams.extend(asked);
                touched.extend(wrote);
                self.tx.execute("RELEASE unit; SAVEPOINT unit").await?;
            } else {
                self.tx.execute("ROLLBACK TO unit").await?;
            }
        }
        self.tx.write_grams(grams).await?;
        self.tx.write_head().await?;
        self.ranks.touch(&touched);
        let began = Instant::now();
        self.tx.execute("COMMIT").await?;
        self.measured.commits.took(began.elapsed());
        Ok(())
    }

    /// Tries whether anything can be saved again: on a connection of its own, which becomes the writer's.
    async fn probe(&mut self) {
        if matches!(self.health.state(), State::ReadOnly { reason: Reason::Corrupt, .. }) {
            return;
        }
        let probed = async {
            let old = std::mem::replace(&mut self.tx.conn, self.options.connect().await?);
            // What it still held is let go; whether that succeeds says nothing about the new one.
            let _ = old.close().await;
            self.tx.write_probe(PROBE).await
        };
        match probed.await {
            Ok(()) => self.health.recovered(),
            Err(cause) => {
                tracing::debug!(%cause, "nothing can be saved yet");
                state::met(&cause);
                let _ = self.tx.execute("ROLLBACK").await;
            }
        }
    }
}
