//! The way to a cover: which addresses may be asked, and how long, how much and how often.
//!
//! An address is read as browsers read it (so `http://2130706433/` is 127.0.0.1), must be http or https on its own port
//! without a name or a password in it, and its host is looked up once: one address that is not public refuses the whole
//! host, and the connection is made to what was looked up and to nothing else, so that a name that changes its mind
//! between look-up and connection reaches nothing inside. Redirects are followed by hand, each as if it had been typed.
//! Where the house names the hosts that covers come from, no other is even looked up.
//! Nothing goes along that tells who asks: no cookie, no referrer, no address of ours.

use std::{
    fmt,
    io::{self, ErrorKind},
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    sync::{Arc, mpsc},
    time::{Duration, Instant},
};

use ureq::{
    Agent,
    config::Config,
    http::{HeaderMap, Uri, header},
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};
use url::Url;

/// Largest file in bytes: 5 MiB.
const LARGEST: u64 = 5 * 1024 * 1024;
/// Longest head of an answer in bytes: 16 KiB.
const LARGEST_HEAD: usize = 16 * 1024;
/// Longest that a fetch may take with all its redirects.
const LONGEST: Duration = Duration::from_secs(8);
/// Most redirects.
const REDIRECTS: usize = 3;
/// The one public address that is no stranger's: Azure's own services answer a machine there.
const AZURE: [u8; 4] = [168, 63, 129, 16];

type LookUp = dyn Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync;
type Route = dyn Fn(SocketAddr) -> SocketAddr + Send + Sync;

/// The network as covers see it. The default is the real one; tests bring their own names and keep at home.
#[derive(Clone)]
pub struct Net {
    /// The addresses of a host.
    pub look_up: Arc<LookUp>,
    /// Where a connection to an address that was found good is really made: there.
    pub route: Arc<Route>,
    /// Longest that a fetch may take with all its redirects.
    pub longest: Duration,
}

impl Default for Net {
    fn default() -> Self {
        Self {
            look_up: Arc::new(|host, port| Ok((host, port).to_socket_addrs()?.collect())),
            route: Arc::new(|address| address),
            longest: LONGEST,
        }
    }
}

/// Fetches files from strangers.
pub struct Fetcher {
    agent: Agent,
    longest: Duration,
    any: bool,
    /// The hosts that may be asked; any if there are none.
    from: Vec<String>,
}

impl Fetcher {
    /// Over this network; with `any` from private addresses and from other ports too; `from` these hosts, if there are any.
    pub fn new(net: Net, any: bool, from: Vec<String>) -> Self {
        let config = Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .max_idle_connections(0)
            .max_response_header_size(LARGEST_HEAD)
            .proxy(None)
            .user_agent("Mozilla/5.0 (compatible; pictures)")
            .build();
        let longest = net.longest;
        let agent = Agent::with_parts(config, DefaultConnector::default(), Checked { net, any });
        Self { agent, longest, any, from }
    }

    /// The bytes of a file that says it is a picture. Blocks.
    ///
    /// # Errors
    /// Says why not, for the log.
    pub fn fetch(&self, address: &str) -> Result<Vec<u8>, String> {
        let until = Instant::now() + self.longest;
        let mut url = Url::parse(address).map_err(|why| why.to_string())?;
        for _ in 0..=REDIRECTS {
            self.check(&url)?;
            url.set_fragment(None);
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err("it took too long".to_owned());
            }
            let request =
                self.agent.get(url.as_str()).header(header::ACCEPT, "image/webp,image/png,image/jpeg,image/gif");
            let answer = request.config().timeout_global(Some(left)).build().call().map_err(|why| why.to_string())?;
            match answer.status().as_u16() {
                200 => {
                    is_picture(answer.headers())?;
                    let body = answer.into_body().into_with_config().limit(LARGEST);
                    return body.read_to_vec().map_err(|why| why.to_string());
                }
                301 | 302 | 303 | 307 | 308 => {
                    let to = answer.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
                    url = url.join(to.ok_or("a redirect to nowhere")?).map_err(|why| why.to_string())?;
                }
                status => return Err(format!("the answer was {status}")),
            }
        }
        Err("too many redirects".to_owned())
    }

    fn check(&self, url: &Url) -> Result<(), String> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err("neither http nor https".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("a name or a password in the address".to_owned());
        }
        if !self.any && !matches!(url.port_or_known_default(), Some(80 | 443)) {
            return Err("another port than 80 and 443".to_owned());
        }
        let host = url.host_str().unwrap_or_default();
        if !self.from.is_empty() && !self.from.iter().any(|known| is_of(known, host)) {
            return Err("not one of the hosts that covers come from".to_owned());
        }
        Ok(())
    }
}

/// Whether a host is this one, or, behind `*.`, lies below it. A dot at the end is another way to write the same host.
fn is_of(known: &str, host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    match known.strip_prefix('*') {
        Some(below) => host.len() > below.len() && host.ends_with(below),
        None => host == known,
    }
}

