//! Pages: who asks is found out, what the last form left behind is taken along, and Leptos renders the rest.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
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
    let (mut parts, body) = render(request).await.into_parts();
    let Ok(html) = to_bytes(body, usize::MAX).await else {
        return plainly(&Error::Busy("The page could not be put together. Load it again.".to_owned()));
    };
    parts.headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(document(html)))
}

/// The document without what Leptos writes behind it: inline scripts for streaming, which pages that are rendered
/// whole do not need, our policy forbids, and HTML does not allow there.
fn document(mut html: Bytes) -> Bytes {
    const END: &[u8] = b"</html>";
    if let Some(at) = html.windows(END.len()).rposition(|window| window == END) {
        html.truncate(at + END.len());
    }
    html
}

/// An error where no page can be rendered.
pub(super) fn plainly(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, error.to_string()).into_response()
}
