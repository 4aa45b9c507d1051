//! One's own account: the password, the sessions, and what an admin does with other people's.

use wardroom::rpc::Secret;

use crate::harness::{Actor, House, PASSWORD, Person};

const NEW: &str = "another horse altogether";

async fn sign_in<'h>(house: &'h House, name: &str, password: &str) -> Option<Actor<'h>> {
    let browser = house.nobody();
    let answer = browser.call("/api/sign_in", &[("name", name), ("password", password)]).await;
    (answer.status == 200).then_some(browser)
}

async fn id(house: &House, name: &str) -> String {
    house.store.account_named(name).await.unwrap().unwrap().staff.id.to_string()
}

#[tokio::test]
async fn a_one_time_password_must_be_changed_before_anything_else() {
    let house = House::open().await;
    let page = house.nobody().submit("/api/sign_in", &[("name", "fritz"), ("password", PASSWORD)]).await;
    assert_eq!(page.title(), "Account · Wardroom", "signing in leads to the account, whatever was asked for");
    let fritz = house.actor(Person::Fresh);
    for path in ["/rooms", "/", "/audit", "/staff", "/rooms/stage"] {
        let to = fritz.get(path).await.to().to_owned();
        assert!(to == "/account" || path == "/", "{path}: {to}");
    }
    assert!(fritz.get("/account").await.says("Your password is a one-time one."));
    let inputs = [("current", PASSWORD), ("new", NEW), ("again", NEW), ("back", "/account")];
    let page = fritz.submit("/api/change_password", &inputs).await;
    assert_eq!(page.title(), "Rooms · Wardroom");
    assert_eq!(fritz.get("/staff").await.status, 200, "everything opens up");
    assert!(sign_in(&house, "fritz", PASSWORD).await.is_none(), "the one-time password is spent");
    assert!(sign_in(&house, "fritz", NEW).await.is_some());
}

