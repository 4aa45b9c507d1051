//! `cargo xtask bench`: builds the release server and the program that measures it, and runs that.

use std::fs;

use anyhow::{Context, Result};

use crate::{server, sh, site};

/// Measures; the words go to the program as they are.
///
/// # Errors
/// Something cannot be built; a search is wrong; an answer is not as wanted. A missed budget is no error: the table
/// says so.
pub fn run(words: &[&str]) -> Result<()> {
    let wardroom = server::build(true, &site::build()?)?;
    sh::step("the bench", || {
        sh::run(&mut sh::cargo(&["build", "--release", "--package", "bench"]), "see the compiler's messages above")
    })?;
    let folder = sh::root().join("target/bench");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut bench = std::process::Command::new(sh::root().join("target/release/bench"));
    bench.arg("--wardroom").arg(wardroom).arg("--folder").arg(folder.join("data")).args(words);
    sh::run(&mut bench, "see above")
}
