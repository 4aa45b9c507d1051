//! Clients, as pickers look for them.

use super::Ctx;
use crate::domain::{Error, Result, Right, client::Client, text};

/// Clients whose id or nickname begins with what was typed; few, by id.
///
/// # Errors
/// Not allowed, or what was typed cannot be in an id.
pub async fn suggest(ctx: &Ctx, typed: &str) -> Result<Vec<Client>> {
    ctx.may(Right::See)?;
    let start = text::tidy(typed, 1)
        .and_then(|start| text::at_most(&start, 128).map(|()| start))
        .map_err(|why| Error::invalid("prefix", why))?;
    if start.is_empty() {
        return Ok(Vec::new());
    }
    ctx.store.clients_like(&start).await
}
