//! The table of fields is sound, the database has its columns, and every decision about a field is seen when it changes.

use std::{collections::BTreeSet, fmt::Write};

use serde_json::{Map, Value as Json, json};
use sqlx::{ConnectOptions, Row, sqlite::SqliteConnectOptions};
use wardroom::{
    domain::{
        Role,
        room::{Field, Filter, Group, Kind, Patch, RoomQuery, Value, Values},
    },
    vendors,
};

use crate::harness::{House, STAGE, snapshot};

/// Values that a field takes, by its kind.
fn samples(field: Field) -> Vec<Value> {
    match field.spec().kind {
        Kind::Text { max, lines } => {
            let mut all = vec![Value::Text("直播 <b>&\"'".to_owned()), Value::Text("é".repeat(max))];
            if lines > 1 {
                all.push(Value::Text("one\n\ntwo".to_owned()));
            }
            all
        }
        Kind::Link { .. } => vec![Value::Text("https://covers.example/a%20b.png?x=1#y".to_owned())],
        Kind::Pairs { .. } => vec![Value::Text("a=1&b==&c=".to_owned())],
        Kind::Words { max, each } => {
            let many = (0..max).map(|n| format!("{n:0>each$}")).collect();
            vec![Value::Words(vec!["新聞".to_owned(), "two words".to_owned()]), Value::Words(many)]
        }
        Kind::Numbers { max } => vec![Value::Numbers((0..max as i64).map(|n| n * -7).collect())],
        Kind::Number { min, max } => vec![Value::Number(min), Value::Number(max)],
        Kind::Flag { .. } => vec![Value::Flag(true), Value::Flag(false)],
        Kind::Choice(options) => options.iter().map(|(key, _)| Value::Text((*key).to_owned())).collect(),
        Kind::Client => vec![Value::Text("user@example#1".to_owned())],
        Kind::Clients { .. } => vec![Value::Words(vec!["u1".to_owned(), "u 2".to_owned()])],
    }
}

