//! One demo room: what the list tells, and a life made up around it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    Channel,
    clock::{DAY, NOW, written},
    crowd,
    people::{People, Person},
    phrases::Phrases,
    random::Random,
    script::Language,
};

/// One room in so many is full: of people and of attributes.
const RARE: usize = 1000;
/// Most attributes of a room, as the console ships.
const ATTRIBUTES: u64 = 20;

/// Keys of at most 16 bytes and values for them.
const KEYS: [(&str, &[&str]); 20] = [
    ("topic", &["賽季總決賽", "Open mic", "今夜の一曲", "وقت الأسئلة"]),
    ("theme", &["dark", "spring", "stadium"]),
    ("mic1", &["{\"seat\":1,\"locked\":false}", "{\"seat\":1,\"locked\":true}"]),
    ("mic2", &["{\"seat\":2,\"locked\":false}"]),
    ("mic3", &["{\"seat\":3,\"locked\":true}"]),
    ("song", &["晴天", "Lemon", "밤편지", "Катюша"]),
    ("pk_score", &["0:0", "3:1", "12:12"]),
    ("gift_total", &["0", "1280", "99999"]),
    ("bg", &["#1b2a41", "https://pictures.example/bg/stage.webp"]),
    ("language", &["zh-Hant", "ja", "ko", "ar", "ru", "de", "en"]),
    ("host", &["u100034", "u100211"]),
    ("seat_lock", &["3,7", "none"]),
    ("countdown", &["2026-12-31T23:59:59Z", "90"]),
    ("poll", &["{\"q\":\"Next song?\",\"a\":[\"A\",\"B\",\"C\"]}"]),
    ("pinned", &["m1", "m2048"]),
    ("region", &["TW", "JP", "KR", "EG", "DE", "GB"]),
    ("quality", &["1080p", "720p", "auto"]),
    ("slow", &["0", "5", "30"]),
    ("字幕", &["開", "關"]),
    ("вход", &["свободный"]),
];

/// Makes the room of a channel; `index` says which rooms are the full ones.
pub fn furnish(channel: &Channel, index: usize, people: &People) -> Map<String, Value> {
    let mut random = Random::of(&channel.id);
    let random = &mut random;
    let tags: Vec<&str> = channel.tags.iter().map(String::as_str).collect();
    let language = Language::of(channel.script, &tags);
    let phrases = Phrases::of(language);
    let life = Life::of(random);

    let mut room = Map::new();
    put(&mut room, "id", channel.id.as_str());
    put(&mut room, "app", "demo");
    put(&mut room, "name", channel.name.as_str());
    if let Some(cover) = &channel.cover {
        put(&mut room, "cover", cover.as_str());
    }
    presentation(&mut room, random, phrases, &tags);
    settings(&mut room, random);
    put(&mut room, "owner", channel.owner.as_str());

    let full = index % RARE == 7;
    let guests = crowd::guests(random, full, people, language);
    let managers: Vec<&str> = guests.iter().filter(|(_, manager)| *manager).map(|(one, _)| one.id.as_str()).collect();
    if !managers.is_empty() {
        put(&mut room, "managers", managers);
    }
    if random.percent(60) || guests.len() > 100 {
        put(&mut room, "capacity", *random.pick(&[200_u64, 500, 1000, 5000, 100_000]));
    }
    put(&mut room, "created_at", written(life.created));
    put(&mut room, "updated_at", written(life.updated));
    if !guests.is_empty() {
        let messages = if random.percent(85) { random.between(1, 5000) } else { 0 };
        let owner = random.percent(75).then_some(channel.owner.as_str());
        put(&mut room, "members", crowd::members(random, &guests, owner, messages));
        if messages > 0 {
            let (sender, _) = random.pick(&guests);
            let sent = NOW - random.below((NOW - life.created).min(30 * DAY));
            let text = *random.pick(&phrases.chat);
            let message = json!({ "id": format!("m{messages}"), "kind": "text", "text": text, "sender": sender.id, "sent_at": written(sent) });
            put(&mut room, "last_message", message);
        }
    }
    let attributes = attributes(random, full, &channel.owner, &guests, phrases);
    if !attributes.is_empty() {
        put(&mut room, "attributes", attributes);
    }
    room
}

/// When a room came to be and was last changed.
struct Life {
    created: u64,
    updated: u64,
}

