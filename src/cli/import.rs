//! `wardroom import`.

use std::{
    fs::File,
    io::{BufWriter, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicU64},
};

use clap::ValueEnum;

use super::{
    Done, Failure,
    config::Basics,
    open,
    progress::{Counted, Progress, summary},
};
use crate::services::import::{self, End, Format, Options};

/// Take rooms from a file, JSON lines or a table, plain or gzip
///
/// Each line is a room: {"id":"a","name":"…","owner":"…","tags":["…"],"members":[…],"attributes":[…]}; `export` shows
/// all names. A table (CSV) has a heading line with `id` and any of the fields. A line whose id is unknown makes a
/// room. A line of a known room writes what differs, and leaves alone what it does not mention; so the same file again
/// changes nothing.
///
/// Nothing is lost silently: every refused line is told with its number, id and reasons, and so is every text that was
/// taken with a change (a tab in a name becomes a blank). Of several lines with one id the first that can be taken
/// counts.
///
/// Every 1,000 lines are one transaction. Ctrl+C finishes the one that is being written. The exit code is 0 when the
/// file was read to its end, also with refused lines, and 1 when it was not: cut off, unreadable, stopped.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The file; `-` for standard input
    file: PathBuf,
    /// What kind of file: by its name or its first character if not given
    #[arg(long)]
    format: Option<FormatName>,
    /// Write every refused and every adjusted line to this file, as JSON lines:
    /// {"line":7,"id":"a","refused":["name is too long: 129 of 128 characters"]}
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Refuse lines longer than this, in MiB (1 to 64)
    #[arg(long, value_name = "MIB", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=64))]
    line_limit: u8,
    /// Say nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

/// A format's name on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FormatName {
    /// One JSON object a line
    Jsonl,
    /// A table with a heading line
    Csv,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Jsonl => Self::JsonLines,
            FormatName::Csv => Self::Csv,
        }
    }
}

impl FormatName {
    /// What a file's name says: `rooms.csv`, `rooms.jsonl.gz`.
    pub(super) fn of(file: &Path) -> Option<Self> {
        let name = file.file_name()?.to_string_lossy().to_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        match name.rsplit_once('.')?.1 {
            "jsonl" | "ndjson" | "json" => Some(Self::Jsonl),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// Whether two names are the same file.
pub(super) fn is_same(a: &Path, b: &Path) -> bool {
    matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

pub(super) async fn run(basics: &Basics, args: Args) -> Done {
    let shown = args.file.display().to_string();
    let (source, long): (Box<dyn Read + Send>, Option<u64>) = if args.file == Path::new("-") {
        (Box::new(std::io::stdin()), None)
    } else {
        let file = File::open(&args.file).map_err(|why| Failure::Failed(format!("{shown} cannot be opened: {why}")))?;
        let long = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|data| data.len());
        (Box::new(file), long)
    };
    let report = args.report.as_deref().map(|report| create(report, &[&args.file, &basics.file()])).transpose()?;
    let options = Options {
        format: args.format.or_else(|| FormatName::of(&args.file)).map(Format::from),
        line_bytes: usize::from(args.line_limit) << 20,
        keep: 20,
        ..Options::default()
    };
    let ctx = open(basics).await?;
    let position = Arc::new(AtomicU64::new(0));
    let source = Counted { inner: source, position: Arc::clone(&position) };
    let mut progress = Progress::new(report, (!args.quiet).then_some((position, long)));
    let stop = async {
        // Where the signal cannot be heard, nothing stops the import but its end.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    let done = import::import(&ctx, source, options, &mut progress, stop).await;
    ctx.store.close().await;
    let done = done?;
    let reported = progress.finish();
    if !args.quiet {
        let mut out = std::io::stdout();
        out.write_all(summary(&done, &shown, args.report.is_some()).as_bytes())
            .or_else(|why| if why.kind() == std::io::ErrorKind::BrokenPipe { Ok(()) } else { Err(why) })?;
    }
    reported.map_err(Failure::Failed)?;
    let before = "what was read before it is in the database; the same command again goes on from there";
    match done.end {
        End::Whole => Ok(()),
        End::Open | End::Stopped => Err(Failure::Failed(format!("stopped; {before}"))),
        End::Broken(why) => Err(Failure::Failed(format!("{shown}: {why}; {before}"))),
        End::Failed(why) => Err(Failure::Failed(format!("the import failed: {why} Otherwise {before}"))),
    }
}

fn create(report: &Path, others: &[&Path]) -> Result<BufWriter<File>, Failure> {
    let shown = report.display();
    if others.iter().any(|other| is_same(report, other)) {
        return Err(Failure::Failed(format!("the report would overwrite {shown}; name another file")));
    }
    let file = File::create(report).map_err(|why| Failure::Failed(format!("{shown} cannot be written: {why}")))?;
    Ok(BufWriter::new(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_follows_from_the_name() {
        let of = |name: &str| FormatName::of(Path::new(name)).map(Format::from);
        assert_eq!(of("a/b.CSV.gz"), Some(Format::Csv));
        assert_eq!(of("rooms.jsonl"), Some(Format::JsonLines));
        assert_eq!((of("-"), of("rooms.gz"), of("rooms.txt")), (None, None, None));
    }
}
