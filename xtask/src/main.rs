//! The project's own commands: `cargo xtask` lists them. One file per command; nothing here is part of the product.
#![forbid(unsafe_code)]

mod bench;
mod browser;
mod demo;
mod deny;
mod faults;
mod fuzz;
mod pack;
mod run;
mod schemathesis;
mod server;
mod sh;
mod site;
mod tests;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

const HELP: &str = "\
Usage: cargo xtask COMMAND

  build [--release]          the browser bundle, then the server (debug unless --release)
  run [--port N] [--fresh]   build all for release, load the demo rooms, make the first admin, serve;
                             --fresh deletes data/ first
  test [lint|unit|it|e2e]..  what CI runs; nothing named means everything, in this order
  deny [--offline | --database FOLDER]
                             licences, bans, sources and known vulnerabilities of all dependencies; --offline
                             without the last, --database with a copy of their database
  fuzz [--seconds N] [--keep] [TARGET]..
                             what strangers send, made up with the help of what it reaches; N (60) seconds a target, one
                             after the other; --keep adds what reached more to the corpus that CI runs
  schemathesis [--examples N] [VENDOR]..
                             each vendor's OpenAPI document against the server, N (2,000) made-up requests each
  bench [--rooms N] [--only NAME] [--json FILE] [--keep]
                             a million rooms (or N) behind the release server, measured against every budget;
                             --only the rows with NAME in their names, --keep the database for the next run
  crash [--kills N]          kill -9 of the server under load, N (200) times: nothing acknowledged is lost, nothing is there by half
  cut [--times N]            the power is cut under load, N (200) times: what was not synced is lost in part, nothing else
  fault [--every N]          a disk on which each (or each N-th) write, sync and truncate of a scenario fails
  demo FILE                  make xtask/demo/rooms.jsonl.gz anew from the real channel list

Missing tools (wasm target, Chromium, npm packages) are installed on the way.";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match dispatch(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(words: &[&str]) -> Result<()> {
    match words {
        [] | ["help" | "-h" | "--help", ..] => {
            println!("{HELP}");
            Ok(())
        }
        ["build"] => build(false),
        ["build", "--release"] => build(true),
        ["run", options @ ..] => run::run(&run_options(options)?),
        ["test", parts @ ..] => tests::test(parts),
        ["schemathesis", words @ ..] => schemathesis::run(words),
        ["deny", words @ ..] => deny::run(&deny::Options::read(words)?),
        ["fuzz", words @ ..] => fuzz::run(words),
        ["bench", words @ ..] => bench::run(words),
        ["crash", words @ ..] => faults::crash(words),
        ["cut", words @ ..] => faults::cut(words),
        ["fault", words @ ..] => faults::fault(words),
        ["demo", file] => demo::make(file.as_ref()),
        ["demo", ..] => bail!("`demo` takes one file: cargo xtask demo ../shared/data/live-channels.jsonl.gz"),
        _ => bail!("no such command: {}\n\n{HELP}", words.join(" ")),
    }
}

fn build(release: bool) -> Result<()> {
    let bundle = site::build()?;
    bundle.within_budget().or_else(|over| if release { Err(over) } else { sh::warn(&over) })?;
    let server = server::build(release, &bundle)?;
    sh::say(&format!("{} is ready", server.display()));
    Ok(())
}

fn run_options(words: &[&str]) -> Result<run::Options> {
    let mut options = run::Options::default();
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        match word {
            "--fresh" => options.fresh = true,
            "--port" => {
                let port = words.next().context("`--port` wants a number: cargo xtask run --port 3001")?;
                options.port = Some(port.parse().with_context(|| format!("`--port {port}` is not 1 to 65535"))?);
            }
            _ => bail!("`run` does not know {word}; it takes --port N and --fresh"),
        }
    }
    Ok(options)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn options_of_run_are_read() -> Result<()> {
        let options = run_options(&["--fresh", "--port", "3001"])?;
        assert!(options.fresh);
        assert_eq!(options.port, Some(3001));
        assert!(run_options(&["--port"]).is_err());
        assert!(run_options(&["--port", "70000"]).is_err());
        assert!(run_options(&["--prot", "1"]).is_err());
        Ok(())
    }

    #[test]
    fn what_is_unknown_is_answered_with_the_help() {
        assert!(dispatch(&["biuld"]).is_err_and(|error| error.to_string().contains("Usage")));
    }
}
