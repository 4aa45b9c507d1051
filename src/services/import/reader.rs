//! The reading side: a thread that turns a file into batches of checked lines. It knows no database.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    io::Read,
};

use tokio::sync::mpsc::Sender;

use super::{
    End, Format, Note, Options, What,
    bytes::{self, Got, Input},
    check::Checked,
    json::{self, Refused},
    row::Heading,
    table::Records,
};
use crate::domain::{attribute::AttributeLimits, room::Line};

/// Most bytes of text in a batch, so that long lines do not fill the memory.
const BATCH_BYTES: usize = 4 << 20;

/// A line that can be taken.
#[derive(Clone, Debug)]
pub(super) struct Ready {
    /// Where it stands.
    pub number: u64,
    /// What it asks for.
    pub line: Line,
    /// What of it is not kept to the letter.
    pub adjusted: Vec<String>,
}

/// Some lines, to be written in one transaction.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub lines: Vec<Ready>,
    pub notes: Vec<Note>,
    /// How many lines were read so far.
    pub read: u64,
    /// How many different ids stood on more than one line so far.
    pub repeated_ids: u64,
    /// [`End::Open`] as long as there may be more.
    pub end: End,
}

/// Reads all of a source and sends it batch by batch; gives up when nobody takes them any more.
pub(super) fn read(source: impl Read + 'static, options: Options, limits: AttributeLimits, sender: Sender<Batch>) {
    let mut reader = Reader { seen: Seen::default(), batch: Batch::default(), bytes: 0, options, limits, sender };
    let end = match reader.all(source) {
        Ok(end) => end,
        Err(why) => End::Broken(bytes::explain(&why)),
    };
    reader.batch.end = end;
    reader.flush();
}

struct Reader {
    seen: Seen,
    batch: Batch,
    bytes: usize,
    options: Options,
    limits: AttributeLimits,
    sender: Sender<Batch>,
}

impl Reader {
    fn all(&mut self, source: impl Read + 'static) -> std::io::Result<End> {
        let (mut input, sniffed) = bytes::sniffed(bytes::unpacked(source)?)?;
        match self.options.format.unwrap_or(sniffed) {
            Format::JsonLines => self.lines(&mut input),
            Format::Csv => self.table(&mut input),
        }
    }

    fn lines(&mut self, input: &mut Input) -> std::io::Result<End> {
        let (mut line, mut number) = (Vec::new(), 0);
        loop {
            let got = bytes::next_line(input, &mut line, self.options.line_bytes)?;
            number += 1;
            let read = match got {
                Got::End => return Ok(End::Whole),
                Got::One if line.iter().all(u8::is_ascii_whitespace) => continue,
                Got::One => json::read(&line, &self.limits),
                Got::TooLong | Got::Unclosed => Err(self.too_long()),
            };
            if !self.take(number, line.len(), read) {
                return Ok(End::Stopped);
            }
        }
    }

    fn table(&mut self, input: &mut Input) -> std::io::Result<End> {
        let (mut records, max) = (Records::new(), self.options.line_bytes);
        let heading = match records.next(input, max)? {
            Got::End => return Ok(End::Whole),
            Got::One => Heading::read(records.cells()),
            Got::TooLong | Got::Unclosed => Err("its first line is no heading of a table".to_owned()),
        };
        let heading = match heading {
            Ok(heading) => heading,
            Err(why) => return Ok(End::Broken(format!("it cannot be read as a table: {why}"))),
        };
        loop {
            let read = match records.next(input, max)? {
                Got::End => return Ok(End::Whole),
                Got::One => heading.line(records.cells(), &self.limits),
                Got::TooLong => Err(self.too_long()),
                Got::Unclosed => {
                    let why = "has a quotation mark that is never closed; nothing after it could be read";
                    self.take(records.start, 0, Err((None, vec![why.to_owned()])));
                    return Ok(End::Broken(format!("line {} {why}", records.start)));
                }
            };
            let long = records.cells().map(<[u8]>::len).sum();
            if !self.take(records.start, long, read) {
                return Ok(End::Stopped);
            }
        }
    }

    fn too_long(&self) -> Refused {
        (None, vec![format!("is too long: more than {} bytes", self.options.line_bytes)])
    }

    /// Puts a line into the batch. False when nobody takes batches any more.
    fn take(&mut self, number: u64, long: usize, read: Result<Checked, Refused>) -> bool {
        self.batch.read += 1;
        self.bytes += long;
        match read {
            Err((id, reasons)) => self.batch.notes.push(Note::new(number, id.as_deref(), What::Refused, reasons)),
            Ok(Checked { line, adjusted }) => match self.seen.first(line.id.as_str(), number) {
                None => self.batch.lines.push(Ready { number, line, adjusted }),
                Some(first) => {
                    let why = format!("id stands on line {first} already, and that line counts");
                    self.batch.notes.push(Note::new(number, Some(line.id.as_str()), What::Refused, vec![why]));
                }
            },
        }
        let full = self.batch.lines.len() + self.batch.notes.len() >= self.options.batch || self.bytes >= BATCH_BYTES;
        !full || self.flush()
    }

    fn flush(&mut self) -> bool {
        self.bytes = 0;
        self.batch.repeated_ids = self.seen.repeated;
        let next = Batch { read: self.batch.read, ..Batch::default() };
        self.sender.blocking_send(std::mem::replace(&mut self.batch, next)).is_ok()
    }
}

/// The ids that were read, each as 128 bits that nobody outside can foresee: 24 bytes an id, whatever its length.
#[derive(Default)]
struct Seen {
    keys: (RandomState, RandomState),
    /// The line that an id was first taken from, and whether it came again.
    lines: HashMap<(u64, u64), (u64, bool)>,
    repeated: u64,
}

impl Seen {
    /// The line that this id was taken from before, if it was; otherwise it is taken from this one.
    fn first(&mut self, id: &str, line: u64) -> Option<u64> {
        let key = (self.keys.0.hash_one(id), self.keys.1.hash_one(id));
        match self.lines.get_mut(&key) {
            None => {
                self.lines.insert(key, (line, false));
                None
            }
            Some((first, again)) => {
                self.repeated += u64::from(!std::mem::replace(again, true));
                Some(*first)
            }
        }
    }
}
