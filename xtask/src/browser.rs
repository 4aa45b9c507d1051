//! Chromium and Playwright: what the browser tests need, installed where missing.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use anyhow::{Context, Result, bail};

use crate::sh;

const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// Room names are in every script: without these fonts a screenshot shows boxes.
const PACKAGES: [&str; 3] = ["chromium", "fonts-noto-cjk", "fonts-noto-core"];

/// The browser on this machine, installed from Debian's packages if there is none.
///
/// # Errors
/// Says what to install where we cannot.
pub fn ensure_chromium() -> Result<PathBuf> {
    if let Some(chromium) = sh::find(&NAMES) {
        return Ok(chromium);
    }
    let advice = format!("install one of {} so that it is on the PATH", NAMES.join(", "));
    if sh::find(&["apt-get"]).is_none() {
        bail!("there is no browser, and no apt-get to install it with: {advice}");
    }
    sh::say("no Chromium here: installing Debian's, with fonts for every script");
    sh::run(apt()?.arg("update"), &advice)?;
    sh::run(apt()?.args(["install", "-y", "--no-install-recommends"]).args(PACKAGES), &advice)?;
    sh::find(&NAMES).with_context(|| format!("Chromium was installed but is not on the PATH: {advice}"))
}

/// `apt-get`, as root.
fn apt() -> Result<Command> {
    let root = sh::output(Command::new("id").arg("-u"), "run as root")?.trim() == "0";
    let mut apt = if root {
        Command::new("apt-get")
    } else if sh::find(&["sudo"]).is_some() {
        let mut sudo = Command::new("sudo");
        sudo.arg("apt-get");
        sudo
    } else {
        bail!("installing Chromium takes root: as root, `apt-get install {}`", PACKAGES.join(" "));
    };
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    Ok(apt)
}

/// Installs the npm packages of `end2end` as its lock file says, unless they are there already.
///
/// # Errors
/// When npm is missing or offline.
pub fn ensure_packages(end2end: &Path) -> Result<()> {
    let lock = end2end.join("package-lock.json");
    if !lock.is_file() {
        bail!("{} is missing: the browser tests are not in this tree", lock.display());
    }
    // npm writes this file last, so a broken installation is made again.
    let installed = changed(&end2end.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= changed(&lock) {
        return Ok(());
    }
    let mut npm = Command::new("npm");
    sh::run(npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(end2end), "install Node.js 20 or later, with npm")
}

/// Runs every browser test against that server.
///
/// # Errors
/// When one fails; its report is in `end2end/test-results`.
pub fn playwright(end2end: &Path, chromium: &Path, server: &Path) -> Result<()> {
    let mut npx = Command::new("npx");
    npx.args(["playwright", "test"]).current_dir(end2end).env("CHROMIUM", chromium).env("WARDROOM_BIN", server);
    sh::run(&mut npx, "the failures are above, their traces in end2end/test-results")
}

fn changed(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).ok()?.modified().ok()
}
