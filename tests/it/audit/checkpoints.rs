//! Checkpoints that are kept elsewhere: they tell what the file alone cannot, and nothing that was not so.

use wardroom::{
    domain::trail::{Checkpoint, Fault},
    store::{Store, Trail},
};

use super::chain::{BEGAN, Kept, append, tamper, verify};
use crate::harness::House;

async fn checkpoint(file: &std::path::Path) -> Checkpoint {
    let mut trail = Trail::open(&format!("sqlite:{}", file.display()), None).await.unwrap();
    let made = trail.checkpoint(BEGAN).await.unwrap().unwrap();
    trail.close().await;
    made
}

const BACK: &str = "REPLACE INTO audit_ends SELECT * FROM kept; DELETE FROM audit WHERE id > 7;
                    UPDATE sqlite_sequence SET seq = 7 WHERE name = 'audit'";

#[tokio::test]
async fn an_older_file_that_was_put_back_is_found_also_when_it_grew_again() {
    let kept = Kept::new().await;
    let file = kept.copy();
    let known = checkpoint(&file).await;
    assert_eq!((known.entry, known.entries), (10, 10));
    let whole = verify(&file, std::slice::from_ref(&known)).await.unwrap();
    assert_eq!((whole.checkpoints, whole.head), (1, known.head.clone()));

    tamper(&file, BACK).await;
    let early = checkpoint(&file).await;
    let bad = verify(&file, std::slice::from_ref(&known)).await.unwrap_err();
    assert_eq!((bad.entry, &bad.fault, bad.whole), (8, &Fault::Beyond(BEGAN, 10), 7));

    let store = Store::open(&format!("sqlite:{}", file.display())).await.unwrap();
    append(&store, 21..=25).await;
    assert!(!store.holds(&known).await.unwrap() && store.holds(&early).await.unwrap());
    store.close().await;
    assert_eq!(verify(&file, &[]).await.unwrap().entries, 12, "by itself the file is whole");
    let bad = verify(&file, &[known.clone(), early.clone()]).await.unwrap_err();
    assert_eq!((bad.entry, &bad.fault), (10, &Fault::Checkpoint(BEGAN)));
    assert!(bad.at.is_some() && bad.to_string().contains("the trail was rewritten"), "{bad}");
    assert_eq!(verify(&file, &[early]).await.unwrap().checkpoints, 1);
}

#[tokio::test]
async fn a_file_that_was_made_to_look_older_than_the_chain_is_sealed_again_and_a_checkpoint_tells() {
    let kept = Kept::new().await;
    let file = kept.copy();
    let known = checkpoint(&file).await;
    tamper(&file, "DELETE FROM audit WHERE id = 5; UPDATE audit SET mac = NULL; DELETE FROM audit_ends").await;
    let store = Store::open(&format!("sqlite:{}", file.display())).await.unwrap();
    assert!(!store.holds(&known).await.unwrap());
    store.close().await;
    let whole = verify(&file, &[]).await.unwrap();
    assert_eq!((whole.entries, whole.unused, whole.last.unwrap().0), (10, 1, 11), "the last tells of the sealing");
    let bad = verify(&file, &[known]).await.unwrap_err();
    assert_eq!(bad.fault, Fault::Database(BEGAN));
}

#[tokio::test]
async fn a_forged_checkpoint_and_one_of_another_database_are_known() {
    let (house, other) = (House::empty().await, House::empty().await);
    append(&house.store, 1..=3).await;
    append(&other.store, 1..=3).await;
    let (known, foreign) = (checkpoint(&house.file).await, checkpoint(&other.file).await);
    let trail = Trail::open(&format!("sqlite:{}", house.file.display()), None).await.unwrap();
    assert!(trail.made(&known) && !trail.made(&foreign));
    assert!(!trail.made(&Checkpoint { entry: 2, ..known.clone() }));
    assert!(!trail.made(&Checkpoint { head: foreign.head.clone(), ..known }));
    trail.close().await;
}
