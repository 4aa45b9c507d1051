//! Backups: whole copies of the database, made while the house goes on working, each proven before it counts.
//!
//! A backup is one file: the database as it was at one moment, and behind it a [`Manifest`] that says what is in it. SQLite
//! takes no notice of what stands behind its last page, so any tool opens it; `head -c -4096` cuts the manifest off.
//!
//! What is done here is done to files, by whoever runs the house: who may read the database's file needs no right of the
//! house to copy it. The one thing that is written into a database, that it was restored, has its audit entry.

mod chain;
mod drill;
mod folder;
mod keep;
mod make;
mod manifest;
mod part;
mod restore;
mod schedule;
mod status;

pub use drill::{Drill, Finding, Found, verify};
pub use folder::{name_of, newest};
pub use keep::Keep;
pub use make::{Made, make};
pub use manifest::{Manifest, PAGE};
pub use restore::{Restore, note_restored};
pub use schedule::{Plan, Schedule};
pub use status::Backups;

/// What was done, or a sentence for whoever runs the house: what went wrong, and what to do.
pub type Told<T> = Result<T, String>;

/// A number of bytes as people read it.
#[must_use]
pub fn sized(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["bytes", "KB", "MB", "GB"];
    let unit = UNITS.iter().enumerate().rev().find(|(n, _)| bytes >= 1_000_u64.pow(u32::try_from(*n).unwrap_or(0)));
    match unit {
        Some((n, unit)) if n > 0 => {
            format!("{:.1} {unit}", bytes as f64 / 1_000_f64.powi(i32::try_from(n).unwrap_or(0)))
        }
        _ => format!("{bytes} bytes"),
    }
}

/// Runs what waits for the disk on a thread of its own.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Told<T> + Send + 'static) -> Told<T> {
    tokio::task::spawn_blocking(work).await.map_err(|_| "a thread of this program failed".to_owned())?
}

#[cfg(test)]
mod tests {
    use super::sized;

    #[test]
    fn bytes_are_told_in_three_figures() {
        assert_eq!([0, 999, 1_000, 1_350_000_000].map(sized), ["0 bytes", "999 bytes", "1.0 KB", "1.4 GB"]);
    }
}
