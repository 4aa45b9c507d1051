//! Requests over loopback: one connection or many on one thread, kept open, timed from the first byte sent to the last
//! byte read.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, StatusCode,
    body::Bytes,
    client::conn::http1::{SendRequest, handshake},
    http::request::Builder,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A connection.
pub struct Client {
    sender: SendRequest<Full<Bytes>>,
    address: SocketAddr,
    cookie: String,
}

/// An answer, read to its end.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// Where it leads, if anywhere.
    pub to: String,
    /// The session's cookie, if it sets one.
    pub cookie: Option<String>,
    /// The body as it came.
    pub body: Bytes,
    /// How long it took.
    pub took: Duration,
}

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr, cookie: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await.context("nobody listens")?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self { sender, address, cookie: cookie.to_owned() })
    }

    /// Sends a request and reads the answer.
    pub async fn send(&mut self, request: Builder, body: impl Into<Bytes>) -> Result<Answer> {
        let body = body.into();
        let mut request = request.header("host", self.address.to_string());
        if !self.cookie.is_empty() {
            request = request.header("cookie", &self.cookie);
        }
        let request = request.body(Full::new(body))?;
        self.sender.ready().await?;
        let began = Instant::now();
        let answer = self.sender.send_request(request).await?;
        let (parts, body) = answer.into_parts();
        let body = body.collect().await?.to_bytes();
        let took = began.elapsed();
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        Ok(Answer {
            status: parts.status,
            to: header("location").unwrap_or_default().to_owned(),
            cookie: header("set-cookie").and_then(|line| line.split(';').next()).map(str::to_owned),
            body,
            took,
        })
    }

    /// Opens a page as browsers do, compressed.
    pub async fn page(&mut self, path: &str) -> Result<Answer> {
        let request = Request::get(path).header("accept", "text/html").header("accept-encoding", "br, gzip");
        let answer = self.send(request, "").await?;
        if answer.status != StatusCode::OK {
            bail!("{path} answers {} {}", answer.status, answer.to);
        }
        Ok(answer)
    }

    /// Opens a page uncompressed, to be read.
    pub async fn text(&mut self, path: &str) -> Result<String> {
        let answer = self.send(Request::get(path).header("accept", "text/html"), "").await?;
        if answer.status != StatusCode::OK {
            bail!("{path} answers {} {}", answer.status, answer.to);
        }
        Ok(String::from_utf8(answer.body.to_vec())?)
    }

    /// Sends a form as browsers do; gives where it leads.
    pub async fn form(&mut self, path: &str, pairs: &[(&str, &str)]) -> Result<Answer> {
        let request = Request::post(path).header("accept", "text/html").header("sec-fetch-site", "same-origin");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = self.send(request, encoded(pairs)).await?;
        if let Some(cookie) = &answer.cookie {
            self.cookie.clone_from(cookie);
        }
        Ok(answer)
    }

    /// The session's cookie as it is now.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }
}

/// A text in an address or a form.
pub fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Pairs as a form has them.
pub fn encoded(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}
