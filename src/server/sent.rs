//! What a form sent, in either of the two ways in which browsers send one: percent-encoded, or in parts, where it can
//! bring a file. Parts are read as they come: what is too long is left out and named, and the rest still finds the way
//! back to its form.

use std::mem::take;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, header},
};
use futures::StreamExt;
use multer::{Field, Multipart, parse_boundary};

use super::guard;
use crate::{
    domain::{Error, Violation, address},
    ui::links,
};

/// Longest percent-encoded body in bytes.
const BODY: usize = 1024 * 1024;
/// Longest form in parts, in bytes: some hundred thousand ids.
const PARTS: usize = 8 * BODY;
/// Bytes beyond that are read and thrown away, because a browser shows no answer before it was let to send everything.
const IGNORED: usize = 64 * BODY;

/// Why half a form is none.
const TORN: &str = "The form could not be read to its end. Load the page again.";

/// What was sent.
#[derive(Debug, Default)]
pub struct Sent {
    /// Names and values, in order.
    pub pairs: Vec<(String, String)>,
    /// The names of those that came as files.
    pub files: Vec<String>,
    /// The same as a percent-encoded body, which is what server functions read.
    pub body: Bytes,
    /// What could not be taken; the rest is there all the same.
    pub refused: Option<Error>,
    /// Whether nothing more of it came for too long; then nobody waits for a page either.
    pub is_slow: bool,
}

/// The boundary of a form in parts; `None` for any other body.
pub fn boundary(headers: &HeaderMap) -> Option<String> {
    let kind = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    parse_boundary(kind).ok()
}

impl Sent {
    /// Reads a percent-encoded form.
    pub async fn encoded(body: Body) -> Self {
        let (mut read, mut ignored) = (Vec::new(), 0);
        let mut chunks = body.into_data_stream();
        while let Some(chunk) = chunks.next().await {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                // Half a form says something else than the whole.
                Err(why) => return Self { refused: Some(torn()), is_slow: guard::is_slow(&why), ..Self::default() },
            };
            if ignored == 0 && read.len() + chunk.len() <= BODY {
                read.extend_from_slice(&chunk);
                continue;
            }
            read = Vec::new();
            ignored += chunk.len();
            if ignored > IGNORED {
                break;
            }
        }
        let long = || Error::Limit("That is more than one form can hold (1 MiB). Send less.".to_owned());
        let pairs = links::pairs(&String::from_utf8_lossy(&read));
        Self { pairs, body: Bytes::from(read), refused: (ignored > 0).then(long), ..Self::default() }
    }

    /// Reads a form in parts; `is_known` is whether somebody is signed in, because only they send files.
    pub async fn parts(body: Body, boundary: String, is_known: bool) -> Self {
        let mut sent = Self::default();
        let mut wrong = Vec::new();
        let mut left = if is_known { PARTS } else { BODY };
        let mut ignored = IGNORED;
        let mut form = Multipart::new(body.into_data_stream(), boundary);
        loop {
            let read = match form.next_field().await {
                Ok(Some(part)) => Part::read(part, left, &mut ignored).await,
                Ok(None) => break,
                Err(why) => Err(why),
            };
            let part = match read {
                Ok(part) => part,
                Err(why) => {
                    sent.is_slow = guard::is_slow(&why);
                    wrong.push(Violation::new("", TORN));
                    break;
                }
            };
            left = left.saturating_sub(part.bytes.len());
            sent.take(part, &mut wrong);
        }
        sent.refused = (!wrong.is_empty()).then_some(Error::Invalid(wrong));
        sent.body = Bytes::from(address::query(sent.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))));
        sent
    }

    /// Takes a part over, or says why not.
    fn take(&mut self, part: Part, wrong: &mut Vec<Violation>) {
        let Part { name, is_file, is_long, bytes } = part;
        if is_long {
            let mib = PARTS / BODY;
            wrong.push(Violation::new(
                key(&name),
                format!(
                    "is longer than {mib} MiB, the most that is taken at once; split it, or choose rooms by filters"
                ),
            ));
        } else if is_file && bytes.is_empty() {
            // No file was chosen.
            return;
        }
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) if is_file => {
                let why = "is not plain text in UTF-8; save it as text or as CSV in UTF-8 and choose it again";
                wrong.push(Violation::new(key(&name), why));
                String::new()
            }
            Err(bad) => String::from_utf8_lossy(bad.as_bytes()).into_owned(),
        };
        if is_file {
            self.files.push(name.clone());
        }
        self.pairs.push((name, text));
    }
}

/// One part of a form.
struct Part {
    name: String,
    is_file: bool,
    is_long: bool,
    bytes: Vec<u8>,
}

impl Part {
    /// Reads one; fails where what was sent breaks off, or goes on for longer than anybody would listen.
    async fn read(mut field: Field<'_>, most: usize, ignored: &mut usize) -> Result<Self, multer::Error> {
        let name = field.name().unwrap_or_default().to_owned();
        let mut part = Self { name, is_file: field.file_name().is_some(), is_long: false, bytes: Vec::new() };
        while let Some(chunk) = field.chunk().await? {
            if !part.is_long && part.bytes.len() + chunk.len() <= most {
                part.bytes.extend_from_slice(&chunk);
                continue;
            }
            part.is_long = true;
            drop(take(&mut part.bytes));
            let too_long = || multer::Error::StreamSizeExceeded { limit: IGNORED as u64 };
            *ignored = ignored.checked_sub(chunk.len()).ok_or_else(too_long)?;
        }
        Ok(part)
    }
}

fn torn() -> Error {
    Error::invalid("", TORN)
}

/// The key by which violations name an input: the last word of its name, `file` for `chosen[file]`.
fn key(name: &str) -> String {
    name.trim_end_matches(']').rsplit('[').next().unwrap_or(name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_named_by_the_last_word_of_its_name() {
        assert_eq!((key("chosen[file]").as_str(), key("ids").as_str(), key("").as_str()), ("file", "ids", ""));
    }

    #[tokio::test]
    async fn parts_that_are_too_long_are_left_out_and_the_others_kept() {
        let part = |name: &str, text: &str| {
            format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
        };
        let body = format!("{}{}{}--x--\r\n", part("a", "直"), part("b[c]", &"y".repeat(BODY)), part("d", "1&2"));
        let sent = Sent::parts(Body::from(body.clone()), "x".to_owned(), false).await;
        assert_eq!(sent.pairs, [("a", "直"), ("b[c]", ""), ("d", "1&2")].map(|(n, v)| (n.to_owned(), v.to_owned())));
        assert!(matches!(sent.refused, Some(Error::Invalid(all)) if all.len() == 1 && all[0].field == "c"));
        let sent = Sent::parts(Body::from(body.clone()), "x".to_owned(), true).await;
        assert!(sent.refused.is_none() && sent.body.starts_with(b"a=%E7%9B%B4&b%5Bc%5D=yyy"));
        let cut = Sent::parts(Body::from(body[..200].to_owned()), "x".to_owned(), true).await;
        assert!(cut.refused.is_some() && cut.pairs.len() == 1);
    }
}
