//! The release server over a database of its own: made, filled, started, signed in to, looked at from outside.

use std::{
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

use crate::{client::Client, crowd};

const PASSWORD: &str = "correct horse battery staple";

/// The program and its database.
pub struct Place {
    wardroom: PathBuf,
    folder: PathBuf,
}

/// What filling the database took.
pub struct Filled {
    /// How long the import took.
    pub import: Duration,
    /// The most memory it held, in bytes.
    pub memory: u64,
}

impl Place {
    /// A place in a folder that is ours.
    pub fn new(wardroom: PathBuf, folder: PathBuf) -> Self {
        Self { wardroom, folder }
    }

    /// The database's file.
    pub fn database(&self) -> PathBuf {
        self.folder.join("wardroom.db")
    }

    /// The program with our database and none of the caller's settings.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.wardroom);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WARDROOM_")) {
            command.env_remove(name);
        }
        command.env("WARDROOM_DATABASE_URL", format!("sqlite:{}", self.database().display())).args(words);
        command.current_dir(&self.folder).stdin(Stdio::null());
        command
    }

    /// Makes the rooms and imports them.
    pub fn fill(&self, rooms: u64) -> Result<Filled> {
        let file = self.folder.join("rooms.jsonl");
        crowd::write(rooms, std::fs::File::create(&file)?)?;
        let began = Instant::now();
        let mut import = self.command(&["import"]).arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let mut memory = 0;
        let ended = loop {
            memory = memory.max(peak(import.id()).unwrap_or_default());
            if let Some(ended) = import.try_wait()? {
                break ended;
            }
            std::thread::sleep(Duration::from_millis(20));
        };
        if !ended.success() {
            bail!("the import ended with {ended}");
        }
        std::fs::remove_file(&file)?;
        Ok(Filled { import: began.elapsed(), memory })
    }

    /// Makes an account; gives its one-time password.
    fn staff(&self, name: &str) -> Result<String> {
        let told = self.command(&["staff", "add", name, "--role", "admin"]).output()?;
        let told = String::from_utf8(told.stdout)?;
        let line = told.lines().find_map(|line| line.strip_prefix("One-time password: "));
        Ok(line.context("no one-time password")?.to_owned())
    }

    /// Makes an app with this credential.
    pub fn app(&self, vendor: &str, key: &str, secret: &str) -> Result<()> {
        use std::io::Write;
        let words = ["app", "add", vendor, "--vendor", vendor, "--scope", "manage", "--key", key, "--secret-stdin"];
        let mut add = self.command(&words).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        add.stdin.take().context("no way in")?.write_all(secret.as_bytes())?;
        if add.wait()?.success() { Ok(()) } else { bail!("the app for {vendor} could not be added") }
    }

    /// Starts the server; says how long it took to answer its first page.
    pub async fn start(&self) -> Result<(Server, Duration)> {
        let address: SocketAddr = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let rates = "imkit=100000,tencent=100000";
        let mut command = self.command(&["serve", "--addr", &address.to_string(), "--vendor-rates", rates]);
        command.args(["--bulk-approval-above", "100000000"]);
        let began = Instant::now();
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        let mut log = BufReader::new(child.stderr.take().context("no log")?).lines();
        loop {
            let line = log.next().context("the server ended before it was open")??;
            if line.contains("Wardroom is open") {
                break;
            }
        }
        let keep = std::fs::File::create(self.folder.join("log"))?;
        std::thread::spawn(move || {
            use std::io::Write;
            let mut keep = keep;
            log.map_while(Result::ok).try_for_each(|line| writeln!(keep, "{line}"))
        });
        let mut first = Client::connect(address, "").await?;
        first.page("/sign-in").await?;
        Ok((Server { child, address }, began.elapsed()))
    }

    /// A session of an admin.
    pub async fn sign_in(&self, server: &Server) -> Result<String> {
        // A kept database has the accounts of earlier runs.
        let name = format!("bench-{}", std::process::id());
        let once = self.staff(&name)?;
        let mut client = Client::connect(server.address, "").await?;
        client.form("/api/sign_in", &[("name", &name), ("password", &once), ("back", "/sign-in")]).await?;
        let new = [("current", once.as_str()), ("new", PASSWORD), ("again", PASSWORD), ("back", "/account")];
        let changed = client.form("/api/change_password", &new).await?;
        if changed.to != "/rooms" {
            bail!("the one-time password could not be changed: {}", changed.to);
        }
        Ok(client.cookie().to_owned())
    }
}

/// A running server, ended with the value.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Server {
    /// The most memory it held since [`Self::forget_peak`], in bytes.
    pub fn peak(&self) -> u64 {
        peak(self.child.id()).unwrap_or_default()
    }

    /// Has the system count the peak anew.
    pub fn forget_peak(&self) -> Result<()> {
        let file = format!("/proc/{}/clear_refs", self.child.id());
        std::fs::write(&file, "5").with_context(|| format!("{file} cannot be written"))
    }

    /// The memory it holds now, in bytes.
    pub fn memory(&self) -> u64 {
        status(self.child.id(), "VmRSS:").unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn peak(process: u32) -> Option<u64> {
    status(process, "VmHWM:")
}

fn status(process: u32, what: &str) -> Option<u64> {
    let told = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = told.lines().find_map(|line| line.strip_prefix(what))?;
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes * 1024)
}

/// The bytes of a database with what belongs to it.
pub fn size(database: &Path) -> u64 {
    let with = |suffix: &str| std::fs::metadata(format!("{}{suffix}", database.display())).map_or(0, |file| file.len());
    with("") + with("-wal")
}
