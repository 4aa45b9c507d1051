//! Some hundred questions taken from the data in every script, with filters and orders combined at random.

use std::collections::BTreeMap;

use wardroom::{
    domain::{
        client::ClientId,
        room::{Field, Patch, RoomId, RoomQuery, Sort, Value},
    },
    services::{import, rooms},
};

use super::plain::{Known, compare, every_room, fold};
use crate::harness::{House, Random};

/// The demo's two thousand real rooms, some of them renamed and handed over since they were imported.
async fn demo() -> (House, Vec<Known>) {
    let house = House::empty().await;
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("xtask/demo/rooms.jsonl.gz");
    let file = std::fs::File::open(file).unwrap();
    let ctx = house.ctx();
    let never = std::future::pending();
    let report = import::import(&ctx, file, import::Options::default(), &mut (), never).await.unwrap();
    assert!(report.created > 1_900, "{report:?}");
    let all = every_room(&house.store).await;
    let mut random = Random(11);
    for _ in 0..60 {
        let (room, other) = (&random.pick(&all).whole.room, &random.pick(&all).whole);
        let name = other.room.values.text(Field::Name).unwrap_or("a new name").chars().rev().collect::<String>();
        let tags = if random.once_in(2) { "changed, 新聞" } else { "" };
        let patch = Patch::from_form([("name", name.as_str()), ("tags", tags), ("cover", "")]).unwrap();
        rooms::update(&ctx, &room.id, i64::MAX, patch).await.unwrap();
        let to = ClientId::parse(&format!("new.owner.{}", random.below(9))).unwrap();
        rooms::transfer(&ctx, &RoomId::parse(other.room.id.as_str()).unwrap(), i64::MAX, to, random.once_in(2))
            .await
            .ok();
    }
    // Many at the same moment, and that midnight: bounds of days and ties in the order are met exactly.
    house.sql("UPDATE rooms SET updated_at = updated_at / 86400000 * 86400000 WHERE number % 3 = 0").await;
    let all = every_room(&house.store).await;
    (house, all)
}

fn script(c: char) -> Option<&'static str> {
    Some(match c {
        'a'..='z' | 'A'..='Z' => "Latin",
        'À'..='ɏ' => "accented Latin",
        'Ͱ'..='Ͽ' => "Greek",
        'Ѐ'..='ӿ' => "Cyrillic",
        '\u{590}'..='\u{5ff}' => "Hebrew",
        '\u{600}'..='\u{6ff}' => "Arabic",
        '\u{e00}'..='\u{e7f}' => "Thai",
        '\u{10a0}'..='\u{10ff}' => "Georgian",
        '\u{3040}'..='\u{30ff}' => "kana",
        '\u{4e00}'..='\u{9fff}' => "Han",
        '\u{ac00}'..='\u{d7af}' => "Hangul",
        '\u{ff00}'..='\u{ffef}' => "full width",
        '0'..='9' => "digits",
        _ => return None,
    })
}

/// The texts that rooms are found by, by the scripts in them.
fn texts(all: &[Known]) -> BTreeMap<&'static str, Vec<String>> {
    let mut by_script: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for whole in all.iter().map(|known| &known.whole) {
        let name = whole.room.values.text(Field::Name).unwrap_or_default();
        for text in [name, whole.room.id.as_str(), whole.room.owner().unwrap_or_default()] {
            let mut scripts: Vec<_> = text.chars().filter_map(script).collect();
            scripts.sort_unstable();
            scripts.dedup();
            for script in scripts {
                by_script.entry(script).or_default().push(text.to_owned());
            }
        }
    }
    by_script
}

/// One to six characters of a text around a character of the script, spelt in another way now and then.
fn excerpt(random: &mut Random, text: &str, wanted: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let places: Vec<usize> = (0..chars.len()).filter(|&at| script(chars[at]) == Some(wanted)).collect();
    let long = 1 + random.below(6);
    let start = random.pick(&places).saturating_sub(random.below(long));
    let piece: String = chars.iter().skip(start).take(long).collect();
    match random.below(5) {
        0 => piece.to_uppercase(),
        1 => piece.to_lowercase(),
        2 => piece
            .chars()
            .map(|c| if c.is_ascii_graphic() { char::from_u32(u32::from(c) + 0xFEE0).unwrap() } else { c })
            .collect(),
        _ => piece,
    }
}

/// A filter of the address that some room fits, now and then one that few or none do.
fn filter(random: &mut Random, all: &[Known]) -> (String, String) {
    let whole = &random.pick(all).whole;
    let room = &whole.room;
    let nobody = || "nobody".to_owned();
    let day = |at: wardroom::domain::Timestamp| at.day();
    let fields: Vec<Field> = Field::ALL.iter().copied().filter(|field| field.spec().kind.is_filter()).collect();
    match random.below(fields.len() + 8) {
        0 => ("member".to_owned(), whole.members.first().map_or_else(nobody, |m| m.client.id.to_string())),
        1 => ("app".to_owned(), if room.app.is_empty() { nobody() } else { room.app.clone() }),
        2 => ("cover".to_owned(), ["yes", "no"][random.below(2)].to_owned()),
        3 => ("attribute".to_owned(), whole.attributes.first().map_or_else(nobody, |a| a.key.clone())),
        4 => {
            let pair = whole.attributes.first().map_or_else(nobody, |a| format!("{}={}", a.key, a.value));
            ("attribute".to_owned(), pair.replace('\n', " "))
        }
        5 | 6 => ("from".to_owned(), day(room.updated_at)),
        7 => ("to".to_owned(), day(room.updated_at)),
        n => {
            let field = fields[n - 8];
            let value = match room.values.get(field) {
                Some(Value::Words(words)) => random.pick(words).clone(),
                Some(Value::Numbers(numbers)) => random.pick(numbers).to_string(),
                Some(other) => other.plain(),
                None => "7".to_owned(),
            };
            (field.key().to_owned(), value)
        }
    }
}

