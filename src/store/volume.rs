//! The file system under a file: how much of it is free, and whether a database may be trusted to it.

use std::{io, path::Path};

/// The file system that a folder stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Bytes that are free for this user.
    pub free: u64,
    /// What it is.
    pub kind: Kind,
}

/// What a file system is, as far as a database minds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A disk of this machine, or something that is not known here.
    Local,
    /// Another machine's: its locks cannot be relied on, so that two programs may write at once and damage the file.
    Network(&'static str),
    /// It is gone with the machine or the container.
    Passing(&'static str),
}

impl Volume {
    /// The file system under an existing path.
    ///
    /// # Errors
    /// The path cannot be looked at.
    #[cfg(unix)]
    pub fn of(path: &Path) -> io::Result<Self> {
        let room = rustix::fs::statvfs(path)?;
        Ok(Self { free: room.f_bavail.saturating_mul(room.f_frsize), kind: kind(path)? })
    }

    /// The file system under an existing path; here nothing is known of it.
    ///
    /// # Errors
    /// None.
    #[cfg(not(unix))]
    pub fn of(_: &Path) -> io::Result<Self> {
        Ok(Self { free: u64::MAX, kind: Kind::Local })
    }
}

/// By the magic numbers of statfs(2).
#[cfg(target_os = "linux")]
fn kind(path: &Path) -> io::Result<Kind> {
    let magic = u32::try_from(rustix::fs::statfs(path)?.f_type as u64 & 0xFFFF_FFFF).unwrap_or_default();
    Ok(match magic {
        0x6969 => Kind::Network("NFS"),
        0x517B | 0xFF53_4D42 | 0xFE53_4D42 => Kind::Network("SMB"),
        0x0102_1997 => Kind::Network("9p"),
        0x00C3_6400 => Kind::Network("Ceph"),
        0x5346_414F | 0x6B41_4653 => Kind::Network("AFS"),
        0x0BD0_0BD0 => Kind::Network("Lustre"),
        0x0102_1994 | 0x8584_58F6 => Kind::Passing("tmpfs, in memory"),
        0x794C_7630 => Kind::Passing("overlayfs, a container's own layer"),
        _ => Kind::Local,
    })
}

#[cfg(all(unix, not(target_os = "linux")))]
fn kind(_: &Path) -> io::Result<Kind> {
    Ok(Kind::Local)
}

/// Whether a file is this user's own, where that is a question.
#[cfg(unix)]
#[must_use]
pub fn is_mine(found: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(found) == rustix::process::geteuid().as_raw()
}

/// Whether a file is this user's own, where that is a question.
#[cfg(not(unix))]
#[must_use]
pub fn is_mine(_: &std::fs::Metadata) -> bool {
    true
}

/// Whether anybody but its owner may read a file; never where that is no question.
#[cfg(unix)]
#[must_use]
pub fn is_open_to_others(found: &std::fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(found) & 0o077 != 0
}

/// Whether anybody but its owner may read a file; never where that is no question.
#[cfg(not(unix))]
#[must_use]
pub fn is_open_to_others(_: &std::fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_system_says_what_is_free() {
        let here = Volume::of(Path::new(".")).unwrap();
        assert!(here.free > 0);
        assert!(Volume::of(Path::new("/no/such/path")).is_err());
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn memory_is_told_from_a_disk() {
        assert_eq!(Volume::of(Path::new("/dev/shm")).unwrap().kind, Kind::Passing("tmpfs, in memory"));
    }
}
