//! The house itself, over a database in a folder of its own: every door, with what a stranger, an admin's browser or a
//! back-end with a valid signature could send. Whatever comes, the answer is no failure of the house's, and what looks
//! for rooms finds what a plain look finds.

use std::{
    net::SocketAddr,
    sync::{LazyLock, Mutex, PoisonError},
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{HeaderName, HeaderValue, Method, Request, Uri, header, request::Builder},
};
use http_body_util::BodyExt;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt;
use wardroom::{
    cli::Config,
    domain::{
        Role, Timestamp, address,
        app::{RATE_MAX, Scope},
        page::Page,
        room::RoomQuery,
    },
    server,
    services::{
        Bulk, Ctx, Rate, Settings,
        apps::{self, Allowed, Wanted},
        import, password,
    },
    store::{NewStaff, Store},
    vendors::{abouts, strangers::UserSig},
};

use super::{first_line, text};

#[path = "../../it/search/plain.rs"]
#[allow(dead_code, clippy::duplicate_mod, reason = "a second, plainer reader, that the tests of the search have too")]
mod plain;

const NOW: Timestamp = Timestamp(1_795_000_000_000);
const SECRET: &str = "the-secret-of-the-fuzzers-app";
const PASSWORD: &str = "correct horse battery staple 17";
pub(super) const PROXY: [u8; 4] = [10, 0, 0, 1];
const APP: &str = "1400000001";

struct House {
    runtime: Runtime,
    store: Store,
    router: Router,
    cookie: String,
    rooms: Vec<plain::Known>,
    _folder: TempDir,
}

static HOUSE: LazyLock<Mutex<House>> = LazyLock::new(|| Mutex::new(House::open()));

/// What a plain look says must be looked at in a house that nobody writes to.
static QUIET: LazyLock<Mutex<House>> = LazyLock::new(|| Mutex::new(House::open()));

fn now() -> Timestamp {
    NOW
}

impl House {
    fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (store, router) = runtime.block_on(made(&folder));
        let mut house = Self { runtime, store, router, cookie: String::new(), rooms: Vec::new(), _folder: folder };
        let body = address::query([("name", "ada"), ("password", PASSWORD)]);
        let request = Request::post("/api/sign_in").header(header::CONTENT_TYPE, FORM);
        let answer = house.ask(request.body(Body::from(body)).unwrap());
        house.cookie = answer.cookie;
        house.rooms = house.runtime.block_on(plain::every_room(&house.store));
        assert!(!house.cookie.is_empty() && house.rooms.len() > 10, "{}", answer.body);
        house
    }

    fn ask(&self, request: Request<Body>) -> Answer {
        asked(&self.runtime, &self.router, request)
    }
}

/// Sends a request, as one that a proxy of the house's own passed on.
pub(super) fn asked(runtime: &Runtime, router: &Router, mut request: Request<Body>) -> Answer {
    let peer = SocketAddr::from((PROXY, 40_000));
    request.extensions_mut().insert(ConnectInfo(peer));
    request.headers_mut().entry(header::HOST).or_insert(header::HeaderValue::from_static("127.0.0.1:3000"));
    let router = router.clone();
    runtime.block_on(async move {
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookie = text(header::SET_COOKIE).split(';').next().unwrap_or_default().to_owned();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status.as_u16(), body, cookie, location: text(header::LOCATION).to_owned() }
    })
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
    pub(super) cookie: String,
    pub(super) location: String,
}

impl Answer {
    /// What may come of anything that is sent.
    pub(super) fn is_sound(&self) {
        assert!(self.status < 500, "{} {:.2000}", self.status, self.body);
        for inside in ["Incident ", "sqlx", "no such table", "no such column", "panicked"] {
            assert!(!self.body.contains(inside) || self.body.contains("<html"), "{:.2000}", self.body);
        }
    }
}

