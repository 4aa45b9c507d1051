//! A disk that fails on demand, under the real server: `xtask/fault/fault.c`, preloaded.

use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use tempfile::TempDir;

use super::served::Served;

/// How a call fails. The numbers are the C side's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i64)]
pub enum How {
    IoError = 1,
    NoSpace = 2,
    /// Half is written and said so.
    Short = 3,
    /// Half is written, and it is an error.
    Torn = 4,
    ReadOnly = 5,
    /// The process ends, and of what was not synced each call is lost or kept as chance has it.
    PowerCut = 6,
}

impl How {
    /// All that leave the program running.
    pub const ALL: [Self; 5] = [Self::IoError, Self::NoSpace, Self::Short, Self::Torn, Self::ReadOnly];
}

/// The disk's controls.
pub struct Disk {
    control: File,
    path: PathBuf,
    _folder: TempDir,
}

/// The shim, built once a process.
fn shim() -> &'static Path {
    static SHIM: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = SHIM.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fault.so");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("xtask/fault/fault.c");
        let built = Command::new("cc").args(["-shared", "-fPIC", "-O2", "-o"]).arg(&path).arg(source).status();
        assert!(built.unwrap().success(), "cc builds the shim");
        (folder, path)
    });
    path
}

impl Disk {
    /// A disk that works.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("control");
        std::fs::write(&path, [0; 40]).unwrap();
        let control = File::options().read(true).write(true).open(&path).unwrap();
        Self { control, path, _folder: folder }
    }

    /// Starts the program on this disk, over the database in this folder.
    pub fn serve(&self, folder: TempDir) -> Served {
        Served::with(folder, "warn,wardroom=info", &[], "Wardroom is open", |command| {
            command.env("LD_PRELOAD", shim()).env("FAULT_FILE", &self.path);
        })
    }

    fn put(&self, place: u64, number: i64) {
        self.control.write_all_at(&number.to_ne_bytes(), place * 8).unwrap();
    }

    fn read(&self, place: u64) -> u64 {
        let mut bytes = [0; 8];
        self.control.read_exact_at(&mut bytes, place * 8).unwrap();
        u64::from_ne_bytes(bytes)
    }

    /// From now on the `at`-th write, sync or truncate of the database fails; with `keep`, all after it, too.
    pub fn fail(&self, how: How, at: u64, keep: bool) {
        self.put(3, 0);
        self.put(4, 0);
        self.put(1, i64::try_from(at).unwrap());
        self.put(2, i64::from(keep));
        self.put(0, how as i64);
    }

    /// Cuts the power at the `at`-th call from now on. What was written before counts as synced.
    pub fn cut(&self, at: u64, chance: i64) {
        self.put(3, 0);
        self.put(4, 0);
        self.put(1, i64::try_from(at).unwrap());
        self.put(2, chance);
        self.put(0, How::PowerCut as i64);
    }

    /// From now on it works.
    pub fn mend(&self) {
        self.put(0, 0);
    }

    /// How many calls failed.
    pub fn fired(&self) -> u64 {
        self.read(4)
    }

    /// How many calls there were since [`Self::fail`].
    pub fn calls(&self) -> u64 {
        self.read(3)
    }
}
