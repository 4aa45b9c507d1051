//! Where every room stands in each order, kept in memory: some ten thousand hits of a search are put in order by their
//! ranks, and only the rooms of the page are looked at. Without it each hit costs a look at its room (1.1 µs, a page of
//! the file each), which is ten times what finding it costs.
//!
//! Nothing depends on it. It is made in the background when a search first wants it, 28 bytes a room; what was written
//! since (*touched*) is put in order by the database, and when that is too much it is made anew. Writes of another
//! process show in the numbers of the audit trail, which nothing is written without: the ranks are then forgotten.
//! Whoever finds no ranks sorts without them.

mod load;
mod numbers;

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use self::numbers::Numbers;
use super::{Store, Tx};
use crate::domain::room::Sort;

/// The ranks are made anew when more rooms than one in so many were touched.
const TOUCHED_PART: usize = 50;
/// So many touched rooms are never too many.
const TOUCHED_LEAST: usize = 1_000;

/// Every room in every order, as it was at one moment.
#[derive(Debug)]
struct Snapshot {
    /// A room's place here is its place in each of `orders`.
    numbers: Numbers,
    /// For each of [`Sort::ALL`], the rank of each room, ascending.
    orders: [Vec<u32>; Sort::ALL.len()],
}

/// What is known at present.
#[derive(Debug, Default)]
struct Known {
    snapshot: Option<Arc<Snapshot>>,
    /// Rooms that were written, made or deleted since the snapshot.
    touched: BTreeSet<i64>,
    /// The same since the making of the next snapshot began.
    touched_next: Option<BTreeSet<i64>>,
    /// The newest audit entry that this process wrote or has seen.
    entry: Option<i64>,
}

/// The ranks of all rooms, shared by the searches and the writer.
#[derive(Debug, Default)]
pub(super) struct Ranks {
    known: Mutex<Known>,
    is_making: AtomicBool,
}

/// What the writer is about to commit.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// The rooms that are written, made or deleted.
    pub rooms: Vec<i64>,
    /// The first and the last audit entry.
    pub entries: Option<(i64, i64)>,
}

impl Touched {
    /// Adds what a later unit of the same group touched.
    pub fn extend(&mut self, later: Self) {
        self.rooms.extend(later.rooms);
        if let Some((first, last)) = later.entries {
            self.entries = Some((self.entries.map_or(first, |(first, _)| first), last));
        }
    }
}

impl Tx {
    /// A room was written, made or deleted.
    pub(super) fn touch(&mut self, room: i64) {
        self.touched.rooms.push(room);
    }

    /// Audit entries were appended, up to this one.
    pub(super) fn touch_entries(&mut self, first: i64, last: i64) {
        self.touched.extend(Touched { rooms: Vec::new(), entries: Some((first, last)) });
    }

    /// Takes what the unit touched out of it: to be kept, or to be forgotten.
    pub(super) fn take_touched(&mut self) -> Touched {
        std::mem::take(&mut self.touched)
    }
}

impl Ranks {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The writer is about to commit this.
    pub fn touch(&self, touched: &Touched) {
        let known = &mut *self.known();
        if let Some((first, last)) = touched.entries {
            if known.entry.is_none_or(|entry| first > entry + 1) {
                forget(known);
            }
            known.entry = Some(last);
        }
        if known.snapshot.is_some() {
            known.touched.extend(&touched.rooms);
        }
        if let Some(next) = &mut known.touched_next {
            next.extend(&touched.rooms);
        }
    }

    /// What the writer was about to commit was not: nothing is known for sure.
    pub fn forget(&self) {
        let known = &mut *self.known();
        forget(known);
        known.entry = None;
    }

    /// The ranks, where they are good for a search that saw `entry` as the newest audit entry. Where they are not, or not
    /// for long, they are made anew in the background.
    pub fn at(store: &Store, entry: i64) -> Option<At> {
        let at = store.ranks.good_for(entry);
        let is_worn = at.as_ref().is_none_or(|at| at.touched.len() > at.most());
        if is_worn && store.ranks.begin(entry) {
            tokio::spawn(load::make(store.clone()));
        }
        at.filter(|at| at.touched.len() <= 4 * at.most())
    }

    fn good_for(&self, entry: i64) -> Option<At> {
        let known = self.known();
        let snapshot = known.snapshot.clone().filter(|_| known.entry.is_some_and(|known| entry <= known))?;
        Some(At { snapshot, touched: known.touched.iter().copied().collect() })
    }

    /// Begins to note what is touched beside the next snapshot, unless that is being made already.
    fn begin(&self, entry: i64) -> bool {
        if self.is_making.swap(true, Ordering::AcqRel) {
            return false;
        }
        let known = &mut *self.known();
        if known.entry.is_none_or(|known| entry > known) {
            forget(known);
            known.entry = Some(entry);
        }
        known.touched_next = Some(BTreeSet::new());
        true
    }

