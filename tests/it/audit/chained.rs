//! Every way to write an entry chains it: single writes, jobs, two processes at once, units that fail; entries from before
//! the chain get their macs; and what was broken stays broken.

use futures::{FutureExt, future::join_all};
use wardroom::{
    domain::{Error, Timestamp, audit::Action, trail::Fault},
    services::jobs,
    store::Store,
};

use super::chain::{Kept, append, entry, tamper, verify};
use crate::{
    harness::House,
    jobs::{ada, all, done, set},
};

#[tokio::test]
async fn entries_of_forms_and_jobs_are_chained() {
    let house = House::open().await;
    let form = [("id", "stage"), ("version", "1"), ("changes[description]", "new")];
    assert_eq!(house.admin().call("/api/save_room", &form).await.status, 200);
    let ctx = ada(&house);
    let job = jobs::plan(&ctx, all(), set(&[("slow_mode", "8")])).await.unwrap();
    let changed = done(&house, &ctx, job).await.tally.changed;
    let back = jobs::plan_undo(&ctx, 1).await.unwrap();
    done(&house, &ctx, back).await;
    let whole = verify(&house.file, &[]).await.unwrap();
    assert!(whole.entries as u64 > 2 * changed && changed > 200, "{whole:?}");
    assert_eq!(house.ask("SELECT CAST(count(*) AS TEXT) FROM audit").await, whole.entries.to_string());
    assert_eq!(whole.unused, 0);
}

#[tokio::test]
async fn units_that_fail_leave_the_chain_as_it_was() {
    let house = House::empty().await;
    let units = (0..200).map(|n| {
        let store = house.store.clone();
        tokio::spawn(async move {
            let unit = store.write(move |tx| {
                async move {
                    tx.append(&entry(n)).await?;
                    if n % 7 == 0 {
                        let twice = tx.append(&entry(n)).await;
                        assert!(matches!(twice, Err(Error::Internal(_))), "the operation has an entry");
                    }
                    if n % 3 == 0 { Err(Error::invalid("x", "on purpose")) } else { Ok(()) }
                }
                .boxed()
            });
            unit.await.is_ok()
        })
    });
    let kept = join_all(units).await.into_iter().filter(|kept| *kept.as_ref().unwrap()).count();
    let whole = verify(&house.file, &[]).await.unwrap();
    assert_eq!((whole.entries, whole.unused), (kept as i64, 0));
}

#[tokio::test]
async fn two_processes_write_one_chain_and_a_third_checks_it_meanwhile() {
    let house = House::empty().await;
    let other = Store::open(&format!("sqlite:{}", house.file.display())).await.unwrap();
    let checked = async {
        let mut seen = 0;
        while seen < 120 {
            let whole = verify(&house.file, &[]).await.unwrap();
            assert!(whole.entries >= seen);
            seen = whole.entries;
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(append(&house.store, 1..=60), append(&other, 101..=160), checked);
    other.close().await;
    assert_eq!(verify(&house.file, &[]).await.unwrap().entries, 120);
}

#[tokio::test]
async fn entries_from_before_the_chain_are_sealed_once_whoever_comes_first() {
    let house = House::empty().await;
    house.store.close().await;
    let older = "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 12000)
                 INSERT INTO audit (id, at, actor_kind, actor, source, address, action, note)
                 SELECT n, n, 'staff', 'ada', 'console', '', 'room.updated', 'old ' || n FROM n WHERE n % 100 <> 7;
                 DELETE FROM audit_ends";
    tamper(&house.file, older).await;
    let url = format!("sqlite:{}", house.file.display());
    let (one, two) = tokio::join!(Store::open(&url), Store::open(&url));
    let (one, two) = (one.unwrap(), two.unwrap());
    append(&two, 1..=1).await;
    let whole = verify(&house.file, &[]).await.unwrap();
    assert_eq!((whole.entries, whole.unused, whole.first), (11_882, 120, Some((1, Timestamp(1)))));
    let told = one.entry(12_001).await.unwrap().unwrap();
    assert_eq!(told.action, Action::TrailSealed);
    assert!(told.note.starts_with("11,880 entries, up to number 12000;"), "{}", told.note);
    one.close().await;
    two.close().await;
    tamper(&house.file, "UPDATE audit SET note = 'new' WHERE id = 6001").await;
    let bad = verify(&house.file, &[]).await.unwrap_err();
    assert_eq!((bad.entry, bad.fault, bad.whole), (6001, Fault::Edited, 5940));
    let again = Store::open(&url).await.unwrap();
    again.close().await;
    assert_eq!(verify(&house.file, &[]).await.unwrap_err().entry, 6001, "nothing is sealed twice");
}

#[tokio::test]
async fn what_was_broken_stays_so_whatever_is_written_after_it() {
    let kept = Kept::new().await;
    for (sql, entry, fault) in [
        ("DELETE FROM audit_ends WHERE part = 'head'; DELETE FROM audit WHERE id > 7", 11, Fault::Headless),
        ("DELETE FROM audit_ends", 0, Fault::Start),
        (
            "UPDATE audit_ends SET many = 7, entry = 7 WHERE part = 'head'; DELETE FROM audit WHERE id > 7",
            11,
            Fault::Headless,
        ),
        ("DELETE FROM audit WHERE id = 10", 10, Fault::Missing(10, 11)),
        ("REPLACE INTO audit_ends SELECT * FROM kept", 11, Fault::Edited),
        ("DELETE FROM audit WHERE id = 3", 3, Fault::Missing(3, 4)),
    ] {
        let file = kept.copy();
        tamper(&file, sql).await;
        let store = Store::open(&format!("sqlite:{}", file.display())).await.unwrap();
        append(&store, 31..=33).await;
        append(&store, 34..=35).await;
        store.close().await;
        let bad = verify(&file, &[]).await.expect_err(sql);
        assert_eq!((bad.entry, &bad.fault), (entry, &fault), "{sql}: {bad}");
    }
}
