//! The writer: units of work stand alone, are whole or not at all, and are on disk when they are answered.

use std::time::Duration;

use futures::{FutureExt, future::join_all};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
use wardroom::{
    domain::{
        Error, Result, Timestamp,
        attribute::Attribute,
        room::{Room, RoomId, RoomQuery, Values},
    },
    store::{Store, StoredSession, Tx},
};

use crate::harness::{Dump, House};

fn room(id: &str) -> Room {
    Room {
        id: RoomId::parse(id).unwrap(),
        number: 0,
        app: String::new(),
        version: 1,
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
        member_count: 0,
        values: Values::defaults(),
        last_message: None,
    }
}

async fn make(tx: &mut Tx, id: &str) -> Result<i64> {
    tx.insert_room(&room(id), 0).await
}

async fn exists(store: &Store, id: &str) -> bool {
    store.room(&RoomId::parse(id).unwrap()).await.unwrap().is_some()
}

#[tokio::test]
async fn a_failing_unit_takes_nobody_along() {
    let house = House::empty().await;
    let store = &house.store;
    let good = |id: &'static str| store.write(move |tx| async move { make(tx, id).await }.boxed());
    let bad = store.write(|tx| {
        async move {
            make(tx, "half").await?;
            Err::<(), _>(Error::invalid("x", "on purpose"))
        }
        .boxed()
    });
    let twice = store.write(|tx| {
        async move {
            make(tx, "other half").await?;
            make(tx, "a").await
        }
        .boxed()
    });
    let (a, bad, twice, b) = tokio::join!(good("a"), bad, twice, good("b"));
    assert!(a.is_ok() && b.is_ok());
    assert_eq!(bad, Err(Error::invalid("x", "on purpose")));
    assert!(matches!(twice, Err(Error::Internal(_))), "a broken rule of the database tells no SQL: {twice:?}");
    assert!(exists(store, "a").await && exists(store, "b").await);
    assert!(!exists(store, "half").await && !exists(store, "other half").await);
    assert_eq!(house.ask("SELECT CAST(many AS TEXT) FROM totals").await, "2");
}

#[tokio::test]
async fn a_panicking_unit_takes_nobody_along() {
    let house = House::empty().await;
    let store = &house.store;
    let bad = store.write(|tx| {
        async move {
            make(tx, "half").await?;
            if true {
                panic!("on purpose");
            }
            Ok(())
        }
        .boxed()
    });
    let good = store.write(|tx| async move { make(tx, "whole").await }.boxed());
    let (bad, good) = tokio::join!(bad, good);
    assert!(matches!(bad, Err(Error::Internal(_))), "{bad:?}");
    assert!(good.is_ok());
    assert!(exists(store, "whole").await && !exists(store, "half").await);
    let later = store.write(|tx| async move { make(tx, "later").await }.boxed()).await;
    assert!(later.is_ok(), "the writer goes on");
}

#[tokio::test]
async fn who_asked_may_go_away_and_it_is_done_all_the_same() {
    let house = House::empty().await;
    let (began, begun) = tokio::sync::oneshot::channel();
    let store = house.store.clone();
    let asked = tokio::spawn(async move {
        let unit = store.write(move |tx| {
            async move {
                began.send(()).unwrap();
                tokio::task::yield_now().await;
                make(tx, "unseen").await
            }
            .boxed()
        });
        unit.await
    });
    begun.await.unwrap();
    asked.abort();
    assert!(asked.await.unwrap_err().is_cancelled());
    // The next unit is answered after the first was committed.
    house.store.write(|tx| async move { make(tx, "next").await }.boxed()).await.unwrap();
    assert!(exists(&house.store, "unseen").await);
}

