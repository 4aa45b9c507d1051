//! The beginning of the chain: its two ends in a database that has none yet, and macs for the entries from before.

use serde_json::{Value as Json, json};
use sqlx::{Connection, SqliteConnection};

use super::{
    Tx, ends,
    ends::{End, Part},
    no_key, rows,
};
use crate::{
    domain::{
        Timestamp,
        audit::{Action, Actor, Source},
        page::grouped,
        text::hex,
    },
    store::{
        chain,
        seal::{AuditKey, Keys},
        sqlite::audit::NewEntry,
    },
};

/// Entries that get their macs in one transaction.
const PART: i64 = 5_000;
/// After how many entries the log says how far it is.
const TOLD: i64 = 250_000;
/// Gives entries their macs, from a list as JSON.
const SEAL: &str = "UPDATE audit SET mac = unhex(value ->> 1) FROM json_each($1) WHERE audit.id = value ->> 0";
/// Whether there is an end, or an entry with a mac: then there was a chain.
const IS_OLD: &str = "SELECT EXISTS (SELECT 1 FROM audit_ends) OR EXISTS (SELECT 1 FROM audit WHERE mac IS NOT NULL)";

/// Sees to it that there is a chain. Entries from before it get their macs part by part; what was interrupted goes on
/// where it was, also in two processes at once. One entry tells that this was done.
///
/// A chain that was there is left as it is, whole or not.
///
/// # Errors
/// The database failed.
pub async fn begin(tx: &mut Tx) -> Result<(), sqlx::Error> {
    let keys = tx.chain.keys.clone();
    let key = keys.audit(None).ok_or_else(no_key)?;
    let is_sealed = "SELECT EXISTS (SELECT 1 FROM audit_ends WHERE part = 'head')";
    if sqlx::query_scalar::<_, bool>(is_sealed).fetch_one(&mut tx.conn).await? {
        return Ok(());
    }
    first(&mut tx.conn, &key).await?;
    while next(tx, &keys, &key).await? {}
    Ok(())
}

/// Writes the start, and that nothing has its mac yet; or, where there are no entries, the head.
async fn first(conn: &mut SqliteConnection, key: &AuditKey) -> Result<(), sqlx::Error> {
    let mut unit = conn.begin_with("BEGIN IMMEDIATE").await?;
    if sqlx::query_scalar::<_, bool>(IS_OLD).fetch_one(&mut *unit).await? {
        return unit.commit().await;
    }
    let bounds = "SELECT (SELECT min(id) - 1 FROM audit), (SELECT seq FROM sqlite_sequence WHERE name = 'audit')";
    let (before, given): (Option<i64>, Option<i64>) = sqlx::query_as(bounds).fetch_one(&mut *unit).await?;
    let database = hex(&rand::random::<[u8; 16]>());
    let start = End {
        part: Part::Start,
        entry: before.or(given).unwrap_or_default(),
        many: 0,
        at: 0,
        written_at: now(&mut unit).await?,
        mac: chain::nothing(key, &database),
        database,
    };
    ends::put(&mut unit, &start, key).await?;
    let part = if before.is_some() { Part::Sealing } else { Part::Head };
    ends::put(&mut unit, &End { part, ..start }, key).await?;
    unit.commit().await
}

/// Gives some more entries their macs; says whether there may be more.
async fn next(tx: &mut Tx, keys: &Keys, key: &AuditKey) -> Result<bool, sqlx::Error> {
    tx.execute("BEGIN IMMEDIATE").await?;
    let done = part(tx, keys, key).await;
    tx.chain.forget();
    tx.execute(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
    done
}

async fn part(tx: &mut Tx, keys: &Keys, key: &AuditKey) -> Result<bool, sqlx::Error> {
    // None where another process has done it all, or where somebody has changed the row: then there is no head either,
    // and whoever writes the next entry says so.
    let Some(mut sealing) = ends::find(&mut tx.conn, Part::Sealing, keys).await? else { return Ok(false) };
    let found = rows::after(&mut tx.conn, sealing.entry, PART).await?;
    let mut macs: Vec<Json> = Vec::with_capacity(found.len());
    let mut buffer = Vec::new();
    for row in &found {
        let (id, at, _) = rows::facts(row)?;
        sealing.mac = chain::entry(key, &sealing.mac, &rows::read(row)?, &mut buffer);
        (sealing.entry, sealing.at, sealing.many) = (id, at, sealing.many + 1);
        macs.push(json!([id, sealing.mac.hex()]));
    }
    if !found.is_empty() {
        if sealing.many % TOLD < PART {
            tracing::info!(entries = sealing.many, "sealing the audit trail");
        }
        sqlx::query(SEAL).bind(Json::from(macs).to_string()).execute(&mut tx.conn).await?;
        ends::put(&mut tx.conn, &sealing, key).await?;
        return Ok(true);
    }
    let now = now(&mut tx.conn).await?;
    let (many, last) = (sealing.many, sealing.entry);
    ends::put(&mut tx.conn, &End { part: Part::Head, written_at: now, ..sealing }, key).await?;
    sqlx::query("DELETE FROM audit_ends WHERE part = 'sealing'").execute(&mut tx.conn).await?;
    tx.append_entry(&told(Timestamp(now), many, last)).await?;
    tx.chain.settle(true);
    tx.write_head().await?;
    tx.take_touched();
    Ok(false)
}

/// The entry that tells that the chain begins here.
fn told(at: Timestamp, many: i64, last: i64) -> NewEntry {
    let entries = grouped(many.unsigned_abs());
    NewEntry {
        at,
        actor: Actor::Command("wardroom".to_owned()),
        source: Source::Command,
        address: String::new(),
        action: Action::TrailSealed,
        room: None,
        note: format!("{entries} entries, up to number {last}; from here on each is sealed as it is written"),
        changes: Vec::new(),
        undo_of: None,
        operation: None,
        call: None,
        job: None,
    }
}

async fn now(conn: &mut SqliteConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER)").fetch_one(conn).await
}
