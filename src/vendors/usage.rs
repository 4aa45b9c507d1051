//! What was called, counted in memory and written down every few seconds: a count must not make a write of every read.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use prometheus_client::metrics::{counter::Counter, family::Family};

use super::{
    Api,
    call::{Answer, Call, Kind},
};
use crate::{
    domain::{
        Result,
        app::{About, Tally},
    },
    store::{Calls, Store},
};

/// Longest message that is kept of a refusal, in characters.
const MESSAGE: usize = 200;

type Key = (&'static str, i64, &'static str, String);

/// Vendor, action and code of a call; all of them come from our own tables.
pub type Labels = [(&'static str, String); 3];

/// Calls that were not written down yet, and all calls since the start.
#[derive(Default)]
pub struct Usage {
    pending: Mutex<HashMap<Key, Pending>>,
    /// Since the start, for whoever watches the house.
    pub calls: Family<Labels, Counter>,
}

/// Calls that were not written down yet, and where they are counted for good.
struct Pending {
    tally: Tally,
    all: Counter,
}

/// Counts a call, and logs it where its signature or a permission was refused.
pub(super) fn note(api: &Api, about: &'static About, call: &Call, answer: &Answer) {
    let (app, name) = call.app.get().map_or((0, ""), |(app, name)| (*app, name.as_str()));
    let action = call.action.get().map_or("", |action| action.name);
    let message = answer.refused.as_ref().map(|(_, message)| message.chars().take(MESSAGE).collect::<String>());
    if let Some((kind @ (Kind::Identity | Kind::Permission), _)) = &answer.refused {
        let (vendor, code, address, said) = (about.key, &answer.code, &call.address, message.as_deref());
        tracing::warn!(vendor, app = ?name, action, code, address, ?kind, said = ?said, "a call was refused");
    }
    let mut counted = api.usage.pending.lock().unwrap_or_else(PoisonError::into_inner);
    let pending = counted.entry((about.key, app, action, answer.code.clone())).or_insert_with(|| {
        let shown = if action.is_empty() { "none" } else { action };
        let labels = [("vendor", about.key), ("action", shown), ("code", &answer.code)];
        let tally = Tally {
            action: action.to_owned(),
            code: answer.code.clone(),
            refused: answer.refused.is_some(),
            many: 0,
            last_at: call.now,
            last_message: String::new(),
        };
        let all = api.usage.calls.get_or_create_owned(&labels.map(|(name, value)| (name, value.to_owned())));
        Pending { tally, all }
    });
    pending.all.inc();
    let tally = &mut pending.tally;
    tally.many += 1;
    tally.last_at = call.now;
    tally.last_message = message.unwrap_or_default();
}

impl Usage {
    /// Writes down what was counted since the last time.
    ///
    /// # Errors
    /// The database failed; then it is counted on.
    pub async fn write(&self, store: &Store) -> Result<()> {
        let taken = std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner));
        if taken.is_empty() {
            return Ok(());
        }
        let of =
            |((vendor, app, ..), pending): (&Key, &Pending)| Calls { vendor, app: *app, tally: pending.tally.clone() };
        let calls: Vec<Calls> = taken.iter().map(of).collect();
        let written = store.write(move |tx| Box::pin(async move { tx.add_calls(&calls).await })).await;
        if written.is_err() {
            let mut counted = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
            for (key, pending) in taken {
                match counted.get_mut(&key) {
                    Some(newer) => newer.tally.many += pending.tally.many,
                    None => drop(counted.insert(key, pending)),
                }
            }
        }
        written
    }
}
