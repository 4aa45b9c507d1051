//! The demo rooms: about 2,000 real ones in every script, with all that the real list does not tell made up.
//!
//! The same list gives the same file, byte for byte: chance comes from [`random`], the date from [`clock`].

mod clock;
mod crowd;
mod people;
mod phrases;
mod random;
mod room;
mod script;

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{BufRead, BufReader},
    path::Path,
};

use anyhow::{Context, Result, ensure};
use flate2::read::GzDecoder;
use serde_json::Value;

use self::{people::People, random::Random, script::Script};
use crate::{pack, sh};

/// How many rooms the demo has.
const ROOMS: usize = 2000;
/// How many of them have a cover, at least, where the list has as many.
const COVERS: usize = 160;
/// The file that stands in the repository.
const FILE: &str = "xtask/demo/rooms.jsonl.gz";

/// A line of the real list.
struct Channel {
    id: String,
    name: String,
    owner: String,
    cover: Option<String>,
    tags: Vec<String>,
    script: Script,
}

/// Makes the demo rooms from the list in `source` (JSON lines, gzip).
///
/// # Errors
/// When the list cannot be read or the file not written.
pub fn make(source: &Path) -> Result<()> {
    sh::step("demo rooms", || {
        let lines = GzDecoder::new(File::open(source).with_context(|| format!("cannot read {}", source.display()))?);
        let channels = read(BufReader::new(lines)).with_context(|| format!("in {}", source.display()))?;
        let chosen = choose(&channels, ROOMS);
        for (script, _) in Script::SHARES {
            let count = chosen.iter().filter(|channel| channel.script == script).count();
            println!("  {count:>5} {script:?}");
        }
        let packed = pack::gzip(written(&chosen).as_bytes())?;
        let file = sh::root().join(FILE);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&file, &packed).with_context(|| format!("cannot write {}", file.display()))?;
        println!("  {FILE}: {} rooms, {} bytes", chosen.len(), packed.len());
        Ok(())
    })
}

/// The rooms as JSON lines.
fn written(chosen: &[&Channel]) -> String {
    let people = People::new();
    let rooms = chosen.iter().enumerate().map(|(index, channel)| room::furnish(channel, index, &people));
    rooms.map(|room| format!("{}\n", Value::Object(room))).collect()
}

/// Reads the list: the first of a repeated id, none whose name or id has what a console should not show.
fn read(lines: impl BufRead) -> Result<Vec<Channel>> {
    let mut seen = BTreeSet::new();
    let mut channels = Vec::new();
    for (index, line) in lines.lines().enumerate() {
        let line: Value = serde_json::from_str(&line?).with_context(|| format!("line {} is not JSON", index + 1))?;
        let text = |key: &str| line[key].as_str().map(tidy).filter(|text| !text.is_empty());
        let (Some(id), Some(name), Some(owner)) = (text("id"), text("name"), text("owner")) else {
            continue;
        };
        if !plain(&id) || !plain(&name) || !seen.insert(id.clone()) {
            continue;
        }
        let tags = line["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).map(tidy).collect();
        let script = Script::of(&name);
        channels.push(Channel { id, name, owner, cover: text("cover"), tags, script });
    }
    ensure!(!channels.is_empty(), "there is no room in it");
    Ok(channels)
}

/// Takes a fair share of each script, with enough covers among them, in the order of the list.
fn choose(channels: &[Channel], count: usize) -> Vec<&Channel> {
    let mut order: Vec<(usize, u64)> =
        channels.iter().enumerate().map(|(index, channel)| (index, Random::of(&channel.id).next())).collect();
    order.sort_by_key(|&(_, chance)| chance);
    let mut taken = BTreeSet::new();
    let covered = order.iter().filter(|(index, _)| channels[*index].cover.is_some());
    taken.extend(covered.take(COVERS.min(count)).map(|&(index, _)| index));
    for (script, share) in Script::SHARES {
        let already = taken.iter().filter(|&&index| channels[index].script == script).count();
        let room = share.saturating_sub(already).min(count - taken.len());
        let more = order.iter().map(|&(index, _)| index).filter(|index| channels[*index].script == script);
        let more: Vec<usize> = more.filter(|index| !taken.contains(index)).take(room).collect();
        taken.extend(more);
    }
    taken.into_iter().map(|index| &channels[index]).collect()
}

/// One line: tabs and line ends become blanks, outer white space goes.
fn tidy(text: &str) -> String {
    text.replace(['\t', '\r', '\n'], " ").trim().to_owned()
}

/// Neither control characters nor those that turn the direction of text.
fn plain(text: &str) -> bool {
    !text.chars().any(|c| c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}'))
}

#[cfg(test)]
mod unit {
    use super::*;

    const LIST: &str = r#"{"id":"a","name":" Geo\tWild ","owner":"o","tags":["en"]}
{"id":"a","name":"again","owner":"o","tags":[]}
{"id":"b","name":"turned \u202e","owner":"o","tags":[]}
{"id":"c","name":"كأس","owner":"o","tags":["ar"],"cover":"https://x.example/c.png"}
"#;

    #[test]
    fn the_first_of_an_id_is_taken_and_tidied() -> Result<()> {
        let channels = read(LIST.as_bytes())?;
        let names: Vec<&str> = channels.iter().map(|channel| channel.name.as_str()).collect();
        assert_eq!(names, ["Geo Wild", "كأس"]);
        Ok(())
    }

    #[test]
    fn the_same_list_gives_the_same_rooms() -> Result<()> {
        let (one, other) = (read(LIST.as_bytes())?, read(LIST.as_bytes())?);
        assert_eq!(written(&choose(&one, 9)), written(&choose(&other, 9)));
        assert_eq!(choose(&one, 1).first().map(|channel| channel.id.as_str()), Some("c"), "covers come first");
        Ok(())
    }

    #[test]
    fn a_line_that_is_no_json_is_named() {
        let refused = read("{\"id\":1}\nnot json\n".as_bytes()).err().map(|error| error.to_string());
        assert_eq!(refused.as_deref(), Some("line 2 is not JSON"));
    }
}
