//! `GET /rooms`: the rooms of a client, or all of the app's.

use std::{collections::BTreeSet, time::Instant};

use serde_json::{Value as Json, json};

use super::{Done, rooms::eyes};
use crate::{
    domain::{
        Timestamp,
        room::{Filter, RoomQuery, Sort},
    },
    services::{clients, rooms},
    vendors::{
        Api, Call,
        imkit::{LIST, auth::who, error::Failure, wire},
    },
};

/// Most rooms of one answer. The page says that no `limit`, or 0, is no limit (facts.md 1b); with a million rooms that
/// would be an answer nobody can read. `totalCount` tells that there are more.
const MOST: i64 = 1000;

/// `sort` is several names with blanks between, a minus for descending; the first that we know counts, because the
/// room's number breaks every tie. `pref`, `q` and `sortUnreadFirst` are accepted and mean nothing here.
pub async fn list(api: &Api, call: &Call) -> Done {
    let who = who(api, call).await?;
    let ctx = who.admit(api, call, &LIST)?;
    let began = Instant::now();
    let mut query = RoomQuery { sort: Sort::Created, descending: true, ..RoomQuery::default() };
    if let Some((sort, descending)) = call.asked("sort").split_whitespace().find_map(order) {
        (query.sort, query.descending) = (sort, descending);
    }
    let after = call.asked("updatedAfter");
    if !after.is_empty() {
        let wrong = || Failure::request("updatedAfter must be a moment, as ISO 8601 or in milliseconds");
        query.filters.push(Filter::From(Timestamp::parse(after).ok_or_else(wrong)?));
    }
    let skip = number(call, "skip")?;
    let limit = match number(call, "limit")? {
        0 => MOST,
        limit => limit.min(MOST),
    };
    let (found, total) = rooms::between(&ctx, &query, skip, limit).await?;
    let ids: BTreeSet<&str> =
        found.iter().filter_map(|room| Some(room.last_message.as_ref()?.sender.as_str())).collect();
    let senders = clients::known(&ctx, &ids.into_iter().collect::<Vec<_>>()).await?;
    let sender = |room: &crate::domain::room::Room| {
        let id = &room.last_message.as_ref()?.sender;
        senders.iter().find(|client| client.id == *id)
    };
    let data: Vec<Json> =
        found.iter().map(|room| Json::Object(wire::summary(room, sender(room), &eyes(&who)))).collect();
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(("OK", json!({"totalCount": total, "inspect": {"query": {}, "tookMS": took}, "data": data})))
}

fn order(word: &str) -> Option<(Sort, bool)> {
    let (descending, word) = word.strip_prefix('-').map_or((false, word), |word| (true, word));
    let sort = match word {
        "name" => Sort::Name,
        "createdTime" | "createdTimeMS" => Sort::Created,
        "updatedTime" | "updatedTimeMS" => Sort::Updated,
        "lastMessage" => Sort::LastMessage,
        "members" => Sort::Members,
        _ => return None,
    };
    Some((sort, descending))
}

fn number(call: &Call, name: &str) -> Result<i64, Failure> {
    match call.asked(name) {
        "" => Ok(0),
        text => match text.parse() {
            Ok(number) if number >= 0 => Ok(number),
            _ => Err(Failure::request(format!("{name} must be a whole number, 0 or more"))),
        },
    }
}
