//! What people show or choose to be known by, where they may be led, and from where they come.

use std::net::{IpAddr, SocketAddr};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
};
use url::Url;
use wardroom::{
    domain::{Role, Timestamp, staff},
    server::strangers,
    services::{password, totp},
    store::{
        fold::fold,
        key::MasterKey,
        seal::{DataKey, Keys, Purpose},
    },
    ui::links,
};

use super::{first_line, text};

const NOW: Timestamp = Timestamp(1_795_000_000_000);
const PLACE: &str = "totp key of staff 1";

/// A name, a password, a code, a key in a form, as they are typed or sent: what is taken stays what it is, and nothing
/// opens but with what it was shut with.
pub fn credential(data: &[u8]) {
    let Some(given) = text(data) else { return };
    if let Ok(name) = staff::check_name(given) {
        assert_eq!(staff::check_name(&name).as_ref(), Ok(&name));
        assert!((1..=64).contains(&name.chars().count()) && !name.contains(char::is_whitespace), "{name:?}");
        assert!(!fold(&name).is_empty(), "{name:?} is found by nothing");
        assert!(staff::check_password(&format!("{name}{name}-and-more"), &name).is_err() || name.chars().count() < 3);
    }
    let is_good = staff::check_password(given, "ada").is_ok();
    assert!(!is_good || (given.chars().count() >= staff::PASSWORD_MIN && given.len() <= staff::PASSWORD_MAX_BYTES));
    let is_common = password::is_common(given);
    assert_eq!(password::is_common(&fold(given)), is_common, "case and width make no other password of {given:?}");
    assert!(
        !is_common || password::is_common(&format!("{given}1!")),
        "{given:?} is common, but not with more at its end"
    );
    assert_eq!(Role::parse(given).is_some(), Role::ALL.iter().any(|role| role.key() == given));
    let key = [7; 20];
    let current = totp::step_at(NOW);
    let fits = (current - 1..=current + 1).rfind(|step| totp::code(&key, *step) == given);
    assert_eq!(totp::step_of(&key, given, NOW), fits);
    if let Ok(key) = MasterKey::parse(given) {
        assert_eq!(key.to_text(), given.trim().to_ascii_lowercase());
    }
    sealed(given, data);
}

/// What a form carries sealed.
fn sealed(given: &str, data: &[u8]) {
    let keys = Keys::default();
    keys.add(&DataKey::generate(1, Purpose::Seal));
    assert!(keys.open(PLACE, given).is_err(), "nobody seals without the key");
    let made = keys.seal(PLACE, data);
    assert_eq!(keys.open(PLACE, &made).as_deref(), Ok(data));
    let (Some(&place), Some(&byte)) = (data.first(), data.last()) else { return };
    let mut changed = made.clone().into_bytes();
    let at = usize::from(place) * changed.len() / 256;
    changed[at] = byte;
    if let Some(changed) = text(&changed).filter(|changed| *changed != made) {
        assert!(keys.open(PLACE, changed).is_err(), "{changed} opens as well");
    }
}

/// Where somebody wants to be led after a form, in the first line, and the `X-Forwarded-For` that came with it: nobody
/// is led away from the house, and nobody comes from where only they say so.
pub fn way(data: &[u8]) {
    let (path, forwarded) = first_line(data);
    if let Some(path) = text(path).filter(|path| links::is_local(path)) {
        for base in ["https://rooms.example/sign-in?next=x", "http://127.0.0.1:3000/"] {
            let base = Url::parse(base).unwrap();
            let led = base.join(path);
            assert!(led.is_ok_and(|led| led.origin() == base.origin()), "{path:?} leads away");
        }
    }
    let proxies = [IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2])];
    let from = |peer: IpAddr| {
        let mut request = Request::builder();
        for line in forwarded.split(|byte| *byte == b'\n') {
            request = request.header("x-forwarded-for", line);
        }
        let mut request = request.body(Body::empty()).ok()?;
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from((peer, 1))));
        strangers::address(&request, &proxies)
    };
    let Some(seen) = from(proxies[0]) else { return };
    // Read anew, from the right: the first that is an address and no proxy of ours.
    let words = text(forwarded).unwrap_or_default().split(['\n', ',']);
    let named = words.rev().filter_map(|word| word.trim().parse::<IpAddr>().ok());
    let plain = named.filter(|_| text(forwarded).is_some_and(|all| all.is_ascii())).find(|it| !proxies.contains(it));
    if text(forwarded).is_some_and(str::is_ascii) {
        assert_eq!(seen, plain.unwrap_or(proxies[0]));
    }
    let stranger = IpAddr::from([9, 9, 9, 9]);
    assert_eq!(from(stranger), Some(stranger), "somebody who is no proxy is believed");
}
