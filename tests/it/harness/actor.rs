//! Somebody with a browser: cookies, an address, and two ways to ask, as a plain form and as an island.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::Mutex,
};

use axum::{
    body::Body,
    extract::ConnectInfo,
    http::{Request, header, request::Builder},
};
use tower::ServiceExt;

use super::{Answer, House, Person, html, template};

/// A browser with somebody before it.
pub struct Actor<'h> {
    house: &'h House,
    cookies: Mutex<BTreeMap<String, String>>,
    address: IpAddr,
}

impl House {
    /// A browser in which this person is signed in.
    pub fn actor(&self, person: Person) -> Actor<'_> {
        let actor = Actor::new(self);
        if let Some(cookie) = template::cookie(person) {
            actor.set_cookie(&cookie);
        }
        actor
    }

    pub fn admin(&self) -> Actor<'_> {
        self.actor(Person::Admin)
    }

    pub fn moderator(&self) -> Actor<'_> {
        self.actor(Person::Moderator)
    }

    pub fn viewer(&self) -> Actor<'_> {
        self.actor(Person::Viewer)
    }

    pub fn nobody(&self) -> Actor<'_> {
        self.actor(Person::Nobody)
    }

    /// The name of the session's cookie.
    pub fn cookie_name(&self) -> &'static str {
        if self.secure { "__Host-wardroom" } else { "wardroom" }
    }
}

impl<'h> Actor<'h> {
    /// A new browser.
    pub fn new(house: &'h House) -> Self {
        Self { house, cookies: Mutex::default(), address: [192, 0, 2, 7].into() }
    }

    /// The same, from another network address.
    pub fn from(mut self, address: [u8; 4]) -> Self {
        self.address = address.into();
        self
    }

    /// The session's cookie.
    pub fn cookie(&self) -> Option<String> {
        self.cookies.lock().unwrap().get(self.house.cookie_name()).cloned()
    }

    /// Puts another session's cookie into this browser.
    pub fn set_cookie(&self, value: &str) {
        self.cookies.lock().unwrap().insert(self.house.cookie_name().to_owned(), value.to_owned());
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).header(header::ACCEPT, "text/html,application/xhtml+xml"), Body::empty()).await
    }

    /// Sends a plain form; the answer is the redirect.
    pub async fn form(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let request = post(path).header(header::ACCEPT, "text/html,application/xhtml+xml");
        self.send(request, Body::from(encoded(pairs))).await
    }

    /// Sends a plain form and follows where it leads, as browsers do.
    pub async fn submit(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let mut answer = self.form(path, pairs).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        for _ in 0..5 {
            if answer.status != 303 {
                break;
            }
            answer = self.get(answer.to()).await;
        }
        answer
    }

    /// Asks as an island does, for JSON.
    pub async fn call(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        self.send(post(path).header(header::ACCEPT, "application/json"), Body::from(encoded(pairs))).await
    }

    /// Sends anything; cookies go along and are kept.
    pub async fn send(&self, request: Builder, body: Body) -> Answer {
        let cookies: Vec<String> =
            self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header(header::USER_AGENT, "Test browser");
        if request.headers_ref().is_some_and(|headers| !headers.contains_key(header::HOST)) {
            request = request.header(header::HOST, &self.house.host);
        }
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let mut request = request.body(body).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.address, 40_000)));
        let answer = Answer::read(self.house.router.clone().oneshot(request).await.unwrap()).await;
        self.keep(&answer);
        answer
    }

    fn keep(&self, answer: &Answer) {
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            let mut kept = self.cookies.lock().unwrap();
            if cookie.contains("Max-Age=0") || value.is_empty() {
                kept.remove(name);
            } else {
                kept.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

/// A form to be sent.
pub fn post(path: &str) -> Builder {
    Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
}

/// Names and values as browsers send them.
pub fn encoded(pairs: &[(&str, &str)]) -> String {
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

/// What a browser would send of a form on a page, as it stands there.
pub fn as_it_stands(page: &Answer, action: &str) -> Vec<(String, String)> {
    let mut inside = false;
    let mut pairs = Vec::new();
    let mut select = String::new();
    for tag in page.tags() {
        let name = tag.get("name").to_owned();
        match tag.name.as_str() {
            "form" => inside = tag.get("action") == action,
            _ if !inside => {}
            "select" => select = name,
            "option" if tag.has("selected") => pairs.push((select.clone(), tag.get("value").to_owned())),
            "textarea" => pairs.push((name, html::unescape(tag.text.strip_prefix('\n').unwrap_or(&tag.text)))),
            "input" if name.is_empty() => {}
            "input" if matches!(tag.get("type"), "radio" | "checkbox") && !tag.has("checked") => {}
            "input" => pairs.push((name, tag.get("value").to_owned())),
            _ => {}
        }
    }
    pairs
}
