//! The program serving: its console, a vendor's API on an address and at a host of its own, what is logged, and how it
//! stops.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    process::{Child, ChildStderr, Command, Stdio},
};

use tempfile::TempDir;
use ureq::http::Response;

struct Served {
    child: Child,
    log: BufReader<ChildStderr>,
    console: String,
    api: String,
    _folder: TempDir,
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

impl Served {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (console, api) = (free_address(), free_address());
        let mut command = Command::new(env!("CARGO_BIN_EXE_wardroom"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WARDROOM_")) {
            command.env_remove(name);
        }
        command.current_dir(folder.path()).args(["serve", "--addr", &console]);
        command.args(["--vendor-addrs", &format!("imkit={api}"), "--vendor-hosts", "imkit=im.example"]);
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("an API is open") {
            line.clear();
            assert!(log.read_line(&mut line).unwrap() > 0, "the server ended before it was open");
        }
        Self { child, log, console, api, _folder: folder }
    }

    fn get(&self, address: &str, path: &str, host: &str) -> (u16, String) {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let mut answer: Response<_> = agent.get(format!("http://{address}{path}")).header("Host", host).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    }

    /// Asks it to stop, and gives all that it logged.
    fn stop(mut self) -> String {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        let mut log = String::new();
        self.log.read_to_string(&mut log).unwrap();
        assert!(self.child.wait().unwrap().success(), "{log}");
        log
    }
}

#[test]
fn an_api_has_an_address_a_host_and_a_path_and_the_console_keeps_its_own() {
    let served = Served::start();
    let missing = "MISSING_CLIENT_KEY";
    for (address, path, host) in [
        (&served.api, "/rooms/stage?usersig=hush-hush", served.api.as_str()),
        (&served.api, "/rooms/stage", "anything.example"),
        (&served.console, "/rooms/stage", "IM.example"),
        (&served.console, "/imkit/rooms/stage", &served.console),
    ] {
        let (status, body) = served.get(address, path, host);
        assert!(status == 401 && body.contains(missing), "{address}{path} as {host}: {status} {body}");
    }
    assert_eq!(served.get(&served.api, "/imkit/rooms/stage", &served.api).0, 404, "the API is at the root there");
    assert_eq!(served.get(&served.console, "/rooms/stage", &served.console).0, 303);
    assert_eq!(served.get(&served.console, "/sign-in", &served.console).0, 200);
    assert_eq!(served.get(&served.api, "/sign-in", &served.api).0, 404, "and nothing of the console");
    let log = served.stop();
    assert_eq!(log.matches("a call was refused").count(), 4, "{log}");
    assert!(!log.contains("hush-hush"), "no query stands in the log: {log}");
    assert!(log.contains("Wardroom is closed"), "{log}");
}
