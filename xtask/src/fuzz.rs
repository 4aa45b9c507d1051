//! `cargo xtask fuzz`: the targets of `tests/fuzz` under libFuzzer, one after the other, each for so many seconds. They go
//! on where they ended (`target/fuzz/work`); `--keep` puts as few inputs as reach all the code that was reached into
//! the corpus that CI runs.
//!
//! It needs no `cargo fuzz` and no nightly compiler: the flags that count which code was reached are stable ones. (The
//! folder is one that `cargo fuzz` knows how to run, for those who have it.)

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::sh;

/// What the compiler is told, so that libFuzzer sees which code was reached, and what was compared with what.
const FLAGS: &str = "--cfg erase_components --cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";
/// Seconds a target where nothing else was asked for.
const SECONDS: u64 = 60;
/// Longest input in bytes.
const LONGEST: &str = "4096";
/// A target that takes longer than this for one input is stuck, in seconds.
const STUCK: &str = "20";

/// What `fuzz` was told.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    seconds: u64,
    keep: bool,
    targets: Vec<String>,
}

fn options(words: &[&str]) -> Result<Options> {
    let mut options = Options { seconds: SECONDS, keep: false, targets: Vec::new() };
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        match word {
            "--seconds" => {
                let many = words.next().context("`--seconds` wants a number")?;
                options.seconds = many.parse().with_context(|| format!("`--seconds {many}` is no number"))?;
            }
            "--keep" => options.keep = true,
            _ if word.starts_with('-') => {
                bail!("`fuzz` does not know {word}; it takes --seconds N, --keep and targets")
            }
            name => options.targets.push(name.to_owned()),
        }
    }
    Ok(options)
}

/// Runs the named targets, or all.
///
/// # Errors
/// Something cannot be built; there is no such target; one found something: the input is kept with the corpus, so that
/// CI fails until it is mended.
pub fn run(words: &[&str]) -> Result<()> {
    let Options { seconds, keep, targets } = options(words)?;
    let corpus = sh::root().join("tests/fuzz/corpus");
    let mut all: Vec<String> = fs::read_dir(&corpus)?
        .filter_map(|folder| folder.ok()?.file_name().into_string().ok())
        .filter(|name| targets.is_empty() || targets.contains(name))
        .collect();
    all.sort_unstable();
    if let Some(unknown) = targets.iter().find(|name| !all.contains(name)) {
        bail!("there is no target {unknown}; the folders of {} are all", corpus.display());
    }
    let program = sh::step("the fuzzers", build)?;
    let mut found = Vec::new();
    for name in &all {
        if !sh::step(name, || fuzz(&program, &corpus.join(name), name, (seconds, keep)))? {
            found.push(name.as_str());
        }
    }
    if found.is_empty() {
        sh::say("nothing was found");
        return Ok(());
    }
    bail!("{} found something: the inputs are kept as tests/fuzz/corpus/TARGET/crash-*", found.join(", "))
}

fn build() -> Result<PathBuf> {
    let version = sh::output(Command::new("rustc").arg("-vV"), "is Rust installed?")?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    // The versions that are shipped, and a few more.
    fs::copy(sh::root().join("Cargo.lock"), sh::root().join("tests/fuzz/Cargo.lock"))?;
    // A target of its own, so that build scripts and macros are not slowed down by counting.
    let mut build = sh::cargo(&["build", "--manifest-path", "tests/fuzz/Cargo.toml", "--target", host]);
    build.env("RUSTFLAGS", FLAGS).env("CARGO_TARGET_DIR", sh::root().join("target/fuzz"));
    sh::run(&mut build, "libFuzzer wants a C++ compiler (Debian: apt-get install g++); else see above")?;
    Ok(sh::root().join("target/fuzz").join(host).join("debug/fuzz"))
}

/// Runs one target. Whether nothing was found.
fn fuzz(program: &Path, kept: &Path, name: &str, (seconds, keep): (u64, bool)) -> Result<bool> {
    let work = sh::root().join("target/fuzz/work").join(name);
    fs::create_dir_all(&work).with_context(|| format!("cannot make {}", work.display()))?;
    // At the lowest priority: whoever waits for this machine waits for something else.
    let target = || {
        let mut target = Command::new("nice");
        target.args(["-n", "15"]).arg(program).env("WARDROOM_FUZZ", name);
        target.args([format!("-max_len={LONGEST}"), format!("-timeout={STUCK}"), "-rss_limit_mb=4096".to_owned()]);
        target
    };
    let mut run = target();
    run.args([format!("-max_total_time={seconds}"), format!("-artifact_prefix={}/", kept.display())]);
    run.args(["-print_final_stats=1", "-verbosity=0"]).arg(&work).arg(kept);
    if !run.status().with_context(|| format!("{} cannot be run", program.display()))?.success() {
        return Ok(false);
    }
    if keep {
        let mut merge = target();
        merge.args(["-set_cover_merge=1", "-verbosity=0"]).arg(kept).arg(&work);
        sh::output(&mut merge, "see above")?;
    }
    Ok(true)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn options_are_read() {
        let read = options(&["json", "--seconds", "5", "page"]).ok();
        assert_eq!(
            read,
            Some(Options { seconds: 5, keep: false, targets: vec!["json".to_owned(), "page".to_owned()] })
        );
        assert!(options(&["--seconds"]).is_err() && options(&["--minutes"]).is_err());
        assert!(run(&["no-such-target"]).is_err_and(|error| error.to_string().contains("no-such-target")));
    }
}
