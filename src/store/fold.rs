//! How the search compares text, and the grams it is indexed by.
//!
//! Two texts are the same to the search when their folds are: compatibility forms (full width, ligatures, half-width
//! kana) become plain ones (NFKC) and letters lose their case. A room's fold is name, id and owner, with a character
//! between that no query can hold, so that nothing matches across them.
//!
//! The index holds every character and every pair of neighbouring characters as one token. A query of one or two
//! characters is answered by a token alone; a longer one by all its pairs, and then compared with the fold. Tokens
//! are written as hexadecimal numbers, because the index's own tokenizer would drop punctuation and split words.

use std::collections::BTreeSet;
use std::fmt::Write;

use unicode_normalization::UnicodeNormalization;

/// Stands between name, id and owner; a control character, which no text of ours contains.
const BETWEEN: char = '\u{1F}';

/// The text as the search compares it. Final sigma counts as sigma; `İ` loses its dot with its case.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower: String = text.nfkc().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect();
    lower.nfkc().collect()
}

/// What a room is found by.
pub fn fold_room(name: &str, id: &str, owner: &str) -> String {
    format!("{}{BETWEEN}{}{BETWEEN}{}", fold(name), fold(id), fold(owner))
}

/// The tokens of a room's fold, blanks between: what the index is given.
pub fn tokens(folded: &str) -> String {
    join(&grams(folded, true))
}

/// The tokens that every match of a folded word has: its pairs, or itself if it is one character.
pub fn query_tokens(word: &str) -> Vec<String> {
    let pairs = grams(word, false);
    if pairs.is_empty() { grams(word, true).into_iter().collect() } else { pairs.into_iter().collect() }
}

fn grams(text: &str, singles: bool) -> BTreeSet<String> {
    let mut grams = BTreeSet::new();
    let mut previous: Option<char> = None;
    for c in text.chars() {
        if c.is_whitespace() || c == BETWEEN {
            previous = None;
            continue;
        }
        if singles {
            grams.insert(format!("{:x}", u32::from(c)));
        }
        if let Some(before) = previous {
            grams.insert(format!("{:x}x{:x}", u32::from(before), u32::from(c)));
        }
        previous = Some(c);
    }
    grams
}

fn join(grams: &BTreeSet<String>) -> String {
    let mut joined = String::with_capacity(grams.len() * 6);
    for gram in grams {
        let _ = write!(joined, "{gram} ");
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_and_case_do_not_count() {
        assert_eq!(fold("ＮＥＷ Ｌｉｖｅ"), "new live");
        assert_eq!(fold("ｶﾞ"), "ガ");
        assert_eq!(fold("ΟΔΟΣ"), fold("οδος"));
        assert_eq!(fold("ÉCRAN"), fold("e\u{301}cran"));
        assert_eq!(fold("直播"), "直播");
    }

    #[test]
    fn nothing_matches_across_name_and_id() {
        let tokens = tokens(&fold_room("ab", "cd", ""));
        assert!(tokens.contains("61x62") && !tokens.contains("62x63"), "{tokens}");
    }

    #[test]
    fn a_long_word_is_asked_for_by_pairs() {
        assert_eq!(query_tokens("直"), ["76f4"]);
        assert_eq!(query_tokens("abc"), ["61x62", "62x63"]);
    }
}
