//! Who calls: an app with its API key, which is a platform admin, or a client with the app's client key and a token.
//!
//! Nothing is signed and nothing is timed (facts.md 1a). The official JavaScript library writes the names with
//! underscores and without `IM-` (facts.md 0.4); a reverse proxy must be told to let those through (nginx:
//! `underscores_in_headers on`). `IM-CLIENT-ID`, which one page lists, nobody sends and nobody needs.

use super::{ABOUT, error::Failure, token};
use crate::{
    domain::{
        app::{Action, App},
        client::ClientId,
    },
    services::{Ctx, Seat, secret},
    vendors::{
        Api, Call,
        api::{Behalf, Known},
    },
};

const API_KEY: &[&str] = &["im-api-key", "im_api_key", "api_key", "api-key"];
const CLIENT_KEY: &[&str] = &["im-client-key", "im_client_key", "client_key", "client-key"];
const TOKEN: &[&str] = &["im-authorization", "im_authorization"];

/// Who calls.
pub struct Who {
    /// The app.
    pub app: App,
    /// The client; `None` for the app itself.
    pub client: Option<ClientId>,
    /// Whether the client, or the app, may do everything.
    pub superuser: bool,
}

/// Finds out who calls.
///
/// # Errors
/// A key or the token is missing or wrong; the app is kept out.
pub async fn who(api: &Api, call: &Call) -> Result<Who, Failure> {
    let (given, client_key) = (call.header(API_KEY), call.header(CLIENT_KEY));
    if !given.is_empty() {
        let app = match api.app_with_secret(&ABOUT, given, call).await? {
            Known::Active(found) => found.app,
            Known::Disabled => return Err(Failure::disabled()),
            Known::Unknown => return Err(Failure::identity("INVALID_API_KEY", "Invalid API key")),
        };
        if !client_key.is_empty() && client_key != app.key {
            return Err(Failure::identity("CLIENT_KEY_MISMATCH", "The client key is another app's"));
        }
        return Ok(Who { app, client: None, superuser: true });
    }
    if client_key.is_empty() {
        return Err(Failure::identity("MISSING_CLIENT_KEY", "The IM-CLIENT-KEY header is missing"));
    }
    let found = match api.app(&ABOUT, client_key, call).await? {
        Known::Active(found) => found,
        Known::Disabled => return Err(Failure::disabled()),
        Known::Unknown => return Err(Failure::identity("INVALID_CLIENT_KEY", "Invalid client key")),
    };
    let given = call.header(TOKEN);
    if let Some(claims) = token::read(given, &found.app.key, &found.secrets, call.now)
        && let Ok(client) = ClientId::parse(&claims.client)
    {
        return Ok(Who { app: found.app, client: Some(client), superuser: claims.superuser });
    }
    match api.store.client_token(found.app.id, &secret::hash(given), call.now).await? {
        Some(token) => Ok(Who { app: found.app, client: Some(token.client), superuser: token.superuser }),
        None => Err(Failure::identity("INVALID_TOKEN", "Invalid or expired token")),
    }
}

impl Who {
    /// Lets the caller in to call an action.
    ///
    /// # Errors
    /// Too often, or not allowed.
    pub fn admit(&self, api: &Api, call: &Call, action: &'static Action) -> Result<Ctx, Failure> {
        let seat = match (&self.client, self.superuser) {
            (None, _) => Seat::App,
            (Some(_), true) => Seat::Superuser,
            (Some(_), false) => Seat::Client,
        };
        let client = self.client.as_ref().map(ClientId::to_string).unwrap_or_default();
        Ok(api.admit(call, &self.app, action, Behalf { client, seat, notify: None })?)
    }

    /// Lets only the app itself in.
    ///
    /// # Errors
    /// A client calls; too often; not allowed.
    pub fn admit_app(&self, api: &Api, call: &Call, action: &'static Action) -> Result<Ctx, Failure> {
        let ctx = self.admit(api, call, action)?;
        match self.client {
            None => Ok(ctx),
            Some(_) => Err(crate::domain::Error::Forbidden("Only an API key may do this".to_owned()).into()),
        }
    }
}
