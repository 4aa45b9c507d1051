//! What was acknowledged, and whether a database holds it: whole, once, and in agreement with itself.

use std::{collections::BTreeMap, path::Path};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};
use wardroom::{
    domain::room::{Field, RoomId, RoomQuery},
    store::Store,
};

use crate::audit::chain;

/// What clients were told: each name that they gave a room, which nothing else ever has.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Names whose saving was acknowledged, with their room, in the order of the acknowledgements.
    pub acknowledged: Vec<(String, String)>,
    /// Names that were sent and not answered, or refused for want of a disk: they may be there, once.
    pub open: Vec<(String, String)>,
}

impl Ledger {
    pub fn extend(&mut self, other: Self) {
        self.acknowledged.extend(other.acknowledged);
        self.open.extend(other.open);
    }
}

/// Opens a database whose server is gone, as the next one would.
async fn open(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(file).foreign_keys(true).connect().await.unwrap()
}

async fn all(conn: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(conn).await;
    rows.unwrap_or_else(|why| panic!("{why}: {sql}")).iter().map(|row| row.get::<String, _>(0)).collect()
}

/// Statements that name what does not agree; each finds nothing in a sound database.
const WRONG: [(&str, &str); 6] = [
    ("a reference leads nowhere", "SELECT \"table\" FROM pragma_foreign_key_check"),
    (
        "a version stands twice in the trail",
        "SELECT room || ' ' || version FROM audit WHERE action = 'room.updated' GROUP BY room, version
         HAVING count(*) > 1",
    ),
    (
        "a room is at another version than its newest change",
        "SELECT rooms.id FROM rooms JOIN
             (SELECT room, max(version) AS newest FROM audit WHERE action = 'room.updated' GROUP BY room) AS told
         ON told.room = rooms.id WHERE rooms.version < told.newest",
    ),
    (
        "a room is not named as its newest change says",
        "WITH named AS (SELECT room, max(audit.id) AS entry FROM audit, json_each(audit.changes) AS c
                        WHERE c.value ->> 'field' = 'name' GROUP BY room)
         SELECT rooms.id FROM named JOIN rooms ON rooms.id = named.room JOIN audit ON audit.id = named.entry,
             json_each(audit.changes) AS c
         WHERE c.value ->> 'field' = 'name' AND c.value ->> 'after' IS NOT rooms.name",
    ),
    (
        "an attribute is not as its newest change says",
        "WITH set_last AS (SELECT room, c.value ->> 'field' AS field, max(audit.id) AS entry
                           FROM audit, json_each(audit.changes) AS c
                           WHERE c.value ->> 'field' LIKE 'attribute.%' GROUP BY room, c.value ->> 'field')
         SELECT rooms.id || ' ' || field FROM set_last JOIN rooms ON rooms.id = set_last.room
             JOIN audit ON audit.id = set_last.entry, json_each(audit.changes) AS c
         WHERE c.value ->> 'field' = field AND c.value ->> 'after' IS NOT
             (SELECT value FROM attributes WHERE attributes.room = rooms.number AND 'attribute.' || key = field)",
    ),
    (
        "an entry's fields are not in their index",
        "SELECT audit.id || '' FROM audit, json_each(audit.changes) AS c WHERE audit.action = 'room.updated'
             AND NOT EXISTS (SELECT 1 FROM audit_fields WHERE entry = audit.id AND field = c.value ->> 'field')",
    ),
];

/// Looks whether a database is whole and agrees with itself and with what clients were told.
pub async fn check(file: &Path, ledger: &Ledger) {
    let mut conn = open(file).await;
    assert_eq!(all(&mut conn, "PRAGMA integrity_check").await, ["ok"]);
    for (what, sql) in WRONG {
        let wrong = all(&mut conn, sql).await;
        assert!(wrong.is_empty(), "{what}: {wrong:?}");
    }
    let rows = sqlx::query(
        "SELECT c.value ->> 'after', count(*) FROM audit, json_each(audit.changes) AS c
         WHERE c.value ->> 'field' = 'name' AND c.value ->> 'after' IS NOT NULL GROUP BY 1",
    );
    let rows = rows.fetch_all(&mut conn).await.unwrap();
    let trail: BTreeMap<String, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    for (room, name) in &ledger.acknowledged {
        assert_eq!(trail.get(name), Some(&1), "{name} of {room} was acknowledged");
    }
    for (room, name) in &ledger.open {
        assert!(trail.get(name).is_none_or(|many| *many == 1), "{name} of {room} is there twice");
    }
    conn.close().await.unwrap();
    search(file, ledger).await;
    chain::verify(file, &[]).await.expect("the trail is a chain");
}

/// The search index agrees with the rooms: the newest names are found, those before them are not.
async fn search(file: &Path, ledger: &Ledger) {
    let store = Store::open(&format!("sqlite:{}", file.display())).await.unwrap();
    for (room, name) in ledger.acknowledged.iter().rev().take(12) {
        let now = store.room(&RoomId::parse(room).unwrap()).await.unwrap();
        let is_named = now.is_some_and(|now| now.values.text(Field::Name) == Some(name));
        let (query, _) = RoomQuery::parse([("q", name.as_str())]);
        let found: Vec<String> = store.rooms(&query).await.unwrap().rows.iter().map(|row| row.id.to_string()).collect();
        let wanted: &[String] = if is_named { std::slice::from_ref(room) } else { &[] };
        assert_eq!(found, wanted, "searched: {name}");
    }
    store.close().await;
}
