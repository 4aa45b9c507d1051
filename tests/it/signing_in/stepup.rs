//! Showing once more that it is oneself: what was sent waits for it and is done then, and nothing typed is lost.
//!
//! Which functions ask for it stands in `access::calls`.

use wardroom::domain::{Error, audit::Action};

use crate::harness::{Actor, Answer, House, PASSWORD, actor::as_it_stands};

const ADD: [(&str, &str); 3] = [("name", "Zoë<b>"), ("role", "auditor"), ("back", "/staff?x=1")];

/// Sends a form of the page as it stands there, with a proof in it.
async fn prove(actor: &Actor<'_>, page: &Answer, action: &str, proof: &str) -> Answer {
    let mut form = as_it_stands(page, action);
    assert!(form.iter().any(|(name, _)| name == "proof"), "{action}: {}", page.text());
    form.retain(|(name, _)| name != "proof");
    let mut pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    pairs.push(("proof", proof));
    actor.submit(action, &pairs).await
}

#[tokio::test]
async fn a_form_waits_until_its_sender_has_shown_who_they_are_and_is_done_then() {
    let house = House::open().await;
    let ada = house.admin();
    house.some_time_later().await;
    let (before, cookie) = (house.dump().await, ada.cookie().unwrap());
    let sent = ada.form("/api/add_staff", &ADD).await;
    assert_eq!((sent.status, sent.to()), (303, "/confirm?next=%2Fstaff%3Fx%3D1"));
    let page = ada.get(sent.to()).await;
    assert_eq!(page.title(), "Confirm that it is you · Wardroom");
    assert!(page.says("What you sent is kept"), "{}", page.text());
    let again = ada.get(sent.to()).await;
    assert_eq!(as_it_stands(&again, "/api/add_staff"), as_it_stands(&page, "/api/add_staff"), "a reload loses nothing");
    assert_eq!(before, house.dump().await);

    for wrong in ["not my password", ""] {
        let page = prove(&ada, &page, "/api/add_staff", wrong).await;
        let said = if wrong.is_empty() { "Password is empty" } else { "Password is not right." };
        assert!(page.says(said), "{}", page.text());
        assert_eq!(page.input("/api/add_staff", "name").as_deref(), Some("Zoë<b>"), "it still waits");
        assert_eq!(page.input("/api/add_staff", "proof").as_deref(), Some(""), "a proof does not come back");
    }
    assert_eq!(house.last().await.action, Action::ConfirmRefused);
    assert_eq!(before.count("staff"), house.dump().await.count("staff"));

    let page = ada.get("/confirm?next=%2Fstaff%3Fx%3D1").await;
    let page = prove(&ada, &page, "/api/add_staff", PASSWORD).await;
    assert!(page.title() == "Staff · Wardroom" && page.says("Added Zoë<b>."), "{}", page.text());
    let entries = house.audit().await;
    assert_eq!([entries[0].action, entries[1].action], [Action::StaffAdded, Action::Confirmed]);
    assert_ne!(ada.cookie().unwrap(), cookie, "a new session id");
    let thief = house.nobody();
    thief.set_cookie(&cookie);
    assert_eq!(thief.get("/rooms").await.status, 303, "and the old one is worth nothing");
    let page = ada.submit("/api/add_staff", &[("name", "next"), ("role", "viewer"), ("back", "/staff")]).await;
    assert!(page.says("Added next."), "not asked again so soon: {}", page.text());
}

