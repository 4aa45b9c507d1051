//! The rooms: real names crossed with topics, owners and tags in realistic skew, some with members and attributes. The
//! same for the same number of rooms, whenever it is made.

use std::io::{BufWriter, Read, Write};

use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use serde_json::{Map, Value as Json, json};

use crate::random::Random;

/// The names of the real channels, one a line (iptv-org/epg, in the public domain).
const NAMES: &[u8] = include_bytes!("../names.txt.gz");

/// What is broadcast, in the scripts of the names; the first round of names has none of them.
const TOPICS: [&str; 28] = [
    "",
    "直播",
    "LIVE",
    "歌枠",
    "新聞",
    "Music",
    "مباشر",
    "gaming",
    "雑談",
    "Новости",
    "노래방",
    "24/7",
    "sports",
    "聊天",
    "study",
    "カラオケ",
    "Radio",
    "晚安",
    "ASMR",
    "คุยสด",
    "電競",
    "talk",
    "cooking",
    "ثقافة",
    "테스트",
    "night",
    "音樂",
    "beta",
];
const TAGS: [&str; 24] = [
    "live", "music", "en", "zh", "ja", "新聞", "gaming", "sports", "talk", "ru", "ko", "ar", "歌枠", "study", "radio",
    "night", "test", "kids", "film", "art", "雑談", "travel", "food", "rare",
];
/// Owners in all.
const OWNERS: u64 = 20_000;
/// Clients in all.
const CLIENTS: u64 = 200_000;
/// When the first room was made, in milliseconds since 1970, and how long after it the next.
const FIRST: u64 = 1_640_000_000_000;
const STEP: u64 = 150_000;

/// Writes the rooms as lines that `wardroom import` takes.
pub fn write(rooms: u64, to: impl Write) -> Result<()> {
    let mut text = String::new();
    GzDecoder::new(NAMES).read_to_string(&mut text).context("the names cannot be read")?;
    let names: Vec<&str> = text.lines().collect();
    let mut to = BufWriter::with_capacity(1 << 20, to);
    for number in 0..rooms {
        serde_json::to_writer(&mut to, &room(number, &names))?;
        to.write_all(b"\n")?;
    }
    to.flush()?;
    Ok(())
}

fn room(number: u64, names: &[&str]) -> Json {
    let mut random = Random::of(number);
    let round = number / names.len() as u64;
    let name = names.get((number % names.len() as u64) as usize).copied().unwrap_or_default();
    let topic =
        TOPICS.get((round as usize * 5 + random.skewed(5) as usize) % TOPICS.len()).copied().unwrap_or_default();
    let topic = if round == 0 { "" } else { topic };
    let mut room = Map::new();
    let mut put = |key: &str, value: Json| drop(room.insert(key.to_owned(), value));
    put("id", json!(format!("room-{number:07}")));
    put("name", json!(format!("{name} {topic}").trim()));
    put("owner", json!(format!("owner-{}", random.skewed(OWNERS))));
    let tags: Vec<&str> = (0..1 + random.below(3)).map(|_| TAGS[random.skewed(TAGS.len() as u64) as usize]).collect();
    put("tags", json!(tags));
    put("categories", json!([random.skewed(40)]));
    let (created, active) = (FIRST + number * STEP, random.below(20) * 1_000_000_000);
    put("created_at", json!(created));
    put("updated_at", json!(created + active));
    if random.percent(60) {
        put("cover", json!(format!("https://covers.example/{:08x}.jpg", random.next() as u32)));
    }
    if random.percent(30) {
        put("description", json!(format!("{topic} {name}: every day, {} hours", random.below(24))));
    }
    if random.percent(5) {
        put("status", json!("inactive"));
    }
    if random.percent(10) {
        put("opening", json!("closed"));
    }
    if random.percent(2) {
        put("muted", json!(true));
    }
    if random.percent(8) {
        put("listed", json!(false));
    }
    if random.percent(20) {
        put("capacity", json!(100 + random.below(50) * 10));
    }
    let many = if number % 10_000 == 7 {
        500
    } else if random.percent(30) {
        1 + random.below(4)
    } else {
        0
    };
    let mut ids: Vec<u64> = (0..many).map(|_| random.below(CLIENTS)).collect();
    ids.sort_unstable();
    ids.dedup();
    if let Some(first) = ids.first() {
        let message = json!({"id": format!("m{number}"), "text": "hello", "sender": format!("client-{first}"),
                             "sent_at": created + active});
        put("last_message", message);
        let member = |id: &u64| json!({"id": format!("client-{id}"), "unread": id % 7, "last_read": format!("m{id}")});
        put("members", ids.iter().map(member).collect());
    }
    if random.percent(10) {
        let keys = ["topic", "mic1", "theme"];
        let some = 1 + random.below(3) as usize;
        put("attributes", keys.iter().take(some).map(|key| json!({"key": key, "value": topic})).collect());
    }
    Json::Object(room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_makes_the_same_rooms() {
        let (mut once, mut again) = (Vec::new(), Vec::new());
        write(200, &mut once).unwrap();
        write(200, &mut again).unwrap();
        assert_eq!(once, again);
        assert_eq!(once.iter().filter(|&&byte| byte == b'\n').count(), 200);
    }
}
