//! Server functions, answered to scripts as JSON and to plain forms as a redirect.
//!
//! A form's answer is always 303 to a page. What was done, or everything that was typed with the reason of the refusal,
//! waits in the session for that page and is shown once. So a form works the same with and without JavaScript, a
//! reload repeats nothing, and nothing typed is lost, even when the session has ended meanwhile: then the way leads
//! through `/sign-in` and back.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use leptos::{prelude::provide_context, server_fn::axum::server_fn_paths};

use super::{
    House,
    sent::{self, Sent},
    visitor,
};
use crate::{
    domain::Error,
    rpc::{Done, asker::Asker},
    ui::{links, visit::Flash},
};

/// Of a refused form so many bytes are kept; what is longer loses its longest values.
const KEPT: usize = 256 * 1024;
/// The same for somebody who is not signed in: enough for every form of a room, too little to fill a disk with soon.
const KEPT_FOR_NOBODY: usize = 64 * 1024;
/// Inputs that are never kept.
const SECRET: [&str; 7] = ["password", "current", "new", "again", "secret", "code", "proof"];

/// Where a proof of who somebody is goes alone.
const CONFIRM: &str = "/api/confirm";

/// `/api/{function}`
pub async fn call(State(house): State<House>, request: Request) -> Response {
    let boundary = sent::boundary(request.headers());
    let is_staff = match &boundary {
        Some(_) => house.asker(house.caller(&request), None).await.is_ok_and(|asker| asker.staff.is_some()),
        None => false,
    };
    let (mut parts, body) = request.into_parts();
    let sent = match boundary {
        Some(boundary) => {
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            parts.headers.insert(header::CONTENT_TYPE, form);
            Sent::parts(body, boundary, is_staff).await
        }
        None => Sent::encoded(body).await,
    };
    let Sent { pairs, files, body, refused: unread, is_slow } = sent;
    if is_slow {
        let error = Error::Limit("The form came too slowly. Check the connection, then send it again.".to_owned());
        return (StatusCode::REQUEST_TIMEOUT, axum::Json(error)).into_response();
    }
    let form = Form::read(&parts.method, parts.uri.path(), &parts.headers, pairs, files);
    let is_known = server_fn_paths().any(|(path, method)| path == parts.uri.path() && method == parts.method);
    let mut request = Request::from_parts(parts, Body::from(body));
    let operation = form.value("op").map(str::to_owned);
    let is_plain = operation.as_deref().is_none_or(is_operation);
    if let Some(error) = &unread
        && !form.is_html
    {
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        return if matches!(error, Error::Limit(_)) {
            (status, axum::Json(error)).into_response()
        } else {
            refused(error)
        };
    }
    let mut asker = match house.asker(house.caller(&request), operation).await {
        Ok(asker) => asker,
        Err(error) => return refused(&error),
    };
    if let Some(error) = unread {
        return form.send_back(&asker, error).await;
    }
    if !is_plain {
        let error = Error::invalid("op", "is not an operation's id: at most 64 letters, digits and hyphens");
        return if form.is_html { form.send_back(&asker, error).await } else { refused(&error) };
    }
    if !is_known {
        let error = Error::NotFound(format!("There is nothing to {} at {}.", request.method(), form.path));
        return if form.is_html { form.send_back(&asker, error).await } else { refused(&error) };
    }
    // A proof of who sends it comes along with the very form that needs it: nothing happens in between.
    if let Some(given) = form.proof()
        && asker.staff.is_some()
        && let Err(error) = asker.prove(given).await
    {
        return if form.is_html { form.ask_again(&asker, error).await } else { refused(&error) };
    }
    if form.is_html {
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    }
    let context = asker.clone();
    let response = leptos_axum::handle_server_fns_with_context(move || provide_context(context.clone()), request)
        .await
        .into_response();
    // Our own answer is as long as it is; by now the work is done.
    let (status, answer) = match to_bytes(response.into_body(), usize::MAX).await {
        Ok(bytes) => (StatusCode::OK, bytes),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Bytes::new()),
    };
    let error = serde_json::from_slice::<Error>(&answer).ok();
    if let Some(error) = &error {
        if form.path.starts_with("/api/sign_in") {
            house.watch.refused_sign_in(error);
        }
        house.note_refusal(&asker, &form.path, error).await;
    }
    match (form.is_html, error) {
        (true, Some(error)) => form.send_back(&asker, error).await,
        (true, None) => {
            let is_goodbye = form.path == "/api/sign_out";
            let mut answer = form.go_on(&asker, serde_json::from_slice(&answer).unwrap_or_default()).await;
            if is_goodbye {
                // What a tab or the browser's cache kept of the pages goes too.
                let all = HeaderValue::from_static("\"cache\", \"storage\"");
                answer.headers_mut().insert("clear-site-data", all);
            }
            answer
        }
        (false, Some(error)) => refused(&error),
        (false, None) => (status, [(header::CONTENT_TYPE, "application/json")], answer).into_response(),
    }
}

/// A refusal as JSON, under its status.
fn refused(error: &Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, axum::Json(error)).into_response()
}

/// What was sent, read once for the way back.
struct Form {
    path: String,
    is_html: bool,
    pairs: Vec<(String, String)>,
    files: Vec<String>,
    back: String,
}

