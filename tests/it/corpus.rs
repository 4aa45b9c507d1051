//! Everything that the fuzzers kept, crashes included, through the same targets, without libFuzzer.

use std::{collections::BTreeSet, path::Path};

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

#[path = "../fuzz/targets/mod.rs"]
mod targets;

#[test]
fn what_the_fuzzers_kept_breaks_nothing() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus");
    let mut folders = BTreeSet::new();
    for folder in std::fs::read_dir(&corpus).unwrap() {
        folders.insert(folder.unwrap().file_name().into_string().unwrap());
    }
    let names: BTreeSet<String> = targets::ALL.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(folders, names, "each target has a corpus, and each corpus a target");
    for (name, target) in targets::ALL {
        let mut many = 0;
        for file in std::fs::read_dir(corpus.join(name)).unwrap() {
            let file = file.unwrap().path();
            println!("{}", file.display());
            target(&std::fs::read(&file).unwrap());
            many += 1;
        }
        assert!(many > 0, "{name} has no corpus");
        target(b"");
    }
}

/// The same targets, as properties of texts of chance: what is written is read again, and what is read twice is the same.
/// Those that need a house have properties of their own (`hostile`).
#[test]
fn what_is_written_is_read_again_whatever_it_is() {
    let pure = [
        "usersig",
        "token",
        "call",
        "address",
        "question",
        "field",
        "moment",
        "json",
        "import",
        "room",
        "sent",
        "credential",
        "way",
        "manifest",
        "checkpoint",
    ];
    let many = pure.len();
    let pure: Vec<_> = targets::ALL.iter().filter(|(name, _)| pure.contains(name)).collect();
    assert_eq!(pure.len(), many);
    let piece = prop_oneof![
        ".{0,24}",
        "[-+=@',;&?#%/~.:\"{}\\[\\]\\\\ \t\r\n]{1,6}",
        "%[0-9a-fA-F]{2}",
        "(q|sort|after|status|tags|from|to|id|name|owner|view|attribute)=[a-z0-9,~-]{0,10}&?",
        "(\"id\"|\"name\"|\"tags\"|\"created_at\"):(\"[a-z]{0,3}\"|-?[0-9]{1,19}|null|\\[\\]),?",
        "-?[0-9]{1,19}(\\.[0-9]{1,9})?([eE]-?[0-9]{1,3})?",
        "[0-9]{4}-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-5][0-9]:[0-6][0-9](Z|[+-][0-2][0-9]:[0-5][0-9]))?",
        Just("\u{202e}\u{0}\u{85}\u{feff}ＮＥＷ　ｶﾞς".to_owned()),
    ];
    let texts = prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat());
    let mut runner = TestRunner::new(Config { cases: 600, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&texts, |text| {
        for text in [text.clone(), format!("{{{}}}", text.trim_end_matches(','))] {
            pure.iter().for_each(|(_, target)| target(text.as_bytes()));
        }
        Ok(())
    });
    outcome.unwrap();
}
