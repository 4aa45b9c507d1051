//! A disk on which the n-th write, sync or truncate fails, for every n of a scenario: once, or from there on.
//!
//! `cargo xtask fault` is the long form: every n, each way of failing in turn.

use std::{
    thread,
    time::{Duration, Instant},
};

use super::ledger::{self, Ledger};
use crate::harness::{
    served::Served,
    shim::{Disk, How},
    template, wire,
};

/// What the scenario came to.
#[derive(Debug, Default)]
struct Told {
    ledger: Ledger,
    refused: usize,
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    template::copy_to(&folder.path().join("wardroom.db"));
    folder
}

/// Every kind of write, one after the other. A refusal has to say why.
fn scenario(address: &str) -> Told {
    let mut told = Told::default();
    let version = i64::MAX.to_string();
    let mut note = |answer: Option<(u16, String)>| {
        let (status, body) = answer.expect("every request is answered");
        match status {
            200 => true,
            503 => {
                assert!(body.contains("cannot save at the moment") || body.contains("SERVICE_UNAVAILABLE"), "{body}");
                told.refused += 1;
                false
            }
            _ => panic!("{status} {body}"),
        }
    };
    for n in 0..4 {
        let (room, name) = (format!("made{n}"), format!("zzfirst{n}"));
        let pairs = [("id", room.as_str()), ("changes[name]", "Made"), ("changes[owner]", "olivia"), ("op", &name)];
        if !note(wire::form(address, "/api/create_room", &pairs)) {
            continue;
        }
        for step in 0..2 {
            let name = format!("zzname{n}x{step}");
            let saved = note(wire::name(address, &room, &name, &format!("op-{n}-{step}")));
            let list = if saved { &mut told.ledger.acknowledged } else { &mut told.ledger.open };
            list.push((room.clone(), name));
        }
        let topic =
            [("id", room.as_str()), ("version", &version), ("rows[0][key]", "topic"), ("rows[0][value]", "jazz")];
        note(wire::form(address, "/api/save_attributes", &topic));
    }
    told
}

/// One life on a disk whose `at`-th call fails; gives whether it came so far, and what was acknowledged.
async fn life(how: How, at: u64, keep: bool) -> (bool, usize) {
    let disk = Disk::new();
    let served = disk.serve(folder());
    disk.fail(how, at, keep);
    let mut told = scenario(&served.console);
    let met_it = disk.fired() > 0;
    let case = format!("{how:?} at {at}, keep {keep}");
    if keep && told.refused > 0 {
        let (status, page) = wire::page(&served.console, "/rooms/stage").unwrap();
        assert!(status == 200 && page.contains("data-unsaving"), "{case}: reads go on, and the page says so");
    }
    if met_it && !keep {
        // What failed once is over: the house mends itself.
        recovered(&served, &mut told.ledger, &case);
    }
    // Closing writes the log back: the rest of the calls.
    served.terminate();
    let (folder, log) = served.ended();
    assert!(!log.contains("panicked"), "{case}: {log}");
    ledger::check(&folder.path().join("wardroom.db"), &told.ledger).await;
    (disk.fired() > 0, told.ledger.acknowledged.len())
}

fn recovered(served: &Served, ledger: &mut Ledger, case: &str) {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        let (status, body) = wire::name(&served.console, "stage", "zzrecovered", "op-recovered").unwrap();
        if status == 200 {
            ledger.acknowledged.push(("stage".to_owned(), "zzrecovered".to_owned()));
            return;
        }
        assert!(Instant::now() < until, "{case}: {status} {body}");
        thread::sleep(Duration::from_millis(50));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whichever_call_fails_nothing_acknowledged_is_lost_and_nothing_is_there_by_half() {
    let every = std::env::var("WARDROOM_FAULT_EVERY").ok().and_then(|every| every.parse().ok()).unwrap_or(79);
    let (mut lives, mut fired, mut acknowledged, mut at) = (0, 0, 0, 1);
    let mut past_the_end = 0;
    // Where the last calls lie depends on how the requests fall together: ten lives without a fault are past the end.
    while past_the_end < 10usize.div_ceil(every) {
        for keep in [false, true] {
            let how = How::ALL[(lives / 2) % How::ALL.len()];
            let (met_it, told) = life(how, at as u64, keep).await;
            lives += 1;
            fired += usize::from(met_it);
            acknowledged += told;
            past_the_end = if met_it { 0 } else { past_the_end + usize::from(keep) };
        }
        at += every;
    }
    println!("{lives} lives, {fired} with faults (calls 1 to {at}), {acknowledged} writes acknowledged and there");
    assert!(fired > 4, "{fired} of {lives}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_system_that_turns_read_only_is_said_and_gone_on_with_when_it_is_writable_again() {
    let disk = Disk::new();
    let served = disk.serve(folder());
    disk.fail(How::ReadOnly, 1, true);
    let told = scenario(&served.console);
    assert!(told.ledger.acknowledged.is_empty() && told.refused > 0);
    let (status, page) = wire::page(&served.console, "/rooms/stage").unwrap();
    assert!(status == 200 && page.contains("data-unsaving=\"io_error\""), "{page}");
    thread::sleep(Duration::from_millis(2500));
    assert!(disk.calls() < 200, "it is tried again now and then, not all the time: {}", disk.calls());
    disk.mend();
    let mut ledger = told.ledger;
    recovered(&served, &mut ledger, "read-only");
    assert!(!wire::page(&served.console, "/rooms/stage").unwrap().1.contains("data-unsaving"));
    served.terminate();
    let (folder, _) = served.ended();
    ledger::check(&folder.path().join("wardroom.db"), &ledger).await;
}