#[tokio::test]
async fn secrets_are_never_kept_so_their_form_is_looked_at_again() {
    let house = House::open().await;
    let ada = house.admin();
    house.some_time_later().await;
    let vendor = wardroom::vendors::abouts()[0].key;
    let pairs = [
        ("name", "shop"),
        ("vendor", vendor),
        ("secret", "a-secret-of-mine"),
        ("may[scope]", "edit"),
        ("may[application]", ""),
        ("may[accounts]", ""),
        ("may[rate]", "7"),
        ("back", "/apps"),
    ];
    let page = ada.submit("/api/add_app", &pairs).await;
    assert_eq!(page.title(), "Confirm that it is you · Wardroom");
    assert!(!house.dump_text().await.contains("a-secret-of-mine"), "not even in the session");
    assert!(
        page.input("/api/add_app", "name").is_none() && page.says("but for passwords and secrets"),
        "{}",
        page.text()
    );
    let wrong = prove(&ada, &page, "/api/confirm", "wrong").await;
    assert!(wrong.says("Password is not right."), "{}", wrong.text());
    let page = prove(&ada, &wrong, "/api/confirm", PASSWORD).await;
    assert_eq!(page.title(), "Apps · Wardroom");
    assert!(page.says("Not done yet: it had to be sure first that it is you."), "{}", page.text());
    assert_eq!(page.input("/api/add_app", "name").as_deref(), Some("shop"));
    assert_eq!(page.input("/api/add_app", "may[rate]").as_deref(), Some("7"));
    assert_eq!(page.input("/api/add_app", "secret").as_deref(), Some(""));
    assert!(ada.submit("/api/add_app", &pairs).await.says("Added shop."));
}

#[tokio::test]
async fn what_a_back_end_may_do_is_widened_and_it_is_let_in_only_by_who_is_sure() {
    let house = House::open().await;
    let ada = house.admin();
    let app = house.backend(wardroom::vendors::abouts()[0].key).await.app;
    let (id, back) = (app.id.to_string(), format!("/apps/{}", app.id));
    let kept = async || house.store.app(app.id, house.ctx().now).await.unwrap().unwrap().app;
    house.some_time_later().await;
    let pairs = [
        ("id", id.as_str()),
        ("may[scope]", "manage"),
        ("may[application]", ""),
        ("may[accounts]", ""),
        ("may[rate]", "7,000"),
        ("back", back.as_str()),
    ];
    let page = ada.submit("/api/change_app", &pairs).await;
    assert_eq!(page.title(), "Confirm that it is you · Wardroom");
    assert_eq!(kept().await, app, "nothing is widened yet");
    let page = prove(&ada, &page, "/api/change_app", "wrong").await;
    assert!(page.says("Password is not right.") && kept().await == app, "{}", page.text());
    let page = prove(&ada, &page, "/api/change_app", PASSWORD).await;
    // What was typed is looked at only now, and comes back as it was.
    assert_eq!(page.input("/api/change_app", "may[rate]").as_deref(), Some("7,000"), "{}", page.text());
    assert_eq!(page.input("/api/change_app", "may[scope]").as_deref(), Some("manage"));
    let mut right = pairs;
    right[4] = ("may[rate]", "7");
    let page = ada.submit("/api/change_app", &right).await;
    assert!(page.says("It counts from its next call."), "not asked again so soon: {}", page.text());
    assert_eq!((kept().await.scope.key(), kept().await.rate), ("manage", Some(7)));

    for (action, is_out, said) in [("/api/disable_app", true, "is disabled"), ("/api/enable_app", false, "is enabled")]
    {
        house.some_time_later().await;
        let page = ada.submit(action, &[("id", &id), ("back", &back)]).await;
        assert_eq!(page.title(), "Confirm that it is you · Wardroom", "{action}");
        assert_eq!(kept().await.disabled, !is_out, "{action}");
        let page = prove(&ada, &page, action, PASSWORD).await;
        assert!(page.says(said) && page.title().starts_with(&app.name), "{action}: {}", page.text());
        assert_eq!(kept().await.disabled, is_out, "{action}");
    }
}

#[tokio::test]
async fn a_proof_counts_for_so_long_and_not_from_the_future() {
    let house = House::with(|config| config.settings.policy.step_up_after = 600_000).await;
    let ada = house.admin();
    let reset = async || ada.call("/api/reset_password", &[("id", "0")]).await.status;
    for (proved, status) in [
        ("UPDATE sessions SET data = json_set(data, '$.proved', unixepoch() * 1000 - 590000)", 404),
        ("UPDATE sessions SET data = json_set(data, '$.proved', unixepoch() * 1000 - 601000)", 401),
        ("UPDATE sessions SET data = json_set(data, '$.proved', unixepoch() * 1000 + 60000)", 401),
        ("UPDATE sessions SET data = json_set(data, '$.proved', 'soon')", 401),
    ] {
        house.sql(proved).await;
        assert_eq!(reset().await, status, "{proved}");
    }
    let fresh = house.nobody();
    fresh.call("/api/sign_in", &[("name", "ada"), ("password", PASSWORD)]).await.done();
    assert_eq!(fresh.call("/api/reset_password", &[("id", "0")]).await.status, 404, "signing in shows it too");
}

