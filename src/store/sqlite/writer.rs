//! The one writer. Units of work queue up; what is queued is run in one `BEGIN IMMEDIATE`, each unit in a savepoint of
//! its own, and committed once (group commit): every acknowledged write is on disk at a fraction of the `fsync`s.
//!
//! A unit that fails or panics is rolled back to its savepoint and disturbs nobody. When the commit itself fails, every
//! unit of the group gets that error: none of them happened.

use std::{
    panic::AssertUnwindSafe,
    sync::{Arc, atomic::Ordering::Relaxed},
    time::Instant,
};

use futures::{FutureExt, future::BoxFuture};
use tokio::{
    sync::{Mutex, mpsc, oneshot},
    task::JoinHandle,
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
    store::{Asked, caught},
};

/// Most units in one commit.
const GROUP: usize = 128;
/// Most units waiting; beyond it a writer waits to queue.
const QUEUED: usize = 1024;

/// Tells a unit's asker how the commit went.
type Answer = Box<dyn FnOnce(Result<()>) + Send>;
/// Runs a unit; says whether to keep it, and whom to answer.
type Unit = Box<dyn for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, (bool, Answer)> + Send>;

/// The way to the writer.
pub(super) struct Queue {
    sender: Mutex<Option<mpsc::Sender<Unit>>>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Queue {
    pub(super) fn start(tx: Tx, ranks: Arc<Ranks>, measured: Arc<Measured>) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUED);
        let task = tokio::spawn(work(tx, ranks, receiver, measured));
        Self { sender: Mutex::new(Some(sender)), task: Mutex::new(Some(task)) }
    }

    /// How many units wait.
    pub(super) async fn waiting(&self) -> usize {
        let sender = self.sender.lock().await;
        sender.as_ref().map_or(0, |sender| sender.max_capacity() - sender.capacity())
    }

    /// A queue that takes nothing, for a store that is only read.
    pub(super) fn closed() -> Self {
        Self { sender: Mutex::default(), task: Mutex::default() }
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
        let stopped =
            || Error::Busy("The server is shutting down; nothing was changed. Try again in a moment.".to_owned());
        let sender = self.sender.lock().await.clone().ok_or_else(stopped)?;
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

async fn work(mut tx: Tx, ranks: Arc<Ranks>, mut units: mpsc::Receiver<Unit>, measured: Arc<Measured>) {
    let mut group = Vec::with_capacity(GROUP);
    while units.recv_many(&mut group, GROUP).await > 0 {
        let mut answers = Vec::with_capacity(group.len());
        measured.groups.observe(group.len() as u64);
        let outcome = match tx.execute("BEGIN IMMEDIATE; SAVEPOINT unit").await {
            Ok(()) => run_group(&mut tx, &ranks, &mut group, &mut answers, &measured).await,
            Err(cause) => Err(cause.into()),
        };
        group.clear();
        let committed = match outcome {
            Ok(()) => Ok(()),
            Err(error) => {
                let _ = tx.execute("ROLLBACK").await;
                measured.failed.fetch_add(1, Relaxed);
                ranks.forget();
                Err(error)
            }
        };
        for answer in answers {
            answer(committed.clone());
        }
    }
    let _ = tx.execute("PRAGMA optimize").await;
    tx.close().await;
}

async fn run_group(
    tx: &mut Tx,
    ranks: &Ranks,
    group: &mut Vec<Unit>,
    answers: &mut Vec<Answer>,
    measured: &Measured,
) -> Result<()> {
    let (mut grams, mut touched) = (Grams::default(), Touched::default());
    drop((tx.take_grams(), tx.take_touched()));
    tx.chain.forget();
    for unit in group.drain(..) {
        let (keep, answer) = unit(tx).await;
        answers.push(answer);
        let (asked, wrote) = (tx.take_grams(), tx.take_touched());
        tx.chain.settle(keep);
        if keep {
            grams.extend(asked);
            touched.extend(wrote);
            tx.execute("RELEASE unit; SAVEPOINT unit").await?;
        } else {
            tx.execute("ROLLBACK TO unit").await?;
        }
    }
    tx.write_grams(grams).await?;
    tx.write_head().await?;
    ranks.touch(&touched);
    let began = Instant::now();
    tx.execute("COMMIT").await?;
    measured.commits.took(began.elapsed());
    Ok(())
}
