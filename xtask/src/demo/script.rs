//! Which script a name is written in, and which language a room of that script would speak.

/// A script among the rooms' names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Script {
    /// Chinese characters without kana.
    Han,
    /// Hiragana or katakana, alone or among Chinese characters.
    Kana,
    /// Korean.
    Hangul,
    /// Arabic, Persian, Urdu.
    Arabic,
    /// Hebrew.
    Hebrew,
    /// Russian and its neighbours.
    Cyrillic,
    /// Greek.
    Greek,
    /// Thai.
    Thai,
    /// Georgian.
    Georgian,
    /// All else, and names without letters.
    Latin,
}

impl Script {
    /// Every script with the most rooms that the demo takes of it; Latin is what fills the demo up.
    pub const SHARES: [(Self, usize); 10] = [
        (Self::Han, 300),
        (Self::Kana, 260),
        (Self::Hangul, 220),
        (Self::Arabic, 260),
        (Self::Hebrew, 60),
        (Self::Cyrillic, 280),
        (Self::Greek, 90),
        (Self::Thai, 90),
        (Self::Georgian, 90),
        (Self::Latin, usize::MAX),
    ];

    /// The script of a name: kana if there is any, else the most frequent that is not Latin, else Latin.
    pub fn of(name: &str) -> Self {
        let found: Vec<Self> = name.chars().filter_map(Self::of_letter).collect();
        if found.contains(&Self::Kana) {
            return Self::Kana;
        }
        let count = |script| found.iter().filter(|&&other| other == script).count();
        let best = Self::SHARES.iter().map(|&(script, _)| script).max_by_key(|&script| (count(script), script));
        best.filter(|&script| count(script) > 0).unwrap_or(Self::Latin)
    }

    fn of_letter(letter: char) -> Option<Self> {
        match letter {
            '\u{0370}'..='\u{03FF}' | '\u{1F00}'..='\u{1FFF}' => Some(Self::Greek),
            '\u{0400}'..='\u{052F}' => Some(Self::Cyrillic),
            '\u{0590}'..='\u{05FF}' => Some(Self::Hebrew),
            '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' => Some(Self::Arabic),
            '\u{0E00}'..='\u{0E7F}' => Some(Self::Thai),
            '\u{10A0}'..='\u{10FF}' | '\u{1C90}'..='\u{1CBF}' => Some(Self::Georgian),
            '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{AC00}'..='\u{D7AF}' => Some(Self::Hangul),
            '\u{30FB}' => None,
            '\u{3041}'..='\u{30FF}' | '\u{FF66}'..='\u{FF9F}' => Some(Self::Kana),
            '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3134F}' => Some(Self::Han),
            _ => None,
        }
    }
}

/// A language that the demo's rooms speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Chinese, traditional.
    Chinese,
    /// Japanese.
    Japanese,
    /// Korean.
    Korean,
    /// Arabic.
    Arabic,
    /// Russian.
    Russian,
    /// German.
    German,
    /// English.
    English,
}

impl Language {
    /// The language of a room: by its name's script, and German where a tag says so.
    pub fn of(script: Script, tags: &[&str]) -> Self {
        match script {
            Script::Han => Self::Chinese,
            Script::Kana => Self::Japanese,
            Script::Hangul => Self::Korean,
            Script::Arabic => Self::Arabic,
            Script::Cyrillic => Self::Russian,
            Script::Latin if tags.contains(&"de") => Self::German,
            Script::Hebrew | Script::Greek | Script::Thai | Script::Georgian | Script::Latin => Self::English,
        }
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn names_have_the_script_a_reader_sees() {
        for (name, script) in [
            ("梅州-1", Script::Han),
            ("琴曲、日本の調べ", Script::Kana),
            ("フジテレビ", Script::Kana),
            ("TV조선 생존왕", Script::Hangul),
            ("دبي الرياضية 1", Script::Arabic),
            ("כאן 11", Script::Hebrew),
            ("RT Д English и ещё", Script::Cyrillic),
            ("ΑΙΓΑΙΟ", Script::Greek),
            ("นิวส์วัน", Script::Thai),
            ("მაგთი ჰიტი", Script::Georgian),
            ("Canal Geográfico", Script::Latin),
            ("7", Script::Latin),
        ] {
            assert_eq!(Script::of(name), script, "{name}");
        }
    }

    #[test]
    fn a_german_tag_makes_a_latin_room_german() {
        assert_eq!(Language::of(Script::Latin, &["de", "DE"]), Language::German);
        assert_eq!(Language::of(Script::Latin, &["en"]), Language::English);
        assert_eq!(Language::of(Script::Han, &["de"]), Language::Chinese);
    }
}
