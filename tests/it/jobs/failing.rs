//! A store that fails in the middle: nothing of a unit happens, the job rests and says why, and can be resumed.

use wardroom::{
    domain::{audit::Action, job::State},
    services::jobs,
};

use super::{ada, all, results, set, started};
use crate::harness::House;

const FULL: &str = "CREATE TRIGGER full BEFORE INSERT ON audit WHEN NEW.room = 'stage'
                    BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END";

#[tokio::test]
async fn a_job_that_cannot_write_rests_says_why_and_goes_on_when_it_can() {
    let house = House::open().await;
    let ctx = ada(&house);
    let job = jobs::plan(&ctx, all(), set(&[("slow_mode", "4")])).await.unwrap();
    let job = started(&house, &ctx, job).await;
    house.sql(FULL).await;
    house.worker().work_off().await.unwrap();
    let rests = jobs::get(&ctx, job.id).await.unwrap();
    assert_eq!(rests.state, State::Paused);
    assert!(rests.reason.contains("resume the job") && !rests.reason.contains("disk is full"), "{}", rests.reason);
    let last = house.last().await;
    assert_eq!((last.action, last.job), (Action::JobPaused, Some(job.id)));
    let done = results(&house, job.id).await;
    assert_eq!((done.len() as u64, house.changed_by(job.id).await), (rests.tally.done(), rests.tally.changed));

    house.sql("DROP TRIGGER full").await;
    jobs::resume(&ctx, job.id).await.unwrap();
    house.worker().work_off().await.unwrap();
    let job = jobs::get(&ctx, job.id).await.unwrap();
    assert_eq!((job.state, job.tally.changed), (State::Done, job.total));
    assert_eq!(house.changed_by(job.id).await, job.total, "each once");
}

#[tokio::test]
async fn a_store_that_cannot_even_write_that_a_job_rests_is_asked_again() {
    let house = House::open().await;
    let ctx = ada(&house);
    let job = jobs::plan(&ctx, all(), set(&[("slow_mode", "4")])).await.unwrap();
    let job = started(&house, &ctx, job).await;
    house.sql("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END").await;
    let mut worker = house.worker();
    assert!(worker.work_off().await.is_err());
    assert!(worker.turn().await.is_err(), "nothing is done before it is said");
    assert_eq!(house.changed_by(job.id).await, 0);
    house.sql("DROP TRIGGER full").await;
    worker.work_off().await.unwrap();
    let job = jobs::get(&ctx, job.id).await.unwrap();
    assert_eq!((job.state, job.tally.done()), (State::Paused, 0), "{}", job.reason);
}

impl House {
    /// How many rooms' histories name a job.
    pub async fn changed_by(&self, job: i64) -> u64 {
        let query = wardroom::domain::audit::AuditQuery { job: Some(job), ..Default::default() };
        let (mut before, mut rooms) = (i64::MAX, std::collections::BTreeSet::new());
        loop {
            let entries = self.store.audit_before(&query, before, 500).await.unwrap();
            let Some(last) = entries.last() else { return rooms.len() as u64 };
            before = last.id;
            for room in entries.into_iter().filter_map(|entry| entry.room) {
                assert!(rooms.insert(room.clone()), "{room} was changed twice");
            }
        }
    }
}
