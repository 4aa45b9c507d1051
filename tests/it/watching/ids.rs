//! The id of a request: in its answer, on the page that says that it failed, and nobody else's word for it.

use axum::{body::Body, http::Request};
use wardroom::domain::Error;

use crate::harness::{House, STAGE};

const NAME: &str = "x-request-id";

#[tokio::test]
async fn every_answer_has_an_id_of_ours_and_a_strangers_is_not_taken() {
    let house = House::open().await;
    let mut ids = Vec::new();
    for path in ["/sign-in", "/healthz", "/nothing", "/rooms", "/imkit/rooms", "/pkg/x", "/api/nothing"] {
        for brought in ["", "forged", "0123456789ab"] {
            let answer = house.nobody().send(Request::get(path).header(NAME, brought), Body::empty()).await;
            let id = answer.header(NAME).to_owned();
            assert!(id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()) && id != brought, "{id}");
            ids.push(id);
        }
    }
    let many = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), many, "no two are alike");
}

#[tokio::test]
async fn a_proxys_id_is_taken_where_it_looks_like_one() {
    let house = House::with(|config| config.trusted_proxies = vec![[10, 0, 0, 1].into()]).await;
    let long = "a".repeat(65);
    let ask = async |from: [u8; 4], id: &str| {
        let answer = house.nobody().from(from).send(Request::get("/healthz").header(NAME, id), Body::empty()).await;
        answer.header(NAME).to_owned()
    };
    for id in ["4bf92f3577b34da6a3ce929d0e0e4736", "A-b_c.9", &long[..64]] {
        assert_eq!(ask([10, 0, 0, 1], id).await, id);
        assert_ne!(ask([10, 0, 0, 2], id).await, id);
    }
    for id in [&long, "a b", "a;b", "a\"b", "a{b}", "a/b", "a=b"] {
        assert_ne!(ask([10, 0, 0, 1], id).await, id);
    }
}

#[tokio::test]
async fn what_fails_says_the_id_of_its_request() {
    let house = House::open().await;
    house.sql("ALTER TABLE rooms RENAME TO lost").await;
    let page = house.admin().get("/rooms/stage").await;
    assert_eq!(page.status, 500, "{}", page.text());
    assert!(page.says(page.header(NAME)), "{} on {}", page.header(NAME), page.text());
    // A write fails in the writer, which works for many.
    let answer = house.admin().call("/api/save_room", &[("id", STAGE), ("version", "1"), ("changes[name]", "x")]).await;
    assert_eq!(answer.error(), Error::Internal(answer.header(NAME).to_owned()));
    // Without JavaScript the page that follows tells the id of the form.
    let browser = house.admin();
    let sent = browser.form("/api/sign_out", &[]).await;
    assert_eq!(sent.status, 303);
}
