//! Requests that two readers could read in two ways, sent as bytes to the program itself: one reading, or none.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use crate::harness::served::Served;

/// Sends bytes; what came back until the server closed or had nothing more to say.
fn send(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(700))).unwrap();
    // A server that has heard enough hangs up.
    let _ = stream.write_all(bytes);
    let mut all = Vec::new();
    let mut part = [0; 4096];
    while let Ok(many) = stream.read(&mut part) {
        if many == 0 {
            break;
        }
        all.extend_from_slice(&part[..many]);
    }
    String::from_utf8_lossy(&all).into_owned()
}

fn statuses(told: &str) -> Vec<&str> {
    told.split("HTTP/1.1 ").skip(1).map(|rest| &rest[..3]).collect()
}

#[test]
fn a_request_has_one_end() {
    let served = Served::start("info", &[], "Wardroom is open");
    let host = served.console.clone();
    let head =
        |more: &str| format!("POST /api/sign_in HTTP/1.1\r\nHost: {host}\r\nAccept: application/json\r\n{more}\r\n");
    let smuggled = format!("GET /sign-in?smuggled HTTP/1.1\r\nHost: {host}\r\n\r\n");
    for refused in [
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5, 6\r\n",
        "Content-Length: +5\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x5\r\n",
        "Content-Length: 5 5\r\n",
        "Content-Length : 5\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Transfer-Encoding: chunked\r\n X: folded\r\nContent-Length : 3\r\n",
        "X-Nul: a\0b\r\n",
        "X-Bare: a\rContent-Length: 5\r\n",
        "No colon here\r\n",
        ": no name\r\n",
        "Bad(name): 1\r\n",
    ] {
        let told = send(&host, [head(refused).as_bytes(), b"a=b&c", smuggled.as_bytes()].concat().as_slice());
        assert_eq!(statuses(&told), ["400"], "{refused:?}: {told:.400}");
    }
    // Both lengths: the chunks count and the other is ignored, as the standard has it; whoever sends that gets no
    // further request out of the connection's rest than they sent.
    let both = "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n";
    let told = send(&host, [head(both).as_bytes(), b"0\r\n\r\n", smuggled.as_bytes()].concat().as_slice());
    assert!(statuses(&told).len() <= 2, "{told:.400}");
    for chunks in ["zz\r\nx\r\n0\r\n\r\n", "-1\r\n\r\n", "fffffffffffffffff\r\n"] {
        let bytes =
            [head("Transfer-Encoding: chunked\r\n").as_bytes(), chunks.as_bytes(), smuggled.as_bytes()].concat();
        let told = send(&host, &bytes);
        assert!(statuses(&told).len() <= 1 && !told.contains("Sign in"), "{chunks:?}: {told:.400}");
    }
    for line in [
        "GET /sign-in\r\n\r\n",
        "GET  /sign-in HTTP/1.1\r\n\r\n",
        "GET /sign-in HTTP/9.9\r\n\r\n",
        "GET /sign in HTTP/1.1\r\n\r\n",
        "G\0T /sign-in HTTP/1.1\r\n\r\n",
        "\x16\x03\x01\x02\0\x01\0\x01|\x03\x03",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let told = send(&host, line.as_bytes());
        assert!(!told.contains(" 200 ") && !told.contains("Sign in"), "{line:?}: {told:.300}");
    }
    for (method, expected) in [("TRACE", "405"), ("CONNECT", "4"), ("OPTIONS", "4")] {
        let told =
            send(&host, format!("{method} /sign-in HTTP/1.1\r\nHost: {host}\r\nCookie: x=secret\r\n\r\n").as_bytes());
        let status = statuses(&told).first().copied().unwrap_or("400");
        assert!(status.starts_with(expected) && !told.contains("secret"), "{method}: {told:.300}");
    }
    // And the server is well.
    assert_eq!(served.get(&host, "/sign-in", &host).0, 200);
    served.stop();
}

#[test]
fn an_absolute_address_counts_for_the_host_that_it_names() {
    let served = Served::start("info", &[], "Wardroom is open");
    let host = served.console.clone();
    for (address, named, status) in [
        (format!("http://{host}/sign-in"), host.as_str(), "200"),
        ("http://evil.example/sign-in".to_owned(), host.as_str(), "421"),
        ("/sign-in".to_owned(), "evil.example", "421"),
        ("/sign-in".to_owned(), "", "421"),
    ] {
        let told = send(&host, format!("GET {address} HTTP/1.1\r\nHost: {named}\r\n\r\n").as_bytes());
        assert_eq!(statuses(&told), [status], "{address} at {named:?}: {told:.300}");
    }
    let told = send(&host, b"GET /sign-in HTTP/1.1\r\n\r\n");
    assert!(matches!(statuses(&told).as_slice(), ["400" | "421"]), "{told:.300}");
    let told = send(
        &host,
        format!("GET /rooms%0d%0aX-Evil:%201?a=%0d%0aX-Evil:%201 HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes(),
    );
    assert!(!told.to_lowercase().contains("\nx-evil"), "{told:.400}");
    served.stop();
}
