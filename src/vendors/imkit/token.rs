//! Tokens that carry their own proof: `wr1.PAYLOAD.MAC`, signed with the app's secret, for a short while.
//!
//! A token is opaque to its clients (facts.md 1a), so it may be one of ours. The console makes these for the commands
//! that it offers to paste: a page must not show the API key, and looking at it must not write a token down.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::domain::Timestamp;

/// What such a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The app's public half.
    pub key: String,
    /// Who calls with it.
    pub client: String,
    /// Whether the client may do in every room what its owner may, and more.
    pub superuser: bool,
    /// Until when it counts, in milliseconds since 1970.
    pub until: i64,
}

const PREFIX: &str = "wr1.";

/// Writes a token.
pub fn write(claims: &Claims, secret: &str) -> String {
    let payload = URL_SAFE_NO_PAD.encode(serde_json::to_vec(claims).unwrap_or_default());
    let mac = mac(secret, &payload).map(|mac| URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())).unwrap_or_default();
    format!("{PREFIX}{payload}.{mac}")
}

/// Reads a token of ours; `None` where it is none, was not signed with one of the secrets, or has ended.
pub fn read(token: &str, key: &str, secrets: &[String], now: Timestamp) -> Option<Claims> {
    let (payload, signature) = token.strip_prefix(PREFIX)?.split_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let signed = |secret: &String| mac(secret, payload).is_some_and(|mac| mac.verify_slice(&signature).is_ok());
    if !secrets.iter().any(signed) {
        return None;
    }
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    (claims.key == key && claims.until > now.0).then_some(claims)
}

fn mac(secret: &str, payload: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(PREFIX.as_bytes());
    mac.update(payload.as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_counts_for_its_app_with_its_secret_until_its_end() {
        let claims = Claims { key: "k".into(), client: "ann".into(), superuser: true, until: 1000 };
        let token = write(&claims, "secret-1");
        let old = ["secret-2".to_owned(), "secret-1".to_owned()];
        assert_eq!(read(&token, "k", &old, Timestamp(999)), Some(claims));
        assert_eq!(read(&token, "k", &old, Timestamp(1000)), None);
        assert_eq!(read(&token, "other", &old, Timestamp(0)), None);
        assert_eq!(read(&token, "k", &old[..1], Timestamp(0)), None);
        let (head, tail) = token.split_at(20);
        assert_eq!(read(&format!("{head}A{tail}"), "k", &old, Timestamp(0)), None);
        for bad in ["", "wr1.", "wr1.a.b", "wr1..", "x"] {
            assert_eq!(read(bad, "k", &old, Timestamp(0)), None);
        }
    }
}
