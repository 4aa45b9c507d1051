//! The program itself, serving over a database of its own: what it answers on its ports and what it logs.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

use tempfile::TempDir;
use ureq::{Agent, http::Response};

use super::{Person, actor::encoded, template};

/// How long a line is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server.
pub struct Served {
    child: Child,
    log: mpsc::Receiver<String>,
    /// Where the console listens.
    pub console: String,
    agent: Agent,
    folder: Option<TempDir>,
}

/// An address nobody listens on yet.
pub fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

impl Served {
    /// Starts the program over the template's database, until it says so.
    pub fn start(log: &str, words: &[&str], until: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        template::copy_to(&folder.path().join("wardroom.db"));
        Self::over(folder, log, words, until)
    }

    /// The same over the database in this folder.
    pub fn over(folder: TempDir, log: &str, words: &[&str], until: &str) -> Self {
        Self::with(folder, log, words, until, |_| {})
    }

    /// The same, with more that the program is started with.
    pub fn with(folder: TempDir, log: &str, words: &[&str], until: &str, edit: impl FnOnce(&mut Command)) -> Self {
        let console = free_address();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wardroom"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WARDROOM_")) {
            command.env_remove(name);
        }
        command.current_dir(folder.path()).args(["serve", "--addr", &console, "--log", log]).args(words);
        command.env("WARDROOM_DATABASE_URL", "sqlite:wardroom.db").env("WARDROOM_STEP_UP_AFTER", "1d");
        command.stdout(Stdio::null());
        edit(&mut command);
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        // Read all the time: a log that nobody reads fills its pipe, and then the server waits for its reader.
        let (lines, log) = mpsc::channel();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| lines.send(line)));
        let agent = Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let served = Self { child, log, console, agent, folder: Some(folder) };
        served.lines_until(until);
        served
    }

    /// The files that it has open to be written, as they are called now.
    pub fn open_files(&self) -> Vec<PathBuf> {
        let of = PathBuf::from(format!("/proc/{}", self.child.id()));
        let is_written = |number: &std::ffi::OsStr| {
            let info = std::fs::read_to_string(of.join("fdinfo").join(number)).unwrap_or_default();
            let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap_or_default();
            i64::from_str_radix(flags.trim(), 8).unwrap_or_default() & 3 != 0
        };
        let all = std::fs::read_dir(of.join("fd")).unwrap().map_while(Result::ok);
        let written = all.filter(|entry| is_written(&entry.file_name()));
        // Pipes, sockets and the like have no path; devices are no files.
        let paths = written.filter_map(|entry| std::fs::read_link(entry.path()).ok());
        paths.filter(|path| path.is_absolute() && !path.starts_with("/dev")).collect()
    }

    /// The database's file.
    pub fn file(&self) -> PathBuf {
        self.folder.as_ref().unwrap().path().join("wardroom.db")
    }

    /// What is logged from here on, up to the line that holds these words.
    pub fn lines_until(&self, words: &str) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.log.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("no line with {words:?}: {lines:#?}"));
            let found = line.contains(words);
            lines.push(line);
            if found {
                return lines;
            }
        }
    }

    /// Asks an address for a path, as a host.
    pub fn get(&self, address: &str, path: &str, host: &str) -> (u16, String) {
        self.read(self.agent.get(format!("http://{address}{path}")).header("Host", host).call().unwrap())
    }

    /// Opens a page of the console as a person who is signed in.
    pub fn page(&self, person: Person, path: &str) -> (u16, String) {
        let cookie = format!("wardroom={}", template::cookie(person).unwrap_or_default());
        let request = self.agent.get(format!("http://{}{path}", self.console)).header("Accept", "text/html");
        self.read(request.header("Cookie", cookie).call().unwrap())
    }

    /// Sends a form as an island does, as a person who is signed in.
    pub fn form(&self, person: Person, path: &str, pairs: &[(&str, &str)]) -> (u16, String) {
        let cookie = format!("wardroom={}", template::cookie(person).unwrap_or_default());
        let request = self.agent.post(format!("http://{}{path}", self.console)).header("Accept", "application/json");
        let request = request.header("Content-Type", "application/x-www-form-urlencoded").header("Cookie", cookie);
        self.read(request.send(encoded(pairs)).unwrap())
    }

    /// Asks the console with a header.
    pub fn call(&self, path: &str, name: &str, value: &str) -> (u16, String) {
        self.read(self.agent.get(format!("http://{}{path}", self.console)).header(name, value).call().unwrap())
    }

    fn read(&self, mut answer: Response<ureq::Body>) -> (u16, String) {
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    }

    /// Ends it as nothing should end (`kill -9`); gives back the folder of its database.
    pub fn kill(mut self) -> TempDir {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.folder.take().unwrap()
    }

    /// Asks it to stop, without waiting.
    pub fn terminate(&self) {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
    }

    /// Waits for its end after [`Self::terminate`]; gives the folder of its database and all that it logged since.
    pub fn ended(mut self) -> (TempDir, String) {
        let log = self.log.iter().collect::<Vec<_>>().join("\n");
        assert!(self.child.wait().unwrap().success(), "{log}");
        (self.folder.take().unwrap(), log)
    }

    /// Asks it to stop, and gives all that it logged since.
    pub fn stop(self) -> String {
        self.terminate();
        self.ended().1
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
