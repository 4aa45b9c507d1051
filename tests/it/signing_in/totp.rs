//! Two steps: setting the second one up, signing in with it, recovery codes, and what a code is worth the second time.

use wardroom::domain::{
    Error,
    audit::{Action, Actor as Who},
};

use crate::harness::{Actor, Answer, House, PASSWORD, Person, Phone};

/// The recovery codes that a page shows.
fn codes(page: &Answer) -> Vec<String> {
    let shown = page.tags().into_iter().find(|tag| tag.get("id") == "secret");
    shown.map(|tag| tag.text.split_whitespace().map(str::to_owned).collect()).unwrap_or_default()
}

fn key(page: &Answer) -> String {
    page.tags().into_iter().find(|tag| tag.get("id") == "totp-key").unwrap().text
}

async fn turn_on(actor: &Actor<'_>, sealed: &str, digits: &str) -> Answer {
    let pairs = [("key", sealed), ("digits", digits), ("back", "/account/totp")];
    actor.submit("/api/turn_on_totp", &pairs).await
}

async fn second(browser: &Actor<'_>, code: &str) -> Answer {
    browser.call("/api/sign_in_code", &[("code", code), ("next", "/audit")]).await
}

#[tokio::test]
async fn it_is_set_up_with_a_key_from_the_page_and_a_code_that_shows_that_it_arrived() {
    let house = House::open().await;
    let (vera, elsewhere) = (house.viewer(), house.nobody());
    elsewhere.call("/api/sign_in", &[("name", "vera"), ("password", PASSWORD)]).await.done();
    let before = house.dump().await;
    let page = vera.get("/account/totp").await;
    let (typed, sealed) = (key(&page), page.input("/api/turn_on_totp", "key").unwrap());
    assert_ne!(typed, key(&vera.get("/account/totp").await), "each look makes another");
    let phone = Phone::typed(&typed);
    assert!(
        page.tags().iter().any(|tag| tag.name == "svg" && tag.get("class") == "qr") && page.says("Scan the picture"),
        "{}",
        page.text()
    );

    let page = turn_on(&vera, &sealed, &phone.stale()).await;
    assert!(page.says("Code is not right.") && page.body.contains("id=\"field-digits-error\""), "{}", page.text());
    assert_eq!(
        (key(&page), page.input("/api/turn_on_totp", "key").as_ref()),
        (typed.clone(), Some(&sealed)),
        "the same key"
    );
    assert_eq!(before, house.dump().await);
    let others = house.moderator().call("/api/turn_on_totp", &[("key", &sealed), ("digits", &phone.code())]).await;
    assert!(others.status == 422 && others.body.contains("too old"), "a key is one person's: {}", others.body);

    let page = turn_on(&vera, &sealed, &format!(" {} ", phone.code())).await;
    assert!(page.says("Two-step sign-in is on."), "{}", page.text());
    let shown = codes(&page);
    assert_eq!(shown.len(), 10);
    assert!(shown.iter().all(|code| code.len() == 29 && code.split('-').all(|part| part.len() == 4)), "{shown:?}");
    let file = page.tags().into_iter().find(|tag| tag.has("download")).unwrap();
    assert!(
        file.get("href").starts_with("data:text/plain") && file.get("href").contains(&shown[9][..4]),
        "as a file too"
    );
    assert_eq!(house.last().await.action, Action::TotpOn);
    assert_eq!(elsewhere.get("/rooms").await.status, 303, "the other sessions have ended");

    assert!(codes(&vera.get("/account/totp").await).is_empty(), "shown once");
    let kept = house.dump_text().await;
    for secret in shown.iter().flat_map(|code| [code.clone(), code.replace('-', "")]).chain([typed.replace(' ', "")]) {
        assert!(!kept.contains(&secret), "and kept as hashes, the key sealed");
    }
    let again = vera.call("/api/turn_on_totp", &[("key", &sealed), ("digits", &phone.next())]).await;
    assert_eq!((again.status, house.ask("SELECT CAST(count(*) AS TEXT) FROM totp").await.as_str()), (409, "1"));
}

