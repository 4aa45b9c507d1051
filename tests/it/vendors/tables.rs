//! Two tables that show every decision about every vendor: how it says each error, and how it carries each field.

use std::fmt::Write;

use axum::http::{HeaderMap, Method};
use wardroom::{
    domain::{
        Error, Timestamp, Violation,
        app::{Form, Spelling},
        error::Clash,
        room::Field,
    },
    vendors::{self, Call},
};

use crate::harness::snapshot;

/// One of every error. The match has no `_`: a new one does not compile until it stands here as well.
fn every_error() -> Vec<Error> {
    let all = vec![
        Error::Unauthenticated,
        Error::StepUp,
        Error::Forbidden("no".to_owned()),
        Error::NotFound("gone".to_owned()),
        Error::Invalid(vec![Violation::new("name", "is too long"), Violation::new("", "the whole is wrong")]),
        Error::Conflict(vec![Clash { field: "name".to_owned(), base: None, theirs: None, mine: None }]),
        Error::Exists("taken".to_owned()),
        Error::Limit("too often".to_owned()),
        Error::Busy("later".to_owned()),
        Error::Internal("incident".to_owned()),
    ];
    let place = |error: &Error| match error {
        Error::Unauthenticated => 0,
        Error::StepUp => 1,
        Error::Forbidden(_) => 2,
        Error::NotFound(_) => 3,
        Error::Invalid(_) => 4,
        Error::Conflict(_) => 5,
        Error::Exists(_) => 6,
        Error::Limit(_) => 7,
        Error::Busy(_) => 8,
        Error::Internal(_) => 9,
    };
    assert!(all.iter().enumerate().all(|(n, error)| place(error) == n));
    all
}

#[test]
fn how_each_vendor_says_each_error_stands_in_the_snapshot() {
    let mut call = Call::new(Method::GET, "/".to_owned(), "", HeaderMap::new(), Timestamp(0));
    call.number = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef;
    let mut table = "# error, vendor: HTTP status, body\n".to_owned();
    for error in every_error() {
        let name = format!("{error:?}");
        let name = name.split(|c: char| !c.is_alphanumeric()).next().unwrap();
        for vendor in vendors::ALL {
            let answer = vendor.refuse(&call, &error);
            assert!(answer.refused.is_some(), "{name} is a refusal");
            writeln!(table, "{name}, {}: {} {}", vendor.about().key, answer.status, answer.body).unwrap();
        }
    }
    snapshot::check("errors.txt", &table);
}

#[test]
fn how_each_vendor_carries_each_field_stands_in_the_snapshot() {
    let mut table = "# field: each vendor's word, its limit and its words for our choices\n".to_owned();
    for &field in Field::ALL {
        let mut cells = Vec::new();
        for about in vendors::abouts() {
            let words: Vec<String> =
                about.spellings.iter().filter(|spelling| spelling.field == field).map(told).collect();
            cells.push(format!("{} {}", about.key, if words.is_empty() { "-".to_owned() } else { words.join(" / ") }));
        }
        writeln!(table, "{}: {}", field.key(), cells.join(" | ")).unwrap();
    }
    snapshot::check("vendors.txt", &table);
    for about in vendors::abouts() {
        let mut words: Vec<&str> = about.spellings.iter().map(|spelling| spelling.word).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), about.spellings.len(), "{about:?} has a word twice");
    }
}

fn told(spelling: &Spelling) -> String {
    let mut text = spelling.word.to_owned();
    if let Some((max, measure)) = spelling.limit {
        write!(text, " <={max} {}", measure.word()).unwrap();
    }
    if let Form::Choice(choices) = spelling.form {
        let choices: Vec<String> = choices.iter().map(|(word, ours)| format!("{}={ours}", word.json())).collect();
        write!(text, " [{}]", choices.join(", ")).unwrap();
    }
    text
}
