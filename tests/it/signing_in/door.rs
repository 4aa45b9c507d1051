//! The door: what it answers, how often, and what cookie it gives.

use wardroom::{
    cli::PublicUrl,
    domain::{
        Error,
        audit::{Action, Actor as Who},
    },
};

use crate::harness::{Actor, Answer, House, PASSWORD};

async fn knock(actor: &Actor<'_>, name: &str, password: &str) -> Answer {
    actor.call("/api/sign_in", &[("name", name), ("password", password)]).await
}

#[tokio::test]
async fn an_unknown_name_a_wrong_password_and_a_disabled_account_are_answered_alike() {
    let house = House::open().await;
    let mut answers = Vec::new();
    for (name, password) in [
        ("nobody-here", PASSWORD),
        ("ada", "wrong"),
        ("dora", PASSWORD),
        ("", ""),
        ("ada", ""),
        ("ada", &"x".repeat(2000)),
    ] {
        let browser = house.nobody();
        let answer = knock(&browser, name, password).await;
        answers.push((answer.status, answer.error()));
        assert_eq!(browser.get("/rooms").await.status, 303, "{name}: still nobody");
        let page = browser.submit("/api/sign_in", &[("name", name), ("password", password)]).await;
        assert!(page.says("is not right. Check both and try again."), "{}", page.text());
        assert_eq!(page.input("/api/sign_in", "password").as_deref(), Some(""), "the password does not come back");
        assert_eq!(page.input("/api/sign_in", "name").as_deref(), Some(name), "the name does");
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers[0].0, 422);
}

#[tokio::test]
async fn a_name_is_known_whatever_its_case_and_signing_in_is_noted() {
    let house = House::open().await;
    let browser = house.nobody();
    assert_eq!(knock(&browser, "ADA", PASSWORD).await.status, 200);
    assert!(browser.get("/rooms").await.says("ada admin"));
    let entry = house.last().await;
    assert_eq!((entry.action, entry.actor), (Action::SignedIn, Who::Staff("ada".to_owned())));
    assert!(house.store.account_named("ada").await.unwrap().unwrap().staff.signed_in_at.is_some());
}

/// Guesses until that is limited; returns how often it was let through. (A bucket fills up again by and by, so on a slow
/// machine it may be a little more than it holds.)
async fn guess_until_limited(guess: impl AsyncFn(usize) -> Answer) -> usize {
    for n in 0..300 {
        let answer = guess(n).await;
        if answer.status == 429 {
            assert!(matches!(answer.error(), Error::Limit(_)));
            return n;
        }
        assert_eq!(answer.status, 422);
    }
    panic!("never limited");
}

/// Too long to be anybody's: refused without being hashed, but counted.
const LONG: &str =
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

#[tokio::test]
async fn guessing_at_one_account_ends_and_tells_nothing_of_others() {
    let house = House::open().await;
    let long = LONG.repeat(20);
    for name in ["vera", "no-such-name"] {
        let let_through = guess_until_limited(async |n| {
            let spelt = if n % 2 == 0 { name.to_owned() } else { name.to_uppercase() };
            knock(&house.nobody().from([10, 0, 1, n as u8]), &spelt, &long).await
        });
        assert!(matches!(let_through.await, 10..20), "{name}");
    }
    let trail = house.dump().await;
    assert_eq!(knock(&house.nobody(), "vera", PASSWORD).await.status, 429, "not even with the right password");
    assert_eq!(trail, house.dump().await, "what is not even tried fills no trail");
    assert_eq!(knock(&house.nobody(), "mona", PASSWORD).await.status, 200, "others are not kept out");
}

