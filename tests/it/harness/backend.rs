//! A back-end with an app of its own, as vendors' clients call. How a vendor's calls are signed stands with that
//! vendor's tests, written anew from its documents.

use std::net::SocketAddr;

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, connect_info::IntoMakeServiceWithConnectInfo},
    http::request::Builder,
};
use serde_json::Value as Json;
use tower::ServiceExt;
use wardroom::{
    domain::app::{App, Scope},
    services::{
        apps::{self, Allowed, Wanted},
        import,
    },
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

    /// Takes these lines as an import does.
    pub async fn import(&self, lines: String) {
        let (source, options) = (std::io::Cursor::new(lines.into_bytes()), import::Options::default());
        let mut notes = Notes(Vec::new());
        import::import(&self.ctx(), source, options, &mut notes, std::future::pending()).await.unwrap();
        assert!(notes.0.is_empty(), "{:?}", notes.0);
    }

    /// What a listener serves.
    pub fn service(&self) -> IntoMakeServiceWithConnectInfo<Router, SocketAddr> {
        self.router.clone().into_make_service_with_connect_info()
    }

    /// Sends any request; nobody's cookies go along.
    pub async fn send(&self, request: Builder, body: impl Into<Body>) -> Answer {
        let mut request = request.body(body.into()).unwrap();
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([192, 0, 2, 9], 40_000))));
        Answer::read(self.router.clone().oneshot(request).await.unwrap()).await
    }
}

struct Notes(Vec<import::Note>);

impl import::Watch for Notes {
    fn note(&mut self, note: &import::Note) -> Result<(), String> {
        self.0.push(note.clone());
        Ok(())
    }

    fn progress(&mut self, _: &import::Report) {}
}

impl Answer {
    /// The JSON that came, whatever it is.
    pub fn value(&self) -> Json {
        self.json()
    }
}
