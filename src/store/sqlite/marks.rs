//! What rooms are filtered by, as tokens of the search index beside those of their text: a question of words and
//! filters is then one look into one index, however common each of them is.
//!
//! A mark is the field's key and the value's bytes in hexadecimal; it begins with a letter that no token of a text has.

use super::value;
use crate::{
    domain::{
        room::{Field, Filter, Room, Value},
        text::hex,
    },
    store::fold,
};

/// Everything that a room is found by in the index.
pub(super) fn tokens(room: &Room, folded: &str) -> String {
    let mut tokens = fold::tokens(folded);
    let mut put = |name: &str, value: &str| {
        tokens.push_str(&mark(name, value));
        tokens.push(' ');
    };
    put(APP, &room.app);
    put(COVER, yes_no(room.values.get(Field::Cover).is_some()));
    for &field in Field::ALL.iter().filter(|field| field.spec().kind.is_filter()) {
        match room.values.get(field) {
            Some(list @ (Value::Words(_) | Value::Numbers(_))) => {
                value::words(Some(list)).iter().for_each(|word| put(field.key(), word));
            }
            Some(one) => put(field.key(), &one.plain()),
            None => {}
        }
    }
    tokens
}

/// The mark that a filter asks for; `None` for what is no part of the index.
pub(super) fn of_filter(filter: &Filter) -> Option<String> {
    match filter {
        Filter::Field(field, wanted) => Some(mark(field.key(), wanted)),
        Filter::App(app) => Some(mark(APP, app)),
        Filter::HasCover(has) => Some(mark(COVER, yes_no(*has))),
        Filter::Member(_) | Filter::Attribute(..) | Filter::From(_) | Filter::Until(_) => None,
    }
}

/// Whether a room stands otherwise in the index after a change of this field.
pub(super) fn is_marked(field: Field) -> bool {
    matches!(field, Field::Name | Field::Cover) || field.spec().kind.is_filter()
}

const APP: &str = "app";
const COVER: &str = "cover";

const fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn mark(name: &str, value: &str) -> String {
    format!("m{}y{}", name.replace('_', ""), hex(value.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_one_token_of_letters_and_digits() {
        let mark = of_filter(&Filter::Field(Field::SeatMode, "ask".to_owned())).unwrap();
        assert_eq!(mark, "mseatmodey61736b");
        let odd = of_filter(&Filter::Field(Field::Tags, "two words, 直".to_owned())).unwrap();
        assert!(odd.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{odd}");
        assert_eq!(of_filter(&Filter::Member("u".to_owned())), None);
    }

    #[test]
    fn no_two_fields_have_the_same_mark() {
        let mut names: Vec<String> = Field::ALL.iter().map(|field| mark(field.key(), "")).collect();
        names.push(mark(APP, ""));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Field::ALL.len() + 1);
    }
}
