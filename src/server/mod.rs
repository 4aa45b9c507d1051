//! Putting it together: one router over one [`House`], and the way it starts and stops.
//!
//! From the outside in: request id, log and figures, security headers, panic guard, time limits, compression, health,
//! vendors' door, host, cross-site guard, session, route. Before all of that, [`listen`] bounds the connections.

pub mod assets;
pub mod clock;
pub mod covers;
mod door;
mod download;
mod forms;
mod guard;
pub mod listen;
mod pages;
mod sent;
pub mod session;
mod stop;
mod trail;
mod visitor;
mod watch;

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    http::StatusCode,
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::{any, get},
};
use futures::FutureExt;
use leptos::{prelude::LeptosOptions, server_fn::axum::server_fn_paths};
use leptos_axum::{LeptosRoutes, generate_route_list};
use time::Duration as Span;
use tokio::{sync::Notify, task::JoinHandle};
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
        jobs::{Worker, forgotten},
    },
    store::Store,
    ui::{app::App, shell::Assets},
    vendors,
};
use covers::{Covers, net::Net};
use door::Door;
use listen::{Limits, Listeners};
use session::Sessions;
use stop::Stop;
use watch::{Readiness, Watch};

/// Connections to the figures, which have places of their own.
const WATCHERS: usize = 64;
/// Routes that are no pages. One that is missing here is counted as "other" (`watching`).
const ROUTES: [&str; 12] = [
    "/",
    "/api/{function}",
    "/audit/export",
    "/favicon.svg",
    "/healthz",
    "/jobs/{id}/export",
    "/pkg/{file}",
    "/readyz",
    "/robots.txt",
    "/rooms.csv",
    "/rooms.jsonl",
    "/rooms/{id}/cover",
];

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
            watch: Watch::new(&store, &door.api.usage, &listeners, routes().iter().cloned()),
            readiness: Arc::default(),
            listeners,
            door,
            store,
            settings,
            gate: Arc::default(),
            assets: assets::find(),
            covers: Covers::new(config.covers, Net::default()),
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
        Self { covers: Covers::new(self.config.covers, net), ..self }
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
            .layer(CsrfLayer::new().with_rejection_response(|_| foreign()))
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
            .layer(CatchPanicLayer::custom(|_| panicked()))
            .layer(middleware::from_fn_with_state(self.config.public_url.secure, guard::headers))
            .layer(middleware::from_fn_with_state(self.clone(), watch::around))
    }
}

/// Every route that requests are counted by: pages, what is no page, server functions, vendors.
fn routes() -> &'static [String] {
    static ROUTES_OF_ALL: LazyLock<Vec<String>> = LazyLock::new(|| {
        let pages = generate_route_list(App).into_iter().map(|page| written(page.path())).collect::<Vec<_>>();
        let functions = server_fn_paths().map(|(path, _)| path);
        let vendors = vendors::abouts().iter().map(|about| about.key);
        let rest = ROUTES.into_iter().chain(functions).chain(vendors).map(str::to_owned);
        pages.into_iter().chain(rest).collect()
    });
    &ROUTES_OF_ALL
}

/// A page's route as axum writes it: `{id}` for `:id`.
fn written(path: &str) -> String {
    let part = |part: &str| part.strip_prefix(':').map_or_else(|| part.to_owned(), |name| format!("{{{name}}}"));
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Opens the store and serves until Ctrl+C or SIGTERM; then finishes what is in flight (`stop`).
///
/// # Errors
/// The database cannot be opened, or the address cannot be listened on: says so in one sentence.
pub async fn serve(config: Config) -> Result<(), String> {
    let store = Store::open_with(&config.database_url, config.key.as_ref()).await;
    let store = store.map_err(|why| why.to_string())?;
    let listener = tokio::net::TcpListener::bind(config.addr).await.map_err(|why| {
        format!("cannot listen on {} ({why}); choose another with --addr or WARDROOM_ADDR", config.addr)
    })?;
    let house = House::new(store.clone(), config);
    let ranked = store.clone();
    tokio::spawn(async move { ranked.rank_rooms().await });
    store.stop_where_damaged();
    let (stop, close) = (Stop::listen(), Arc::new(Notify::new()));
    let doors = door::open(&house, close.clone()).await?;
    let figures = watch::open(&house, close.clone()).await?;
    tracing::info!(address = %house.config.public_url.origin, "Wardroom is open");
    let mut chores = vec![
        tokio::spawn(tidy(house.clone())),
        tokio::spawn(write_usage(house.clone())),
        tokio::spawn(house.worker().run()),
        tokio::spawn(trail::keep(house.clone())),
    ];
    chores.extend(house.schedule().map(|schedule| tokio::spawn(schedule.run(clock::now))));
    let asked = stop.clone().asked().inspect(move |()| close.notify_waiters());
    let in_flight = async {
        house.serve(listener, asked).await;
        for door in doors.into_iter().chain(figures) {
            let _ = door.await;
        }
    };
    tokio::select! {
        () = in_flight => {}
        () = stop.overdue() => tracing::warn!("some requests did not end in time and are cut off"),
    }
    chores.iter().for_each(JoinHandle::abort);
    stop::close(&house).await;
    tracing::info!("Wardroom is closed");
    Ok(())
}

/// Every few seconds: writes down what back-ends called.
async fn write_usage(house: House) {
    let mut beat = tokio::time::interval(Duration::from_secs(5));
    loop {
        beat.tick().await;
        if let Err(error) = house.write_usage().await {
            tracing::warn!(%error, "writing down what was called");
        }
    }
}

/// Once an hour: forgets ended sessions, quiet guessers and old plans.
async fn tidy(house: House) {
    let mut hour = tokio::time::interval(Duration::from_secs(3600));
    loop {
        hour.tick().await;
        house.gate.tidy();
        let ended = house.store.write(|tx| {
            Box::pin(async move {
                tx.delete_ended_tokens(clock::now()).await?;
                tx.forget_old_secrets(clock::now()).await?;
                let (unfinished, old) = forgotten(clock::now());
                tx.forget_plans(unfinished, old).await?;
                tx.delete_ended_sessions(clock::now()).await
            })
        });
        if let Err(error) = ended.await {
            tracing::warn!(%error, "forgetting ended sessions");
        }
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

fn foreign() -> Response {
    let why = "This form came from another site, so nothing was changed. Open the console itself and try again.";
    (StatusCode::FORBIDDEN, why).into_response()
}

fn panicked() -> Response {
    let error = Error::Internal(crate::store::caught("a request"));
    (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, extract::Request};
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
