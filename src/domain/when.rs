//! Moments in time: UTC milliseconds since 1970, the one form that is stored, compared and sent.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

/// A moment in UTC, in milliseconds since 1970-01-01T00:00:00Z. In JSON it is written as RFC 3339, and read as that or
/// as a number of milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// What people type and read: `2026-11-22T21:04:05.678Z`.
    pub fn rfc3339(self) -> String {
        self.moment().and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_default()
    }

    /// For a table cell: `2026-11-22 21:04` in UTC; the browser rewrites it in the reader's zone.
    pub fn short(self) -> String {
        const FORM: &[time::format_description::BorrowedFormatItem<'_>] =
            format_description!("[year]-[month]-[day] [hour]:[minute]");
        self.moment().and_then(|moment| moment.format(FORM).ok()).unwrap_or_default()
    }

    /// The day alone: `2026-11-22`.
    pub fn day(self) -> String {
        self.short().chars().take(10).collect()
    }

    /// Reads RFC 3339, a plain day (midnight UTC), or milliseconds since 1970; only what can be written as RFC 3339
    /// again, which has years of four digits.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(moment) = OffsetDateTime::parse(text, &Rfc3339) {
            let ms = moment.unix_timestamp_nanos().div_euclid(1_000_000);
            return i64::try_from(ms).ok().map(Self).filter(|moment| moment.can_be_written());
        }
        if text.len() == 10 && text.is_ascii() && text.contains('-') {
            return Self::parse(&format!("{text}T00:00:00Z"));
        }
        text.parse().ok().map(Self).filter(|moment| moment.can_be_written())
    }

    /// Whether its year has four digits.
    const fn can_be_written(self) -> bool {
        // 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z.
        self.0 >= -62_167_219_200_000 && self.0 <= 253_402_300_799_999
    }

    /// Reads a plain day, `2026-11-22`: its midnight in UTC.
    pub fn parse_day(text: &str) -> Option<Self> {
        // A short number among blanks is as long as a day.
        let text = text.trim();
        if text.len() == 10 && text.contains('-') { Self::parse(text) } else { None }
    }

    /// This moment, `ms` milliseconds later.
    #[must_use]
    pub const fn plus(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    fn moment(self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000).ok()
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.rfc3339())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Number(i64),
            Text(String),
        }
        let (read, given) = match Written::deserialize(deserializer)? {
            Written::Number(ms) => (Some(Self(ms)).filter(|moment| moment.can_be_written()), ms.to_string()),
            Written::Text(text) => (Self::parse(&text), format!("{text:?}")),
        };
        read.ok_or_else(|| serde::de::Error::custom(format!("{given} is no moment; write it as 2026-11-22T21:04:05Z")))
    }
}

/// Milliseconds in a day.
pub const DAY: i64 = 24 * 60 * 60 * 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for ms in [0, 1_488_435_140_775, 1_795_348_315_001] {
            let moment = Timestamp(ms);
            assert_eq!(Timestamp::parse(&moment.rfc3339()), Some(moment));
        }
        assert_eq!(Timestamp::parse("2026-11-22").map(Timestamp::rfc3339).as_deref(), Some("2026-11-22T00:00:00Z"));
        assert_eq!(Timestamp::parse("1488435140775"), Some(Timestamp(1_488_435_140_775)));
        assert_eq!(Timestamp::parse("yesterday"), None);
        assert_eq!(Timestamp::parse_day("2026-11-22"), Timestamp::parse("2026-11-22"));
        assert_eq!(Timestamp::parse_day(" 2026-11-22\n"), Timestamp::parse("2026-11-22"));
        for number in ["1488435140", "-002      ", "      -002", "-123456789"] {
            assert_eq!(Timestamp::parse_day(number), None, "{number:?}");
        }
        assert_eq!(Timestamp(i64::MAX).rfc3339(), "");
        // What could not be written again is not read: an export would hold it as an empty text.
        let (first, last) = (-62_167_219_200_000, 253_402_300_799_999);
        for ms in [first, last, -1, -62_135_596_800_000] {
            let moment = Timestamp(ms);
            assert_eq!(Timestamp::parse(&ms.to_string()), Some(moment));
            assert_eq!(Timestamp::parse(&moment.rfc3339()), Some(moment), "{ms}");
            assert_eq!(serde_json::from_str(&ms.to_string()).ok(), Some(moment));
        }
        for ms in [first - 1, last + 1, 1_709_070_905_005_000_000, i64::MIN] {
            assert_eq!(Timestamp::parse(&ms.to_string()), None);
            assert!(
                serde_json::from_str::<Timestamp>(&ms.to_string()).is_err_and(|why| why.to_string().contains("2026"))
            );
        }
        assert_eq!(Timestamp::parse("0000-01-01T00:00:00+23:00"), None);
    }
}
