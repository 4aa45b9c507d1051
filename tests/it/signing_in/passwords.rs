//! Which passwords will do, and what browsers are told about their inputs.

use crate::harness::{House, PASSWORD};

#[tokio::test]
async fn what_is_guessed_first_is_refused_with_its_reason() {
    let house = House::open().await;
    let (ada, before) = (house.admin(), house.dump().await);
    for (new, why) in [
        ("qwertyqwerty", "guessed first"),
        ("1Q2W3E4R5T6Y", "guessed first"),
        ("Sunshine2026!", "guessed first"),
        ("ｐａｓｓｗｏｒｄ１２３４", "guessed first"),
        ("Wardroom-2026", "must not contain \\\"wardroom\\\""),
        ("ada-2026-2026", "must not contain your name"),
        ("elevenchars", "too short: 11 of at least 12"),
    ] {
        let answer = ada.call("/api/change_password", &[("current", PASSWORD), ("new", new), ("again", new)]).await;
        assert!(answer.status == 422 && answer.body.contains(why), "{new}: {}", answer.body);
        assert!(answer.body.contains("\"field\":\"new\""), "{new}: {}", answer.body);
    }
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn long_ones_in_any_script_with_blanks_count_to_the_last_letter() {
    let house = House::open().await;
    let mut current = PASSWORD.to_owned();
    for new in [
        "長い 合言葉 は 覚えやすい 🔑 ".repeat(12),
        format!(" {} ", "x y z ".repeat(30)),
        "only lower case letters".to_owned(),
    ] {
        let ada = house.nobody();
        ada.call("/api/sign_in", &[("name", "ada"), ("password", &current)]).await.done();
        ada.call("/api/change_password", &[("current", &current), ("new", &new), ("again", &new)]).await.done();
        let mut short = new.clone();
        short.pop();
        let cut = house.nobody().call("/api/sign_in", &[("name", "ada"), ("password", &short)]).await;
        assert_eq!(cut.status, 422, "nothing of it is cut off");
        current = new;
    }
    house.nobody().call("/api/sign_in", &[("name", "ada"), ("password", &current)]).await.done();
}

#[tokio::test]
async fn guessing_the_current_password_from_inside_ends() {
    let house = House::open().await;
    let ada = house.admin();
    let new = "another horse altogether";
    let mut tried = 0;
    while ada.call("/api/change_password", &[("current", "wrong"), ("new", new), ("again", new)]).await.status == 422 {
        tried += 1;
        assert!(tried < 15, "never limited");
    }
    let right = [("current", PASSWORD), ("new", new), ("again", new)];
    assert_eq!(ada.call("/api/change_password", &right).await.status, 429);
}

#[tokio::test]
async fn password_managers_know_every_input() {
    let house = House::open().await;
    house.phone("vera").await;
    let (half, _) = house.half_way("vera").await;
    for (page, action, expected) in [
        (
            house.nobody().get("/sign-in").await,
            "/api/sign_in",
            vec![("name", "username"), ("password", "current-password")],
        ),
        (half.get("/sign-in/code").await, "/api/sign_in_code", vec![("code", "one-time-code")]),
        (
            house.admin().get("/account").await,
            "/api/change_password",
            vec![("current", "current-password"), ("new", "new-password"), ("again", "new-password")],
        ),
        (house.admin().get("/account/totp").await, "/api/turn_on_totp", vec![("digits", "one-time-code")]),
        (house.admin().get("/confirm").await, "/api/confirm", vec![("proof", "current-password")]),
        (house.viewer().get("/confirm").await, "/api/confirm", vec![("proof", "one-time-code")]),
    ] {
        let mut inside = false;
        let mut inputs = Vec::new();
        for tag in page.tags() {
            match tag.name.as_str() {
                "form" => inside = tag.get("action") == action,
                "input" if inside => inputs.push(tag),
                _ => {}
            }
        }
        for (name, kind) in expected {
            let input = inputs.iter().find(|tag| tag.get("name") == name && tag.get("type") != "hidden").unwrap();
            assert_eq!(input.get("autocomplete"), kind, "{action} {name}");
            assert!(!input.has("maxlength") && !input.has("onpaste") && !input.has("pattern"), "{action} {name}");
        }
    }
}
