//! Attributes of many rooms, set and deleted, within a room's limits.

use wardroom::{
    domain::{audit::Action, job::Sort},
    services::jobs,
};

use super::{ada, all, attributes_of, done, listed, results, steps};
use crate::harness::{House, STAGE};

#[tokio::test]
async fn attributes_are_set_and_deleted_and_keep_who_set_them() {
    let house = House::open().await;
    let ctx = ada(&house);
    let typed = attributes_of(&[("mic1", Some("u7")), ("topic", None), ("mood", Some("calm\nand long"))]);
    let job = jobs::plan(&ctx, all(), steps(&typed)).await.unwrap();
    assert_eq!((job.preview.change, job.preview.refused), (job.total, 0));
    let job = done(&house, &ctx, job).await;
    assert_eq!(job.tally.changed, job.total);
    let stage = house.room(STAGE).await;
    let attributes = house.store.attributes(stage.number).await.unwrap();
    let short: Vec<(&str, &str, bool, &str)> =
        attributes.iter().map(|a| (a.key.as_str(), a.value.as_str(), a.auto_delete, a.set_by.as_str())).collect();
    assert_eq!(short, [("mic1", "u7", true, "u2"), ("mood", "calm\nand long", false, "")]);
    let entry = house.store.entry(results(&house, job.id).await[STAGE].entry.unwrap()).await.unwrap().unwrap();
    assert_eq!((entry.action, entry.changes.len()), (Action::AttributesChanged, 3));
    assert_eq!(stage.version, 2, "one change, one version");

    let again = jobs::plan(&ctx, all(), steps(&typed)).await.unwrap();
    assert_eq!((again.preview.change, again.preview.unchanged), (0, again.total));
    assert!(jobs::run(&ctx, again.id, &jobs::token(&ctx, &again).unwrap()).await.is_err(), "nothing to run");
}

#[tokio::test]
async fn a_room_that_is_full_is_refused_and_tried_again_when_it_has_a_place() {
    let house = House::open().await;
    let full: String = (0..20).map(|n| format!("{{\"key\":\"k{n}\",\"value\":\"v\"}},")).collect();
    let full = full.trim_end_matches(',');
    house.import(format!("{{\"id\":\"full\",\"attributes\":[{full}]}}\n")).await;
    let ctx = ada(&house);
    let job =
        jobs::plan(&ctx, listed(&["full", STAGE]), steps(&attributes_of(&[("one more", Some("x"))]))).await.unwrap();
    assert_eq!((job.preview.change, job.preview.refused), (1, 1));
    assert!(job.preview.refusing[0].why.contains("a room takes 20 attributes"), "{:?}", job.preview.refusing);
    let job = done(&house, &ctx, job).await;
    assert_eq!((job.tally.changed, job.tally.failed), (1, 1));
    let failed = jobs::results(&ctx, job.id, Some(Sort::Failed), &Default::default()).await.unwrap().rows;
    assert_eq!((failed.len(), failed[0].room.as_str()), (1, "full"));
    assert!(failed[0].reason.contains("delete one first"), "{}", failed[0].reason);

    let delete = jobs::plan(&ctx, listed(&["full"]), steps(&attributes_of(&[("k7", None)]))).await.unwrap();
    done(&house, &ctx, delete).await;
    let retry = jobs::plan_retry(&ctx, job.id).await.unwrap();
    assert_eq!((retry.total, retry.preview.change, retry.preview.moved), (1, 1, 0), "only what failed, as it is now");
    let retry = done(&house, &ctx, retry).await;
    assert_eq!(retry.tally.changed, 1);
    let number = house.room("full").await.number;
    assert!(house.store.attributes(number).await.unwrap().iter().any(|attribute| attribute.key == "one more"));
    assert!(jobs::plan_retry(&ctx, retry.id).await.is_err(), "nothing failed");

    let swap = attributes_of(&[("k1", None), ("for k1", Some("x"))]);
    let swap = jobs::plan(&ctx, listed(&["full"]), steps(&swap)).await.unwrap();
    assert_eq!(done(&house, &ctx, swap).await.tally.changed, 1, "one goes, one comes");
}
