//! Pages: who asks is found out, what the last form left behind is taken along, and Leptos renders the rest.

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::provide_context;

use super::{House, visitor};
use crate::{
    domain::Error,
    ui::{self, links, visit::Visit},
};

/// Any page. Nobody signed in is led to `/sign-in`, a one-time password to `/account`.
pub async fn page(State(house): State<House>, request: Request) -> Response {
    let asker = match house.asker(house.caller(&request), None).await {
        Ok(asker) => asker,
        Err(error) => return plainly(&error),
    };
    let path = request.uri().path().to_owned();
    let query = links::pairs(request.uri().query().unwrap_or_default());
    let whole = request.uri().path_and_query().map_or("/", |whole| whole.as_str()).to_owned();
    match &asker.staff {
        None if path != "/sign-in" => {
            return Redirect::to(&links::with_query("/sign-in", [("next", whole.as_str())])).into_response();
        }
        Some(staff) if staff.must_change && path != "/account" => return Redirect::to("/account").into_response(),
        Some(_) if path == "/sign-in" => return Redirect::to("/rooms").into_response(),
        _ => {}
    }
    let visit = Visit {
        ctx: asker.ctx.clone(),
        flash: visitor::take(&asker.session, &path).await,
        staff: asker.staff.clone(),
        session: asker.session_hash.clone(),
        path,
        query,
        limits: house.limits,
    };
    let assets = house.assets.clone();
    let render = leptos_axum::render_app_async_with_context(
        move || {
            provide_context(visit.clone());
        },
        move || ui::shell::shell(assets.clone()),
    );
    let mut response = render(request).await;
    if response.status() == StatusCode::OK && response.headers().get(header::CONTENT_TYPE).is_none() {
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html; charset=utf-8"));
    }
    response
}

/// An error where no page can be rendered.
fn plainly(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, error.to_string()).into_response()
}
