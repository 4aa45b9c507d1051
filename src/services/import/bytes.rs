//! From bytes to lines: gzip unpacked, the kind of file told from its first character, lines of bounded length.

use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read};

use flate2::bufread::MultiGzDecoder;

use super::Format;

const BUFFER: usize = 64 * 1024;
const GZIP: [u8; 2] = [0x1F, 0x8B];
const BYTE_ORDER_MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];
/// How far the first character that is not blank is looked for.
const BLANKS: usize = 64 * 1024;

/// Readable text, unpacked.
pub(super) type Input = Box<dyn BufRead>;

/// Unpacks what is gzip, whatever its name says.
pub(super) fn unpacked(mut source: impl Read + 'static) -> io::Result<Input> {
    let mut head = Vec::new();
    source.by_ref().take(GZIP.len() as u64).read_to_end(&mut head)?;
    let is_gzip = head == GZIP;
    let plain = BufReader::with_capacity(BUFFER, Cursor::new(head).chain(source));
    Ok(if is_gzip { Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(plain))) } else { Box::new(plain) })
}

/// Tells the kind of file from its first character, and drops a byte order mark.
pub(super) fn sniffed(mut input: Input) -> io::Result<(Input, Format)> {
    let mut head = Vec::new();
    input.by_ref().take(BYTE_ORDER_MARK.len() as u64).read_to_end(&mut head)?;
    if head == BYTE_ORDER_MARK {
        head.clear();
    }
    while head.iter().all(u8::is_ascii_whitespace) && head.len() < BLANKS {
        if input.by_ref().take(1).read_to_end(&mut head)? == 0 {
            break;
        }
    }
    let first = head.iter().find(|byte| !byte.is_ascii_whitespace());
    let format = if matches!(first, Some(b'{' | b'[') | None) { Format::JsonLines } else { Format::Csv };
    Ok((Box::new(Cursor::new(head).chain(input)), format))
}

/// What came of reading a line or a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Got {
    /// One that can be looked at.
    One,
    /// One that is too long; it was skipped.
    TooLong,
    /// A quotation mark that is never closed: what follows it cannot be told apart.
    Unclosed,
    /// There are no more.
    End,
}

/// Reads the next line, without its end, into `line`; of one that is too long only the beginning.
pub(super) fn next_line(input: &mut Input, line: &mut Vec<u8>, max: usize) -> io::Result<Got> {
    line.clear();
    let (mut any, mut too_long) = (false, false);
    loop {
        let bytes = fill(input)?;
        if bytes.is_empty() {
            break;
        }
        any = true;
        let end = bytes.iter().position(|&byte| byte == b'\n');
        let long = end.unwrap_or(bytes.len());
        too_long |= line.len() + long > max;
        if !too_long {
            line.extend(bytes.iter().take(long));
        }
        input.consume(long + usize::from(end.is_some()));
        if end.is_some() {
            break;
        }
    }
    Ok(match (any, too_long) {
        (false, _) => Got::End,
        (true, true) => Got::TooLong,
        (true, false) => Got::One,
    })
}

/// What is there to be read; nothing at the end.
pub(super) fn fill(input: &mut Input) -> io::Result<&[u8]> {
    loop {
        match input.fill_buf() {
            Ok(_) => break,
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    input.fill_buf()
}

/// Why a file cannot be read any further, for people.
pub(super) fn explain(why: &io::Error) -> String {
    match why.kind() {
        ErrorKind::UnexpectedEof => "the gzip data is cut off: the file is not complete".to_owned(),
        ErrorKind::InvalidInput | ErrorKind::InvalidData => {
            format!("the gzip data is damaged, or something follows it that is not gzip ({why})")
        }
        _ => format!("it cannot be read: {why}"),
    }
}
