//! The door for back-ends: a request for a vendor's API is found by its host or by the first segment of its path, read
//! within bounds, and handed to [`vendors::answer`]. Sessions, forms and the cross-site guard are none of its business.
//!
//! An API lives under its key on the console's address (`/zego`), and, where that is set, at the root of a host name or
//! of an address of its own. No page of the console begins with a vendor's key (`access`).

use std::{net::IpAddr, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::{sync::Notify, task::JoinHandle};

use super::{House, clock, guard};
use crate::{
    cli::Config,
    domain::{Error, Timestamp},
    services::Settings,
    store::Store,
    vendors::{self, Api, Call, Vendor, call::BODY},
};

/// Everything that the door needs. Cheap to clone.
#[derive(Clone)]
pub(super) struct Door {
    pub(super) api: Api,
    clock: fn() -> Timestamp,
    proxies: Arc<[IpAddr]>,
    hosts: Arc<[(&'static str, String)]>,
}

impl Door {
    pub(super) fn new(store: Store, settings: Arc<Settings>, config: &Config) -> Self {
        Self {
            api: Api::new(store, settings),
            clock: clock::now,
            proxies: config.trusted_proxies.clone().into(),
            hosts: config.vendor_hosts.clone().into(),
        }
    }

    pub(super) fn by(self, clock: fn() -> Timestamp) -> Self {
        Self { clock, ..self }
    }

    /// The vendor that a request is for, and the path below the place where its API lives.
    fn find(&self, request: &Request) -> Option<(&'static dyn Vendor, String)> {
        let path = request.uri().path();
        let named = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let host = request.uri().host().or(named).unwrap_or_default();
        let host =
            host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(h, _)| h);
        if let Some((key, _)) = self.hosts.iter().find(|(_, known)| known.eq_ignore_ascii_case(host)) {
            return Some((vendor(key)?, path.to_owned()));
        }
        let below = path.strip_prefix('/')?;
        let (key, rest) = below.split_once('/').unwrap_or((below, ""));
        Some((vendor(key)?, format!("/{rest}")))
    }

    /// Answers a request for a vendor's API, `path` being the part below it.
    async fn answer(&self, vendor: &'static dyn Vendor, path: String, request: Request) -> Response {
        if request.method() == Method::GET && path == "/openapi.json" {
            return axum::Json(vendor.openapi()).into_response();
        }
        let address = guard::address(&request, &self.proxies).map(|address| address.to_string());
        let (parts, body) = request.into_parts();
        let query = parts.uri.query().unwrap_or_default();
        let mut call = Call::new(parts.method, path, query, parts.headers, (self.clock)());
        call.address = address.unwrap_or_default();
        match to_bytes(body, BODY).await {
            Ok(bytes) => call.body = bytes,
            Err(_) => call.fault = Some(Error::invalid("body", "is longer than 1 MiB, or broke off")),
        }
        vendors::answer(&self.api, vendor, &call).await.into_response()
    }
}

fn vendor(key: &str) -> Option<&'static dyn Vendor> {
    vendors::ALL.iter().copied().find(|vendor| vendor.about().key == key)
}

/// Before the console: whatever is a vendor's goes to the vendor.
pub(super) async fn first(State(door): State<Door>, request: Request, next: Next) -> Response {
    match door.find(&request) {
        Some((vendor, path)) => door.answer(vendor, path, request).await,
        None => next.run(request).await,
    }
}

/// Serves the APIs that have addresses of their own, until told to stop.
///
/// # Errors
/// An address cannot be listened on: says so in one sentence.
pub(super) async fn open(house: &House, stop: Arc<Notify>) -> Result<Vec<JoinHandle<()>>, String> {
    let mut doors = Vec::new();
    for (key, addr) in &house.config.vendor_addrs {
        let Some(vendor) = vendor(key) else { continue };
        let listener = tokio::net::TcpListener::bind(addr)
            .await
            .map_err(|why| format!("cannot listen on {addr} for {key} ({why}); choose another with --vendor-addrs"))?;
        let (door, stop) = (house.door.clone(), stop.clone());
        let answer = move |request: Request<Body>| {
            let door = door.clone();
            async move {
                let path = request.uri().path().to_owned();
                door.answer(vendor, path, request).await
            }
        };
        let app = house.outermost(Router::<()>::new().fallback(answer));
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        tracing::info!(%addr, vendor = key, "an API is open");
        doors.push(tokio::spawn(async move {
            let served = axum::serve(listener, app).with_graceful_shutdown(async move { stop.notified().await });
            if let Err(error) = served.await {
                tracing::error!(%error, "serving a vendor's API");
            }
        }));
    }
    Ok(doors)
}
