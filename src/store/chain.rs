//! The audit trail's chain: how an entry, an end and a checkpoint are written down to be given a mac.
//!
//! A mac is `HMAC-SHA256(data key, encoding)`, with the data key's number before it. The encoding cannot be read in two
//! ways: what it is of, then each value that there is with its place, its kind, and its length where that varies. A
//! value that there is none of is left out, so that a column which a later Wardroom adds, and which older entries do not
//! have, leaves their macs as they are.

use super::seal::{AuditKey, Keys};
use crate::domain::{Timestamp, text::hex, trail::Checkpoint};

/// Bytes of a [`Link`]: the data key's number, then the HMAC.
const BYTES: usize = 4 + 32;

/// A mac of the chain, and which data key it was made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Link([u8; BYTES]);

/// A value to be given a mac.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    None,
    Number(i64),
    Text(&'a str),
    /// The bytes of a text, or any others: the kind of a column never changes.
    Bytes(&'a [u8]),
}

/// What a mac is of. No mac of one thing is one of another.
#[derive(Clone, Copy, Debug)]
pub(super) enum Thing {
    Entry,
    /// What stands for the mac before the first entry.
    Nothing,
    End,
    Checkpoint,
}

impl Link {
    /// What stands for the mac before an entry, where the head could not be believed: nothing has this mac.
    pub const HEADLESS: Self = Self([0xFF; BYTES]);

    /// From how it is kept.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// From hexadecimal digits, exactly as [`Self::hex`] writes them.
    pub fn parse(text: &str) -> Option<Self> {
        let pairs = (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok());
        Self::read(&pairs.collect::<Option<Vec<u8>>>()?).filter(|link| link.hex() == text)
    }

    /// As it is kept.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The number of the data key.
    pub fn key(&self) -> i64 {
        self.0.first_chunk().map_or(0, |number| i64::from(u32::from_be_bytes(*number)))
    }

    /// In hexadecimal digits.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }
}

/// The mac of these values. `buffer` is only there to be used again.
pub(super) fn link<'a>(
    key: &AuditKey,
    thing: Thing,
    values: impl IntoIterator<Item = Value<'a>>,
    buffer: &mut Vec<u8>,
) -> Link {
    buffer.clear();
    buffer.extend_from_slice(match thing {
        Thing::Entry => b"audit entry 1\0",
        Thing::Nothing => b"audit start 1\0",
        Thing::End => b"audit end 1\0",
        Thing::Checkpoint => b"audit checkpoint 1\0",
    });
    for (place, value) in (0_u8..).zip(values) {
        let (kind, bytes) = match value {
            Value::None => continue,
            Value::Number(number) => {
                buffer.extend_from_slice(&[place, b'n']);
                buffer.extend_from_slice(&number.to_be_bytes());
                continue;
            }
            Value::Text(text) => (b't', text.as_bytes()),
            Value::Bytes(bytes) => (b't', bytes),
        };
        buffer.extend_from_slice(&[place, kind]);
        buffer.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        buffer.extend_from_slice(bytes);
    }
    let mut link = [0; BYTES];
    let (number, mac) = link.split_at_mut(4);
    number.copy_from_slice(&u32::try_from(key.id).unwrap_or(u32::MAX).to_be_bytes());
    mac.copy_from_slice(&key.mac(buffer));
    Link(link)
}

