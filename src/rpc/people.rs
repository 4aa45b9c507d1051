//! A room's owner and managers.

use leptos::prelude::*;

use super::Done;
use crate::domain::Error;

/// Hands a room to another owner; `keep` is set where the old one stays as a manager.
#[server(endpoint = "transfer_room")]
pub async fn transfer_room(
    id: String,
    version: i64,
    to: String,
    #[server(default)] keep: Option<String>,
) -> Result<Done, Error> {
    use crate::{
        domain::{client::ClientId, room::address},
        services::rooms,
    };
    let ctx = super::asker::ctx()?;
    let id = super::asker::room_id(&id)?;
    let to = ClientId::parse(&to).map_err(|why| Error::invalid("to", why))?;
    let message = format!("Transferred the room to {to}.");
    let saved = rooms::transfer(&ctx, &id, version, to, keep.is_some()).await?;
    Ok(Done::of(saved, message).at(address(id.as_str())))
}

/// Makes a client a manager of a room.
#[server(endpoint = "add_manager")]
pub async fn add_manager(id: String, client: String) -> Result<Done, Error> {
    use crate::{domain::client::ClientId, services::rooms};
    let client = ClientId::parse(&client).map_err(|why| Error::invalid("client", why))?;
    let message = format!("{client} is a manager now.");
    let saved = rooms::add_manager(&super::asker::ctx()?, &super::asker::room_id(&id)?, client).await?;
    Ok(Done::of(saved, message))
}

/// Takes a client's manager seat away.
#[server(endpoint = "remove_manager")]
pub async fn remove_manager(id: String, client: String) -> Result<Done, Error> {
    use crate::{domain::client::ClientId, services::rooms};
    let client = ClientId::parse(&client).map_err(|why| Error::invalid("client", why))?;
    let message = format!("{client} is no manager any more.");
    let saved = rooms::remove_manager(&super::asker::ctx()?, &super::asker::room_id(&id)?, client).await?;
    Ok(Done::of(saved, message))
}
