//! The guides: what they name in the repository is there, and their links lead somewhere.

use std::path::{Path, PathBuf};

const GUIDES: [&str; 3] = ["README.md", "OPERATIONS.md", "SECURITY.md"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A guide without its blocks of commands: what they name is on whoever's machine.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// Where a link leads: what stands between the round brackets after a square one.
fn links(text: &str) -> Vec<&str> {
    let ends = text.match_indices("](").map(|(at, found)| &text[at + found.len()..]);
    ends.filter_map(|rest| rest.split(')').next()).collect()
}

/// What is marked as code and looks like a file or folder of ours.
fn paths(text: &str) -> Vec<&str> {
    let marked = text.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let is_path = |text: &&str| {
        text.contains('/')
            && !text.starts_with('/')
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "_-./*".contains(c))
    };
    marked.filter(is_path).collect()
}

/// The name of a heading in a link, as hosting platforms make it.
fn anchors(text: &str) -> Vec<String> {
    let headings = prose(text).lines().filter_map(|line| line.strip_prefix('#').map(str::to_owned)).collect::<Vec<_>>();
    let kept = |c: char| c.is_alphanumeric() || " -_".contains(c);
    let name = |heading: &String| heading.trim_start_matches('#').trim().to_lowercase().replace(|c| !kept(c), "");
    headings.iter().map(|heading| name(heading).replace(' ', "-")).collect()
}

/// Whether a file or folder is there, from the root or from `src`; a star stands for any one name.
fn is_there(path: &str) -> bool {
    ["", "src"].iter().any(|from| found(&root().join(from), path.trim_end_matches('/')))
}

fn found(folder: &Path, path: &str) -> bool {
    let Some((before, after)) = path.split_once("*/") else { return folder.join(path).exists() };
    let Ok(all) = std::fs::read_dir(folder.join(before)) else { return false };
    let folders: Vec<PathBuf> = all.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    !folders.is_empty() && folders.iter().all(|folder| found(folder, after))
}

#[test]
fn every_link_leads_to_a_file_and_a_heading_that_are_there() {
    let mut wrong = Vec::new();
    let mut many = 0;
    for guide in GUIDES {
        let text = std::fs::read_to_string(root().join(guide)).unwrap();
        for link in links(&prose(&text)).into_iter().filter(|link| !link.starts_with("http")) {
            many += 1;
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { guide } else { file };
            let is_right = root().join(target).exists()
                && (anchor.is_empty()
                    || anchors(&std::fs::read_to_string(root().join(target)).unwrap())
                        .iter()
                        .any(|known| known == anchor));
            if !is_right {
                wrong.push(format!("{guide}: {link}"));
            }
        }
    }
    assert!(wrong.is_empty() && many > 30, "{many} links, of which lead nowhere: {wrong:#?}");
}

#[test]
fn every_file_that_is_named_is_there() {
    let mut wrong = Vec::new();
    let mut many = 0;
    for guide in GUIDES {
        let text = std::fs::read_to_string(root().join(guide)).unwrap();
        for path in paths(&prose(&text)) {
            many += 1;
            if !is_there(path) {
                wrong.push(format!("{guide}: {path}"));
            }
        }
    }
    assert!(wrong.is_empty() && many > 20, "{many} paths, of which are not there: {wrong:#?}");
    assert!(!is_there("store/nothing.rs") && is_there("vendors/*/auth.rs") && !is_there("vendors/*/nothing.rs"));
}
