//! The drill: whether a backup could be put in the database's place this minute. The file itself is never changed; one with
//! older tables is brought up to date in a copy. The audit trail's chain needs the master key; everything else does not.

use std::{fs::File, path::Path};

use super::{Manifest, Told, blocking, chain, make::has_room, manifest::fingerprint, part::Part, sized};
use crate::{
    domain::{
        Error,
        page::{Page, grouped},
        room::{Field, Room, RoomQuery, Sort},
    },
    services::random_word,
    store::{Contents, Look, OpenError, Schema, Store, bring_to, key::KeyPlace, newest_step},
};

/// How many rooms are looked for by their words.
const SOUGHT: usize = 12;
/// Pages of a search that are turned to find a room among others of the same words.
const TURNED: usize = 40;

/// What is said of the audit trail's check.
const TRAIL: &str = "trail";

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub check: &'static str,
    /// What came of it.
    pub found: Found,
}

/// What came of looking at something, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It is as it should be.
    Good(String),
    /// It could not be looked at, for a reason that is not the backup's.
    Unknown(String),
    /// It is wrong.
    Bad(String),
}

/// What a drill found, in order.
#[derive(Clone, Debug, Default)]
pub struct Drill {
    /// Up to and with the first thing that is wrong, as far as one could go on.
    pub findings: Vec<Finding>,
    /// What the backup says of itself, if it says anything.
    pub manifest: Option<Manifest>,
}

impl Drill {
    /// The first thing that is wrong.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        self.findings.iter().find_map(Finding::fault)
    }

    /// The first thing for which it must not take the database's place. An audit trail that somebody worked on is told of,
    /// and no reason to lose the rooms as well.
    #[must_use]
    pub fn obstacle(&self) -> Option<String> {
        self.findings.iter().filter(|finding| finding.check != TRAIL).find_map(Finding::fault)
    }

    fn note<T>(&mut self, check: &'static str, found: Told<(T, String)>) -> Option<T> {
        let (kept, found) = match found {
            Ok((kept, words)) => (Some(kept), Found::Good(words)),
            Err(why) => (None, Found::Bad(why)),
        };
        self.findings.push(Finding { check, found });
        kept
    }
}

impl Finding {
    fn fault(&self) -> Option<String> {
        match &self.found {
            Found::Bad(why) => Some(format!("{}: {why}", self.check)),
            Found::Good(_) | Found::Unknown(_) => None,
        }
    }
}

/// Holds a drill with a backup. The master key is in `place`, if it is at hand.
pub async fn verify(file: &Path, place: &KeyPlace) -> Drill {
    let mut drill = Drill::default();
    let read = Manifest::read(file).map(|manifest| {
        let made = format!("made {} by Wardroom {}", manifest.made_at.rfc3339(), manifest.wardroom);
        (manifest, made)
    });
    let Some(manifest) = drill.note("manifest", read) else { return drill };
    drill.manifest = Some(manifest.clone());
    // What follows is worth knowing even where a byte is another: it says what the damage has done.
    drill.note("bytes", bytes(file, &manifest).await);
    let Some(contents) = drill.note("database", inspect(file).await.map(sound)) else { return drill };
    if drill.note("contents", compare(&manifest.contents, &contents)).is_some() {
        drill.note("search", search(file, &contents).await);
    }
    drill.findings.push(Finding { check: TRAIL, found: chain::check(file, place).await });
    drill
}

fn sound(contents: Contents) -> (Contents, String) {
    let newest = newest_step();
    let tables = match contents.schema {
        step if step == newest => format!("its tables are at step {step}, as this version's"),
        step => format!("its tables are at step {step} of {newest}; the first start brings them up to date"),
    };
    (contents, format!("sound; {tables}"))
}

async fn bytes(file: &Path, manifest: &Manifest) -> Told<((), String)> {
    let (path, wanted) = (file.to_owned(), manifest.clone());
    blocking(move || {
        let wrong = |why: std::io::Error| format!("{} cannot be read: {why}", path.display());
        let (length, sha256) = fingerprint(&mut File::open(&path).map_err(wrong)?, wanted.bytes).map_err(wrong)?;
        if sha256 == wanted.sha256 {
            Ok(((), format!("{}, SHA-256 {sha256}", sized(length))))
        } else {
            Err(format!("they are not those that were written: the SHA-256 is {sha256} and was {}", wanted.sha256))
        }
    })
    .await
}

