//! Short texts: requests of back-ends, addresses, places in lists, questions, fields, moments.

use axum::http::{HeaderMap, HeaderValue, Method};
use wardroom::{
    domain::{
        Timestamp, address,
        audit::AuditQuery,
        page::Cursor,
        room::{Field, RoomId, RoomQuery, Value},
        text,
    },
    services::cells,
    store::fold,
    ui::links,
    vendors::Call,
};

use super::{first_line, text as as_text};

/// A request of a back-end: path and query in the first line, the body behind it.
pub fn call(data: &[u8]) {
    let (head, body) = first_line(data);
    let Some(head) = as_text(head) else { return };
    let (path, query) = head.split_once('?').unwrap_or((head, ""));
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(body.get(..64).unwrap_or(body)) {
        headers.insert("content-type", value.clone());
        headers.insert("nonce", value);
    }
    let mut call = Call::new(Method::POST, path.to_owned(), query, headers, Timestamp(0));
    call.body = body.to_vec().into();
    if let Ok(segments) = call.segments() {
        let again: Vec<String> = segments.iter().map(|segment| address::encode(segment)).collect();
        if segments.iter().all(|segment| !segment.is_empty()) {
            let again = Call::new(Method::GET, again.join("/"), "", HeaderMap::new(), Timestamp(0)).segments();
            assert_eq!(again.as_ref(), Ok(&segments));
        }
    }
    let _ = (call.media_type(), call.header(&["nonce"]), call.asked("a"), call.json());
    // A form that is read strictly is read the same way loosely.
    if let (Ok(strict), Some(body)) = (call.form(), as_text(body)) {
        assert_eq!(strict, address::pairs(body));
    }
}

/// Addresses of ours: what is written into one is read from it again, and anything else is read without harm.
pub fn address(data: &[u8]) {
    let Some(given) = as_text(data) else { return };
    let pairs: Vec<(&str, &str)> = given.split('\n').map(|line| line.split_once('=').unwrap_or((line, ""))).collect();
    let written = address::query(pairs.iter().copied());
    let read = address::pairs(&written);
    let told = pairs.iter().filter(|pair| **pair != ("", ""));
    assert!(
        read.iter()
            .filter(|(name, value)| !(name.is_empty() && value.is_empty()))
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .eq(told.copied())
    );
    assert!(written.is_ascii());
    address::pairs(given);
    let _ = (links::room_id(given), links::job_id(given), links::view_id(given), links::app_id(given));
    if let Ok(id) = RoomId::parse(given) {
        for section in links::Section::ALL {
            let path = section.of(id.as_str());
            assert_eq!(links::room_id(&path).as_ref(), Ok(&id), "{path}");
            assert!(path.is_ascii() && path.split('/').count() <= 4, "{path}");
        }
        assert_eq!(RoomId::parse(id.as_str()).as_ref(), Ok(&id));
    }
    if let Some(cursor) = Cursor::parse(given) {
        assert_eq!(Cursor::parse(&cursor.to_string()), Some(cursor));
    }
}

/// Questions about rooms and about the audit trail, as addresses hold them.
pub fn question(data: &[u8]) {
    let Some(given) = as_text(data) else { return };
    let pairs = address::pairs(given);
    let borrowed = || pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let (query, _) = RoomQuery::parse(borrowed());
    let read = |pairs: &[(String, String)]| RoomQuery::parse(pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())));
    let written = query.address();
    let again = read(&address::pairs(written.split_once('?').map_or("", |(_, query)| query)));
    assert_eq!(again, (query.clone(), vec![]), "{written}");
    let saved = read(&address::pairs(&query.saved()));
    assert_eq!(saved.0, RoomQuery { view: None, ..query.at(wardroom::domain::page::Page::First) });
    for filter in &query.filters {
        filter.label();
    }
    let _ = AuditQuery::parse(borrowed());
}

/// What people type into a field: what is kept of it is kept when it is typed again.
pub fn field(data: &[u8]) {
    let Some(given) = as_text(data) else { return };
    for lines in [1, 9] {
        if let Ok(tidied) = text::tidy(given, lines) {
            assert_eq!(text::tidy(&tidied, lines).as_deref(), Ok(tidied.as_str()));
            assert!(!tidied.contains('\0') && (lines > 1 || !tidied.contains('\n')));
        }
    }
    for field in Field::ALL {
        let kind = field.spec().kind;
        if let Ok(Some(value)) = kind.parse(given) {
            let plain = value.plain();
            assert_eq!(kind.parse(&plain), Ok(Some(value.clone())), "{field:?}: {plain:?}");
            let json = serde_json::to_value(&value).unwrap();
            assert_eq!(kind.check(&json), Ok(Some(value.clone())), "{field:?}: {json}");
            if let Value::Text(kept) = &value {
                let cell = cells::guarded(kept);
                assert_eq!(cells::unguarded(&cell), kept);
            }
        }
        if let Ok(json) = serde_json::from_str(given) {
            let _ = kind.check(&json);
        }
    }
    let cell = cells::guarded(given);
    assert_eq!(cells::unguarded(&cell), given);
    let folded = fold::fold(given);
    assert_eq!(fold::fold(&folded), folded, "what is folded stays so");
    let _ = (fold::tokens(&folded), fold::phrase(&folded));
}

/// Moments and days.
pub fn moment(data: &[u8]) {
    let Some(given) = as_text(data) else { return };
    if let Some(moment) = Timestamp::parse(given) {
        let written = serde_json::to_value(moment).unwrap();
        let read: Timestamp = serde_json::from_value(written.clone()).unwrap();
        assert_eq!(read, moment, "{written}");
        moment.short();
    }
    if let Some(day) = Timestamp::parse_day(given) {
        assert_eq!(Timestamp::parse_day(&day.day()), Some(day), "{given}");
    }
}
