//! What every answer carries and every request must obey: security headers, limits, the caller's address.

use std::{
    error::Error as StdError,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use tower_http::timeout::TimeoutError;

use super::pages::plainly;
use crate::{domain::Error, store::incident};

/// Nothing from anywhere but ourselves; no script or style inside a page; never in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers of every answer. A handler that set one itself keeps it.
const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Adds the headers.
pub async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Ends what takes too long until its answer begins. What it asked to write is written all the same.
pub async fn in_time(State(longest): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(longest, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let incident = incident();
            tracing::warn!(incident, "took too long");
            plainly(&Error::Busy(format!(
                "The server took too long. Look whether what you changed is there, then try again. Incident {incident}."
            )))
        }
    }
}

/// Whether a body could not be read because nothing more of it came for too long.
pub fn is_slow(why: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(why);
    while let Some(this) = cause {
        if this.is::<TimeoutError>() {
            return true;
        }
        cause = this.source();
    }
    false
}

/// The caller's address: the peer's, or, when the peer is a proxy of ours, the last address in `X-Forwarded-For` that
/// is not.
pub fn address(request: &Request, proxies: &[IpAddr]) -> Option<IpAddr> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical())?;
    if !proxies.contains(&peer) {
        return Some(peer);
    }
    forwarded(request.headers()).rev().find(|address| !proxies.contains(address)).or(Some(peer))
}

fn forwarded(headers: &HeaderMap) -> impl DoubleEndedIterator<Item = IpAddr> + '_ {
    let lines = headers.get_all("x-forwarded-for").into_iter().filter_map(|line| line.to_str().ok());
    let all: Vec<IpAddr> = lines.flat_map(|line| line.split(',')).filter_map(|part| part.trim().parse().ok()).collect();
    all.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    #[test]
    fn only_our_own_proxies_are_believed() {
        let proxy = IpAddr::from([10, 0, 0, 1]);
        let ask = |peer: [u8; 4], forwarded: &str| {
            let mut request = Request::builder().header("x-forwarded-for", forwarded).body(Body::empty()).unwrap();
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 1))));
            address(&request, &[proxy]).unwrap().to_string()
        };
        assert_eq!(ask([10, 0, 0, 1], "6.6.6.6, 1.2.3.4"), "1.2.3.4");
        assert_eq!(ask([10, 0, 0, 1], "1.2.3.4, 10.0.0.1"), "1.2.3.4");
        assert_eq!(ask([10, 0, 0, 1], "rubbish"), "10.0.0.1");
        assert_eq!(ask([9, 9, 9, 9], "1.2.3.4"), "9.9.9.9");
    }
}