#[tokio::test]
async fn signing_in_takes_two_steps_and_nobody_is_in_between_them() {
    let house = House::open().await;
    let phone = house.phone("ada").await;
    let trail = house.dump().await;
    let (browser, first) = house.half_way("ada").await;
    assert_eq!((first.status, first.to()), (303, "/sign-in/code?next=%2Faudit"));
    assert_eq!(trail, house.dump().await, "nobody has signed in yet");
    let between = browser.cookie().unwrap();
    for path in ["/rooms", "/account", "/confirm", "/audit/export"] {
        assert_ne!(browser.get(path).await.status, 200, "{path}");
    }
    assert_eq!(browser.call("/api/renew_recovery_codes", &[]).await.error(), Error::Unauthenticated);
    let page = browser.get(first.to()).await;
    assert_eq!((page.status, page.title().as_str()), (200, "Sign in: second step · Wardroom"));
    let sessions =
        "SELECT CAST(count(*) AS TEXT) FROM sessions JOIN staff ON staff.id = sessions.staff WHERE name = 'ada'";
    assert_eq!(house.ask(sessions).await, "1", "the half is no session of theirs");

    let refused = browser.submit("/api/sign_in_code", &[("code", &phone.stale()), ("back", first.to())]).await;
    let said = refused.says("Code is not right. Look at the code that your app shows now");
    assert!(said && refused.body.contains("id=\"field-code-error\""), "{}", refused.text());
    assert_eq!(refused.title(), "Sign in: second step · Wardroom");
    let entry = house.last().await;
    let who = Who::Nobody("ada".to_owned());
    assert_eq!((entry.action, entry.actor, entry.note.as_str()), (Action::SignInRefused, who, "the second step"));

    let page = browser.submit("/api/sign_in_code", &[("code", &phone.code()), ("next", "/audit")]).await;
    assert_eq!((page.status, page.title().as_str()), (200, "Audit · Wardroom"));
    let entry = house.audit().await.into_iter().next().unwrap();
    assert_eq!((entry.action, entry.actor), (Action::SignedIn, Who::Staff("ada".to_owned())));
    assert_ne!(browser.cookie().unwrap(), between, "a new session id");
    let thief = house.nobody();
    thief.set_cookie(&between);
    assert_eq!(thief.get("/sign-in/code").await.to(), "/sign-in", "and the one between is worth nothing");
}

#[tokio::test]
async fn a_code_counts_once_even_for_two_at_the_same_moment() {
    let house = House::open().await;
    let phone = house.phone("mona").await;
    let mut browsers = Vec::new();
    for _ in 0..3 {
        browsers.push(house.half_way("mona").await.0);
    }
    let code = phone.next();
    let answers = futures::future::join_all(browsers.iter().map(|browser| second(browser, &code))).await;
    let let_in = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(let_in, 1, "{:?}", answers.iter().map(|answer| &answer.body).collect::<Vec<_>>());
    assert!(
        answers.iter().filter(|answer| answer.status != 200).all(|answer| answer.body.contains("was used already"))
    );
    let late = house.half_way("mona").await.0;
    assert_eq!(second(&late, &phone.code()).await.status, 422, "nor does one from before it");
}

#[tokio::test]
async fn the_first_step_is_good_for_five_minutes_in_this_browser_and_with_this_password() {
    let house = House::open().await;
    let phone = house.phone("vera").await;
    let code = phone.code();
    assert_eq!(second(&house.nobody(), &code).await.error(), Error::Unauthenticated, "another browser");
    for spoil in [
        "UPDATE sessions SET data = json_set(data, '$.half.at', '2026-01-01T00:00:00Z') WHERE staff IS NULL",
        "UPDATE sessions SET data = json_set(data, '$.half.at', '2999-01-01T00:00:00Z') WHERE staff IS NULL",
        "UPDATE staff SET password_hash = password_hash || 'x' WHERE name = 'vera'",
        "UPDATE staff SET password_hash = trim(password_hash, 'x'), disabled = 1 WHERE name = 'vera'",
    ] {
        house.sql("UPDATE staff SET disabled = 0").await;
        let (browser, _) = house.half_way("vera").await;
        house.sql(spoil).await;
        let answer = second(&browser, &code).await;
        assert_eq!(answer.error(), Error::Unauthenticated, "{spoil}");
        let page = browser.submit("/api/sign_in_code", &[("code", &code), ("next", "/audit")]).await;
        assert!(page.says("That took too long, or was begun elsewhere."), "{}", page.text());
        assert_eq!(page.input("/api/sign_in", "next").as_deref(), Some("/audit"), "the way on is kept");
        house.sql("UPDATE staff SET password_hash = trim(password_hash, 'x'), disabled = 0 WHERE name = 'vera'").await;
    }
    assert_eq!(second(&house.half_way("vera").await.0, &code).await.status, 200, "the code was not spent on it");
}

