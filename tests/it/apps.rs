//! Apps in the console: making, changing and rotating them, what they called, and a room's API section. Whatever holds,
//! holds for every vendor.

mod keeping;
mod section;
mod used;

use std::{path::Path, process::Command};

use axum::http::Request;
use wardroom::domain::app::About;

use crate::harness::{Answer, House, html};

/// Inputs that add an app which may do everything.
fn wanted(about: &About) -> Vec<(&'static str, String)> {
    vec![
        ("name", format!("{} shop 店", about.name)),
        ("vendor", about.key.to_owned()),
        ("may[scope]", "manage".to_owned()),
        ("may[application]", String::new()),
        ("may[accounts]", String::new()),
        ("may[rate]", String::new()),
        ("back", "/apps".to_owned()),
    ]
}

/// The same with another value.
fn with<'a>(mut inputs: Vec<(&'a str, String)>, name: &'a str, value: &str) -> Vec<(&'a str, String)> {
    inputs.retain(|(kept, _)| *kept != name);
    inputs.push((name, value.to_owned()));
    inputs
}

fn pairs<'a>(inputs: &'a [(&'a str, String)]) -> Vec<(&'a str, &'a str)> {
    inputs.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// The text of the element with this id.
fn text_of(page: &Answer, id: &str) -> Option<String> {
    page.tags().into_iter().find(|tag| tag.get("id") == id).map(|tag| html::unescape(tag.text.trim()))
}

/// The commands of a room's API section.
fn commands(page: &Answer) -> Vec<String> {
    let of = |tag: &html::Tag| tag.get("id").starts_with("command-");
    page.tags().into_iter().filter(|tag| tag.name == "pre" && of(tag)).map(|tag| html::unescape(&tag.text)).collect()
}

/// What a shell makes of a command: the words that `curl` would get. Nothing else of the command may be one.
fn words(command: &str, folder: &Path) -> Vec<String> {
    let script = format!("curl() {{ printf '%s\\0' \"$@\"; printf 'once\\0'; }}\n{command}\n");
    let ran = Command::new("sh").arg("-ec").arg(script).current_dir(folder).env_clear().output().unwrap();
    assert!(ran.status.success() && ran.stderr.is_empty(), "{command}\n{}", String::from_utf8_lossy(&ran.stderr));
    let text = String::from_utf8(ran.stdout).unwrap();
    let mut words: Vec<String> = text.split_terminator('\0').map(str::to_owned).collect();
    assert_eq!(words.iter().filter(|word| *word == "once").count(), 1, "{command}");
    assert_eq!(words.pop().as_deref(), Some("once"), "{command}");
    words
}

/// Sends what a command would send.
async fn run(house: &House, command: &str) -> Answer {
    let folder = tempfile::tempdir().unwrap();
    let words = words(command, folder.path());
    let after = |flag: &str| words.windows(2).filter(|pair| pair[0] == flag).map(|pair| pair[1].clone()).collect();
    let (methods, headers, bodies): (Vec<_>, Vec<_>, Vec<_>) =
        (after("--request"), after("--header"), after("--data-raw"));
    let address = words.iter().find_map(|word| word.strip_prefix("http://127.0.0.1:3000")).unwrap();
    let mut request = Request::builder().method(methods[0].as_str()).uri(address);
    for header in &headers {
        let (name, value) = header.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    house.send(request, bodies.into_iter().next().unwrap_or_default()).await
}
