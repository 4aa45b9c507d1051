//! Settings about the vendors' APIs: how often apps may call, and where the APIs live besides their paths.

use std::net::SocketAddr;

use super::values::say;
use crate::{
    domain::app::{About, RATE_MAX},
    services::Rate,
    vendors::abouts,
};

/// Reads `zego=50,tencent.get_room_list=5`.
pub(super) fn rates(text: &str) -> Result<Vec<Rate>, String> {
    let wrong = |part: &str, why: &str| say("vendor-rates", part, why, example("50"));
    pairs(text)
        .map(|part| {
            let (name, number) = part.split_once('=').ok_or_else(|| wrong(part, "has no ="))?;
            let (vendor, action) = name.split_once('.').map_or((name, None), |(vendor, action)| (vendor, Some(action)));
            let vendor = vendor_of(vendor).ok_or_else(|| wrong(part, "names no vendor that we know"))?;
            if action.is_some_and(|action| vendor.action(action).is_none()) {
                return Err(wrong(part, &format!("names no action of {}", vendor.name)));
            }
            match number.trim().parse() {
                Ok(a_second) if (1..=RATE_MAX).contains(&a_second) => {
                    Ok(Rate { vendor: vendor.key.to_owned(), action: action.map(str::to_owned), a_second })
                }
                _ => Err(wrong(part, &format!("has no number from 1 to {RATE_MAX}"))),
            }
        })
        .collect()
}

/// Reads `zego=zim.example,imkit=im.example`.
pub(super) fn hosts(text: &str) -> Result<Vec<(&'static str, String)>, String> {
    let is_host = |host: &str| {
        let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
        plain && !host.is_empty() && !host.starts_with(['.', '-'])
    };
    pairs(text)
        .map(|part| {
            let wrong = |why: &str| say("vendor-hosts", part, why, example("im.example"));
            let (vendor, host) = part.split_once('=').ok_or_else(|| wrong("has no ="))?;
            let vendor = vendor_of(vendor).ok_or_else(|| wrong("names no vendor that we know"))?;
            let host = host.trim().to_ascii_lowercase();
            if is_host(&host) { Ok((vendor.key, host)) } else { Err(wrong("is not a host name without a port")) }
        })
        .collect()
}

/// Reads `zego=127.0.0.1:3001`.
pub(super) fn addrs(text: &str) -> Result<Vec<(&'static str, SocketAddr)>, String> {
    pairs(text)
        .map(|part| {
            let wrong = |why: &str| say("vendor-addrs", part, why, example("127.0.0.1:3001"));
            let (vendor, addr) = part.split_once('=').ok_or_else(|| wrong("has no ="))?;
            let vendor = vendor_of(vendor).ok_or_else(|| wrong("names no vendor that we know"))?;
            let addr = addr.trim().parse().map_err(|_| wrong("is not an address with a port"))?;
            Ok((vendor.key, addr))
        })
        .collect()
}

fn pairs(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty())
}

fn vendor_of(key: &str) -> Option<&'static About> {
    abouts().iter().copied().find(|about| about.key == key.trim())
}

/// A right value, with a vendor that there is.
fn example(value: &str) -> String {
    let key = abouts().first().map_or("vendor", |about| about.key);
    format!("{key}={value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_right_is_read_and_what_is_wrong_is_named() {
        let about = abouts().first().unwrap();
        let (key, action) = (about.key, about.actions.first().unwrap().name);
        let read = rates(&format!(" {key}=50 , {key}.{action}=5")).unwrap();
        assert_eq!(read.iter().map(|rate| rate.a_second).collect::<Vec<_>>(), [50, 5]);
        assert_eq!(read[1].action.as_deref(), Some(action));
        assert_eq!(hosts(&format!("{key}=IM.Example")), Ok(vec![(key, "im.example".to_owned())]));
        assert_eq!(addrs(&format!("{key}=[::1]:7")).unwrap()[0].1.port(), 7);
        for bad in ["x=5", &format!("{key}=0"), &format!("{key}.nothing=5"), key] {
            assert!(rates(bad).is_err_and(|why| why.contains("for example: ")), "{bad}");
        }
        assert!(hosts(&format!("{key}=h:80")).is_err() && hosts(&format!("{key}=")).is_err());
        assert!(addrs(&format!("{key}=localhost")).is_err());
    }
}
