//! The part of a drill that needs the master key: whether the audit trail in a backup is as it was written.

use std::path::Path;

use super::Found;
use crate::{
    domain::page::grouped,
    store::{
        OpenError, Trail,
        key::{KeyError, KeyPlace},
    },
};

/// Checks the chain of the audit trail, entry by entry, in memory for one at a time.
pub(super) async fn check(file: &Path, place: &KeyPlace) -> Found {
    let unverified = |why: &dyn std::fmt::Display| format!("the audit trail could not be verified: {why}");
    match place.find() {
        Ok(Some(_)) => {}
        Ok(None) => {
            let why = format!("no master key here ({} is not there; name it with --key-file)", place.name());
            return Found::Unknown(unverified(&why));
        }
        Err(why) => return Found::Unknown(unverified(&why)),
    }
    let mut trail = match Trail::open_copy(file, place).await {
        Ok(trail) => trail,
        Err(OpenError::Unchained) => {
            return Found::Unknown(unverified(&"an older Wardroom wrote it, which did not chain it"));
        }
        // Where the key is another it may be the backup that was worked on: whoever does not believe so names the key.
        Err(why @ OpenError::Key(KeyError::Another(_))) => {
            return Found::Bad(unverified(&format!("{why}; a backup opens with the master key of its day")));
        }
        Err(why) => return Found::Bad(unverified(&why)),
    };
    let verified = trail.verify(&[]).await;
    trail.close().await;
    match verified {
        Ok(Ok(whole)) => {
            let entries = match whole.entries {
                0 => "no entry yet".to_owned(),
                1 => "its one entry follows".to_owned(),
                many => format!("each of its {} entries follows the one before", grouped(many.unsigned_abs())),
            };
            Found::Good(format!("whole: {entries}"))
        }
        Ok(Err(bad)) => Found::Bad(format!("it is not as it was written. First: {bad}")),
        Err(why) => Found::Bad(unverified(&why)),
    }
}
