//! Addresses inside the console: how a room's id, a query or a page is written into a path, and read from it again.

use percent_encoding::percent_decode_str;

pub use crate::domain::address::{pairs, with_query};
use crate::{
    domain::{
        Result,
        page::{Cursor, Page},
        room::{self, RoomId, RoomQuery},
    },
    ui::visit::Visit,
};

/// One page about a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The form over its fields.
    Details,
    /// Who is in it.
    Members,
    /// Its key-value pairs.
    Attributes,
    /// What was changed, by whom.
    History,
    /// The room as vendors' clients see it.
    Api,
    /// The room as a machine sees it.
    Json,
}

impl Section {
    /// All of them, in the order of the tabs.
    pub const ALL: [Self; 6] = [Self::Details, Self::Members, Self::Attributes, Self::History, Self::Api, Self::Json];

    /// The word on the tab.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Details => "Details",
            Self::Members => "Members",
            Self::Attributes => "Attributes",
            Self::History => "History",
            Self::Api => "API",
            Self::Json => "JSON",
        }
    }

    /// The section's address.
    pub fn of(self, id: &str) -> String {
        match self {
            Self::Details => room(id),
            Self::Members => format!("{}/members", room(id)),
            Self::Attributes => format!("{}/attributes", room(id)),
            Self::History => format!("{}/history", room(id)),
            Self::Api => format!("{}/api", room(id)),
            Self::Json => format!("{}/json", room(id)),
        }
    }
}

/// A room's page.
pub fn room(id: &str) -> String {
    room::address(id)
}

/// A room's cover, fetched and served by us.
pub fn cover(id: &str) -> String {
    format!("{}/cover", room(id))
}

/// The guarded step that gives a room to another owner; `to` is who was chosen already.
pub fn owner(id: &str, to: Option<&str>) -> String {
    let path = format!("{}/owner", room(id));
    to.map_or_else(|| path.clone(), |to| with_query(&path, [("to", to)]))
}

/// The room list with this question.
pub fn rooms(query: &RoomQuery) -> String {
    query.address()
}

/// Where a question is saved as a view.
pub fn new_view(query: &RoomQuery) -> String {
    query.address().replacen("/rooms", "/views/new", 1)
}

/// The page on which a saved view is changed.
pub fn view(id: i64) -> String {
    format!("/views/{id}")
}

/// The number in a path below `/views/`.
///
/// # Errors
/// It is no number.
pub fn view_id(path: &str) -> Result<i64> {
    let id = path.split('/').nth(2).and_then(|id| id.parse().ok());
    id.ok_or_else(|| crate::domain::Error::NotFound("There is no such view.".to_owned()))
}

/// The whole answer to a question as a file: `csv` or `jsonl`.
pub fn export(query: &RoomQuery, extension: &str) -> String {
    query.at(Page::First).address().replacen("/rooms", &format!("/rooms.{extension}"), 1)
}

/// Where everything that a question finds is worked on.
pub fn bulk(query: &RoomQuery) -> String {
    let saved = pairs(&query.saved());
    let pairs = saved.iter().filter(|(name, _)| name != "sort").map(|(name, value)| (name.as_str(), value.as_str()));
    with_query("/jobs/new", pairs.chain([("all", "1")]))
}

/// The room list with one filter.
pub fn rooms_with(name: &str, value: &str) -> String {
    with_query("/rooms", [(name, value)])
}

/// An app's page.
pub fn app(id: i64) -> String {
    format!("/apps/{id}")
}

/// The app's number in a path below `/apps/`.
///
/// # Errors
/// It is no number.
pub fn app_id(path: &str) -> Result<i64> {
    let id = path.split('/').nth(2).and_then(|id| id.parse().ok());
    id.ok_or_else(|| crate::domain::Error::NotFound("There is no such app.".to_owned()))
}

/// The page of a member of staff.
pub fn staff(id: i64) -> String {
    format!("/staff/{id}")
}

