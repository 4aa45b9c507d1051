//! Browsers' sessions while nothing can be saved, or not at once: what a form holds that was refused is kept in memory, so
//! that it comes back to whoever typed it, and nobody who only reads waits for the writer because they were seen. Who is
//! signed in is never told from here: a session that ended has ended.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::FutureExt;

use super::{Store, sessions::StoredSession};
use crate::{
    domain::{Error, Result, Timestamp},
    store::caught,
};

/// Most bytes that are kept.
const MOST: usize = 16 * 1024 * 1024;
/// Most bytes of people who are not signed in.
const MOST_OF_NOBODY: usize = 2 * 1024 * 1024;
/// So long a page waits until what its session holds is written; then it goes on without.
const PATIENCE: Duration = Duration::from_millis(500);

/// Sessions that could not be written, by the hash of their id.
#[derive(Debug, Default)]
pub(super) struct Unsaved(Mutex<HashMap<String, StoredSession>>);

impl Unsaved {
    fn all(&self) -> MutexGuard<'_, HashMap<String, StoredSession>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a session, if there is room.
    fn keep(&self, session: StoredSession) -> bool {
        Self::put(&mut self.all(), session)
    }

    /// Keeps a session that is being written, if there is room, unless that is done by now: whoever does it says so before
    /// they forget it here.
    fn keep_until(&self, session: StoredSession, is_done: &AtomicBool) -> bool {
        let mut all = self.all();
        is_done.load(Ordering::SeqCst) || Self::put(&mut all, session)
    }

    fn put(all: &mut HashMap<String, StoredSession>, session: StoredSession) -> bool {
        let others = |of_nobody: bool| -> usize {
            let others = all.values().filter(|other| other.id_hash != session.id_hash);
            others.filter(|other| !of_nobody || other.staff.is_none()).map(size).sum()
        };
        let has_room = others(false) + size(&session) <= MOST
            && (session.staff.is_some() || others(true) + size(&session) <= MOST_OF_NOBODY);
        if has_room {
            all.insert(session.id_hash.clone(), session);
        }
        has_room
    }

    /// A session as it would be, had it been written; `stored` is what was written last.
    pub fn over(&self, id_hash: &str, stored: Option<StoredSession>, now: Timestamp) -> Option<StoredSession> {
        let all = self.all();
        match (all.get(id_hash), stored) {
            (Some(kept), Some(stored)) if kept.staff == stored.staff => {
                Some(StoredSession { data: kept.data.clone(), ..stored })
            }
            (Some(kept), None) if kept.staff.is_none() && kept.expires_at > now => Some(kept.clone()),
            (_, stored) => stored,
        }
    }
}

/// What a session takes, about.
fn size(session: &StoredSession) -> usize {
    session.data.len() + session.device.len() + 512
}

impl Store {
    /// Writes a new session; while nothing can be written it is kept in memory.
    ///
    /// # Errors
    /// The database failed, or there is no more room in memory.
    pub async fn insert_session(&self, session: StoredSession) -> Result<()> {
        let new = session.clone();
        let written = self.write(move |tx| async move { tx.insert_session(&new).await }.boxed()).await;
        self.or_keep(session, written)
    }

    /// Writes a session that is there; while nothing can be written, or until it is, it is kept in memory.
    ///
    /// # Errors
    /// As [`Self::insert_session`].
    pub async fn update_session(&self, session: StoredSession) -> Result<()> {
        let (store, old, is_done) = (self.clone(), session.clone(), Arc::new(AtomicBool::new(false)));
        let says = is_done.clone();
        let mut writing = tokio::spawn(async move {
            let new = old.clone();
            let written = store.write(move |tx| async move { tx.update_session(&new).await }.boxed()).await;
            says.store(true, Ordering::SeqCst);
            store.or_keep(old, written)
        });
        let done = match tokio::time::timeout(PATIENCE, &mut writing).await {
            Ok(done) => done,
            Err(_) if self.unsaved.keep_until(session, &is_done) => return Ok(()),
            Err(_) => writing.await,
        };
        done.unwrap_or_else(|_| Err(Error::Internal(caught("writing a session"))))
    }

    fn or_keep(&self, session: StoredSession, written: Result<()>) -> Result<()> {
        match written {
            Ok(()) => {
                self.unsaved.all().remove(&session.id_hash);
                Ok(())
            }
            Err(_) if !self.state().is_healthy() && self.unsaved.keep(session) => Ok(()),
            Err(why) => Err(why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(id: &str, staff: Option<i64>, data: &str) -> StoredSession {
        let (created_at, expires_at) = (Timestamp(0), Timestamp(100));
        let (id_hash, data) = (id.to_owned(), data.to_owned());
        StoredSession {
            id_hash,
            staff,
            data,
            device: String::new(),
            address: String::new(),
            created_at,
            seen_at: created_at,
            expires_at,
        }
    }

    #[test]
    fn what_ended_has_ended_and_nobody_is_somebody() {
        let unsaved = Unsaved::default();
        let data = |found: Option<StoredSession>| found.map(|session| session.data);
        assert!(unsaved.keep(session("a", Some(1), "typed")));
        assert_eq!(data(unsaved.over("a", Some(session("a", Some(1), "old")), Timestamp(1))).as_deref(), Some("typed"));
        assert_eq!(unsaved.over("a", None, Timestamp(1)), None, "ended");
        assert_eq!(data(unsaved.over("a", Some(session("a", Some(2), "two")), Timestamp(1))).as_deref(), Some("two"));
        assert!(unsaved.keep(session("n", None, "typed")));
        assert_eq!(data(unsaved.over("n", None, Timestamp(1))).as_deref(), Some("typed"));
        assert_eq!(unsaved.over("n", None, Timestamp(100)), None, "out of date");
    }

    #[test]
    fn strangers_leave_room_for_those_who_are_signed_in() {
        let unsaved = Unsaved::default();
        let half = "x".repeat(MOST_OF_NOBODY / 2);
        assert!(unsaved.keep(session("1", None, &half)));
        assert!(!unsaved.keep(session("2", None, &half)));
        assert!(unsaved.keep(session("1", None, &half)), "the same again takes no more");
        assert!(unsaved.keep(session("3", Some(1), &half)));
    }
}
