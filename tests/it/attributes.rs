//! A room's attributes: several edits at once, each with its own result; limits in bytes; the count of changes.

use wardroom::domain::{
    Error, Violation,
    attribute::{Attribute, AttributeLimits},
    audit::Action,
};

use crate::harness::{Answer, House, STAGE, actor::Actor, actor::as_it_stands};

async fn attributes(house: &House) -> Vec<Attribute> {
    house.store.attributes(house.room(STAGE).await.number).await.unwrap()
}

async fn seq(house: &House) -> i64 {
    house.store.attribute_seq(house.room(STAGE).await.number).await.unwrap()
}

/// Sends rows of key and value; a value `None` deletes.
async fn save(actor: &Actor<'_>, version: i64, rows: &[(&str, Option<&str>)]) -> Answer {
    let mut pairs = vec![("id".to_owned(), STAGE), ("version".to_owned(), "")];
    let version = version.to_string();
    pairs[1].1 = &version;
    for (n, (key, value)) in rows.iter().enumerate() {
        pairs.push((format!("rows[{n}][key]"), key));
        pairs.push((format!("rows[{n}][value]"), value.unwrap_or("whatever")));
        if value.is_none() {
            pairs.push((format!("rows[{n}][delete]"), "yes"));
        }
    }
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    actor.call("/api/save_attributes", &pairs).await
}

fn violations(answer: &Answer) -> Vec<Violation> {
    assert_eq!(answer.status, 422, "{}", answer.body);
    let Error::Invalid(all) = answer.error() else { panic!("{}", answer.body) };
    all
}

#[tokio::test]
async fn several_are_set_changed_and_deleted_at_once_in_one_entry() {
    let house = House::open().await;
    let rows = [("topic", Some("swing")), ("mic1", None), ("rota", Some("a\r\n b "))];
    let done = save(&house.moderator(), 1, &rows).await.done();
    assert_eq!((done.message.as_str(), done.changes.len()), ("Saved 5 changes.", 5));
    let now = attributes(&house).await;
    let kept: Vec<_> = now.iter().map(|a| (a.key.as_str(), a.value.as_str(), a.seq)).collect();
    assert_eq!(kept, [("rota", "a\n b ", 5), ("topic", "swing", 3)], "each change is counted");
    assert_eq!(seq(&house).await, 5);
    assert_eq!(house.room(STAGE).await.version, 2);
    let entry = house.last().await;
    let fields: Vec<_> = entry.changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(entry.action, Action::AttributesChanged);
    assert_eq!(fields, ["attribute.topic", "attribute.mic1", "auto_delete.mic1", "set_by.mic1", "attribute.rota"]);
}

#[tokio::test]
async fn a_refused_row_leaves_the_others_done_and_comes_back() {
    let house = House::open().await;
    let moderator = house.moderator();
    let long = "k".repeat(17);
    let answer = save(&moderator, 1, &[("topic", Some("swing")), (&long, Some("v")), ("", Some("keyless"))]).await;
    let said = violations(&answer);
    let fields: Vec<&str> = said.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, ["key.1", "key.2", ""], "{said:?}");
    assert_eq!(said[0].message, "is too long: 17 of 16 bytes");
    assert_eq!(said[2].message, "The other rows were saved (1 change).");
    assert_eq!(attributes(&house).await[1].value, "swing");

    let pairs = [
        ("id", STAGE),
        ("version", "2"),
        ("back", "/rooms/stage/attributes"),
        ("rows[0][key]", "topic"),
        ("rows[0][value]", "bebop"),
        ("rows[1][key]", &long),
        ("rows[1][value]", "typed"),
    ];
    let page = moderator.submit("/api/save_attributes", &pairs).await;
    assert!(page.says("Row 2: the key is too long: 17 of 16 bytes."), "{}", page.text());
    assert_eq!(page.input("/api/save_attributes", "rows[1][key]"), Some(long));
    assert_eq!(page.input("/api/save_attributes", "rows[1][value]").as_deref(), Some("typed"));
    assert_eq!(page.input("/api/save_attributes", "rows[0][value]").as_deref(), Some("bebop"));
}

#[tokio::test]
async fn limits_are_in_bytes_and_reached_exactly() {
    let house = House::open().await;
    let moderator = house.moderator();
    let (ascii, han) = ("k".repeat(16), format!("{}x", "鍵".repeat(5)));
    let (value, han_value) = ("v".repeat(1024), format!("{}x", "值".repeat(341)));
    let rows = [(ascii.as_str(), Some(value.as_str())), (han.as_str(), Some(han_value.as_str()))];
    assert_eq!(save(&moderator, 1, &rows).await.done().changes.len(), 2);
    let kept = attributes(&house).await;
    assert!(kept.iter().any(|a| a.key == han && a.value == han_value));

    let before = house.dump().await;
    let (key_over, han_over) = (format!("{ascii}k"), "鍵".repeat(6));
    let (value_over, han_value_over) = (format!("{value}v"), "值".repeat(342));
    let rows = [
        (key_over.as_str(), Some("v")),
        (han_over.as_str(), Some("v")),
        ("a", Some(value_over.as_str())),
        ("b", Some(han_value_over.as_str())),
    ];
    let said = violations(&save(&moderator, 2, &rows).await);
    let said: Vec<String> = said.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "key.0 is too long: 17 of 16 bytes",
            "key.1 is too long: 18 of 16 bytes",
            "value.2 is too long: 1025 of 1024 bytes",
            "value.3 is too long: 1026 of 1024 bytes",
        ]
    );
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn twenty_a_room_and_no_more() {
    let house = House::open().await;
    let moderator = house.moderator();
    let keys: Vec<String> = (0..18).map(|n| format!("k{n:02}")).collect();
    let rows: Vec<(&str, Option<&str>)> = keys.iter().map(|key| (key.as_str(), Some("v"))).collect();
    assert_eq!(save(&moderator, 1, &rows).await.done().changes.len(), 18);
    let before = house.dump().await;
    let said = violations(&save(&moderator, 2, &[("one-more", Some("v"))]).await);
    assert!(said[0].message.contains("a room takes 20 attributes"), "{said:?}");
    assert_eq!(before, house.dump().await);
    let full = save(&moderator, 2, &[("k00", Some("changed")), ("k01", None), ("one-more", Some("v"))]).await;
    assert_eq!(full.done().changes.len(), 3, "an old one can change, and a deleted one makes room");
    assert_eq!(attributes(&house).await.len(), 20);
    assert!(house.viewer().get("/rooms/stage/attributes").await.says("20 of 20"));
}

