//! Tables kept in `tests/it/snapshots`, so that a changed decision is seen.

use std::path::Path;

/// Compares a table with the one that is kept; with `UPDATE=1` keeps the new one.
pub fn check(file: &str, now: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/snapshots").join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(now, kept, "{file}: if this is meant, run UPDATE=1 cargo test --test it");
}
