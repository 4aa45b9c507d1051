//! Which backups are kept: the newest so many, and the last of each of so many days, weeks, months and years.

use crate::domain::{Timestamp, when::DAY};

/// What is kept, as it is written: `14`, or `7d,4w,6m`. What any rule keeps is kept, and the newest always.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep(Vec<(Span, usize)>);

/// Of what one backup each is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Span {
    Each,
    Day,
    Week,
    Month,
    Year,
}

impl Keep {
    /// Reads rules, commas between: a number, or a number with `d`, `w`, `m` or `y`.
    pub fn parse(text: &str) -> Option<Self> {
        let rules = text.split(',').map(|rule| {
            let rule = rule.trim();
            let digits = rule.trim_end_matches(|c: char| c.is_ascii_alphabetic());
            let span = match rule.get(digits.len()..)? {
                "" => Span::Each,
                "d" => Span::Day,
                "w" => Span::Week,
                "m" => Span::Month,
                "y" => Span::Year,
                _ => return None,
            };
            digits.parse().ok().filter(|many| (1..=10_000).contains(many)).map(|many| (span, many))
        });
        rules.collect::<Option<_>>().map(Self)
    }

    /// Whether each of these is kept; the newest stands first.
    #[must_use]
    pub fn of(&self, newest_first: &[Timestamp]) -> Vec<bool> {
        let mut kept = vec![false; newest_first.len()];
        if let Some(newest) = kept.first_mut() {
            *newest = true;
        }
        for (span, many) in &self.0 {
            let (mut last, mut found) = (None, 0);
            for (at, kept) in newest_first.iter().zip(&mut kept) {
                let here = span.of(*at);
                if found < *many && last.as_ref() != Some(&here) {
                    (last, found) = (Some(here), found + 1);
                    *kept = true;
                }
            }
        }
        kept
    }
}

impl Span {
    /// What is the same for all moments of one span, in UTC. Weeks begin on Mondays.
    fn of(self, at: Timestamp) -> String {
        let day = at.0.div_euclid(DAY);
        match self {
            Self::Each => at.0.to_string(),
            Self::Day => day.to_string(),
            // 1970 began on a Thursday.
            Self::Week => (day + 3).div_euclid(7).to_string(),
            Self::Month => at.day().chars().take(7).collect(),
            Self::Year => at.day().chars().take(4).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kept(rules: &str, days: &[&str]) -> Vec<String> {
        let times: Vec<Timestamp> = days.iter().map(|day| Timestamp::parse(day).unwrap()).collect();
        let kept = Keep::parse(rules).unwrap().of(&times);
        days.iter().zip(kept).filter(|(_, kept)| *kept).map(|(day, _)| (*day).to_owned()).collect()
    }

    #[test]
    fn the_last_of_each_span_is_kept() {
        let days = [
            "2026-11-25T20:00:00Z",
            "2026-11-25",
            "2026-11-24",
            "2026-11-23",
            "2026-11-22",
            "2026-10-31",
            "2025-12-31",
        ];
        assert_eq!(kept("2", &days), days[..2]);
        assert_eq!(kept("3d", &days), [days[0], days[2], days[3]]);
        assert_eq!(kept("2w", &days), [days[0], days[4]], "Monday the 23rd begins a week");
        assert_eq!(kept("9m", &days), [days[0], days[5], days[6]]);
        assert_eq!(kept("1d,2y", &days), [days[0], days[6]]);
        for bad in ["", "d", "0", "7x", "7d,", "-1", "7 d", "10001"] {
            assert_eq!(Keep::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn the_newest_is_never_removed_and_what_was_removed_is_never_wanted_again(
            mut times in prop::collection::vec(0_i64..3_000_000_000_000, 1..60),
            rules in "[1-9][dwmy]?(,[1-9][dwmy]?){0,3}",
        ) {
            times.sort_unstable_by(|a, b| b.cmp(a));
            times.dedup();
            let times: Vec<Timestamp> = times.into_iter().map(Timestamp).collect();
            let keep = Keep::parse(&rules).unwrap();
            let kept: Vec<Timestamp> =
                times.iter().zip(keep.of(&times)).filter(|(_, kept)| *kept).map(|(at, _)| *at).collect();
            prop_assert_eq!(kept.first(), times.first());
            prop_assert_eq!(keep.of(&kept), vec![true; kept.len()], "a second look removes nothing more");
        }
    }
}