#[tokio::test]
async fn the_limits_are_settings() {
    let limits = AttributeLimits { per_room: 3, key_bytes: 4, value_bytes: 5, ..AttributeLimits::default() };
    let house = House::with(|config| config.settings.attributes = limits).await;
    let rows = [("abcd", Some("12345")), ("abcde", Some("1")), ("abc", Some("123456")), ("ab", Some("1"))];
    let said = violations(&save(&house.moderator(), 1, &rows).await);
    let fields: Vec<&str> = said.iter().map(|violation| violation.field.as_str()).collect();
    assert_eq!(fields, ["key.1", "value.2", "value.3", ""], "{said:?}");
    assert_eq!(attributes(&house).await.len(), 3);
    let page = house.viewer().get("/rooms/stage/attributes").await;
    assert!(page.says("3 of 3 · a key takes 4 bytes, a value 5 bytes"), "{}", page.text());
}

#[tokio::test]
async fn what_is_already_so_is_not_written_or_counted() {
    let house = House::open().await;
    let (moderator, before) = (house.moderator(), house.dump().await);
    let done = save(&moderator, 1, &[("topic", Some("jazz")), ("not there", None)]).await.done();
    assert!(done.changes.is_empty() && done.message.contains("already so"));
    let page = moderator.get("/rooms/stage/attributes").await;
    let form = as_it_stands(&page, "/api/save_attributes");
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert!(form.iter().any(|(name, value)| *name == "rows[1][value]" && *value == "jazz"), "{form:?}");
    let page = moderator.submit("/api/save_attributes", &form).await;
    assert!(page.says("already so"), "{}", page.text());
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn a_change_is_undone_with_its_flag_and_back_again() {
    let house = House::open().await;
    let (admin, before) = (house.admin(), attributes(&house).await);
    let rows = [("topic", Some("swing")), ("mic1", None), ("new", Some(""))];
    let entry = save(&admin, 1, &rows).await.done().entry.unwrap();
    let after = attributes(&house).await;
    let undone = admin.call("/api/undo", &[("entry", &entry.to_string())]).await.done();
    let plain = |all: &[Attribute]| -> Vec<(String, String, bool)> {
        all.iter().map(|a| (a.key.clone(), a.value.clone(), a.auto_delete)).collect()
    };
    assert_eq!(plain(&attributes(&house).await), plain(&before));
    assert_eq!(seq(&house).await, 8, "undoing counts as well");
    let again = admin.call("/api/undo", &[("entry", &undone.entry.unwrap().to_string())]).await.done();
    assert_eq!(plain(&attributes(&house).await), plain(&after));
    assert_eq!(house.room(STAGE).await.version, 4);
    assert_eq!(house.last().await.undo_of, undone.entry);

    save(&admin, 4, &[("topic", Some("blues"))]).await.done();
    let before = house.dump().await;
    let late = admin.call("/api/undo", &[("entry", &again.entry.unwrap().to_string())]).await;
    assert_eq!(late.status, 409, "{}", late.body);
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn two_people_at_different_keys_both_count_and_at_the_same_key_the_later_is_told() {
    let house = House::open().await;
    let (admin, moderator) = (house.admin(), house.moderator());
    save(&moderator, 1, &[("topic", Some("theirs")), ("gone", Some("x"))]).await.done();
    save(&admin, 1, &[("mic1", Some("mine"))]).await.done();
    let before = house.dump().await;
    let said = violations(&save(&admin, 1, &[("topic", Some("mine"))]).await);
    assert_eq!(said[0].field, "value.0");
    assert!(said[0].message.starts_with("was set to \"theirs\" by somebody else meanwhile"), "{said:?}");
    let said = violations(&save(&admin, 1, &[("topic", None)]).await);
    assert!(said[0].message.contains("by somebody else"), "deleting what somebody else set is asked again");
    assert_eq!(save(&admin, 1, &[("topic", Some("theirs"))]).await.status, 200, "asking for the same is no conflict");
    assert_eq!(before, house.dump().await);
    save(&moderator, 3, &[("topic", None)]).await.done();
    let said = violations(&save(&admin, 3, &[("topic", Some("mine"))]).await);
    assert!(said[0].message.starts_with("was deleted by somebody else"), "{said:?}");
    save(&admin, 4, &[("topic", Some("mine"))]).await.done();
    assert_eq!(attributes(&house).await.iter().find(|a| a.key == "topic").unwrap().value, "mine");
}

#[tokio::test]
async fn a_key_that_stands_twice_is_taken_once() {
    let house = House::open().await;
    let answer = save(&house.moderator(), 1, &[("topic", Some("one")), (" topic ", Some("two"))]).await;
    let said = violations(&answer);
    assert!(said[0].message.contains("stands twice"), "{said:?}");
    assert_eq!(attributes(&house).await.iter().find(|a| a.key == "topic").unwrap().value, "one");
}