impl Life {
    fn of(random: &mut Random) -> Self {
        let created = NOW - random.between(30 * DAY, 1100 * DAY);
        let recent = if random.percent(40) { 30 * DAY } else { NOW - created };
        Self { created, updated: NOW - random.below(recent) }
    }
}

fn presentation(room: &mut Map<String, Value>, random: &mut Random, phrases: &Phrases, tags: &[&str]) {
    if random.percent(70) {
        let (one, other) = (*random.pick(&phrases.about), *random.pick(&phrases.about));
        let both = random.percent(25) && one != other;
        put(room, "description", if both { format!("{one}\n\n{other}") } else { one.to_owned() });
    }
    if random.percent(35) {
        put(room, "announcement", *random.pick(&phrases.notice));
    }
    let mut tags = tags.to_vec();
    for _ in 0..random.below(4) {
        let tag = *random.pick(&phrases.tags);
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    if !tags.is_empty() {
        put(room, "tags", tags);
    }
    if random.percent(70) {
        let wanted = random.between(1, 3) as usize;
        let mut categories = BTreeSet::new();
        while categories.len() < wanted {
            categories.insert(*random.pick(&[1_u64, 2, 3, 5, 8, 13, 21, 101, 102, 2001]));
        }
        put(room, "categories", categories.into_iter().collect::<Vec<_>>());
    }
}

/// What has a default is written only where it differs, as a real export would.
fn settings(room: &mut Map<String, Value>, random: &mut Random) {
    let number = random.between(10_000, 99_999);
    for (share, key, value) in [
        (12, "webhook", json!(format!("https://hooks.example/rooms/{number}"))),
        (10, "bot_mode", json!(true)),
        (25, "ext_params", json!(format!("level={}&season={}", number % 9 + 1, 2024 + number % 3))),
        (15, "ext", json!(format!("{{\"theme\":\"dark\",\"sort\":{}}}", number % 100))),
        (35, "live_url", json!(live_url(number))),
        (30, "queue_level", json!("managers")),
        (20, "moderation_text", json!(format!("73{number}0041"))),
        (15, "moderation_picture", json!(format!("88{number}0107"))),
        (10, "opening", json!("closed")),
        (8, "status", json!("inactive")),
        (5, "muted", json!(true)),
        (30, "activity_status", json!(number % 6)),
        (15, "listed", json!(false)),
        (35, "seat_mode", json!("ask")),
    ] {
        if random.percent(share) {
            put(room, key, value);
        }
    }
}

fn live_url(number: u64) -> String {
    if number.is_multiple_of(3) {
        format!("rtmp://live.example/demo/{number}")
    } else {
        format!("https://live.example/demo/{number}/index.m3u8")
    }
}

fn attributes(
    random: &mut Random,
    full: bool,
    owner: &str,
    guests: &[(&Person, bool)],
    phrases: &Phrases,
) -> Vec<Value> {
    let count = match random.below(100) {
        _ if full => ATTRIBUTES,
        0..62 => 0,
        62..95 => random.between(1, 4),
        _ => random.between(5, 12),
    };
    let first = random.below(KEYS.len() as u64);
    let attribute = |nth: u64| {
        let (key, values) = KEYS[((first + nth * 7) % KEYS.len() as u64) as usize];
        // The last of a full room is as long as a value may be.
        let value = if nth + 1 == ATTRIBUTES { longest(phrases.about[0]) } else { (*random.pick(values)).to_owned() };
        let mut attribute = Map::new();
        put(&mut attribute, "key", key);
        put(&mut attribute, "value", value);
        if random.percent(20) {
            put(&mut attribute, "auto_delete", true);
        }
        let set_by = if guests.is_empty() || random.percent(40) { owner } else { &random.pick(guests).0.id };
        put(&mut attribute, "set_by", set_by);
        Value::Object(attribute)
    };
    (0..count).map(attribute).collect()
}

/// A sentence, repeated up to 1,024 bytes.
fn longest(sentence: &str) -> String {
    let mut text = String::new();
    while text.len() + sentence.len() < 1024 {
        text.push_str(sentence);
        text.push(' ');
    }
    text.trim_end().to_owned()
}

/// Sets a key.
pub fn put(map: &mut Map<String, Value>, key: &str, value: impl Into<Value>) {
    map.insert(key.to_owned(), value.into());
}
