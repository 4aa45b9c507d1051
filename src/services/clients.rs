//! Clients: as pickers look for them, as back-ends make them known, and the tokens with which they call themselves.

use futures::FutureExt;

use super::{Ctx, account::note, secret};
use crate::{
    domain::{
        Error, Result, Right, Timestamp,
        audit::Action,
        client::{Client, ClientId},
        room::Change,
        text,
    },
    store::ClientToken,
};

/// Most characters of a nickname.
const NICKNAME: usize = 128;
/// Most characters of a picture's address.
const AVATAR: usize = 2048;
/// Fewest and most characters of a token that a back-end chose itself.
const TOKEN: std::ops::RangeInclusive<usize> = 16..=1024;

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

/// What is known of these clients, in no order; those of whom nothing is known are left out.
///
/// # Errors
/// Not allowed.
pub async fn known(ctx: &Ctx, ids: &[&str]) -> Result<Vec<Client>> {
    ctx.may(Right::See)?;
    if ids.is_empty() { Ok(Vec::new()) } else { ctx.store.clients_of(ids).await }
}

/// Makes a client known, or more of one; what is empty leaves what is known. Returns what is known then.
///
/// # Errors
/// Not allowed; nickname or picture cannot be used.
pub async fn put(ctx: &Ctx, id: ClientId, nickname: &str, avatar: &str) -> Result<Client> {
    ctx.may(Right::Manage)?;
    let checked = |input: &'static str, given: &str, max| {
        let tidied = text::tidy(given, 1).and_then(|tidied| text::at_most(&tidied, max).map(|()| tidied));
        tidied.map_err(|why| Error::invalid(input, why))
    };
    let client = Client {
        nickname: checked("nickname", nickname, NICKNAME)?,
        avatar: checked("avatar", avatar, AVATAR)?,
        last_login_at: None,
        id,
    };
    let mut entry = note(ctx, Action::ClientChanged, client.id.as_str());
    ctx.store
        .write(move |tx| {
            async move {
                let ids = [client.id.as_str()];
                let before = tx.clients_of(&ids).await?.remove(client.id.as_str());
                tx.put_client(&client).await?;
                let after = tx.clients_of(&ids).await?.remove(client.id.as_str()).unwrap_or(client);
                entry.changes = differences(before.as_ref(), &after);
                if before.is_none() || !entry.changes.is_empty() {
                    tx.append(&entry).await?;
                }
                Ok(after)
            }
            .boxed()
        })
        .await
}

fn differences(before: Option<&Client>, after: &Client) -> Vec<Change> {
    let parts = [
        ("nickname", before.map(|client| client.nickname.as_str()), after.nickname.as_str()),
        ("avatar", before.map(|client| client.avatar.as_str()), after.avatar.as_str()),
    ];
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    parts
        .into_iter()
        .map(|(field, before, after)| (field, before.and_then(given), given(after)))
        .filter(|(_, before, after)| before != after)
        .map(|(field, before, after)| Change::of_text(field, before.as_deref(), after.as_deref()))
        .collect()
}

/// A token to be issued.
#[derive(Clone)]
pub struct NewToken {
    /// The app that it is good for.
    pub app: i64,
    /// Who will call with it.
    pub client: ClientId,
    /// The token, where the back-end chose it itself.
    pub token: Option<String>,
    /// Whether its client may do in every room what its owner may, and more.
    pub superuser: bool,
    /// Until when it counts; for ever if `None`.
    pub expires_at: Option<Timestamp>,
}

/// Gives a client a token; it is returned this once and kept as a hash only.
///
/// # Errors
/// Not allowed; the token is too short, too long or somebody else's; it would have ended already.
pub async fn issue_token(ctx: &Ctx, new: NewToken) -> Result<String> {
    ctx.may(Right::Manage)?;
    let token = new.token.unwrap_or_else(|| secret::random_hex(32));
    if !TOKEN.contains(&token.len()) || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        let why = format!("must be {} to {} letters, digits and signs without blanks", TOKEN.start(), TOKEN.end());
        return Err(Error::invalid("token", why));
    }
    if new.expires_at.is_some_and(|until| until <= ctx.now) {
        return Err(Error::invalid("expires_at", "is in the past"));
    }
    let kept = ClientToken {
        hash: secret::hash(&token),
        app: new.app,
        client: new.client,
        superuser: new.superuser,
        created_at: ctx.now,
        expires_at: new.expires_at,
    };
    let mut entry = note(ctx, Action::TokenIssued, kept.client.as_str());
    let until = kept.expires_at.map(Timestamp::rfc3339).unwrap_or_else(|| "for ever".to_owned());
    entry.changes.push(Change::of_text("until", None, Some(&until)));
    if kept.superuser {
        entry.changes.push(Change::of_text("superuser", None, Some("yes")));
    }
    ctx.store
        .write(move |tx| {
            async move {
                tx.put_client_ids(&[kept.client.as_str()]).await?;
                if !tx.put_client_token(&kept).await? {
                    return Err(Error::invalid("token", "is somebody else's; choose another, or leave it out"));
                }
                tx.append(&entry).await.map(drop)
            }
            .boxed()
        })
        .await?;
    Ok(token)
}

/// Takes all of a client's tokens of an app away; returns how many there were.
///
/// # Errors
/// Not allowed.
pub async fn revoke_tokens(ctx: &Ctx, app: i64, client: ClientId) -> Result<u64> {
    ctx.may(Right::Manage)?;
    let entry = note(ctx, Action::TokenRevoked, client.as_str());
    ctx.store
        .write(move |tx| {
            async move {
                let many = tx.delete_client_tokens(app, &client).await?;
                if many > 0 {
                    tx.append(&entry).await?;
                }
                Ok(many)
            }
            .boxed()
        })
        .await
}
