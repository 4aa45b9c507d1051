//! A stranger on the internet: a web server of raw bytes at home, and a network in which it has a public address.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, ErrorKind, Write},
    net::{IpAddr, SocketAddr, TcpListener, TcpStream, ToSocketAddrs},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use wardroom::server::covers::net::Net;

/// The address that the stranger has in its network.
pub const PUBLIC: [u8; 4] = [93, 184, 216, 34];

/// What a path does with a connection.
pub type Act = fn(&mut TcpStream) -> io::Result<()>;

/// The stranger, and what it saw.
#[derive(Default)]
pub struct Stranger {
    paths: Mutex<BTreeMap<String, Act>>,
    /// The head of each request.
    pub heads: Mutex<Vec<String>>,
    /// Each host that was looked up.
    pub looked_up: Mutex<Vec<String>>,
    /// Each address that a connection was made to.
    pub reached: Mutex<Vec<SocketAddr>>,
    /// How many are being answered, and how many were at most.
    pub open: AtomicUsize,
    pub most: AtomicUsize,
}

impl Stranger {
    /// A stranger who does this at these paths, and the network in which it is found.
    pub fn new(longest: Duration, paths: &[(&str, Act)]) -> (Arc<Self>, Net) {
        let stranger = Arc::new(Self::default());
        stranger.paths.lock().unwrap().extend(paths.iter().map(|(path, act)| ((*path).to_owned(), *act)));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let home = listener.local_addr().unwrap();
        let serving = Arc::downgrade(&stranger);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let Some(stranger) = serving.upgrade() else { return };
                std::thread::spawn(move || stranger.answer(stream));
            }
        });
        let (names, roads) = (stranger.clone(), stranger.clone());
        let net = Net {
            look_up: Arc::new(move |host, port| names.look_up(host, port)),
            route: Arc::new(move |address| {
                roads.reached.lock().unwrap().push(address);
                // Whatever else is reached is nobody: port 1.
                if address.ip() == IpAddr::from(PUBLIC) { home } else { SocketAddr::from(([127, 0, 0, 1], 1)) }
            }),
            longest,
        };
        (stranger, net)
    }

    /// The names of the tests; numbers as the system reads them.
    fn look_up(&self, host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        let mut known = self.looked_up.lock().unwrap();
        known.push(host.to_owned());
        let asked = known.iter().filter(|known| *known == host).count();
        let at = |ip: [u8; 4]| SocketAddr::from((ip, port));
        Ok(match host {
            "public.test" => vec![at(PUBLIC)],
            "inside.test" => vec![at([10, 0, 0, 1])],
            "both.test" => vec![at(PUBLIC), at([127, 0, 0, 1])],
            "turning.test" => vec![if asked == 1 { at(PUBLIC) } else { at([127, 0, 0, 1]) }],
            "nowhere.test" => vec![],
            _ if host.ends_with(".test") => return Err(ErrorKind::NotFound.into()),
            _ => (host, port).to_socket_addrs()?.collect(),
        })
    }

    fn answer(&self, mut stream: TcpStream) {
        let mut head = String::new();
        for line in BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
            head += &line;
            head.push('\n');
        }
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        self.heads.lock().unwrap().push(head);
        let now = self.open.fetch_add(1, SeqCst) + 1;
        self.most.fetch_max(now, SeqCst);
        let act = self.paths.lock().unwrap().get(&path).copied();
        // Whoever hangs up on us does so.
        let _ = match act {
            Some(act) => act(&mut stream),
            None => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        };
        self.open.fetch_sub(1, SeqCst);
    }

    /// The paths that were asked for.
    pub fn asked(&self) -> Vec<String> {
        let heads = self.heads.lock().unwrap();
        heads.iter().map(|head| head.split(' ').nth(1).unwrap_or_default().to_owned()).collect()
    }
}

/// A whole answer.
pub fn say(stream: &mut TcpStream, kind: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")?;
    stream.write_all(body)
}

/// A redirect.
pub fn lead(stream: &mut TcpStream, to: &str) -> io::Result<()> {
    write!(stream, "HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}
