//! Passwords: argon2id, on blocking threads, few at a time.
//!
//! 64 MiB, three passes, one lane: well over OWASP's least (19 MiB, 2, 1), and bearable at two at a time on a small
//! machine. A sign-in with an unknown name is checked against a hash of nothing, so that it takes as long.

mod common;

use std::sync::{Arc, LazyLock};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::{
    domain::{
        Error, Result, Timestamp,
        staff::{ONE_TIME_HOURS, PASSWORD_MAX_BYTES},
    },
    store::incident,
};
pub use common::is_common;

/// How many passwords are hashed at the same time; each takes 64 MiB.
static PLACES: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(2)));

/// A hash that no password has, with the same cost as all others.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now(&super::random_word(32)).unwrap_or_default());

/// Makes the hash of a password, in PHC form.
///
/// # Errors
/// The hash could not be made.
pub async fn hash(password: String) -> Result<String> {
    blocking(move || hash_now(&password)).await?.ok_or_else(|| failed("hashing a password"))
}

/// Whether a password belongs to a hash. Without a hash, takes as long and says no.
///
/// # Errors
/// The thread that compares them failed.
pub async fn verify(password: String, hash: Option<String>) -> Result<bool> {
    if password.len() > PASSWORD_MAX_BYTES {
        return Ok(false);
    }
    blocking(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.clone());
        let fits = PasswordHash::new(&hash)
            .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok());
        known && fits
    })
    .await
}

/// A one-time password: sixteen letters and digits, about 92 bits.
pub fn one_time() -> String {
    let word = super::random_word(16);
    let parts: Vec<String> = word.as_bytes().chunks(4).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    parts.join("-")
}

/// Until when a one-time password signs in that is made now.
pub const fn one_time_until(now: Timestamp) -> Timestamp {
    now.plus(ONE_TIME_HOURS * 60 * 60 * 1000)
}

fn hash_now(password: &str) -> Option<String> {
    let params = Params::new(64 * 1024, 3, 1, None).ok()?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password(password.as_bytes()).ok().map(|hash| hash.to_string())
}

/// Runs the work on a blocking thread. The place moves along, so that a request that goes away does not free it early.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let place = PLACES.clone().acquire_owned().await.map_err(|_| failed("waiting for a place to hash"))?;
    let task = tokio::task::spawn_blocking(move || {
        let result = work();
        drop(place);
        result
    });
    task.await.map_err(|_| failed("a hashing thread"))
}

fn failed(what: &str) -> Error {
    let incident = incident();
    tracing::error!(incident, what, "password");
    Error::Internal(incident)
}
