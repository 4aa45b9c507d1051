//! What is kept elsewhere and brought back: what a backup says of itself, and checkpoints of the audit trail.

use std::sync::{LazyLock, Mutex, PoisonError};

use serde_json::{Map, Value as Json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use wardroom::{
    domain::{Timestamp, trail::Checkpoint},
    services::backups::{Manifest, PAGE},
    store::{Store, Trail},
};

use super::text;

/// Bytes before the manifest, in place of a database: the least that can stand there is not looked at.
const BEFORE: usize = 512;

/// The last page of a backup: it says what it said when it is written again, and speaks of the very file that it ends.
pub fn manifest(data: &[u8]) {
    // Tests run side by side, and there is one file.
    static FOLDER: LazyLock<Mutex<TempDir>> = LazyLock::new(|| Mutex::new(tempfile::tempdir().unwrap()));
    let folder = FOLDER.lock().unwrap_or_else(PoisonError::into_inner);
    let file = folder.path().join("backup.db");
    let read = |page: &[u8]| {
        std::fs::write(&file, [&[0; BEFORE][..], page].concat()).unwrap();
        Manifest::read(&file)
    };
    assert!(read(&data[..data.len().min(100)]).is_err(), "half a page is none");
    let page = usize::try_from(PAGE).unwrap();
    let padded = |text: &[u8]| {
        let mut padded = text.to_vec();
        padded.resize(page, b' ');
        padded
    };
    let told = match read(&padded(data)) {
        Ok(manifest) => {
            assert_eq!(manifest.bytes, BEFORE as u64);
            let written = "wardroom backup 1\n".to_owned() + &serde_json::to_string(&manifest).unwrap();
            assert!(written.len() > page || read(&padded(written.as_bytes())).as_ref() == Ok(&manifest), "{written}");
            format!("{manifest} {}", manifest.made_at.rfc3339())
        }
        Err(why) => why,
    };
    assert!(told.len() < 3 * page);
}

/// A house's trail, and the checkpoint that was made of it.
struct House {
    trail: Trail,
    made: Map<String, Json>,
    _runtime: Runtime,
    _folder: TempDir,
}

impl House {
    fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("wardroom.db").display());
        let (trail, made) = runtime.block_on(async {
            Store::open(&url).await.unwrap().close().await;
            let mut trail = Trail::open(&url, None).await.unwrap();
            let made = trail.checkpoint(Timestamp(1_795_000_000_000)).await.unwrap();
            (trail, made.unwrap())
        });
        let Ok(Json::Object(made)) = serde_json::to_value(made) else { panic!("a checkpoint is no object") };
        Self { trail, made, _runtime: runtime, _folder: folder }
    }
}

/// Lines of checkpoints; and, each as changes to one that was made here, whether one that was changed still counts.
pub fn checkpoint(data: &[u8]) {
    static HOUSE: LazyLock<Mutex<House>> = LazyLock::new(|| Mutex::new(House::open()));
    let house = HOUSE.lock().unwrap_or_else(PoisonError::into_inner);
    for line in text(data).unwrap_or_default().lines() {
        if let Ok(read) = serde_json::from_str::<Checkpoint>(line) {
            assert_eq!(serde_json::from_str::<Checkpoint>(&read.line()).as_ref().ok(), Some(&read));
            assert!(!house.trail.made(&read), "nobody makes one without the key: {line}");
        }
        let Ok(changes) = serde_json::from_str::<Map<String, Json>>(line) else { continue };
        let mut changed = house.made.clone();
        for (name, change) in changes {
            let changed = changed.entry(name).or_insert(Json::Null);
            *changed = match (&*changed, change) {
                // A list is a place in what was made, and what stands there instead.
                (Json::String(made), Json::Array(edit)) => match (edit.first().and_then(Json::as_u64), edit.get(1)) {
                    (Some(at), Some(Json::String(put))) => {
                        let at = usize::try_from(at).unwrap_or(0) % (made.len() + 1);
                        let rest = made.get(at + put.len()..).unwrap_or_default();
                        Json::String(made.get(..at).unwrap_or_default().to_owned() + put + rest)
                    }
                    _ => continue,
                },
                (_, change) => change,
            };
        }
        let made: Checkpoint = serde_json::from_value(Json::Object(house.made.clone())).unwrap();
        if let Ok(read) = serde_json::from_value::<Checkpoint>(Json::Object(changed)) {
            assert_eq!(house.trail.made(&read), read == made, "{read:?} against {made:?}");
        }
    }
}
