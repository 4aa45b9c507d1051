//! Commands and what is said about them: every command is shown, timed and, where it fails, answered with what to do.

use std::{
    env,
    io::IsTerminal,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context, Result, bail};

/// The repository's root.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The cargo that started us, told to work in the root.
pub fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(arguments).current_dir(root());
    cargo
}

/// Says one line of progress.
pub fn say(line: &str) {
    println!("{} {line}", coloured(36, "»"));
}

/// Says what is wrong but does not stop us.
///
/// # Errors
/// Never; it has the shape that `or_else` wants.
pub fn warn(problem: &anyhow::Error) -> Result<()> {
    println!("{} {problem:#}", coloured(33, "!"));
    Ok(())
}

/// A bold mark in one of a terminal's colours, plain where nobody sees it.
fn coloured(colour: u8, mark: &str) -> String {
    if std::io::stdout().is_terminal() { format!("\x1b[1;{colour}m{mark}\x1b[0m") } else { mark.to_owned() }
}

/// Says what is being done, does it, and says how long it took.
///
/// # Errors
/// Those of the work, after the name of the step.
pub fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say(&format!("{what} ..."));
    let start = Instant::now();
    let done = work().with_context(|| format!("{what} failed"))?;
    println!("  {what}: {:.1} s", start.elapsed().as_secs_f64());
    Ok(done)
}

/// Runs a command on our terminal.
///
/// # Errors
/// When it cannot be started or does not succeed; `advice` says what to do then.
pub fn run(command: &mut Command, advice: &str) -> Result<()> {
    println!("  $ {}", line(command));
    let status = command.status().with_context(|| format!("cannot start `{}`: {advice}", line(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}: {advice}", line(command));
    }
    Ok(())
}

/// Runs a command and takes what it writes to standard output; standard error stays on our terminal.
///
/// # Errors
/// As [`run`].
pub fn output(command: &mut Command, advice: &str) -> Result<String> {
    let output = command
        .stderr(std::process::Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{}`: {advice}", line(command)))?;
    if !output.status.success() {
        bail!("`{}` ended with {}: {advice}", line(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{}` wrote no UTF-8", line(command)))
}

/// The first of these programs that is on the `PATH`.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|file| file.is_file())
}

/// The command as one would type it.
fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_command_is_shown_as_typed() {
        assert_eq!(line(Command::new("/usr/bin/npm").args(["ci", "--quiet"])), "npm ci --quiet");
    }

    #[test]
    fn a_failure_says_what_to_do() {
        let failed = run(&mut Command::new("no-such-program-here"), "install it");
        assert!(failed.is_err_and(|error| format!("{error:#}").contains("install it")));
    }

    #[test]
    fn programs_are_found_in_the_order_asked() {
        assert!(find(&["no-such-program-here", "cargo"]).is_some_and(|file| file.ends_with("cargo")));
    }
}