#[test]
fn every_field_is_named_once_and_explained() {
    let keys: BTreeSet<&str> = Field::ALL.iter().map(|field| field.key()).collect();
    let labels: BTreeSet<&str> = Field::ALL.iter().map(|field| field.label()).collect();
    assert_eq!((keys.len(), labels.len()), (Field::ALL.len(), Field::ALL.len()));
    for &field in Field::ALL {
        assert_eq!(Field::parse(field.key()), Some(field));
        assert!(field.key().bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{field:?}: the key is a column");
        assert!(field.help().len() > 10 && field.help().ends_with('.'), "{field:?}: {:?}", field.help());
        assert!(Group::FORM.contains(&field.spec().group) || field.spec().group == Group::People);
    }
    let reserved = ["id", "number", "app", "version", "members", "attributes", "last_message", "q", "sort", "after"];
    assert!(reserved.iter().all(|word| !keys.contains(word)));
}

#[tokio::test]
async fn every_field_has_its_column_and_every_column_its_field() {
    let house = House::empty().await;
    let mut conn = SqliteConnectOptions::new().filename(&house.file).connect().await.unwrap();
    let rows = sqlx::query("PRAGMA table_info(rooms)").fetch_all(&mut conn).await.unwrap();
    let fixed = [
        "number",
        "id",
        "app",
        "version",
        "created_at",
        "updated_at",
        "member_count",
        "last_message",
        "last_message_at",
        "attribute_seq",
        "name_key",
        "fold",
    ];
    let mut columns = BTreeSet::new();
    for row in &rows {
        let (name, kind): (String, String) = (row.get(1), row.get(2));
        if let Some(field) = Field::parse(&name) {
            let wanted = match field.spec().kind {
                Kind::Flag { .. } | Kind::Number { .. } => "INTEGER",
                _ => "TEXT",
            };
            assert_eq!(kind, wanted, "{name}");
        } else {
            assert!(fixed.contains(&name.as_str()), "the column {name} is no field's");
        }
        columns.insert(name);
    }
    for &field in Field::ALL {
        assert!(columns.contains(field.key()), "{field:?} has no column");
    }
}

#[test]
fn a_value_survives_people_machines_and_itself() {
    for &field in Field::ALL {
        let kind = field.spec().kind;
        for value in samples(field) {
            assert_eq!(kind.parse(&value.plain()), Ok(Some(value.clone())), "{field:?} as people type it");
            let json = serde_json::to_value(&value).unwrap();
            assert_eq!(kind.check(&json), Ok(Some(value.clone())), "{field:?} as machines send it");
            assert_eq!(serde_json::from_value::<Value>(json).unwrap(), value, "{field:?} as it is kept");
        }
        assert_eq!(kind.parse("   "), Ok(None), "{field:?}: blank is nothing");
        assert_eq!(kind.check(&Json::Null), Ok(None));
        for bad in [json!({}), json!({"a": 1}), json!([[]]), json!(1.5), json!("a\u{0}b"), json!("\u{202e}")] {
            assert!(kind.check(&bad).is_err(), "{field:?} takes {bad}");
        }
    }
}

#[tokio::test]
async fn every_value_is_saved_as_a_form_sends_it_and_kept_as_it_was_read() {
    let house = House::open().await;
    let admin = house.admin();
    for &field in Field::ALL.iter().filter(|field| field.spec().group != Group::People) {
        for value in samples(field) {
            let name = format!("changes[{}]", field.key());
            let typed = value.plain();
            let pairs = [("id", STAGE), ("version", "99999"), (name.as_str(), typed.as_str())];
            assert_eq!(admin.call("/api/save_room", &pairs).await.status, 200, "{field:?} {typed:?}");
            assert_eq!(house.room(STAGE).await.values.get(field), Some(&value), "{field:?}");
            let page = admin.get("/rooms/stage").await;
            assert_eq!(page.input("/api/save_room", &name).as_deref(), Some(typed.as_str()), "{field:?} on its page");
        }
    }
}

#[test]
fn a_room_never_told_anything_has_only_defaults() {
    let mut values = Values::defaults();
    let defaults: Vec<Field> = values.iter().map(|(field, _)| field).collect();
    for &field in Field::ALL {
        assert_eq!(defaults.contains(&field), field.spec().kind.default_value().is_some(), "{field:?}");
        for value in samples(field) {
            values.set(field, Some(value));
        }
        values.set(field, None);
    }
    assert_eq!(values, Values::defaults(), "clearing leads back there");
    let all: Map<String, Json> = Field::ALL.iter().map(|field| (field.key().to_owned(), Json::Null)).collect();
    assert_eq!(Patch::from_json(&all).unwrap().against(&values), []);
}

#[tokio::test]
async fn every_filter_is_read_from_the_address_and_offered_on_the_page() {
    let house = House::open().await;
    let page = house.viewer().get("/rooms").await;
    let names: BTreeSet<String> = page
        .tags()
        .into_iter()
        .filter(|tag| matches!(tag.name.as_str(), "input" | "select"))
        .map(|tag| tag.get("name").to_owned())
        .collect();
    for &field in Field::ALL {
        let sample = match samples(field).swap_remove(0) {
            Value::Words(words) => words[0].clone(),
            Value::Numbers(numbers) => numbers[0].to_string(),
            other => other.plain(),
        };
        let (query, wrong) = RoomQuery::parse([(field.key(), sample.as_str())]);
        let is_filter = field.spec().kind.is_filter();
        let found = query.filters.iter().any(|filter| matches!(filter, Filter::Field(found, _) if *found == field));
        assert_eq!(found, is_filter, "{field:?} {wrong:?}");
        if is_filter {
            assert!(names.contains(field.key()), "{field:?} is not on the page: {names:?}");
        }
    }
    for other in ["q", "member", "app", "cover", "attribute", "from", "to"] {
        assert!(names.contains(other), "{other} is not on the page: {names:?}");
    }
}

#[tokio::test]
async fn the_form_offers_each_role_what_it_may_change_and_nothing_else() {
    let house = House::open().await;
    for (actor, role) in
        [(house.viewer(), Role::Viewer), (house.moderator(), Role::Moderator), (house.admin(), Role::Admin)]
    {
        let page = actor.get("/rooms/stage").await;
        for &field in Field::ALL {
            let offered = page.input("/api/save_room", &format!("changes[{}]", field.key())).is_some();
            let may = field.spec().group != Group::People && role.may(field.spec().right);
            assert_eq!(offered, may, "{role:?} {field:?}");
        }
    }
}

#[test]
fn what_was_decided_about_every_field_stands_in_the_snapshot() {
    let mut now = String::from("# field: kind | right | group | for many at once | narrower vendors\n");
    for &field in Field::ALL {
        let spec = field.spec();
        let limits: Vec<String> = vendors::limits()
            .iter()
            .filter(|limit| limit.field == field)
            .map(|limit| format!("{} {} {}", limit.vendor, limit.max, limit.measure.word()))
            .collect();
        let limits = if limits.is_empty() { "-".to_owned() } else { limits.join(", ") };
        let bulk = if spec.bulk { "bulk" } else { "-" };
        writeln!(now, "{}: {:?} | {:?} | {:?} | {bulk} | {limits}", spec.key, spec.kind, spec.right, spec.group)
            .unwrap();
    }
    snapshot::check("fields.txt", &now);
}
