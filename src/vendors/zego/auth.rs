//! Who calls: an app, by signature 2.0 in the query (facts.md 3a).
//!
//! `Signature` is the lower-case hexadecimal MD5 of `AppId`, `SignatureNonce`, the app's `ServerSecret` and `Timestamp`,
//! one after the other as texts. `IsTest` belongs to another of the vendor's servers and is ignored, like any parameter
//! that nobody knows. Of a parameter that stands twice the first counts, for the signature and for everything else.
//! `SignatureNonce` is any text: the vendor's page asks for 16 hexadecimal digits in one place and for a random string
//! in another, and has a code only for an empty one.

use md5::{Digest, Md5};
use subtle::ConstantTimeEq;

use super::{
    ABOUT,
    error::{Code, Failure},
};
use crate::{
    domain::{app::App, text::hex},
    vendors::{Api, Call, api::Known},
};

/// How far `Timestamp` may be off, in seconds, either way: a "maximum error of 10 minutes".
pub const SECONDS: u32 = 600;

/// An AppId: a uint32 without sign and leading zeros, and not 0, so that each app has one way to be written.
pub fn app_id(given: &str) -> Option<u32> {
    given.parse().ok().filter(|number: &u32| *number > 0 && number.to_string() == given)
}

/// The signature of a call.
pub fn signature(app_id: &str, nonce: &str, server_secret: &str, timestamp: &str) -> String {
    let mut hash = Md5::new();
    for part in [app_id, nonce, server_secret, timestamp] {
        hash.update(part);
    }
    hex(&hash.finalize())
}

/// Finds out which app calls. Parameters are looked at in the order of the vendor's page; the secret last, so that a
/// stale query costs no look-up.
///
/// # Errors
/// A parameter is missing or wrong, the app is unknown or kept out, the signature is none of it.
pub async fn who(api: &Api, call: &Call) -> Result<App, Failure> {
    let key = call.asked("AppId");
    app_id(key).ok_or(Code::AppIdFormat)?;
    let nonce = given(call, "SignatureNonce", Code::NonceEmpty)?;
    let timestamp = given(call, "Timestamp", Code::TimestampEmpty)?;
    let at = seconds(timestamp).ok_or(Code::TimestampFormat)?;
    if given(call, "SignatureVersion", Code::VersionEmpty)? != "2.0" {
        return Err(Code::VersionUnsupported.into());
    }
    let sent = given(call, "Signature", Code::SignatureEmpty)?;
    given(call, "Action", Code::ActionEmpty)?;
    if call.now.0.div_euclid(1000).abs_diff(at) > u64::from(SECONDS) {
        return Err(Code::Expired.into());
    }
    let found = match api.app(&ABOUT, key, call).await? {
        Known::Active(found) => found,
        Known::Disabled => return Err(Code::NotEnabled.into()),
        Known::Unknown => return Err(Code::SecretUnknown.into()),
    };
    let same = |secret: &String| signature(key, nonce, secret, timestamp).as_bytes().ct_eq(sent.as_bytes());
    let any = found.secrets.iter().map(same).fold(subtle::Choice::from(0), |any, this| any | this);
    if bool::from(any) { Ok(found.app) } else { Err(Code::Signature.into()) }
}

/// A parameter of the query; empty is as good as missing.
fn given<'c>(call: &'c Call, name: &str, empty: Code) -> Result<&'c str, Failure> {
    match call.asked(name) {
        "" => Err(empty.into()),
        given => Ok(given),
    }
}

/// Whole seconds since 1970, in digits.
fn seconds(given: &str) -> Option<i64> {
    given.bytes().all(|byte| byte.is_ascii_digit()).then(|| given.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_id_is_a_number_of_32_bits_written_in_one_way() {
        assert_eq!((app_id("1"), app_id("4294967295")), (Some(1), Some(u32::MAX)));
        for bad in ["", "0", "-1", "+5", "05", " 5", "5 ", "1e3", "0x10", "4294967296", "５"] {
            assert_eq!(app_id(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn the_signature_is_the_one_that_the_vendors_page_prints() {
        let made = signature("12345", "4fd24687296dd9f3", "9193cc662a4c0ec135ec71fb57194b38", "1615186943");
        assert_eq!(made, "43e5cfcca828314675f91b001390566a");
    }
}
