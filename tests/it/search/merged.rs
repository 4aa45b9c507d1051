//! The search index lies in one part after an import, and is brought into one after a job, while others search; what is
//! found is the same before and after.

use wardroom::{
    domain::room::RoomQuery,
    services::jobs,
    store::{Beside, Store},
};

use crate::{
    harness::{House, served::Served},
    jobs::{ada, all, done, set},
};

const QUESTIONS: [(&str, &str); 4] = [("q", "room 12"), ("q", "ふ"), ("muted", "yes"), ("status", "inactive")];

/// What is found, page after page.
async fn found(store: &Store) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for pair in QUESTIONS {
        let (query, refused) = RoomQuery::parse([pair]);
        assert!(refused.is_empty(), "{refused:?}");
        let found = store.rooms_between(&query, 0, 10_000).await.unwrap().0;
        assert!(!found.is_empty(), "{pair:?}");
        all.push(found.iter().map(|room| room.id.to_string()).collect());
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_leaves_one_part_and_a_job_more_which_are_merged_into_one_and_find_the_same() {
    let house = House::open().await;
    let line = |n: i64| {
        let status = if n % 7 == 0 { "inactive" } else { "active" };
        format!("{{\"id\":\"r{n}\",\"name\":\"Room {n} ふたり\",\"status\":\"{status}\",\"description\":\"{n}\"}}\n")
    };
    house.import((0..12_000).map(line).collect::<String>()).await;
    let parts = house.store.search_parts().await.unwrap();
    assert_eq!(parts.len(), 1, "an import leaves one part: {parts:?}");

    let ctx = ada(&house);
    let job = jobs::plan(&ctx, all(), set(&[("muted", "yes")])).await.unwrap();
    done(&house, &ctx, job).await;
    let parts = house.store.search_parts().await.unwrap();
    assert!(parts.len() > 1, "what a job wrote lies in other parts: {parts:?}");
    let before = found(&house.store).await;

    let store = house.store.clone();
    let merging = tokio::spawn(async move { store.merge_search(Beside::Others).await });
    let mut looks = 0;
    while !merging.is_finished() {
        assert_eq!(found(&house.store).await, before, "while it is merged");
        looks += 1;
    }
    assert!(merging.await.unwrap().unwrap() && looks > 0);
    let merged = house.store.search_parts().await.unwrap();
    assert_eq!(merged.len(), 1, "{merged:?}");
    assert_eq!(found(&house.store).await, before);
    house.sql("INSERT INTO grams (grams) VALUES ('integrity-check')").await;
    assert!(!house.store.merge_search(Beside::Nobody).await.unwrap(), "there is nothing left to do");

    // A server does it by itself.
    let job = jobs::plan(&ctx, all(), set(&[("muted", "no")])).await.unwrap();
    done(&house, &ctx, job).await;
    house.store.close().await;
    let folder = tempfile::tempdir().unwrap();
    for kind in ["db", "key"] {
        std::fs::copy(house.file.with_extension(kind), folder.path().join("wardroom").with_extension(kind)).unwrap();
    }
    Served::over(folder, "warn,wardroom=info", &[], "the search index is in one part").stop();
}
