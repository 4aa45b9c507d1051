//! One-time codes by the clock (RFC 6238): HMAC-SHA-1, six digits, 30 seconds, as every authenticator app makes them.
//!
//! Our own, because the two crates that are all of it are here already and a crate would bring its own way of writing
//! keys and addresses; held to the RFC's known answers below.

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha1::Sha1;
use subtle::ConstantTimeEq;

use crate::domain::Timestamp;

/// How long a code is the current one, in milliseconds.
pub const STEP: i64 = 30_000;
/// How many steps a clock may be fast or slow.
const DRIFT: i64 = 1;
/// Digits of a code.
pub const DIGITS: usize = 6;
/// A key has as many bytes as the hash: 160 random bits.
const KEY: usize = 20;
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new key.
pub fn new_key() -> [u8; KEY] {
    rand::random()
}

/// The step that a moment is in.
pub const fn step_at(now: Timestamp) -> i64 {
    now.0.div_euclid(STEP)
}

/// The code of a step.
pub fn code(key: &[u8], step: i64) -> String {
    let number = Hmac::<Sha1>::new_from_slice(key).map_or(0, |mut mac| {
        mac.update(&step.to_be_bytes());
        truncated(&mac.finalize().into_bytes())
    });
    format!("{:06}", number % 1_000_000)
}

/// The step of a given code, if it is the current one's or its neighbour's.
pub fn step_of(key: &[u8], given: &str, now: Timestamp) -> Option<i64> {
    let current = step_at(now);
    let fits = |step: &i64| bool::from(code(key, *step).as_bytes().ct_eq(given.as_bytes()));
    (current - DRIFT..=current + DRIFT).rfind(fits)
}

/// The key as an app takes it when it is typed: base32.
pub fn base32(key: &[u8]) -> String {
    let bits = key.len() * 8;
    let bit = |at: usize| key.get(at / 8).map_or(0, |byte| (byte >> (7 - at % 8)) & 1);
    let letter = |at: usize| (at..at + 5).fold(0, |number: u8, at| (number << 1) | bit(at));
    (0..bits).step_by(5).filter_map(|at| LETTERS.get(usize::from(letter(at)))).map(|&byte| char::from(byte)).collect()
}

/// The address that a QR code leads an app to. `house` is where it is, so that two houses are told apart.
pub fn address(key: &[u8], house: &str, name: &str) -> String {
    // A colon parts the two for an app, however it is written.
    let encode = |text: &str| utf8_percent_encode(&text.replace(':', " "), NON_ALPHANUMERIC).to_string();
    let issuer = encode(&format!("Wardroom {house}"));
    format!("otpauth://totp/{issuer}:{}?secret={}&issuer={issuer}", encode(name), base32(key))
}

/// RFC 4226, 5.3: 31 bits from where the last four say.
fn truncated(hash: &[u8]) -> u32 {
    let at = usize::from(hash.last().map_or(0, |byte| byte & 0xF));
    let four = hash.get(at..at + 4).and_then(|four| four.try_into().ok());
    u32::from_be_bytes(four.unwrap_or_default()) & 0x7FFF_FFFF
}

#[cfg(test)]
mod tests {
    use super::*;

    const RFC: &[u8] = b"12345678901234567890";

    #[test]
    fn the_known_answers_of_rfc_6238() {
        // Appendix B, SHA-1: its eight digits end with our six.
        for (seconds, answer) in [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ] {
            assert_eq!(code(RFC, step_at(Timestamp(seconds * 1000))), &answer[2..], "{seconds}");
        }
        // RFC 4226, appendix D.
        let answers =
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"];
        for (step, answer) in (0..).zip(answers) {
            assert_eq!(code(RFC, step), answer);
        }
    }

    #[test]
    fn a_clock_may_be_one_step_off() {
        let now = Timestamp(1_111_111_111_000);
        let current = step_at(now);
        for off in -3..=3 {
            let expected = (-1..=1).contains(&off).then_some(current + off);
            assert_eq!(step_of(RFC, &code(RFC, current + off), now), expected, "{off}");
        }
        for wrong in ["", "1", "05047", "0504711", "０５０４７１"] {
            assert_eq!(step_of(RFC, wrong, now), None, "{wrong}");
        }
    }

    #[test]
    fn keys_and_addresses_are_as_apps_read_them() {
        assert_eq!(base32(RFC), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            address(RFC, "rooms.example:8443", "zoë a&b"),
            "otpauth://totp/Wardroom%20rooms%2Eexample%208443:zo%C3%AB%20a%26b\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Wardroom%20rooms%2Eexample%208443"
        );
        assert_ne!(new_key(), new_key());
    }
}
