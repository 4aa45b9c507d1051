//! A request of a back-end, read once, and the answer to it.

use std::sync::OnceLock;

use percent_encoding::percent_decode_str;
use serde_json::Value as Json;

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::domain::{Error, Timestamp, app::Action};

/// Longest body in bytes: 1 MiB.
pub const BODY: usize = 1024 * 1024;

/// A request of a back-end.
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path below the place where the vendor lives, percent-encoded as it came: `/rooms/a%2Fb`.
    pub path: String,
    /// The query's pairs, decoded, in order.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// Why the request could not be read to its end, if it could not.
    pub fault: Option<Error>,
    /// The network address that it came from.
    pub address: String,
    /// Now.
    pub now: Timestamp,
    /// A number of its own, for vendors that send one back.
    pub number: u128,
    /// The app whose key came with it, as soon as that is known: its number and its name.
    pub(super) app: OnceLock<(i64, String)>,
    /// What it calls, as soon as it is let in.
    pub(super) action: OnceLock<&'static Action>,
}

impl Call {
    /// A call that came just now.
    pub fn new(method: Method, path: String, query: &str, headers: HeaderMap, now: Timestamp) -> Self {
        let (query, fault) = match pairs(query) {
            Ok(query) => (query, None),
            Err(why) => (Vec::new(), Some(Error::invalid("query", why))),
        };
        Self {
            method,
            path,
            query,
            headers,
            body: Bytes::new(),
            fault,
            address: String::new(),
            now,
            number: rand::random(),
            app: OnceLock::new(),
            action: OnceLock::new(),
        }
    }

    /// The first value of a query parameter; empty if there is none.
    pub fn asked(&self, name: &str) -> &str {
        self.query.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The first of these headers that is there, in any case; empty if none is, or if it is no text.
    pub fn header(&self, names: &[&str]) -> &str {
        let found = names.iter().find_map(|name| self.headers.get(*name));
        found.and_then(|value| value.to_str().ok()).map(str::trim).unwrap_or_default()
    }

    /// The media type that the body says it is, in lower case and without parameters; empty where it says none.
    pub fn media_type(&self) -> String {
        let whole = self.header(&["content-type"]);
        whole.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// It is not, or a name stands twice in an object.
    pub fn json(&self) -> Result<Json, String> {
        super::json::read(&self.body)
    }

    /// The body as a form: pairs in order, decoded.
    ///
    /// # Errors
    /// It is not text, or not encoded as forms are.
    pub fn form(&self) -> Result<Vec<(String, String)>, String> {
        pairs(std::str::from_utf8(&self.body).map_err(|_| "is not UTF-8".to_owned())?)
    }

    /// The segments of the path, decoded; a slash at the end changes nothing.
    ///
    /// # Errors
    /// One is not UTF-8.
    pub fn segments(&self) -> Result<Vec<String>, String> {
        let path = self.path.trim_matches('/');
        let decode = |part: &str| percent_decode_str(part).decode_utf8().map(std::borrow::Cow::into_owned);
        let parts = path.split('/').filter(|_| !path.is_empty()).map(decode);
        parts.collect::<Result<_, _>>().map_err(|_| "the path is not UTF-8".to_owned())
    }
}

/// Reads a query or a form strictly: names and values in order, a plus for a blank.
fn pairs(encoded: &str) -> Result<Vec<(String, String)>, String> {
    let decode = |part: &str| match percent_decode_str(&part.replace('+', " ")).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err("is not UTF-8".to_owned()),
    };
    let pairs = encoded.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| Ok((decode(name)?, decode(value)?)))
        .collect()
}

/// What kind of refusal an answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Who calls could not be found out: an unknown app, a wrong signature.
    Identity,
    /// Known, but not allowed.
    Permission,
    /// Too often.
    Rate,
    /// Anything else.
    Other,
}

/// An answer in a vendor's shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Json,
    /// The vendor's code, as text, for counting.
    pub code: String,
    /// What kind of refusal it is, and what it says; `None` where the call was accepted.
    pub refused: Option<(Kind, String)>,
}

impl Answer {
    /// An accepted call.
    pub fn accepted(status: u16, code: impl ToString, body: Json) -> Self {
        Self { status, body, code: code.to_string(), refused: None }
    }

    /// A refused one.
    pub fn refused(status: u16, code: impl ToString, body: Json, kind: Kind, message: &str) -> Self {
        Self { status, body, code: code.to_string(), refused: Some((kind, message.to_owned())) }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = HeaderValue::from_static("application/json; charset=utf-8");
        (status, [(header::CONTENT_TYPE, kind)], self.body.to_string()).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_strictly_and_paths_segment_by_segment() {
        assert_eq!(pairs("a=1+2&b=%E7%9B%B4&c").unwrap_or_default().len(), 3);
        assert!(pairs("a=%FF").is_err());
        let call = |path: &str| Call::new(Method::GET, path.to_owned(), "", HeaderMap::new(), Timestamp(0)).segments();
        assert_eq!(call("/rooms/a%2Fb/"), Ok(vec!["rooms".to_owned(), "a/b".to_owned()]));
        assert_eq!(call("/"), Ok(vec![]));
        assert!(call("/%C3").is_err());
    }
}