/// The mac of an entry: over the one before and the entry's columns, its number first.
pub(super) fn entry(key: &AuditKey, before: &Link, columns: &[Value<'_>], buffer: &mut Vec<u8>) -> Link {
    let values = std::iter::once(Value::Bytes(before.bytes())).chain(columns.iter().copied());
    link(key, Thing::Entry, values, buffer)
}

/// What stands for the mac before the first entry of a database.
pub(super) fn nothing(key: &AuditKey, database: &str) -> Link {
    link(key, Thing::Nothing, [Value::Text(database)], &mut Vec::new())
}

/// A checkpoint of a trail whose newest entry this is.
pub(super) fn checkpoint(
    key: &AuditKey,
    (database, entry, entries): (String, i64, i64),
    head: &Link,
    now: Timestamp,
) -> Checkpoint {
    let mut made = Checkpoint { database, entry, entries, head: head.hex(), made_at: now, mac: String::new() };
    made.mac = signature(key, &made).hex();
    made
}

/// Whether a checkpoint was made with one of these keys and is as it was made.
pub(super) fn is_genuine(keys: &Keys, checkpoint: &Checkpoint) -> bool {
    let mac = Link::parse(&checkpoint.mac);
    mac.is_some_and(|mac| keys.audit(Some(mac.key())).is_some_and(|key| signature(&key, checkpoint) == mac))
}

fn signature(key: &AuditKey, checkpoint: &Checkpoint) -> Link {
    let Checkpoint { database, entry, entries, head, made_at, mac: _ } = checkpoint;
    let values = [
        Value::Text(database),
        Value::Number(*entry),
        Value::Number(*entries),
        Value::Text(head),
        Value::Number(made_at.0),
    ];
    link(key, Thing::Checkpoint, values, &mut Vec::new())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::store::seal::{DataKey, Purpose};

    fn keys(id: i64) -> Keys {
        let keys = Keys::default();
        keys.add(&DataKey::generate(id, Purpose::Audit));
        keys
    }

    #[test]
    fn no_two_things_have_one_mac() {
        let key = keys(7).audit(None).unwrap();
        let of = |thing, values: &[Value<'_>]| link(&key, thing, values.iter().copied(), &mut Vec::new()).hex();
        let (none, a, b, ab) = (Value::None, Value::Text("a"), Value::Text("b"), Value::Text("ab"));
        let (empty, one) = (Value::Text(""), Value::Number(1));
        let texts: [&[Value<'_>]; 12] = [
            &[],
            &[a, b],
            &[ab],
            &[none, ab],
            &[ab, empty],
            &[empty, ab],
            &[b, a],
            &[one],
            &[none, one],
            &[Value::Text("1")],
            &[Value::Number(256)],
            &[Value::Text("\0\0\0\0\0\0\0\u{1}")],
        ];
        let mut all: HashSet<String> = texts.iter().map(|values| of(Thing::Entry, values)).collect();
        all.extend([Thing::Nothing, Thing::End, Thing::Checkpoint].map(|thing| of(thing, &[])));
        assert_eq!(all.len(), texts.len() + 3);
        assert!(all.iter().all(|mac| mac.starts_with("00000007") && mac.len() == 72));
        assert_eq!(of(Thing::Entry, &[a, none]), of(Thing::Entry, &[a]), "a column that came later");
        assert_eq!(of(Thing::Entry, &[Value::Bytes(b"a")]), of(Thing::Entry, &[a]));
    }

    #[test]
    fn a_checkpoint_is_genuine_as_it_was_made_and_no_other_way() {
        let keys = keys(2);
        let key = keys.audit(None).unwrap();
        let made = checkpoint(&key, ("d".to_owned(), 5, 4), &nothing(&key, "d"), Timestamp(99));
        let line = made.line();
        let read: Checkpoint = serde_json::from_str(&line).unwrap();
        assert_eq!(read, made);
        assert!(is_genuine(&keys, &read));
        for forged in [
            Checkpoint { entry: 6, ..read.clone() },
            Checkpoint { entries: 5, ..read.clone() },
            Checkpoint { database: "e".to_owned(), ..read.clone() },
            Checkpoint { head: Link::HEADLESS.hex(), ..read.clone() },
            Checkpoint { made_at: Timestamp(98), ..read.clone() },
            Checkpoint { mac: read.head.clone(), ..read.clone() },
            Checkpoint { mac: "é".repeat(36), ..read.clone() },
            // The same number, written in another way.
            Checkpoint { mac: read.mac.replacen("00", "+0", 1), ..read.clone() },
            Checkpoint { mac: read.mac.to_uppercase(), ..read.clone() },
        ] {
            assert!(!is_genuine(&keys, &forged), "{forged:?}");
        }
        let other = Keys::default();
        other.add(&DataKey::generate(2, Purpose::Audit));
        assert!(!is_genuine(&other, &read));
    }
}
