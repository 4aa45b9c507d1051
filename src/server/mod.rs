//! Putting it together: one router over one [`House`], and the way it starts and stops.
//!
//! From the outside in: log, panic guard, security headers, time limit, compression, cross-site guard, session, route.

pub mod assets;
pub mod clock;
pub mod covers;
mod door;
mod download;
mod forms;
mod guard;
mod pages;
pub mod session;
mod stop;
mod visitor;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{FromRef, Request},
    http::StatusCode,
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::{any, get},
};
use futures::FutureExt;
use leptos::prelude::LeptosOptions;
use leptos_axum::{LeptosRoutes, generate_route_list};
use time::Duration as Span;
use tokio::{sync::Notify, task::JoinHandle};
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    csrf::CsrfLayer,
    timeout::TimeoutLayer,
    trace::{DefaultOnResponse, TraceLayer},
};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

use crate::{
    cli::Config,
    domain::{Error, Timestamp, room::VendorLimit},
    services::{
        Settings,
        gate::Gate,
        jobs::{Worker, forgotten},
    },
    store::Store,
    ui::{app::App, shell::Assets},
    vendors,
};
use covers::Covers;
use door::Door;
use session::Sessions;
use stop::Stop;

/// A session ends when it was not used for this long: eight hours.
const IDLE: Span = Span::hours(8);
/// A request takes no longer than this.
const LONGEST_REQUEST: Duration = Duration::from_secs(30);

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
    leptos: LeptosOptions,
    clock: fn() -> Timestamp,
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
        Self {
            door: Door::new(store.clone(), settings.clone(), &config),
            store,
            settings,
            gate: Arc::default(),
            assets: assets::find(),
            covers: Covers::new(config.covers),
            limits: vendors::limits(),
            leptos: LeptosOptions::builder().output_name("wardroom").build(),
            config: Arc::new(config),
            clock: clock::now,
        }
    }

    /// The same house by another clock, as far as back-ends' calls and jobs go.
    #[must_use]
    pub fn by(self, clock: fn() -> Timestamp) -> Self {
        Self { door: self.door.by(clock), clock, ..self }
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

    fn sessions(&self) -> Sessions {
        Sessions(self.store.clone())
    }

    /// Every route, with every layer.
    pub fn router(&self) -> Router {
        let secure = self.config.public_url.secure;
        // `__Host-` needs https; without it (localhost) the cookie has another name, so that neither shadows the other.
        let sessions = SessionManagerLayer::new(self.sessions())
            .with_name(if secure { "__Host-wardroom" } else { "wardroom" })
            .with_secure(secure)
            .with_same_site(SameSite::Lax)
            .with_expiry(Expiry::OnInactivity(IDLE));
        let console = Router::new()
            .route("/api/{function}", any(forms::call))
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
            .route("/pkg/{file}", get(assets::file))
            .route("/favicon.svg", get(assets::icon))
            .route("/robots.txt", get(assets::robots))
            .layer(middleware::from_fn_with_state(self.door.clone(), door::first));
        outermost(console).with_state(self.clone())
    }
}

/// What surrounds every answer, whoever asks.
fn outermost<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    router
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST_REQUEST))
        .layer(middleware::from_fn(guard::headers))
        .layer(CatchPanicLayer::custom(|_| panicked()))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_response(DefaultOnResponse::new().level(tracing::Level::DEBUG)),
        )
}

/// What the log says of a request: never its query, in which some vendors' clients send their signatures.
fn span(request: &Request) -> tracing::Span {
    tracing::info_span!("request", method = %request.method(), path = ?request.uri().path())
}

/// Opens the store and serves until Ctrl+C or SIGTERM; then finishes what is in flight (`stop`).
///
/// # Errors
/// The database cannot be opened, or the address cannot be listened on: says so in one sentence.
pub async fn serve(config: Config) -> Result<(), String> {
    let store = Store::open(&config.database_url).await.map_err(|why| why.to_string())?;
    let listener = tokio::net::TcpListener::bind(config.addr).await.map_err(|why| {
        format!("cannot listen on {} ({why}); choose another with --addr or WARDROOM_ADDR", config.addr)
    })?;
    let house = House::new(store.clone(), config);
    tracing::info!(address = %house.config.public_url.origin, "Wardroom is open");
    let ranked = store.clone();
    tokio::spawn(async move { ranked.rank_rooms().await });
    store.stop_where_damaged();
    let (stop, close) = (Stop::listen(), Arc::new(Notify::new()));
    let doors = door::open(&house, close.clone()).await?;
    let chores = [
        tokio::spawn(tidy(house.clone())),
        tokio::spawn(write_usage(house.clone())),
        tokio::spawn(house.worker().run()),
    ];
    let app = house.router().into_make_service_with_connect_info::<SocketAddr>();
    let asked = stop.clone().asked().inspect(move |()| close.notify_waiters());
    let in_flight = async {
        let served = axum::serve(listener, app).with_graceful_shutdown(asked).await;
        for door in doors {
            let _ = door.await;
        }
        served.map_err(|why| why.to_string())
    };
    let served = tokio::select! {
        served = in_flight => served,
        () = stop.overdue() => {
            tracing::warn!("some requests did not end in time and are cut off");
            Ok(())
        }
    };
    chores.iter().for_each(JoinHandle::abort);
    stop::close(&house).await;
    tracing::info!("Wardroom is closed");
    served
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

fn foreign() -> Response {
    let why = "This form came from another site, so nothing was changed. Open the console itself and try again.";
    (StatusCode::FORBIDDEN, why).into_response()
}

fn panicked() -> Response {
    let incident = crate::store::incident();
    tracing::error!(incident, "a request panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, Error::Internal(incident).to_string()).into_response()
}
