//! Single inputs: too long, empty, of another type, with characters that have no place in a text.

use wardroom::domain::{Error, Role};

use super::{FORMS, is_sound};
use crate::harness::{House, STAGE};

/// Forms whose inputs cannot be wrong: they have none, or take any text as a password or a way.
const TAKES_ANYTHING: [&str; 4] = ["/api/sign_out", "/api/end_other_sessions", "/api/sign_in", "/api/turn_on_totp"];

fn hostile() -> Vec<String> {
    [
        "",
        " ",
        "\0",
        "a\0b",
        "\u{1}\u{7f}\u{85}",
        "\u{202E}abc",
        "\u{2066}x\u{2069}",
        "</textarea><script>alert(1)</script>\u{0}",
        "99999999999999999999999",
        "-1",
        "1.5",
        "NaN",
        "null",
        "[]",
        "{}",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain(["x".repeat(5_000), "直".repeat(5_000), "a,".repeat(3_000)])
    .collect()
}

#[tokio::test]
async fn no_input_of_any_function_breaks_it() {
    let house = House::open().await;
    let admin = house.admin();
    for (path, inputs) in FORMS.iter().filter(|(path, _)| *path != "/api/sign_in") {
        for n in 0..inputs.len() {
            for bad in hostile() {
                let mut pairs: Vec<(&str, &str)> = inputs.to_vec();
                pairs[n].1 = &bad;
                let what = format!("{path} with {}={:.40?}", pairs[n].0, bad);
                is_sound(&admin.call(path, &pairs).await, &what);
            }
        }
    }
    assert_eq!(admin.get("/rooms").await.status, if admin.cookie().is_some() { 200 } else { 303 });
}

#[tokio::test]
async fn a_text_that_no_text_may_be_is_refused_wherever_it_would_be_kept() {
    let house = House::open().await;
    let (admin, before) = (house.admin(), house.dump().await);
    let kept = [
        ("/api/save_room", "changes[name]"),
        ("/api/save_room", "changes[cover]"),
        ("/api/save_room", "changes[description]"),
        ("/api/save_room", "changes[tags]"),
        ("/api/save_room", "changes[owner]"),
        ("/api/save_room", "changes[managers]"),
        ("/api/save_room", "changes[ext_params]"),
        ("/api/create_room", "id"),
        ("/api/create_room", "app"),
        ("/api/transfer_room", "to"),
        ("/api/add_manager", "client"),
        ("/api/save_attributes", "rows[0][key]"),
        ("/api/save_attributes", "rows[0][value]"),
        ("/api/add_staff", "name"),
        ("/api/add_app", "name"),
        ("/api/add_app", "may[application]"),
        ("/api/add_app", "may[accounts]"),
    ];
    for (path, input) in kept {
        let (_, inputs) = FORMS.iter().find(|(listed, _)| *listed == path).unwrap();
        for bad in ["x\0y", "x\u{1b}[31m", "x\u{85}y", "x\u{202E}y", "x\u{2067}y"] {
            let mut pairs: Vec<(&str, &str)> = inputs.iter().copied().filter(|(name, _)| *name != input).collect();
            pairs.push((input, bad));
            let answer = admin.call(path, &pairs).await;
            assert_eq!(answer.status, 422, "{path} {input} {bad:?}: {}", answer.body);
            let why = answer.error().to_string();
            assert!(why.contains("U+") && why.contains("remove it"), "{path} {input}: {why}");
        }
    }
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn limits_are_reached_exactly_and_named() {
    let house = House::open().await;
    let admin = house.admin();
    let save = async |field: &str, value: String| {
        let name = format!("changes[{field}]");
        admin.call("/api/save_room", &[("id", STAGE), ("version", "999"), (&name, &value)]).await
    };
    let link = |long: usize| format!("https://h/{}", "x".repeat(long - 10));
    let words = |many: usize| (0..many).map(|n| format!("w{n}")).collect::<Vec<_>>().join(",");
    let cases = [
        ("name", "直".repeat(128), "直".repeat(129), "129 of 128 characters"),
        ("cover", link(2048), link(2049), "2049 of 2048 characters"),
        ("description", "x\n".repeat(2048), "y".repeat(4097), "4097 of 4096 characters"),
        ("tags", words(20), words(21), "21 of 20"),
        ("tags", "y".repeat(32), "y".repeat(33), "33 of 32 characters"),
        ("categories", "1 2 3".to_owned(), "1 2 3 4".to_owned(), "4 of 3"),
        ("capacity", "100000000".to_owned(), "100000001".to_owned(), "between 1 and 100000000"),
        ("capacity", "1".to_owned(), "0".to_owned(), "between 1 and"),
        ("activity_status", "-2147483648".to_owned(), "2147483648".to_owned(), "between"),
        ("owner", "é".repeat(64), "é".repeat(65), "130 of 128 bytes"),
        ("ext_params", format!("a={}", "x".repeat(4094)), format!("a={}", "x".repeat(4095)), "4097 of 4096"),
        ("live_url", "z".repeat(1024), "z".repeat(1025), "1025 of 1024"),
    ];
    for (field, most, more, why) in cases {
        let at = save(field, most).await;
        assert_eq!(at.status, 200, "{field}: {}", at.body);
        let before = house.dump().await;
        let over = save(field, more).await;
        assert_eq!(over.status, 422, "{field}");
        assert!(over.error().to_string().contains(why), "{field}: {}", over.body);
        assert_eq!(before, house.dump().await, "{field}");
    }
}

#[tokio::test]
async fn a_staff_name_and_role_are_checked() {
    let house = House::open().await;
    let (admin, before) = (house.admin(), house.dump().await);
    for (name, role, field) in [
        ("", "viewer", "name"),
        ("a b", "viewer", "name"),
        (&*"n".repeat(65), "viewer", "name"),
        ("ok", "king", "role"),
        ("ok", "", "role"),
        ("ok", "ADMIN", "role"),
    ] {
        let answer = admin.call("/api/add_staff", &[("name", name), ("role", role)]).await;
        assert_eq!(answer.status, 422, "{name:?} {role:?}");
        assert!(answer.body.contains(&format!("\"field\":\"{field}\"")), "{}", answer.body);
    }
    assert_eq!(before, house.dump().await);
    assert_eq!(Role::ALL.len(), 4);
}

#[tokio::test]
async fn an_operations_id_is_bounded_and_plain() {
    let house = House::open().await;
    let (admin, before) = (house.admin(), house.dump().await);
    for op in ["o".repeat(65), "o".repeat(100_000), "a\0b".to_owned(), "\u{202E}".to_owned()] {
        let pairs = [("id", STAGE), ("version", "1"), ("op", op.as_str()), ("changes[name]", "x")];
        let answer = admin.call("/api/save_room", &pairs).await;
        assert_eq!(answer.status, 422, "{:.20?}: {}", op, answer.body);
    }
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn an_input_that_is_missing_or_unknown_is_named() {
    let house = House::open().await;
    let admin = house.admin();
    for (path, inputs) in FORMS {
        let required = inputs.iter().filter(|(name, _)| {
            !TAKES_ANYTHING.contains(&path) && !name.contains('[') && !["app", "keep", "key", "secret"].contains(name)
        });
        for (missing, _) in required {
            let before = house.dump().await;
            let pairs: Vec<(&str, &str)> = inputs.iter().copied().filter(|(name, _)| name != missing).collect();
            let answer = admin.call(path, &pairs).await;
            assert_eq!(answer.status, 422, "{path} without {missing}: {}", answer.body);
            assert!(answer.body.contains(missing), "{path} without {missing}: {}", answer.body);
            assert_eq!(before, house.dump().await, "{path} without {missing}");
        }
    }
    let before = house.dump().await;
    let unknown = [("id", STAGE), ("version", "1"), ("changes[colour]", "red"), ("changes[id]", "x")];
    let Error::Invalid(all) = admin.call("/api/save_room", &unknown).await.error() else { panic!() };
    assert!(all.iter().all(|violation| violation.message == "is not a field of a room"), "{all:?}");
    assert_eq!(all.len(), 2);
    assert_eq!(before, house.dump().await);
}
