//! `cargo xtask bench`: a million rooms, the release server over them, every budget of the house measured over loopback
//! HTTP as a signed-in person, and the floor under each measured in the same run.

mod client;
mod crowd;
mod jobs;
mod loads;
mod plain;
mod questions;
mod random;
mod server;
mod table;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::{Context, Result, bail};
use hyper::{Request, body::Bytes};

use client::Client;
use loads::{Load, Make, crowd as load, page, saves};
use plain::Plain;
use questions::{Question, Search};
use server::{Place, Server};
use table::{Budget, Figure, Row};

/// What was asked for.
struct Options {
    wardroom: PathBuf,
    folder: PathBuf,
    rooms: u64,
    only: Option<String>,
    json: Option<PathBuf>,
    /// Keep the database, and use one that is there already.
    keep: bool,
}

#[tokio::main]
async fn main() -> Result<()> {
    let options = read(std::env::args().skip(1))?;
    let place = Place::new(options.wardroom.clone(), options.folder.clone());
    let mut figures = Vec::new();
    if !(options.keep && place.database().exists()) {
        if options.folder.exists() {
            std::fs::remove_dir_all(&options.folder)?;
        }
        std::fs::create_dir_all(&options.folder)?;
        say(&format!("making and importing {} rooms", options.rooms));
        let filled = place.fill(options.rooms)?;
        let scale = options.rooms as f64 / 1e6;
        figures.push(Figure { name: "import", is: filled.import.as_secs_f64(), most: 60.0 * scale, unit: "s" });
        figures.push(Figure { name: "memory, import", is: megabytes(filled.memory), most: 300.0, unit: "MB" });
        let size = megabytes(server::size(&place.database()));
        figures.push(Figure { name: "database after import", is: size, most: 700.0 * scale, unit: "MB" });
        say("adding history");
        plain::history(&place.database()).await?;
        place.app("imkit", "bench-client-key", IMKIT)?;
        place.app("tencent", "1400000001", TENCENT)?;
    }
    let (server, started) = place.start().await?;
    figures.push(Figure {
        name: "start to the first page",
        is: started.as_secs_f64() * 1000.0,
        most: 500.0,
        unit: "ms",
    });
    let cookie = place.sign_in(&server).await?;
    let mut bench = Bench { plain: Plain::open(&place.database()).await?, server, cookie, rows: Vec::new(), options };
    bench.pages().await?;
    bench.writes().await?;
    bench.jobs(&mut figures).await?;
    figures.push(Figure { name: "memory, serving", is: megabytes(bench.server.memory()), most: 150.0, unit: "MB" });
    let told = table::print(&bench.rows, &figures);
    if let Some(file) = &bench.options.json {
        std::fs::write(file, serde_json::to_string_pretty(&told)?)?;
    }
    Ok(())
}

/// The apps' secrets; the database is thrown away with them.
const IMKIT: &str = "0123456789abcdef0123456789abcdef";
const TENCENT: &str = "5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e";

/// A UserSig of that secret for a hundred years: made once, verified at every call.
const USERSIG: &str = "sdkappid=1400000001&identifier=administrator&random=1&contenttype=json&usersig=eJyrVgrxCdYrSy1SslJQMtIzUNJRAItkpqTmlWSmZUIkElNyM-Myi0uKEkvyi2BKilOyEwsKMlOACgxNDCDAECqXWlGQWZQKlDE2NDU1NwNJQWVKMnNB4obmUB0w8eLMdJBNZoV*YZ4e3r5RBVmWOakubl4BURYVmcEGRu4p5emJAT65Pq4hpmXBHsEFobZKtQAkKDZF";

struct Bench {
    plain: Plain,
    server: Server,
    cookie: String,
    rows: Vec<Row>,
    options: Options,
}

impl Bench {
    fn wants(&self, name: &str) -> bool {
        self.options.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }

    fn add(&mut self, name: &str, load: Load, floor: Option<f64>, budget: Budget) {
        let Load { took, over, bytes } = load;
        self.rows.push(Row { name: name.to_owned(), took, over, floor, budget, bytes });
    }

    /// Every page, one request at a time.
    async fn pages(&mut self) -> Result<()> {
        let mut client = Client::connect(self.server.address, &self.cookie).await?;
        for question in questions::all(&mut self.plain).await? {
            let Question { name, path, floor, budget, search } = question;
            if !self.wants(&name) {
                continue;
            }
            if let Some(search) = search {
                self.check(&mut client, &path, &search).await?;
            }
            let load = page(&mut client, &path, 200).await?;
            let floor = if floor.is_empty() { None } else { Some(self.plain.floor(&floor).await?) };
            say(&name);
            self.add(&name, load, floor, budget);
        }
        Ok(())
    }

    /// A search says as many, and shows the same rooms first, as a plain look at every room.
    async fn check(&mut self, client: &mut Client, path: &str, search: &Search) -> Result<()> {
        let html = client.text(path).await?;
        let (_, rest) = html.split_once("data-total=\"\"><strong>").context("the page has no total")?;
        let said = rest.split(' ').next().unwrap_or_default().replace(',', "");
        let (found, first) = self.plain.look(search).await?;
        let is_right = if found > 10_000 { said == "10000+" } else { said == found.to_string() };
        if !is_right {
            bail!("{path} says {said}; a plain look finds {found}");
        }
        let table = html.split_once("<tbody").map_or("", |(_, rest)| rest.split("</tbody>").next().unwrap_or_default());
        let mut shown: Vec<&str> =
            table.split("href=\"/rooms/").skip(1).filter_map(|part| part.split('"').next()).collect();
        shown.retain(|id| id.starts_with("room-"));
        shown.dedup();
        if shown == first { Ok(()) } else { bail!("{path} shows {shown:?}; a plain look gives {first:?}") }
    }

