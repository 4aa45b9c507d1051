//! One request on a connection of its own, to a server that may be gone at any moment.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use super::{Person, actor::encoded, template};

/// Asks; `None` where no whole answer came.
pub fn ask(address: &str, method: &str, path: &str, headers: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
    let head = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Content-Length: {}\r\n", body.len());
    stream.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).ok()?;
    let mut answer = String::new();
    // Whoever closes first may be told so by a reset; what was answered has arrived, and its length says whether whole.
    let _ = stream.read_to_string(&mut answer);
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    if length.is_some_and(|length: usize| body.len() < length) {
        return None;
    }
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

/// Sends a form as the template's admin, as an island does.
pub fn form(address: &str, path: &str, pairs: &[(&str, &str)]) -> Option<(u16, String)> {
    let cookie = template::cookie(Person::Admin).unwrap();
    let headers = format!(
        "Cookie: wardroom={cookie}\r\nAccept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    );
    ask(address, "POST", path, &headers, &encoded(pairs))
}

/// Names a room, as the template's admin; `op` makes that once, however often it is sent.
pub fn name(address: &str, room: &str, name: &str, op: &str) -> Option<(u16, String)> {
    let version = i64::MAX.to_string();
    form(address, "/api/save_room", &[("id", room), ("version", &version), ("op", op), ("changes[name]", name)])
}

/// Opens a page as the template's admin.
pub fn page(address: &str, path: &str) -> Option<(u16, String)> {
    let cookie = template::cookie(Person::Admin).unwrap();
    ask(address, "GET", path, &format!("Cookie: wardroom={cookie}\r\nAccept: text/html\r\n"), "")
}
