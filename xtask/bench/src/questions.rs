//! Every page that has a budget: its address, and the same question as the plainest SQL that answers it.

use anyhow::Result;

use crate::{client::encode, plain::Plain, table::Budget};

/// A page to be measured.
pub struct Question {
    /// What it is called.
    pub name: String,
    /// Its address.
    pub path: String,
    /// The statements that answer the same, for the floor; none where there is nothing to compare with.
    pub floor: Vec<String>,
    /// What it may cost.
    pub budget: Budget,
    /// What is searched for, to be checked against a plain look first.
    pub search: Option<Search>,
}

/// A search, to be answered by a plain look at every room.
pub struct Search {
    /// The words.
    pub words: String,
    /// The filter as SQL; empty for none.
    pub condition: String,
    /// The order's column, descending; by name if none.
    pub sort: Option<&'static str>,
}

fn sort_of(more: &str) -> Option<&'static str> {
    [("sort=-updated", "updated_at"), ("sort=-members", "member_count"), ("sort=-created", "created_at")]
        .into_iter()
        .find(|(word, _)| more.contains(word))
        .map(|(_, column)| column)
}

const LIST: Budget = Budget::of(3.0, 8.0);
const SEARCH: Budget = Budget::of(6.0, 25.0);
const ROW: &str = "number, id, name, owner, tags, cover IS NOT NULL, status, opening, muted, listed, member_count, created_at, updated_at, last_message_at";