async fn made(folder: &TempDir) -> (Store, Router) {
    let url = format!("sqlite:{}", folder.path().join("wardroom.db").display());
    let store = Store::open(&url).await.unwrap();
    let rates = abouts().iter().map(|about| Rate { vendor: about.key.to_owned(), action: None, a_second: RATE_MAX });
    let settings = Settings { vendors: abouts(), rates: rates.collect(), bulk: Bulk::default(), ..Settings::default() };
    let config = Config {
        trusted_proxies: vec![PROXY.into()],
        settings: settings.clone(),
        log: "off".to_owned(),
        ..Config::of(url)
    };
    let ctx = Ctx::command(store.clone(), settings.into(), "fuzzer".to_owned(), NOW);
    let rooms = [include_str!("../../it/data/rooms.jsonl"), ROOMS].join("\n");
    let rooms = std::io::Cursor::new(rooms.into_bytes());
    import::import(&ctx, rooms, import::Options::default(), &mut (), std::future::pending()).await.unwrap();
    for about in abouts() {
        let accounts = about.accounts_label.map_or("", |_| "administrator").to_owned();
        let may = Allowed { scope: Scope::Manage.key().to_owned(), accounts, ..Allowed::default() };
        let (name, vendor) = (about.key.to_owned(), about.key.to_owned());
        let wanted = Wanted { name, vendor, key: APP.to_owned(), secret: SECRET.to_owned(), may };
        let made = apps::add(&ctx, wanted).await;
        made.unwrap_or_else(|why| panic!("{}: {why}", about.key));
    }
    let hash = password::hash(PASSWORD.to_owned()).await.unwrap();
    let new = NewStaff {
        name: "ada".to_owned(),
        role: Role::Admin,
        password_hash: hash.clone(),
        one_time_until: NOW,
        now: NOW,
    };
    let unit = store.write(move |tx| {
        Box::pin(async move {
            let id = tx.insert_staff(&new).await?;
            tx.put_password(id, &hash, None).await
        })
    });
    unit.await.unwrap();
    let router = server::House::new(store.clone(), config).by(now).router();
    (store, router)
}

/// Rooms with everything, for the seeds.
const ROOMS: &str = r#"{"id":"r1","name":"Room 1 直播","owner":"u1","managers":["u2"],"tags":["live","news"],"cover":"https://covers.example/1.png","members":[{"id":"u1","nickname":"N","unread":1},{"id":"u5"}],"attributes":[{"key":"k","value":"v"}]}
{"id":"r2","name":"ＮＥＷ Live","owner":"u1","muted":true}
{"id":"stage","name":"Stage","owner":"u3","app":"demo"}"#;

pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// Asks the one house.
fn ask(request: Builder, body: &[u8]) -> Option<Answer> {
    let request = request.header(header::HOST, "127.0.0.1:3000").body(Body::from(body.to_vec())).ok()?;
    let house = HOUSE.lock().unwrap_or_else(PoisonError::into_inner);
    Some(house.ask(request))
}

fn cookie() -> String {
    HOUSE.lock().unwrap_or_else(PoisonError::into_inner).cookie.clone()
}

/// A path with a query, if it can be one.
fn uri(path: &[u8]) -> Option<Uri> {
    let path = text(path).filter(|path| path.starts_with('/'))?;
    // As a connection has it: nothing but the path.
    Uri::builder().path_and_query(path).build().ok()
}

/// What is typed into the search box: what is found is what a plain look at every room finds.
pub fn search(data: &[u8]) {
    let Some(typed) = text(data) else { return };
    let pairs = address::pairs(typed);
    let (query, _) = if typed.contains('=') {
        RoomQuery::parse(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    } else {
        RoomQuery::parse([("q", typed)])
    };
    let query = query.at(Page::First);
    let house = QUIET.lock().unwrap_or_else(PoisonError::into_inner);
    house.runtime.block_on(plain::compare(&house.store, &house.rooms, &query, false, 3));
}

/// An address, opened by an admin.
pub fn page(data: &[u8]) {
    let (path, accept) = first_line(data);
    let Some(uri) = uri(path) else { return };
    let mut request = Request::get(uri).header(header::COOKIE, cookie()).header(header::ACCEPT, "text/html");
    if let Ok(value) = HeaderValue::from_bytes(accept) {
        request = request.header("sec-fetch-dest", value);
    }
    if let Some(answer) = ask(request, b"") {
        answer.is_sound();
        assert!(!answer.body.contains("<script>"), "{:.2000}", answer.body);
    }
}

/// A form of an admin: the function in the first line, the form behind it.
pub fn form(data: &[u8]) {
    let (function, body) = first_line(data);
    let Some(function) = text(function).filter(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')) else {
        return;
    };
    // They hash a password, which takes a fifth of a second, or end the session: `door` is for those.
    let is_slow = ["sign_in", "sign_out", "change_password", "end_session", "end_other_sessions", "add_staff"];
    let ends = ["reset_password", "disable_staff", "change_role"];
    if is_slow.contains(&function) || ends.contains(&function) {
        return;
    }
    let request = Request::post(format!("/api/{function}")).header(header::COOKIE, cookie());
    let request = request.header(header::CONTENT_TYPE, FORM).header(header::ACCEPT, "application/json");
    if let Some(answer) = ask(request, body) {
        answer.is_sound();
    }
}

/// Anything from anybody: a method, a path, headers, an empty line, a body.
pub fn stranger(data: &[u8]) {
    let (head, mut rest) = first_line(data);
    let (method, path) = head.split_at(head.iter().position(|byte| *byte == b' ').unwrap_or(0));
    let (Ok(method), Some(uri)) = (Method::from_bytes(method), uri(path.trim_ascii())) else { return };
    if uri.path() == "/api/sign_in" {
        return;
    }
    let mut request = Request::builder().method(method).uri(uri);
    let mut is_known = false;
    while let (line, behind) = first_line(rest)
        && !line.is_empty()
    {
        rest = behind;
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(&line[..colon]), HeaderValue::from_bytes(line[colon + 1..].trim_ascii()))
        else {
            continue;
        };
        is_known |= value.to_str().is_ok_and(|value| value.contains(SECRET) || value.contains(&cookie()));
        request = request.header(name, value);
    }
    let is_page = request.uri_ref().is_some_and(|uri| uri.path() == "/rooms");
    if let Some(answer) = ask(request, rest) {
        answer.is_sound();
        assert!(is_known || !is_page || answer.status != 200, "a stranger is let in: {:.500}", answer.body);
    }
}

