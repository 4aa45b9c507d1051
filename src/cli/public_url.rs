//! The address that people type into their browsers.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use super::values::say;

/// The address that people type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    /// Scheme, host and port as browsers write them in `Origin`: `https://wardroom.example`.
    pub origin: String,
    /// Whether it is https: then cookies are `Secure`.
    pub secure: bool,
    /// Host and port as browsers write them in `Host`: the port is left out where it is the scheme's own.
    pub host: String,
}

impl PublicUrl {
    /// Reads `http://HOST[:PORT]` or `https://HOST[:PORT]`; a slash at the end is dropped.
    ///
    /// # Errors
    /// Anything else, with a path, a name or a password for instance.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| Err(say("public-url", text, why, "https://wardroom.example"));
        let lower = text.trim().to_ascii_lowercase();
        let (scheme, own_port) = match lower.split_once("://") {
            Some(("https", _)) => ("https", "443"),
            Some(("http", _)) => ("http", "80"),
            _ => return wrong("does not begin with http:// or https://"),
        };
        let authority = lower.get(scheme.len() + 3..).unwrap_or_default();
        let authority = authority.strip_suffix('/').unwrap_or(authority);
        if authority.contains(['/', '?', '#', '@']) {
            return wrong("has more than scheme, host and port: Wardroom is served at the root of a host of its own");
        }
        let (name, port) = match authority.rsplit_once(':') {
            Some((name, port)) if !authority.ends_with(']') => (name, port),
            _ => (authority, own_port),
        };
        if !matches!(port.parse::<u16>(), Ok(1..)) {
            return wrong("has a port that is not a number from 1 to 65535");
        }
        let is_v6 = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).is_some_and(is_ip);
        if !is_v6 && (name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))) {
            return wrong("has no host name that browsers would send (write a name in other letters as xn--…)");
        }
        let host = if port == own_port { name.to_owned() } else { format!("{name}:{port}") };
        Ok(Self { origin: format!("{scheme}://{host}"), secure: scheme == "https", host })
    }

    /// The address that follows from where the server listens; none where the port is not known yet. A server that
    /// listens everywhere is found on its own machine.
    pub(super) fn of(addr: SocketAddr) -> Option<Self> {
        let ip = match addr.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => "127.0.0.1".to_owned(),
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) if ip.is_unspecified() => "[::1]".to_owned(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        (addr.port() > 0).then(|| Self::parse(&format!("http://{ip}:{}", addr.port())).ok()).flatten()
    }
}

fn is_ip(text: &str) -> bool {
    IpAddr::from_str(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_address_is_what_browsers_send() {
        let of = |text: &str| PublicUrl::parse(text).map(|url| (url.origin, url.secure, url.host));
        let is = |origin: &str, secure, host: &str| Ok((origin.to_owned(), secure, host.to_owned()));
        assert_eq!(of("HTTPS://Rooms.Example:443/"), is("https://rooms.example", true, "rooms.example"));
        assert_eq!(of("http://[::1]:3000"), is("http://[::1]:3000", false, "[::1]:3000"));
        assert_eq!(of("http://10.0.0.1:443"), is("http://10.0.0.1:443", false, "10.0.0.1:443"));
        for bad in ["rooms.example", "ftp://a", "https://", "https://a/b", "https://u@a", "https://a:0", "https://a:b"]
        {
            assert!(
                of(bad).is_err_and(|why| why.contains("WARDROOM_PUBLIC_URL") && why.contains("https://w")),
                "{bad}"
            );
        }
        assert!(of("https://直播.example").is_err() && of("http://[::g]").is_err());
    }

    #[test]
    fn without_a_public_address_it_follows_from_the_other() {
        let of = |addr: &str| addr.parse().ok().and_then(PublicUrl::of).map(|url| url.origin);
        assert_eq!(of("0.0.0.0:80").as_deref(), Some("http://127.0.0.1"));
        assert_eq!(of("[::]:3000").as_deref(), Some("http://[::1]:3000"));
        assert_eq!(of("127.0.0.1:0"), None);
    }
}