#[tokio::test]
async fn many_writers_at_once_all_land_exactly_once() {
    let house = House::empty().await;
    house.store.write(|tx| async move { make(tx, "counter").await }.boxed()).await.unwrap();
    let counted = join_all((0..64).map(|n| {
        let store = house.store.clone();
        tokio::spawn(async move {
            let unit = store.write(move |tx| {
                async move {
                    let seq = tx.next_attribute_seq(1).await?;
                    let key = format!("k{n}");
                    let attribute =
                        Attribute { key, value: String::new(), auto_delete: false, set_by: String::new(), seq };
                    tx.put_attribute(1, &attribute).await?;
                    Ok(seq)
                }
                .boxed()
            });
            unit.await.unwrap()
        })
    }));
    let mut counted: Vec<i64> = counted.await.into_iter().map(|counted| counted.unwrap()).collect();
    counted.sort_unstable();
    assert_eq!(counted, (1..=64).collect::<Vec<i64>>());
    assert_eq!(house.store.attributes(1).await.unwrap().len(), 64);
    assert_eq!(house.store.attribute_seq(1).await.unwrap(), 64);
}

#[tokio::test]
async fn what_was_answered_is_on_disk_and_there_after_a_restart() {
    let house = House::empty().await;
    house.store.write(|tx| async move { make(tx, "kept").await }.boxed()).await.unwrap();
    let seen = Dump::of(&house.file).await;
    assert_eq!(seen.count("rooms"), 1, "another process sees it before the store is closed");
    house.store.close().await;
    assert_eq!(Dump::of(&house.file).await, seen);
    let closed = house.store.write(|tx| async move { make(tx, "late").await }.boxed()).await;
    assert!(matches!(closed, Err(Error::Busy(_))), "{closed:?}");
    let again = Store::open(&format!("sqlite:{}", house.file.display())).await.unwrap();
    assert!(exists(&again, "kept").await);
    again.close().await;
}

#[tokio::test]
async fn a_database_of_a_newer_wardroom_is_refused() {
    let house = House::empty().await;
    house.store.close().await;
    house
        .sql(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
              VALUES (9999, 'from the future', 1, x'00', 0)",
        )
        .await;
    let before = std::fs::read(&house.file).unwrap();
    let refused = Store::open(&format!("sqlite:{}", house.file.display())).await.err().unwrap();
    assert!(refused.to_string().contains("made by a newer Wardroom"), "{refused}");
    assert_eq!(std::fs::read(&house.file).unwrap(), before);
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_in_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("picture.png");
    std::fs::write(&file, b"\x89PNG\r\n\x1a\n, and more that is no database at all".repeat(99)).unwrap();
    let refused = Store::open(&format!("sqlite:{}", file.display())).await.err().unwrap();
    assert!(refused.to_string().starts_with("the database cannot be opened"), "{refused}");
    for address in ["postgres://x", "", "sqlite:"] {
        assert!(Store::open(address).await.is_err(), "{address:?}");
    }
}

#[tokio::test]
async fn a_database_that_is_locked_makes_a_writer_busy_and_a_reader_none() {
    let house = House::open().await;
    let mut other = SqliteConnectOptions::new().filename(&house.file).connect().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let read = tokio::time::timeout(Duration::from_secs(5), house.viewer().get("/rooms/stage")).await.unwrap();
    assert_eq!(read.status, 200, "reading never waits for a writer");
    let write = house.store.clone();
    let waiting = tokio::spawn(async move { write.write(|tx| async move { make(tx, "patient").await }.boxed()).await });
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    assert!(waiting.await.unwrap().is_ok(), "a short lock is waited for");
}

