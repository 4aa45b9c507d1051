//! A form that comes back: which version of the room it was made from, and, after a conflict, which of its values are
//! the reader's own and which only stood there.

use std::collections::BTreeSet;

use crate::{
    domain::{
        Result,
        audit::AuditQuery,
        page::Page,
        room::{Field, Room},
    },
    services::history,
    ui::{
        components::{form::Draft, inputs::sent_name},
        visit::Visit,
    },
};

/// Pages of history that are looked through at most.
const PAGES: usize = 20;

/// A form to be shown (again).
#[derive(Clone, Debug)]
pub struct Resumed {
    /// What it shows.
    pub draft: Draft,
    /// The version it is sent with.
    pub version: i64,
}

/// Makes a refused form ready to be sent again.
///
/// A form that was refused for its values keeps the version it was made from, so that what others changed meanwhile
/// is still merged. After a conflict the reader has seen theirs and mine: the form moves on to the room's version now,
/// keeps what is the reader's own, and takes over what somebody else changed and the reader did not.
///
/// # Errors
/// The history cannot be read.
pub async fn resume(visit: &Visit, room: &Room, draft: Draft) -> Result<Resumed> {
    let seen = draft.typed("version").and_then(|version| version.parse().ok());
    let Some(seen) = seen.filter(|seen| *seen <= room.version && draft.typed("id") == Some(room.id.as_str())) else {
        return Ok(Resumed { draft: Draft::default(), version: room.version });
    };
    if draft.clashes().is_empty() {
        return Ok(Resumed { draft, version: seen });
    }
    let theirs = changed_since(visit, room, seen).await?;
    let clashing: BTreeSet<&str> = draft.clashes().iter().map(|clash| clash.field.as_str()).collect();
    let names: Vec<String> = Field::ALL
        .iter()
        .filter(|field| theirs.contains(field.key()) && !clashing.contains(field.key()))
        .map(|field| sent_name(*field))
        .collect();
    Ok(Resumed { draft: draft.without(&names), version: room.version })
}

/// The fields that were changed after a version.
async fn changed_since(visit: &Visit, room: &Room, seen: i64) -> Result<BTreeSet<String>> {
    let mut fields = BTreeSet::new();
    let mut query = AuditQuery { room: Some(room.id.to_string()), ..AuditQuery::default() };
    for _ in 0..PAGES {
        let found = history::find(visit.ctx()?, &query).await?;
        let reached = found.rows.iter().any(|entry| entry.version.is_some_and(|version| version <= seen));
        let newer = found.rows.into_iter().filter(|entry| entry.version.is_some_and(|version| version > seen));
        fields.extend(newer.flat_map(|entry| entry.changes).map(|change| change.field));
        match found.next {
            Some(next) if !reached => query.page = Page::After(next),
            _ => break,
        }
    }
    Ok(fields)
}
