//! How long sessions last, who sees them and who ends them.

use wardroom::server::clock;

use crate::harness::{Actor, House, PASSWORD};

const HOUR: i64 = 3_600_000;

async fn sign_in<'h>(house: &'h House, name: &str) -> Actor<'h> {
    let browser = house.nobody();
    browser.call("/api/sign_in", &[("name", name), ("password", PASSWORD)]).await.done();
    browser
}

async fn ends_at(house: &House) -> i64 {
    house.ask("SELECT CAST(max(expires_at) AS TEXT) FROM sessions").await.parse().unwrap()
}

#[tokio::test]
async fn an_idle_session_ends_after_what_is_set() {
    let house = House::with(|config| config.settings.policy.idle = 2 * HOUR).await;
    house.sql("DELETE FROM sessions").await;
    let browser = house.nobody();
    let answer = browser.call("/api/sign_in", &[("name", "vera"), ("password", PASSWORD)]).await;
    assert!(
        answer.header("set-cookie").contains("Max-Age=7200") || answer.header("set-cookie").contains("Max-Age=7199")
    );
    let left = ends_at(&house).await - clock::now().0;
    assert!((2 * HOUR - 60_000..=2 * HOUR).contains(&left), "{left}");
    house.sql("UPDATE sessions SET expires_at = unixepoch() * 1000 - 1").await;
    assert_eq!(browser.get("/rooms").await.status, 303, "whatever the browser thinks");
}

#[tokio::test]
async fn a_session_ends_for_good_however_busy_it_is() {
    let house = House::with(|config| config.settings.policy.longest = 2 * HOUR).await;
    let vera = house.viewer();
    house.sql("UPDATE sessions SET data = json_set(data, '$.since', unixepoch() * 1000 - 7100000, '$.seen', 1)").await;
    assert_eq!(vera.get("/rooms").await.status, 200);
    let left = "SELECT CAST(expires_at - unixepoch() * 1000 AS TEXT) FROM sessions JOIN staff ON staff.id = staff WHERE name = 'vera'";
    let left: i64 = house.ask(left).await.parse().unwrap();
    assert!((0..=101_000).contains(&left), "using it does not put the end off: {left}");
    house.sql("UPDATE sessions SET data = json_set(data, '$.since', unixepoch() * 1000 - 7201000)").await;
    assert_eq!(vera.get("/rooms").await.status, 303);
    assert_eq!(vera.call("/api/save_preferences", &[("density", "compact")]).await.status, 401);
}

#[tokio::test]
async fn a_session_that_has_ended_is_not_listed() {
    let house = House::open().await;
    let (here, there) = (house.viewer(), sign_in(&house, "vera").await);
    assert_eq!(here.get("/account").await.text().matches("Test browser").count(), 2);
    house.sql("UPDATE sessions SET created_at = 1 WHERE created_at = (SELECT max(created_at) FROM sessions)").await;
    assert_eq!(here.get("/account").await.text().matches("Test browser").count(), 1);
    drop(there);
}

#[tokio::test]
async fn an_admin_sees_and_ends_the_sessions_of_others() {
    let house = House::open().await;
    let ada = house.admin();
    let (first, second, third) = (
        sign_in(&house, "mona").await,
        sign_in(&house, "mona").await,
        sign_in(&house, "mona").await.from([198, 51, 100, 7]),
    );
    assert_eq!(third.get("/rooms").await.status, 200);
    let id = house.id("mona").await.to_string();
    let path = format!("/staff/{id}");
    let page = ada.get(&path).await;
    assert_eq!((page.title().as_str(), page.text().matches("Test browser").count()), ("mona · Wardroom", 4));
    assert!(!page.says("This one"), "{}", page.text());
    let handles: Vec<String> =
        page.tags().iter().filter(|tag| tag.get("name") == "handle").map(|tag| tag.get("value").to_owned()).collect();
    let pairs = [("id", id.as_str()), ("handle", &handles[0]), ("back", &path)];
    assert!(ada.submit("/api/end_staff_session", &pairs).await.says("Ended a session of mona."));
    let mut open = 0;
    for browser in [&first, &second, &third] {
        open += usize::from(browser.get("/rooms").await.status == 200);
    }
    assert!(open >= 2, "one has ended, and no more");
    assert!(ada.submit("/api/end_staff_sessions", &[("id", &id), ("back", &path)]).await.says("Ended 3 sessions."));
    for browser in [&first, &second, &third, &house.moderator()] {
        assert_eq!(browser.get("/rooms").await.status, 303);
    }
    assert!(ada.get(&path).await.says("None: nobody is signed in with this account."));
    assert_eq!(house.viewer().call("/api/end_staff_sessions", &[("id", &id)]).await.status, 403);

    let own = house.id("ada").await.to_string();
    sign_in(&house, "ada").await;
    let page = ada.submit("/api/end_staff_sessions", &[("id", &own), ("back", &format!("/staff/{own}"))]).await;
    assert!(page.says("Ended 1 session.") && page.says("This one"), "not the one that asks: {}", page.text());
}

#[tokio::test]
async fn a_session_that_was_ended_is_not_brought_back_by_a_request_under_way() {
    use tower_sessions::{SessionStore, session::Record};
    let house = House::open().await;
    let sessions = wardroom::server::session::Sessions { store: house.store.clone(), longest: HOUR };
    let expiry_date = time::OffsetDateTime::now_utc() + time::Duration::hours(1);
    let mut record = Record { id: Default::default(), data: Default::default(), expiry_date };
    sessions.create(&mut record).await.unwrap();
    let under_way = sessions.load(&record.id).await.unwrap().unwrap();
    sessions.delete(&record.id).await.unwrap();
    sessions.save(&under_way).await.unwrap();
    assert!(sessions.load(&record.id).await.unwrap().is_none());
}
