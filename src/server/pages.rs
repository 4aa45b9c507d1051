//! Pages: who asks is found out, what the last form left behind is taken along, and Leptos renders the rest.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::provide_context;
use memchr::memmem;

use super::{House, guard, visitor};
use crate::{
    domain::{Error, Role},
    services::secret,
    ui::{self, links, visit::Visit},
};

/// Any page. Nobody signed in is led to `/sign-in`, whoever must do something first to where they do it.
pub async fn page(State(house): State<House>, request: Request) -> Response {
    let asker = match house.asker(house.caller(&request), None).await {
        Ok(asker) => asker,
        Err(error) => return plainly(&error),
    };
    let path = request.uri().path().to_owned();
    // A script that looks at a page (a search, a job that is watched) takes no message from the page it was left for.
    let is_look = request.headers().get("sec-fetch-dest").is_some_and(|dest| dest == "empty");
    let query = links::pairs(request.uri().query().unwrap_or_default());
    let whole = request.uri().path_and_query().map_or("/", |whole| whole.as_str()).to_owned();
    match &asker.staff {
        None if path == "/sign-in/code" && asker.half().await.is_none() => {
            return Redirect::to("/sign-in").into_response();
        }
        None if path == "/sign-in/code" => {}
        None if path != "/sign-in" => {
            return Redirect::to(&links::with_query("/sign-in", [("next", whole.as_str())])).into_response();
        }
        Some(_) if let Some(duty) = asker.duty().filter(|duty| !duty.opens(&path)) => {
            return Redirect::to(duty.page()).into_response();
        }
        Some(_) if matches!(path.as_str(), "/sign-in" | "/sign-in/code") => {
            return Redirect::to("/rooms").into_response();
        }
        _ => {}
    }
    let visit = Visit {
        ctx: asker.ctx.clone(),
        flash: if is_look { None } else { visitor::take(&asker.session, &path).await },
        waiting: if path == "/confirm" { visitor::waiting(&asker.session).await } else { None },
        staff: asker.staff.clone(),
        session: asker.session_hash.clone(),
        path,
        query,
        limits: house.limits,
        origin: house.config.public_url.origin.clone(),
        concern: asker
            .ctx
            .as_ref()
            .filter(|ctx| ctx.role == Role::Admin)
            .and_then(|ctx| house.backups.concern(ctx.now)),
        state: house.store.state(),
    };
    let (assets, nonce) = (house.assets.clone(), secret::random_hex(16));
    let render = leptos_axum::render_app_async_with_context(
        move || {
            provide_context(visit.clone());
        },
        {
            let nonce = nonce.clone();
            move || ui::shell::shell(assets.clone(), nonce.clone())
        },
    );
    let (mut parts, body) = render(request).await.into_parts();
    let Ok(html) = to_bytes(body, usize::MAX).await else {
        return plainly(&Error::Busy("The page could not be put together. Load it again.".to_owned()));
    };
    parts.headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.remove(header::CONTENT_LENGTH);
    if let Ok(policy) = HeaderValue::try_from(guard::page_policy(&nonce)) {
        parts.headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Response::from_parts(parts, Body::from(document(&html)))
}

/// The document as HTML wants it. Leptos writes two things for a browser that takes the page over, which ours never
/// does: inline scripts behind `</html>`, which our policy forbids, and `<!>` between texts (no text or attribute can
/// hold it, because `<` is always escaped there).
fn document(html: &[u8]) -> Vec<u8> {
    const MARK: &[u8] = b"<!>";
    let end = memmem::find(html, b"</html>").map_or(html.len(), |at| at + b"</html>".len());
    let mut rest = html.get(..end).unwrap_or(html);
    let mut kept = Vec::with_capacity(rest.len());
    while let Some((before, marked)) = memmem::find(rest, MARK).and_then(|at| rest.split_at_checked(at)) {
        kept.extend_from_slice(before);
        rest = marked.get(MARK.len()..).unwrap_or_default();
    }
    kept.extend_from_slice(rest);
    kept
}

/// An error where no page can be rendered.
pub(super) fn plainly(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, error.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::document;

    #[test]
    fn no_marks_are_left_and_nothing_stands_behind_the_document() {
        let html = b"<html>a<!>b<p>c<!></p><!>e</html><!><script>f</script>";
        assert_eq!(document(html), b"<html>ab<p>c</p>e</html>");
        assert_eq!(document(b"<!>plain"), b"plain");
    }
}
