//! Putting it together: one router over one [`House`]. How a server starts and stops stands in `serve`, what it does
//! beside answering in `chores`.
//!
//! From the outside in: request id, log and figures, security headers, panic guard, time limits, compression, health,
//! vendors' door, host, cross-site guard, session, route. Before all of that, [`listen`] bounds the connections.

pub mod assets;
mod chores;
pub mod clock;
pub mod covers;
mod door;
mod download;
mod forms;
mod guard;
pub mod listen;
mod pages;
mod routes;
mod sent;
mod serve;
pub mod session;
mod stop;
mod trail;
mod visitor;
mod watch;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    middleware,
    response::Redirect,
    routing::{any, get},
};
use leptos::prelude::LeptosOptions;
use leptos_axum::{LeptosRoutes, generate_route_list};
use time::Duration as Span;
use tower_http::{
    CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer, csrf::CsrfLayer,
    timeout::RequestBodyTimeoutLayer,
};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

use crate::{
    cli::Config,
    domain::{Error, Timestamp, room::VendorLimit},
    services::{
        Settings,
        backups::{Backups, Schedule},
        gate::Gate,
        jobs::Worker,
    },
    store::Store,
    ui::{app::App, shell::Assets},
    vendors,
};
use covers::{Covers, net::Net};
use door::Door;
use listen::{Limits, Listeners};
pub use serve::serve;
use session::Sessions;
use watch::{Readiness, Watch};

/// Connections to the figures, which have places of their own.
const WATCHERS: usize = 64;

/// Everything that requests share. Cheap to clone.
#[derive(Clone)]
pub struct House {
    store: Store,
    settings: Arc<Settings>,
    config: Arc<Config>,
    gate: Arc<Gate>,
    assets: Assets,
    covers: Covers,
    limits: &'static [VendorLimit],
    door: Door,
    listeners: Listeners,
    watch: Watch,
    readiness: Arc<Readiness>,
    leptos: LeptosOptions,
    clock: fn() -> Timestamp,
    backups: Backups,
}

impl FromRef<House> for LeptosOptions {
    fn from_ref(house: &House) -> Self {
        house.leptos.clone()
    }
}

impl House {
    /// A house over a store.
    pub fn new(store: Store, config: Config) -> Self {
        let settings = Arc::new(config.settings.clone());
        let door = Door::new(store.clone(), settings.clone(), &config);
        let listeners = Listeners::new(config.limits, &config.trusted_proxies);
        Self {
            watch: Watch::new(&store, &door.api.usage, &listeners, routes::all().iter().cloned()),
            readiness: Arc::default(),
            listeners,
            door,
            store,
            settings,
            gate: Arc::default(),
            assets: assets::find(),
            covers: Covers::new(&config, Net::default()),
            limits: vendors::limits(),
            leptos: LeptosOptions::builder().output_name("wardroom").build(),
            config: Arc::new(config),
            clock: clock::now,
            backups: Backups::default(),
        }
    }

    /// The same house by another clock, as far as back-ends' calls and jobs go.
    #[must_use]
    pub fn by(self, clock: fn() -> Timestamp) -> Self {
        Self { door: self.door.by(clock), clock, ..self }
    }

    /// The same house over another network, as far as covers go.
    #[must_use]
    pub fn over(self, net: Net) -> Self {
        Self { covers: Covers::new(&self.config, net), ..self }
    }

    /// Who makes the backups, if they are made on a schedule.
    pub fn schedule(&self) -> Option<Schedule> {
        let plan = self.config.backups.clone()?;
        Some(Schedule::new(self.config.database(), plan, self.backups.clone(), (self.clock)()))
    }

    /// How the backups stand.
    pub fn backups(&self) -> &Backups {
        &self.backups
    }

    /// Who does the jobs.
    pub fn worker(&self) -> Worker {
        Worker::new(self.store.clone(), self.settings.clone(), self.clock)
    }

    /// Writes down what back-ends called since the last time.
    ///
    /// # Errors
    /// The database failed.
    pub async fn write_usage(&self) -> Result<(), Error> {
        self.door.api.usage.write(&self.store).await
    }

