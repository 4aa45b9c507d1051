//! What a house says that cannot save, what it refuses, and what comes back to whoever typed it.

use std::time::Duration;

use sqlx::{ConnectOptions, Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use wardroom::{
    domain::{Error, room::Field},
    store::{Reason, State, Store},
};

use crate::harness::{House, PASSWORD, Person, served::Served, wire};

const SAVE: &str = "/api/save_room";

/// Somebody else who holds the database for longer than is waited for.
async fn locked(house: &House) -> SqliteConnection {
    let mut other = SqliteConnectOptions::new().filename(&house.file).connect().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let refused = house.admin().call(SAVE, &[("id", "stage"), ("version", "1"), ("changes[name]", "late")]).await;
    assert_eq!(refused.status, 503);
    assert!(matches!(house.store.state(), State::ReadOnly { reason: Reason::Locked, .. }), "{:?}", house.store.state());
    other
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nothing_can_be_saved_every_page_says_so_and_what_was_typed_comes_back() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    let before = house.dump().await;
    let other = locked(&house).await;

    let began = std::time::Instant::now();
    let viewer = house.viewer();
    for path in ["/rooms", "/rooms/stage", "/rooms/stage/history", "/jobs", "/account"] {
        let page = viewer.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.says("can't save at the moment: another program keeps the database locked"), "{path}");
        assert!(page.says("Please tell whoever runs this house.") && !page.says("end it"), "{path}");
    }
    let admin = house.admin();
    assert!(admin.get("/rooms").await.says("Look for an import, a backup or another tool"));
    assert!(!house.nobody().get("/sign-in").await.says("can't save"), "strangers are told nothing");

    let typed = [("id", "stage"), ("version", "1"), ("changes[name]", "typed <b>"), ("back", "/rooms/stage")];
    let page = admin.submit(SAVE, &typed).await;
    assert_eq!(page.input(SAVE, "changes[name]").as_deref(), Some("typed <b>"), "{}", page.text());
    assert!(page.says("cannot save at the moment") && page.says("What you typed is still here"));
    let page = admin.get("/rooms/stage").await;
    assert_eq!(page.input(SAVE, "changes[name]").as_deref(), Some("Stage 舞台"), "it is shown once");

    let json = admin.call(SAVE, &typed).await;
    assert!(json.status == 503 && matches!(json.error(), Error::Busy(_)), "{}", json.body);
    let answer = backend.imkit("PUT", "/rooms/stage", serde_json::json!({"name": "new"})).await;
    assert_eq!((answer.status, answer.body.contains("SERVICE_UNAVAILABLE")), (503, true), "{}", answer.body);
    let nobody = house.nobody();
    let sign_in = nobody.submit("/api/sign_in", &[("name", "ada"), ("password", PASSWORD)]).await;
    assert!(sign_in.says("cannot save at the moment"), "{}", sign_in.text());
    assert!(began.elapsed() < Duration::from_secs(8), "nobody waits for the lock: {:?}", began.elapsed());

    other.close().await.unwrap();
    house.store.healthy().await;
    assert_eq!(house.dump().await, before, "nothing was written meanwhile, and nothing of the probe is left");
    assert!(admin.submit(SAVE, &typed).await.says("Saved"));
    assert!(!admin.get("/rooms/stage").await.says("can't save"));
    assert_eq!(house.room("stage").await.values.text(Field::Name), Some("typed <b>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_waits_while_nothing_can_be_saved_and_goes_on_by_itself() {
    use crate::jobs::{ada, all, set, started};
    let house = House::open().await;
    let ctx = ada(&house);
    let job = wardroom::services::jobs::plan(&ctx, all(), set(&[("slow_mode", "4")])).await.unwrap();
    let job = started(&house, &ctx, job).await;
    let other = locked(&house).await;
    let worker = tokio::spawn(house.worker().run());
    tokio::time::sleep(Duration::from_millis(300)).await;
    other.close().await.unwrap();
    loop {
        let now = wardroom::services::jobs::get(&ctx, job.id).await.unwrap();
        assert!(now.reason.is_empty(), "it never had to be resumed: {}", now.reason);
        if now.state == wardroom::domain::job::State::Done {
            assert_eq!(now.tally.changed, now.total);
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(house.changed_by(job.id).await, job.total, "each once");
    worker.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_never_written_again_whoever_meets_the_damage() {
    let served = Served::start("warn,wardroom=info", &[], "Wardroom is open");
    // The table of rooms loses all its pages but the first; the pages are long and the readers' caches short.
    let file = served.file();
    let mut conn = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    let sql = "SELECT group_concat(pageno) FROM dbstat WHERE name = 'audit_by_time' OR name = 'rooms'";
    let pages: String = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
    let size: i64 = sqlx::query_scalar("PRAGMA page_size").fetch_one(&mut conn).await.unwrap();
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    {
        use std::os::unix::fs::FileExt;
        let file = std::fs::File::options().write(true).open(&file).unwrap();
        for page in pages.split(',').map(|page| page.parse::<i64>().unwrap()) {
            file.write_all_at(&vec![0xA5; size as usize], ((page - 1) * size) as u64).unwrap();
        }
    }
    // Until the pages that are in memory are asked for anew: a write of another process makes the readers forget theirs.
    let mut conn = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    sqlx::query("DELETE FROM sessions WHERE expires_at = 0").execute(&mut conn).await.unwrap();
    sqlx::query("UPDATE staff SET signed_in_at = 1 WHERE name = 'vera'").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    let (status, page) = served.page(Person::Admin, "/rooms");
    let (_, account) = served.page(Person::Admin, "/account");
    assert!(account.contains("data-unsaving=\"corrupt\"") && account.contains("last good backup"), "{status} {page}");
    let before = std::fs::read(file.with_extension("db-wal")).unwrap();
    let (status, body) = wire::name(&served.console, "stage", "late", "op-late").unwrap();
    assert!(status == 503 && body.contains("the database's file is damaged"), "{status} {body}");
    std::thread::sleep(Duration::from_millis(2200));
    assert_eq!(std::fs::read(file.with_extension("db-wal")).unwrap(), before, "nothing is written, not even to try");
    served.kill();
}

#[tokio::test]
async fn a_session_that_ended_does_not_come_back_with_what_was_typed() {
    let house = House::open().await;
    let mona = house.moderator();
    let other = locked(&house).await;
    mona.submit(SAVE, &[("id", "stage"), ("version", "1"), ("changes[name]", "typed"), ("back", "/rooms/stage")]).await;
    other.close().await.unwrap();
    house.store.healthy().await;
    house.sql("DELETE FROM sessions WHERE staff = (SELECT id FROM staff WHERE name = 'mona')").await;
    assert_eq!(mona.get("/rooms/stage").await.status, 303, "to the door");
}

#[tokio::test]
async fn a_state_has_words_for_programs_people_and_those_who_run_the_house() {
    let mut keys: Vec<&str> = Reason::ALL.iter().map(|reason| reason.key()).collect();
    keys.dedup();
    assert_eq!(keys.len(), Reason::ALL.len());
    let store = Store::open(&format!("sqlite:{}", tempfile::tempdir().unwrap().path().join("x.db").display())).await;
    assert_eq!(store.unwrap().state(), State::Healthy);
}
