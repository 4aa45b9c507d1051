//! What a browser sends with a form, in either of its two ways, and the ids in a file of it.

use std::convert::Infallible;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, header},
};
use futures::{executor::block_on, stream};
use wardroom::{
    domain::{
        address,
        job::{Chosen, Rooms},
        room::RoomId,
    },
    server::strangers::{Sent, boundary},
    services::{cells, jobs::ids_in},
};

use super::first_line;

/// Where parts end in what we write ourselves.
const BETWEEN: &str = "wardroom-0123456789";

/// A form: its `content-type` in the first line, the body behind it. It is read the same however it comes in pieces;
/// what was read is read again; and the ids in each of its texts come back from a list and from a table.
pub fn sent(data: &[u8]) {
    let (kind, body) = first_line(data);
    let Ok(kind) = HeaderValue::from_bytes(kind) else { return };
    let boundary = boundary(&HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]));
    let read = |long: usize| {
        let pieces: Vec<_> =
            body.chunks(long).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece))).collect();
        let body = Body::from_stream(stream::iter(pieces));
        match &boundary {
            Some(boundary) => block_on(Sent::parts(body, boundary.clone(), true)),
            None => block_on(Sent::encoded(body)),
        }
    };
    let whole = read(body.len().max(1));
    for long in [1, 7] {
        let pieces = read(long);
        assert_eq!((&pieces.pairs, &pieces.files), (&whole.pairs, &whole.files), "in pieces of {long}");
        assert_eq!((&pieces.body, &pieces.refused), (&whole.body, &whole.refused), "in pieces of {long}");
    }
    assert!(!whole.is_slow);
    if boundary.is_none() {
        assert!(whole.refused.is_none() && whole.files.is_empty());
        assert_eq!(&whole.body[..], body);
        assert_eq!(whole.pairs, address::pairs(&String::from_utf8_lossy(body)));
    } else {
        assert_eq!(address::pairs(std::str::from_utf8(&whole.body).unwrap()), whole.pairs);
    }
    comes_back(&whole.pairs);
    whole.pairs.iter().for_each(|(_, text)| ids(text));
}

/// The same pairs, written in parts as browsers write them.
fn comes_back(pairs: &[(String, String)]) {
    let is_plain =
        |name: &str| !name.is_empty() && !name.contains(['"', '\\', ';']) && !name.contains(char::is_control);
    let pairs: Vec<_> = pairs.iter().filter(|(name, text)| is_plain(name) && !text.contains(BETWEEN)).collect();
    let part = |name: &str, text: &str| {
        format!("--{BETWEEN}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    };
    let body: String = pairs.iter().map(|(name, text)| part(name, text)).collect();
    let sent = block_on(Sent::parts(Body::from(body + "--" + BETWEEN + "--\r\n"), BETWEEN.to_owned(), true));
    assert!(sent.refused.is_none() && sent.files.is_empty(), "{pairs:?}: {:?}", sent.refused);
    assert!(sent.pairs.iter().eq(pairs.iter().copied()), "{pairs:?} are read as {:?}", sent.pairs);
}

/// A file of ids.
fn ids(text: &str) {
    let found = ids_in(text);
    assert!(found.iter().all(|id| !id.is_empty()));
    if let Ok(Rooms::Listed(rooms)) = Chosen::default().rooms(&found) {
        assert!(rooms.len() <= found.len() && rooms.iter().all(|room| found.contains(room)));
    }
    let ids: Vec<&str> = text.lines().filter(|line| RoomId::parse(line).is_ok()).collect();
    let cell = |id: &str| format!("\"{}\"\r\n", cells::guarded(id).replace('"', "\"\""));
    let table =
        "\u{feff}number,ID\r\n".to_owned() + &ids.iter().map(|id| format!("1,{}", cell(id))).collect::<String>();
    assert_eq!(ids_in(&table), ids, "{table:?}");
    let plain: Vec<&str> = ids.into_iter().filter(|id| !id.contains(',')).collect();
    // A first line that could be the heading of a table is one.
    assert_eq!(ids_in(&format!("first\r\n{}", plain.join("\r\n")))[1..], plain);
}