#[tokio::test]
async fn guessing_from_one_address_ends() {
    let house = House::open().await;
    let long = LONG.repeat(20);
    let let_through =
        guess_until_limited(async |n| knock(&house.nobody().from([10, 9, 9, 9]), &format!("name{n}"), &long).await);
    assert!(matches!(let_through.await, 30..60));
    let page = house.nobody().from([10, 9, 9, 9]).submit("/api/sign_in", &[("name", "ada"), ("password", "x")]).await;
    assert!(page.says("Too many attempts. Wait a minute"), "{}", page.text());
    assert_eq!(knock(&house.nobody().from([10, 9, 9, 8]), "ada", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn a_new_session_id_is_given_at_the_door_and_the_old_one_is_worth_nothing() {
    let house = House::open().await;
    let browser = house.nobody();
    browser.form("/api/sign_in", &[("name", "ada"), ("password", "wrong")]).await;
    let planted = browser.cookie().unwrap();
    assert_eq!(knock(&browser, "ada", PASSWORD).await.status, 200);
    let mine = browser.cookie().unwrap();
    assert_ne!(planted, mine);
    let thief = house.nobody();
    thief.set_cookie(&planted);
    assert_eq!(thief.get("/rooms").await.status, 303);
    for rubbish in ["x", "AAAAAAAAAAAAAAAAAAAAAA", "../../etc", "%00", &"A".repeat(5000)] {
        thief.set_cookie(rubbish);
        assert_eq!(thief.get("/rooms").await.status, 303, "{rubbish}");
    }
}

#[tokio::test]
async fn the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites() {
    for (url, name, secure) in
        [("http://127.0.0.1:3000", "wardroom", false), ("https://rooms.example", "__Host-wardroom", true)]
    {
        let house = House::with(|config| config.public_url = PublicUrl::parse(url).unwrap()).await;
        let answer = knock(&house.nobody(), "ada", PASSWORD).await;
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with(&format!("{name}=")), "{cookie}");
        assert!(
            cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
            "{cookie}"
        );
        assert_eq!(cookie.contains("Secure"), secure, "{cookie}");
        assert!(!cookie.contains("Domain"), "{cookie}");
        assert_eq!(house.admin().get("/rooms").await.status, 200);
    }
}

#[tokio::test]
async fn nothing_kept_signs_a_thief_in() {
    let house = House::open().await;
    let browser = house.nobody();
    browser.form("/api/sign_in", &[("name", "ada"), ("password", "my-mistyped-password")]).await;
    assert_eq!(knock(&browser, "ada", PASSWORD).await.status, 200);
    let cookie = browser.cookie().unwrap();
    let kept = house.dump_text().await;
    assert!(!kept.contains(&cookie), "the cookie is kept as a hash only");
    assert!(!kept.contains(PASSWORD) && !kept.contains("my-mistyped-password"));
    assert!(kept.contains("$argon2id$v=19$m=65536,t=3,p=1$"), "passwords are kept as argon2id");
    for path in ["/audit", "/staff", "/account", "/rooms/stage/json", "/audit/export"] {
        let page = house.admin().get(path).await.body;
        assert!(!page.contains("$argon2") && !page.contains(&cookie), "{path}");
    }
    // What stands in the table is no cookie.
    let thief = house.nobody();
    thief.set_cookie(&house.ask("SELECT id_hash FROM sessions WHERE staff IS NOT NULL").await);
    assert_eq!(thief.get("/rooms").await.status, 303);
}

#[tokio::test]
async fn the_way_after_signing_in_never_leads_to_another_host() {
    let house = House::open().await;
    for (next, to) in [
        ("/rooms/stage?x=1", "/rooms/stage?x=1"),
        ("//evil.example", "/rooms"),
        ("/\\evil.example", "/rooms"),
        ("https://evil.example/", "/rooms"),
        ("javascript:alert(1)", "/rooms"),
        ("/rooms\r\nSet-Cookie: x=1", "/rooms"),
        ("/\t/evil.example", "/rooms"),
        ("", "/rooms"),
    ] {
        let browser = house.nobody();
        let answer = browser.form("/api/sign_in", &[("name", "mona"), ("password", PASSWORD), ("next", next)]).await;
        if answer.to().starts_with("/sign-in") {
            panic!("{next:?}: {}", browser.get(answer.to()).await.text());
        }
        assert_eq!((answer.status, answer.to()), (303, to), "{next:?}");
        let sent = browser.form("/api/save_room", &[("id", "stage"), ("version", "1"), ("back", next)]).await;
        assert_eq!(sent.to(), to, "{next:?} as the way back of a form");
    }
}