    /// The next snapshot is there, or could not be made.
    fn made(&self, snapshot: Option<(Snapshot, i64)>) {
        let known = &mut *self.known();
        if let (Some((snapshot, entry)), Some(touched)) = (snapshot, known.touched_next.take())
            && known.entry.is_some_and(|known| entry <= known)
        {
            known.snapshot = Some(Arc::new(snapshot));
            known.touched = touched;
        }
        self.is_making.store(false, Ordering::Release);
    }
}

/// Goes on without a snapshot, and without the one that is being made.
fn forget(known: &mut Known) {
    *known = Known { entry: known.entry, ..Known::default() };
}

/// The ranks as one search uses them.
pub(super) struct At {
    snapshot: Arc<Snapshot>,
    /// Ascending.
    touched: Vec<i64>,
}

impl At {
    /// So many touched rooms are few enough.
    fn most(&self) -> usize {
        (self.snapshot.numbers.len() / TOUCHED_PART).max(TOUCHED_LEAST)
    }

    /// The rank of the first of these rooms that was not touched: they are what follows a place in the list.
    pub fn first(&self, sort: Sort, following: &[i64]) -> Option<u32> {
        let number = following.iter().find(|number| self.touched.binary_search(number).is_err())?;
        let place = self.snapshot.numbers.place(*number)?;
        self.snapshot.orders.get(sort as usize)?.get(place).copied()
    }

    /// The hits, which ascend, that can be among the first `many` in an order, from a rank on: the best by rank, and all
    /// that were touched. In no order.
    pub fn best(&self, hits: &[i64], sort: Sort, descending: bool, from: Option<u32>, many: usize) -> Vec<i64> {
        let Some(order) = self.snapshot.orders.get(sort as usize) else { return hits.to_vec() };
        let mut ranked: Vec<(u32, i64)> = Vec::with_capacity(hits.len());
        let mut best = Vec::new();
        let mut touched = self.touched.iter().copied().peekable();
        for &number in hits {
            while touched.next_if(|&next| next < number).is_some() {}
            if touched.peek() == Some(&number) {
                best.push(number);
                continue;
            }
            let Some(&rank) = self.snapshot.numbers.place(number).and_then(|place| order.get(place)) else { continue };
            if from.is_none_or(|from| if descending { rank <= from } else { rank >= from }) {
                ranked.push((if descending { u32::MAX - rank } else { rank }, number));
            }
        }
        if ranked.len() > many {
            ranked.select_nth_unstable(many);
            ranked.truncate(many);
        }
        best.extend(ranked.into_iter().map(|(_, number)| number));
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(touched: &[i64]) -> At {
        let numbers = vec![1, 2, 5, 6, 900, 901];
        let name = vec![5, 4, 3, 2, 1, 0];
        let snapshot = Snapshot { numbers: Numbers::of(numbers), orders: std::array::from_fn(|_| name.clone()) };
        At { snapshot: Arc::new(snapshot), touched: touched.to_vec() }
    }

    #[test]
    fn the_best_are_those_of_the_lowest_ranks_and_whatever_was_touched() {
        let best = |touched: &[i64], descending, from| {
            let mut best = at(touched).best(&[1, 2, 3, 6, 901], Sort::Name, descending, from, 2);
            best.sort_unstable();
            best
        };
        assert_eq!(best(&[], false, None), [6, 901]);
        assert_eq!(best(&[], true, None), [1, 2]);
        assert_eq!(best(&[], false, Some(3)), [1, 2]);
        assert_eq!(best(&[], true, Some(3)), [6, 901]);
        assert_eq!(best(&[1, 3], false, None), [1, 3, 6, 901]);
    }

    #[test]
    fn a_place_is_that_of_the_first_room_after_it_that_was_not_touched() {
        assert_eq!(at(&[5]).first(Sort::Name, &[5, 6, 1]), Some(2));
        assert_eq!(at(&[5]).first(Sort::Name, &[5]), None);
    }

    #[test]
    fn what_another_process_wrote_and_what_was_not_committed_makes_the_ranks_unknown() {
        let ranks = Ranks::default();
        let know = |entry| {
            let known = &mut *ranks.known();
            *known = Known { snapshot: Some(at(&[]).snapshot), entry: Some(entry), ..Known::default() };
        };
        know(10);
        ranks.touch(&Touched { rooms: vec![5], entries: Some((11, 12)) });
        let told = |ranks: &Ranks| {
            let known = ranks.known();
            (known.touched.len(), known.entry)
        };
        assert_eq!(told(&ranks), (1, Some(12)));
        ranks.touch(&Touched { rooms: vec![6], entries: Some((14, 14)) });
        assert!(ranks.known().snapshot.is_none());
        know(10);
        ranks.forget();
        assert!(ranks.known().snapshot.is_none());
    }
}
