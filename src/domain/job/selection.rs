//! Which rooms a job is about: as a form sends it, as it is asked for, and as it is kept.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::{Violation, address, client::ClientId, room::RoomQuery};

/// What a form sends. With `all` it is the question of the list's address, without it the rooms that were ticked and
/// those whose ids were pasted or stand in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chosen {
    /// The ids of ticked rooms, each under a name of its own: `chosen[pick][0]`.
    #[serde(default)]
    pub pick: BTreeMap<String, String>,
    /// Pasted ids, with commas, line ends or tabs between.
    #[serde(default)]
    pub ids: String,
    /// The text of a file of ids.
    #[serde(default)]
    pub file: String,
    /// Set where all rooms of the question are meant.
    #[serde(default)]
    pub all: Option<String>,
    /// The question, as the list's address writes it: `status=active&q=x`.
    #[serde(default)]
    pub query: String,
}

/// The rooms that are asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Rooms {
    /// Those with these ids; each id once, in the order given.
    Listed(Vec<String>),
    /// All that a question is about.
    Matching(RoomQuery),
    /// All that a client owns or manages.
    OfClient(ClientId),
}

/// How a job's rooms were chosen, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// By their ids.
    Listed,
    /// By this question, as the list's address writes it.
    Matching {
        /// The question's pairs.
        query: Vec<(String, String)>,
    },
    /// As those that a client owned or managed.
    OfClient {
        /// The client's id.
        client: String,
    },
    /// As those that another job changed.
    ChangedBy {
        /// The other job.
        job: i64,
    },
    /// As those that failed in another job.
    FailedIn {
        /// The other job.
        job: i64,
    },
    /// As those that a shield stands over.
    HeldBy {
        /// The shield.
        job: i64,
    },
}

/// The ids in a pasted list, with commas, line ends or tabs between.
pub fn pasted(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', '\n', '\r', '\t']).map(str::trim).filter(|id| !id.is_empty())
}

impl Chosen {
    /// Reads which rooms are meant; `more` are the ids that the file holds.
    ///
    /// # Errors
    /// Nothing was chosen; or a part of the question cannot be read, without which it would be about more rooms than
    /// somebody meant.
    pub fn rooms(&self, more: &[String]) -> Result<Rooms, Vec<Violation>> {
        if self.all.is_some() {
            let pairs = address::pairs(&self.query);
            let asked = pairs.iter().filter(|(name, _)| !matches!(name.as_str(), "after" | "before" | "sort"));
            let (query, wrong) = RoomQuery::parse(asked.map(|(name, value)| (name.as_str(), value.as_str())));
            return if wrong.is_empty() { Ok(Rooms::Matching(query)) } else { Err(wrong) };
        }
        let mut seen = BTreeSet::new();
        let all = self.pick.values().map(String::as_str).filter(|id| !id.is_empty());
        let all = all.chain(pasted(&self.ids)).chain(more.iter().map(String::as_str));
        let ids: Vec<String> = all.filter(|id| seen.insert(*id)).map(str::to_owned).collect();
        if ids.is_empty() {
            return Err(vec![Violation::new("ids", "name no room; choose at least one")]);
        }
        Ok(Rooms::Listed(ids))
    }
}

impl Rooms {
    /// How they were chosen, to be kept.
    pub fn selection(&self) -> Selection {
        match self {
            Self::Listed(_) => Selection::Listed,
            Self::Matching(query) => {
                let pairs = query.pairs().into_iter().map(|(name, value)| (name.to_owned(), value));
                Selection::Matching { query: pairs.collect() }
            }
            Self::OfClient(client) => Selection::OfClient { client: client.to_string() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_once_each_with_blanks_inside() {
        let pick = [("0".to_owned(), "a".to_owned()), ("1".to_owned(), "with blank".to_owned())];
        let chosen = Chosen { pick: pick.into(), ids: " b,a\r\n\tc/d , \n".to_owned(), ..Chosen::default() };
        let ids = ["a", "with blank", "b", "c/d"].map(str::to_owned).to_vec();
        assert_eq!(chosen.rooms(&["b".to_owned(), "c/d".to_owned()]), Ok(Rooms::Listed(ids)));
        assert!(Chosen::default().rooms(&[]).is_err());
    }

    #[test]
    fn a_question_that_cannot_be_read_is_no_question_about_everything() {
        let all = |query: &str| Chosen { all: Some("on".to_owned()), query: query.to_owned(), ..Chosen::default() };
        assert!(all("status=gone").rooms(&[]).is_err_and(|wrong| wrong[0].field == "status"));
        let Ok(Rooms::Matching(query)) = all("q=%E7%9B%B4+x&status=active&after=bad&sort=-members").rooms(&[]) else {
            panic!()
        };
        assert_eq!((query.search.as_str(), query.filters.len()), ("直 x", 1));
        assert_eq!(
            query,
            RoomQuery { search: "直 x".to_owned(), filters: query.filters.clone(), ..Default::default() }
        );
    }
}
