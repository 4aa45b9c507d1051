//! A room's metadata, which are its attributes: look, set, delete; several keys a call, all or none.
//!
//! 100500 to 100504 are the page's own codes (facts.md 4c). A key that stands twice in one call is 100002: which of two
//! values was meant, nobody can know.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::{super::error::Failure, Done, wire};
use crate::{
    domain::{
        Error,
        attribute::{AttributeLimits, Edit},
        room::RoomId,
        text::at_most_bytes,
    },
    services::{
        Ctx,
        attributes::{self, AfterRefusal, Rules},
        rooms,
    },
};

/// Most keys in one call.
pub const KEYS: usize = 10;

/// `get_room_metadata`: no `Keys`, or none in it, are all keys. A key that is not there is left out of the answer.
pub async fn get(ctx: &Ctx, body: &Map<String, Json>) -> Done {
    let id = wire::room_id(body)?;
    let keys = match body.get("Keys") {
        None => Vec::new(),
        Some(_) => keys(body)?,
    };
    let all = attributes::of(ctx, &rooms::get(ctx, &id).await?).await?;
    let wanted = all.iter().filter(|attribute| keys.is_empty() || keys.contains(&attribute.key.as_str()));
    Ok(Some(json!({"Metadata": wire::metadata(wanted)})))
}

/// `set_room_metadata`: a key that is there gets the value, one that is not is added. Either stays until it is deleted:
/// this vendor knows nothing that goes when its client leaves.
pub async fn set(ctx: &Ctx, body: &Map<String, Json>, limits: AttributeLimits) -> Done {
    let id = wire::room_id(body)?;
    let items = match body.get("Metadata") {
        Some(Json::Array(items)) if !items.is_empty() => items,
        _ => return Err(Failure::parameter("Metadata must be a list of at least one key and value")),
    };
    not_too_many(items.len())?;
    let edits = items.iter().map(|item| edit(item, &limits)).collect::<Result<Vec<Edit>, Failure>>()?;
    let asked: BTreeSet<String> = edits.iter().map(|edit| edit.key().to_owned()).collect();
    match attributes::change(ctx, &id, i64::MAX, edits, rules(limits)).await {
        Ok(_) => Ok(None),
        Err(Error::Limit(why)) => Err(Failure::new(over(ctx, &id, asked, limits).await?, why)),
        Err(error) => Err(error.into()),
    }
}

/// `del_room_metadata`: keys that are not there do not matter, as long as one is.
pub async fn delete(ctx: &Ctx, body: &Map<String, Json>, limits: AttributeLimits) -> Done {
    let id = wire::room_id(body)?;
    let keys = keys(body)?;
    if keys.is_empty() {
        return Err(Failure::parameter("Keys must name at least one key"));
    }
    let edits = keys.into_iter().map(|key| Edit::Delete { key: key.to_owned() }).collect();
    let changed = attributes::change(ctx, &id, i64::MAX, edits, rules(limits)).await?;
    if changed.saved.changes.is_empty() {
        return Err(Failure::new(100_503, "None of these keys is there"));
    }
    Ok(None)
}

const fn rules(limits: AttributeLimits) -> Rules {
    Rules { limits, after_refusal: AfterRefusal::Undo }
}

/// Which of its limits a room would be over: 100500 for its keys, 100502 for all of them together.
async fn over(ctx: &Ctx, id: &RoomId, asked: BTreeSet<String>, limits: AttributeLimits) -> Result<u32, Failure> {
    let mut keys = asked;
    let stand = attributes::of(ctx, &rooms::get(ctx, id).await?).await?;
    keys.extend(stand.into_iter().map(|attribute| attribute.key));
    Ok(if keys.len() > limits.per_room { 100_500 } else { 100_502 })
}

fn edit(item: &Json, limits: &AttributeLimits) -> Result<Edit, Failure> {
    let Json::Object(item) = item else { return Err(Failure::parameter("Metadata must be a list of objects")) };
    let word = |name| match wire::text(item, name)? {
        Some(text) => Ok(text),
        None => Err(Failure::parameter(format!("{name} is missing in Metadata"))),
    };
    let (key, value) = (word("Key")?, word("Value")?);
    key_fits(key, limits.key_bytes)?;
    at_most_bytes(value, limits.value_bytes)
        .map_err(|why| Failure::new(100_501, format!("the value of {key:?} {why}")))?;
    Ok(Edit::Set { key: key.to_owned(), value: value.to_owned(), auto_delete: false })
}

/// The keys that a call is about. They are not measured: what stands under a longer key can be seen and deleted.
fn keys(body: &Map<String, Json>) -> Result<Vec<&str>, Failure> {
    let Some(Json::Array(items)) = body.get("Keys") else {
        return Err(Failure::parameter("Keys must be a list of texts"));
    };
    not_too_many(items.len())?;
    let texts: Option<Vec<&str>> = items.iter().map(Json::as_str).collect();
    texts.ok_or_else(|| Failure::parameter("Keys must be a list of texts"))
}

fn not_too_many(keys: usize) -> Result<(), Failure> {
    if keys <= KEYS {
        return Ok(());
    }
    Err(Failure::new(100_500, format!("There are too many keys: {keys} of {KEYS}")))
}

fn key_fits(key: &str, max: usize) -> Result<(), Failure> {
    at_most_bytes(key, max).map_err(|why| Failure::new(100_504, format!("a key {why}")))
}
