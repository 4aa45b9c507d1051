//! `cargo xtask crash`, `cut` and `fault`: the long forms of three integration tests, whose short forms CI runs.

use anyhow::{Context, Result, bail};

use crate::{sh, site};

/// Kills the server under load.
///
/// # Errors
/// A word is not understood, or something that was acknowledged is lost.
pub fn crash(words: &[&str]) -> Result<()> {
    let kills = number(words, "--kills", 200)?;
    long("faults::crash", "WARDROOM_CRASH_KILLS", kills)
}

/// Cuts the power under load.
///
/// # Errors
/// As [`crash`].
pub fn cut(words: &[&str]) -> Result<()> {
    let times = number(words, "--times", 200)?;
    long("faults::power", "WARDROOM_FAULT_CUTS", times)
}

/// Fails each call of a scenario in turn.
///
/// # Errors
/// A word is not understood, or something that was acknowledged is lost.
pub fn fault(words: &[&str]) -> Result<()> {
    let every = number(words, "--every", 1)?;
    long("faults::disk", "WARDROOM_FAULT_EVERY", every)
}

/// The one option and its number.
fn number(words: &[&str], option: &str, usual: u32) -> Result<u32> {
    match words {
        [] => Ok(usual),
        [word, number] if *word == option => {
            let number: u32 = number.parse().with_context(|| format!("`{option} {number}` is no whole number"))?;
            if number == 0 { bail!("`{option}` begins at 1") } else { Ok(number) }
        }
        _ => bail!("only {option} N is known here, not {}", words.join(" ")),
    }
}

fn long(test: &str, variable: &str, number: u32) -> Result<()> {
    site::make_folder()?;
    let mut cargo =
        sh::cargo(&["test", "--workspace", "--test", "it", "--", test, "--nocapture", "--test-threads", "1"]);
    cargo.env(variable, number.to_string());
    sh::run(&mut cargo, "see the failed test above")
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn the_number_is_read_or_refused() {
        assert_eq!(number(&[], "--kills", 200).ok(), Some(200));
        assert_eq!(number(&["--kills", "7"], "--kills", 200).ok(), Some(7));
        for bad in [&["--kills"][..], &["--kills", "0"], &["--kills", "x"], &["--every", "7"]] {
            assert!(number(bad, "--kills", 200).is_err(), "{bad:?}");
        }
    }
}
