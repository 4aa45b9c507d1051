//! Export of a list: the rooms that a question finds, in its order, with the columns of a view. For spreadsheets and
//! scripts, and not to be imported again.
//!
//! Each part goes on behind the last room of the one before, by its place in the order, and costs what it holds. Between
//! two parts the house goes on working: a room that moves in the order meanwhile can stand twice, or not at all.

use serde_json::{Map, Value as Json, json};

use crate::{
    domain::{
        Result, Right,
        page::Cursor,
        room::{Column, Columns, Field, Room, RoomQuery, Value},
    },
    services::{Ctx, cells, import::Format},
    store::{Way, cursor},
};

/// Rooms in one part.
const PART: i64 = 200;
/// What is out of the ordinary is four columns of a file.
const STATE: [Field; 4] = [Field::Status, Field::Opening, Field::Muted, Field::Listed];

/// An export of a list on its way.
pub struct ListExport {
    query: RoomQuery,
    columns: Vec<Column>,
    format: Format,
    way: Option<Way>,
    last: Option<Cursor>,
    began: bool,
    is_over: bool,
}

impl ListExport {
    /// An export of what a question finds; nothing is read yet. The question's page does not matter.
    pub fn new(query: RoomQuery, columns: &Columns, format: Format) -> Self {
        let mut all: Vec<Column> = Vec::new();
        for column in columns.iter() {
            let parts = if column == Column::State { STATE.map(Column::Field).to_vec() } else { vec![column] };
            for part in parts.into_iter().filter(|part| *part == column || !columns.has(*part)) {
                all.push(part);
            }
        }
        Self { query, columns: all, format, way: None, last: None, began: false, is_over: false }
    }

    /// The next part; `None` when all was given.
    ///
    /// # Errors
    /// Not allowed, or the database failed.
    pub async fn next(&mut self, ctx: &Ctx) -> Result<Option<Vec<u8>>> {
        ctx.may(Right::See)?;
        if self.is_over {
            return Ok(None);
        }
        let way = match self.way {
            Some(way) => way,
            None => ctx.store.way(&self.query).await?,
        };
        self.way = Some(way);
        let rooms = ctx.store.rooms_on(&self.query, way, self.last.as_ref(), PART).await?;
        self.is_over = i64::try_from(rooms.len()).unwrap_or(PART) < PART;
        self.last = rooms.last().map(|room| cursor(room, self.query.sort));
        let part = match self.format {
            Format::JsonLines => self.lines(&rooms),
            Format::Csv => self.table(&rooms),
        };
        self.began = true;
        let part = part.map_err(super::broken)?;
        Ok((!part.is_empty()).then_some(part))
    }

    fn lines(&self, rooms: &[Room]) -> Result<Vec<u8>, String> {
        let mut part = Vec::new();
        for room in rooms {
            let mut line = Map::new();
            line.insert("id".to_owned(), json!(room.id));
            line.insert("name".to_owned(), json!(room.values.text(Field::Name)));
            for &column in &self.columns {
                line.insert(column.key().to_owned(), json_of(room, column));
            }
            serde_json::to_writer(&mut part, &line).map_err(|why| why.to_string())?;
            part.push(b'\n');
        }
        Ok(part)
    }

    fn table(&self, rooms: &[Room]) -> Result<Vec<u8>, String> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        if !self.began {
            let heading = ["id", "name"].into_iter().chain(self.columns.iter().map(|column| column.key()));
            writer.write_record(heading).map_err(|why| why.to_string())?;
        }
        for room in rooms {
            let name = room.values.text(Field::Name).unwrap_or_default();
            let mut cells = vec![cells::guarded(room.id.as_str()), cells::guarded(name)];
            cells.extend(self.columns.iter().map(|column| cell(room, *column)));
            writer.write_record(cells).map_err(|why| why.to_string())?;
        }
        writer.into_inner().map_err(|why| why.to_string())
    }
}

/// A column's value as JSON has it; `null` where there is none.
fn json_of(room: &Room, column: Column) -> Json {
    match column {
        Column::State => Json::Null,
        Column::Field(field) => json!(room.values.get(field)),
        Column::Members => json!(room.member_count),
        Column::LastMessage => json!(room.last_message.as_ref().map(|message| message.sent_at)),
        Column::Updated => json!(room.updated_at),
        Column::Created => json!(room.created_at),
        Column::Number => json!(room.number),
        Column::App => json!(room.app),
        Column::Version => json!(room.version),
    }
}

/// A column's value as a cell.
fn cell(room: &Room, column: Column) -> String {
    match column {
        Column::Field(field) => {
            let text = room.values.get(field).map(Value::plain).unwrap_or_default();
            if cells::is_text(field) { cells::guarded(&text) } else { text }
        }
        Column::App => cells::guarded(&room.app),
        _ => match json_of(room, column) {
            Json::Null => String::new(),
            Json::String(text) => text,
            other => other.to_string(),
        },
    }
}
