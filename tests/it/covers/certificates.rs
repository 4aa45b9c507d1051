//! Covers over https: whoever cannot show a certificate that somebody vouches for is asked for nothing.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, mpsc},
    time::Duration,
};

use rustls::{
    ClientConfig, ClientConnection, RootCertStore, ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use wardroom::{cli::Covers, server::covers::net::Net};

use super::{LONGEST, cover, is_placeholder};
use crate::harness::{House, stranger::PUBLIC};

/// Signed by its own key for `public.test`, until 2126:
/// `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 36500 -subj /CN=public.test
/// -addext subjectAltName=DNS:public.test -addext basicConstraints=critical,CA:FALSE`.
const CERTIFICATE: &[u8] = include_bytes!("../data/stranger.crt.der");
const KEY: &[u8] = include_bytes!("../data/stranger.key.der");

/// Whoever connected: what they asked for, or, where they left when they saw the certificate, the host that they wanted.
type Met = Result<String, String>;

/// A stranger who speaks TLS under that certificate.
fn serve() -> (SocketAddr, mpsc::Receiver<Met>) {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(KEY));
    let config = Arc::new(config.with_single_cert(vec![CertificateDer::from(CERTIFICATE)], key).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, (tell, told)) = (listener.local_addr().unwrap(), mpsc::channel());
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            if tell.send(meet(stream, config.clone())).is_err() {
                return;
            }
        }
    });
    (address, told)
}

fn meet(stream: TcpStream, config: Arc<ServerConfig>) -> Met {
    let mut stream = StreamOwned::new(ServerConnection::new(config).unwrap(), stream);
    let mut head = [0; 1024];
    let Ok(many) = stream.read(&mut head) else {
        return Err(stream.conn.server_name().unwrap_or_default().to_owned());
    };
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let _ = stream.write_all(answer.as_bytes()).and_then(|()| stream.flush());
    Ok(String::from_utf8_lossy(&head[..many]).lines().next().unwrap_or_default().to_owned())
}

/// Asks for a path as somebody does who trusts that certificate.
fn trusting(address: SocketAddr) -> String {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(CERTIFICATE)).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), "public.test".try_into().unwrap()).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address).unwrap());
    stream.write_all(b"GET /trusted HTTP/1.1\r\n\r\n").unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_is_asked_for_nothing() {
    let (address, met) = serve();
    let next = || met.recv_timeout(Duration::from_secs(20)).unwrap();
    assert_eq!(trusting(address), "HTTP/1.1 200", "there is nothing else wrong with it");
    assert_eq!(next(), Ok("GET /trusted HTTP/1.1".to_owned()));
    for allowed in [Covers::Public, Covers::Any] {
        let net = Net {
            look_up: Arc::new(|_, port| Ok(vec![SocketAddr::from((PUBLIC, port))])),
            route: Arc::new(move |asked| {
                assert_eq!(asked.port(), 443);
                address
            }),
            longest: LONGEST,
        };
        let house = House::with(|config| config.covers = allowed).await.over_net(net);
        assert!(is_placeholder(&cover(&house, "https://public.test/a.png").await));
        let left = Err("public.test".to_owned());
        assert_eq!(next(), left, "{allowed:?}: it began to speak, saw the certificate and left");
    }
}
