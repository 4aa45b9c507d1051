//! What a group of units asks of the search index, written with two statements before the group is committed.
//!
//! The index writes what it holds in memory to its tables at every savepoint, so that sixty units, each with one room,
//! would make sixty small parts to be merged. A unit therefore only says what is to be written; when it is kept, its
//! group takes it over, and when it is rolled back, it is forgotten. Nobody searches inside a transaction.
//!
//! The index keeps no text, so a room is taken out of it by the tokens that it stands in it with: they follow from the
//! room's row before the change.

use std::collections::BTreeMap;

use sqlx::Arguments;

use super::Tx;
use crate::domain::Result;

/// Rooms by number, with what is to be written of them.
#[derive(Debug, Default)]
pub(super) struct Grams(BTreeMap<i64, Gram>);

#[derive(Debug)]
struct Gram {
    /// The tokens that the room has in the index; none for a room that is new.
    old: Option<String>,
    /// The tokens that it is to have; none for a room that is gone.
    new: Option<String>,
}

impl Grams {
    /// Adds what a later unit of the same group asks for.
    pub fn extend(&mut self, later: Self) {
        later.0.into_iter().for_each(|(room, gram)| self.put(room, gram));
    }

    /// What a later unit took for the old tokens was never written.
    fn put(&mut self, room: i64, gram: Gram) {
        let old = self.0.remove(&room).map_or(gram.old, |earlier| earlier.old);
        self.0.insert(room, Gram { old, ..gram });
    }
}

impl Tx {
    /// A room that is found by the old tokens, if it is not new, is to be found by the new ones, if it is not gone.
    pub(super) fn put_grams(&mut self, room: i64, old: Option<String>, new: Option<String>) {
        if old != new {
            self.grams.put(room, Gram { old, new });
        }
    }

    /// Takes what the unit asked for out of it: to be kept, or to be forgotten.
    pub(super) fn take_grams(&mut self) -> Grams {
        std::mem::take(&mut self.grams)
    }

    /// Writes what a group asked for.
    pub(super) async fn write_grams(&mut self, Grams(grams): Grams) -> Result<()> {
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for (room, gram) in grams.into_iter().filter(|(_, gram)| gram.old != gram.new) {
            old.extend(gram.old.map(|tokens| (room, tokens)));
            new.extend(gram.new.map(|tokens| (room, tokens)));
        }
        self.insert_all("INTO grams", &["grams", "rowid", "gram"], &old, |(room, tokens), row| {
            row.add("delete")?;
            row.add(*room)?;
            row.add(tokens.clone())
        })
        .await?;
        self.insert_all("INTO grams", &["rowid", "gram"], &new, |(room, tokens), row| {
            row.add(*room)?;
            row.add(tokens.clone())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_index_is_what_the_first_unit_of_a_group_found() {
        let gram = |old: &str, new: &str| {
            let tokens = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            Gram { old: tokens(old), new: tokens(new) }
        };
        let mut grams = Grams::default();
        grams.put(1, gram("", "a"));
        grams.put(1, gram("a", "b"));
        grams.put(2, gram("a", "b"));
        grams.extend(Grams([(2, gram("b", "")), (3, gram("", "c"))].into()));
        let told: Vec<_> = grams.0.values().map(|gram| (gram.old.as_deref(), gram.new.as_deref())).collect();
        assert_eq!(told, [(None, Some("b")), (Some("a"), None), (None, Some("c"))]);
    }
}