#[tokio::test]
async fn a_password_that_will_not_do_is_refused_at_its_input_and_nothing_changes() {
    let house = House::open().await;
    let (ada, before) = (house.admin(), house.dump().await);
    let long = "é".repeat(600);
    for (current, new, again, field) in [
        ("wrong", NEW, NEW, "current"),
        ("", NEW, NEW, "current"),
        (PASSWORD, "short", "short", "new"),
        (PASSWORD, "", "", "new"),
        (PASSWORD, "ADA has a password", "ADA has a password", "new"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa", "new"),
        (PASSWORD, &long, &long, "new"),
        (PASSWORD, PASSWORD, PASSWORD, "new"),
        (PASSWORD, NEW, "another horse altogethe", "again"),
    ] {
        let inputs = [("current", current), ("new", new), ("again", again), ("back", "/account")];
        let answer = ada.call("/api/change_password", &inputs).await;
        assert_eq!(answer.status, 422, "{new:?}");
        assert!(answer.body.contains(&format!("\"field\":\"{field}\"")), "{new:?}: {}", answer.body);
        let page = ada.submit("/api/change_password", &inputs).await;
        for name in ["current", "new", "again"] {
            assert_eq!(page.input("/api/change_password", name).as_deref(), Some(""), "no password comes back");
        }
    }
    assert_eq!(before, house.dump().await);
    assert!(sign_in(&house, "ada", PASSWORD).await.is_some());
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions() {
    let house = House::open().await;
    let (here, there) = (house.admin(), sign_in(&house, "ada", PASSWORD).await.unwrap());
    assert_eq!(there.get("/rooms").await.status, 200);
    let inputs = [("current", PASSWORD), ("new", NEW), ("again", NEW)];
    assert_eq!(here.call("/api/change_password", &inputs).await.status, 200);
    assert_eq!(here.get("/rooms").await.status, 200, "this one goes on");
    assert_eq!(there.get("/rooms").await.status, 303);
    assert_eq!(house.viewer().get("/rooms").await.status, 200, "other people's go on");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_one_by_one_or_all_at_once() {
    let house = House::open().await;
    let here = house.admin();
    let there = sign_in(&house, "ada", PASSWORD).await.unwrap();
    let elsewhere = sign_in(&house, "ada", PASSWORD).await.unwrap();
    let page = here.get("/account").await;
    assert_eq!(page.text().matches("Test browser").count(), 3, "{}", page.text());
    assert_eq!(page.text().matches("This one").count(), 1);
    let handles: Vec<String> = page
        .tags()
        .into_iter()
        .filter(|tag| tag.get("name") == "handle")
        .map(|tag| tag.get("value").to_owned())
        .collect();
    assert_eq!(handles.len(), 2);
    assert!(handles.iter().all(|handle| handle.len() == 16));
    let page = here.submit("/api/end_session", &[("handle", &handles[0]), ("back", "/account")]).await;
    assert!(page.says("Ended the session."));
    let left = [there.get("/rooms").await.status, elsewhere.get("/rooms").await.status];
    assert_eq!(left.iter().filter(|status| **status == 200).count(), 1, "{left:?}");

    let other = house.viewer().call("/api/end_session", &[("handle", &handles[1])]).await;
    assert_eq!(other.status, 404, "nobody ends another's session");
    assert!(here.submit("/api/end_other_sessions", &[("back", "/account")]).await.says("Ended 1 session."));
    assert!(here.submit("/api/end_other_sessions", &[("back", "/account")]).await.says("Ended 0 sessions."));
    assert_eq!(there.get("/rooms").await.status, 303);
    assert_eq!(elsewhere.get("/rooms").await.status, 303);
    assert_eq!(here.get("/rooms").await.status, 200);
}

#[tokio::test]
async fn signing_out_ends_the_session_on_the_server() {
    let house = House::open().await;
    let ada = house.admin();
    let cookie = ada.cookie().unwrap();
    let page = ada.submit("/api/sign_out", &[]).await;
    assert_eq!(page.title(), "Sign in · Wardroom");
    ada.set_cookie(&cookie);
    assert_eq!(ada.get("/rooms").await.status, 303, "the old cookie is worth nothing");
}

#[tokio::test]
async fn an_admin_adds_an_account_whose_one_time_password_is_shown_once() {
    let house = House::open().await;
    let ada = house.admin();
    let page = ada.submit("/api/add_staff", &[("name", "Zoë"), ("role", "moderator"), ("back", "/staff")]).await;
    let secret = page.tags().into_iter().find(|tag| tag.get("id") == "secret").unwrap().text;
    assert_eq!(secret.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 4], "{secret}");
    assert!(!ada.get("/staff").await.body.contains(&secret), "shown once");
    assert!(!house.dump_text().await.contains(&secret), "and kept nowhere");
    let zoe = house.nobody();
    let page = zoe.submit("/api/sign_in", &[("name", "zoë"), ("password", &secret)]).await;
    assert_eq!(page.title(), "Account · Wardroom");
    for taken in ["zoë", "ZOË", "zoe\u{308}", "ADA"] {
        let answer = ada.call("/api/add_staff", &[("name", taken), ("role", "viewer")]).await;
        assert!(answer.status == 422 && answer.body.contains("is taken"), "{taken}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_reset_password_ends_the_sessions_and_must_be_changed() {
    let house = House::open().await;
    let vera = house.viewer();
    let done = house.admin().call("/api/reset_password", &[("id", &id(&house, "vera").await)]).await.done();
    let Secret { name, label, value: password, public, .. } = done.secret.unwrap();
    assert_eq!((name.as_str(), label.as_str(), public), ("vera", "One-time password", None));
    assert_eq!(vera.get("/rooms").await.status, 303);
    assert!(sign_in(&house, "vera", PASSWORD).await.is_none());
    let vera = sign_in(&house, "vera", &password).await.unwrap();
    assert_eq!(vera.get("/rooms").await.to(), "/account");
}

#[tokio::test]
async fn a_one_time_password_that_nobody_uses_ends_after_72_hours_and_an_admin_sees_it() {
    let house = House::open().await;
    let ada = house.admin();
    let made = ada.call("/api/add_staff", &[("name", "nina"), ("role", "viewer")]).await.done().secret.unwrap();
    assert!(made.note.contains("for 72 hours"), "{}", made.note);
    // Half an hour before it ends.
    house.sql("UPDATE staff SET one_time_until = one_time_until - 143 * 1800000 WHERE name = 'nina'").await;
    let nina = sign_in(&house, "nina", &made.value).await.unwrap();
    assert_eq!(nina.get("/rooms").await.to(), "/account");
    assert!(!ada.get("/staff").await.says("One-time password expired"));
    house.sql("UPDATE staff SET one_time_until = one_time_until - 1800000 WHERE name = 'nina'").await;

    let knock =
        async |password: &str| house.nobody().call("/api/sign_in", &[("name", "nina"), ("password", password)]).await;
    let (late, wrong) = (knock(&made.value).await, knock("wrong").await);
    assert_eq!((late.status, &late.body), (422, &wrong.body), "at the door nobody learns which it was");
    let notes: Vec<String> = house.audit().await.into_iter().take(2).map(|entry| entry.note).collect();
    assert_eq!(notes, ["", "the one-time password had expired"], "the trail says it");
    let id = id(&house, "nina").await;
    for path in ["/staff", &format!("/staff/{id}")] {
        assert!(ada.get(path).await.says("One-time password expired"), "{path}");
    }
    let inputs = [("current", made.value.as_str()), ("new", NEW), ("again", NEW)];
    nina.call("/api/change_password", &inputs).await.done();
    assert!(sign_in(&house, "nina", NEW).await.is_some(), "whoever came in time still changes it");
    house.sql("UPDATE staff SET created_at = 1 WHERE name = 'nina'").await;
    assert!(sign_in(&house, "nina", NEW).await.is_some(), "one's own does not end");

    let again = ada.call("/api/reset_password", &[("id", &id)]).await.done().secret.unwrap();
    assert!(sign_in(&house, "nina", &again.value).await.is_some(), "a new one counts anew");
}

#[tokio::test]
async fn nobody_locks_themselves_out_or_leaves_the_house_without_an_admin() {
    let house = House::open().await;
    let ada = house.admin();
    let (me, fritz) = (id(&house, "ada").await, id(&house, "fritz").await);
    let before = house.dump().await;
    for (path, inputs) in [
        ("/api/change_role", vec![("id", me.as_str()), ("role", "viewer")]),
        ("/api/disable_staff", vec![("id", me.as_str())]),
    ] {
        let answer = ada.call(path, &inputs).await;
        assert!(answer.status == 422 && answer.body.contains("is your own"), "{path}: {}", answer.body);
    }
    assert_eq!(before, house.dump().await);
    assert_eq!(ada.call("/api/disable_staff", &[("id", &fritz)]).await.status, 200);
    // A command may change anybody, but not the last admin.
    let me: i64 = me.parse().unwrap();
    let last = wardroom::services::staff::set_disabled(&house.ctx(), me, true).await.unwrap_err();
    assert!(last.to_string().contains("last admin"), "{last}");
    let last = wardroom::services::staff::change_role(&house.ctx(), me, wardroom::domain::Role::Viewer).await;
    assert!(last.is_err());
    assert_eq!(ada.get("/staff").await.status, 200);
}
