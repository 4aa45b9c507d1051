//! The roll of a room: whether it has places left, and what an audit entry says of who came and went.

use std::collections::BTreeSet;

use crate::domain::{
    Error, Result,
    room::{Change, Field, Room, Value},
};

/// Most members that an audit entry names.
pub(in crate::services) const NAMED: usize = 50;

/// Goes on only if a room has places for so many more.
///
/// # Errors
/// It has not.
pub(in crate::services) fn room_for(room: &Room, more: usize) -> Result<()> {
    let Some(capacity) = room.values.number(Field::Capacity) else { return Ok(()) };
    let after = room.member_count.saturating_add(i64::try_from(more).unwrap_or(i64::MAX));
    if more > 0 && after > capacity {
        let why = format!("would be too many: {after} of {capacity}, the room's capacity");
        return Err(Error::invalid("members", why));
    }
    Ok(())
}

/// Who came and who went, as a change; none if nobody did.
pub(in crate::services) fn changed(gone: &BTreeSet<String>, new: &BTreeSet<String>) -> Option<Change> {
    let (before, after) = (named(gone.iter().cloned()), named(new.iter().cloned()));
    (before.is_some() || after.is_some()).then(|| Change { field: "members".to_owned(), before, after })
}

/// The first of many names, and how many more there are.
pub(in crate::services) fn named(mut all: impl Iterator<Item = String>) -> Option<Value> {
    let mut words: Vec<String> = all.by_ref().take(NAMED).collect();
    let more = all.count();
    if more > 0 {
        words.push(format!("… and {more} more"));
    }
    (!words.is_empty()).then_some(Value::Words(words))
}
