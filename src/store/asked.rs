//! On whose request something is done: the id that its log lines bear and that the person is shown when it fails.
//!
//! The id goes along with the work, also to the writer, so that whatever fails is found under the id that stands on the
//! page. What no request asked for (a job, an hourly chore) gets an id of its own when it fails.

use std::{
    cell::RefCell,
    panic::PanicHookInfo,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

tokio::task_local! {
    static ASKED: Asked;
}

thread_local! {
    /// The id under which the last panic of this thread was logged, until whoever caught it asks.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

static PANICS: AtomicU64 = AtomicU64::new(0);

/// A request, as far as its failures go. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Asked {
    id: Arc<str>,
    told: Arc<AtomicBool>,
}

impl Asked {
    /// A request of this id.
    pub fn new(id: &str) -> Self {
        Self { id: id.into(), told: Arc::default() }
    }

    /// The request that is being worked on, if one is.
    pub fn current() -> Option<Self> {
        ASKED.try_with(Clone::clone).ok()
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether a failure of it was logged.
    pub fn is_told(&self) -> bool {
        self.told.load(Relaxed)
    }

    /// Does work for it.
    pub async fn scope<W: Future>(self, work: W) -> W::Output {
        ASKED.scope(self, work).await
    }
}

/// The id of what fails now: the request's, or a new one. Whoever asks for it logs the cause with it.
pub fn incident() -> String {
    match Asked::current() {
        Some(asked) => {
            asked.told.store(true, Relaxed);
            asked.id.as_ref().to_owned()
        }
        None => new_id(),
    }
}

/// A new id: twelve letters and digits that are easy to read out, of which no two are alike in practice (59 bits).
pub fn new_id() -> String {
    const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";
    let mut chance: u64 = rand::random();
    let mut id = String::with_capacity(12);
    for _ in 0..12 {
        let place = usize::try_from(chance % 31).unwrap_or_default();
        id.extend(LETTERS.get(place).map(|letter| char::from(*letter)));
        chance /= 31;
    }
    id
}

/// Logs a panic, in one line whatever its message holds. To be the process's hook.
pub fn panicked(panic: &PanicHookInfo<'_>) {
    PANICS.fetch_add(1, Relaxed);
    let incident = incident();
    let why = panic.payload_as_str().unwrap_or_default();
    let at = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(incident, at, ?why, "panicked");
    let _ = PANIC.try_with(|last| last.replace(Some(incident)));
}

/// The id of the panic that was caught just now, by whoever caught it. Where no hook logged it, it is logged here.
pub fn caught(what: &'static str) -> String {
    PANIC.try_with(RefCell::take).ok().flatten().unwrap_or_else(|| {
        let incident = incident();
        tracing::error!(incident, "{what} panicked");
        incident
    })
}

/// How often something panicked since the start.
pub fn panics() -> u64 {
    PANICS.load(Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_fails_for_a_request_bears_its_id_and_what_fails_for_none_a_new_one() {
        let asked = Asked::new("abc");
        assert!(!asked.is_told());
        assert_eq!(asked.clone().scope(async { incident() }).await, "abc");
        assert!(asked.is_told() && Asked::current().is_none());
        let (one, other) = (incident(), incident());
        assert!(one != other && one.len() == 12 && one.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{one}");
    }

    #[tokio::test]
    async fn a_panic_is_counted_and_told_under_the_id_of_its_request() {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            panicked(panic);
            before(panic);
        }));
        let many = panics();
        let work = async {
            assert!(std::panic::catch_unwind(|| panic!("meant to be")).is_err());
            caught("a test")
        };
        assert_eq!(Asked::new("xyz").scope(work).await, "xyz");
        assert!(panics() > many);
        assert_ne!(caught("a test"), "xyz", "an id is given once");
    }
}
