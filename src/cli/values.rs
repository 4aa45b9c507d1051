//! The values of settings: what each is read as, and what is said where it cannot be.

use std::{
    fmt::Display,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use super::{config::Covers, environment, log::LogFormat, options::Serve};
use crate::{
    domain::when::DAY,
    services::{
        backups::{Keep, Plan},
        trail::YOUNGEST,
    },
    store::{
        key::{KeyPlace, MasterKey},
        path_of,
    },
};

/// "--addr (WARDROOM_ADDR) is "x", which ...; write it as 127.0.0.1:3000"
pub(super) fn say(flag: &str, given: &str, why: &str, right: impl Display) -> String {
    let variable = flag.to_ascii_uppercase().replace('-', "_");
    let given = if given.is_empty() { String::new() } else { format!("is {given:?}, which ") };
    format!("--{flag} (WARDROOM_{variable}) {given}{why}; for example: {right}")
}

pub(super) fn keep<T>(checked: Result<T, String>, instead: T, wrong: &mut Vec<String>) -> T {
    checked.unwrap_or_else(|why| {
        wrong.push(why);
        instead
    })
}

pub(super) fn bounded(flag: &str, text: &str, most: usize) -> Result<usize, String> {
    match text.trim().parse() {
        Ok(number) if (1..=most).contains(&number) => Ok(number),
        _ => Err(say(flag, text, &format!("is not a number from 1 to {most}"), most.min(20))),
    }
}

pub(super) fn database_url(text: &str) -> Result<String, String> {
    let wrong = |why: &str| Err(say("database-url", text, why, "sqlite:data/wardroom.db"));
    let text = text.trim();
    match path_of(text) {
        None => wrong("does not begin with sqlite:"),
        Some("") => wrong("names no file"),
        Some(path) if path.contains(":memory:") => wrong("would be lost at the end: only files are databases here"),
        Some(path) if path.contains(['?', '\0']) => wrong("has parameters: name the file only"),
        Some(path) if path.ends_with('/') || Path::new(path).is_dir() => wrong("is a folder: name a file in it"),
        Some(_) => Ok(text.to_owned()),
    }
}

/// Where the master key is, by its file's name and the key itself; both at once may be a mistake that is found too late.
pub(super) fn key(file: &str, given: Option<String>) -> Result<Option<KeyPlace>, String> {
    match (file, given) {
        ("", None) => Ok(None),
        ("", Some(text)) => match MasterKey::parse(&text) {
            Ok(key) => Ok(Some(KeyPlace::Given(key))),
            Err(why) => Err(format!("{} {why}", environment::KEY)),
        },
        (_, Some(_)) => {
            Err(say("key-file", file, "is given beside WARDROOM_KEY: give one of them", "data/wardroom.key"))
        }
        (path, None) if Path::new(path).is_dir() => {
            Err(say("key-file", path, "is a folder: name a file in it", "data/wardroom.key"))
        }
        (path, None) => Ok(Some(KeyPlace::File(PathBuf::from(path)))),
    }
}

/// The file of a database's address; the address itself where it is none.
pub(super) fn file(database_url: &str) -> PathBuf {
    PathBuf::from(path_of(database_url).unwrap_or(database_url))
}

pub(super) fn filter(text: &str) -> Result<String, String> {
    match tracing_subscriber::EnvFilter::try_new(text) {
        Ok(_) => Ok(text.to_owned()),
        Err(why) => Err(say("log", text, &format!("cannot be read ({why})"), "info or warn,wardroom=debug")),
    }
}

pub(super) fn listen(text: &str) -> Result<SocketAddr, String> {
    text.trim().parse().map_err(|_| say("addr", text, "is not an address with a port", "127.0.0.1:3000 or [::]:3000"))
}

pub(super) fn ops(text: &str) -> Result<Option<SocketAddr>, String> {
    match text.trim() {
        "" => Ok(None),
        given => given
            .parse()
            .map(Some)
            .map_err(|_| say("ops-addr", given, "is not an address with a port", "127.0.0.1:3009")),
    }
}

pub(super) fn format(text: &str) -> Result<LogFormat, String> {
    match text.trim() {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err(say("log-format", text, "is not text or json", "json")),
    }
}

pub(super) fn proxies(text: &str) -> Result<Vec<IpAddr>, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            part.parse().map_err(|_| say("trusted-proxies", part, "is not an IP address", "127.0.0.1,10.0.0.2"))
        })
        .collect()
}

