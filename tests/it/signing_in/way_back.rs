//! A session that ends in the middle of a form: sign in, and everything typed is there.

use crate::harness::{Actor, House, PASSWORD, STAGE};

/// What somebody typed for an hour.
const TYPED: [(&str, &str); 7] = [
    ("id", STAGE),
    ("version", "1"),
    ("back", "/rooms/stage"),
    ("op", "the-first-try"),
    ("changes[name]", "typed <b>\"name\"</b>"),
    ("changes[description]", "line one\r\n</textarea><script>alert(1)</script>"),
    ("changes[muted]", "yes"),
];

async fn types_after_the_end(house: &House) -> Actor<'_> {
    let admin = house.admin();
    let before = house.dump().await;
    let sent = admin.form("/api/save_room", &TYPED).await;
    assert_eq!((sent.status, sent.to()), (303, "/sign-in?next=%2Frooms%2Fstage"));
    assert_eq!(before, house.dump().await, "nothing was written");
    let page = admin.get(sent.to()).await;
    assert!(page.says("What you typed there is kept."), "{}", page.text());
    assert_eq!(page.input("/api/sign_in", "next").as_deref(), Some("/rooms/stage"));
    assert!(!page.body.contains("typed <b>"), "what was typed is not shown to whoever stands before the door");
    admin
}

async fn finds_everything(admin: &Actor<'_>) {
    let page = admin.submit("/api/sign_in", &[("name", "ada"), ("password", PASSWORD), ("next", "/rooms/stage")]).await;
    let shown = |name: &str| page.input("/api/save_room", name).unwrap_or_else(|| panic!("{name}: {}", page.text()));
    assert_eq!(shown("changes[name]"), "typed <b>\"name\"</b>");
    assert_eq!(shown("changes[description]").replace("\r\n", "\n"), TYPED[5].1.replace("\r\n", "\n"));
    assert_eq!(shown("changes[muted]"), "yes");
    assert_eq!(shown("version"), "1");
    assert!(!page.body.contains("<script>"), "what was typed is text");
    assert!(page.says("Not saved yet: your session had ended."), "{}", page.text());
    let form = crate::harness::actor::as_it_stands(&page, "/api/save_room");
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let saved = admin.submit("/api/save_room", &form).await;
    assert!(saved.says("Saved 3 changes."), "{}", saved.text());
}

#[tokio::test]
async fn a_session_that_was_too_long_idle_loses_nothing() {
    let house = House::open().await;
    house.sql("UPDATE sessions SET expires_at = 1").await;
    let admin = types_after_the_end(&house).await;
    finds_everything(&admin).await;
}

#[tokio::test]
async fn a_session_that_is_too_old_loses_nothing_however_busy_it_was() {
    let house = House::open().await;
    house.sql("UPDATE sessions SET data = json_set(data, '$.since', 1)").await;
    let admin = types_after_the_end(&house).await;
    finds_everything(&admin).await;
}

#[tokio::test]
async fn a_session_that_was_ended_from_elsewhere_loses_nothing() {
    let house = House::open().await;
    house.sql("DELETE FROM sessions").await;
    let admin = types_after_the_end(&house).await;
    finds_everything(&admin).await;
}

#[tokio::test]
async fn a_mistyped_password_on_the_way_loses_nothing() {
    let house = House::open().await;
    house.sql("DELETE FROM sessions").await;
    let admin = types_after_the_end(&house).await;
    for _ in 0..2 {
        let inputs = [("name", "ada"), ("password", "wrong"), ("next", "/rooms/stage"), ("back", "/sign-in")];
        let page = admin.submit("/api/sign_in", &inputs).await;
        assert_eq!(page.title(), "Sign in · Wardroom");
        assert!(page.says("Check both and try again."), "{}", page.text());
        assert_eq!(page.input("/api/sign_in", "next").as_deref(), Some("/rooms/stage"));
    }
    finds_everything(&admin).await;
}

#[tokio::test]
async fn an_island_is_told_to_sign_in() {
    let house = House::open().await;
    house.sql("DELETE FROM sessions").await;
    let answer = house.admin().call("/api/save_room", &TYPED).await;
    assert_eq!((answer.status, answer.body.as_str()), (401, "\"unauthenticated\""));
}

#[tokio::test]
async fn a_session_in_use_stays_alive() {
    let house = House::open().await;
    let soon = "UPDATE sessions SET expires_at = unixepoch() * 1000 + 60000, data = json_set(data, '$.seen', 1)";
    house.sql(soon).await;
    assert_eq!(house.admin().get("/rooms").await.status, 200);
    let left = "SELECT CAST(max(expires_at) - unixepoch() * 1000 > 7 * 3600000 AS TEXT) FROM sessions";
    assert_eq!(house.ask(left).await, "1", "eight hours again");
}
