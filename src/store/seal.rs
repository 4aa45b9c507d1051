//! The data keys at work: secrets are sealed before they are kept, and audit entries get a mac.
//!
//! A sealed secret is `v1.KEY.TEXT`: the data key's number, then nonce and ciphertext (XChaCha20-Poly1305, a random nonce
//! of 192 bits each time) in base64. *What* is sealed is bound in: a sealed text does not open in another place.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::key::MasterKey;
use crate::domain::text::hex;

/// The scheme of what is sealed.
const SCHEME: &str = "v1";
const NONCE: usize = 24;

/// What a data key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Secrets that are kept: those of apps, those of staff's second steps.
    Seal,
    /// The audit trail's chain.
    Audit,
}

impl Purpose {
    /// Every one, in the order in which their first keys are made.
    pub const ALL: [Self; 2] = [Self::Seal, Self::Audit];

    /// As it is kept.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Seal => "seal",
            Self::Audit => "audit",
        }
    }

    /// The purpose kept so.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.key() == key)
    }
}

/// One data key, unwrapped.
#[derive(Clone)]
pub struct DataKey {
    /// Its number; a higher one is newer.
    pub id: i64,
    /// What it is for.
    pub purpose: Purpose,
    bytes: [u8; 32],
}

/// The data keys of a database. Cheap to clone; every clone sees a new key at once.
#[derive(Clone, Default)]
pub struct Keys(Arc<RwLock<Held>>);

#[derive(Default)]
struct Held {
    seals: BTreeMap<i64, SealKey>,
    audit: BTreeMap<i64, AuditKey>,
}

/// A key for secrets: what seals them, and what finds one again by itself.
struct SealKey {
    cipher: XChaCha20Poly1305,
    prints: Hmac<Sha256>,
}

impl SealKey {
    fn new(bytes: &[u8; 32]) -> Self {
        // A key of its own, so that no print says anything of what is sealed.
        let mut own = keyed(bytes);
        own.update(b"fingerprints");
        Self { cipher: XChaCha20Poly1305::new(&(*bytes).into()), prints: keyed(&own.finalize().into_bytes().into()) }
    }

    fn print(&self, id: i64, what: &str, secret: &[u8]) -> String {
        let mut mac = self.prints.clone();
        [what.as_bytes(), b"\0", secret].iter().for_each(|part| mac.update(part));
        format!("{id}.{}", hex(&mac.finalize().into_bytes()))
    }
}

/// A key of the audit chain.
#[derive(Clone)]
pub struct AuditKey {
    /// Its number.
    pub id: i64,
    keyed: Hmac<Sha256>,
}

/// Why something sealed does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sealed {
    /// It was sealed with this data key, which is not known here (another process may have made it since).
    Unknown(i64),
    /// It was altered, moved from another place, or is nothing sealed.
    Broken,
}

impl DataKey {
    /// A new one of this number.
    #[must_use]
    pub fn generate(id: i64, purpose: Purpose) -> Self {
        Self { id, purpose, bytes: rand::random() }
    }

    /// The key as it is kept: sealed with the master key.
    #[must_use]
    pub fn wrap(&self, master: &MasterKey) -> String {
        seal(&XChaCha20Poly1305::new(&master.0.into()), 0, &self.place(), &self.bytes)
    }

    /// The key that was kept so; `None` if the master key is another, or the text is damaged.
    #[must_use]
    pub fn unwrap(id: i64, purpose: Purpose, wrapped: &str, master: &MasterKey) -> Option<Self> {
        let mut key = Self { id, purpose, bytes: [0; 32] };
        let bytes = open(&XChaCha20Poly1305::new(&master.0.into()), &key.place(), wrapped.rsplit('.').next()?)?;
        key.bytes = bytes.try_into().ok()?;
        Some(key)
    }

    fn place(&self) -> String {
        format!("data key {} {}", self.id, self.purpose.key())
    }
}

impl Keys {
    /// Takes a key in.
    pub fn add(&self, key: &DataKey) {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match key.purpose {
            Purpose::Seal => drop(held.seals.insert(key.id, SealKey::new(&key.bytes))),
            Purpose::Audit => drop(held.audit.insert(key.id, AuditKey { id: key.id, keyed: keyed(&key.bytes) })),
        }
    }

    /// Seals a secret with the newest key; `what` says whose it is ("app 12 secret") and must be given again to open it.
    /// Only an opened database has a key; without one nothing comes out that could be taken for a sealed secret.
    #[must_use]
    pub fn seal(&self, what: &str, secret: &[u8]) -> String {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        held.seals.last_key_value().map(|(&id, key)| seal(&key.cipher, id, what, secret)).unwrap_or_default()
    }

    /// Opens what [`Self::seal`] sealed for the same `what`.
    ///
    /// # Errors
    /// See [`Sealed`].
    pub fn open(&self, what: &str, sealed: &str) -> Result<Vec<u8>, Sealed> {
        let mut parts = sealed.splitn(3, '.');
        let (Some(SCHEME), Some(id), Some(text)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(Sealed::Broken);
        };
        let id = id.parse().map_err(|_| Sealed::Broken)?;
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let key = held.seals.get(&id).ok_or(Sealed::Unknown(id))?;
        open(&key.cipher, what, text).ok_or(Sealed::Broken)
    }

