//! What is said to whom: results on standard output, everything else on standard error.

use std::io::Write;

/// Says what is wrong.
pub(super) fn complain(what: &str) {
    say(&format!("wardroom: {what}"));
}

/// A line on standard error. If nobody reads it, so be it.
pub(super) fn say(what: &str) {
    let _ = writeln!(std::io::stderr(), "{}", harmless(what, "\n"));
}

/// Text that does nothing to a terminal: control characters and those that turn the direction of text are written out.
pub(super) fn harmless(text: &str, but: &str) -> String {
    let turns = |c| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let mut harmless = String::with_capacity(text.len());
    for c in text.chars() {
        if (c.is_control() && !but.contains(c)) || turns(c) {
            harmless.extend(c.escape_unicode());
        } else {
            harmless.push(c);
        }
    }
    harmless
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(harmless("a\u{1B}[2Jb\u{202E}c\n直", ""), "a\\u{1b}[2Jb\\u{202e}c\\u{a}直");
        assert_eq!(harmless("a\nb", "\n"), "a\nb");
    }
}
