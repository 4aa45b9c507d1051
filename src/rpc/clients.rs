//! Looking for clients while typing.

use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};

use crate::domain::Error;

/// A client as a picker offers it (`ui::islands`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The id.
    pub id: String,
    /// The name people see; may be empty.
    pub nickname: String,
}

/// Clients whose id or nickname begins with what was typed.
#[server(endpoint = "suggest_clients", input = GetUrl)]
pub async fn suggest_clients(#[server(default)] prefix: String) -> Result<Vec<Suggestion>, Error> {
    let found = crate::services::clients::suggest(&super::asker::ctx()?, &prefix).await?;
    Ok(found.into_iter().map(|client| Suggestion { id: client.id.to_string(), nickname: client.nickname }).collect())
}
