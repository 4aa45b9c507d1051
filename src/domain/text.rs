//! What every text must satisfy, wherever it comes from, and how it is tidied first.
//!
//! Tidying loses nothing a reader could see: line ends become `\n`, a tab or line end inside a single line
//! becomes a blank, outer white space goes. Refused outright, because nothing good needs them: control characters
//! (NUL first of all) and the invisible characters that turn the direction of text (U+202A to U+202E, U+2066 to
//! U+2069), with which a name can be made to read as another. The marks that right-to-left scripts do need
//! (U+200E, U+200F, U+061C) are kept.

/// Tidies a text of one line, or of several when `lines` is more than 1.
///
/// # Errors
/// Says which character cannot stand there.
pub fn tidy(text: &str, lines: usize) -> Result<String, String> {
    let joined = if lines > 1 {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text.split(['\t', '\r', '\n']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let tidied = joined.trim();
    match tidied.chars().find(|&c| is_refused(c)) {
        Some(c) if c.is_control() => Err(format!("contains a control character (U+{:04X}); remove it", u32::from(c))),
        Some(c) => Err(format!(
            "contains an invisible character that turns the text's direction (U+{:04X}); remove it",
            u32::from(c)
        )),
        None => Ok(tidied.to_owned()),
    }
}

/// Checks the name of somebody who may do something: two names must not look the same because of a character that nobody
/// sees (soft hyphens, zero-width blanks and joiners, direction marks, fillers, variation selectors, tags).
///
/// # Errors
/// Says which character.
pub fn seen(name: &str) -> Result<(), String> {
    let unseen = |c: &char| {
        matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{2800}')
            || matches!(c, '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
            || matches!(c, '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}')
            || matches!(c, '\u{FFF0}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
    };
    match name.chars().find(unseen) {
        Some(c) => Err(format!("contains a character that nobody sees (U+{:04X}); remove it", u32::from(c))),
        None => Ok(()),
    }
}

/// Checks a length in characters (Unicode scalar values, as the vendors count them).
///
/// # Errors
/// Says how long the text is and how long it may be.
pub fn at_most(text: &str, max: usize) -> Result<(), String> {
    let long = text.chars().count();
    if long > max { Err(format!("is too long: {long} of {max} characters")) } else { Ok(()) }
}

/// Checks a length in bytes of UTF-8.
///
/// # Errors
/// Says how long the text is and how long it may be.
pub fn at_most_bytes(text: &str, max: usize) -> Result<(), String> {
    let long = text.len();
    if long > max { Err(format!("is too long: {long} of {max} bytes")) } else { Ok(()) }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn is_refused(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sees_is_no_part_of_a_name() {
        for good in ["ada", "Ольга", "佐藤", "José", "o'neil", "مريم", "नेहा"] {
            assert_eq!(seen(good), Ok(()), "{good}");
        }
        for bad in ["ad\u{200B}a", "a\u{AD}da", "ada\u{FEFF}", "\u{200F}ada", "ada\u{E0041}", "ㅤ\u{3164}", "a\u{2060}"]
        {
            assert!(seen(bad).is_err_and(|why| why.contains("U+")), "{bad:?}");
        }
    }

    #[test]
    fn white_space_is_tidied_and_nothing_else() {
        assert_eq!(tidy("  Geo\tWild\r\n985 ", 1).as_deref(), Ok("Geo Wild 985"));
        assert_eq!(tidy("one\r\ntwo\rthree", 9).as_deref(), Ok("one\ntwo\nthree"));
        assert_eq!(tidy("مباشر\u{200F}", 1).as_deref(), Ok("مباشر\u{200F}"));
    }

    #[test]
    fn control_and_turning_characters_are_named() {
        assert!(tidy("a\0b", 1).is_err_and(|why| why.contains("U+0000")));
        assert!(tidy("a\u{202E}b", 1).is_err_and(|why| why.contains("U+202E") && why.contains("direction")));
        assert!(tidy("a\u{0085}b", 9).is_err());
    }

    #[test]
    fn lengths_are_counted_as_said() {
        assert!(at_most("直播間", 3).is_ok());
        assert_eq!(at_most_bytes("直播間", 8), Err("is too long: 9 of 8 bytes".to_owned()));
    }
}
