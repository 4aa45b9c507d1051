//! Cover pictures, fetched by the server: a reader's browser never talks to strangers.
//!
//! A cover's address is whatever somebody typed, so fetching it is the server's most exposed act. It goes to public
//! addresses only: names are resolved once, what is not public is dropped, and the connection is made to what is left
//! (also after a redirect), so that neither a name that resolves inwards nor one that changes its mind reaches inside.
//! Time, size and number are bounded; only what begins like a picture is passed on.

use std::{net::IpAddr, sync::Arc, time::Duration};

use axum::{
    extract::{Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::sync::Semaphore;
use ureq::{
    Agent,
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

use super::House;
use crate::{
    cli,
    domain::room::{Field, RoomId},
    services::rooms,
};

/// Largest picture in bytes: 5 MiB.
const LARGEST: u64 = 5 * 1024 * 1024;
/// Longest a fetch may take.
const LONGEST: Duration = Duration::from_secs(8);
/// Most fetches at a time.
const AT_A_TIME: usize = 8;

/// Fetches covers. Cheap to clone.
#[derive(Clone)]
pub struct Covers {
    agent: Option<Agent>,
    places: Arc<Semaphore>,
}

impl Covers {
    /// A fetcher that keeps to what was configured.
    pub fn new(allowed: cli::Covers) -> Self {
        let agent = (allowed != cli::Covers::Off).then(|| {
            let config = Agent::config_builder()
                .timeout_global(Some(LONGEST))
                .max_redirects(3)
                .max_idle_connections(0)
                .proxy(None)
                .user_agent("wardroom (cover preview)")
                .build();
            let resolver = PublicOnly { inner: DefaultResolver::default(), any: allowed == cli::Covers::Any };
            Agent::with_parts(config, DefaultConnector::default(), resolver)
        });
        Self { agent, places: Arc::new(Semaphore::new(AT_A_TIME)) }
    }

    async fn fetch(&self, address: String) -> Option<(&'static str, Vec<u8>)> {
        let agent = self.agent.clone()?;
        let place = self.places.clone().try_acquire_owned().ok()?;
        let task = tokio::task::spawn_blocking(move || {
            let bytes =
                agent.get(&address).call().ok()?.into_body().into_with_config().limit(LARGEST).read_to_vec().ok();
            drop(place);
            bytes.and_then(|bytes| Some((kind(&bytes)?, bytes)))
        });
        task.await.ok().flatten()
    }
}

/// `GET /rooms/{id}/cover`: the picture; without one 204, and the page's placeholder stays. (A 404 would say the same,
/// but browsers write it to their console as an error, which a broken cover is not.)
pub async fn cover(State(house): State<House>, Path(id): Path<String>, request: Request) -> Response {
    let missing = StatusCode::NO_CONTENT.into_response();
    let Ok(asker) = house.asker(house.caller(&request), None).await else { return missing };
    let Ok(id) = RoomId::parse(&id) else { return missing };
    let is_let_in = asker.staff.is_some() && asker.duty().is_none();
    let Some(ctx) = asker.ctx.filter(|_| is_let_in) else { return StatusCode::UNAUTHORIZED.into_response() };
    let room = match rooms::get(&ctx, &id).await {
        Ok(room) => room,
        Err(error) => {
            return StatusCode::from_u16(error.status()).unwrap_or(StatusCode::NOT_FOUND).into_response();
        }
    };
    let Some(address) = room.values.text(Field::Cover) else { return missing };
    match house.covers.fetch(address.to_owned()).await {
        Some((kind, bytes)) => {
            let headers = [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, "private, max-age=3600"),
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
            ];
            (headers, bytes).into_response()
        }
        None => missing,
    }
}

/// What a picture's first bytes say it is; `None` for anything that is not a picture browsers show. No SVG: it can
/// hold scripts.
fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f', ..] => Some("image/avif"),
        _ => None,
    }
}

/// Resolves names, and leaves only addresses that anybody on the internet could reach.
#[derive(Debug)]
struct PublicOnly {
    inner: DefaultResolver,
    any: bool,
}

impl Resolver for PublicOnly {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let resolved = self.inner.resolve(uri, config, timeout)?;
        let mut left = self.inner.empty();
        for address in resolved.iter().filter(|address| self.any || is_public(address.ip())) {
            left.push(*address);
        }
        if left.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(left) }
    }
}

/// Whether an address is one of the open internet (IANA's special-purpose registries name the others).
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_broadcast()
                || v4.is_multicast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 192 && b == 88 && c == 99)
                || (a == 198 && (b == 18 || b == 19)))
        }
        // Only the global unicast block 2000::/3, without documentation, Teredo and 6to4, which can point inwards.
        IpAddr::V6(v6) => match v6.segments() {
            [0x2001, second, ..] if second < 0x0200 || second == 0x0db8 => false,
            [0x2002, ..] | [0x3fff, ..] => false,
            [first, ..] => first & 0xe000 == 0x2000,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inside_is_reachable() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001::1",
            "2001:db8::1",
            "ff02::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450::1"] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn only_pictures_are_passed_on() {
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n"), Some("image/png"));
        assert_eq!(kind(b"<svg onload=alert(1)>"), None);
        assert_eq!(kind(b"<html>"), None);
        assert_eq!(kind(b""), None);
    }
}
