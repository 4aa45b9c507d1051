//! Everything that is kept, as text, to be compared before and after.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row, sqlite::SqliteConnectOptions};

/// Every row of every table of ours, but not the browsers' sessions, which change with every message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump(BTreeMap<String, BTreeSet<String>>);

const TABLES: [&str; 17] = [
    "rooms",
    "clients",
    "members",
    "attributes",
    "staff",
    "totp",
    "recovery_codes",
    "audit",
    "audit_fields",
    "totals",
    "apps",
    "app_calls",
    "client_tokens",
    "views",
    "jobs",
    "job_chunks",
    "shield_holds",
];

impl Dump {
    /// Reads a database.
    pub async fn of(file: &Path) -> Self {
        let mut conn = SqliteConnectOptions::new().filename(file).read_only(true).connect().await.unwrap();
        let mut all = BTreeMap::new();
        for table in TABLES {
            let columns = sqlx::query(AssertSqlSafe(format!("PRAGMA table_info({table})")));
            let columns = columns.fetch_all(&mut conn).await.unwrap();
            assert!(!columns.is_empty(), "no table {table}");
            let quoted: Vec<String> = columns
                .iter()
                .map(|row| row.get::<String, _>(1))
                .map(|name| format!("'{name}=' || quote({name})"))
                .collect();
            let sql = format!("SELECT {} FROM {table}", quoted.join(" || ' ' || "));
            let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut conn).await.unwrap();
            all.insert(table.to_owned(), rows.into_iter().collect());
        }
        let sql = "SELECT group_concat(id || ' ' || hex(sz), ',') FROM (SELECT id, sz FROM grams_docsize ORDER BY id)";
        let index: Option<String> = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
        all.insert("grams".to_owned(), index.into_iter().collect());
        conn.close().await.unwrap();
        Self(all)
    }

    /// The tables in which anything differs.
    pub fn differs(&self, later: &Self) -> Vec<&str> {
        self.0
            .iter()
            .filter(|(table, rows)| later.0.get(*table) != Some(rows))
            .map(|(table, _)| table.as_str())
            .collect()
    }

    /// The rows that a table has now and had not before.
    pub fn added<'a>(&'a self, later: &'a Self, table: &str) -> Vec<&'a str> {
        later.0[table].difference(&self.0[table]).map(String::as_str).collect()
    }

    /// How many rows a table has.
    pub fn count(&self, table: &str) -> usize {
        self.0[table].len()
    }
}