    /// Listeners beside those of the house, with the same limits and places of their own.
    fn own_listeners(&self) -> Listeners {
        Listeners::new(Limits { connections: WATCHERS, ..self.config.limits }, &self.config.trusted_proxies)
    }

    /// Serves the console until told to stop.
    pub async fn serve(&self, listener: tokio::net::TcpListener, stop: impl Future<Output = ()>) {
        self.listeners.clone().serve(listener, self.router(), stop).await;
    }

    /// All figures, as `/metrics` tells them.
    pub async fn figures(&self) -> String {
        self.watch.told(clock::now()).await
    }

    fn sessions(&self) -> Sessions {
        Sessions { store: self.store.clone(), longest: self.settings.policy.longest }
    }

    /// Every route, with every layer.
    pub fn router(&self) -> Router {
        let secure = self.config.public_url.secure;
        // `__Host-` needs https; without it (localhost) the cookie has another name, so that neither shadows the other.
        let sessions = SessionManagerLayer::new(self.sessions())
            .with_name(if secure { "__Host-wardroom" } else { "wardroom" })
            .with_secure(secure)
            .with_same_site(SameSite::Lax)
            .with_expiry(Expiry::OnInactivity(Span::milliseconds(self.settings.policy.idle)));
        let console = Router::new()
            .route("/api/{function}", any(forms::call).layer(DefaultBodyLimit::disable()))
            .route("/rooms/{id}/cover", get(covers::cover))
            .route("/audit/export", get(download::audit))
            .route("/rooms.csv", get(download::rooms))
            .route("/rooms.jsonl", get(download::rooms))
            .route("/jobs/{id}/export", get(download::job))
            .leptos_routes_with_handler(generate_route_list(App), pages::page)
            .route("/", get(|| async { Redirect::to("/rooms") }))
            .fallback(pages::page)
            .layer(sessions)
            .layer(CsrfLayer::new().with_rejection_response(|_| guard::foreign()))
            .layer(middleware::from_fn_with_state(self.config.clone(), guard::own_host))
            .route("/pkg/{file}", get(assets::file))
            .route("/favicon.svg", get(assets::icon))
            .route("/robots.txt", get(assets::robots))
            .layer(middleware::from_fn_with_state(self.door.clone(), door::first))
            .route("/healthz", get(watch::alive))
            .route("/readyz", get(watch::ready));
        self.outermost(console).with_state(self.clone())
    }

    /// What surrounds every answer, whoever asks. The headers stand outside of the panic guard: its answer has them too.
    fn outermost<S: Clone + Send + Sync + 'static>(&self, router: Router<S>) -> Router<S> {
        let Limits { body, request, .. } = self.config.limits;
        router
            .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
            .layer(RequestBodyTimeoutLayer::new(body))
            .layer(middleware::from_fn_with_state(request, guard::in_time))
            .layer(CatchPanicLayer::custom(|_| guard::panicked()))
            .layer(middleware::from_fn_with_state(self.config.public_url.secure, guard::headers))
            .layer(middleware::from_fn_with_state(self.clone(), watch::around))
    }
}

/// What reads strangers' bytes here, for the fuzzers (`tests/fuzz`).
#[doc(hidden)]
pub mod strangers {
    pub use super::{
        covers::{net::Fetcher, picture::draw},
        guard::address,
        sent::{Sent, boundary},
    };
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, extract::Request, http::StatusCode, response::Response};
    use tower::ServiceExt;

    use super::*;
    use crate::cli::PublicUrl;

    async fn boom() -> Response {
        panic!("boom")
    }

    #[tokio::test]
    async fn an_answer_to_a_panic_has_the_headers_too_and_tells_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("w.db").display())).await.unwrap();
        let public_url = PublicUrl::parse("https://rooms.example").unwrap();
        let config = Config { public_url, ..Config::of(String::new()) };
        let house = House::new(store, config);
        let router = house.outermost(Router::<()>::new().fallback(boom));
        let answer = router.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
        for name in ["content-security-policy", "strict-transport-security", "x-content-type-options", "cache-control"]
        {
            assert!(answer.headers().contains_key(name), "{name}");
        }
        let body = axum::body::to_bytes(answer.into_body(), 1000).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("boom"));
    }
}