    /// What a secret is found by that comes without a name: a code that nobody can make, or try words against, who has
    /// only the database. By every key that is known, the newest first; the newest is what is kept.
    #[must_use]
    pub fn fingerprints(&self, what: &str, secret: &[u8]) -> Vec<String> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        held.seals.iter().rev().map(|(&id, key)| key.print(id, what, secret)).collect()
    }

    /// The numbers of the keys of a purpose, oldest first.
    #[must_use]
    pub fn known(&self, purpose: Purpose) -> Vec<i64> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match purpose {
            Purpose::Seal => held.seals.keys().copied().collect(),
            Purpose::Audit => held.audit.keys().copied().collect(),
        }
    }

    /// The key that new audit entries are chained with: the newest; or the one of this number.
    #[must_use]
    pub fn audit(&self, id: Option<i64>) -> Option<AuditKey> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match id {
            Some(id) => held.audit.get(&id).cloned(),
            None => held.audit.last_key_value().map(|(_, key)| key.clone()),
        }
    }
}

impl AuditKey {
    /// The HMAC-SHA256 of this.
    #[must_use]
    pub fn mac(&self, bytes: &[u8]) -> [u8; 32] {
        let mut mac = self.keyed.clone();
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys(..)")
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataKey({}, {:?})", self.id, self.purpose)
    }
}

fn keyed(bytes: &[u8; 32]) -> Hmac<Sha256> {
    // HMAC itself fills a short key up with zeros to one block.
    let mut block = [0; 64];
    block.iter_mut().zip(bytes).for_each(|(to, byte)| *to = *byte);
    <Hmac<Sha256> as KeyInit>::new(&block.into())
}

fn seal(cipher: &XChaCha20Poly1305, id: i64, what: &str, secret: &[u8]) -> String {
    let nonce: [u8; NONCE] = rand::random();
    let payload = Payload { msg: secret, aad: what.as_bytes() };
    // Fails only for messages of 256 GB.
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).unwrap_or_default();
    format!("{SCHEME}.{id}.{}", URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
}

fn open(cipher: &XChaCha20Poly1305, what: &str, text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    cipher.decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: what.as_bytes() }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_place_only() {
        let keys = Keys::default();
        keys.add(&DataKey::generate(1, Purpose::Seal));
        let sealed = keys.seal("app 1 secret", "geheim 秘密".as_bytes());
        assert_eq!(keys.open("app 1 secret", &sealed).unwrap(), "geheim 秘密".as_bytes());
        assert_ne!(keys.seal("app 1 secret", "geheim 秘密".as_bytes()), sealed);
        assert_eq!(keys.open("app 2 secret", &sealed), Err(Sealed::Broken));
        for broken in ["", "v1", "v1.1.", "v2.1.x", "v1.x.y", &sealed[..sealed.len() - 2], &format!("{sealed}AA")] {
            assert_eq!(keys.open("app 1 secret", broken), Err(Sealed::Broken), "{broken}");
        }
        let newer = DataKey::generate(3, Purpose::Seal);
        keys.add(&newer);
        assert!(keys.seal("x", b"y").starts_with("v1.3."));
        assert_eq!(keys.open("app 1 secret", &sealed).unwrap(), "geheim 秘密".as_bytes());
        let later = Keys::default();
        later.add(&newer);
        assert_eq!(later.open("app 1 secret", &sealed), Err(Sealed::Unknown(1)));
    }

    #[test]
    fn a_fingerprint_needs_its_key_and_its_place() {
        let (keys, other) = (Keys::default(), Keys::default());
        keys.add(&DataKey::generate(1, Purpose::Seal));
        other.add(&DataKey::generate(1, Purpose::Seal));
        let of = |keys: &Keys, what: &str| keys.fingerprints(what, b"secret");
        assert_eq!(of(&keys, "app"), of(&keys, "app"));
        assert_ne!(of(&keys, "app"), of(&other, "app"));
        assert_ne!(of(&keys, "app"), of(&keys, "ap"));
        let first = of(&keys, "app");
        keys.add(&DataKey::generate(4, Purpose::Seal));
        let both = of(&keys, "app");
        assert!(both[0].starts_with("4.") && both[1..] == first, "{both:?}");
        assert_eq!(keys.known(Purpose::Seal), [1, 4]);
    }

    #[test]
    fn a_data_key_comes_back_by_its_own_master_key_only() {
        let (master, other) = (MasterKey::generate(), MasterKey::generate());
        let key = DataKey::generate(7, Purpose::Audit);
        let wrapped = key.wrap(&master);
        let back = DataKey::unwrap(7, Purpose::Audit, &wrapped, &master).unwrap();
        assert_eq!(back.bytes, key.bytes);
        assert!(DataKey::unwrap(7, Purpose::Audit, &wrapped, &other).is_none());
        assert!(DataKey::unwrap(8, Purpose::Audit, &wrapped, &master).is_none());
        assert!(DataKey::unwrap(7, Purpose::Seal, &wrapped, &master).is_none());
    }

    #[test]
    fn macs_are_those_of_rfc_4231() {
        // Test case 2 of the RFC: key "Jefe".
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let key = AuditKey { id: 1, keyed: keyed(&key) };
        assert_eq!(
            hex(&key.mac(b"what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
    }
}
