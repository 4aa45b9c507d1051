//! What every answer carries and every request must obey: security headers, limits, the caller's address.

use std::{
    error::Error as StdError,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tower_http::timeout::TimeoutError;

use super::pages::plainly;
use crate::{cli::Config, domain::Error, store::incident};

/// What an answer that is no page may do, if a browser shows it all the same: nothing.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What no page of ours does, and nothing that got into one.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), bluetooth=(), browsing-topics=(), camera=(), \
                           display-capture=(), encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), hid=(), \
                           identity-credentials-get=(), idle-detection=(), local-fonts=(), magnetometer=(), \
                           microphone=(), midi=(), payment=(), picture-in-picture=(), publickey-credentials-get=(), \
                           screen-wake-lock=(), serial=(), usb=(), web-share=(), xr-spatial-tracking=()";
/// Two years of https only, for the console's host and what is below it.
const HTTPS: &str = "max-age=63072000; includeSubDomains";

/// Headers of every answer. A handler that set one itself keeps it.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// The policy of a page whose own script carries this nonce: that script, what it loads, and nothing from anywhere but
/// ourselves; no style inside the page; never in a frame.
pub fn page_policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self'; connect-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}

/// Adds the headers; `secure` where the console is reached by https.
pub async fn headers(State(secure): State<bool>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HTTPS));
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

/// Lets in what asks for the console by its own name. A page of somebody else whose name was made to point here (DNS
/// rebinding), and a proxy that forgot to pass the name on, are told so.
pub async fn own_host(State(own): State<Arc<Config>>, request: Request, next: Next) -> Response {
    let mut all = request.headers().get_all(header::HOST).iter();
    let named = all.next().filter(|_| all.next().is_none()).and_then(|host| host.to_str().ok());
    let host = request.uri().authority().map(Authority::as_str).or(named).unwrap_or_default();
    let url = &own.public_url;
    let default = if url.secure { ":443" } else { ":80" };
    let host = host.strip_suffix(default).unwrap_or(host);
    if host.eq_ignore_ascii_case(&url.host) {
        return next.run(request).await;
    }
    let why = format!(
        "This console is at {}. Open it there. (Whoever runs it: WARDROOM_PUBLIC_URL must be the address that people \
         type, and a proxy must pass the Host header on unchanged.)",
        url.origin
    );
    (StatusCode::MISDIRECTED_REQUEST, why).into_response()
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

/// The answer to a form that another site sent.
pub(super) fn foreign() -> Response {
    let why = "This form came from another site, so nothing was changed. Open the console itself and try again.";
    (StatusCode::FORBIDDEN, why).into_response()
}

/// The answer where the program failed.
pub(super) fn panicked() -> Response {
    let error = Error::Internal(crate::store::caught("a request"));
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
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
