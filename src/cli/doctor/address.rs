//! Where people find the house, and what stands in front of it.

use super::Report;
use crate::cli::Config;

pub(super) fn look(report: &mut Report, config: &Config) {
    let url = &config.public_url;
    let mut concerns = config.warnings();
    let is_behind = !config.trusted_proxies.is_empty();
    if url.secure && !is_behind {
        concerns.push(
            "the public URL is https, so a proxy stands in front, but none is trusted: everybody seems to come from its \
             address, and limits count them as one; set --trusted-proxies (WARDROOM_TRUSTED_PROXIES) to its address",
        );
    }
    if !url.secure && is_behind {
        concerns.push(
            "a proxy stands in front, but the public URL is http: set --public-url (WARDROOM_PUBLIC_URL) to the https \
             address that people type",
        );
    }
    if config.addr.ip().is_unspecified() && url.secure {
        concerns.push(
            "it listens on every address of this machine, so that anybody in the network gets past the proxy: listen on \
             the one that the proxy calls, or close the port to others",
        );
    }
    if concerns.is_empty() {
        report.ok("address", format!("{} leads to {}", url.origin, config.addr));
    }
    concerns.into_iter().for_each(|concern| report.warn("address", concern));
}
