//! A room's attributes: set and deleted in one call, and asked for.

use super::{Done, admit, body, on_behalf};
use crate::{
    domain::app::App,
    services::{
        attributes::{self, AfterRefusal, Rules},
        rooms::{self, Members},
    },
    vendors::{
        Api, Call,
        zego::{ABOUT, MODIFY, QUERY, error::Failure, wire},
    },
};

/// `ModifyRoomAttribute` (contract zego-update-room-attributes). Each key has its own result: what can be done is done
/// and kept, whatever becomes of the rest. A key that is deleted and was not there is a success, and no change.
///
/// Where some keys failed and others did not, `Code` is 0, as in the contract's example. Where every key failed it is
/// 660000002, the one code of the page that fits, with `ErrKeyList` beside it: a client that looks at nothing else must
/// not take a call for done that did nothing. The vendor's page on `QueryRoomMembers` says the same of its own list:
/// with another code than 0 and a list, it holds for all.
pub async fn modify(api: &Api, call: &Call, app: &App) -> Done {
    let ctx = admit(api, call, app, &MODIFY)?;
    let body = body(call)?;
    let ctx = on_behalf(ctx, wire::user("FromUserId", wire::text(&body, "FromUserId")?)?);
    let room = wire::room(wire::text(&body, "RoomId")?)?;
    let asked = wire::edits(&body)?;
    let rules =
        Rules { limits: api.attribute_limits(&ABOUT), after_refusal: AfterRefusal::StopAt(asked.stops.clone()) };
    let changed = attributes::change(&ctx, &room, i64::MAX, asked.edits.clone(), rules).await?;
    let mut fields = wire::seq(changed.seq);
    let (lists, any) = wire::lists(&asked.edits, &changed.outcomes);
    fields.extend(lists);
    if any {
        return Ok(fields);
    }
    let first = changed.outcomes.first().and_then(|outcome| outcome.refused.as_ref());
    let why = first.map_or_else(String::new, ToString::to_string);
    Err(Failure::parameter(format!("No attribute could be changed; the first: {why}")).with(fields))
}

/// `QueryRoomAttribute`: all of them, by key. `FromUserId` is required there, so it is here.
pub async fn query(api: &Api, call: &Call, app: &App) -> Done {
    let ctx = admit(api, call, app, &QUERY)?;
    let body = body(call)?;
    let ctx = on_behalf(ctx, wire::user("FromUserId", wire::text(&body, "FromUserId")?)?);
    let room = wire::room(wire::text(&body, "RoomId")?)?;
    Ok(wire::attributes(&rooms::view(&ctx, &room, Members::None).await?))
}
