//! A record of a table as a line: what the heading names, cell by cell.

use serde_json::Value as Json;

use super::{
    check::{self, Checked},
    json::Refused,
    letter,
};
use crate::{
    domain::{
        Timestamp,
        attribute::AttributeLimits,
        room::{Field, Kind, Line, Patch, RoomId, Value},
    },
    services::cells::{self, FIXED},
};

/// The columns, as the first record names them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Heading(Vec<Column>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Fixed(&'static str),
    Field(Field),
}

impl Column {
    const fn is_text(self) -> bool {
        match self {
            Self::Fixed(key) => matches!(key.as_bytes(), b"id" | b"app"),
            Self::Field(field) => cells::is_text(field),
        }
    }
}

impl Heading {
    /// Reads the heading.
    ///
    /// # Errors
    /// A column that nobody knows, one that stands twice, or none with the id.
    pub(super) fn read<'a>(given: impl Iterator<Item = &'a [u8]>) -> Result<Self, String> {
        let mut columns = Vec::new();
        for cell in given {
            let name = letter::utf8(cell).map_err(|why| format!("its heading {why}"))?.trim().to_lowercase();
            let fixed = FIXED.into_iter().find(|fixed| *fixed == name).map(Column::Fixed);
            let Some(column) = fixed.or_else(|| Field::parse(&name).map(Column::Field)) else {
                let known: Vec<&str> = FIXED.into_iter().chain(Field::ALL.iter().map(|field| field.key())).collect();
                let name = super::report::cut(&name, 60);
                return Err(format!(
                    "its first line must name the columns, and {name:?} is none; known are {}",
                    known.join(", ")
                ));
            };
            if columns.contains(&column) {
                return Err(format!("its heading names {name:?} twice"));
            }
            columns.push(column);
        }
        if !columns.contains(&Column::Fixed("id")) {
            return Err("its heading names no column \"id\", without which no line can be taken".to_owned());
        }
        Ok(Self(columns))
    }

    /// Reads a record.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(super) fn line<'a>(
        &self,
        cells: impl Iterator<Item = &'a [u8]>,
        limits: &AttributeLimits,
    ) -> Result<Checked, Refused> {
        let cells: Result<Vec<&str>, String> = cells.map(letter::utf8).collect();
        let cells = cells.map_err(|why| (None, vec![why]))?;
        if cells.len() != self.0.len() {
            let why = format!("has {} cells where the heading has {}", cells.len(), self.0.len());
            return Err((None, vec![why]));
        }
        let pairs: Vec<(Column, &str)> = self.0.iter().copied().zip(cells).map(unguarded).collect();
        let fixed = |name| pairs.iter().find(|(column, _)| *column == Column::Fixed(name)).map(|(_, cell)| *cell);
        let given = |name| fixed(name).map(str::trim).filter(|cell| !cell.is_empty());

        let mut wrong = Vec::new();
        let number = |name: &str, cell: Option<&str>, wrong: &mut Vec<String>| {
            cell.and_then(|cell| cell.parse().map_err(|_| wrong.push(format!("{name} is not a whole number"))).ok())
        };
        let moment = |name: &str, cell: Option<&str>, wrong: &mut Vec<String>| {
            let read = cell.map(|cell| Timestamp::parse(cell).ok_or(cell));
            read.transpose()
                .map_err(|cell| wrong.push(format!("{name} is {cell:?}; write it as 2026-11-22T21:04:05Z")))
                .ok()
                .flatten()
        };
        let id = fixed("id").unwrap_or_default();
        let parsed = RoomId::parse(id).map_err(|why| wrong.push(why.to_string())).ok();
        let fields = pairs.iter().filter_map(|(column, cell)| match column {
            Column::Field(field) => Some((field.key(), *cell)),
            Column::Fixed(_) => None,
        });
        let patch = Patch::from_form(fields.clone());
        let patch = patch.unwrap_or_else(|violations| {
            wrong.extend(violations.iter().map(ToString::to_string));
            Patch::default()
        });
        let (number, version) =
            (number("number", given("number"), &mut wrong), number("version", given("version"), &mut wrong));
        let created_at = moment("created_at", given("created_at"), &mut wrong);
        let updated_at = moment("updated_at", given("updated_at"), &mut wrong);
        let refused = |wrong| (Some(id.to_owned()), wrong);
        let Some(parsed) = parsed.filter(|_| wrong.is_empty()) else { return Err(refused(wrong)) };
        let line = Line {
            id: parsed,
            number,
            app: fixed("app").map(str::to_owned),
            version,
            created_at,
            updated_at,
            members: None,
            last_message: None,
            attributes: None,
            attribute_seq: None,
            patch,
        };
        let adjusted = tidied(&pairs, &line.patch);
        check::line(line, None, adjusted, limits).map_err(refused)
    }
}

