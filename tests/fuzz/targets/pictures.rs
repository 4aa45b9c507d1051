//! Covers: the address that somebody typed, what a stranger's server answers, and the picture in it.

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use wardroom::server::{
    covers::net::Net,
    strangers::{Fetcher, draw},
};

use super::{first_line, text};

/// Longest side of what is handed out, in pixels.
const SIDE: usize = 480;
/// Most bytes of it: more than its pixels take when nothing of them can be packed.
const MOST: usize = SIDE * SIDE * 4 + 64 * 1024;

/// A file that says it is a picture: what comes of it is small, one of two formats, of their barest parts only (so
/// that nothing that a stranger wrote beside the pixels is in it), and can be drawn again.
pub fn picture(data: &[u8]) {
    let Ok(drawn) = draw(data) else { return };
    let sides = sides(drawn.kind, &drawn.bytes);
    assert!((1..=SIDE).contains(&sides.0) && (1..=SIDE).contains(&sides.1), "{sides:?}");
    assert!(drawn.bytes.len() <= MOST, "{} bytes", drawn.bytes.len());
    let again = draw(&drawn.bytes).unwrap_or_else(|why| panic!("what was drawn is refused: {why}"));
    assert_eq!((again.kind, self::sides(again.kind, &again.bytes)), (drawn.kind, sides));
    assert!(drawn.kind != "image/png" || again.bytes == drawn.bytes, "a PNG does not stay as it is");
}

/// The sides of a file that was handed out, after a look at every part of it.
fn sides(kind: &str, file: &[u8]) -> (usize, usize) {
    match kind {
        "image/png" => png(file),
        "image/jpeg" => jpeg(file),
        other => panic!("{other} is handed out"),
    }
}

fn number(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| (number << 8) | usize::from(*byte))
}

fn png(file: &[u8]) -> (usize, usize) {
    let mut rest = file.strip_prefix(b"\x89PNG\r\n\x1a\n").expect("a signature");
    let (mut sides, mut kinds) = ((0, 0), Vec::new());
    while !rest.is_empty() {
        let (length, kind) = (number(&rest[..4]), &rest[4..8]);
        let body = &rest[8..8 + length];
        if kind == b"IHDR" {
            assert_eq!(body[8..], [8, 6, 0, 0, 0], "eight bits, with transparency, in one go");
            sides = (number(&body[..4]), number(&body[4..8]));
        }
        kinds.push(kind);
        rest = &rest[12 + length..];
    }
    kinds.dedup();
    assert_eq!(kinds, [b"IHDR", b"IDAT", b"IEND"], "a part that holds no pixels");
    sides
}

fn jpeg(file: &[u8]) -> (usize, usize) {
    let mut rest = file.strip_prefix(&[0xFF, 0xD8]).expect("a start");
    let (mut sides, mut kinds) = ((0, 0), BTreeSet::new());
    loop {
        assert_eq!(rest[0], 0xFF);
        let (kind, length) = (rest[1], number(&rest[2..4]));
        let body = &rest[4..2 + length];
        match kind {
            0xE0 => assert!(body.starts_with(b"JFIF\0") && body.len() == 14, "{body:?}"),
            0xC0 => sides = (number(&body[3..5]), number(&body[1..3])),
            0xC4 | 0xDA | 0xDB => {}
            other => panic!("a part {other:#x} that holds no pixels"),
        }
        kinds.insert(kind);
        rest = &rest[2 + length..];
        if kind == 0xDA {
            break;
        }
    }
    assert!(kinds.iter().eq(&[0xC0, 0xC4, 0xDA, 0xDB, 0xE0]), "{kinds:?}");
    let pixels = rest.strip_suffix(&[0xFF, 0xD9]).expect("an end");
    assert!(pixels.windows(2).all(|two| two[0] != 0xFF || two[1] == 0), "something between the pixels, or behind them");
    sides
}

/// Where covers may come from, where not everybody may give them.
const HOST: &str = "public.test";
const BELOW: &str = ".cdn.test";

