//! A table (CSV): its records, one after the other, each of bounded size.

use std::io::{self, BufRead};

use csv_core::{ReadRecordResult, Reader};

use super::bytes::{Got, Input, fill};

/// Most cells of a record.
const CELLS_MAX: usize = 1024;

/// Reads records.
pub(super) struct Records {
    parser: Reader,
    /// The line that is read next, from 1.
    next: u64,
    /// The line that the record began on.
    pub start: u64,
    text: Vec<u8>,
    ends: Vec<usize>,
    cells: usize,
}

impl Records {
    pub(super) fn new() -> Self {
        Self { parser: Reader::new(), next: 1, start: 1, text: vec![0; 256], ends: vec![0; 64], cells: 0 }
    }

    /// The cells of the record that was read.
    pub(super) fn cells(&self) -> impl Iterator<Item = &[u8]> {
        let ends = self.ends.iter().take(self.cells);
        ends.scan(0, |start, &end| self.text.get(std::mem::replace(start, end)..end))
    }

    /// Reads the next record; of one that is too long nothing is kept.
    pub(super) fn next(&mut self, input: &mut Input, max: usize) -> io::Result<Got> {
        self.skip_line_ends(input)?;
        self.start = self.next;
        let (mut long, mut too_long, mut began) = (0, false, false);
        self.cells = 0;
        loop {
            let bytes = fill(input)?;
            let at_end = bytes.is_empty();
            if at_end && !began {
                return Ok(Got::End);
            }
            // At the end of the file a line end is added: what is open after it has a quotation mark too many.
            let given = if at_end { b"\n" } else { bytes };
            let text = self.text.get_mut(long..).unwrap_or_default();
            let ends = self.ends.get_mut(self.cells..).unwrap_or_default();
            let (result, used, written, ended) = self.parser.read_record(given, text, ends);
            if !at_end {
                self.next += given.iter().take(used).map(|&byte| u64::from(byte == b'\n')).sum::<u64>();
                input.consume(used);
            }
            began = true;
            long += written;
            self.cells += ended;
            match result {
                ReadRecordResult::InputEmpty if at_end => return Ok(Got::Unclosed),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if self.text.len() < max => {
                    self.text.resize((self.text.len() * 2).min(max), 0);
                }
                ReadRecordResult::OutputEndsFull if self.ends.len() < CELLS_MAX => {
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    (too_long, long, self.cells) = (true, 0, 0);
                }
                ReadRecordResult::Record if too_long => return Ok(Got::TooLong),
                ReadRecordResult::Record => return Ok(Got::One),
                ReadRecordResult::End => return Ok(Got::End),
            }
        }
    }

    fn skip_line_ends(&mut self, input: &mut Input) -> io::Result<()> {
        while let Some(&byte) = fill(input)?.first().filter(|byte| matches!(byte, b'\r' | b'\n')) {
            self.next += u64::from(byte == b'\n');
            input.consume(1);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn read(text: &str, max: usize) -> Vec<(u64, Got, Vec<String>)> {
        let mut input: Input = Box::new(Cursor::new(text.to_owned().into_bytes()));
        let mut records = Records::new();
        let mut all = Vec::new();
        loop {
            let got = records.next(&mut input, max).unwrap();
            if got == Got::End {
                return all;
            }
            let cells = records.cells().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect();
            all.push((records.start, got, cells));
            if got == Got::Unclosed {
                return all;
            }
        }
    }

    #[test]
    fn records_know_the_line_they_begin_on() {
        for end in ["\n", "\r\n"] {
            let text = ["id,name", "", "a,\"x", "y\"", "b,5\" disk"].join(end);
            let records = read(&text, 1 << 20);
            let starts: Vec<u64> = records.iter().map(|(start, ..)| *start).collect();
            assert_eq!(starts, [1, 3, 5]);
            assert_eq!(records[1].2, ["a".to_owned(), format!("x{end}y")]);
            assert_eq!(records[2].2, ["b", "5\" disk"]);
        }
    }

    #[test]
    fn long_and_open_records_are_told() {
        let text = format!("a,{}\nb,c\n", "x".repeat(5_000));
        let records = read(&text, 1_000);
        assert_eq!(
            records.iter().map(|(line, got, _)| (*line, *got)).collect::<Vec<_>>(),
            [(1, Got::TooLong), (2, Got::One)]
        );
        assert_eq!(records[1].2, ["b", "c"]);
        let many = format!("{}\nb,c", ",".repeat(5_000));
        assert_eq!(read(&many, 1 << 20).iter().map(|(_, got, _)| *got).collect::<Vec<_>>(), [Got::TooLong, Got::One]);
        let open = read("a,b\nc,\"d\ne,f\n", 1 << 20);
        assert_eq!(
            open.iter().map(|(line, got, _)| (*line, *got)).collect::<Vec<_>>(),
            [(1, Got::One), (2, Got::Unclosed)]
        );
        assert!(read("", 1_000).is_empty() && read("\r\n\n", 1_000).is_empty());
        assert_eq!(read("a,b", 1_000).len(), 1);
    }
}
