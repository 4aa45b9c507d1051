//! A back-end with an app of its own, as vendors' clients call. How a vendor's calls are signed stands with that
//! vendor's tests, written anew from its documents.

use std::net::SocketAddr;

use axum::{body::Body, extract::ConnectInfo, http::request::Builder};
use serde_json::Value as Json;
use tower::ServiceExt;
use wardroom::{
    domain::app::{App, Scope},
    services::apps::{self, Allowed, Wanted},
};

use super::{Answer, House};

/// A back-end.
pub struct Backend<'h> {
    pub house: &'h House,
    pub app: App,
    pub secret: String,
}

impl House {
    /// A back-end whose app may do everything in every room.
    pub async fn backend(&self, vendor: &str) -> Backend<'_> {
        self.backend_with(vendor, |_| {}).await
    }

    /// The same, with another app.
    pub async fn backend_with(&self, vendor: &str, edit: impl FnOnce(&mut Wanted)) -> Backend<'_> {
        let mut wanted = Wanted {
            name: format!("{vendor} back-end"),
            vendor: vendor.to_owned(),
            may: Allowed { scope: Scope::Manage.key().to_owned(), ..Allowed::default() },
            ..Wanted::default()
        };
        edit(&mut wanted);
        let made = apps::add(&self.ctx(), wanted).await.unwrap();
        Backend { house: self, app: made.app, secret: made.secret }
    }

    /// Sends any request; nobody's cookies go along.
    pub async fn send(&self, request: Builder, body: impl Into<Body>) -> Answer {
        let mut request = request.body(body.into()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 9], 40_000))));
        Answer::read(self.router.clone().oneshot(request).await.unwrap()).await
    }
}

impl Answer {
    /// The JSON that came, whatever it is.
    pub fn value(&self) -> Json {
        self.json()
    }
}
