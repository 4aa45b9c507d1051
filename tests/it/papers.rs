//! What stands in SECURITY.md and OPERATIONS.md beside what is: tables, lines of the log, what goes in and out, what
//! encrypts.

use std::{collections::BTreeSet, path::Path};

use sqlx::Connection;
use wardroom::vendors::abouts;

use crate::{
    access::{
        Least,
        pages::{OTHERS, PAGES},
    },
    harness::House,
    tidy::{Source, ours},
};

/// What stands under a heading, which is named as links name it: `what-is-kept`. Nothing where there is no such heading.
pub fn section(file: &str, anchor: &str) -> Option<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).ok()?;
    let depth = |line: &str| line.find(' ').filter(|&at| line[..at].chars().all(|c| c == '#')).unwrap_or_default();
    let named = |line: &str| -> String {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        words.chars().filter(|c| c.is_alphanumeric() || " -".contains(*c)).collect::<String>().replace(' ', "-")
    };
    let (mut is_code, mut level, mut body) = (false, 0, Vec::new());
    for line in text.lines() {
        is_code ^= line.starts_with("```");
        let here = if is_code { 0 } else { depth(line) };
        match (level, here) {
            (0, 0) => {}
            (0, _) if named(line) != anchor => {}
            (0, _) => level = here,
            (_, 1..) if here <= level => break,
            _ => body.push(line),
        }
    }
    (level > 0).then(|| body.join("\n").trim().to_owned())
}

/// The rows of a table, cell by cell; its head and the line below are left out.
fn rows(section: &str) -> Vec<Vec<&str>> {
    let lines = section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    lines.skip(1).map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect()).collect()
}

/// What stands between backticks.
fn marked(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[test]
fn a_section_is_found_by_its_heading_and_ends_at_the_next() {
    let kept = section("SECURITY.md", "what-is-kept").unwrap();
    assert!(kept.starts_with("| what |") && !kept.contains("## Keys"), "{kept}");
    assert!(section("OPERATIONS.md", "watching-it").unwrap().contains("### The figures"), "with those below it");
    assert_eq!(section("SECURITY.md", "what-is-not-there"), None);
}

#[tokio::test]
async fn every_table_stands_under_what_is_kept_with_how_secret_it_is() {
    let house = House::empty().await;
    let mut conn = house.connection().await;
    let names = "SELECT name FROM pragma_table_list
                 WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    let there: BTreeSet<String> = sqlx::query_scalar(names).fetch_all(&mut conn).await.unwrap().into_iter().collect();
    conn.close().await.unwrap();
    let kept = section("SECURITY.md", "what-is-kept").unwrap();
    let mut told = BTreeSet::new();
    for row in rows(&kept) {
        assert!(row.len() == 5 && row.iter().all(|cell| !cell.is_empty()), "{row:?}");
        assert!(row[1] == "none" || marked(row[1]).next().is_some(), "{row:?}");
        for table in marked(row[1]) {
            assert!(told.insert(table.to_owned()), "{table} stands there twice");
        }
    }
    assert_eq!(told, there);
}

/// The events of the log in a file: the level, and what the message says up to what is added behind `:` or `;`.
fn events(file: &Source) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for level in ["error", "warn", "info"] {
        for call in file.code.split(&format!("tracing::{level}!(")).skip(1) {
            // The message is the one text of a call; what is filled in stands as dots.
            let message = call.split('"').nth(1).unwrap();
            let (first, rest) = message.split_once('{').map_or((message, None), |(first, rest)| (first, Some(rest)));
            let rest = rest.map(|rest| format!("…{}", rest.split_once('}').unwrap().1)).unwrap_or_default();
            let message = format!("{first}{rest}");
            found.push((level, message.split([':', ';']).next().unwrap().trim().to_owned()));
        }
    }
    found
}

