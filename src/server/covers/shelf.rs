//! What became of an address, kept for a while: pictures for an hour, failures for a minute, all together within a
//! number of bytes. What was not asked for longest goes first.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::OnceCell;

use super::picture::Picture;

/// Most bytes on the shelf: 16 MiB, some hundred pictures.
const ROOM: usize = 16 * 1024 * 1024;
/// What a place counts beside its picture and its address, in bytes: more than it takes, so that there are never more
/// than 4,096 of them to be looked through.
const PLACE: usize = 4096;
/// How long a picture is kept.
const KEPT: Duration = Duration::from_secs(60 * 60);
/// How long a failure is: long enough not to be a burden to anybody, short enough for somebody who mends it.
const FAILED: Duration = Duration::from_secs(60);

/// A place on the shelf: empty while somebody fetches, then a picture, or nothing.
type Place = Arc<OnceCell<Option<Picture>>>;

/// What is kept.
#[derive(Default)]
pub(super) struct Shelf(Mutex<Shelves>);

#[derive(Default)]
struct Shelves {
    places: HashMap<String, Kept>,
    bytes: usize,
}

struct Kept {
    place: Place,
    since: Instant,
    asked: Instant,
    bytes: usize,
}

impl Kept {
    fn counts(&self, now: Instant) -> bool {
        let age = now.saturating_duration_since(self.since);
        match self.place.get() {
            None => true,
            Some(None) => age < FAILED,
            Some(Some(_)) => age < KEPT,
        }
    }
}

impl Shelf {
    /// The place of an address; a new one where there is none, or where it is too old.
    pub(super) fn place(&self, address: &str, now: Instant) -> Place {
        let mut shelves = self.lock();
        if let Some(kept) = shelves.places.get_mut(address).filter(|kept| kept.counts(now)) {
            kept.asked = now;
            return kept.place.clone();
        }
        let place = Place::default();
        let kept = Kept { place: place.clone(), since: now, asked: now, bytes: address.len() + PLACE };
        shelves.bytes += kept.bytes;
        if let Some(old) = shelves.places.insert(address.to_owned(), kept) {
            shelves.bytes = shelves.bytes.saturating_sub(old.bytes);
        }
        shelves.fit();
        place
    }

    /// Counts what lies in the place of an address by now, and makes room for it.
    pub(super) fn settle(&self, address: &str) {
        let mut shelves = self.lock();
        let Some(kept) = shelves.places.get_mut(address) else { return };
        let picture = kept.place.get().and_then(Option::as_ref).map_or(0, |picture| picture.bytes.len());
        let (before, after) = (kept.bytes, address.len() + PLACE + picture);
        kept.bytes = after;
        shelves.bytes = shelves.bytes.saturating_sub(before) + after;
        shelves.fit();
    }

    fn lock(&self) -> MutexGuard<'_, Shelves> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelves {
    fn fit(&mut self) {
        while self.bytes > ROOM {
            let longest = self.places.iter().min_by_key(|(_, kept)| kept.asked).map(|(address, _)| address.clone());
            let Some(gone) = longest.and_then(|address| self.places.remove(&address)) else { return };
            self.bytes = self.bytes.saturating_sub(gone.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Bytes;

    fn picture(bytes: usize) -> Picture {
        Picture { kind: "image/png", bytes: Bytes::from(vec![0; bytes]) }
    }

    #[test]
    fn pictures_stay_for_an_hour_and_failures_for_a_minute() {
        let (shelf, now) = (Shelf::default(), Instant::now());
        shelf.place("good", now).set(Some(picture(10))).unwrap();
        shelf.place("bad", now).set(None).unwrap();
        let is_there = |address, after: u64| shelf.place(address, now + Duration::from_secs(after)).get().is_some();
        assert!(is_there("good", 3_599) && is_there("bad", 59));
        assert!(!is_there("good", 3_600) && !is_there("bad", 60));
        assert!(!is_there("never seen", 0));
    }

    #[test]
    fn the_shelf_holds_so_much_and_what_was_not_asked_for_longest_goes() {
        let (shelf, now) = (Shelf::default(), Instant::now());
        let at = |n: u64| now + Duration::from_millis(n);
        for n in 0..40 {
            let address = format!("p{n}");
            shelf.place(&address, at(n)).set(Some(picture(1024 * 1024))).unwrap();
            shelf.settle(&address);
            assert!(shelf.lock().bytes <= ROOM);
            shelf.place("p0", at(n));
        }
        assert!(shelf.place("p0", at(50)).get().is_some(), "asked for all the time");
        assert!(shelf.place("p39", at(50)).get().is_some());
        assert!(shelf.place("p1", at(50)).get().is_none());
        for n in 0..6_000 {
            shelf.place(&format!("{n}"), at(n));
        }
        let shelves = shelf.lock();
        assert!(shelves.bytes <= ROOM && shelves.places.len() <= 4_096);
        assert_eq!(shelves.bytes, shelves.places.values().map(|kept| kept.bytes).sum::<usize>());
    }
}