/// Sends a back-end's call; what comes back must be JSON, and no failure.
fn backend(request: Builder, body: &[u8]) {
    if let Some(answer) = ask(request, body) {
        answer.is_sound();
        let read = serde_json::from_str::<serde_json::Value>(&answer.body);
        assert!(read.is_ok() || answer.body.is_empty(), "{} {:.2000}", answer.status, answer.body);
        for failed in ["INTERNAL_ERROR", "660000001", "100001"] {
            assert!(!answer.body.contains(&format!(":{failed}")), "{:.2000}", answer.body);
        }
    }
}

/// The first line below a vendor's key, and the body.
fn below<'d>(key: &str, data: &'d [u8], more: &str) -> Option<(Uri, &'d [u8])> {
    let (path, body) = first_line(data);
    let path = text(path)?;
    let and = if path.contains('?') { "&" } else { "?" };
    let whole = if more.is_empty() { format!("/{key}/{path}") } else { format!("/{key}/{path}{and}{more}") };
    Some((uri(whole.as_bytes())?, body))
}

/// A call of IMKIT's API with the key: method and path in the first line.
pub fn imkit(data: &[u8]) {
    let (head, _) = first_line(data);
    let at = head.iter().position(|byte| *byte == b' ').unwrap_or(0);
    let Ok(method) = Method::from_bytes(&data[..at]) else { return };
    let Some((uri, body)) = below("imkit", data[at..].trim_ascii_start(), "") else { return };
    let request = Request::builder().method(method).uri(uri).header("IM-API-KEY", SECRET);
    backend(request.header(header::CONTENT_TYPE, "application/json"), body);
}

/// A signed call of NetEase's API.
pub fn netease(data: &[u8]) {
    use sha1::{Digest, Sha1};
    let Some((uri, body)) = below("netease", data, "") else { return };
    let time = (NOW.0 / 1000).to_string();
    let sum = Sha1::new().chain_update(SECRET).chain_update("1").chain_update(&time).finalize();
    let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    let request = Request::post(uri).header("AppKey", APP).header("Nonce", "1").header("CurTime", time);
    backend(request.header("CheckSum", sum).header(header::CONTENT_TYPE, FORM), body);
}

/// A signed call of ZEGOCLOUD's API: the query in the first line.
pub fn zego(data: &[u8]) {
    use md5::{Digest, Md5};
    let time = (NOW.0 / 1000).to_string();
    let sum = Md5::new().chain_update(APP).chain_update("0123456789abcdef").chain_update(SECRET).chain_update(&time);
    let sum: String = sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    let signed = format!(
        "AppId={APP}&SignatureNonce=0123456789abcdef&Timestamp={time}&SignatureVersion=2.0&Signature={sum}&IsTest=false"
    );
    let (query, _) = first_line(data);
    let Some(query) = text(query) else { return };
    let body = &data[(query.len() + 1).min(data.len())..];
    let Some(uri) = uri(format!("/zego/?{signed}&{query}").as_bytes()) else { return };
    let method = if body.is_empty() { Method::GET } else { Method::POST };
    let request = Request::builder().method(method).uri(uri).header(header::CONTENT_TYPE, "application/json");
    backend(request, body);
}

/// A signed call of Tencent's API: the path in the first line.
pub fn tencent(data: &[u8]) {
    let usersig = UserSig::write("administrator", 1_400_000_001, SECRET, NOW, 600);
    let signed = format!("sdkappid={APP}&identifier=administrator&usersig={usersig}&random=1&contenttype=json");
    let Some((uri, body)) = below("tencent", data, &signed) else { return };
    backend(Request::post(uri).header(header::CONTENT_TYPE, "application/json"), body);
}
