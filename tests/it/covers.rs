//! Covers: what the server fetches for its readers, from whom, and what it makes of what comes.

mod certificates;

use std::{
    io::{Cursor, Write},
    net::{IpAddr, TcpStream},
    sync::{Arc, atomic::Ordering::SeqCst},
    time::{Duration, Instant},
};

use image::{DynamicImage, ImageFormat};
use wardroom::cli::Covers;

use crate::harness::{
    Answer, House, STAGE,
    stranger::{Act, PUBLIC, Stranger, lead, say},
};

/// Long enough for whoever answers, short enough to wait for who does not.
const LONGEST: Duration = Duration::from_secs(2);

fn file(format: ImageFormat, side: u32) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(side, side).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A PNG with words behind its end.
fn png(stream: &mut TcpStream) -> std::io::Result<()> {
    say(stream, "image/png", &[&file(ImageFormat::Png, 64)[..], b"words of a stranger"].concat())
}

async fn house(allowed: Covers, paths: &[(&str, Act)]) -> (House, Arc<Stranger>) {
    let (stranger, net) = Stranger::new(LONGEST, paths);
    (House::with(|config| config.covers = allowed).await.over_net(net), stranger)
}

/// The cover of a room that has this address.
async fn cover(house: &House, address: &str) -> Answer {
    let admin = house.admin();
    let saved = admin.call("/api/save_room", &[("id", STAGE), ("version", "99"), ("changes[cover]", address)]).await;
    assert_eq!(saved.status, 200, "{address}: {}", saved.body);
    admin.get("/rooms/stage/cover").await
}

/// Whether the neutral picture came in place of one.
fn is_placeholder(answer: &Answer) -> bool {
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox; frame-ancestors 'none'");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(answer.header("cache-control").starts_with("private, "));
    let is = answer.header("content-type") == "image/svg+xml";
    assert_eq!(is, answer.body.starts_with("<svg xmlns"), "{}", answer.header("content-type"));
    is
}

#[tokio::test]
async fn a_cover_is_fetched_once_drawn_anew_and_tells_nothing_of_us() {
    let (house, stranger) = house(Covers::Public, &[("/a.png", png), ("/b%20c?x=1|y", png)]).await;
    for address in ["http://public.test/a.png", "http://PUBLIC.test:80/x/../b%20c?x=1|y#part"] {
        let answer = cover(&house, address).await;
        assert!(!is_placeholder(&answer), "{address}");
        assert_eq!(answer.header("content-type"), "image/jpeg");
        assert!(!answer.body.contains("words of a stranger"));
        let again = house.viewer().get("/rooms/stage/cover").await;
        assert_eq!(again.body, answer.body);
    }
    assert_eq!(stranger.asked(), ["/a.png", "/b%20c?x=1|y"], "each once, whoever looks");
    for head in stranger.heads.lock().unwrap().iter().map(|head| head.to_lowercase()) {
        let names: Vec<&str> = head.lines().skip(1).map(|line| line.split(':').next().unwrap()).collect();
        assert!(names.iter().all(|name| ["host", "accept", "user-agent"].contains(name)), "{head}");
        assert!(!head.contains("wardroom") && head.contains("host: public.test\n"), "{head}");
    }
}

#[tokio::test]
async fn a_host_that_is_not_public_is_never_reached_however_it_is_written() {
    let (house, stranger) = house(Covers::Public, &[("/", png)]).await;
    for address in [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://0/",
        "http://0.0.0.0/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://172.16.0.9/",
        "http://169.254.169.254/latest/meta-data/",
        "http://100.100.100.200/",
        "http://168.63.129.16/",
        "http://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:a9fe:a9fe]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://[2002:7f00:1::]/",
        "http://[fd00:ec2::254]/",
        "http://[fe80::1]/",
        "http://inside.test/",
        "http://both.test/",
        "http://nowhere.test/",
        "http://unknown.test/",
        "http://１２７.０.０.１/",
        "http://public.test:8080/",
        "http://public.test:22/",
        "https://public.test:8443/",
    ] {
        assert!(is_placeholder(&cover(&house, address).await), "{address}");
    }
    assert_eq!(*stranger.reached.lock().unwrap(), [], "no connection was made");
    assert_eq!(stranger.asked(), [""; 0]);
}

