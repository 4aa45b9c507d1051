//! Cover pictures, fetched by the server: a reader's browser never talks to strangers.
//!
//! A cover's address is whatever somebody typed, so fetching it is the server's most exposed act. [`net`] goes to public
//! addresses only and within bounds of time, size and redirects; [`picture`] decodes what came within bounds of size and
//! memory and draws it anew, so that nothing of a stranger's bytes reaches a browser; [`shelf`] keeps what came of it
//! for a while, so that a page that is looked at often fetches once. How many are fetched and decoded at a time is
//! bounded too.

pub mod net;
pub(super) mod picture;
mod shelf;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Bytes,
    extract::{Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::sync::Semaphore;

use super::House;
use crate::{
    cli,
    domain::room::{Field, RoomId},
    services::rooms,
};
use net::{Fetcher, Net};
use picture::Picture;
use shelf::Shelf;

/// Most fetches at a time.
const FETCHES: usize = 8;
/// Most pictures decoded at a time: the worst take 300 MiB each for a moment (`picture`).
const DRAWN: usize = 2;
/// Longest a fetch waits for its turn.
const PATIENCE: Duration = Duration::from_secs(8);

/// What is shown in place of a picture that could not be had.
const PLACEHOLDER: &str = include_str!("placeholder.svg");

/// Fetches covers. Cheap to clone.
#[derive(Clone)]
pub struct Covers {
    fetcher: Option<Arc<Fetcher>>,
    fetches: Arc<Semaphore>,
    drawn: Arc<Semaphore>,
    shelf: Arc<Shelf>,
}

/// No place came free in time; nothing is known of the picture.
struct Busy;

impl Covers {
    /// A fetcher that keeps to what was configured, over this network.
    pub fn new(config: &cli::Config, net: Net) -> Self {
        let (is_off, any) = (config.covers == cli::Covers::Off, config.covers == cli::Covers::Any);
        Self {
            fetcher: (!is_off).then(|| Arc::new(Fetcher::new(net, any, config.covers_from.clone()))),
            fetches: Arc::new(Semaphore::new(FETCHES)),
            drawn: Arc::new(Semaphore::new(DRAWN)),
            shelf: Arc::default(),
        }
    }

    /// The picture at an address, from the shelf or from where it is; whoever asks for the same one meanwhile waits for
    /// the same fetch.
    async fn picture(&self, fetcher: &Arc<Fetcher>, address: &str) -> Option<Picture> {
        let place = self.shelf.place(address, Instant::now());
        let found = place.get_or_try_init(|| self.make(fetcher.clone(), address.to_owned())).await;
        let found = found.ok().cloned().flatten();
        self.shelf.settle(address);
        found
    }

    async fn make(&self, fetcher: Arc<Fetcher>, address: String) -> Result<Option<Picture>, Busy> {
        let turn = tokio::time::timeout(PATIENCE, self.fetches.clone().acquire_owned());
        let turn = turn.await.map_err(|_| Busy)?.map_err(|_| Busy)?;
        let asked = address.clone();
        // The turn goes along: a reader who leaves does not make room for one fetch more.
        let fetched = tokio::task::spawn_blocking(move || {
            let fetched = fetcher.fetch(&asked);
            drop(turn);
            fetched
        });
        let drawn = match fetched.await.unwrap_or_else(|_| Err("fetching it panicked".to_owned())) {
            Ok(bytes) => self.draw(bytes).await?,
            Err(why) => Err(why),
        };
        Ok(match drawn {
            Ok(picture) => Some(picture),
            Err(why) => {
                tracing::debug!(address = ?address, why = ?why, "a cover was refused");
                None
            }
        })
    }

    /// Draws a picture anew, when its turn comes.
    async fn draw(&self, bytes: Vec<u8>) -> Result<Result<Picture, String>, Busy> {
        let turn = self.drawn.clone().acquire_owned().await.map_err(|_| Busy)?;
        let drawn = tokio::task::spawn_blocking(move || {
            let drawn = picture::draw(&bytes);
            drop(turn);
            drawn
        });
        Ok(drawn.await.unwrap_or_else(|_| Err("decoding it panicked".to_owned())))
    }
}

/// `GET /rooms/{id}/cover`: the picture, or a placeholder where it cannot be had. A room without one, and a house that
/// fetches none, answer 204: then the page's own letter stays. (A 404 would say the same, but browsers write it to
/// their console as an error, which a missing cover is not.)
pub async fn cover(State(house): State<House>, Path(id): Path<String>, request: Request) -> Response {
    let missing = StatusCode::NO_CONTENT.into_response();
    let Ok(asker) = house.asker(house.caller(&request), None).await else { return missing };
    let Ok(id) = RoomId::parse(&id) else { return missing };
    let is_let_in = asker.staff.is_some() && asker.duty().is_none();
    let Some(ctx) = asker.ctx.filter(|_| is_let_in) else { return StatusCode::UNAUTHORIZED.into_response() };
    let room = match rooms::get(&ctx, &id).await {
        Ok(room) => room,
        Err(error) => {
            return StatusCode::from_u16(error.status()).unwrap_or(StatusCode::NOT_FOUND).into_response();
        }
    };
    let (Some(fetcher), Some(address)) = (&house.covers.fetcher, room.values.text(Field::Cover)) else {
        return missing;
    };
    match house.covers.picture(fetcher, address).await {
        Some(Picture { kind, bytes }) => answer(kind, bytes, "private, max-age=300"),
        None => answer("image/svg+xml", Bytes::from_static(PLACEHOLDER.as_bytes()), "private, max-age=30"),
    }
}

fn answer(kind: &'static str, bytes: Bytes, kept: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, kept),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"cover\""),
    ];
    (headers, bytes).into_response()
}
