//! A job's rooms as they were fixed, and what became of each.

use serde::{Deserialize, Serialize};

use super::words;

/// A room of a plan. Written to JSON as a list, because a plan can have a million of them: `[7,3,"room-7"]`, and for an
/// undo `[7,4,"room-7",912]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// The room's number, which no other room ever gets.
    pub number: i64,
    /// The version it must still have.
    pub version: i64,
    /// The room's id, so that it can be named when it is gone.
    pub id: String,
    /// The audit entry that is to be taken back.
    pub entry: Option<i64>,
}

impl Serialize for Frozen {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.entry {
            None => (self.number, self.version, &self.id).serialize(serializer),
            Some(entry) => (self.number, self.version, &self.id, entry).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Frozen {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Undo(i64, i64, String, i64),
            Plain(i64, i64, String),
        }
        let (number, version, id, entry) = match Written::deserialize(deserializer)? {
            Written::Undo(number, version, id, entry) => (number, version, id, Some(entry)),
            Written::Plain(number, version, id) => (number, version, id, None),
        };
        Ok(Self { number, version, id, entry })
    }
}

/// What became of a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It was changed: the audit entry, and the version it has since.
    #[serde(rename = "c")]
    Changed(i64, i64),
    /// It was so already.
    #[serde(rename = "u")]
    Unchanged,
    /// It was left alone, and why.
    #[serde(rename = "s")]
    Skipped(String),
    /// It could not be changed, and why.
    #[serde(rename = "f")]
    Failed(String),
}

/// An outcome without its particulars, to count and to filter by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// [`Outcome::Changed`]
    Changed,
    /// [`Outcome::Unchanged`]
    Unchanged,
    /// [`Outcome::Skipped`]
    Skipped,
    /// [`Outcome::Failed`]
    Failed,
}

words! { Sort:
    Changed = "changed", "Changed";
    Unchanged = "unchanged", "Unchanged";
    Skipped = "skipped", "Skipped";
    Failed = "failed", "Failed";
}

impl Outcome {
    /// Which sort of outcome it is.
    pub const fn sort(&self) -> Sort {
        match self {
            Self::Changed(..) => Sort::Changed,
            Self::Unchanged => Sort::Unchanged,
            Self::Skipped(_) => Sort::Skipped,
            Self::Failed(_) => Sort::Failed,
        }
    }

    /// Why, where there is a why.
    pub fn reason(&self) -> &str {
        match self {
            Self::Skipped(why) | Self::Failed(why) => why,
            Self::Changed(..) | Self::Unchanged => "",
        }
    }

    /// The audit entry of a change.
    pub const fn entry(&self) -> Option<i64> {
        match self {
            Self::Changed(entry, _) => Some(*entry),
            _ => None,
        }
    }
}

/// A line of a job's results, as pages show it and files hold it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomResult {
    /// Its place in the job, counted from 0; goes up along the pages.
    #[serde(skip)]
    pub place: i64,
    /// The room's id.
    pub room: String,
    /// What became of it.
    pub outcome: Sort,
    /// Why, where there is a why; empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The audit entry of a change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_short_and_read_again() {
        let plain = Frozen { number: 7, version: 3, id: "直播".to_owned(), entry: None };
        let undo = Frozen { entry: Some(9), ..plain.clone() };
        let written = serde_json::to_string(&[plain.clone(), undo.clone()]).unwrap();
        assert_eq!(written, r#"[[7,3,"直播"],[7,3,"直播",9]]"#);
        assert_eq!(serde_json::from_str::<Vec<Frozen>>(&written).unwrap(), [plain, undo]);
        let outcomes = [Outcome::Changed(5, 2), Outcome::Unchanged, Outcome::Failed("x".to_owned())];
        let written = serde_json::to_string(&outcomes).unwrap();
        assert_eq!(written, r#"[{"c":[5,2]},"u",{"f":"x"}]"#);
        assert_eq!(serde_json::from_str::<Vec<Outcome>>(&written).unwrap(), outcomes);
    }
}
