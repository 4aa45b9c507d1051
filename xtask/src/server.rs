//! The server binary.

use std::path::PathBuf;

use anyhow::Result;

use crate::{sh, site::Bundle};

/// Builds `wardroom` and gives its path.
///
/// A release carries the bundle inside; it is told which by `WARDROOM_BUNDLE`, so that cargo builds it anew when only the
/// bundle has changed. A debug build reads the bundle from `target/site` as it runs, and is built with the features of
/// the whole workspace, which makes it the one that `cargo test --workspace` has made already.
///
/// # Errors
/// When it does not compile.
pub fn build(release: bool, bundle: &Bundle) -> Result<PathBuf> {
    let (what, profile, option) =
        if release { ("release server", "release", "--release") } else { ("debug server", "debug", "--workspace") };
    sh::step(what, || {
        let mut cargo = sh::cargo(&["build", "--bin", "wardroom", option]);
        if release {
            cargo.env("WARDROOM_BUNDLE", &bundle.hash);
        }
        sh::run(&mut cargo, "see the compiler's messages above")
    })?;
    Ok(sh::root().join("target").join(profile).join(format!("wardroom{}", std::env::consts::EXE_SUFFIX)))
}
