//! Random tampering, always found. `TAMPER_SEED` and `TAMPER_ROUNDS` run others.

use wardroom::domain::trail::Fault;

use super::chain::{Kept, tamper, verify};
use crate::harness::Random;

const COLUMNS: [&str; 14] = [
    "at",
    "actor_kind",
    "actor",
    "source",
    "address",
    "action",
    "room",
    "version",
    "note",
    "changes",
    "undo_of",
    "operation",
    "call",
    "job",
];

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// One thing done by hand, and the first entry that is not as it was because of it.
fn once(random: &mut Random) -> (String, i64) {
    let mut id = || random.below(10) as i64 + 1;
    let (a, b) = (id(), id());
    let (first, last) = (a.min(b), a.max(b));
    let column = random.pick(&COLUMNS);
    let edited = match *column {
        "at" | "version" | "undo_of" | "job" => format!("{column} = {column} + {}", random.below(1_000) + 1),
        _ => format!("{column} = {column} || char({})", random.below(0x7F) + 1),
    };
    match random.below(7) {
        0 | 1 => (format!("UPDATE audit SET {edited} WHERE id = {a}"), a),
        2 => (format!("DELETE FROM audit WHERE id BETWEEN {first} AND {last}"), first),
        3 => (format!("DELETE FROM audit WHERE id >= {first}"), first),
        4 if first < last => (
            format!(
                "UPDATE audit SET id = 99 WHERE id = {first}; UPDATE audit SET id = {first} WHERE id = {last};
                 UPDATE audit SET id = {last} WHERE id = 99"
            ),
            first,
        ),
        5 => (format!("UPDATE audit SET mac = randomblob(36) WHERE id = {a}"), a),
        _ => (
            format!(
                "UPDATE audit SET {edited} WHERE id >= {first}; UPDATE audit SET mac = randomblob(36) WHERE id > {last}"
            ),
            first,
        ),
    }
}

#[tokio::test]
async fn whatever_is_done_by_chance_is_found_where_it_begins() {
    let seed = number("TAMPER_SEED", 20_261_125);
    let mut random = Random(seed);
    let kept = Kept::new().await;
    for round in 0..number("TAMPER_ROUNDS", 150) {
        let mut first = i64::MAX;
        let mut all = Vec::new();
        for _ in 0..=random.below(3) {
            let (sql, entry) = once(&mut random);
            // Of several things done one after the other, what each is about is told by the numbers as they are then.
            if all.is_empty() || !all.iter().any(|done: &String| done.contains("SET id") || done.contains("DELETE")) {
                first = first.min(entry);
                all.push(sql);
            }
        }
        let file = kept.copy();
        for sql in &all {
            tamper(&file, sql).await;
        }
        let bad = verify(&file, &[]).await;
        let bad = bad.expect_err(&format!("seed {seed}, round {round}: {all:?}"));
        // Where entries are gone and the next one names a key that nobody has, that one is named.
        let is_first = bad.entry == first || (all.len() > 1 && bad.entry > first);
        assert!(is_first, "seed {seed}, round {round}: {all:?}: {bad}");
        assert!(!matches!(bad.fault, Fault::Start | Fault::Head | Fault::Database(_)), "{bad}");
        std::fs::remove_file(file).unwrap();
    }
}
