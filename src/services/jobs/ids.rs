//! Ids in a file: one a line, or a table that has a column of them, as exports of rooms and of results do.

use csv::ReaderBuilder;

use crate::{domain::job::pasted, services::cells::unguarded};

/// What a column of ids is called.
const NAMES: [&str; 4] = ["id", "room", "room id", "room_id"];
/// What may stand between the cells of a table.
const BETWEEN: [u8; 3] = [b',', b';', b'\t'];

/// The ids that a file holds, in its order. In a table they stand under `id` or `room`; any other text is read as a
/// pasted list is, with line ends, commas or tabs between.
pub fn ids_in(text: &str) -> Vec<String> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or_default();
    let column = |between: u8| {
        let is_named = |cell: &str| NAMES.contains(&cell.trim().trim_matches('"').to_lowercase().as_str());
        Some((between, first.split(char::from(between)).position(is_named)?))
    };
    let Some((between, column)) = BETWEEN.into_iter().find_map(column) else {
        return pasted(text).map(str::to_owned).collect();
    };
    let mut rows = ReaderBuilder::new().delimiter(between).flexible(true).from_reader(text.as_bytes());
    let cells = rows.records().filter_map(|row| row.ok()?.get(column).map(|cell| unguarded(cell.trim()).to_owned()));
    cells.filter(|id| !id.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_line_by_line_and_a_table_by_its_column() {
        for (text, ids) in [
            ("a\nb c\r\n\n 直播 \n", vec!["a", "b c", "直播"]),
            ("\u{feff}a,b\tc", vec!["a", "b", "c"]),
            ("id\r\na\r\n\"with,comma\"\r\n'=1+1\r\n", vec!["a", "with,comma", "=1+1"]),
            ("name;ID\nx;a\ny;b;more\nonly one\n", vec!["a", "b"]),
            ("room,outcome,reason,entry\na,changed,,1\n,failed,\"b\nc\",\n", vec!["a"]),
            ("\"Room ID\"\tname\na\tx", vec!["a"]),
            ("", vec![]),
            ("id", vec![]),
        ] {
            assert_eq!(ids_in(text), ids, "{text:?}");
        }
    }
}
