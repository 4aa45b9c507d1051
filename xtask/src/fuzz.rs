//! `cargo xtask fuzz`: the targets of `tests/fuzz` under libFuzzer, one after the other, each for so many seconds. They go
//! on where they ended (`target/fuzz/work`); `--keep` adds the few inputs that reach most of the code that nothing kept
//! reaches to the corpus that CI runs (`tests/it/corpus.rs`). A target is a function of `tests/fuzz/targets`, listed in its `mod.rs`, and
//! a folder of seeds of the same name in `tests/fuzz/corpus`.
//!
//! It needs no `cargo fuzz` and no nightly compiler: the flags that count which code was reached are stable ones. (The
//! folder is one that `cargo fuzz` knows how to run, for those who have it.)

use std::{
    fs::{self, File},
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
/// A target that takes more memory than this is out of bounds, in MiB: a picture may take 128, a house less.
const MEMORY: &str = "1024";
/// What libFuzzer ends with where somebody stopped it.
const INTERRUPTED: i32 = 72;
/// Most inputs that `--keep` adds to a target's corpus, which is run at every change.
const KEPT: usize = 40;
/// How much is shown of what libFuzzer said where something was found, in lines.
const SHOWN: usize = 60;

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
    bail!(
        "{} found something: the inputs are kept as crash-*, timeout-* or oom-* in tests/fuzz/corpus/TARGET; \
         `cargo test --test it corpus` runs them again",
        found.join(", ")
    )
}

fn build() -> Result<PathBuf> {
    let version = sh::output(Command::new("rustc").arg("-vV"), "is Rust installed?")?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    // The versions that are shipped, and a few more.
    fs::copy(sh::root().join("Cargo.lock"), sh::root().join("tests/fuzz/Cargo.lock"))?;
    // A target of its own, so that build scripts and macros are not slowed down by counting.
    let mut build = sh::cargo(&["build", "--manifest-path", "tests/fuzz/Cargo.toml", "--target", host]);
    build.env("RUSTFLAGS", FLAGS).env("CARGO_TARGET_DIR", sh::root().join("target/fuzz"));
    sh::run(&mut build, "if it is a C++ compiler that is missing (libFuzzer wants one): apt-get install g++")?;
    Ok(sh::root().join("target/fuzz").join(host).join("debug/fuzz"))
}

/// Runs one target. Whether nothing was found.
fn fuzz(program: &Path, kept: &Path, name: &str, (seconds, keep): (u64, bool)) -> Result<bool> {
    let work = sh::root().join("target/fuzz/work").join(name);
    fs::create_dir_all(&work).with_context(|| format!("cannot make {}", work.display()))?;
    let said = work.with_extension("log");
    // At the lowest priority: whoever waits for this machine waits for something else.
    let target = || {
        let mut target = Command::new("nice");
        target.args(["-n", "15"]).arg(program).env("WARDROOM_FUZZ", name);
        target.args([format!("-max_len={LONGEST}"), format!("-rss_limit_mb={MEMORY}")]);
        // What is slow and not stuck would be put with what was found.
        target.args([format!("-timeout={STUCK}"), format!("-report_slow_units={STUCK}")]);
        target
    };
    let log = File::create(&said).with_context(|| format!("{} cannot be written", said.display()))?;
    let mut run = target();
    run.args([format!("-max_total_time={seconds}"), format!("-artifact_prefix={}/", kept.display())]);
    run.arg("-print_final_stats=1").arg(&work).arg(kept).stderr(log);
    let ended = run.status().with_context(|| format!("{} cannot be run", program.display()))?;
    if ended.code() == Some(INTERRUPTED) {
        bail!("it was interrupted; what it reached until then stays for the next run");
    }
    let is_sound = ended.success();
    let told = String::from_utf8_lossy(&fs::read(&said)?).into_owned();
    if !is_sound {
        let lines: Vec<&str> = told.lines().collect();
        println!("{}\n(all of it: {})", lines[lines.len().saturating_sub(SHOWN)..].join("\n"), said.display());
        return Ok(false);
    }
    println!("  {name}: {}", figures(&told));
    if keep {
        let before = files(kept)?;
        let mut merge = target();
        // What is reached counts, not how often.
        merge.args(["-set_cover_merge=1", "-use_counters=0", "-verbosity=0"]).arg(kept).arg(&work);
        sh::output(&mut merge, "what it says stands above")?;
        let mut new: Vec<PathBuf> = files(kept)?.into_iter().filter(|file| !before.contains(file)).collect();
        println!("  {name}: {} of {} new inputs are kept", new.len().min(KEPT), new.len());
        // They were written in this order: each the one that reaches most of what those before it do not.
        new.sort_by_key(|file| file.metadata().and_then(|known| known.modified()).ok());
        new.iter().skip(KEPT).try_for_each(fs::remove_file)?;
    }
    Ok(true)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    fs::read_dir(folder)?.map(|file| Ok(file?.path())).collect()
}

/// What a run came to, out of what libFuzzer said of it.
fn figures(told: &str) -> String {
    let after = |what: &str| {
        let found = told.lines().rev().find_map(|line| line.split_once(what)?.1.split_whitespace().next());
        found.unwrap_or("?").to_owned()
    };
    let [runs, peak] = ["number_of_executed_units:", "peak_rss_mb:"].map(after);
    format!("{runs} runs, {} places in the code reached, {} MiB at most", after(" cov: "), peak)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_run_is_told_in_figures() {
        let told = "#2\tINITED cov: 31 ft: 32 corp: 1/1b exec/s: 0 rss: 60Mb\n#9\tDONE   cov: 42 ft: 50 corp: 3/9b lim: 4\n\
                    stat::number_of_executed_units: 9\nstat::peak_rss_mb:             61\n";
        assert_eq!(figures(told), "9 runs, 42 places in the code reached, 61 MiB at most");
        assert!(figures("").starts_with("? runs"));
    }

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