/// Makes sure that a copy is a sound database of a step of the tables that is known here, and counts what is in it.
pub(super) async fn inspect(file: &Path) -> Told<Contents> {
    let said = |why: OpenError| why.to_string();
    let mut look = Look::at_copy(file).await.map_err(said)?;
    let found = async {
        let step = match look.schema().await.map_err(said)? {
            Schema::Ours(step) => step,
            Schema::Newer { step, by } => return Err(OpenError::Newer { step, by }.to_string()),
            Schema::Empty | Schema::Foreign => return Err("it has none of Wardroom's tables".to_owned()),
        };
        if let Some(fault) = look.fault(false).await.map_err(said)? {
            return Err(format!("it is damaged: {fault}"));
        }
        match look.missing(step).await.map_err(said)? {
            Some(part) => Err(format!("the {part} is missing")),
            None => look.contents().await.map_err(said),
        }
    }
    .await;
    look.close().await;
    found
}

/// Whether what is in a copy is what its manifest says.
fn compare(wanted: &Contents, found: &Contents) -> Told<((), String)> {
    for (what, wanted, found) in [
        ("step of its tables", wanted.schema, found.schema),
        ("number of rooms", wanted.rooms, found.rooms),
        ("number of staff accounts", wanted.staff, found.staff),
        ("number of audit entries", wanted.entries, found.entries),
    ] {
        if wanted != found {
            return Err(format!("the {what} is {found}, and its manifest says {wanted}"));
        }
    }
    if wanted.head != found.head {
        let entry = |head: &Option<crate::store::Head>| head.as_ref().map_or(0, |head| head.entry);
        let (found, wanted) = (entry(&found.head), entry(&wanted.head));
        return Err(format!("its audit trail ends with entry {found}, which is not entry {wanted} of its manifest"));
    }
    Ok(((), told(found)))
}

/// What is in a database, in words.
fn told(contents: &Contents) -> String {
    let many = |many: i64, one: &str, more: &str| {
        format!("{} {}", grouped(many.unsigned_abs()), if many == 1 { one } else { more })
    };
    let head = contents.head.as_ref();
    let head = head.map(|head| format!(", the last {} of {}", grouped(head.entry.unsigned_abs()), head.at.rfc3339()));
    format!(
        "{}, {}, {}{}",
        many(contents.rooms, "room", "rooms"),
        many(contents.staff, "account", "accounts"),
        many(contents.entries, "audit entry", "audit entries"),
        head.unwrap_or_default()
    )
}

impl std::fmt::Display for Manifest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&told(&self.contents))
    }
}

/// Looks for some rooms by their own words, as a person would.
async fn search(file: &Path, contents: &Contents) -> Told<((), String)> {
    if contents.schema == newest_step() {
        return found(file).await;
    }
    // The tables are brought up to date as the first start would, in a copy.
    let folder = std::env::temp_dir();
    let scratch = folder.join(format!("wardroom-drill-{}.db", random_word(12)));
    let from = file.to_owned();
    let part = blocking(move || {
        let wrong = |why: std::io::Error| format!("{} cannot be written: {why}", scratch.display());
        has_room(&folder, std::fs::metadata(&from).map_err(wrong)?.len().saturating_mul(2))?;
        let mut part = Part::create(scratch.clone()).map_err(wrong)?;
        std::io::copy(&mut File::open(&from).map_err(wrong)?, &mut part.file).map_err(wrong)?;
        Ok(part)
    })
    .await?;
    bring_to(&part.path, newest_step()).await.map_err(|why| why.to_string())?;
    found(&part.path).await
}

async fn found(file: &Path) -> Told<((), String)> {
    let store = Store::open_copy(file).await.map_err(|why| why.to_string())?;
    let outcome = look_for_rooms(&store).await;
    store.close().await;
    let many = outcome?;
    Ok(((), format!("{many} {} by their words", if many == 1 { "room was found" } else { "rooms were found" })))
}

async fn look_for_rooms(store: &Store) -> Told<usize> {
    let said = |why: Error| format!("it failed: {why}");
    let mut many = 0;
    for _ in 0..SOUGHT {
        let Some(room) = store.some_room().await.map_err(said)? else { break };
        let query = RoomQuery { search: words(&room), sort: Sort::Created, ..RoomQuery::default() };
        match is_found(store, query, &room).await.map_err(said)? {
            Some(true) => many += 1,
            Some(false) => return Err(format!("the room {} is not found by its own name and id", room.id)),
            None => {}
        }
    }
    Ok(many)
}

/// The words of a room's name and its id.
fn words(room: &Room) -> String {
    let name = room.values.text(Field::Name).unwrap_or_default();
    format!("{name} {}", room.id).chars().take(200).collect()
}

/// Whether a room is among the hits; there is no telling where very many rooms have the same words.
async fn is_found(store: &Store, mut query: RoomQuery, room: &Room) -> crate::domain::Result<Option<bool>> {
    for _ in 0..TURNED {
        let page = store.rooms(&query).await?;
        match page.next {
            _ if page.rows.iter().any(|row| row.id == room.id) => return Ok(Some(true)),
            Some(next) => query.page = Page::After(next),
            None => return Ok(Some(false)),
        }
    }
    Ok(None)
}