impl Form {
    fn read(
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        pairs: Vec<(String, String)>,
        files: Vec<String>,
    ) -> Self {
        let accepts_html =
            headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|v| v.contains("text/html"));
        let asked = pairs.iter().find(|(name, _)| name == "back").map(|(_, value)| value.as_str());
        let back = asked.filter(|path| links::is_local(path)).map_or_else(|| referer(headers), str::to_owned);
        Self { path: path.to_owned(), is_html: accepts_html && method == Method::POST, pairs, files, back }
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// What was given to show who sends it, even if it is nothing.
    fn proof(&self) -> Option<String> {
        self.pairs.iter().find(|(name, _)| name == "proof").map(|(_, value)| value.clone())
    }

    async fn go_on(self, asker: &Asker, done: Done) -> Response {
        if !done.message.is_empty() {
            let Done { message, entry, changes, secret, .. } = done;
            visitor::leave(&asker.session, &Flash::Done { message, entry, changes, secret }).await;
        }
        let to = done.to.filter(|path| links::is_local(path)).unwrap_or(self.back);
        Redirect::to(&to).into_response()
    }

    async fn send_back(self, asker: &Asker, error: Error) -> Response {
        let to = match error {
            // The way on is kept while somebody stands between the two steps of the door.
            Error::Unauthenticated if self.path == "/api/sign_in_code" => {
                links::with_query("/sign-in", [("next", self.value("next").unwrap_or_default())])
            }
            Error::Unauthenticated => links::with_query("/sign-in", [("next", self.back.as_str())]),
            Error::StepUp => links::confirm(&self.back),
            _ => self.back.clone(),
        };
        self.keep(asker, error).await;
        Redirect::to(&to).into_response()
    }

    /// Asks once more for a proof of who sends this; the form goes on waiting for it.
    async fn ask_again(self, asker: &Asker, error: Error) -> Response {
        let (form, typed) = (CONFIRM.to_owned(), Vec::new());
        visitor::leave(&asker.session, &Flash::Rejected { form, typed, error, whole: true }).await;
        let is_bare = self.path == CONFIRM;
        let next = if is_bare { self.value("next").unwrap_or("/").to_owned() } else { self.back.clone() };
        if !is_bare {
            self.keep(asker, Error::StepUp).await;
        }
        Redirect::to(&links::confirm(&next)).into_response()
    }

    /// Keeps what was sent for the next page, but no secrets and not too much.
    async fn keep(self, asker: &Asker, error: Error) {
        let most = if asker.staff.is_some() { KEPT } else { KEPT_FOR_NOBODY };
        let bytes = |pairs: &[(String, String)]| pairs.iter().map(|(_, value)| value.len()).sum::<usize>();
        let is_secret = |(name, _): &(String, String)| SECRET.contains(&name.as_str());
        // A proof is given anew; any other secret is lost.
        let is_lost = |pair: &(String, String)| is_secret(pair) && pair.0 != "proof" && !pair.1.is_empty();
        let has_secrets = self.pairs.iter().any(is_lost);
        let typed: Vec<_> = self.pairs.into_iter().filter(|pair| !is_secret(pair)).collect();
        let sent = bytes(&typed);
        let typed = fitting(typed, most, &self.files);
        let whole = !has_secrets && self.files.is_empty() && bytes(&typed) == sent;
        visitor::leave(&asker.session, &Flash::Rejected { form: self.path, typed, error, whole }).await;
    }
}

/// As much of a form as can be kept: without its longest values, as long as it is too much. Of a file it is kept that
/// there was one.
fn fitting(mut typed: Vec<(String, String)>, most: usize, files: &[String]) -> Vec<(String, String)> {
    let weight = |(name, value): &(String, String)| name.len() + value.len();
    let mut size: usize = typed.iter().map(weight).sum();
    let mut longest: Vec<usize> = typed.iter().map(|(_, value)| value.len()).collect();
    longest.sort_unstable();
    let mut limit = usize::MAX;
    while size > most {
        let Some(length) = longest.pop() else { return Vec::new() };
        size -= length;
        limit = length;
    }
    typed.retain_mut(|(name, value)| {
        let is_kept = value.len() < limit;
        if !is_kept {
            value.clear();
        }
        is_kept || files.contains(name)
    });
    typed
}

/// Whether this can be an operation's id: it is kept in the audit trail as it was sent.
fn is_operation(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The page that a form without `back` came from.
fn referer(headers: &HeaderMap) -> String {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let path = referer.split_once("://").and_then(|(_, rest)| rest.find('/').and_then(|at| rest.get(at..)));
    path.filter(|path| links::is_local(path)).unwrap_or("/rooms").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_form_the_longest_values_are_not_kept() {
        let typed = |pairs: &[(&str, usize)]| -> Vec<(String, String)> {
            pairs.iter().map(|(name, long)| ((*name).to_owned(), "x".repeat(*long))).collect()
        };
        let all = typed(&[("a", 10), ("b", 500), ("c", 20), ("f", 400)]);
        assert_eq!(fitting(all.clone(), 1_000, &[]), all);
        assert_eq!(fitting(all.clone(), 450, &[]), typed(&[("a", 10), ("c", 20), ("f", 400)]));
        assert_eq!(fitting(all.clone(), 100, &["f".to_owned()]), typed(&[("a", 10), ("c", 20), ("f", 0)]));
        assert_eq!(fitting(typed(&[("name", 0); 50]), 100, &[]), []);
    }
}
