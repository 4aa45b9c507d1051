//! Making and changing rooms, and taking changes back.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::Done;
use crate::domain::Error;

/// Changes fields of a room. `version` is the one the form was filled from.
#[server(endpoint = "save_room")]
pub async fn save_room(
    id: String,
    version: i64,
    #[server(default)] changes: BTreeMap<String, String>,
) -> Result<Done, Error> {
    use crate::{domain::room::Patch, services::rooms};
    let patch = Patch::from_form(changes.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    let ctx = super::asker::ctx()?;
    let saved = rooms::update(&ctx, &super::asker::room_id(&id)?, version, patch.map_err(Error::Invalid)?).await?;
    let message = match saved.changes.len() {
        1 => "Saved 1 change.".to_owned(),
        many => format!("Saved {many} changes."),
    };
    Ok(Done::of(saved, message))
}

/// Makes a room.
#[server(endpoint = "create_room")]
pub async fn create_room(
    id: String,
    #[server(default)] app: String,
    #[server(default)] changes: BTreeMap<String, String>,
) -> Result<Done, Error> {
    use crate::{
        domain::room::{Patch, address},
        services::rooms::{self, NewRoom},
    };
    let ctx = super::asker::ctx()?;
    let patch = Patch::from_form(changes.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    let (id, patch) = match (super::asker::room_id(&id), patch) {
        (Ok(id), Ok(patch)) => (id, patch),
        (id, patch) => {
            let wrong = [id.err(), patch.err().map(Error::Invalid)].into_iter().flatten();
            let all = wrong.flat_map(|error| if let Error::Invalid(all) = error { all } else { Vec::new() });
            return Err(Error::Invalid(all.collect()));
        }
    };
    let page = address(id.as_str());
    rooms::create(&ctx, NewRoom::plain(id, &app, patch)).await.map_err(|error| match error {
        Error::Exists(_) => Error::invalid("id", "is taken by another room; choose another"),
        other => other,
    })?;
    Ok(Done::saying("Created the room.").at(page))
}

/// Takes an audit entry back.
#[server(endpoint = "undo")]
pub async fn undo(entry: i64) -> Result<Done, Error> {
    let saved = crate::services::history::undo(&super::asker::ctx()?, entry).await?;
    Ok(Done::of(saved, "Undone."))
}
