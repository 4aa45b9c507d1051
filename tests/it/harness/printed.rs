//! An answer beside the one that a document prints.

use serde_json::Value as Json;

/// Where an answer lacks what is printed, or has another value or type there, as JSON pointers. What the answer has
/// more is no difference: a document prints an example.
pub fn differences(printed: &Json, got: &Json) -> Vec<String> {
    let mut found = Vec::new();
    compare("", printed, got, &mut found);
    found
}

fn compare(at: &str, printed: &Json, got: &Json, found: &mut Vec<String>) {
    match (printed, got) {
        (Json::Object(printed), Json::Object(got)) => {
            for (name, printed) in printed {
                match got.get(name) {
                    Some(got) => compare(&format!("{at}/{name}"), printed, got, found),
                    None => found.push(format!("{at}/{name} is missing")),
                }
            }
        }
        (Json::Array(printed), Json::Array(items)) if printed.len() == items.len() => {
            for (n, (printed, got)) in printed.iter().zip(items).enumerate() {
                compare(&format!("{at}/{n}"), printed, got, found);
            }
        }
        _ if printed == got => {}
        _ => found.push(format!("{at}: {got} where {printed} is printed")),
    }
}

#[test]
fn what_is_printed_is_looked_for_and_nothing_else() {
    let printed = serde_json::json!({"a": [1, {"b": "x"}], "c": true});
    assert!(differences(&printed, &serde_json::json!({"c": true, "a": [1, {"b": "x", "d": 0}]})).is_empty());
    let got = serde_json::json!({"a": [1, {"b": 2}]});
    assert_eq!(differences(&printed, &got), ["/a/1/b: 2 where \"x\" is printed", "/c is missing"]);
}
