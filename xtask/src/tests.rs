//! What CI runs, part by part, and what each part took.

use std::time::Instant;

use anyhow::{Result, bail};

use crate::{browser, deny, server, sh, site};

/// The parts, in the order in which they run: the quick ones first.
const PARTS: [(&str, &[Step]); 4] = [
    (
        "lint",
        &[
            ("format", format),
            ("dependencies", dependencies),
            ("clippy, server", clippy),
            ("clippy, browser", clippy_browser),
        ],
    ),
    ("unit", &[("unit tests", unit)]),
    ("it", &[("integration tests", integration)]),
    ("e2e", &[("browser tests", end_to_end)]),
];

type Step = (&'static str, fn() -> Result<()>);

/// Runs the named parts, or all.
///
/// # Errors
/// At the first step that fails; the steps before it are listed with their seconds all the same.
pub fn test(names: &[&str]) -> Result<()> {
    if let Some(unknown) = names.iter().find(|name| !PARTS.iter().any(|(part, _)| part == *name)) {
        bail!("no such part: {unknown}; there are lint, unit, it and e2e");
    }
    site::make_folder()?;
    let start = Instant::now();
    let mut lines = Vec::new();
    let mut outcome = Ok(());
    for (what, work) in chosen(names) {
        let begin = Instant::now();
        outcome = sh::step(what, work);
        let seconds = begin.elapsed().as_secs_f64();
        lines.push(format!("  {} {what:<20} {seconds:>7.1} s", if outcome.is_ok() { "ok    " } else { "FAILED" }));
        if outcome.is_err() {
            break;
        }
    }
    println!("\n{}", lines.join("\n"));
    outcome?;
    sh::say(&format!("everything asked for passed, in {:.0} s", start.elapsed().as_secs_f64()));
    Ok(())
}

fn chosen(names: &[&str]) -> impl Iterator<Item = Step> {
    let all = names.is_empty();
    PARTS.iter().filter(move |(part, _)| all || names.contains(part)).flat_map(|(_, steps)| steps.iter().copied())
}

fn format() -> Result<()> {
    sh::run(&mut sh::cargo(&["fmt", "--all", "--check"]), "run `cargo fmt --all`")
}

fn dependencies() -> Result<()> {
    deny::run(&deny::Options { offline: true, database: None })
}

fn clippy() -> Result<()> {
    let clippy = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
    sh::run(&mut sh::cargo(&clippy), "mend what clippy says above")
}

fn clippy_browser() -> Result<()> {
    site::ensure_target()?;
    let mut clippy = sh::cargo(&["clippy", "--lib", "--target", "wasm32-unknown-unknown"]);
    clippy.args(["--no-default-features", "--features", "hydrate", "--", "-D", "warnings"]);
    sh::run(&mut clippy, "mend what clippy says above; server code belongs behind `#[cfg(feature = \"ssr\")]`")
}

fn unit() -> Result<()> {
    sh::run(&mut sh::cargo(&["test", "--workspace", "--lib", "--bins"]), "see the failed test above")?;
    sh::run(&mut sh::cargo(&["test", "--workspace", "--doc"]), "see the failed example above")
}

fn integration() -> Result<()> {
    sh::run(&mut sh::cargo(&["test", "--workspace", "--test", "*"]), "see the failed test above")
}

fn end_to_end() -> Result<()> {
    let bundle = site::build()?;
    bundle.within_budget()?;
    let server = server::build(false, &bundle)?;
    let end2end = sh::root().join("end2end");
    let chromium = sh::step("Chromium", browser::ensure_chromium)?;
    sh::step("npm packages", || browser::ensure_packages(&end2end))?;
    sh::step("Playwright", || browser::playwright(&end2end, &chromium, &server))
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn nothing_named_means_everything() {
        assert_eq!(chosen(&[]).count(), 7);
        assert_eq!(chosen(&["e2e", "unit"]).map(|(what, _)| what).collect::<Vec<_>>(), ["unit tests", "browser tests"]);
    }

    #[test]
    fn an_unknown_part_is_refused_before_anything_runs() {
        assert!(test(&["lint", "e3e"]).is_err_and(|error| error.to_string().contains("e3e")));
    }
}