/// The number of a member of staff in a path below `/staff/`.
///
/// # Errors
/// It is no number.
pub fn staff_id(path: &str) -> Result<i64> {
    let id = path.split('/').nth(2).and_then(|id| id.parse().ok());
    id.ok_or_else(|| crate::domain::Error::NotFound("There is no such account.".to_owned()))
}

/// Where somebody shows once more that it is them, on the way to a page.
pub fn confirm(next: &str) -> String {
    with_query("/confirm", [("next", next)])
}

/// Whether an address stays on this host, whatever a browser makes of it.
pub fn is_local(path: &str) -> bool {
    let mut bytes = path.bytes();
    bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// The job's number in a path below `/jobs/`.
///
/// # Errors
/// It is no number.
pub fn job_id(path: &str) -> Result<i64> {
    let id = path.split('/').nth(2).and_then(|id| id.parse().ok());
    id.ok_or_else(|| crate::domain::Error::NotFound("There is no such job. The address is mistyped.".to_owned()))
}

/// The page that is being shown, as an address to come back to.
pub fn here(visit: &Visit) -> String {
    with_query(&visit.path, visit.query.iter().map(|(name, value)| (name.as_str(), value.as_str())))
}

/// The page that is being shown, on another page of its list.
pub fn turned(visit: &Visit, name: &str, cursor: &Cursor) -> String {
    let cursor = cursor.to_string();
    let kept = visit.query.iter().filter(|(name, _)| name != "after" && name != "before");
    let pairs = kept.map(|(name, value)| (name.as_str(), value.as_str())).filter(|(_, value)| !value.is_empty());
    with_query(&visit.path, pairs.chain([(name, cursor.as_str())]))
}

/// Which page of its list the visit asks for; a place that cannot be read is the beginning.
pub fn page(visit: &Visit) -> Page {
    if let Some(cursor) = Cursor::parse(visit.asked("after")) {
        Page::After(cursor)
    } else {
        Cursor::parse(visit.asked("before")).map_or(Page::First, Page::Before)
    }
}

/// The room's id in a path below `/rooms/`, decoded exactly once.
///
/// # Errors
/// What is wrong with the id.
pub fn room_id(path: &str) -> Result<RoomId> {
    let segment = path.split('/').nth(2).unwrap_or_default();
    let id = percent_decode_str(segment).decode_utf8_lossy();
    RoomId::parse(&id).map_err(|_| {
        crate::domain::Error::NotFound("No room can have this id. Look it up in the list of rooms.".to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_id_survives_its_address() {
        for id in
            ["abc/def", "100%25", "100%", "a?b#c", "with blank", "直播間", "مباشر", "a+b&c=d", "..a", "new", "é\u{301}"]
        {
            let path = Section::Members.of(id);
            assert!(path.is_ascii() && !path.contains(['?', '#', ' ']), "{path}");
            assert_eq!(path.split('/').count(), 4, "{path}");
            assert_eq!(room_id(&path).map(|read| read.to_string()), Ok(id.to_owned()));
        }
        assert_eq!(room("abc/def"), "/rooms/abc%2Fdef");
        assert_ne!(room("new"), "/rooms/new");
    }

    #[test]
    fn a_form_never_leads_to_another_host() {
        assert!(is_local("/rooms/abc%2Fdef?x=1"));
        for bad in ["", "//evil.example", "/\\evil.example", "https://evil.example", "rooms", "/a\nb", "/\tx", "/ü"] {
            assert!(!is_local(bad), "{bad:?}");
        }
    }

    #[test]
    fn what_is_no_id_is_not_found() {
        assert!(room_id("/rooms/").is_err());
        assert!(room_id("/rooms/%00").is_err());
        assert!(room_id("/audit").is_err());
    }

    #[test]
    fn a_step_carries_what_was_chosen() {
        assert_eq!(owner("r", Some("u/1")), "/rooms/r/owner?to=u%2F1");
    }
}
