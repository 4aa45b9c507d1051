//! The log: a line an event on standard error, as text or as JSON.
//!
//! A line is a line, whatever stands in it: what would end it, move the cursor or turn the text's direction is written
//! out (`\u001b`), in the one place through which all of it goes. So no name, path or header that somebody sends can
//! make a line of its own, or hide one from whoever reads the log in a terminal. That is why it has no colours.

use std::io::{self, Write};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::store::panicked;

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// Begins to write the log, panics included. The filter was checked.
pub(super) fn start(filter: &str, format: LogFormat) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_ansi(false)
        .with_writer(Lines(io::stderr as fn() -> io::Stderr));
    let _ = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().flatten_event(true).try_init(),
    };
    std::panic::set_hook(Box::new(panicked));
}

/// Makes writers of lines.
struct Lines<M>(M);

impl<'w, M: MakeWriter<'w>> MakeWriter<'w> for Lines<M> {
    type Writer = Line<M::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        Line(self.0.make_writer())
    }
}

/// Writes events, each of which comes whole, with a line end behind it.
struct Line<W>(W);

impl<W: Write> Write for Line<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        match harmless(event) {
            None => self.0.write_all(event)?,
            Some(line) => self.0.write_all(line.as_bytes())?,
        }
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// An event as one line, or nothing where it is that already. What is written out is so as JSON writes it, so that
/// JSON stays JSON.
fn harmless(event: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(event);
    let line = text.strip_suffix('\n').unwrap_or(&text);
    if !line.contains(is_harmful) {
        return None;
    }
    let mut harmless = String::with_capacity(line.len() + 16);
    for c in line.chars() {
        if is_harmful(c) {
            harmless.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            harmless.push(c);
        }
    }
    harmless.push('\n');
    Some(harmless)
}

/// Control characters, line and paragraph separators, and what turns the direction of text or hides in it.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{061C}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_whatever_stands_in_it() {
        let written = |event: &str| {
            let mut out = Vec::new();
            Line(&mut out).write_all(event.as_bytes()).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(written("INFO all is well 直播\n"), "INFO all is well 直播\n");
        assert_eq!(written("a\nERROR b\r\n"), "a\\u000aERROR b\\u000d\n");
        assert_eq!(written("\u{1b}[2J\u{85}\u{2028}\u{202e}x\n"), "\\u001b[2J\\u0085\\u2028\\u202ex\n");
        let json = written("{\"why\":\"a\u{9b}b\"}\n");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["why"], "a\u{9b}b");
    }
}
