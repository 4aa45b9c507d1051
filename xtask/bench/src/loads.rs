//! Loads: one thing asked again and again, by one or by many at once, for a while.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use hyper::{Request, body::Bytes, http::request::Builder};
use tokio::task::JoinSet;

use crate::client::{Client, encoded};

/// Longest that one row may take.
const LONGEST: Duration = Duration::from_secs(4);

/// What a load came to.
#[derive(Default)]
pub struct Load {
    /// How long each answer took.
    pub took: Vec<Duration>,
    /// How long all of it took.
    pub over: Duration,
    /// Bytes of the last answer.
    pub bytes: usize,
}

/// Opens a page again and again, one request at a time; the first ones warm up and do not count.
pub async fn page(client: &mut Client, path: &str, times: usize) -> Result<Load> {
    for _ in 0..3 {
        client.page(path).await?;
    }
    let (mut load, began) = (Load::default(), Instant::now());
    while load.took.len() < times && (began.elapsed() < LONGEST || load.took.len() < 10) {
        let answer = client.page(path).await?;
        load.took.push(answer.took);
        load.bytes = answer.body.len();
    }
    load.over = began.elapsed();
    Ok(load)
}

/// A request to be made by a writer, from its number and its count.
pub type Make = Arc<dyn Fn(u64, u64) -> (Builder, Bytes) + Send + Sync>;

/// Many connections, each making requests one after the other for some seconds; every answer must be as wanted.
pub async fn crowd(to: SocketAddr, cookie: &str, many: u64, seconds: u64, make: Make, is_good: IsGood) -> Result<Load> {
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut all = JoinSet::new();
    let began = Instant::now();
    for n in 0..many {
        let (make, cookie) = (make.clone(), cookie.to_owned());
        all.spawn(async move {
            let mut client = Client::connect(to, &cookie).await?;
            let (mut took, mut bytes, mut count) = (Vec::new(), 0, 0);
            while Instant::now() < end {
                let (request, body) = make(n, count);
                let answer = client.send(request, body).await?;
                if !is_good(answer.status.as_u16(), &answer.body) {
                    bail!("{} {}", answer.status, String::from_utf8_lossy(&answer.body));
                }
                took.push(answer.took);
                bytes = answer.body.len();
                count += 1;
            }
            Ok((took, bytes))
        });
    }
    let mut load = Load::default();
    while let Some(done) = all.join_next().await {
        let (took, bytes) = done??;
        load.took.extend(took);
        load.bytes = bytes;
    }
    load.over = began.elapsed();
    Ok(load)
}

/// Whether an answer is as wanted, from its status and body.
pub type IsGood = fn(u16, &Bytes) -> bool;

/// The console's form that saves a description; every request asks for something new.
pub fn save(room: u64, version: i64, text: &str) -> (Builder, Bytes) {
    let (id, version) = (format!("room-{room:07}"), version.to_string());
    let back = format!("/rooms/{id}");
    let pairs = [("id", id.as_str()), ("version", &version), ("back", &back), ("changes[description]", text)];
    let request = Request::post("/api/save_room").header("accept", "application/json");
    let request = request.header("sec-fetch-site", "same-origin");
    (request.header("content-type", "application/x-www-form-urlencoded"), Bytes::from(encoded(&pairs)))
}

/// Makes the writers of [`save`]: each on rooms of its own, with the newest version, so that nobody meets anybody (where
/// there are rooms enough).
pub fn saves(first: u64, rooms: u64) -> Make {
    static ROUND: AtomicU64 = AtomicU64::new(0);
    let round = ROUND.fetch_add(1, Ordering::Relaxed);
    Arc::new(move |n, count| {
        save((first + n * 50 + count % 50) % rooms, i64::MAX, &format!("text {round} {n} {count}"))
    })
}

/// Sixty-four people saving in the background until told to stop.
pub async fn meanwhile(to: SocketAddr, cookie: String, rooms: u64, stop: Arc<AtomicBool>) -> Result<()> {
    let mut all = JoinSet::new();
    let make = saves(100_000, rooms);
    for n in 0..64 {
        let (make, cookie, stop) = (make.clone(), cookie.clone(), stop.clone());
        all.spawn(async move {
            let mut client = Client::connect(to, &cookie).await?;
            let mut count = 0;
            while !stop.load(Ordering::Relaxed) {
                let (request, body) = make(n, count);
                client.send(request, body).await?;
                count += 1;
            }
            Ok::<_, anyhow::Error>(())
        });
    }
    while let Some(done) = all.join_next().await {
        done??;
    }
    Ok(())
}
