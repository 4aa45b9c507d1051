//! What a client that is slow, greedy or silent gets, and that others are served meanwhile. Over real sockets.

use std::{
    io::{ErrorKind, Read, Write},
    net::{IpAddr, SocketAddr, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{net::TcpSocket, sync::Notify};
use wardroom::server::listen::Limits;

use crate::harness::{House, Person, actor::encoded, template};

/// Limits that a test can wait for.
const SHORT: Duration = Duration::from_millis(400);

async fn house(edit: impl FnOnce(&mut Limits)) -> (House, SocketAddr) {
    let house = House::with(|config| edit(&mut config.limits)).await;
    let address = house.listen(std::future::pending()).await;
    (house, address)
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// Everything that comes until the other side ends it.
fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        Err(cause) if matches!(cause.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {}
        Err(cause) => panic!("{cause}: {}", String::from_utf8_lossy(&answer)),
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = connect(address);
    let _ = stream.write_all(request.as_bytes());
    rest(stream)
}

/// One good request, on a connection of its own.
fn is_served(address: SocketAddr) -> bool {
    ask(address, "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nConnection: close\r\n\r\n")
        .starts_with("HTTP/1.1 200")
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_never_ends_ends_its_connection() {
    let (_house, address) = house(|limits| limits.head = SHORT).await;
    blocking(move || {
        let began = Instant::now();
        let mut slow = connect(address);
        slow.write_all(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nX-Slow: ").unwrap();
        let silent = connect(address);
        assert!(is_served(address), "others are served");
        // A byte now and then, which keeps nothing alive.
        while began.elapsed() < Duration::from_secs(15) && slow.write_all(b"a").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!((SHORT..Duration::from_secs(10)).contains(&began.elapsed()), "{:?}", began.elapsed());
        assert_eq!(rest(silent), "", "who says nothing is let go as well");
        // So is a connection that rests after an answer.
        let mut resting = connect(address);
        resting.write_all(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n\r\n").unwrap();
        assert!(rest(resting).starts_with("HTTP/1.1 200"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_too_large_is_refused() {
    let (_house, address) = house(|_| {}).await;
    blocking(move || {
        let head =
            |more: &str| format!("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nConnection: close\r\n{more}\r\n");
        let giant = ask(address, &head(&format!("X-Giant: {}\r\n", "a".repeat(300_000))));
        assert!(giant.is_empty() || giant.starts_with("HTTP/1.1 431"), "{giant:.80}");
        let many: String = (0..200).map(|n| format!("X-{n}: a\r\n")).collect();
        assert!(ask(address, &head(&many)).starts_with("HTTP/1.1 431"));
        let long = ask(address, &format!("GET /{} HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n\r\n", "a".repeat(70_000)));
        assert!(long.starts_with("HTTP/1.1 414"), "{long:.80}");
        let large: String = (0..40).map(|n| format!("X-{n}: {}\r\n", "a".repeat(1_000))).collect();
        assert!(ask(address, &head(&large)).starts_with("HTTP/1.1 200"), "what is only large is taken");
        for odd in ["\u{0}\u{1}\u{2}\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "\r\n\r\nX\r\n\r\n"] {
            let answer = ask(address, odd);
            assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{odd:?}: {answer:.80}");
        }
        assert!(is_served(address));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let (house, address) = house(|limits| limits.body = SHORT).await;
    let before = house.dump().await;
    blocking(move || {
        let post = |path: &str, kind: &str, body: &str| {
            format!(
                "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nContent-Type: {kind}\r\nAccept: application/json\r\n\
                 Content-Length: 100\r\n\r\n{body}"
            )
        };
        let began = Instant::now();
        let form = ask(address, &post("/api/sign_in", "application/x-www-form-urlencoded", "name=ada"));
        assert!(form.starts_with("HTTP/1.1 408") && form.contains("too slowly"), "{form}");
        let call = ask(address, &post("/imkit/rooms", "application/json", "{\"name\":"));
        assert!(call.starts_with("HTTP/1.1 4") && call.contains("\"RC\""), "in the vendor's own words: {call}");
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        assert!(is_served(address));
    })
    .await;
    assert_eq!(before.differs(&house.dump().await), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_nothing_loses_the_connection() {
    let (house, address) = house(|limits| limits.unread = SHORT).await;
    let style = house.nobody().get("/sign-in").await;
    let style = style.tags().iter().find(|tag| tag.get("rel") == "stylesheet").unwrap().get("href").to_owned();
    blocking(move || {
        let mut greedy = connect(address);
        greedy.set_write_timeout(Some(Duration::from_secs(20))).unwrap();
        let many = format!("GET {style} HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n\r\n").repeat(2_000);
        // The server stops reading while it cannot write, and then lets go: the write fails or what was sent is lost.
        let _ = greedy.write_all(many.as_bytes());
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(15) && greedy.write_all(b"\r\n").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(began.elapsed() < Duration::from_secs(15), "the connection was let go");
        assert!(is_served(address));
    })
    .await;
}

/// A connection from another address of this machine.
async fn from(source: [u8; 4], address: SocketAddr) -> tokio::net::TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::new(IpAddr::from(source), 0)).unwrap();
    socket.connect(address).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_idle_connections_keep_nobody_out() {
    let (house, address) = house(|limits| limits.connections = 16).await;
    let open = async || {
        let figures = house.figures().await;
        let line = figures.lines().find_map(|line| line.strip_prefix("wardroom_connections_open "));
        line.unwrap().parse::<usize>().unwrap()
    };
    let mut hoard = Vec::new();
    for _ in 0..12 {
        hoard.push(from([127, 0, 0, 9], address).await);
    }
    while open().await < 8 {
        tokio::task::yield_now().await;
    }
    let told = rest(hoard.pop().unwrap().into_std().map(|s| s.set_nonblocking(false).map(|()| s).unwrap()).unwrap());
    assert!(told.starts_with("HTTP/1.1 503") && told.contains("Retry-After"), "half of all is enough: {told}");
    for n in 10..20 {
        hoard.push(from([127, 0, 1, n], address).await);
    }
    for _ in 0..40 {
        assert!(blocking(move || is_served(address)).await, "a newcomer gets the place of one who rests");
    }
    assert!(open().await <= 16);
    let figures = house.figures().await;
    let evicted = figures.lines().find_map(|line| line.strip_prefix("wardroom_connections_evicted_total ")).unwrap();
    assert_ne!(evicted, "0", "{figures}");
}

/// The writer waits until it is told; whoever writes waits as well.
async fn stuck(house: &House) -> Arc<Notify> {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (store, says, waits) = (house.store.clone(), begun.clone(), go_on.clone());
    tokio::spawn(async move {
        let unit = store.write(move |_| {
            Box::pin(async move {
                says.notify_one();
                waits.notified().await;
                Ok(())
            })
        });
        unit.await
    });
    begun.notified().await;
    go_on
}

fn save(address: SocketAddr) -> String {
    let body = encoded(&[("id", "stage"), ("version", "1"), ("changes[description]", "slow")]);
    let cookie = template::cookie(Person::Admin).unwrap();
    ask(
        address,
        &format!(
            "POST /api/save_room HTTP/1.1\r\nHost: 127.0.0.1:3000\r\nConnection: close\r\nCookie: wardroom={cookie}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nAccept: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_takes_too_long_is_told_so_and_what_it_wrote_counts() {
    let (house, address) = house(|limits| limits.request = SHORT).await;
    let go_on = stuck(&house).await;
    let answer = blocking(move || save(address)).await;
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("took too long"), "{answer}");
    let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap();
    assert!(answer.contains(&format!("Incident {id}.")), "{answer}");
    assert!(answer.contains("content-security-policy"), "{answer}");
    go_on.notify_one();
    house.store.write(|_| Box::pin(async { Ok(()) })).await.unwrap();
    assert_eq!(house.ask("SELECT description FROM rooms WHERE id = 'stage'").await, "slow");
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_waits_for_what_is_in_flight_and_for_nobody_else() {
    let house = House::open().await;
    let stop = Arc::new(Notify::new());
    let stopped = stop.clone();
    let address = house.listen(async move { stopped.notified().await }).await;
    let idle = blocking(move || connect(address)).await;
    let go_on = stuck(&house).await;
    let saving = tokio::task::spawn_blocking(move || save(address));
    while !house.figures().await.contains("wardroom_http_requests_in_flight 1") {
        tokio::task::yield_now().await;
    }
    stop.notify_one();
    assert_eq!(blocking(move || rest(idle)).await, "", "an idle connection is closed");
    while blocking(move || TcpStream::connect(address).is_ok()).await {
        tokio::task::yield_now().await;
    }
    go_on.notify_one();
    let answer = saving.await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}
