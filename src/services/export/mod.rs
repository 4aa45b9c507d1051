//! Export: every room in the order of their numbers, some hundred at a time, as text that import takes again.
//!
//! Each part is of one moment; between two parts the house goes on working, so a room changed meanwhile is exported as
//! it was when its part was read. Imported into an empty house, an export in JSON lines gives an equal export.

mod list;

use super::{
    Ctx,
    cells::{self, FIXED},
    import::Format,
};
use crate::{
    domain::{
        Error, Result, Right,
        room::{Field, Room, Value, Whole},
    },
    store::incident,
};
pub use list::ListExport;

/// Rooms in one part.
const PART: i64 = 200;

/// An export on its way.
pub struct Export {
    format: Format,
    /// The number of the last room that was given.
    last: i64,
    began: bool,
    /// Rooms given so far.
    pub rooms: u64,
    /// The longest line given so far, in bytes; import takes lines up to a limit.
    pub longest: usize,
}

impl Export {
    /// An export of everything; nothing is read yet.
    pub const fn new(format: Format) -> Self {
        Self { format, last: 0, began: false, rooms: 0, longest: 0 }
    }

    /// The next part; `None` when all was given.
    ///
    /// # Errors
    /// Not allowed, or the database failed.
    pub async fn next(&mut self, ctx: &Ctx) -> Result<Option<Vec<u8>>> {
        ctx.may(Right::See)?;
        let rooms = ctx.store.wholes_after(self.last, PART).await?;
        let heading = self.format == Format::Csv && !self.began;
        self.began = true;
        self.rooms += rooms.len() as u64;
        if let Some(whole) = rooms.last() {
            self.last = whole.room.number;
        }
        let mut part = Vec::new();
        let written = match self.format {
            Format::JsonLines => self.lines(&rooms, &mut part),
            Format::Csv => table(&rooms, heading, &mut part),
        };
        written.map_err(broken)?;
        Ok((!part.is_empty()).then_some(part))
    }

    fn lines(&mut self, rooms: &[Whole], part: &mut Vec<u8>) -> Result<(), String> {
        for whole in rooms {
            let start = part.len();
            serde_json::to_writer(&mut *part, whole).map_err(|why| why.to_string())?;
            self.longest = self.longest.max(part.len() - start);
            part.push(b'\n');
        }
        Ok(())
    }
}

/// What was read could not be written.
fn broken(cause: String) -> Error {
    let incident = incident();
    tracing::error!(incident, cause, "writing an export");
    Error::Internal(incident)
}

fn table(rooms: &[Whole], heading: bool, part: &mut Vec<u8>) -> Result<(), String> {
    let mut writer = csv::Writer::from_writer(part);
    if heading {
        let names = FIXED.into_iter().chain(Field::ALL.iter().map(|field| field.key()));
        writer.write_record(names).map_err(|why| why.to_string())?;
    }
    for whole in rooms {
        writer.write_record(cells_of(&whole.room)).map_err(|why| why.to_string())?;
    }
    writer.flush().map_err(|why| why.to_string())
}

/// A room's cells, in the order of the heading.
fn cells_of(room: &Room) -> Vec<String> {
    let mut cells = vec![
        cells::guarded(room.id.as_str()),
        room.number.to_string(),
        cells::guarded(&room.app),
        room.version.to_string(),
        room.created_at.rfc3339(),
        room.updated_at.rfc3339(),
    ];
    cells.extend(Field::ALL.iter().map(|&field| {
        let text = room.values.get(field).map(Value::plain).unwrap_or_default();
        if cells::is_text(field) { cells::guarded(&text) } else { text }
    }));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        Timestamp,
        room::{RoomId, Values},
    };

    #[test]
    fn a_table_has_a_cell_for_every_column_and_runs_no_formula() {
        let mut values = Values::defaults();
        values.set(Field::Name, Some(Value::Text("=cmd|' /C calc'!A0".to_owned())));
        values.set(Field::ActivityStatus, Some(Value::Number(-5)));
        values.set(Field::Managers, Some(Value::Words(vec!["@ann".to_owned(), "bob".to_owned()])));
        let room = Room {
            id: RoomId::parse("+1").unwrap(),
            number: 7,
            app: String::new(),
            version: 1,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            member_count: 0,
            values,
            last_message: None,
        };
        let whole = Whole { room, members: vec![], attributes: vec![], attribute_seq: 0 };
        let mut part = Vec::new();
        table(&[whole], true, &mut part).unwrap();
        let text = String::from_utf8(part).unwrap();
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(rows[0].split(',').count(), FIXED.len() + Field::ALL.len());
        assert!(rows[1].starts_with("'+1,7,,1,1970-01-01T00:00:00Z,"), "{text}");
        assert!(
            rows[1].contains(",'=cmd|") && rows[1].contains(",-5,") && rows[1].contains("\"'@ann, bob\""),
            "{text}"
        );
    }
}
