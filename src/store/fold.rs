//! How the search compares text, and the grams it is indexed by.
//!
//! Two texts are the same to the search when their folds are: compatibility forms (full width, ligatures, half-width
//! kana) become plain ones (NFKC) and letters lose their case. A room's fold is name, id and owner, with a character
//! between that no query can hold, so that nothing matches across them.
//!
//! The index holds every character, every pair and every three of neighbouring characters as one token each; the threes
//! stand in the text's own order. So a word of one or two characters is one token, and a longer one is a phrase of its
//! threes: whatever has them one after the other holds the word, and no room has to be looked at to be sure. Tokens are
//! written as hexadecimal numbers, because the index's own tokenizer would drop punctuation and split words.
//!
//! On 1,000,000 rooms: words of two and more characters 0.5 to 5 ms, common or rare; phrases of pairs instead of threes
//! took 1 to 45 ms in a third less space.

use std::collections::BTreeSet;

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

/// Stands between two threes that do not follow each other.
const GAP: &str = "z";

/// The tokens of a room's fold, blanks between: what the index is given.
pub fn tokens(folded: &str) -> String {
    let mut short: BTreeSet<String> = BTreeSet::new();
    let mut threes = String::with_capacity(folded.len() * 12);
    for word in folded.split(is_between) {
        let chars: Vec<u32> = word.chars().map(u32::from).collect();
        short.extend(chars.windows(1).map(token));
        short.extend(chars.windows(2).map(token));
        for three in chars.windows(3) {
            put(&mut threes, three);
            threes.push(' ');
        }
        threes.push_str(GAP);
        threes.push(' ');
    }
    let mut joined = String::with_capacity(threes.len() * 2);
    for token in short {
        joined.push_str(&token);
        joined.push(' ');
    }
    joined + GAP + " " + &threes
}

/// What the index is asked for to find a folded word, as a phrase; nothing for a word that is all blanks. Exact where the
/// word holds no blank, which a fold can (U+00A8).
pub fn phrase(word: &str) -> Option<String> {
    let phrases: Vec<String> = word
        .split(is_between)
        .filter(|part| !part.is_empty())
        .map(|part| {
            let chars: Vec<u32> = part.chars().map(u32::from).collect();
            let tokens: Vec<String> = chars.windows(chars.len().min(3)).map(token).collect();
            format!("\"{}\"", tokens.join(" "))
        })
        .collect();
    (!phrases.is_empty()).then(|| phrases.join(" AND "))
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || c == BETWEEN
}

/// Neighbouring characters as one token.
fn token(chars: &[u32]) -> String {
    let mut token = String::with_capacity(chars.len() * 5);
    put(&mut token, chars);
    token
}

/// Writes neighbouring characters as one token. An import writes a hundred of them for every room.
fn put(text: &mut String, chars: &[u32]) {
    for (n, c) in chars.iter().enumerate() {
        if n > 0 {
            text.push('x');
        }
        let digits = (32 - (c | 1).leading_zeros()).div_ceil(4);
        for digit in (0..digits).rev() {
            text.push(char::from_digit(c >> (4 * digit) & 0xF, 16).unwrap_or('0'));
        }
    }
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
    fn a_word_is_asked_for_by_one_token_or_by_its_threes_in_order() {
        assert_eq!(phrase("直").as_deref(), Some("\"76f4\""));
        assert_eq!(phrase("ab").as_deref(), Some("\"61x62\""));
        assert_eq!(phrase("abcd").as_deref(), Some("\"61x62x63 62x63x64\""));
        assert_eq!(phrase(" a bc").as_deref(), Some("\"61\" AND \"62x63\""));
        assert_eq!(phrase(" "), None);
    }

    #[test]
    fn threes_stand_in_order_and_never_run_on_into_the_next_word() {
        let tokens = tokens("abcd bcde");
        let threes = &tokens[tokens.find(GAP).unwrap()..];
        assert_eq!(threes, "z 61x62x63 62x63x64 z 62x63x64 63x64x65 z ");
    }
}
