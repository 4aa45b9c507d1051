//! Variables that look like settings and are none: a mistyped name must not be ignored in silence.

use clap::CommandFactory;

use super::{Cli, terminal};

const PREFIX: &str = "WARDROOM_";
/// Read when building and by the browser tests; and the master key, which has no flag: other users see those.
const OTHERS: [&str; 3] = ["WARDROOM_BUNDLE", "WARDROOM_BIN", KEY];
/// The variable of the master key.
pub(super) const KEY: &str = "WARDROOM_KEY";

/// Warns of every variable that begins like a setting of ours and is none.
pub(super) fn warn() {
    let known = known();
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if name.starts_with(PREFIX) && !known.iter().any(|known| *known == name) && !OTHERS.contains(&name.as_ref()) {
            let nearest = nearest(&name, &known).map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            terminal::complain(&format!("warning: {name} is set, but is no setting{nearest}"));
        }
    }
}

/// The variable of every setting.
fn known() -> Vec<String> {
    let command = Cli::command();
    let all = command.get_subcommands().flat_map(clap::Command::get_arguments).chain(command.get_arguments());
    all.filter_map(|argument| Some(argument.get_env()?.to_string_lossy().into_owned())).collect()
}

/// The name that differs least, if it is near at all.
fn nearest<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let near = known.iter().map(|known| (distance(name, known), known.as_str())).min();
    near.filter(|(distance, _)| *distance <= 1 + (name.len() - PREFIX.len()) / 2).map(|(_, known)| known)
}

/// How many characters must be put in, left out or changed to make one the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (n, a) in a.chars().enumerate() {
        let mut next = vec![n + 1];
        for (&b, pair) in b.iter().zip(row.windows(2)) {
            let (&[change, remove], Some(&insert)) = (pair, next.last()) else { break };
            next.push((change + usize::from(a != b)).min(remove + 1).min(insert + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_offered() {
        let known = known();
        assert_eq!(nearest("WARDROOM_ADRR", &known), Some("WARDROOM_ADDR"));
        assert_eq!(nearest("WARDROOM_DATABASE", &known), Some("WARDROOM_DATABASE_URL"));
        assert_eq!(nearest("WARDROOM_PUBLICURL", &known), Some("WARDROOM_PUBLIC_URL"));
        assert_eq!(nearest("WARDROOM_SECRET", &known), None);
        assert_eq!(nearest(PREFIX, &known), None);
    }

    #[test]
    fn distance_counts_single_edits() {
        assert_eq!(["abc", "", "axc", "abcd"].map(|word| distance("abc", word)), [0, 3, 1, 1]);
    }
}
