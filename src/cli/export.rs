//! `wardroom export`.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

use super::{Done, Failure, config::Basics, import::FormatName, open_old, terminal};
use crate::{
    domain::page::grouped,
    services::{Ctx, export::Export, import},
};

/// Write all rooms to a file that `import` takes again
///
/// JSON lines hold everything: fields, members, newest message, attributes. A table (CSV) holds the plain fields; a
/// cell that a spreadsheet would run as a formula begins with an apostrophe, which import takes away again. The console
/// may go on working meanwhile.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// Where to write; packed if its name ends in .gz; `-` for standard output
    #[arg(default_value = "-")]
    file: PathBuf,
    /// What to write: by the file's name if not given, else jsonl
    #[arg(long)]
    format: Option<FormatName>,
    /// Say nothing but errors
    #[arg(long, short)]
    quiet: bool,
}

pub(super) async fn run(basics: &Basics, args: Args) -> Done {
    let format = args.format.or_else(|| FormatName::of(&args.file)).unwrap_or(FormatName::Jsonl);
    let mut export = Export::new(format.into());
    let ctx = open_old(basics).await?;
    let done = if args.file == Path::new("-") {
        let mut out = std::io::stdout().lock();
        let done = copy(&ctx, &mut export, &mut out).await;
        done.and_then(|()| out.flush().map_err(Failure::from))
    } else {
        to_file(basics, &ctx, &mut export, &args.file).await
    };
    ctx.store.close().await;
    done?;
    if !args.quiet {
        let many = if export.rooms == 1 { "room" } else { "rooms" };
        terminal::say(&format!("{} {many} exported", grouped(export.rooms)));
    }
    let limit = import::Options::default().line_bytes;
    if export.longest > limit {
        let mib = export.longest.div_ceil(limit);
        terminal::complain(&format!("warning: a line is longer than 1 MiB; import it with --line-limit {mib}"));
    }
    Ok(())
}

async fn copy(ctx: &Ctx, export: &mut Export, out: &mut impl Write) -> Done {
    while let Some(part) = export.next(ctx).await? {
        out.write_all(&part)?;
    }
    Ok(())
}

/// Writes beside the file and puts it in its place when it is complete: a half one is never taken for a whole.
async fn to_file(basics: &Basics, ctx: &Ctx, export: &mut Export, file: &Path) -> Done {
    if super::import::is_same(file, &basics.file()) {
        return Err(Failure::Failed(format!("{} is the database itself; name another file", file.display())));
    }
    let wrong = |why: std::io::Error| Failure::Failed(format!("{} cannot be written: {why}", file.display()));
    let mut part = file.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let out = BufWriter::new(File::create(&part).map_err(wrong)?);
    let written = tokio::select! {
        _ = tokio::signal::ctrl_c() => Err(Failure::Failed("stopped; nothing was exported".to_owned())),
        written = write(ctx, export, out, file) => written,
    };
    match written.and_then(|()| std::fs::rename(&part, file).map_err(wrong)) {
        Ok(()) => Ok(()),
        Err(failure) => {
            let _ = std::fs::remove_file(&part);
            // Here the file is what cannot be written, not standard output.
            Err(if matches!(failure, Failure::Unread) { wrong(std::io::ErrorKind::BrokenPipe.into()) } else { failure })
        }
    }
}

async fn write(ctx: &Ctx, export: &mut Export, mut out: BufWriter<File>, file: &Path) -> Done {
    let wrong = |why: std::io::Error| Failure::Failed(format!("{} cannot be written: {why}", file.display()));
    let out = if file.extension().is_some_and(|end| end == "gz") {
        let mut packed = GzEncoder::new(out, Compression::default());
        copy(ctx, export, &mut packed).await?;
        packed.finish().map_err(wrong)?
    } else {
        copy(ctx, export, &mut out).await?;
        out
    };
    out.into_inner().map_err(|why| wrong(why.into_error()))?.sync_all().map_err(wrong)
}
