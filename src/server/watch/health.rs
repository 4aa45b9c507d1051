//! Whether the house is well: `/healthz` (it is alive), `/readyz` (it can write), and, on an address of its own,
//! `/metrics`.
//!
//! The first two tell nothing that a stranger may not know, and so stand on every address. The figures do tell
//! something (how many sign in, what is called), and stand only where whoever runs the house puts them: never on the
//! console's own address, which a proxy makes public.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::{
    net::TcpListener,
    sync::{Mutex, Notify},
    task::JoinHandle,
    time::Instant,
};

use crate::{
    server::{House, clock},
    store::Store,
};

/// Longest that the writer may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(2);
/// An answer of the writer counts for so long, so that nobody keeps it busy by asking.
const FRESH: Duration = Duration::from_millis(500);

/// `GET /healthz`: alive, which it is while nothing can be saved, too; the second line says that. It waits for nothing.
pub async fn alive(State(house): State<House>) -> String {
    let refusal = house.watch.store.state().refusal();
    refusal.map_or_else(|| "ok\n".to_owned(), |why| format!("ok\n{why}\n"))
}

/// `GET /readyz`: whether it can write; if not, 503 and why.
pub async fn ready(State(house): State<House>) -> Response {
    match house.readiness.look(&house.watch.store).await {
        Ok(()) => "ok\n".into_response(),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

/// What the writer said last, and when.
#[derive(Default)]
pub struct Readiness(Mutex<Option<(Instant, Result<(), String>)>>);

impl Readiness {
    /// Whether the house can write. Many who ask at once are answered by one look.
    async fn look(&self, store: &Store) -> Result<(), String> {
        let mut last = self.0.lock().await;
        if let Some((_, said)) = last.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            return said.clone();
        }
        let said = can_write(store).await;
        *last = Some((Instant::now(), said.clone()));
        said
    }
}

/// Has the writer write a byte and take it back: a disk that is full says so only then.
async fn can_write(store: &Store) -> Result<(), String> {
    let unit = store.write(|tx| Box::pin(async { Ok(tx.write_probe(1).await?) }));
    match tokio::time::timeout(PATIENCE, unit).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("the writer did not answer within {} seconds", PATIENCE.as_secs())),
    }
}

/// `GET /metrics`.
async fn metrics(State(house): State<House>) -> Response {
    let kind = prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
    ([(header::CONTENT_TYPE, kind)], house.watch.told(clock::now()).await).into_response()
}

/// Where only the house's own machines ask.
fn router(house: &House) -> Router {
    let all = Router::new().route("/healthz", get(alive)).route("/readyz", get(ready)).route("/metrics", get(metrics));
    all.with_state(house.clone())
}

/// Serves the three on an address of their own, if there is one, until told to stop.
///
/// # Errors
/// The address cannot be listened on: says so in one sentence.
pub async fn open(house: &House, stop: Arc<Notify>) -> Result<Option<JoinHandle<()>>, String> {
    let Some(addr) = house.config.ops_addr else { return Ok(None) };
    let listener = TcpListener::bind(addr)
        .await
        .map_err(|why| format!("cannot listen on {addr} for the figures ({why}); choose another with --ops-addr"))?;
    tracing::info!(%addr, "the figures are open");
    // Not among the house's other connections: when those are all taken, this is where one looks.
    let serving = house.own_listeners().serve(listener, router(house), async move { stop.notified().await });
    Ok(Some(tokio::spawn(serving)))
}
