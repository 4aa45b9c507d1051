//! A vendor's narrower limit on a field, shown as a hint: the room keeps the value, but that vendor would cut it.
//!
//! The limits themselves stand in each vendor's folder; the console is handed them when the server is put together.

use super::{Field, Kind, Value};
use crate::domain::text;

/// How a vendor counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Bytes of UTF-8.
    Bytes,
    /// Unicode scalar values.
    Characters,
}

impl Measure {
    /// The word in messages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Characters => "characters",
        }
    }

    /// Checks a length.
    ///
    /// # Errors
    /// Says how long the text is and how long it may be.
    pub fn check(self, given: &str, max: usize) -> Result<(), String> {
        match self {
            Self::Bytes => text::at_most_bytes(given, max),
            Self::Characters => text::at_most(given, max),
        }
    }
}

/// "Tencent takes at most 100 bytes of name."
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VendorLimit {
    /// The vendor's name for people.
    pub vendor: &'static str,
    /// The field it limits.
    pub field: Field,
    /// Most units.
    pub max: usize,
    /// What is counted.
    pub measure: Measure,
}

impl VendorLimit {
    /// The hint for a value that is over the limit: "too long for Tencent: 104 of 100 bytes".
    pub fn hint(&self, value: &Value) -> Option<String> {
        let Value::Text(text) = value else { return None };
        let long = match self.measure {
            Measure::Bytes => text.len(),
            Measure::Characters => text.chars().count(),
        };
        (long > self.max)
            .then(|| format!("too long for {}: {long} of {} {}", self.vendor, self.max, self.measure.word()))
    }
}

/// Whether a value of ours can be over the limit at all.
pub fn narrower(limit: &VendorLimit) -> bool {
    let (Kind::Text { max, .. } | Kind::Link { max } | Kind::Pairs { max }) = limit.field.spec().kind else {
        return false;
    };
    limit.max < if limit.measure == Measure::Bytes { max * 4 } else { max }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_many_bytes_is_hinted_at() {
        let limit = VendorLimit { vendor: "Tencent", field: Field::Name, max: 100, measure: Measure::Bytes };
        let han = Value::Text("直".repeat(34) + "xx");
        assert_eq!(limit.hint(&han).as_deref(), Some("too long for Tencent: 104 of 100 bytes"));
        assert_eq!(limit.hint(&Value::Text("直".repeat(33))), None);
    }
}