fn unguarded((column, cell): (Column, &str)) -> (Column, &str) {
    (column, if column.is_text() { cells::unguarded(cell) } else { cell })
}

/// The texts that are not kept to the letter, and the lists that are shorter than what was written.
fn tidied(pairs: &[(Column, &str)], patch: &Patch) -> Vec<String> {
    let cell = |field| pairs.iter().find(|(column, _)| *column == Column::Field(field)).map(|(_, cell)| *cell);
    let mut tidied = Vec::new();
    for (field, taken) in patch.iter() {
        let Some(cell) = cell(field) else { continue };
        let same = match (field.spec().kind, taken) {
            (Kind::Text { .. } | Kind::Link { .. } | Kind::Pairs { .. } | Kind::Client, taken) => {
                cell == taken.map(Value::plain).unwrap_or_default()
            }
            (Kind::Words { .. } | Kind::Clients { .. }, Some(Value::Words(words))) => {
                cell.split([',', '，', '、', '\n']).filter(|word| !word.trim().is_empty()).count() == words.len()
            }
            _ => true,
        };
        if !same {
            tidied.push(letter::became(field.key(), &Json::from(cell), taken));
        }
    }
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heading(names: &[&str]) -> Result<Heading, String> {
        Heading::read(names.iter().map(|name| name.as_bytes()))
    }

    #[test]
    fn a_heading_names_known_columns_once_and_the_id() {
        assert!(heading(&["ID", " name ", "tags"]).is_ok());
        for (names, why) in [
            (&["name"][..], "no column \"id\""),
            (&["id", "colour"], "\"colour\" is none"),
            (&["id", "id"], "twice"),
            (&["id", "na\0me"], "NUL"),
        ] {
            assert!(heading(names).is_err_and(|said| said.contains(why)), "{why}");
        }
    }

    #[test]
    fn cells_are_read_as_people_type_them() {
        let heading = heading(&["id", "name", "tags", "muted", "capacity", "number", "created_at"]).unwrap();
        let read =
            |cells: [&str; 7]| heading.line(cells.iter().map(|cell| cell.as_bytes()), &AttributeLimits::default());
        let checked = read(["'=a", "'+b ", "x，y, x", "yes", "-5", "", ""]);
        assert_eq!(checked, Err((Some("=a".to_owned()), vec!["capacity must be between 1 and 100000000".to_owned()])));
        let checked = read(["'=a", "'+b ", "x，y, x", "yes", "5", "7", "2026-01-01"]).unwrap();
        assert_eq!((checked.line.id.as_str(), checked.line.number), ("=a", Some(7)));
        assert_eq!(checked.line.patch.iter().count(), 4);
        assert_eq!(checked.adjusted.len(), 2, "{:?}", checked.adjusted);
        let wrong = read(["", "b", "", "maybe", "", "x", "soon"]).err().map(|(_, wrong)| wrong.len());
        assert_eq!(wrong, Some(4));
        assert!(heading.line([&b"a"[..]].into_iter(), &AttributeLimits::default()).is_err());
    }
}