pub(super) fn covers(text: &str) -> Result<Covers, String> {
    match text.trim() {
        "off" => Ok(Covers::Off),
        "public" => Ok(Covers::Public),
        "any" => Ok(Covers::Any),
        _ => Err(say("covers", text, "is not off, public or any", "public")),
    }
}

/// The hosts that covers come from, in lower case: names, and `*.` with a name for all that lie below it.
pub(super) fn covers_from(text: &str) -> Result<Vec<String>, String> {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let name = part.strip_prefix("*.").unwrap_or(part);
            let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
            if plain && !name.is_empty() && !name.starts_with(['.', '-']) {
                Ok(part.to_ascii_lowercase())
            } else {
                Err(say("covers-from", part, "is not a host name without a port", "img.example,*.cdn.example"))
            }
        })
        .collect()
}

/// The folder for checkpoints, if there is to be one.
pub(super) fn checkpoints(text: &str) -> Result<Option<PathBuf>, String> {
    match text.trim() {
        "" => Ok(None),
        folder if Path::new(folder).is_dir() => Ok(Some(PathBuf::from(folder))),
        _ => Err(say("checkpoints", text, "is no folder: make it first", "/mnt/elsewhere/wardroom")),
    }
}

/// For how many days audit entries are kept.
pub(super) fn days(text: &str) -> Result<Option<i64>, String> {
    let wrong = || say("audit-keep", text, &format!("is not a number of days, {YOUNGEST} and more"), "400");
    match text.trim() {
        "" => Ok(None),
        text => text.parse().ok().filter(|days| (YOUNGEST..=100_000).contains(days)).map(Some).ok_or_else(wrong),
    }
}

/// When and where backups are made. What says when and which is checked even where none are.
pub(super) fn backups(given: &Serve) -> Result<Option<Plan>, String> {
    let every = every(&given.backup_every)?;
    let keep = Keep::parse(&given.backup_keep);
    let keep = keep.ok_or_else(|| say("backup-keep", &given.backup_keep, "is no list of rules", "14 or 7d,4w,6m"))?;
    let folder = given.backups.trim();
    match Path::new(folder) {
        _ if folder.is_empty() => Ok(None),
        path if path.is_file() => Err(say("backups", folder, "is a file: name a folder", "/mnt/backups")),
        path => Ok(Some(Plan { folder: path.to_owned(), every, keep })),
    }
}

/// A time between two, from a minute to a year, in milliseconds.
pub(super) fn every(text: &str) -> Result<i64, String> {
    let wrong = || say("backup-every", text, "is no time from a minute to a year", "24h, 30m or 7d");
    let [_, from_minutes @ ..] = &UNITS;
    span(text, from_minutes).filter(|every| (MINUTE..=366 * DAY).contains(every)).ok_or_else(wrong)
}

/// A minute in milliseconds.
pub(super) const MINUTE: i64 = 60_000;
/// What times are written in, and how many milliseconds each is.
pub(super) const UNITS: [(char, i64); 4] = [('s', 1_000), ('m', MINUTE), ('h', 60 * MINUTE), ('d', DAY)];

/// Reads a time such as `10m` in one of these units as milliseconds.
pub(super) fn span(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let text = text.trim();
    let (digits, unit) = units.iter().find_map(|(letter, unit)| Some((text.strip_suffix(*letter)?, unit)))?;
    i64::from(digits.parse::<u32>().ok()?).checked_mul(*unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_master_key_is_in_one_place_and_never_told() {
        let hex = "0f".repeat(32);
        assert_eq!(key("", None), Ok(None));
        assert_eq!(key("k", None), Ok(Some(KeyPlace::File("k".into()))));
        assert!(matches!(key("", Some(hex.clone())), Ok(Some(KeyPlace::Given(_)))));
        assert!(key("k", Some(hex)).is_err());
        assert!(!key("", Some("my-secret".to_owned())).unwrap_err().contains("my-secret"));
    }

    #[test]
    fn backups_are_made_in_a_folder_at_times_and_some_are_kept() {
        let hours =
            [every("90m"), every("24h"), every("7d")].map(|every| every.map(|every| every as f64 / 3_600_000.0));
        assert_eq!(hours, [Ok(1.5), Ok(24.0), Ok(168.0)]);
        for bad in ["", "h", "24", "0h", "-1h", "1s", "367d", "99999999999999999999d", "1hm"] {
            assert!(every(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_database_is_a_file() {
        for bad in ["data/w.db", "sqlite:", "sqlite::memory:", "sqlite:w.db?mode=ro", "sqlite:/tmp", "sqlite:data/"] {
            assert!(database_url(bad).is_err(), "{bad}");
        }
    }
}
