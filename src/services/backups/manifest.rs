//! What a backup says of itself: the last page of its file, readable with `tail -c 4096`.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::Path,
};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Told;
use crate::{
    domain::{Timestamp, text::hex},
    store::Contents,
};

/// How long a manifest is, in bytes: as a page of the database, so that the file stays a number of pages.
pub const PAGE: u64 = 4_096;
/// How one begins. Another form would have another number.
const HEADING: &str = "wardroom backup 1\n";

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// When it was begun: every write that was answered before is in it.
    pub made_at: Timestamp,
    /// The version that made it.
    pub wardroom: String,
    /// What is in it.
    #[serde(flatten)]
    pub contents: Contents,
    /// How long the database is, in bytes.
    pub bytes: u64,
    /// The SHA-256 of these bytes.
    pub sha256: String,
}

impl Manifest {
    /// Reads the manifest of a backup; what stands before it is not looked at.
    ///
    /// # Errors
    /// There is none.
    pub fn read(path: &Path) -> Told<Self> {
        let shown = path.display();
        let wrong = |why: io::Error| format!("{shown} cannot be read: {why}");
        let mut file = File::open(path).map_err(wrong)?;
        let length = file.metadata().map_err(wrong)?.len();
        let none =
            || format!("{shown} does not end in a manifest: it was cut short, or `wardroom backup` did not make it");
        let start = length.checked_sub(PAGE).ok_or_else(none)?;
        file.seek(SeekFrom::Start(start)).map_err(wrong)?;
        let mut page = Vec::new();
        file.read_to_end(&mut page).map_err(wrong)?;
        let text = std::str::from_utf8(&page).ok().and_then(|text| text.strip_prefix(HEADING)).ok_or_else(none)?;
        let manifest: Self = serde_json::from_str(text.trim_end()).map_err(|_| none())?;
        if manifest.bytes == start {
            Ok(manifest)
        } else {
            Err(format!("{shown} has {start} bytes before its manifest, and had {} when it was made", manifest.bytes))
        }
    }

    /// Writes a manifest behind a copy of the database, and sees both onto the disk.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn write(&self, file: &mut File) -> io::Result<()> {
        let mut page = HEADING.to_owned() + &serde_json::to_string(self)?;
        let width = usize::try_from(PAGE).unwrap_or_default() - 1;
        page = format!("{page:<width$}\n");
        file.seek(SeekFrom::End(0))?;
        file.write_all(page.as_bytes())?;
        file.sync_all()
    }
}

/// The length and the SHA-256 of the first `most` bytes of a file.
///
/// # Errors
/// The file cannot be read.
pub(super) fn fingerprint(file: &mut File, most: u64) -> io::Result<(u64, String)> {
    file.seek(SeekFrom::Start(0))?;
    let (mut hash, mut part, mut length) = (Sha256::new(), vec![0; 1 << 20], 0_u64);
    let mut rest = file.take(most);
    loop {
        let many = rest.read(&mut part)?;
        let Some(read) = part.get(..many).filter(|read| !read.is_empty()) else { break };
        hash.update(read);
        length += many as u64;
    }
    Ok((length, hex(&hash.finalize())))
}
