//! `/healthz` and `/readyz`, and the address of those who watch.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::harness::{
    House,
    served::{Served, free_address},
};

#[tokio::test]
async fn a_house_whose_writer_is_stuck_is_alive_but_not_ready() {
    let house = House::open().await;
    let nobody = house.nobody();
    assert_eq!((nobody.get("/readyz").await.status, nobody.get("/healthz").await.body.as_str()), (200, "ok\n"));
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (store, says, waits) = (house.store.clone(), begun.clone(), go_on.clone());
    let stuck = tokio::spawn(async move {
        store
            .write(move |_| {
                Box::pin(async move {
                    says.notify_one();
                    waits.notified().await;
                    Ok(())
                })
            })
            .await
    });
    begun.notified().await;
    let answer = loop {
        // An answer counts for half a second: the good one may be told once more.
        let answer = nobody.get("/readyz").await;
        if answer.status != 200 {
            break answer;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((answer.status, answer.body.as_str()), (503, "the writer did not answer within 2 seconds\n"));
    assert!(answer.header("set-cookie").is_empty(), "no session for whoever watches");
    let alive = tokio::time::timeout(std::time::Duration::from_millis(500), nobody.get("/healthz")).await.unwrap();
    assert_eq!(alive.status, 200);
    go_on.notify_one();
    stuck.await.unwrap().unwrap();
    while nobody.get("/readyz").await.status != 200 {
        tokio::task::yield_now().await;
    }
    house.store.close().await;
    let closed = loop {
        let answer = nobody.get("/readyz").await;
        if answer.status != 200 {
            break answer;
        }
        tokio::task::yield_now().await;
    };
    assert!(closed.status == 503 && closed.body.contains("shutting down"), "{}", closed.body);
    assert_eq!(nobody.get("/healthz").await.status, 200);
}

#[test]
fn the_figures_have_an_address_of_their_own_and_only_where_one_is_set() {
    let ops = free_address();
    let served = Served::start("info", &["--ops-addr", &ops], "Wardroom is open");
    for path in ["/healthz", "/readyz"] {
        for address in [&ops, &served.console] {
            assert_eq!(served.get(address, path, address), (200, "ok\n".to_owned()), "{address}{path}");
        }
    }
    let (status, figures) = served.get(&ops, "/metrics", &ops);
    assert_eq!(status, 200);
    for name in ["wardroom_build_info{version=", "process_resident_memory_bytes ", "wardroom_database_bytes "] {
        assert!(figures.contains(name), "{name}: {figures}");
    }
    assert_eq!(served.get(&served.console, "/metrics", &served.console).0, 303, "the console sends to the sign-in");
    for path in ["/rooms", "/sign-in", "/api/sign_in"] {
        assert_eq!(served.get(&ops, path, &ops).0, 404, "{path}");
    }
    assert!(served.stop().contains("Wardroom is closed"));
}
