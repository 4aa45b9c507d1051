//! What changes a room: `update.action`, `create.action`, `toggleCloseStat.action`.

use serde_json::{Value as Json, json};

use super::admitted;
use crate::{
    domain::{
        attribute::AttributeLimits,
        audit::Notify,
        room::{Field, Patch, Value},
        text,
    },
    services::rooms::{self, NewId, NewRoom},
    vendors::{
        Api, Call,
        api::Behalf,
        netease::{
            CREATE, TOGGLE, UPDATE,
            error::Failure,
            form::Form,
            wire::{self, CREATOR, VALID},
        },
    },
};

/// Longest `notifyExt` in characters (contract netease-update-chatroom).
const NOTIFY_EXT: usize = 2048;

/// `update.action` (contract netease-update-chatroom): only what is given is changed, the last one to write wins. With
/// nothing but `roomid` nothing changes and the room is answered.
pub async fn update(api: &Api, call: &Call) -> Result<Json, Failure> {
    let (ctx, (number, patch)) = admitted(api, call, &UPDATE, |form| {
        let asked = (form.room()?, wire::patch(form)?);
        Ok((asked, Behalf { notify: Some(notify(form)?), ..Behalf::app("") }))
    })
    .await?;
    let room = rooms::numbered(&ctx, number).await?;
    rooms::update(&ctx, &room.id, i64::MAX, patch).await?;
    let room = rooms::get(&ctx, &room.id).await?;
    Ok(json!({"chatroom": wire::updated(&room), "code": 200}))
}

/// `needNotify` and `notifyExt`: kept with the change, for those who tell members of it.
fn notify(form: &Form) -> Result<Notify, Failure> {
    let ext = form.text("notifyExt").unwrap_or_default();
    let checked = text::at_most(ext, NOTIFY_EXT).and_then(|()| text::tidy(ext, 2));
    let ext = checked.map_err(|why| Failure::parameter(format!("notifyExt {why}")))?;
    Ok(Notify { wanted: form.flag("needNotify")?.unwrap_or(true), ext })
}

/// `create.action` (facts.md 2b). The vendor wants a creator whom it knows; here nobody could make one known, since
/// accounts are no business of this house, so that the creator becomes known by it. `inOutNotification` is ignored: this
/// house tells nobody who comes and goes, and `ionotify` says so.
pub async fn create(api: &Api, call: &Call) -> Result<Json, Failure> {
    let (ctx, patch) = admitted(api, call, &CREATE, |form| {
        let creator = CREATOR.read(&Json::from(form.needed("creator")?));
        let creator = creator.map_err(|why| Failure::parameter(format!("creator {why}")))?;
        let Some(Value::Text(creator)) = creator else { return Err(Failure::missing("creator")) };
        form.needed("name")?;
        let patch = wire::patch(form)?;
        if patch.iter().any(|(field, value)| field == Field::Name && value.is_none()) {
            return Err(Failure::missing("name"));
        }
        form.flag("inOutNotification")?;
        never_by_time(form)?;
        let behalf = Behalf::app(creator.clone());
        Ok((patch.with(Field::Owner, Some(Value::Text(creator))), behalf))
    })
    .await?;
    let new = NewRoom {
        id: NewId::Numbered,
        app: String::new(),
        patch,
        members: Vec::new(),
        attributes: (Vec::new(), AttributeLimits::default()),
    };
    let (room, _) = rooms::create(&ctx, new).await?;
    Ok(json!({"chatroom": wire::made(&room), "code": 200}))
}

/// `toggleCloseStat.action` (facts.md 2b): a room is closed and opened, which is what the vendor has instead of deleting.
/// The room stands under `desc`. The operator must own the room; that is looked at before the change and not again with
/// it, because it protects the back-end from its own mistakes only: the app may do this without an operator's right.
pub async fn toggle(api: &Api, call: &Call) -> Result<Json, Failure> {
    let (ctx, (number, operator, patch)) = admitted(api, call, &TOGGLE, |form| {
        let (number, operator) = (form.room()?, form.needed("operator")?.trim());
        let valid = form.flag("valid")?.ok_or_else(|| Failure::missing("valid"))?;
        let status = VALID.read(&Json::from(valid)).map_err(|why| Failure::parameter(format!("valid {why}")))?;
        never_by_time(form)?;
        let asked = (number, operator.to_owned(), Patch::default().with(Field::Status, status));
        Ok((asked, Behalf::app(operator)))
    })
    .await?;
    let room = rooms::numbered(&ctx, number).await?;
    if room.owner() != Some(operator.as_str()) {
        return Err(Failure::not_creator());
    }
    rooms::update(&ctx, &room.id, i64::MAX, patch).await?;
    let room = rooms::get(&ctx, &room.id).await?;
    Ok(json!({"desc": wire::made(&room), "code": 200}))
}

/// Refuses to close a room by time, `delayClosePolicy` 1 and 2: a client that is told yes would rely on it.
fn never_by_time(form: &Form) -> Result<(), Failure> {
    form.long("delaySeconds")?;
    match form.long("delayClosePolicy")? {
        None | Some(0) => Ok(()),
        Some(1 | 2) => Err(Failure::parameter("delayClosePolicy must be 0: rooms are not closed by time here")),
        Some(_) => Err(Failure::parameter("delayClosePolicy must be 0, 1 or 2")),
    }
}
