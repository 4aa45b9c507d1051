//! The table of `tests/ASVS.md`: every requirement of OWASP ASVS 5.0, levels 1 and 2, and five of level 3, once, in order,
//! with a verdict; every test and every section that it names is there; and what is met is shown by one.

use std::{collections::BTreeSet, sync::LazyLock};

use crate::{papers, tidy::files};

/// The numbers, as the standard has them.
const NUMBERS: &str = include_str!("data/asvs.txt");

/// Read when asked for, so that an edit of it builds nothing.
fn table() -> &'static str {
    static TABLE: LazyLock<String> = LazyLock::new(|| {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ASVS.md");
        std::fs::read_to_string(path).unwrap()
    });
    &TABLE
}

/// The rows of the table: number, what is asked for, verdict, where and why, tests.
fn rows() -> Vec<[&'static str; 5]> {
    let cells =
        |line: &'static str| -> Vec<&'static str> { line.trim_matches('|').split(" | ").map(str::trim).collect() };
    let lines =
        table().lines().filter(|line| line.starts_with("| ") && line[2..].starts_with(|c: char| c.is_ascii_digit()));
    lines.map(|line| cells(line).try_into().unwrap_or_else(|cells| panic!("{line}: {cells:?}"))).collect()
}

#[test]
fn every_requirement_stands_in_the_table_once_with_a_verdict() {
    let listed: Vec<&str> = rows().iter().map(|row| row[0]).collect();
    let asked: Vec<&str> = NUMBERS.split_whitespace().collect();
    assert_eq!(asked.len(), 258);
    let differs = asked.iter().zip(&listed).find(|(asked, listed)| asked != listed);
    assert_eq!(differs, None);
    assert_eq!(listed.len(), asked.len());
    for [number, what, verdict, where_, tests] in rows() {
        assert!(["met", "partly", "not met", "n/a", "operator"].contains(&verdict), "{number}: {verdict}");
        assert!(what.len() >= 4, "{number} says nothing");
        assert!(!where_.is_empty() && where_ != "-", "{number} says nothing");
        // Nothing is met because somebody says so: a test shows it, or, where a document is asked for, a section is it.
        let shown = marked(tests).any(|name| name.contains("::") || name.contains(".md#"));
        assert!(verdict != "met" || shown, "{number}: {tests:?}");
    }
    let told = table().lines().find(|line| line.starts_with("Met: ")).unwrap_or_default();
    let many = |verdict: &str| rows().iter().filter(|row| row[2] == verdict).count();
    let right = format!(
        "Met: {}. Partly: {}. Not met: {}. Left to the operator: {}. Not applicable: {}.",
        many("met"),
        many("partly"),
        many("not met"),
        many("operator"),
        many("n/a")
    );
    assert_eq!(told, right);
}

/// What stands between backticks.
fn marked(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn every_test_and_section_that_the_table_names_is_there() {
    let mut known = BTreeSet::new();
    for path in files("tests/it", "rs").into_iter().chain(files("src", "rs")).chain(files("end2end/tests", "ts")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let file = path.to_string_lossy().replace('\\', "/");
        let inside = file.rsplit_once("/tests/it/").or_else(|| file.rsplit_once("/src/")).map_or("", |(_, rest)| rest);
        let module = inside.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn ")).filter(|_| is_test)
            {
                known.insert(format!("{module}::{}", name.split('(').next().unwrap()));
            }
            is_test = line.starts_with("#[test]") || line.starts_with("#[tokio::test");
            // A browser's test has a sentence for its name: `end2end::people::the owner is handed over`.
            let spec = file.rsplit_once("/end2end/tests/").and_then(|(_, rest)| rest.strip_suffix(".spec.ts"));
            if let (Some(spec), Some(rest)) = (spec, line.strip_prefix("test('")) {
                known.insert(format!("end2end::{spec}::{}", rest.split('\'').next().unwrap()));
            }
        }
    }
    assert!(known.contains("asvs::every_test_and_section_that_the_table_names_is_there"), "{known:?}");
    assert!(known.iter().filter(|name| name.starts_with("end2end::")).count() > 50, "{known:?}");
    let mut named = 0;
    for [number, _, _, _, tests] in rows() {
        for name in marked(tests) {
            match name.split_once('#') {
                Some((file, anchor)) => {
                    let body = papers::section(file, anchor).unwrap_or_else(|| panic!("{number}: there is no {name}"));
                    assert!(body.len() > 200, "{number}: {name} says next to nothing");
                }
                None => assert!(known.contains(name), "{number} names {name}, which is no test"),
            }
            named += 1;
        }
    }
    assert!(named > 100, "{named}");
}