#[tokio::test]
async fn whoever_is_only_seen_does_not_wait_for_the_writer_and_what_they_hold_is_there_at_once() {
    let house = House::open().await;
    let session = |data: &str| StoredSession {
        id_hash: "reader".to_owned(),
        staff: None,
        data: data.to_owned(),
        device: String::new(),
        address: String::new(),
        created_at: Timestamp(1),
        seen_at: Timestamp(1),
        expires_at: Timestamp(3000),
    };
    let held = || async { house.store.session("reader", Timestamp(2)).await.unwrap().unwrap().data };
    house.store.insert_session(session("old")).await.unwrap();
    let mut other = SqliteConnectOptions::new().filename(&house.file).connect().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let update = house.store.update_session(session("new"));
    tokio::time::timeout(Duration::from_secs(5), update).await.expect("sooner than the lock is given up").unwrap();
    assert_eq!(held().await, "new");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    // The writer has waited for the lock; what comes after is written behind it.
    house.store.update_session(session("newer")).await.unwrap();
    assert_eq!(held().await, "newer");
    house.store.close().await;
    let again = Store::open(&format!("sqlite:{}", house.file.display())).await.unwrap();
    assert_eq!(again.session("reader", Timestamp(2)).await.unwrap().unwrap().data, "newer");
}

#[tokio::test]
async fn ended_sessions_are_forgotten_and_nothing_else() {
    let house = House::open().await;
    let session = |id_hash: &str, expires: i64| StoredSession {
        id_hash: id_hash.to_owned(),
        staff: None,
        data: "{}".to_owned(),
        device: String::new(),
        address: String::new(),
        created_at: Timestamp(1),
        seen_at: Timestamp(1),
        expires_at: Timestamp(expires),
    };
    for (id, expires) in [("old", 1000), ("new", 3000)] {
        let session = session(id, expires);
        house.store.write(move |tx| async move { tx.insert_session(&session).await }.boxed()).await.unwrap();
    }
    let ended = house.store.write(|tx| async move { tx.delete_ended_sessions(Timestamp(2000)).await }.boxed());
    assert_eq!(ended.await.unwrap(), 1);
    assert!(house.store.session("new", Timestamp(2000)).await.unwrap().is_some());
    assert!(house.store.session("new", Timestamp(3000)).await.unwrap().is_none(), "not after its time");
}

#[tokio::test]
async fn an_empty_search_index_is_made_anew_when_the_database_is_opened() {
    let house = House::open().await;
    let found = async |store: &Store, word: &str| {
        let query = RoomQuery { search: word.to_owned(), ..RoomQuery::default() };
        store.rooms(&query).await.unwrap().rows.into_iter().map(|row| row.id.to_string()).collect::<Vec<_>>()
    };
    let before = found(&house.store, "舞台").await;
    assert_eq!(before, ["stage"]);
    house.sql("INSERT INTO grams (grams) VALUES ('delete-all')").await;
    assert_eq!(found(&house.store, "舞台").await, [""; 0]);
    let again = Store::open(&format!("sqlite:{}", house.file.display())).await.unwrap();
    assert_eq!(found(&again, "舞台").await, before);
    assert_eq!(found(&again, "stage").await, ["stage"], "a phrase as well");
    again.close().await;
}

#[tokio::test]
async fn a_database_opens_with_its_own_master_key_only() {
    use wardroom::store::key::{KeyPlace, MasterKey};
    let house = House::open().await;
    let url = format!("sqlite:{}", house.file.display());
    let key = house.file.with_extension("key");
    let sealed = house.store.keys().seal("a thing", b"secret");
    house.store.close().await;

    let text = std::fs::read_to_string(&key).unwrap();
    std::fs::remove_file(&key).unwrap();
    let missing = Store::open(&url).await.err().unwrap().to_string();
    assert!(missing.contains("--key-file") && missing.contains("wardroom.key"), "{missing}");
    assert!(!key.exists(), "a new key would open nothing");

    let given = KeyPlace::Given(MasterKey::generate());
    let wrong = Store::open_with(&url, Some(&given)).await.err().unwrap().to_string();
    assert!(wrong.contains("WARDROOM_KEY is not the key of this database"), "{wrong}");

    let given = KeyPlace::Given(MasterKey::parse(&text).unwrap());
    let store = Store::open_with(&url, Some(&given)).await.unwrap();
    assert_eq!(store.keys().open("a thing", &sealed).unwrap(), b"secret");
    store.close().await;
}
