//! What looks at rooms: `get.action` and `getBatch.action`.

use serde_json::{Value as Json, json};

use super::admitted;
use crate::{
    domain::Error,
    services::rooms,
    vendors::{
        Api, Call,
        api::Behalf,
        json,
        netease::{
            GET, GET_BATCH,
            error::Failure,
            form::{Form, long},
            wire,
        },
    },
};

/// Most rooms of one `getBatch.action`. Facts.md has no bound; public clients quote the vendor's older page with this one.
const MOST: usize = 20;

/// `get.action` (facts.md 2b).
pub async fn get(api: &Api, call: &Call) -> Result<Json, Failure> {
    let (ctx, (number, count)) =
        admitted(api, call, &GET, |form| Ok(((form.room()?, count(form)?), Behalf::app("")))).await?;
    let room = rooms::numbered(&ctx, number).await?;
    Ok(json!({"chatroom": wire::looked_at(&room, count), "code": 200}))
}

/// `getBatch.action` (facts.md 2b): the rooms in the order asked for, each once. `failRooms` is where the vendor puts
/// rooms that it could not read just now; here such a call fails as a whole, with 503 or 500.
pub async fn batch(api: &Api, call: &Call) -> Result<Json, Failure> {
    let (ctx, (numbers, count)) =
        admitted(api, call, &GET_BATCH, |form| Ok(((numbers(form)?, count(form)?), Behalf::app("")))).await?;
    let (mut missing, mut found) = (Vec::new(), Vec::new());
    for number in numbers {
        match rooms::numbered(&ctx, number).await {
            Ok(room) => found.push(wire::looked_at(&room, count)),
            Err(Error::NotFound(_)) => missing.push(number),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(json!({"noExistRooms": missing, "succRooms": found, "failRooms": [], "code": 200}))
}

fn count(form: &Form) -> Result<bool, Failure> {
    Ok(form.flag("needOnlineUserCount")?.unwrap_or(false))
}

/// `roomids`, as clients write it: `[66,6001]`, `[66, 6001]`, `["66","6001"]` (facts.md 0.4), and with a comma before
/// the bracket, which a PHP class leaves there.
fn numbers(form: &Form) -> Result<Vec<i64>, Failure> {
    let wrong = |why: &str| Failure::parameter(format!("roomids {why}"));
    let text = form.needed("roomids")?.trim();
    let inner = text.strip_suffix(']').map(str::trim_end).and_then(|inner| inner.strip_suffix(','));
    let text = inner.map_or_else(|| text.to_owned(), |inner| format!("{inner}]"));
    let items = match json::read(text.as_bytes()) {
        Ok(Json::Array(items)) => items,
        Ok(_) => return Err(wrong("must be a JSON list of room numbers")),
        Err(why) => return Err(wrong(&why)),
    };
    let mut numbers = Vec::new();
    for item in items {
        let number = match &item {
            Json::Number(number) => number.as_i64().ok_or_else(|| wrong("must hold whole numbers of 64 bits"))?,
            Json::String(text) => long("roomids", text)?,
            _ => return Err(wrong("must be a JSON list of room numbers")),
        };
        if !numbers.contains(&number) {
            numbers.push(number);
        }
        if numbers.len() > MOST {
            return Err(wrong(&format!("has more than {MOST} rooms")));
        }
    }
    if numbers.is_empty() { Err(Failure::missing("roomids")) } else { Ok(numbers) }
}