#[tokio::test]
async fn a_name_is_looked_up_once_and_that_is_where_the_connection_goes() {
    let (house, stranger) = house(Covers::Public, &[("/a.png", png)]).await;
    assert!(!is_placeholder(&cover(&house, "http://turning.test/a.png").await));
    assert_eq!(*stranger.looked_up.lock().unwrap(), ["turning.test"]);
    assert!(stranger.reached.lock().unwrap().iter().all(|address| address.ip() == IpAddr::from(PUBLIC)));
    // The second fetch looks it up anew, and by now it points inwards.
    assert!(is_placeholder(&cover(&house, "http://turning.test/b.png").await));
    assert_eq!(stranger.reached.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn redirects_are_followed_three_times_and_each_is_checked() {
    let paths: &[(&str, Act)] = &[
        ("/a.png", png),
        ("/1", |stream| lead(stream, "/2")),
        ("/2", |stream| lead(stream, "//public.test/3")),
        ("/3", |stream| lead(stream, "http://public.test/a.png")),
        ("/0", |stream| lead(stream, "1")),
        ("/round", |stream| lead(stream, "/round")),
        ("/in", |stream| lead(stream, "http://127.0.0.1/a.png")),
        ("/decimal", |stream| lead(stream, "http://2130706433/a.png")),
        ("/mapped", |stream| lead(stream, "http://[::ffff:10.0.0.1]/a.png")),
        ("/metadata", |stream| lead(stream, "http://169.254.169.254/a.png")),
        ("/name", |stream| lead(stream, "http://inside.test/a.png")),
        ("/turn", |stream| lead(stream, "http://turning.test/back")),
        ("/back", |stream| lead(stream, "http://turning.test/a.png")),
        ("/port", |stream| lead(stream, "http://public.test:8080/a.png")),
        ("/user", |stream| lead(stream, "http://name:word@public.test/a.png")),
        ("/file", |stream| lead(stream, "file:///etc/passwd")),
        ("/gopher", |stream| lead(stream, "gopher://public.test/a.png")),
        ("/data", |stream| lead(stream, "data:image/png;base64,AAAA")),
        ("/empty", |stream| write!(stream, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")),
    ];
    let (house, stranger) = house(Covers::Public, paths).await;
    assert!(!is_placeholder(&cover(&house, "http://public.test/1").await));
    assert_eq!(stranger.asked(), ["/1", "/2", "/3", "/a.png"]);
    for bad in paths.iter().map(|(path, _)| *path).skip(4).filter(|path| *path != "/back") {
        stranger.heads.lock().unwrap().clear();
        assert!(is_placeholder(&cover(&house, &format!("http://public.test{bad}")).await), "{bad}");
        assert!(!stranger.asked().contains(&"/a.png".to_owned()), "{bad}: {:?}", stranger.asked());
        assert!(stranger.asked().len() <= 4, "{bad}");
    }
    assert!(stranger.reached.lock().unwrap().iter().all(|address| address.ip() == IpAddr::from(PUBLIC)));
}

#[tokio::test]
async fn what_is_no_picture_or_too_much_of_one_ends_in_the_placeholder_and_in_time() {
    let paths: &[(&str, Act)] = &[
        ("/html", |stream| say(stream, "text/html", b"<h1>hello</h1>")),
        ("/html.png", |stream| say(stream, "image/png", b"<script>alert(1)</script>")),
        ("/picture.html", |stream| say(stream, "text/html", &file(ImageFormat::Png, 8))),
        ("/svg", |stream| say(stream, "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")),
        ("/svg.png", |stream| say(stream, "image/png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")),
        ("/broken", |stream| say(stream, "image/png", &file(ImageFormat::Png, 64)[..40])),
        ("/bomb", |stream| say(stream, "image/png", &file(ImageFormat::Png, 5_100))),
        ("/empty", |stream| say(stream, "image/png", b"")),
        ("/500", |stream| write!(stream, "HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")),
        ("/no-http", |stream| stream.write_all(b"SSH-2.0-OpenSSH_9.9\r\n")),
        ("/large", |stream| write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: 5242881\r\n\r\n\u{89}PNG")),
        ("/head", |stream| (0..).try_for_each(|n| write!(stream, "HTTP/1.1 200 OK\r\nX-{n}: {n}\r\n"))),
        ("/endless", |stream| {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nConnection: close\r\n\r\n")?;
            loop {
                stream.write_all(&[0x89; 65_536])?;
            }
        }),
        ("/drip", |stream| {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 5000\r\n\r\n")?;
            loop {
                stream.write_all(b"\x89")?;
                std::thread::sleep(Duration::from_millis(100));
            }
        }),
        ("/silent", |_| {
            std::thread::sleep(LONGEST * 3);
            Ok(())
        }),
    ];
    let (house, stranger) = house(Covers::Public, paths).await;
    for (path, _) in paths {
        let begun = Instant::now();
        assert!(is_placeholder(&cover(&house, &format!("http://public.test{path}")).await), "{path}");
        assert!(begun.elapsed() < LONGEST * 2, "{path}: {:?}", begun.elapsed());
    }
    assert_eq!(stranger.asked().len(), paths.len(), "each was asked for");
}

#[tokio::test]
async fn many_readers_are_one_fetch_and_many_covers_are_eight_at_a_time() {
    let slow: Act = |stream| {
        std::thread::sleep(Duration::from_millis(200));
        png(stream)
    };
    let names: Vec<String> = (0..24).map(|n| format!("/{n}")).collect();
    let mut paths: Vec<(&str, Act)> = names.iter().map(|name| (name.as_str(), slow)).collect();
    paths.push(("/same", slow));
    let (house, stranger) = house(Covers::Public, &paths).await;
    cover(&house, "http://public.test/elsewhere").await;
    let saved = [("id", STAGE), ("version", "99"), ("changes[cover]", "http://public.test/same")];
    assert_eq!(house.admin().call("/api/save_room", &saved).await.status, 200);
    stranger.heads.lock().unwrap().clear();
    let readers: Vec<_> = (0..20).map(|_| house.viewer()).collect();
    let looks = readers.iter().map(|reader| reader.get("/rooms/stage/cover"));
    let answers = futures::future::join_all(looks).await;
    assert!(answers.iter().all(|answer| !is_placeholder(answer)));
    assert_eq!(stranger.asked(), ["/same"]);
    let admin = house.admin();
    for (n, name) in names.iter().enumerate() {
        let (id, address) = (format!("c{n}"), format!("http://public.test{name}"));
        let made = admin.call("/api/create_room", &[("id", &id), ("changes[cover]", &address)]).await;
        assert_eq!(made.status, 200, "{}", made.body);
    }
    let paths: Vec<String> = (0..names.len()).map(|n| format!("/rooms/c{n}/cover")).collect();
    let answers = futures::future::join_all(paths.iter().map(|path| admin.get(path))).await;
    assert!(answers.iter().all(|answer| !is_placeholder(answer)));
    assert_eq!(stranger.most.load(SeqCst), 8);
}

#[tokio::test]
async fn a_house_that_fetches_none_asks_nobody_and_one_that_may_fetch_any_asks_inside() {
    let (off, stranger) = house(Covers::Off, &[("/a.png", png)]).await;
    let answer = cover(&off, "http://public.test/a.png").await;
    assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    assert!(stranger.asked().is_empty() && stranger.looked_up.lock().unwrap().is_empty());
    let (any, stranger) = house(Covers::Any, &[]).await;
    for address in ["http://inside.test/a.png", "http://127.0.0.1:8080/a.png"] {
        assert!(is_placeholder(&cover(&any, address).await), "nobody is there: {address}");
    }
    let reached: Vec<String> = stranger.reached.lock().unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(reached, ["10.0.0.1:80", "127.0.0.1:8080"]);
}

#[tokio::test]
async fn a_house_that_names_the_hosts_of_covers_asks_no_other() {
    let paths: &[(&str, Act)] = &[
        ("/a.png", png),
        ("/away", |stream| lead(stream, "http://turning.test/a.png")),
        ("/on", |stream| lead(stream, "/a.png")),
    ];
    let (stranger, net) = Stranger::new(LONGEST, paths);
    let house = House::with(|config| {
        config.covers = Covers::Public;
        config.covers_from = vec!["public.test".to_owned(), "*.cdn.test".to_owned()];
    });
    let house = house.await.over_net(net);
    for address in
        ["http://turning.test/a.png", "http://93.184.216.34/a.png", "http://cdn.test/", "http://public.test/away"]
    {
        assert!(is_placeholder(&cover(&house, address).await), "{address}");
    }
    assert_eq!(stranger.asked(), ["/away"], "nor where a redirect leads");
    assert_eq!(*stranger.looked_up.lock().unwrap(), ["public.test"], "it is not even looked up");
    for address in ["http://public.test/a.png", "http://PUBLIC.test/on"] {
        assert!(!is_placeholder(&cover(&house, address).await), "{address}");
    }
    assert!(is_placeholder(&cover(&house, "http://img.cdn.test/a.png").await), "there is none of this name");
    assert_eq!(stranger.looked_up.lock().unwrap().last().unwrap(), "img.cdn.test", "but it is looked for");
}

#[tokio::test]
async fn who_may_not_see_the_room_makes_nobody_fetch() {
    let (house, stranger) = house(Covers::Public, &[("/a.png", png)]).await;
    let pairs = [("id", STAGE), ("version", "99"), ("changes[cover]", "http://public.test/a.png")];
    assert_eq!(house.admin().call("/api/save_room", &pairs).await.status, 200);
    assert_eq!(house.nobody().get("/rooms/stage/cover").await.status, 401);
    assert_eq!(house.viewer().get("/rooms/no-such-room/cover").await.status, 404);
    assert_eq!(stranger.asked(), [""; 0]);
}
