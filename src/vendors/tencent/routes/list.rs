//! `get_room_list`: the rooms that everybody may see, by how full they are.

use serde_json::{Map, Value as Json, json};

use super::{super::error::Failure, Done, wire};
use crate::{
    domain::room::{Field, Filter, RoomQuery, Sort},
    services::{Ctx, rooms},
};

/// Most rooms of one answer, and how many there are where nothing is said.
const COUNT: i64 = 20;

/// Listed and active rooms, the fullest first: the page sorts by `ViewCount`, of which we have the members at most.
/// `Next` is a place in that order, written as a text that means nothing to anybody else; a room that moves while
/// somebody turns the pages may be seen twice or not at all. Rooms whose id is too long to be called with are left
/// out, so a page may be shorter than `Count`; only an empty `Next` is the end.
pub async fn list(ctx: &Ctx, body: &Map<String, Json>) -> Done {
    let wrong = || Failure::parameter("Next must be empty, or what the answer before had as Next");
    let skip = match wire::text(body, "Next")? {
        // The official manager begins with "0" (facts.md 0.4).
        None | Some("" | "0") => 0,
        Some(next) if next.bytes().all(|b| b.is_ascii_digit()) => next.parse::<i64>().map_err(|_| wrong())?,
        Some(_) => return Err(wrong()),
    };
    let many = match body.get("Count") {
        None => COUNT,
        Some(json) => match json.as_i64() {
            Some(many) if (1..=COUNT).contains(&many) => many,
            _ => return Err(Failure::parameter(format!("Count must be a whole number from 1 to {COUNT}"))),
        },
    };
    let query = RoomQuery {
        filters: vec![
            Filter::Field(Field::Listed, "yes".to_owned()),
            Filter::Field(Field::Status, "active".to_owned()),
        ],
        sort: Sort::Members,
        descending: true,
        ..RoomQuery::default()
    };
    let (found, total) = rooms::between(ctx, &query, skip, many).await?;
    let end = skip.saturating_add(many);
    let next = if end.unsigned_abs() < total { end.to_string() } else { String::new() };
    let rooms: Vec<Json> = found.iter().filter(|room| wire::can_be_called(&room.id)).map(wire::listed).collect();
    Ok(Some(json!({"Next": next, "RoomList": rooms})))
}
