//! Being told to stop: what is in flight is finished, but not for ever.
//!
//! The first SIGTERM (or Ctrl+C) ends listening; requests are answered to their end. What has not ended after
//! [`PATIENCE`], a download that nobody reads for instance, is cut off; a second signal cuts it off at once. Then the
//! store finishes what is queued and writes its log back.

use std::time::Duration;

use tokio::{sync::watch, time::timeout};

use super::House;

/// How long what is in flight may take. With [`CLOSING`] it is less than the ten seconds after which Docker kills.
const PATIENCE: Duration = Duration::from_secs(6);
/// How long the store may take to close.
const CLOSING: Duration = Duration::from_secs(3);

/// How often we were told to stop. Cheap to clone.
#[derive(Clone)]
pub(super) struct Stop(watch::Receiver<u8>);

impl Stop {
    /// Listens to the system's signals from here on.
    pub fn listen() -> Self {
        let (told, stop) = watch::channel(0_u8);
        tokio::spawn(async move {
            let mut signals = Signals::new();
            while !told.is_closed() {
                signals.next().await;
                told.send_modify(|times| *times = times.saturating_add(1));
            }
        });
        Self(stop)
    }

    /// Waits until we are told to stop.
    pub async fn asked(mut self) {
        // It fails where nobody can tell us any more.
        let _ = self.0.wait_for(|times| *times > 0).await;
        tracing::info!("finishing what is in flight");
    }

    /// Waits until what is still in flight is to be cut off.
    pub async fn overdue(mut self) {
        let _ = self.0.wait_for(|times| *times > 0).await;
        let _ = timeout(PATIENCE, self.0.wait_for(|times| *times > 1)).await;
    }
}

/// Writes down what was called and closes the store, as far as it can be in time. What was acknowledged is safe either
/// way.
pub(super) async fn close(house: &House) {
    let closed = async {
        if let Err(error) = house.write_usage().await {
            tracing::warn!(%error, "writing down what was called");
        }
        house.store.close().await;
    };
    if timeout(CLOSING, closed).await.is_err() {
        tracing::warn!("the database could not be closed in time; it is put in order at the next start");
    }
}

/// SIGTERM and Ctrl+C.
struct Signals {
    #[cfg(unix)]
    terminated: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    fn new() -> Self {
        Self {
            #[cfg(unix)]
            terminated: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok(),
        }
    }

    async fn next(&mut self) {
        let interrupted = tokio::signal::ctrl_c();
        #[cfg(unix)]
        if let Some(terminated) = &mut self.terminated {
            tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
            return;
        }
        drop(interrupted.await);
    }
}
