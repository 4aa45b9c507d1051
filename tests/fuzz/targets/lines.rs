//! Longer texts: JSON as strangers send it, files to import, a room as a line of one.

use serde_json::{Map, Value as Json};
use wardroom::{
    domain::{
        Timestamp,
        room::{Line, Room, Values, Whole},
    },
    services::import::{self, Format, Options},
    vendors::json,
};

/// Our reader of JSON beside the usual one: it reads the same, or refuses what is ambiguous.
pub fn json(data: &[u8]) {
    let (strict, usual) = (json::read(data), serde_json::from_slice::<Json>(data));
    match (&strict, &usual) {
        (Ok(strict), Ok(usual)) => assert_eq!(strict, usual),
        (Ok(strict), Err(why)) => panic!("only ours reads {strict}: {why}"),
        (Err(why), Ok(_)) => assert!(why.contains("stands twice"), "only ours refuses: {why}"),
        (Err(_), Err(_)) => {}
    }
    if let Ok(strict) = strict {
        assert_eq!(json::read(strict.to_string().as_bytes()), Ok(strict));
    }
}

/// A file to import, of any kind: every line is taken or spoken of, and reading it twice says the same.
pub fn import(data: &[u8]) {
    for format in [None, Some(Format::JsonLines), Some(Format::Csv)] {
        let options = || Options { format, line_bytes: 4_096, ..Options::default() };
        let (read, lines, notes) = import::looked_through(std::io::Cursor::new(data.to_vec()), options());
        let refused = notes.iter().filter(|note| note.what == import::What::Refused).count();
        assert_eq!(lines.len() + refused, usize::try_from(read).unwrap(), "{format:?}: {notes:?}");
        let again = import::looked_through(std::io::Cursor::new(data.to_vec()), options());
        assert_eq!((read, lines.len(), notes.len()), (again.0, again.1.len(), again.2.len()));
        lines.into_iter().for_each(comes_back);
    }
}

/// One room as JSON.
pub fn room(data: &[u8]) {
    let Ok(object) = serde_json::from_slice::<Map<String, Json>>(data) else { return };
    if let Ok(line) = Line::from_json(object) {
        comes_back(line);
    }
}

/// A room that was taken is exported so that it is taken again, and is then the same.
fn comes_back(line: Line) {
    let mut values = Values::default();
    line.patch.apply(&mut values);
    let members = line.members.clone().unwrap_or_default();
    let whole = Whole {
        room: Room {
            id: line.id,
            number: line.number.unwrap_or(1),
            app: line.app.unwrap_or_default(),
            version: line.version.unwrap_or(1),
            created_at: line.created_at.unwrap_or(Timestamp(0)),
            updated_at: line.updated_at.unwrap_or(Timestamp(0)),
            member_count: 0,
            values,
            last_message: line.last_message,
        },
        members,
        attributes: line.attributes.unwrap_or_default(),
        attribute_seq: line.attribute_seq.unwrap_or_default(),
    };
    let written = serde_json::to_value(&whole).unwrap();
    let Json::Object(object) = written.clone() else { panic!("{written} is no object") };
    let read = Line::from_json(object).unwrap_or_else(|why| panic!("{written} is not read again: {why:?}"));
    let mut values = Values::default();
    read.patch.apply(&mut values);
    assert_eq!(values, whole.room.values, "{written}");
    assert_eq!((read.id, read.number), (whole.room.id, Some(whole.room.number)));
    assert_eq!(read.created_at, Some(whole.room.created_at));
    assert_eq!(read.members.unwrap_or_default(), whole.members);
    assert_eq!(read.attributes.unwrap_or_default(), whole.attributes);
    assert_eq!(read.last_message, whole.room.last_message);
}
