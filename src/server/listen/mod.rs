//! Listening: connections are accepted, and bounded in number, in what they may hold and in how long they may take.
//!
//! axum's own loop waits for ever for a request's head and takes as many connections as come. Here a client that sends
//! nothing, too much or too slowly, or reads nothing, loses its connection, and the others are served meanwhile. Bodies
//! are bounded where they are read ([`super::guard`]).

mod connection;
mod places;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
    sync::watch,
};

pub use places::Counts;
use places::Places;

/// The bounds of all connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most connections that are open at a time.
    pub connections: usize,
    /// Longest that the head of a request may take, and that a connection may rest between two requests.
    pub head: Duration,
    /// Largest head of a request in bytes; above it the answer is 431. (An address ends at 65,534 anyway, with 414; a
    /// head has at most 100 lines, with 431.)
    pub head_bytes: usize,
    /// Longest that the next part of a body may take.
    pub body: Duration,
    /// Longest that a client may read nothing of what it is sent.
    pub unread: Duration,
    /// Longest that a request may take until its answer begins.
    pub request: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1024,
            head: Duration::from_secs(30),
            head_bytes: 128 * 1024,
            body: Duration::from_secs(10),
            unread: Duration::from_secs(30),
            request: Duration::from_secs(30),
        }
    }
}

/// What all listeners of a house share. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Listeners {
    limits: Limits,
    places: Arc<Places>,
}

/// What a connection is told that finds no place.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
/// How long the system is left alone when it has no more files.
const BREATH: Duration = Duration::from_millis(100);

impl Listeners {
    /// Listeners with these limits; what comes from these proxies may take every place.
    pub fn new(limits: Limits, proxies: &[std::net::IpAddr]) -> Self {
        Self { limits, places: Arc::new(Places::new(limits.connections, proxies)) }
    }

    /// How many connections there are and were.
    pub fn counts(&self) -> Counts {
        self.places.counts()
    }

    /// Serves until told to stop; then finishes what is in flight, for as long as a request may take.
    pub async fn serve(self, listener: TcpListener, app: Router, stop: impl Future<Output = ()>) {
        let (closing, closed) = watch::channel(());
        let mut stop = std::pin::pin!(stop);
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = &mut stop => break,
            };
            match accepted {
                Ok((stream, peer)) => self.welcome(stream, peer, &app, &closed),
                // The client is gone again, or the system has no more files: those who are here will free some.
                Err(error) => {
                    tracing::debug!(%error, "accepting a connection");
                    tokio::time::sleep(BREATH).await;
                }
            }
        }
        drop((listener, closed));
        closing.send_replace(());
        let longest = self.limits.request + self.limits.unread;
        if tokio::time::timeout(longest, closing.closed()).await.is_err() {
            tracing::warn!("some connections did not end in time and are cut off");
        }
    }

    fn welcome(&self, stream: TcpStream, peer: SocketAddr, app: &Router, closed: &watch::Receiver<()>) {
        let _ = stream.set_nodelay(true);
        match self.places.take(peer.ip()) {
            Some(place) => {
                let connection = connection::serve(stream, peer, self.limits, app.clone(), place, closed.clone());
                tokio::spawn(connection);
            }
            None => {
                tokio::spawn(refuse(stream));
            }
        }
    }
}

/// Says that there is no place, as far as the client takes it at once.
async fn refuse(mut stream: TcpStream) {
    let said = async {
        let _ = stream.write_all(FULL).await;
        let _ = stream.shutdown().await;
    };
    let _ = tokio::time::timeout(BREATH, said).await;
}
