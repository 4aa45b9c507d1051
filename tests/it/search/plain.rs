//! The plain look: every room in memory, every condition written out, independent of the store's.

use unicode_normalization::UnicodeNormalization;
use wardroom::{
    domain::{
        page::{COUNTED, Page, Total},
        room::{Field, Filter, RoomQuery, RoomRow, Sort, Value, Whole},
    },
    store::Store,
};

/// How text is compared. Two texts are the same to the search when they are after
/// 1. NFKC: full width, half width and ligatures become the plain letters,
/// 2. lower case of the whole text (final sigma, which that makes at the end of words, counts as sigma),
/// 3. NFKC again, because lower case can leave letters and marks apart.
pub fn fold(text: &str) -> String {
    let plain: String = text.nfkc().collect();
    plain.to_lowercase().replace('ς', "σ").nfkc().collect()
}

/// A room with all that belongs to it, and what it is found by: name, id and owner, folded.
pub struct Known {
    pub whole: Whole,
    folds: [String; 3],
}

/// Every room.
pub async fn every_room(store: &Store) -> Vec<Known> {
    let mut all: Vec<Known> = Vec::new();
    loop {
        let last = all.last().map_or(0, |known| known.whole.room.number);
        let part = store.wholes_after(last, 500).await.unwrap();
        if part.is_empty() {
            return all;
        }
        all.extend(part.into_iter().map(|whole| {
            let room = &whole.room;
            let name = room.values.text(Field::Name).unwrap_or_default();
            let folds = [name, room.id.as_str(), room.owner().unwrap_or_default()].map(fold);
            Known { whole, folds }
        }));
    }
}

/// The numbers of the rooms that a question is about, in its order.
pub fn look(all: &[Known], query: &RoomQuery) -> Vec<i64> {
    let words: Vec<String> = query.search.split_whitespace().map(fold).collect();
    let mut found: Vec<(&str, i64, i64)> = all
        .iter()
        .filter(|known| words.iter().all(|word| known.folds.iter().any(|text| text.contains(word))))
        .filter(|known| query.filters.iter().all(|filter| fits(&known.whole, filter)))
        .map(|known| key(known, query.sort))
        .collect();
    found.sort_unstable();
    if query.descending {
        found.reverse();
    }
    found.into_iter().map(|(_, _, number)| number).collect()
}

fn fits(whole: &Whole, filter: &Filter) -> bool {
    let room = &whole.room;
    match filter {
        Filter::Field(field, wanted) => match room.values.get(*field) {
            None => false,
            Some(Value::Flag(flag)) => *flag == (wanted == "yes"),
            Some(Value::Text(text)) => text == wanted,
            Some(Value::Words(words)) => words.contains(wanted),
            Some(Value::Numbers(numbers)) => numbers.iter().any(|number| number.to_string() == *wanted),
            Some(Value::Number(_)) => panic!("no field of this kind is a filter"),
        },
        Filter::Member(client) => whole.members.iter().any(|member| member.client.id.as_str() == client),
        Filter::App(app) => room.app == *app,
        Filter::HasCover(has) => room.values.get(Field::Cover).is_some() == *has,
        Filter::Attribute(key, value) => {
            whole.attributes.iter().any(|a| a.key == *key && value.as_ref().is_none_or(|value| a.value == *value))
        }
        Filter::From(from) => room.updated_at >= *from,
        Filter::Until(until) => room.updated_at < *until,
    }
}

/// What a room is sorted by: text by its characters' numbers, or a number; then the room's number.
fn key(known: &Known, sort: Sort) -> (&str, i64, i64) {
    let room = &known.whole.room;
    let (text, number) = match sort {
        Sort::Name => (known.folds[0].as_str(), 0),
        Sort::Updated => ("", room.updated_at.0),
        Sort::Created => ("", room.created_at.0),
        Sort::Members => ("", known.whole.members.len() as i64),
        Sort::LastMessage => ("", room.last_message.as_ref().map_or(0, |message| message.sent_at.0)),
    };
    (text, number, room.number)
}

/// All pages of a question, forward; at most `most`.
pub async fn forward(store: &Store, query: &RoomQuery, most: usize) -> Vec<(Vec<RoomRow>, Page)> {
    let mut query = query.at(Page::First);
    let mut pages = Vec::new();
    while pages.len() < most {
        let found = store.rooms(&query).await.unwrap();
        let next = found.next.clone();
        let before = found.previous.clone().map_or(Page::First, Page::Before);
        pages.push((found.rows, before));
        let Some(next) = next else { break };
        query.page = Page::After(next);
    }
    pages
}

/// Asks the store, forward and (if told so) back again, and compares with the plain look.
pub async fn compare(store: &Store, all: &[Known], query: &RoomQuery, back: bool, most: usize) -> usize {
    let expected = look(all, query);
    let numbers = |rows: &[RoomRow]| rows.iter().map(|row| row.number).collect::<Vec<i64>>();
    let pages = forward(store, query, most).await;
    let found: Vec<i64> = pages.iter().flat_map(|(rows, _)| numbers(rows)).collect();
    assert_eq!(found, expected.iter().copied().take(found.len()).collect::<Vec<_>>(), "{query:?}");
    assert!(found.len() == expected.len() || pages.len() == most, "{query:?}: {} of {}", found.len(), expected.len());
    let total = store.rooms(&query.at(Page::First)).await.unwrap().total;
    assert_eq!(total, counted(expected.len(), query), "{query:?}");
    if back {
        for n in (1..pages.len()).rev() {
            let before = store.rooms(&query.at(pages[n].1.clone())).await.unwrap();
            assert_eq!(numbers(&before.rows), numbers(&pages[n - 1].0), "{query:?}: back from page {n}");
            assert_eq!(before.previous.is_some(), n > 1, "{query:?}");
            assert!(before.next.is_some(), "{query:?}");
        }
    }
    expected.len()
}

/// All rooms together are counted exactly; what is asked for, up to a bound.
fn counted(many: usize, query: &RoomQuery) -> Total {
    let many = many as u64;
    if many > COUNTED && *query != query_of_all(query) { Total::Over(COUNTED) } else { Total::Exactly(many) }
}

fn query_of_all(query: &RoomQuery) -> RoomQuery {
    RoomQuery { search: String::new(), filters: Vec::new(), ..query.clone() }
}
