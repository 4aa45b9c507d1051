//! Looking for clients while typing.

use leptos::{prelude::*, server_fn::codec::GetUrl};

use crate::domain::{Error, client::Client};

/// Clients whose id or nickname begins with what was typed.
#[server(endpoint = "suggest_clients", input = GetUrl)]
pub async fn suggest_clients(#[server(default)] prefix: String) -> Result<Vec<Client>, Error> {
    crate::services::clients::suggest(&super::asker::ctx()?, &prefix).await
}