/// Whether the head of an answer promises a picture of bearable size. What the bytes are is looked at later.
fn is_picture(headers: &HeaderMap) -> Result<(), String> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = text(header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let may_be = (kind.starts_with("image/") && !kind.contains("svg")) || kind.ends_with("/octet-stream");
    if !kind.is_empty() && !may_be {
        return Err(format!("it says that it is {kind}"));
    }
    match text(header::CONTENT_LENGTH).parse::<u64>() {
        Ok(length) if length > LARGEST => Err(format!("{length} bytes are too many")),
        _ => Ok(()),
    }
}

/// Looks a host up once and passes its addresses on to be connected to, or none of them.
struct Checked {
    net: Net,
    any: bool,
}

impl fmt::Debug for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checked").field("any", &self.any).finish_non_exhaustive()
    }
}

impl Resolver for Checked {
    fn resolve(&self, uri: &Uri, _: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let host = uri.host().unwrap_or_default();
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).to_owned();
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
        // The system's look-up cannot be stopped; it is left behind when the time is over.
        let (done, found) = mpsc::sync_channel(1);
        let look_up = self.net.look_up.clone();
        std::thread::Builder::new().name("look-up".to_owned()).spawn(move || done.send(look_up(&host, port)).ok())?;
        let found = found.recv_timeout(*timeout.after).map_err(|_| ureq::Error::Timeout(timeout.reason))??;
        if !self.any && !found.iter().all(|address| is_public(address.ip())) {
            let why = "the host is in a private network, or says so";
            return Err(io::Error::new(ErrorKind::PermissionDenied, why).into());
        }
        let mut addresses = self.empty();
        found.into_iter().take(8).for_each(|address| addresses.push((self.net.route)(address)));
        if addresses.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(addresses) }
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
                || v4.is_multicast()
                || v4.is_documentation()
                || v4.octets() == AZURE
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 192 && b == 88 && c == 99)
                || (a == 198 && (b == 18 || b == 19)))
        }
        // Only the global unicast block 2000::/3, without documentation and without what can carry an address of the
        // inside: Teredo, 6to4, ISATAP. NAT64 (64:ff9b::/96 and 64:ff9b:1::/48) lies outside of the block.
        IpAddr::V6(v6) => match v6.segments() {
            [0x2001, second, ..] if second < 0x0200 || second == 0x0db8 => false,
            [0x2002 | 0x3fff, ..] | [_, _, _, _, 0x0000 | 0x0200, 0x5efe, _, _] => false,
            [first, ..] => first & 0xe000 == 0x2000,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_inside_is_public() {
        for inside in [
            "127.0.0.1",
            "127.255.255.254",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.100.100.200",
            "100.127.255.255",
            "0.0.0.0",
            "0.1.2.3",
            "192.0.0.192",
            "192.0.2.1",
            "198.51.100.1",
            "203.0.113.9",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.255.255",
            "224.0.0.1",
            "239.255.255.250",
            "240.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "::1",
            "::",
            "fe80::1",
            "febf::1",
            "fc00::1",
            "fd00:ec2::254",
            "fec0::1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::10.0.0.1",
            "::ffff:0:10.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::a00:1",
            "100::1",
            "2001::1",
            "2001:0:a00:1::",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:a00:1::",
            "2002:7f00:1::",
            "2606:4700::5efe:10.0.0.1",
            "2606:4700::200:5efe:a00:1",
            "3fff::1",
            "5f00::1",
            "ff02::1",
            "ff0e::1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in [
            "1.1.1.1",
            "93.184.216.34",
            "100.63.255.255",
            "100.128.0.0",
            "172.32.0.1",
            "198.20.0.1",
            "2606:4700:4700::1111",
            "2a00:1450::1",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn a_host_is_the_one_that_was_named_or_below_it() {
        for (known, host) in [
            ("img.example", "img.example"),
            ("img.example", "img.example."),
            ("*.cdn.example", "a.cdn.example"),
            ("*.cdn.example", "a.b.cdn.example"),
        ] {
            assert!(is_of(known, host), "{host} is {known}");
        }
        for (known, host) in [
            ("img.example", "a.img.example"),
            ("img.example", "img.example.evil.test"),
            ("img.example", ""),
            ("*.cdn.example", "cdn.example"),
            ("*.cdn.example", ".cdn.example"),
            ("*.cdn.example", "evilcdn.example"),
            ("*.cdn.example", "a.cdn.example.evil.test"),
        ] {
            assert!(!is_of(known, host), "{host} is not {known}");
        }
    }

    #[test]
    fn a_head_promises_a_picture_or_nothing() {
        let head =
            |name: header::HeaderName, value: &str| is_picture(&[(name, value.parse().unwrap())].into_iter().collect());
        for kind in ["image/png", "IMAGE/JPEG; x=y", "application/octet-stream", "binary/octet-stream"] {
            assert_eq!(head(header::CONTENT_TYPE, kind), Ok(()), "{kind}");
        }
        for kind in ["text/html", "image/svg+xml", "application/json", "text/plain; image/png"] {
            assert!(head(header::CONTENT_TYPE, kind).is_err(), "{kind}");
        }
        assert_eq!(is_picture(&HeaderMap::new()), Ok(()));
        assert_eq!(head(header::CONTENT_LENGTH, "5242880"), Ok(()));
        assert!(head(header::CONTENT_LENGTH, "5242881").is_err());
    }
}
