//! Clients and their tokens, for the app itself (API key).

use serde_json::{Map, Value as Json, json};

use super::{Done, body, flag, text};
use crate::{
    domain::{Timestamp, client::ClientId},
    services::{
        Ctx,
        clients::{self, NewToken},
    },
    vendors::{
        Api, Call,
        imkit::{ISSUE_TOKEN, PUT_CLIENT, REVOKE_TOKEN, auth::who, error::Failure, wire},
    },
};

/// `POST /admin/clients`: makes a client known; with `issueAccessToken` it gets a token, with `token` the one that the
/// back-end chose. `isSuperuser` is ours: the documents know superusers, but not how one becomes one.
pub async fn put(api: &Api, call: &Call) -> Done {
    let who = who(api, call).await?;
    let ctx = who.admit_app(api, call, &PUT_CLIENT)?;
    let body = body(call)?;
    let id = client_id(text(&body, "_id")?)?;
    let (wanted, given) = (flag(&body, "issueAccessToken")?, !text(&body, "token")?.is_empty());
    let new = token_of(who.app.id, &id, &body)?;
    let (nickname, avatar) = (text(&body, "nickname")?, text(&body, "avatarUrl")?);
    let known = clients::put(&ctx, id, nickname, avatar).await?;
    let mut result = wire::client(&known);
    if wanted || given {
        add_token(&ctx, new, &mut result).await?;
    }
    Ok(("OK", result))
}

/// `PUT /admin/clients/{id}/token`: issues a token, or takes the one that the back-end chose.
pub async fn issue(api: &Api, call: &Call, client: &str) -> Done {
    let who = who(api, call).await?;
    let ctx = who.admit_app(api, call, &ISSUE_TOKEN)?;
    let (body, id) = (body(call)?, client_id(client)?);
    let new = token_of(who.app.id, &id, &body)?;
    let mut result = json!({"_id": id});
    add_token(&ctx, new, &mut result).await?;
    Ok(("OK", result))
}

/// `DELETE /admin/clients/{id}/token`: all of the client's tokens of this app are gone at once.
pub async fn revoke(api: &Api, call: &Call, client: &str) -> Done {
    let who = who(api, call).await?;
    let ctx = who.admit_app(api, call, &REVOKE_TOKEN)?;
    body(call)?;
    let many = clients::revoke_tokens(&ctx, who.app.id, client_id(client)?).await?;
    Ok(("OK", json!({"n": many, "ok": 1})))
}

fn client_id(given: &str) -> Result<ClientId, Failure> {
    ClientId::parse(given).map_err(|why| Failure::request(format!("the client's _id {why}")))
}

/// The token that a body asks for. `expirationDate` is ISO 8601 or milliseconds; without it a token counts for ever.
fn token_of(app: i64, client: &ClientId, body: &Map<String, Json>) -> Result<NewToken, Failure> {
    let wrong = || Failure::request("expirationDate must be a moment, as ISO 8601 or in milliseconds");
    let expires_at = match body.get("expirationDate") {
        None | Some(Json::Null) => None,
        Some(Json::String(text)) => Some(Timestamp::parse(text).ok_or_else(wrong)?),
        Some(Json::Number(number)) => Some(Timestamp(number.as_i64().ok_or_else(wrong)?)),
        Some(_) => return Err(wrong()),
    };
    let token = Some(text(body, "token")?).filter(|token| !token.is_empty()).map(str::to_owned);
    Ok(NewToken { app, client: client.clone(), token, superuser: flag(body, "isSuperuser")?, expires_at })
}

async fn add_token(ctx: &Ctx, new: NewToken, result: &mut Json) -> Result<(), Failure> {
    let expires_at = new.expires_at;
    let token = clients::issue_token(ctx, new).await?;
    if let Some(object) = result.as_object_mut() {
        object.insert("token".to_owned(), json!(token));
        if let Some(until) = expires_at {
            object.insert("expirationDate".to_owned(), json!(until.rfc3339()));
        }
    }
    Ok(())
}
