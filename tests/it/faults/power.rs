//! The power is cut at the n-th write, sync or truncate of the database under load. What the disk was not told to keep is
//! lost in part and in no order, which a killed process (`crash`) never shows: the system's cache outlives that.
//!
//! `cargo xtask cut` is the long form.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use super::ledger::{self, Ledger};
use crate::harness::{Random, shim::Disk, template, wire};

const SAVERS: usize = 6;
/// Most calls before the cut: past the first checkpoint, which copies the log into the file.
const CALLS: usize = 6_000;
/// Most saves of one life, for a cut that never comes.
const SAVES: usize = 4_000;

/// Saves long texts until the power is gone.
fn save(address: &str, saver: usize, life: usize, left: &AtomicUsize) -> Ledger {
    let (mut ledger, room, text) = (Ledger::default(), format!("made{saver}"), "x".repeat(2_000));
    let create = [("id", room.as_str()), ("changes[name]", "Made"), ("changes[owner]", "olivia"), ("op", &room)];
    if wire::form(address, "/api/create_room", &create).is_none() {
        return ledger;
    }
    for n in 0.. {
        if left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_err() {
            break;
        }
        let (name, version) = (format!("zz{life}x{saver}q{n}e"), i64::MAX.to_string());
        let text = format!("{n} {text}");
        let changes = [
            ("id", room.as_str()),
            ("version", &version),
            ("op", &name),
            ("changes[name]", &name),
            ("changes[description]", &text),
        ];
        match wire::form(address, "/api/save_room", &changes) {
            Some((200, _)) => ledger.acknowledged.push((room.clone(), name)),
            None => {
                ledger.open.push((room, name));
                break;
            }
            Some((status, body)) => panic!("{status} {body}"),
        }
    }
    ledger
}

/// One life on a disk whose power is cut at a call; gives whether it was, and how many saves were acknowledged.
async fn life(life: usize, at: u64) -> (bool, usize) {
    let folder = tempfile::tempdir().unwrap();
    template::copy_to(&folder.path().join("wardroom.db"));
    let disk = Disk::new();
    let served = disk.serve(folder);
    disk.cut(at, i64::try_from(life).unwrap() + 1);
    let left = AtomicUsize::new(SAVES);
    let ledger = thread::scope(|scope| {
        let (address, left) = (&served.console, &left);
        let savers: Vec<_> = (0..SAVERS).map(|saver| scope.spawn(move || save(address, saver, life, left))).collect();
        let mut all = Ledger::default();
        savers.into_iter().for_each(|saver| all.extend(saver.join().unwrap()));
        all
    });
    let folder = served.kill();
    let file = folder.path().join("wardroom.db");
    // It is only ever in memory.
    let _ = std::fs::remove_file(file.with_extension("db-shm"));
    ledger::check(&file, &ledger).await;
    (disk.fired() > 0, ledger.acknowledged.len())
}

#[tokio::test(flavor = "multi_thread")]
async fn whenever_the_power_is_cut_what_was_acknowledged_is_there_and_nothing_by_half() {
    let times = std::env::var("WARDROOM_FAULT_CUTS").ok().and_then(|times| times.parse().ok()).unwrap_or(6);
    let mut random = Random(u64::try_from(times).unwrap());
    let (mut cuts, mut acknowledged) = (0, 0);
    for n in 0..times {
        // The first is late: it falls into a checkpoint or behind it.
        let at = if n == 0 { CALLS } else { 1 + random.below(CALLS) };
        let (was_cut, saved) = life(n, at as u64).await;
        cuts += usize::from(was_cut);
        acknowledged += saved;
    }
    println!("{cuts} cuts in {times} lives, {acknowledged} writes acknowledged and there");
    assert!(cuts == times && acknowledged > 0, "{cuts} of {times}");
}