#[tokio::test]
async fn with_two_steps_the_code_is_the_proof_and_counts_once() {
    let house = House::open().await;
    let (ada, phone) = (house.admin(), house.phone("ada").await);
    house.some_time_later().await;
    let add = async |name: &str, proof: &str| {
        ada.call("/api/add_staff", &[("name", name), ("role", "viewer"), ("proof", proof)]).await
    };
    assert_eq!(add("a", PASSWORD).await.status, 422, "the password is no proof any more");
    assert_eq!(add("a", &phone.stale()).await.status, 422);
    let code = phone.code();
    assert_eq!(add("a", &code).await.status, 200);
    house.some_time_later().await;
    let replayed = add("b", &code).await;
    assert!(replayed.status == 422 && replayed.body.contains("was used already"), "{}", replayed.body);
    house.half_a_minute_later().await;
    let pairs = [("current", PASSWORD), ("new", "another horse altogether"), ("again", "another horse altogether")];
    assert_eq!(
        ada.call("/api/change_password", &pairs).await.error(),
        Error::StepUp,
        "the password alone changes nothing"
    );
    let page = ada.get("/account").await;
    assert!(page.input("/api/change_password", "new").is_none(), "so nothing is typed in vain");
    let page = ada.get("/confirm?next=%2Faccount").await;
    let page = prove(&ada, &page, "/api/confirm", &phone.code()).await;
    assert!(page.title() == "Account · Wardroom" && page.input("/api/change_password", "new").is_some());
    ada.call("/api/change_password", &pairs).await.done();
}

#[tokio::test]
async fn guessing_at_the_proof_ends() {
    let house = House::open().await;
    let ada = house.admin();
    house.some_time_later().await;
    let mut tried = 0;
    while ada.call("/api/confirm", &[("proof", "wrong")]).await.status == 422 {
        tried += 1;
        assert!(tried < 15, "never limited");
    }
    let page = ada.submit("/api/add_staff", &[ADD.as_slice(), &[("proof", PASSWORD)]].concat()).await;
    assert!(page.says("Too many attempts. Wait a minute"), "{}", page.text());
    assert_eq!(page.input("/api/add_staff", "name").as_deref(), Some("Zoë<b>"), "and nothing is lost");
}

#[tokio::test]
async fn commands_with_a_secret_in_them_are_shown_to_who_is_sure() {
    let house = House::open().await;
    let app = house.backend(wardroom::vendors::abouts()[0].key).await.app.id;
    let (ada, path) = (house.admin(), format!("/rooms/stage/api?app={app}"));
    assert!(ada.get(&path).await.body.contains("curl "));
    house.some_time_later().await;
    let page = ada.get(&path).await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("curl ") && page.says("Confirm that it is you"), "{}", page.text());
    let link = page.tags().into_iter().find(|tag| tag.get("href").starts_with("/confirm")).unwrap();
    let asked = ada.get(link.get("href")).await;
    let page = prove(&ada, &asked, "/api/confirm", PASSWORD).await;
    assert!(page.body.contains("curl "), "and the way leads back: {}", page.text());
}

#[tokio::test]
async fn the_page_leads_to_no_other_host() {
    let house = House::open().await;
    let ada = house.admin();
    for evil in ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
        let query = percent_encoding::utf8_percent_encode(evil, percent_encoding::NON_ALPHANUMERIC);
        let page = ada.get(&format!("/confirm?next={query}")).await;
        assert!(!page.tags().iter().any(|tag| tag.get("href") == evil), "{evil}");
        let sent = ada.form("/api/confirm", &[("next", evil)]).await;
        assert!(sent.to().starts_with('/') && !sent.to().contains("evil"), "{evil}: {}", sent.to());
    }
}
