//! Who calls: an app that signs `AppKey`, `Nonce` and `CurTime` with its `AppSecret` (facts.md 2a).
//!
//! Header names count in any case: Go's standard library writes `Appkey` and `Checksum` (facts.md 0.4). `Nonce` may be
//! longer than the 128 characters of the documents, because an object of the PHP wrapper that is used again lets it grow
//! (facts.md 0.4); there it ends at 1024.
//!
//! `CurTime` counts for five minutes, in both directions: for the future only a weak source says so, but without a
//! bound a signature made ahead would count for ever. The checksum is compared first, so that nobody without the
//! secret learns anything of the clock.
//!
//! A call that is sent again is accepted again. Code 431 ("HTTP request is repeated") stands in the vendor's table, but
//! no page says what sets it off; a fresh checksum for each call is recommended and not asked for, and the contract's
//! own example has the nonce `1`. A back-end that signs once a minute, or always with the same nonce, must be able to
//! live here.

use sha1::{Digest, Sha1};
use subtle::{Choice, ConstantTimeEq};

use super::{ABOUT, error::Failure};
use crate::{
    domain::{Timestamp, app::App, text::hex},
    vendors::{Api, Call, api::Known},
};

/// How far `CurTime` may be from now, in seconds.
pub const SECONDS: u32 = 300;
/// Longest `Nonce` in characters.
const NONCE: usize = 1024;

/// Finds out who calls.
///
/// # Errors
/// A header is missing or no text, the app is unknown or kept out, the checksum is wrong, the time is over.
pub async fn app(api: &Api, call: &Call) -> Result<App, Failure> {
    let (key, nonce) = (header(call, "appkey")?, header(call, "nonce")?);
    let (time, given) = (header(call, "curtime")?, header(call, "checksum")?);
    let digits = time.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = time.parse::<i64>().ok().filter(|_| digits).ok_or_else(Failure::bad_header)?;
    if nonce.chars().count() > NONCE {
        return Err(Failure::bad_header());
    }
    let found = match api.app(&ABOUT, key, call).await? {
        Known::Active(found) => found,
        Known::Disabled => return Err(Failure::disabled()),
        Known::Unknown => return Err(Failure::unknown_key()),
    };
    if !signed(&found.secrets, nonce, time, given) {
        return Err(Failure::wrong_checksum());
    }
    if seconds_of(call.now).abs_diff(seconds) > u64::from(SECONDS) {
        return Err(Failure::expired());
    }
    Ok(found.app)
}

/// A moment as `CurTime` has it: whole seconds since 1970.
pub fn seconds_of(moment: Timestamp) -> i64 {
    moment.0.div_euclid(1000)
}

/// `CheckSum`: SHA-1 of the three texts one after another, in lower-case hexadecimal.
pub fn checksum(secret: &str, nonce: &str, time: &str) -> String {
    hex(&Sha1::new().chain_update(secret).chain_update(nonce).chain_update(time).finalize())
}

fn signed(secrets: &[String], nonce: &str, time: &str, given: &str) -> bool {
    let is = |secret: &String| checksum(secret, nonce, time).as_bytes().ct_eq(given.as_bytes());
    secrets.iter().fold(Choice::from(0), |found, secret| found | is(secret)).into()
}

/// A header that must be there. A nonce may be any UTF-8, which most readers of headers would not take.
fn header<'c>(call: &'c Call, name: &str) -> Result<&'c str, Failure> {
    let found = call.headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    found.map(str::trim).filter(|text| !text.is_empty()).ok_or_else(Failure::bad_header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_official_clients() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/it/data/vectors.json")).unwrap_or_default();
        let vectors = vectors["netease_checksum"].as_array().cloned().unwrap_or_default();
        assert_eq!(vectors.len(), 3);
        for vector in vectors {
            let text = |name: &str| vector[name].as_str().unwrap_or_default().to_owned();
            let made = checksum(&text("app_secret"), &text("nonce"), &text("cur_time"));
            assert_eq!(made, text("checksum"), "{vector}");
            let secrets = ["another".to_owned(), text("app_secret")];
            assert!(signed(&secrets, &text("nonce"), &text("cur_time"), &made));
            assert!(!signed(&secrets, &text("nonce"), &text("cur_time"), &made[..39]));
            assert!(!signed(&secrets[..1], &text("nonce"), &text("cur_time"), &made));
            assert!(!signed(&[], &text("nonce"), &text("cur_time"), &made));
        }
    }
}