/// All of them.
pub async fn all(plain: &mut Plain) -> Result<Vec<Question>> {
    let mut all = Vec::new();
    let mut list = |name: &str, query: &str, floor: Vec<String>| {
        all.push(Question { name: name.to_owned(), path: format!("/rooms{query}"), floor, budget: LIST, search: None });
    };
    let rows = |condition: &str, order: &str| format!("SELECT {ROW} FROM rooms {condition} ORDER BY {order} LIMIT 51");
    let total = || "SELECT many FROM totals WHERE what = 'rooms'".to_owned();
    let counted = |condition: &str| format!("SELECT count(*) FROM (SELECT 1 FROM rooms {condition} LIMIT 10001)");
    list("list", "", vec![total(), rows("", "name_key, number")]);
    for (name, sort, column) in [
        ("list by updated", "-updated", "updated_at DESC, number DESC"),
        ("list by created", "-created", "created_at DESC, number DESC"),
        ("list by members", "-members", "member_count DESC, number DESC"),
        ("list by last message", "-last_message", "last_message_at DESC, number DESC"),
    ] {
        list(name, &format!("?sort={sort}"), vec![total(), rows("", column)]);
    }
    let key = plain.ask("SELECT name_key FROM rooms ORDER BY name_key, number LIMIT 1 OFFSET (SELECT min(500000, many / 2) FROM totals)").await?;
    let number = plain.ask("SELECT number FROM rooms ORDER BY name_key, number LIMIT 1 OFFSET (SELECT min(500000, many / 2) FROM totals)").await?;
    let text = key.replace('\'', "''");
    let after = format!("WHERE (name_key, number) > ('{text}', {number})");
    list(
        "list, the 10,000th page",
        &format!("?after={}", encode(&format!("{number}~{key}"))),
        vec![total(), rows(&after, "name_key, number")],
    );
    let marked = |field: &str, value: &str| {
        let hex: String = value.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("SELECT count(*) FROM (SELECT 1 FROM grams WHERE grams MATCH 'm{field}y{hex}' LIMIT 10001)")
    };
    for (name, query, floor) in [
        ("filter status", "?status=inactive", marked("status", "inactive")),
        ("filter opening", "?opening=closed", marked("opening", "closed")),
        ("filter muted", "?muted=yes", marked("muted", "yes")),
        ("filter not listed", "?listed=no", marked("listed", "no")),
        ("filter common tag", "?tags=live", marked("tags", "live")),
        ("filter rare tag", "?tags=rare", marked("tags", "rare")),
        ("filter category", "?categories=7", marked("categories", "7")),
        ("filter cover", "?cover=yes", marked("cover", "yes")),
        ("filter owner, many rooms", "?owner=owner-0", marked("owner", "owner-0")),
        ("filter owner, few rooms", "?owner=owner-15000", marked("owner", "owner-15000")),
        (
            "filter member",
            "?member=client-77",
            counted("WHERE number IN (SELECT room FROM members WHERE client = 'client-77')"),
        ),
        (
            "filter attribute",
            "?attribute=mic1",
            counted("WHERE number IN (SELECT room FROM attributes WHERE key = 'mic1')"),
        ),
        ("filter status, by updated", "?status=inactive&sort=-updated", marked("status", "inactive")),
        ("filter tag, by members", "?tags=film&sort=-members", marked("tags", "film")),
    ] {
        list(name, query, vec![floor]);
    }
    for (search, more, condition) in [
        ("直", "", ""),
        ("a", "", ""),
        ("q", "", ""),
        ("ß", "", ""),
        ("直播", "", ""),
        ("歌枠", "", ""),
        ("ne", "", ""),
        ("zx", "", ""),
        ("new", "", ""),
        ("news", "", ""),
        ("مباشر", "", ""),
        ("ニュース", "", ""),
        ("노래방", "", ""),
        ("channel", "", ""),
        ("discovery hd", "", ""),
        ("直播 news", "", ""),
        ("qqq", "", ""),
        ("room-0012345", "", ""),
        ("owner-777", "", ""),
        ("sport live", "", ""),
        ("直播", "&status=inactive", "status = 'inactive'"),
        ("news", "&tags=live", "EXISTS (SELECT 1 FROM json_each(tags) WHERE value = 'live')"),
        ("a", "&muted=yes", "muted = 1"),
        ("直播", "&sort=-updated", ""),
        ("news", "&sort=-members", ""),
        ("new", "&status=inactive&sort=-created", "status = 'inactive'"),
    ] {
        let path = format!("/rooms?q={}{more}", encode(search));
        let fold = wardroom::store::fold::fold;
        let tokens: Vec<String> =
            search.split_whitespace().filter_map(|word| wardroom::store::fold::phrase(&fold(word))).collect();
        let floor = format!(
            "SELECT count(*) FROM (SELECT rowid FROM grams WHERE grams MATCH '{}' LIMIT 10001)",
            tokens.join(" AND ")
        );
        all.push(Question {
            name: format!("search {search}{more}"),
            path,
            floor: vec![floor],
            budget: SEARCH,
            search: Some(Search { words: search.to_owned(), condition: condition.to_owned(), sort: sort_of(more) }),
        });
    }
    let many = plain.ask("SELECT id FROM rooms ORDER BY member_count DESC LIMIT 1").await?;
    for (name, path) in [
        ("room", "/rooms/room-0000042".to_owned()),
        ("room with 500 members", format!("/rooms/{many}")),
        ("room, members", format!("/rooms/{many}/members")),
        ("room, attributes", "/rooms/room-0000042/attributes".to_owned()),
        ("room, history", "/rooms/room-0000042/history".to_owned()),
    ] {
        all.push(Question { name: name.to_owned(), path, floor: Vec::new(), budget: LIST, search: None });
    }
    let day = plain.ask("SELECT date(max(at) / 1000, 'unixepoch') FROM audit").await?;
    for (name, query) in [
        ("audit", String::new()),
        ("audit by person", "?actor=person-7".to_owned()),
        ("audit by source", "?source=command".to_owned()),
        ("audit by field", "?field=description".to_owned()),
        ("audit of a room", "?room=room-0000042".to_owned()),
        ("audit of a day", format!("?from={day}&to={day}")),
        ("audit by person and field", "?actor=person-7&field=description".to_owned()),
    ] {
        let budget = Budget::of(5.0, 20.0);
        all.push(Question {
            name: name.to_owned(),
            path: format!("/audit{query}"),
            floor: Vec::new(),
            budget,
            search: None,
        });
    }
    Ok(all)
}
