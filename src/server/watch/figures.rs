//! The figures that `/metrics` tells, in Prometheus' text format. What happens at requests is counted as it happens,
//! without locks; what there is (jobs, sessions, sizes) is looked at when somebody asks.

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use prometheus_client::{
    encoding::prometheus_text,
    metrics::{counter::Counter, family::Family, info::Info},
    registry::Registry,
};

use super::{
    collectors::{Process, There, Whole},
    routes::Routes,
};
use crate::{
    domain::{Error, Timestamp},
    server::listen::Listeners,
    store::Store,
    vendors::usage::Usage,
};

/// Longest that is waited for what there is; without it the rest is told all the same.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the house knows of itself. Cheap to clone.
#[derive(Clone)]
pub struct Watch {
    pub(super) routes: Arc<Routes>,
    /// Requests that have no answer yet.
    pub(super) in_flight: Arc<AtomicU64>,
    sign_ins: Family<[(&'static str, &'static str); 1], Counter>,
    registry: Arc<Registry>,
    pub(super) store: Store,
}

impl Watch {
    /// Figures of a house with these routes.
    pub fn new(store: &Store, usage: &Usage, listeners: &Listeners, routes: impl IntoIterator<Item = String>) -> Self {
        let routes = Arc::new(Routes::new(routes));
        let in_flight: Arc<AtomicU64> = Arc::default();
        let sign_ins = Family::default();
        let mut registry = Registry::default();
        let version = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("wardroom_build", "What runs", version);
        let help = "Calls of vendors' APIs, by the vendor's action and the code that it answers with";
        registry.register("wardroom_vendor_calls", help, usage.calls.clone());
        let help = "Attempts to sign in that were refused: wrong, too often (limit), or for another reason";
        registry.register("wardroom_sign_ins_refused", help, Family::clone(&sign_ins));
        registry.register_collector(Box::new(Whole::new(store.measured(), in_flight.clone(), listeners.clone())));
        registry.register_collector(Box::new(Process::now()));
        registry.register_collector(Box::new(routes.clone()));
        Self { routes, in_flight, sign_ins, registry: Arc::new(registry), store: store.clone() }
    }

    /// Counts a refused attempt to sign in.
    pub fn refused_sign_in(&self, error: &Error) {
        let why = match error {
            Error::Invalid(_) => "wrong",
            Error::Limit(_) => "limit",
            _ => "other",
        };
        self.sign_ins.get_or_create(&[("why", why)]).inc();
    }

    /// All figures as text.
    pub async fn told(&self, now: Timestamp) -> String {
        let mut text = String::with_capacity(64 * 1024);
        let _ = prometheus_text::encode(&mut text, &self.registry);
        match tokio::time::timeout(PATIENCE, self.store.figures(now)).await {
            Ok(Ok(figures)) => {
                let mut there = Registry::default();
                there.register_collector(Box::new(There(figures)));
                let _ = prometheus_text::encode(&mut text, &there);
            }
            Ok(Err(error)) => tracing::warn!(%error, "counting what there is"),
            Err(_) => tracing::warn!("counting what there is took too long"),
        }
        text
    }
}
