//! What came back, and what a reader would look at in it.

use axum::{body::Body, http::HeaderMap, response::Response};
use http_body_util::BodyExt;
use serde::de::DeserializeOwned;
use wardroom::{domain::Error, rpc::Done};

use super::html::{self, Tag};

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// A header; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Where a redirect leads.
    pub fn to(&self) -> &str {
        self.header("location")
    }

    /// The JSON that came.
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.body).unwrap_or_else(|why| panic!("{why}: {} {}", self.status, self.body))
    }

    /// The refusal that came as JSON.
    pub fn error(&self) -> Error {
        self.json()
    }

    /// What was done, as JSON.
    pub fn done(&self) -> Done {
        assert_eq!(self.status, 200, "{}", self.body);
        self.json()
    }

    /// The page's tags.
    pub fn tags(&self) -> Vec<Tag> {
        html::tags(&self.body)
    }

    /// The page's text.
    pub fn text(&self) -> String {
        html::text(&self.body)
    }

    /// Whether the page says this.
    pub fn says(&self, words: &str) -> bool {
        self.text().contains(words)
    }

    /// What an input, text area or chosen option of the form that posts to `action` holds.
    pub fn input(&self, action: &str, name: &str) -> Option<String> {
        let mut inside = false;
        let mut select = false;
        let mut found = None;
        for tag in self.tags() {
            match tag.name.as_str() {
                "form" => inside = tag.get("action") == action,
                "select" => select = inside && tag.get("name") == name,
                "option" if select && tag.has("selected") => return Some(tag.get("value").to_owned()),
                "textarea" if inside && tag.get("name") == name => {
                    return Some(html::unescape(tag.text.strip_prefix('\n').unwrap_or(&tag.text)));
                }
                "input" if inside && tag.get("name") == name => match tag.get("type") {
                    "radio" | "checkbox" => {
                        if tag.has("checked") {
                            return Some(tag.get("value").to_owned());
                        }
                    }
                    _ => found = found.or_else(|| Some(tag.get("value").to_owned())),
                },
                _ => {}
            }
        }
        found
    }

    /// The page's `<title>`.
    pub fn title(&self) -> String {
        let title = self.tags().into_iter().find(|tag| tag.name == "title");
        html::unescape(&title.map(|tag| tag.text).unwrap_or_default())
    }
}
