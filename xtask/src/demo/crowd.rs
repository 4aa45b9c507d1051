//! The people of one demo room.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{
    clock::{DAY, NOW, written},
    people::{People, Person},
    random::Random,
    room::put,
    script::Language,
};

/// Who is there, and whether as a manager. Nobody is there twice; a `crowded` room has 200.
pub fn guests<'a>(
    random: &mut Random,
    crowded: bool,
    people: &'a People,
    language: Language,
) -> Vec<(&'a Person, bool)> {
    let wanted = match random.below(100) {
        _ if crowded => 200,
        0..25 => 0,
        25..80 => random.between(1, 4),
        80..97 => random.between(5, 14),
        _ => random.between(15, 40),
    };
    let mut seen = BTreeSet::new();
    let mut guests = Vec::new();
    while (guests.len() as u64) < wanted {
        let language = if crowded && random.percent(60) { Language::English } else { language };
        let Some(guest) = people.guest(random, language) else { continue };
        if seen.insert(guest.id.as_str()) {
            let manager = guests.len() < 8 && random.percent(20);
            guests.push((guest, manager));
        }
    }
    guests
}

/// The members as the file has them: the owner, if there, and the guests.
pub fn members(random: &mut Random, guests: &[(&Person, bool)], owner: Option<&str>, messages: u64) -> Vec<Value> {
    let read = |random: &mut Random, member: &mut Map<String, Value>| {
        let unread = if random.percent(50) { 0 } else { random.below(messages.min(120) + 1) };
        if unread > 0 {
            put(member, "unread", unread);
        }
        if messages > unread {
            put(member, "last_read", format!("m{}", messages - unread));
        }
    };
    let mut members = Vec::new();
    if let Some(owner) = owner {
        let mut member = Map::new();
        put(&mut member, "id", owner);
        put(&mut member, "nickname", format!("Team {owner}"));
        put(&mut member, "last_login_at", written(NOW - Random::of(owner).below(3 * DAY)));
        read(random, &mut member);
        members.push(Value::Object(member));
    }
    for (guest, _) in guests {
        let mut member = Map::new();
        put(&mut member, "id", guest.id.as_str());
        for (key, value) in
            [("nickname", &guest.nickname), ("avatar", &guest.avatar), ("last_login_at", &guest.last_login)]
        {
            if let Some(value) = value {
                put(&mut member, key, value.as_str());
            }
        }
        read(random, &mut member);
        members.push(Value::Object(member));
    }
    members
}
