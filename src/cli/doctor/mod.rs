//! `wardroom doctor`: everything that whoever runs the house can have got wrong, one line each, with what to do.

mod address;
mod backups;
mod database;
mod key;
mod place;

use std::io::Write;

use serde::Serialize;

use super::{
    Config, Done, Failure,
    config::Basics,
    options::{Common, Serve},
    terminal,
};

/// Look after everything that can be wrong around a house, and say what to do
///
/// It takes the settings that `wardroom serve` takes and changes nothing. A server may be at work meanwhile. It ends with 1
/// if something has to be done.
#[derive(clap::Args, Debug)]
#[command(after_help = "Example:\n  wardroom doctor --public-url https://rooms.example")]
pub(super) struct Args {
    /// As JSON: a list of objects with check, state (ok, warn, fail) and message
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    serve: Serve,
}

/// How a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Ok,
    Warn,
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    state: State,
    message: String,
}

/// Everything that was looked at, in order.
#[derive(Debug, Default)]
struct Report(Vec<Finding>);

impl Report {
    fn ok(&mut self, check: &'static str, message: impl Into<String>) {
        self.0.push(Finding { check, state: State::Ok, message: message.into() });
    }

    fn warn(&mut self, check: &'static str, message: impl Into<String>) {
        self.0.push(Finding { check, state: State::Warn, message: message.into() });
    }

    fn fail(&mut self, check: &'static str, message: impl Into<String>) {
        self.0.push(Finding { check, state: State::Fail, message: message.into() });
    }

    fn many(&self, state: State) -> usize {
        self.0.iter().filter(|finding| finding.state == state).count()
    }
}

pub(super) async fn run(common: &Common, args: Args) -> Done {
    let mut report = Report::default();
    let config = match Config::check(common, &args.serve) {
        Ok(config) => {
            report.ok("settings", "all of them can be used");
            Some(config)
        }
        Err(wrong) => {
            wrong.into_iter().for_each(|why| report.fail("settings", why));
            None
        }
    };
    if let Ok(basics) = Basics::check(common) {
        let file = basics.file();
        place::look(&mut report, &file);
        key::look(&mut report, &basics).await;
        database::look(&mut report, &file).await;
        if let Some(config) = &config {
            address::look(&mut report, config);
            backups::look(&mut report, config, &file);
        }
    }
    print(&report, args.json)?;
    match report.many(State::Fail) {
        0 => Ok(()),
        1 => Err(Failure::Failed("one thing has to be done".to_owned())),
        many => Err(Failure::Failed(format!("{many} things have to be done"))),
    }
}

fn print(report: &Report, json: bool) -> Done {
    let mut out = std::io::stdout();
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&report.0).unwrap_or_default())?;
        return Ok(());
    }
    for Finding { check, state, message } in &report.0 {
        let word = match state {
            State::Ok => "ok",
            State::Warn => "warn",
            State::Fail => "FAIL",
        };
        writeln!(out, "{word:<5} {check:<9} {}", terminal::harmless(message, ""))?;
    }
    Ok(())
}
