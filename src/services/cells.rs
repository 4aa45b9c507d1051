//! Cells of a spreadsheet. A cell that begins like a formula would be run by the program that opens it, so export puts
//! an apostrophe before it; import takes exactly that apostrophe away again.

use crate::domain::room::{Field, Kind};

/// The columns of a table of rooms that are no fields, in their order.
pub const FIXED: [&str; 6] = ["id", "number", "app", "version", "created_at", "updated_at"];

/// Writes a text into a cell.
pub fn guarded(text: &str) -> String {
    if is_formula(text) { format!("'{text}") } else { text.to_owned() }
}

/// Reads a text from a cell.
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| is_formula(rest)).unwrap_or(cell)
}

/// Whether a field's cells can hold any text. The others hold numbers and words of ours, which need no guard: a guard
/// would only keep a spreadsheet from counting.
pub const fn is_text(field: Field) -> bool {
    !matches!(field.spec().kind, Kind::Number { .. } | Kind::Numbers { .. } | Kind::Flag { .. } | Kind::Choice(_))
}

/// Begins like a formula, also behind apostrophes: a text that really has one must not lose it.
fn is_formula(text: &str) -> bool {
    let start = text.trim_start_matches('\'');
    start.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_come_back() {
        for (text, cell) in [
            ("=1+1", "'=1+1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-7", "'-7"),
            ("＝1", "'＝1"),
            ("'=1", "''=1"),
            ("''+", "'''+"),
            ("'tis", "'tis"),
            ("'", "'"),
            ("", ""),
            ("a=b", "a=b"),
            ("直播", "直播"),
        ] {
            assert_eq!(guarded(text), cell);
            assert_eq!(unguarded(cell), text);
        }
        assert_eq!(unguarded("'plain"), "'plain");
        assert!(is_text(Field::Name) && is_text(Field::Owner) && !is_text(Field::Capacity));
    }
}
