//! The program itself: settings, exit codes, pipes, and what it says.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

fn wardroom(folder: &TempDir, line: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wardroom"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WARDROOM_")) {
        command.env_remove(name);
    }
    command.current_dir(folder.path()).args(line.split_whitespace()).env("USER", "ann").stdin(Stdio::null());
    command
}

fn run(folder: &TempDir, line: &str) -> (i32, String, String) {
    told(&wardroom(folder, line).output().unwrap())
}

fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn piped(folder: &TempDir, line: &str, input: &[u8]) -> (i32, String, String) {
    let mut command = wardroom(folder, line);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    told(&child.wait_with_output().unwrap())
}

#[test]
fn accounts_are_made_listed_and_kept_out() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = run(&folder, "staff list");
    assert!(code == 1 && out.is_empty() && err.contains("--database-url"), "{err}");
    assert!(!folder.path().join("data").exists(), "a look must not make a database");

    let (code, out, _) = run(&folder, "staff add ann --role admin");
    let password = out.strip_prefix("Name: ann\nOne-time password: ").map(str::trim).unwrap_or_default();
    assert!(code == 0 && password.len() >= 12, "{out}");
    let (code, _, err) = run(&folder, "staff add ANN --role viewer");
    assert!(code == 1 && err.contains("taken"), "{err}");
    let (code, _, err) = run(&folder, "staff disable ann");
    assert!(code == 1 && err.contains("last admin"), "{err}");
    assert_eq!(run(&folder, "staff add bob --role viewer").0, 0);
    assert!(run(&folder, "staff disable bob").1.contains("bob is disabled now"));
    assert!(run(&folder, "staff disable bob").1.contains("already"));
    let (_, list, _) = run(&folder, "staff list");
    assert!(list.lines().any(|line| line.starts_with("bob") && line.contains("disabled")), "{list}");
    assert!(!list.contains(password));
    assert!(run(&folder, "staff enable bob").1.contains("enabled now"));
    let (code, out, _) = run(&folder, "staff reset-password bob");
    assert!(code == 0 && out.starts_with("Name: bob\nOne-time password: "), "{out}");
    assert_eq!(run(&folder, "staff reset-password eve").0, 1);
    for bad in ["staff add", "staff add a", "staff add a --role king", "staff", "", "fly", "import", "import a b"] {
        assert_eq!(run(&folder, bad).0, 2, "{bad}");
    }
}

#[test]
fn a_wrong_setting_is_named_with_a_right_one_before_anything_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let output = wardroom(&folder, "serve --covers sometimes")
        .env("WARDROOM_ADDR", "localhost")
        .env("WARDROOM_PUBLIC_URL", "rooms.example/console")
        .env("WARDROOM_TRUSTED_PROXY", "10.0.0.1")
        .output()
        .unwrap();
    let (code, out, err) = told(&output);
    assert!(code == 2 && out.is_empty(), "{err}");
    for said in [
        "--addr (WARDROOM_ADDR) is \"localhost\"",
        "for example: 127.0.0.1:3000",
        "--public-url (WARDROOM_PUBLIC_URL)",
        "--covers (WARDROOM_COVERS) is \"sometimes\"",
        "WARDROOM_TRUSTED_PROXY is set, but is no setting; did you mean WARDROOM_TRUSTED_PROXIES?",
    ] {
        assert!(err.contains(said), "{said}: {err}");
    }
    assert_eq!(run(&folder, "import - --database-url mysql://x").0, 2);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn an_import_tells_what_it_refused_and_an_export_can_be_cut_short() {
    let folder = tempfile::tempdir().unwrap();
    let lines: String = (0..3_000).map(|n| format!("{{\"id\":\"r{n}\",\"name\":\"Room {n}\"}}\n")).collect();
    let refused: String = (0..30).map(|n| format!("{{\"id\":\"r{n}\\u001b[2J\"}}\n")).collect();
    let (code, out, err) = piped(&folder, "import - --report r.jsonl", format!("{lines}{refused}").as_bytes());
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("3,000  rooms made") && out.contains("30  lines refused"), "{out}");
    assert!(out.contains("line 3001, r0\\u{1b}[2J: id contains a control character"), "{out}");
    assert!(out.contains("… and 10 more; the report names them all"), "{out}");
    let report = std::fs::read_to_string(folder.path().join("r.jsonl")).unwrap();
    assert_eq!(report.lines().count(), 30);
    assert!(report.starts_with("{\"line\":3001,\"id\":\"r0\\u001b[2J\",\"refused\":["), "{report}");
    assert_eq!(run(&folder, "import r.jsonl --report r.jsonl").0, 1);
    assert_eq!(run(&folder, "import r.jsonl --report data/wardroom.db").0, 1);

    let mut command = wardroom(&folder, "export");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::with_capacity(64, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with("{\"id\":\"r0\",\"number\":1,"), "{first}");
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert!(child.wait().unwrap().success() && !err.contains("panicked"), "{err}");

    for file in ["rooms.jsonl", "rooms.csv.gz"] {
        assert_eq!(run(&folder, &format!("export {file}")).0, 0);
        let (code, out, _) = run(&folder, &format!("import {file}"));
        assert!(code == 0 && out.contains("3,000  lines with nothing new"), "{out}");
    }
    assert_eq!(run(&folder, "export data/wardroom.db").0, 1);
    assert_eq!(run(&folder, "export nowhere/rooms.jsonl").0, 1);
    assert_eq!(run(&folder, "import nowhere.jsonl").0, 1);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.path()).collect();
    assert!(!left.iter().any(|file| file.extension().is_some_and(|end| end == "part")), "{left:?}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_import_finishes_its_batch_and_says_how_far_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = wardroom(&folder, "import -");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    for n in 0..700 {
        writeln!(input, "{{\"id\":\"r{n}\"}}").unwrap();
    }
    input.flush().unwrap();
    wait_for(&folder.path().join("data/wardroom.db"));
    std::thread::sleep(std::time::Duration::from_secs(2));
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let (code, out, err) = told(&child.wait_with_output().unwrap());
    drop(input);
    assert!(code == 1 && err.contains("stopped;"), "{err}");
    assert!(out.contains("500  rooms made"), "{out}");
}

#[cfg(unix)]
fn wait_for(file: &Path) {
    let began = std::time::Instant::now();
    while !file.exists() && began.elapsed().as_secs() < 20 {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