#[test]
fn every_line_of_the_log_is_told_of_and_no_other() {
    let mut said: BTreeSet<(&str, String)> = ours().iter().flat_map(events).collect();
    // What is worth a second look in the settings, in its own words.
    assert!(said.remove(&("warn", "…".to_owned())));
    let table = section("OPERATIONS.md", "what-stands-in-it").unwrap();
    let mut told = BTreeSet::new();
    for row in rows(&table) {
        let level = ["error", "warn", "info"].into_iter().find(|level| *level == row[0]).unwrap();
        told.extend(marked(row[1]).map(|message| (level, message.to_owned())));
        assert!(row.len() == 3 && row[2].len() > 4, "{row:?}");
    }
    assert_eq!(said, told);
    assert!(section("SECURITY.md", "what-is-logged").unwrap().contains("(OPERATIONS.md#what-stands-in-it)"));
}

#[test]
fn nothing_goes_out_but_covers_and_within_the_bounds_that_are_told() {
    let ways_out =
        ["ureq", "TcpStream::connect", "UdpSocket", "UnixStream", "to_socket_addrs", "lookup_host", "Command::new"];
    let sources = ours();
    let out: BTreeSet<&str> = sources
        .iter()
        .filter(|file| ways_out.iter().any(|way| file.code.contains(way)))
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(out, BTreeSet::from(["src/server/covers/net.rs"]));
    let told = section("SECURITY.md", "who-talks-to-whom").unwrap().replace('\n', " ");
    let covers =
        |end: &str| &sources.iter().find(|file| file.path == format!("src/server/covers/{end}.rs")).unwrap().code;
    for (code, bound, words) in [
        (covers("mod"), "const FETCHES: usize = 8;", "at most eight at a time"),
        (covers("net"), "const LARGEST: u64 = 5 * 1024 * 1024;", "5 MiB and eight seconds each"),
        (covers("net"), "const LONGEST: Duration = Duration::from_secs(8);", "5 MiB and eight seconds each"),
        (covers("net"), "const REDIRECTS: usize = 3;", "three redirects"),
        (covers("net"), "Some(80 | 443)", "on ports 80 and 443"),
    ] {
        assert!(code.contains(bound) && told.contains(words), "{bound} and {words:?}");
    }
}

#[tokio::test]
async fn what_is_open_to_anybody_is_told_and_nothing_else_is_open() {
    let open = PAGES.iter().map(|(route, _, least)| (*route, *least));
    let open = open.chain(OTHERS.iter().map(|(route, _, least, _)| (*route, *least)));
    let mut open: BTreeSet<String> = open
        .filter(|(_, least)| matches!(least, Least::Nothing))
        .map(|(route, _)| route.split('{').next().unwrap().to_owned())
        .collect();
    // Functions are listed one by one (`access::calls`).
    assert!(open.remove("/api/"));
    open.insert("/openapi.json".to_owned());
    let section = section("SECURITY.md", "who-talks-to-whom").unwrap();
    let told = section.split("Open to anybody").nth(1).unwrap().split("`/metrics`").next().unwrap();
    assert_eq!(open, marked(told).map(str::to_owned).collect());
    // What a vendor's description tells is the vendor's: nothing of the house stands in it.
    let (house, other) = (House::open().await, House::empty().await);
    for about in abouts() {
        let path = format!("/{}/openapi.json", about.key);
        let (full, empty) = (house.nobody().get(&path).await, other.nobody().get(&path).await);
        assert_eq!((full.status, &full.body), (200, &empty.body), "{path}");
    }
}

#[test]
fn what_encrypts_is_where_it_is_told() {
    let algorithms = ["chacha20poly1305::", "argon2::", "hmac::", "sha1::", "sha2::", "md5::"];
    let sources = ours();
    let section = section("SECURITY.md", "cryptography-in-use").unwrap();
    let table = rows(&section);
    let told: Vec<&str> = table.iter().flat_map(|row| marked(row[3])).collect();
    let is_at = |file: &Source, place: &str| {
        let (before, after) = place.split_once('*').unwrap_or((place, ""));
        file.path.starts_with(&format!("src/{before}")) && file.path.ends_with(after)
    };
    for place in &told {
        assert!(sources.iter().any(|file| is_at(file, place)), "{place} is not there");
    }
    let uses = |file: &&Source| algorithms.iter().any(|name| file.code.contains(name));
    let untold = sources.iter().filter(uses).filter(|file| !told.iter().any(|place| is_at(file, place)));
    let untold: Vec<&str> = untold.map(|file| file.path.as_str()).collect();
    assert!(untold.is_empty(), "they use cryptography and are not told of: {untold:#?}");
}