fn sort(random: &mut Random) -> String {
    format!("{}{}", if random.once_in(2) { "-" } else { "" }, random.pick(&Sort::ALL).key())
}

fn question(pairs: &[(String, String)]) -> RoomQuery {
    let (query, wrong) = RoomQuery::parse(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    assert!(wrong.is_empty(), "{pairs:?}: {wrong:?}");
    query
}

#[tokio::test]
async fn what_is_found_is_what_a_plain_look_finds() {
    let (house, all) = demo().await;
    let texts = texts(&all);
    assert_eq!(texts.len(), 13, "every script is there: {:?}", texts.keys());
    let scripts: Vec<&str> = texts.keys().copied().collect();
    let mut random = Random(20_260_822);
    let (mut asked, mut hits, mut bare, mut crossed) = (0, 0, 0, BTreeMap::<String, usize>::new());
    for n in 0..420 {
        let script = scripts[n % scripts.len()];
        let text = random.pick(&texts[script]).clone();
        let mut words = vec![excerpt(&mut random, &text, script)];
        if random.once_in(4) {
            // A second word, of the same room's name or of any other's.
            let other = if random.once_in(2) { text } else { random.pick(&texts[script]).clone() };
            words.push(excerpt(&mut random, &other, script));
        }
        let search = words.join(" ");
        if search.trim().is_empty() {
            continue;
        }
        let mut pairs = vec![("q".to_owned(), search)];
        // A third of the questions are the words alone, so that filters do not hide what is not found.
        let filters = n % 3;
        for _ in 0..filters {
            let filter = filter(&mut random, &all);
            *crossed.entry(filter.0.clone()).or_default() += 1;
            pairs.push(filter);
        }
        pairs.push(("sort".to_owned(), sort(&mut random)));
        let query = question(&pairs);
        let found = compare(&house.store, &all, &query, random.once_in(3), usize::MAX).await;
        assert!(filters > 0 || words.len() > 1 || found > 0, "an excerpt finds its own text: {pairs:?}");
        (asked, hits, bare) = (asked + 1, hits + usize::from(found > 0), bare + usize::from(filters == 0));
    }
    assert!(asked > 400 && bare > 130 && hits > 200, "{asked} asked, {bare} without filter, {hits} found something");
    assert!(crossed.len() > 12, "every kind of filter was tried: {crossed:?}");
}

#[tokio::test]
async fn every_filter_and_every_order_finds_what_a_plain_look_finds() {
    let (house, all) = demo().await;
    let mut random = Random(77);
    let mut hits = 0;
    for n in 0..260 {
        let mut pairs: Vec<(String, String)> = (0..1 + n % 3).map(|_| filter(&mut random, &all)).collect();
        pairs.push(("sort".to_owned(), sort(&mut random)));
        let most = if n % 6 == 0 { usize::MAX } else { 3 };
        hits += usize::from(compare(&house.store, &all, &question(&pairs), n % 5 == 0, most).await > 0);
    }
    assert!(hits > 100, "{hits} found something");
    for sort in Sort::ALL {
        for descending in [false, true] {
            let query = RoomQuery { sort, descending, ..RoomQuery::default() };
            assert_eq!(compare(&house.store, &all, &query, true, usize::MAX).await, all.len());
        }
    }
}

#[tokio::test]
async fn what_looks_like_syntax_is_only_text() {
    let (house, all) = demo().await;
    for odd in [
        "\"",
        "'",
        "a\"b",
        "*",
        "a*",
        "-new",
        "NOT a",
        "a AND b",
        "a OR b",
        "NEAR(a b)",
        "(",
        ")",
        "^",
        "a:b",
        "gram:a",
        "%",
        "_",
        "a%b",
        "\\",
        "--",
        ";",
        "{",
        "}",
        "+",
        "🦀",
        "\u{200f}",
        "¨",
        "ﬃ",
        "ſ",
        "İ",
        "ß",
        "Å",
        "ｶﾞ",
        "\u{301}",
        "①",
        "㌔",
        "ﷺ",
        "x' OR 1=1 --",
    ] {
        let found = compare(&house.store, &all, &question(&[("q".to_owned(), odd.to_owned())]), true, usize::MAX).await;
        assert!(found < all.len(), "{odd}");
    }
    assert_eq!(fold("ΟΔΟΣ"), fold("οδος"), "the plain look folds as documented");
}
