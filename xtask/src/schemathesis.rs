//! Each vendor's OpenAPI document against the running server: thousands of made-up requests, no server error, no answer
//! outside its schema. Schemathesis comes from PyPI, into a folder of its own.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail};
use serde_json::Value as Json;

use crate::{server, sh, site};

/// The version whose options and hooks these are.
const SCHEMATHESIS: &str = "schemathesis==4.32.5";
/// Examples of a vendor, over all its operations, where nothing else was asked for.
const EXAMPLES: usize = 2000;
/// What is looked at: never a server error, never an answer that the document does not know.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";

/// A vendor's key, and the credential that the run makes for it.
const VENDORS: [(&str, &str, &str); 4] = [
    ("imkit", "schemathesis-client-key", "5f2c9a1be07d4c6388d1a4f09b3e7c52"),
    ("netease", "0f1e2d3c4b5a69788796a5b4c3d2e1f0", "95a26060d002a473"),
    ("zego", "1234567890", "9193cc662a4c0ec135ec71fb57194b38"),
    ("tencent", "1400000001", "5bd2850fff3ecb11d7c805251c51ee463a25727bddc2385f3fa8bfee1bb93b5e"),
];

/// Runs the named vendors' documents, or all.
///
/// # Errors
/// A vendor that is none; something cannot be installed or built; a check fails.
pub fn run(words: &[&str]) -> Result<()> {
    let (examples, names) = match words {
        ["--examples", many, names @ ..] => (many.parse().with_context(|| format!("{many} is no number"))?, names),
        names => (EXAMPLES, names),
    };
    if let Some(unknown) = names.iter().find(|name| !VENDORS.iter().any(|(key, ..)| key == *name)) {
        bail!("no such vendor: {unknown}; there are {}", VENDORS.map(|(key, ..)| key).join(", "));
    }
    let python = sh::step("schemathesis", install)?;
    let wardroom = server::build(true, &site::build()?)?;
    for (key, public, secret) in VENDORS.iter().filter(|(key, ..)| names.is_empty() || names.contains(key)) {
        let house = House::open(&wardroom, key)?;
        house.add_app(key, public, secret)?;
        sh::step(key, || house.check(&python, (key, public, secret), examples))?;
    }
    sh::say("no server error, and no answer outside its schema");
    Ok(())
}

/// Makes the virtual environment where it is missing; gives its programs' folder.
fn install() -> Result<PathBuf> {
    let folder = sh::root().join("target/schemathesis");
    let programs = folder.join("bin");
    let mark = folder.join("installed");
    if fs::read_to_string(&mark).is_ok_and(|installed| installed == SCHEMATHESIS) {
        return Ok(programs);
    }
    let advice = "install Python 3 with its venv module (Debian: apt-get install python3-venv)";
    sh::run(Command::new("python3").args(["-m", "venv"]).arg(&folder), advice)?;
    sh::run(
        Command::new(programs.join("pip")).args(["install", "--quiet", SCHEMATHESIS]),
        "PyPI must be reachable, once",
    )?;
    fs::write(&mark, SCHEMATHESIS)?;
    Ok(programs)
}

/// A server over a database of its own, ended with the run.
struct House {
    wardroom: PathBuf,
    folder: PathBuf,
    address: String,
    server: Child,
}

impl House {
    fn open(wardroom: &Path, vendor: &str) -> Result<Self> {
        let folder = sh::root().join("target/schemathesis-data").join(vendor);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot delete {}", folder.display()))?;
        }
        fs::create_dir_all(&folder)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        sh::output(command(wardroom, &folder).args(["import", "xtask/demo/rooms.jsonl.gz"]), "see above")?;
        let mut serve = command(wardroom, &folder);
        serve.args(["serve", "--addr", &address, "--vendor-rates", &format!("{vendor}=100000")]);
        let mut server = serve.stderr(Stdio::piped()).spawn().context("the server cannot be started")?;
        let log = BufReader::new(server.stderr.take().context("the server has no log")?);
        let mut file = fs::File::create(folder.join("log"))?;
        let mut lines = log.lines();
        for line in lines.by_ref() {
            let line = line?;
            writeln!(file, "{line}")?;
            if line.contains("Wardroom is open") {
                std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| writeln!(file, "{line}")));
                return Ok(Self { wardroom: wardroom.to_owned(), folder, address, server });
            }
        }
        bail!("the server did not start; its log is {}", folder.join("log").display())
    }

    fn add_app(&self, vendor: &str, key: &str, secret: &str) -> Result<()> {
        let mut add = command(&self.wardroom, &self.folder);
        add.args(["app", "add", "schemathesis", "--vendor", vendor, "--scope", "manage"]);
        add.args(["--key", key, "--secret-stdin"]).stdin(Stdio::piped()).stdout(Stdio::null());
        let mut adding = add.spawn().context("the app cannot be added")?;
        adding.stdin.take().context("no way in")?.write_all(secret.as_bytes())?;
        if !adding.wait()?.success() {
            bail!("the app could not be added");
        }
        Ok(())
    }

    /// How many operations a vendor's document has.
    fn operations(&self, vendor: &str) -> Result<usize> {
        let mut stream = TcpStream::connect(&self.address)?;
        write!(stream, "GET /{vendor}/openapi.json HTTP/1.0\r\nHost: {}\r\n\r\n", self.address)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (_, body) = answer.split_once("\r\n\r\n").context("no answer")?;
        let document: Json = serde_json::from_str(body).context("the document is no JSON")?;
        let paths = document["paths"].as_object().context("the document has no paths")?;
        Ok(paths.values().filter_map(Json::as_object).map(serde_json::Map::len).sum())
    }

    fn check(&self, programs: &Path, app: (&str, &str, &str), examples: usize) -> Result<()> {
        let (vendor, key, secret) = app;
        // Where an operation has few different requests, it runs out of them: the others make up for it.
        let each = (examples * 3 / 2).div_ceil(self.operations(vendor)?.max(1));
        let mut run = Command::new(programs.join("schemathesis"));
        run.args(["run", &format!("http://{}/{vendor}/openapi.json", self.address)]);
        run.args(["--origin", &format!("http://{}", self.address)]);
        // One worker: Python 3.11's parser, which hypothesis uses, fails now and then on two threads (gh-106905).
        run.args(["--checks", CHECKS, "--phases", "coverage,fuzzing", "--seed", "1", "--workers", "1"]);
        run.args(["--max-examples", &each.to_string(), "--suppress-health-check", "all", "--warnings", "off"]);
        run.env("SCHEMATHESIS_HOOKS", sh::root().join("tests/schemathesis/hooks.py"));
        run.env("APP_VENDOR", vendor).env("APP_KEY", key).env("APP_SECRET", secret).current_dir(&self.folder);
        sh::run(&mut run, "see the failed requests above")
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The program over the folder's database, with none of our own settings.
fn command(wardroom: &Path, folder: &Path) -> Command {
    let mut command = Command::new(wardroom);
    command.current_dir(sh::root());
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WARDROOM_") {
            command.env_remove(name);
        }
    }
    command.env("WARDROOM_DATABASE_URL", format!("sqlite:{}", folder.join("wardroom.db").display()));
    command
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn an_unknown_vendor_is_refused_before_anything_runs() {
        assert!(run(&["imkti"]).is_err_and(|error| error.to_string().contains("imkti")));
        assert!(run(&["--examples", "many"]).is_err());
    }
}