    /// Saves, calls of back-ends, and reads beside saves.
    async fn writes(&mut self) -> Result<()> {
        let (address, cookie, rooms) = (self.server.address, self.cookie.clone(), self.options.rooms);
        let ok: loads::IsGood = |status, _| status == 200;
        if self.wants("save, alone") {
            let done = load(address, &cookie, 1, 4, saves(0, rooms), ok).await?;
            self.add("save, alone", done, None, Budget::of(5.0, 15.0));
        }
        if self.wants("save, 64 at once") {
            let done = load(address, &cookie, 64, 8, saves(10_000, rooms), ok).await?;
            self.add("save, 64 at once", done, None, Budget::rate(2500.0, 60.0));
        }
        if self.wants("list while 64 save") {
            let stop = Arc::new(AtomicBool::new(false));
            let others = tokio::spawn(loads::meanwhile(address, cookie.clone(), rooms, stop.clone()));
            let mut client = Client::connect(address, &cookie).await?;
            let done = page(&mut client, "/rooms", 200).await?;
            stop.store(true, Ordering::Relaxed);
            others.await??;
            let quiet = self.rows.iter().find(|row| row.name == "list").map(Row::median);
            let most = quiet.map_or(6.0, |quiet| quiet * 2.0);
            self.add("list while 64 save", done, quiet, Budget::of(most, 40.0));
        }
        if self.wants("imkit get, 64") {
            let make: Make = Arc::new(|n, count| {
                let path = format!("/imkit/rooms/room-{:07}", (n * 997 + count * 31) % 1000);
                (Request::get(path).header("im-api-key", IMKIT), Bytes::new())
            });
            let done = load(address, "", 64, 6, make.clone(), ok).await?;
            let bare = bare(&mut Client::connect(address, "").await?, make).await?;
            self.add("imkit get, 64", done, Some(bare), Budget::rate(bare * 0.4, 20.0));
        }
        if self.wants("imkit put, 64") {
            let make: Make = Arc::new(move |n, count| {
                let request = Request::put(format!("/imkit/rooms/room-{:07}", (20_000 + n * 50 + count % 50) % rooms));
                let body = format!("{{\"description\":\"put {n} {count}\"}}");
                (request.header("im-api-key", IMKIT).header("content-type", "application/json"), Bytes::from(body))
            });
            let done = load(address, "", 64, 8, make, ok).await?;
            self.add("imkit put, 64", done, None, Budget::rate(2500.0, 60.0));
        }
        if self.wants("tencent update, 64") {
            let make: Make = Arc::new(move |n, count| {
                let path = format!("/tencent/v4/live_engine_http_srv/update_room_info?{USERSIG}");
                let id = (30_000 + n * 50 + count % 50) % rooms;
                let body = format!("{{\"RoomInfo\":{{\"RoomId\":\"room-{id:07}\",\"RoomName\":\"n {n} {count}\"}}}}");
                (Request::post(path).header("content-type", "application/json"), Bytes::from(body))
            });
            let good: loads::IsGood =
                |status, body| status == 200 && body.windows(17).any(|part| part == b"\"ActionStatus\":\"O");
            let done = load(address, "", 64, 8, make, good).await?;
            self.add("tencent update, 64", done, None, Budget::rate(2500.0, 60.0));
        }
        Ok(())
    }
}

/// Answers a second of a bare handler that returns the same bytes, asked the same way.
async fn bare(client: &mut Client, make: Make) -> Result<f64> {
    let (request, body) = make(0, 0);
    let bytes = client.send(request, body).await?.body;
    let answer = move || {
        let bytes = bytes.clone();
        async move { ([("content-type", "application/json; charset=utf-8")], bytes) }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = axum::Router::new().fallback(answer);
    let task = tokio::spawn(async move { axum::serve(listener, router).await });
    let done = load(address, "", 64, 3, make, |status, _| status == 200).await?;
    task.abort();
    Ok(done.took.len() as f64 / done.over.as_secs_f64())
}

fn read(mut words: impl Iterator<Item = String>) -> Result<Options> {
    let mut options = Options {
        wardroom: PathBuf::new(),
        folder: PathBuf::new(),
        rooms: 1_000_000,
        only: None,
        json: None,
        keep: false,
    };
    while let Some(word) = words.next() {
        let mut value = || words.next().with_context(|| format!("{word} wants a value"));
        match word.as_str() {
            "--wardroom" => options.wardroom = value()?.into(),
            "--folder" => options.folder = value()?.into(),
            "--rooms" => options.rooms = value()?.parse().context("--rooms wants a number")?,
            "--only" => options.only = Some(value()?),
            "--json" => options.json = Some(value()?.into()),
            "--keep" => options.keep = true,
            _ => bail!("`bench` does not know {word}; it takes --rooms N, --only NAME, --json FILE and --keep"),
        }
    }
    Ok(options)
}

fn say(line: &str) {
    eprintln!("» {line}");
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
