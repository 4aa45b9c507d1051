//! Places for connections: so many, shared fairly. No address takes more than half of them, and when all are taken, a
//! newcomer gets the place of a connection that rests, of the address that holds the most. So whoever opens a thousand
//! connections and leaves them open closes their own, and nobody else's.

use std::{
    collections::{BTreeMap, HashMap},
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use tokio::sync::Notify;

/// All places.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    proxies: Vec<IpAddr>,
    open: Mutex<Open>,
    refused: AtomicU64,
    evicted: AtomicU64,
}

#[derive(Debug, Default)]
struct Open {
    /// By number, so that the oldest comes first.
    places: BTreeMap<u64, Held>,
    by_address: HashMap<IpAddr, usize>,
    next: u64,
}

#[derive(Debug)]
struct Held {
    address: IpAddr,
    state: Arc<State>,
}

/// What a connection and its place know of each other.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Requests whose answers are not written yet.
    pub busy: AtomicU64,
    /// Rings when the connection has to go, if it rests.
    pub leave: Notify,
}

/// A connection's place; free again when it is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    number: u64,
    /// What the connection says of itself.
    pub state: Arc<State>,
}

/// How many connections there are and were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open now.
    pub open: u64,
    /// Refused since the start.
    pub refused: u64,
    /// Closed since the start because another needed the place.
    pub evicted: u64,
}

impl Places {
    pub(super) fn new(most: usize, proxies: &[IpAddr]) -> Self {
        let (open, refused, evicted) = Default::default();
        Self { most: most.max(2), proxies: proxies.to_vec(), open, refused, evicted }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn counts(&self) -> Counts {
        Counts {
            open: self.open().places.len() as u64,
            refused: self.refused.load(Relaxed),
            evicted: self.evicted.load(Relaxed),
        }
    }

    /// A place for a connection from this address, if it may have one.
    pub(super) fn take(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        let address = whole(address.to_canonical());
        let mut open = self.open();
        let held = open.by_address.get(&address).copied().unwrap_or_default();
        let too_many = held >= self.most.div_ceil(2) && !self.proxies.contains(&address);
        if too_many || (open.places.len() >= self.most && !self.make_room(&mut open)) {
            self.refused.fetch_add(1, Relaxed);
            return None;
        }
        let (number, state) = (open.next, Arc::<State>::default());
        open.next += 1;
        open.places.insert(number, Held { address, state: state.clone() });
        *open.by_address.entry(address).or_default() += 1;
        Some(Place { places: self.clone(), number, state })
    }

    /// Sends a resting connection away: the oldest of the address that holds the most.
    fn make_room(&self, open: &mut Open) -> bool {
        let resting = open.places.iter().filter(|(_, held)| held.state.busy.load(Relaxed) == 0);
        let holds = |held: &Held| open.by_address.get(&held.address).copied().unwrap_or_default();
        // Of equals the first counts, which is the oldest.
        let Some((&number, _)) = resting.rev().max_by_key(|(_, held)| holds(held)) else { return false };
        if let Some(held) = open.leave(number) {
            held.state.leave.notify_one();
            self.evicted.fetch_add(1, Relaxed);
        }
        true
    }
}

impl Open {
    fn leave(&mut self, number: u64) -> Option<Held> {
        let held = self.places.remove(&number)?;
        if let Some(many) = self.by_address.get_mut(&held.address) {
            *many -= 1;
            if *many == 0 {
                self.by_address.remove(&held.address);
            }
        }
        Some(held)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.open().leave(self.number);
    }
}

/// What one subscriber holds: an IPv4 address, or an IPv6 network of 64 bits.
fn whole(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(n: u8) -> IpAddr {
        [192, 0, 2, n].into()
    }

    #[test]
    fn no_address_takes_more_than_half_but_a_proxy_of_ours() {
        let places = Arc::new(Places::new(8, &[address(9)]));
        let held: Vec<Place> = (0..8).filter_map(|_| places.take(address(1))).collect();
        assert_eq!((held.len(), places.counts().refused), (4, 4));
        let more: Vec<Place> = (0..4).filter_map(|_| places.take(address(9))).collect();
        assert_eq!((more.len(), places.counts().open), (4, 8));
        drop(held);
        let all: Vec<Place> = (0..4).filter_map(|_| places.take(address(9))).collect();
        assert_eq!((all.len(), places.counts().open, places.counts().evicted), (4, 8, 0));
    }

    #[test]
    fn who_holds_most_loses_a_resting_one_and_nobody_loses_a_busy_one() {
        let places = Arc::new(Places::new(6, &[]));
        let hoard: Vec<Place> = (0..3).filter_map(|_| places.take(address(1))).collect();
        let few: Vec<Place> = (0..3).filter_map(|n| places.take(address(2 + n))).collect();
        hoard[0].state.busy.store(1, Relaxed);
        let newcomer = places.take(address(7)).unwrap();
        assert_eq!(places.counts(), Counts { open: 6, refused: 0, evicted: 1 });
        let gone = |place: &Place| !places.open().places.contains_key(&place.number);
        assert!(gone(&hoard[1]) && !gone(&hoard[0]) && !gone(&hoard[2]) && !few.iter().any(gone));
        for place in hoard.iter().chain(&few).chain([&newcomer]) {
            place.state.busy.store(1, Relaxed);
        }
        assert!(places.take(address(8)).is_none(), "all are busy");
        drop(hoard);
        assert!(places.take(address(8)).is_some());
    }

    #[test]
    fn a_network_of_ipv6_is_one_subscriber() {
        let places = Arc::new(Places::new(4, &[]));
        let from = |text: &str| places.take(text.parse().unwrap());
        let held = [from("2001:db8::1"), from("2001:db8::ffff"), from("2001:db8::2"), from("2001:db8:0:1::1")];
        assert_eq!(held.map(|place| place.is_some()), [true, true, false, true]);
    }
}