#[tokio::test]
async fn whoever_begins_to_sign_in_is_signed_out() {
    let house = House::open().await;
    house.phone("vera").await;
    let ada = house.admin();
    ada.call("/api/sign_in", &[("name", "vera"), ("password", PASSWORD)]).await.done();
    assert_eq!(ada.get("/rooms").await.status, 303);
}

#[tokio::test]
async fn a_recovery_code_signs_in_once() {
    let house = House::open().await;
    let phone = house.phone("vera").await;
    let browser = house.half_way("vera").await.0;
    second(&browser, &phone.code()).await.done();
    let page = browser.submit("/api/renew_recovery_codes", &[("back", "/account/totp")]).await;
    let (first, old) = (codes(&page)[0].clone(), codes(&page)[1].clone());
    let spoken = first.to_uppercase().replace('-', " ");
    let two = [house.half_way("vera").await.0, house.half_way("vera").await.0];
    let answers = futures::future::join_all(two.iter().map(|browser| second(browser, &spoken))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422], "however it is typed, and once");
    let entries = house.audit().await;
    let entry = entries.iter().find(|entry| entry.action == Action::SignedIn).unwrap();
    assert_eq!(entry.note, "with a recovery code");
    assert!(browser.get("/account/totp").await.says("Recovery codes left 9"));
    let page = browser.submit("/api/renew_recovery_codes", &[("back", "/account/totp")]).await;
    assert_eq!(codes(&page).len(), 10);
    assert_eq!(second(&house.half_way("vera").await.0, &old).await.status, 422, "new ones end the old ones");
    assert_eq!(second(&house.half_way("mona").await.0, &codes(&page)[0]).await.status, 401, "mona is in with one step");
}

#[tokio::test]
async fn guessing_at_the_second_step_ends_too() {
    let house = House::open().await;
    let phone = house.phone("vera").await;
    let (browser, wrong) = (house.half_way("vera").await.0, phone.stale());
    let mut tried = 0;
    while second(&browser, &wrong).await.status == 422 {
        tried += 1;
        assert!(tried < 15, "never limited");
    }
    assert!(matches!(second(&browser, &phone.code()).await.error(), Error::Limit(_)), "not even with the right code");
}

#[tokio::test]
async fn a_reset_password_does_not_take_the_second_step_away() {
    let house = House::open().await;
    let phone = house.phone("vera").await;
    let id = house.id("vera").await.to_string();
    let password = house.admin().call("/api/reset_password", &[("id", &id)]).await.done().secret.unwrap().value;
    let vera = house.nobody();
    let first = vera.form("/api/sign_in", &[("name", "vera"), ("password", &password)]).await;
    assert_eq!(first.to(), "/sign-in/code?next=");
    let page = vera.submit("/api/sign_in_code", &[("code", &phone.code())]).await;
    assert!(page.says("Your password is a one-time one."), "{}", page.text());
}

#[tokio::test]
async fn it_is_turned_off_by_its_owner_or_an_admin_and_sessions_end() {
    let house = House::open().await;
    let phone = house.phone("vera").await;
    let here = house.half_way("vera").await.0;
    second(&here, &phone.code()).await.done();
    let page = here.submit("/api/turn_off_totp", &[("back", "/account/totp")]).await;
    assert_eq!(page.title(), "Account · Wardroom");
    assert!(page.says("Two-step sign-in is off. Your other sessions have ended."), "{}", page.text());
    assert_eq!(house.viewer().get("/rooms").await.status, 303);
    assert_eq!(house.half_way("vera").await.1.to(), "/audit", "one step is enough again");

    house.phone("vera").await;
    let id = house.id("vera").await.to_string();
    let page = house.admin().submit("/api/reset_totp", &[("id", &id), ("back", &format!("/staff/{id}"))]).await;
    assert!(page.says("vera signs in without a second step now; all their sessions have ended."), "{}", page.text());
    assert_eq!(here.get("/rooms").await.status, 303);
    assert_eq!(house.half_way("vera").await.1.to(), "/audit");
    assert_eq!(house.actor(Person::Moderator).call("/api/reset_totp", &[("id", &id)]).await.status, 403);
}

#[tokio::test]
async fn a_second_step_outlives_the_keys_that_sealed_it() {
    let house = House::open().await;
    let phone = house.phone("ada").await;
    let sealed = "SELECT secret FROM totp";
    let before = house.ask(sealed).await;
    wardroom::services::keys::rotate(&house.ctx()).await.unwrap();
    assert_ne!(before, house.ask(sealed).await);
    let browser = house.half_way("ada").await.0;
    assert_eq!(second(&browser, &phone.next()).await.status, 200);
}
