//! The demo's clients: about 1,200 people whose nickname, picture and last visit are the same in every room.

use super::{
    clock::{DAY, NOW, written},
    random::Random,
    script::Language,
};

/// Somebody in the rooms.
pub struct Person {
    /// The client's id.
    pub id: String,
    /// The name that others see; may be missing, may be long, may read from right to left.
    pub nickname: Option<String>,
    /// Address of a picture.
    pub avatar: Option<String>,
    /// When they were last seen, in RFC 3339.
    pub last_login: Option<String>,
}

/// Everybody.
pub struct People {
    /// People by the language they speak, in the order of [`SPEAKERS`].
    by_language: Vec<(Language, Vec<Person>)>,
}

/// How many speak what, given names and family names or epithets.
const SPEAKERS: [(Language, usize, &[&str], &[&str]); 7] = [
    (
        Language::Chinese,
        240,
        &["小美", "志明", "雅婷", "家豪", "怡君", "俊傑", "淑芬", "宗翰", "思涵", "大雄", "阿牛", "心怡"],
        &["陳", "林", "黃", "張", "李", "王", "愛唱歌的", "夜貓子", "路過的", "不睡覺的"],
    ),
    (
        Language::Japanese,
        160,
        &["さくら", "蓮", "ハルト", "ゆい", "湊", "あおい", "大和", "ひなた", "ミク", "そら", "健太", "結衣"],
        &["佐藤", "鈴木", "高橋", "田中", "深夜の", "初見の", "歌う", "通りすがりの", "山本", "もふもふ"],
    ),
    (
        Language::Korean,
        140,
        &["민준", "서연", "지훈", "하은", "도윤", "수아", "예준", "지우", "현우", "채원", "은지", "태양"],
        &["김", "이", "박", "최", "정", "노래하는 ", "새벽의 ", "지나가던 ", "강", "배고픈 "],
    ),
    (
        Language::Arabic,
        160,
        &["محمد", "فاطمة", "أحمد", "عائشة", "يوسف", "مريم", "خالد", "نور", "سارة", "عمر", "ليلى", "حسن"],
        &["أبو ", "أم ", "عاشق ", "صديق ", "ابن ", "الأستاذ ", "الكابتن ", "دكتور "],
    ),
    (
        Language::Russian,
        140,
        &["Саша", "Наташа", "Дмитрий", "Ольга", "Женя", "Алёна", "Миша", "Катя", "Сергей", "Юля", "Ваня", "Лена"],
        &["Весёлый ", "Тихая ", "Капитан ", "Бабушка ", "Сонный ", "Дядя ", "Настоящий ", "Та самая "],
    ),
    (
        Language::German,
        100,
        &["Jürgen", "Anneliese", "Max", "Käthe", "Björn", "Lena", "Uwe", "Zoë", "Jannik", "Mia", "Günther", "Änne"],
        &["Onkel ", "Tante ", "Nachtwächter ", "Opa ", "Die echte ", "Kapitän ", "Früher Vogel ", "Dr. "],
    ),
    (
        Language::English,
        260,
        &["Ava", "Noah", "Priya", "Liam", "Chloé", "Mateo", "Siobhán", "Kofi", "Łukasz", "Ingrid", "José", "Thảo"],
        &["DJ ", "Captain ", "Sleepy ", "The real ", "Auntie ", "Just ", "Professor ", "Late Night "],
    ),
];

/// Names that lists and cards must get right: long, without blanks, right to left, mixed, decorated.
const HARD: [&str; 14] = [
    "ערוץ הלילה של דני",
    "נועה 🎧 רדיו 54",
    "شبكة أصدقاء البث المباشر في مدينة الإسكندرية وضواحيها وكل من يحب الأغاني القديمة",
    "أبو علي (Abu Ali) 2026",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
    "the one who always arrives five minutes late and asks what has happened so far in this episode",
    "超級無敵宇宙霹靂愛看直播看到忘記吃飯睡覺還要跟大家說晚安的小胖",
    "👩‍👩‍👧‍👦 Familie Özdemir-Şahin",
    "ＤＪ　ＫＥＮ",
    "O'Brien & \"Sons\" <Ltd>",
    "Ζωή από την Κρήτη",
    "น้องแนน สายปาร์ตี้",
    "ნინო თბილისიდან",
    "ʕ•ᴥ•ʔ",
];

impl People {
    /// Makes everybody.
    pub fn new() -> Self {
        let mut random = Random::of("people");
        let mut next_id = 100_000;
        let mut by_language = Vec::new();
        for (language, count, given, family) in SPEAKERS {
            let mut speakers = Vec::new();
            for _ in 0..count {
                next_id += random.between(1, 90);
                let nickname = random.percent(93).then(|| nickname(&mut random, language, given, family));
                speakers.push(Person::new(&mut random, next_id, nickname));
            }
            by_language.push((language, speakers));
        }
        if let Some((_, speakers)) = by_language.last_mut() {
            for name in HARD {
                next_id += 1;
                speakers.push(Person::new(&mut random, next_id, Some(name.to_owned())));
            }
        }
        Self { by_language }
    }

    /// Somebody who might be in a room of that language: mostly a speaker of it.
    pub fn guest(&self, random: &mut Random, language: Language) -> Option<&Person> {
        let own = random.percent(75);
        let speakers = match self.by_language.iter().find(|(spoken, _)| own && *spoken == language) {
            Some((_, speakers)) => speakers,
            None => &random.pick(&self.by_language).1,
        };
        // Squared, so that some are seen everywhere and most now and then.
        let (one, other) = (random.below(1000), random.below(1000));
        speakers.get((one * other) as usize * speakers.len() / 1_000_000)
    }
}

impl Person {
    fn new(random: &mut Random, number: u64, nickname: Option<String>) -> Self {
        let id = match random.below(10) {
            0 => format!("wx_{:08x}", random.next() >> 32),
            1 => format!("guest-{}", number % 10_000),
            _ => format!("u{number}"),
        };
        let avatar = random.percent(15).then(|| format!("https://pictures.example/{id}.webp"));
        let days = random.below(20) * random.below(20);
        let last_login = random.percent(95).then(|| written(NOW - days * DAY - random.below(DAY)));
        Self { id, nickname, avatar, last_login }
    }
}

fn nickname(random: &mut Random, language: Language, given: &[&str], family: &[&str]) -> String {
    let (given, family) = (random.pick(given), random.pick(family));
    match random.below(8) {
        0 => format!("{given} {}", random.pick(&["🎤", "🌸", "🐱", "⚽", "✨", "🎧"])),
        1 => format!("{given}{}", random.between(1, 99)),
        2 | 3 if language != Language::Chinese => (*given).to_owned(),
        _ => format!("{family}{given}"),
    }
}

#[cfg(test)]
mod unit {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn everybody_has_an_id_of_their_own() {
        let people = People::new();
        let ids: Vec<&str> = people.by_language.iter().flat_map(|(_, all)| all).map(|one| one.id.as_str()).collect();
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    }

    #[test]
    fn names_are_plain_text_of_one_line() {
        let turning = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
        let people = People::new();
        let names = people.by_language.iter().flat_map(|(_, all)| all).filter_map(|one| one.nickname.as_ref());
        for name in names {
            assert!(!name.chars().any(|c| c.is_control() || turning(c)), "{name}");
            assert!(name.trim() == name && name.chars().count() <= 100, "{name}");
        }
    }
}
