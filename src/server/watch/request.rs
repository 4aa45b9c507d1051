//! Around every request: its id, its line in the log, its place in the figures.
//!
//! The id stands on every line that the log has of the request, in the answer's `x-request-id`, and, as the incident,
//! on the page that says that something failed. It is ours, unless a proxy of ours brought one that looks like one.

use std::{net::SocketAddr, sync::atomic::Ordering::Relaxed, time::Instant};

use axum::{
    extract::{ConnectInfo, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;

use super::{Watch, routes::Called};
use crate::{
    server::House,
    store::{Asked, new_id},
};

const NAME: HeaderName = HeaderName::from_static("x-request-id");
/// Longest id that is taken from a proxy.
const LONGEST: usize = 64;

/// Counts a request among those in flight for as long as it lives.
struct InFlight(Watch);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Relaxed);
    }
}

/// Does what the module says.
pub async fn around(State(house): State<House>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    house.watch.in_flight.fetch_add(1, Relaxed);
    let counted = InFlight(house.watch.clone());
    let id = brought(&request, &house).map_or_else(new_id, str::to_owned);
    let (asked, method) = (Asked::new(&id), request.method().clone());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let path = request.uri().path().to_owned();
    // Never the query, in which some vendors' clients send their signatures.
    let span = tracing::info_span!("request", id, %method, ?path);
    let mut response = asked.clone().scope(next.run(request).instrument(span.clone())).await;
    let (took, status) = (began.elapsed(), response.status().as_u16());
    let called = response.extensions_mut().remove::<Called>();
    let matched = route.as_ref().map_or("", MatchedPath::as_str);
    // A server function is a route of its own.
    let pattern = match called {
        Some(Called(name)) => name,
        None if matched.ends_with("{function}") && counted.0.routes.knows(&path) => &path,
        None => matched,
    };
    counted.0.routes.note(pattern, &method, status, took);
    span.in_scope(|| {
        if status >= 500 && !asked.is_told() {
            tracing::warn!(status, "could not be answered");
        }
        tracing::debug!(status, route = pattern, took = ?took, "answered");
    });
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(NAME, id);
    }
    response
}

/// The id that one of our proxies gave a request, if it can be one.
fn brought<'r>(request: &'r Request, house: &House) -> Option<&'r str> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>()?.0.ip().to_canonical();
    if !house.config.trusted_proxies.contains(&peer) {
        return None;
    }
    let id = request.headers().get(NAME)?.to_str().ok()?;
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    (plain && (1..=LONGEST).contains(&id.len())).then_some(id)
}
