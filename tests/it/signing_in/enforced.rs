//! Roles that need two steps: without the second one nothing opens up but its setting up.

use wardroom::domain::{Error, Role};

use crate::harness::{Actor, House, Person, Phone};

async fn strict() -> House {
    House::with(|config| config.settings.policy.two_steps = vec![Role::Admin, Role::Auditor]).await
}

/// Sets a second step up from the page.
async fn set_up(actor: &Actor<'_>) {
    let page = actor.get("/account/totp").await;
    assert!(page.says("Your role needs two steps to sign in."), "{}", page.text());
    let key = page.tags().into_iter().find(|tag| tag.get("id") == "totp-key").unwrap().text;
    let sealed = page.input("/api/turn_on_totp", "key").unwrap();
    let pairs = [("key", sealed.as_str()), ("digits", &Phone::typed(&key).code())];
    actor.call("/api/turn_on_totp", &pairs).await.done();
}

#[tokio::test]
async fn without_a_second_step_pages_functions_and_files_are_closed() {
    let house = strict().await;
    for person in [Person::Admin, Person::Auditor] {
        let actor = house.actor(person);
        for path in ["/rooms", "/rooms/stage", "/audit", "/staff", "/apps", "/preferences", "/jobs", "/nothing"] {
            assert_eq!(actor.get(path).await.to(), "/account/totp", "{person:?} {path}");
        }
        for path in ["/account", "/account/totp", "/confirm"] {
            assert_eq!(actor.get(path).await.status, 200, "{person:?} {path}");
        }
        for path in ["/audit/export", "/rooms.csv", "/rooms/stage/cover"] {
            assert_eq!(actor.get(path).await.status, 401, "{person:?} {path}");
        }
        let before = house.dump().await;
        let refused = actor.call("/api/save_preferences", &[("density", "compact")]).await;
        assert!(matches!(refused.error(), Error::Forbidden(why) if why.contains("needs two-step sign-in")));
        let page = actor.submit("/api/add_staff", &[("name", "x"), ("role", "admin"), ("back", "/staff")]).await;
        assert!(page.says("Your role needs two-step sign-in"), "{}", page.text());
        assert_eq!(before.differs(&house.dump().await), ["audit"], "the refusals are noted");
    }
    assert_eq!(house.viewer().get("/rooms").await.status, 200, "other roles are let be");
    assert_eq!(house.moderator().get("/rooms").await.status, 200);
}

#[tokio::test]
async fn once_it_is_set_up_everything_opens_and_it_stays() {
    let house = strict().await;
    let ada = house.admin();
    set_up(&ada).await;
    assert_eq!(ada.get("/staff").await.status, 200);
    let page = ada.get("/account/totp").await;
    assert!(page.input("/api/turn_off_totp", "back").is_none() && page.says("Your role needs it."), "{}", page.text());
    assert_eq!(ada.call("/api/turn_off_totp", &[]).await.status, 403);
}

#[tokio::test]
async fn whoever_gets_such_a_role_needs_two_steps_at_the_next_request() {
    let house = strict().await;
    let (ada, vera) = (house.admin(), house.viewer());
    set_up(&ada).await;
    let id = house.id("vera").await.to_string();
    assert_eq!(vera.get("/rooms").await.status, 200);
    ada.call("/api/change_role", &[("id", &id), ("role", "auditor")]).await.done();
    assert_eq!(vera.get("/rooms").await.to(), "/account/totp");
    ada.call("/api/change_role", &[("id", &id), ("role", "viewer")]).await.done();
    assert_eq!(vera.get("/rooms").await.status, 200);
}

#[tokio::test]
async fn a_one_time_password_comes_first() {
    let house = strict().await;
    let fritz = house.actor(Person::Fresh);
    assert_eq!(fritz.get("/rooms").await.to(), "/account");
    assert_eq!(fritz.get("/account/totp").await.to(), "/account");
    house.sql("UPDATE staff SET one_time_until = NULL").await;
    assert_eq!(fritz.get("/rooms").await.to(), "/account/totp");
}
