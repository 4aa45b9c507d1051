//! Jobs: a change of many rooms is foreseen exactly, done once, told of, and taken back.

mod attributes;
mod failing;
mod kills;
mod pages;
mod people;
mod plans;
mod refusals;
mod results;
mod running;
mod shields;
mod speed;
mod tokens;
mod undone;
mod uploads;

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use wardroom::{
    domain::{
        Role, Timestamp,
        attribute::AttributeLimits,
        audit::{Actor, Source},
        job::{Job, RoomResult, Rooms, State, Steps, Typed, TypedAttribute},
        page::Page,
        room::RoomQuery,
    },
    server::clock,
    services::{Ctx, export::Export, import::Format, jobs},
};

use crate::harness::House;

/// A member of staff who asks, now.
pub fn staff(house: &House, name: &str, role: Role) -> Ctx {
    let actor = Actor::Staff(name.to_owned());
    let now = clock::now();
    Ctx { actor, role, source: Source::Console, now, proved_at: Some(now), ..house.ctx() }
}

/// The template's admin.
pub fn ada(house: &House) -> Ctx {
    staff(house, "ada", Role::Admin)
}

/// Another admin.
pub fn fritz(house: &House) -> Ctx {
    staff(house, "fritz", Role::Admin)
}

/// The template's moderator.
pub fn mona(house: &House) -> Ctx {
    staff(house, "mona", Role::Moderator)
}

pub fn map(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

pub fn steps(typed: &Typed) -> Steps {
    typed.steps(&AttributeLimits::default()).unwrap()
}

pub fn set(pairs: &[(&str, &str)]) -> Steps {
    steps(&Typed { set: map(pairs), ..Typed::default() })
}

pub fn add(pairs: &[(&str, &str)]) -> Steps {
    steps(&Typed { add: map(pairs), ..Typed::default() })
}

/// Attributes to be set, or with no value deleted.
pub fn attributes_of(rows: &[(&str, Option<&str>)]) -> Typed {
    let row = |(key, value): &(&str, Option<&str>)| TypedAttribute {
        key: (*key).to_owned(),
        value: value.unwrap_or_default().to_owned(),
        delete: value.is_none().then(|| "on".to_owned()),
    };
    let attributes = rows.iter().enumerate().map(|(n, pair)| (n.to_string(), row(pair))).collect();
    Typed { attributes, ..Typed::default() }
}

pub fn listed(ids: &[&str]) -> Rooms {
    Rooms::Listed(ids.iter().map(|id| (*id).to_owned()).collect())
}

pub fn matching(pairs: &[(&str, &str)]) -> Rooms {
    let (query, wrong) = RoomQuery::parse(pairs.iter().copied());
    assert!(wrong.is_empty(), "{wrong:?}");
    Rooms::Matching(query)
}

/// Every room.
pub fn all() -> Rooms {
    matching(&[])
}

/// Starts a plan of the asker's, approved by somebody else where that is needed.
pub async fn started(house: &House, ctx: &Ctx, job: Job) -> Job {
    if job.state == State::Awaiting {
        jobs::approve(&staff(house, "another", Role::Admin), job.id).await.unwrap();
    }
    let job = jobs::get(ctx, job.id).await.unwrap();
    jobs::run(ctx, job.id, &jobs::token(ctx, &job).unwrap()).await.unwrap()
}

/// Starts a plan and waits for its end.
pub async fn done(house: &House, ctx: &Ctx, job: Job) -> Job {
    let job = started(house, ctx, job).await;
    house.worker().work_off().await.unwrap();
    let job = jobs::get(ctx, job.id).await.unwrap();
    assert_eq!(job.state, State::Done, "{}", job.reason);
    job
}

/// What became of every room of a job, by id, read page by page.
pub async fn results(house: &House, job: i64) -> BTreeMap<String, RoomResult> {
    let (ctx, mut page, mut all) = (ada(house), Page::First, BTreeMap::new());
    loop {
        let found = jobs::results(&ctx, job, None, &page).await.unwrap();
        for row in found.rows {
            let known = all.insert(row.room.clone(), row);
            assert!(known.is_none(), "a room stands once");
        }
        match found.next {
            Some(next) => page = Page::After(next),
            None => return all,
        }
    }
}

/// Every room as an export gives it, by id, without what goes up with every change.
pub async fn exported(house: &House) -> BTreeMap<String, Json> {
    let (ctx, mut export, mut text) = (ada(house), Export::new(Format::JsonLines), Vec::new());
    while let Some(part) = export.next(&ctx).await.unwrap() {
        text.extend(part);
    }
    let rooms = String::from_utf8(text).unwrap();
    let room = |line: &str| {
        let mut room: Map<String, Json> = serde_json::from_str(line).unwrap();
        ["version", "updated_at", "attribute_seq"].iter().for_each(|key| drop(room.remove(*key)));
        for attribute in room.get_mut("attributes").and_then(Json::as_array_mut).into_iter().flatten() {
            attribute.as_object_mut().unwrap().remove("seq");
        }
        (room["id"].as_str().unwrap().to_owned(), Json::Object(room))
    };
    rooms.lines().map(room).collect()
}

/// The rooms that differ.
pub fn differing(before: &BTreeMap<String, Json>, after: &BTreeMap<String, Json>) -> Vec<String> {
    assert_eq!(before.len(), after.len());
    before.iter().filter(|(id, room)| after.get(*id) != Some(room)).map(|(id, _)| id.clone()).collect()
}

/// A moment so many minutes after another.
pub fn minutes(after: Timestamp, many: i64) -> Timestamp {
    after.plus(many * 60_000)
}