/// The address in the first line, and behind it the answer that every server gives: nothing inside is ever reached,
/// whatever the address says and wherever the answers lead; the request says nothing that is not ours; and a file that
/// came is a picture or is refused.
pub fn cover(data: &[u8]) {
    static STRANGER: LazyLock<Mutex<(Arc<Stranger>, [Fetcher; 2])>> = LazyLock::new(|| Mutex::new(Stranger::open()));
    let (address, answer) = first_line(data);
    let Some(address) = text(address) else { return };
    let opened = STRANGER.lock().unwrap_or_else(PoisonError::into_inner);
    let (stranger, fetchers) = &*opened;
    // The one goes anywhere outside; the other, whose turn every second length is, to few hosts.
    let is_choosy = data.len() % 2 == 1;
    let fetcher = &fetchers[usize::from(is_choosy)];
    *stranger.lock() = Seen { answer: answer.to_vec(), ..Seen::default() };
    let fetched = fetcher.fetch(address);
    let seen = std::mem::take(&mut *stranger.lock());
    for host in seen.looked_up.iter().filter(|_| is_choosy) {
        let host = host.strip_suffix('.').unwrap_or(host);
        assert!(host == HOST || host.ends_with(BELOW), "{address} leads to {host}");
    }
    for reached in &seen.reached {
        assert!(!is_inside(reached.ip()), "{address} leads to {reached}");
        assert!([80, 443].contains(&reached.port()), "{address} leads to {reached}");
    }
    assert!(seen.asked.len() <= 4, "{address} asks {} times", seen.asked.len());
    for head in &seen.asked {
        let mut lines = head.trim_end().split("\r\n");
        let first: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
        assert!(first.len() == 3 && first[0] == "GET" && first[2] == "HTTP/1.1", "{head}");
        let ours = ["host", "accept", "user-agent"];
        let name = |line: &str| line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        assert!(lines.all(|line| ours.contains(&name(line).as_str())), "{head}");
        assert!(!head.contains('\n') || head.matches('\n').count() == head.matches("\r\n").count(), "{head}");
    }
    if let Ok(file) = fetched {
        assert!(file.len() <= 5 << 20);
        picture(&file);
    }
}

/// The blocks of addresses that are nobody's on the open internet, as IANA's registries list them, with Azure's own.
const INSIDE: &[(&str, u32)] = &[
    ("0.0.0.0", 8),
    ("10.0.0.0", 8),
    ("100.64.0.0", 10),
    ("127.0.0.0", 8),
    ("168.63.129.16", 32),
    ("169.254.0.0", 16),
    ("172.16.0.0", 12),
    ("192.0.0.0", 24),
    ("192.0.2.0", 24),
    ("192.88.99.0", 24),
    ("192.168.0.0", 16),
    ("198.18.0.0", 15),
    ("198.51.100.0", 24),
    ("203.0.113.0", 24),
    ("224.0.0.0", 3),
    ("::", 3),
    ("2001::", 23),
    ("2001:db8::", 32),
    ("2002::", 16),
    ("3fff::", 20),
    ("4000::", 2),
    ("8000::", 1),
];

fn is_inside(address: IpAddr) -> bool {
    let bits = |address: IpAddr| match address {
        IpAddr::V4(v4) => (u128::from(v4.to_bits()) << 96, true),
        IpAddr::V6(v6) => (v6.to_bits(), false),
    };
    let (given, is_v4) = bits(address.to_canonical());
    INSIDE.iter().any(|(block, long)| {
        let (block, is_v4_too) = bits(block.parse().unwrap());
        is_v4 == is_v4_too && (given ^ block) >> (128 - long) == 0
    })
}

/// Every server that there is: it says what it was told to, whoever asks.
struct Stranger(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    answer: Vec<u8>,
    looked_up: Vec<String>,
    reached: Vec<SocketAddr>,
    asked: Vec<String>,
}

impl Stranger {
    fn open() -> (Arc<Self>, [Fetcher; 2]) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let here = listener.local_addr().unwrap();
        let stranger = Arc::new(Self(Mutex::default()));
        let (serving, reached, asked) = (stranger.clone(), stranger.clone(), stranger.clone());
        std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| drop(serving.serve(stream))));
        let net = Net {
            // No name is looked up anywhere: one of them has an address inside beside its own.
            look_up: Arc::new(move |host, port| {
                asked.lock().looked_up.push(host.to_owned());
                let own = IpAddr::from([93, 184, 216, 34]);
                let named = if host.contains("two") { vec![own, IpAddr::from([10, 0, 0, 1])] } else { vec![own] };
                let all = host.parse().map_or(named, |literal| vec![literal]);
                Ok(all.into_iter().map(|address| SocketAddr::from((address, port))).collect())
            }),
            route: Arc::new(move |address| {
                reached.lock().reached.push(address);
                here
            }),
            longest: Duration::from_secs(2),
        };
        let few = vec![HOST.to_owned(), format!("*{BELOW}")];
        (stranger, [Fetcher::new(net.clone(), false, Vec::new()), Fetcher::new(net, false, few)])
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        let (mut head, mut part) = (Vec::new(), [0; 4096]);
        // Whoever begins with anything but a letter wants a secure connection, and is told what it is told.
        while !head.ends_with(b"\r\n\r\n") && head.first().is_none_or(u8::is_ascii_alphabetic) {
            match stream.read(&mut part)? {
                0 => break,
                many => head.extend_from_slice(&part[..many]),
            }
        }
        let answer = {
            let mut seen = self.lock();
            if head.first().is_some_and(u8::is_ascii_alphabetic) {
                seen.asked.push(String::from_utf8_lossy(&head).into_owned());
            }
            seen.answer.clone()
        };
        stream.write_all(&answer)?;
        stream.shutdown(Shutdown::Write)
    }
}
