//! Secrets: making them, and the hash that finds one again. 128 random bits and more need no slow hash.

use sha2::{Digest, Sha256};

use crate::domain::text::hex;

/// The SHA-256 of a secret, as lower-case hexadecimal.
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

/// So many random bytes, as lower-case hexadecimal.
pub fn random_hex(bytes: usize) -> String {
    hex(&(0..bytes).map(|_| rand::random::<u8>()).collect::<Vec<u8>>())
}
