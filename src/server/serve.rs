//! A server from its start to its end: what is opened in which order, and what closes after what ([`stop`]).

use std::sync::Arc;

use futures::FutureExt;
use tokio::{sync::Notify, task::JoinHandle};

use super::{House, chores, door, stop, stop::Stop, watch};
use crate::{cli::Config, store::Store};

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
    let chores = chores::start(&house);
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
