//! The program itself: settings, exit codes, pipes, and what it says.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;
use wardroom::vendors::abouts;

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
    assert!(list.lines().next().unwrap_or_default().contains("STEPS") && list.contains("  one  "), "{list}");
    let (code, _, err) = run(&folder, "staff reset-totp bob");
    assert!(code == 1 && err.contains("off already"), "{err}");
    assert!(run(&folder, "staff sessions end bob").1.contains("ended 0 sessions of bob"));
    assert_eq!(run(&folder, "staff sessions end eve").0, 1);
    assert_eq!(run(&folder, "staff sessions end --all").1, "ended 0 sessions of ann\nended 0 sessions of bob\n");
    assert_eq!(run(&folder, "staff reset-password eve").0, 1);
    for bad in ["staff add", "staff add a", "staff add a --role king", "staff", "", "fly", "import", "import a b"] {
        assert_eq!(run(&folder, bad).0, 2, "{bad}");
    }
}

#[test]
fn apps_are_made_changed_rotated_and_kept_out() {
    let folder = tempfile::tempdir().unwrap();
    assert!(run(&folder, "app list").0 == 1 && !folder.path().join("data").exists());
    let line = |out: &str, name: &str| {
        let found = out.lines().find_map(|line| line.strip_prefix(name)?.split_once("): "));
        found.map(|(label, value)| (label.trim_start_matches(" (").to_owned(), value.to_owned())).unwrap()
    };
    for about in abouts() {
        let name = about.key;
        let (code, out, err) = run(&folder, &format!("app add {name} --vendor {} --scope edit --rate 20", about.key));
        assert!(code == 0 && out.starts_with(&format!("Name: {name}\n")) && err.contains("shown this once"), "{err}");
        let (key, secret) = (line(&out, "Key"), line(&out, "Secret"));
        assert_eq!((key.0.as_str(), secret.0.as_str()), (about.key_label, about.secret_label));
        let (code, out, err) = run(&folder, &format!("app rotate {name}"));
        assert!(code == 0 && err.contains("The secret before counts until"), "{err}");
        let (_, rotated) = line(&out, "Secret");
        assert_ne!(rotated, secret.1);
        let (_, list, _) = run(&folder, "app list");
        let row = list.lines().find(|line| line.starts_with(name)).unwrap();
        for word in [about.key, key.1.as_str(), "edit", "all rooms", "20/s", "two secrets", "never"] {
            assert!(row.contains(word), "{word}: {row}");
        }
        assert!(!list.contains(&secret.1) && !list.contains(&rotated));

        let own = (about.credentials)();
        let add = format!("app add own-{name} --vendor {} --scope read --key {} --secret-stdin", about.key, own.key);
        let (code, out, err) = piped(&folder, &add, b"the-secret-of-old-times\n");
        assert!(code == 0 && out.contains(&own.key), "{err}");
        assert!(!out.contains("old-times") && !err.contains("old-times"), "it is known already");
    }
    let (name, vendor) = (abouts()[0].key, abouts()[0].key);
    let (code, out, _) = run(&folder, &format!("app change {} --scope manage --application demo", name.to_uppercase()));
    assert!(code == 0 && out.contains("may do that from its next call on"), "{out}");
    let (_, list, _) = run(&folder, "app list");
    let row = list.lines().find(|line| line.starts_with(name)).unwrap();
    assert!(row.contains("manage") && row.contains("demo") && row.contains("20/s"), "what is not given stays: {row}");
    assert!(run(&folder, &format!("app change {name} --scope manage")).1.contains("already"));
    assert!(run(&folder, &format!("app disable {name}")).1.contains("is disabled now"));
    assert!(run(&folder, &format!("app disable {name}")).1.contains("already"));
    assert!(run(&folder, "app list").1.lines().any(|line| line.starts_with(name) && line.contains("disabled")));
    assert!(run(&folder, &format!("app enable {name}")).1.contains("is enabled now"));
    for (failing, why) in [
        (format!("app add {name} --vendor {vendor} --scope read"), "name is another app's"),
        (format!("app add new --vendor {vendor} --scope read --rate lots"), "rate must be a whole number"),
        (format!("app add new --vendor {vendor} --scope read --secret-stdin"), "no secret on standard input"),
        ("app rotate nobody".to_owned(), "There is no app"),
        ("app disable nobody".to_owned(), "There is no app"),
    ] {
        let (code, out, err) = run(&folder, &failing);
        assert!(code == 1 && out.is_empty() && err.contains(why), "{failing}: {err}");
    }
    let add = format!("app add new --vendor {vendor} --scope read");
    for bad in ["", " --scope king", " --secret s3cret-s3cret", " --secret-stdin=s3cret"].map(|end| match end {
        "" => "app add new --vendor nobody --scope read".to_owned(),
        end => format!("{add}{end}"),
    }) {
        let (code, out, _) = run(&folder, &bad);
        assert!(code == 2 && out.is_empty(), "{bad}");
    }
    for bad in ["app", "app add new", "app change x", "app rotate x --hours 745", "app rotate x --hours -1"] {
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
    for n in 0..2_700 {
        writeln!(input, "{{\"id\":\"r{n}\"}}").unwrap();
    }
    input.flush().unwrap();
    wait_for_rooms(&folder.path().join("data/wardroom.db"), 2_000);
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let (code, out, err) = told(&child.wait_with_output().unwrap());
    drop(input);
    assert!(code == 1 && err.contains("stopped;"), "{err}");
    assert!(out.contains("2,000  rooms made"), "{out}");
}

/// Waits until the first batch is on disk.
#[cfg(unix)]
fn wait_for_rooms(file: &Path, many: i64) {
    use sqlx::{ConnectOptions, sqlite::SqliteConnectOptions};

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (began, options) = (std::time::Instant::now(), SqliteConnectOptions::new().filename(file).read_only(true));
    let count = async || {
        let mut conn = options.clone().connect().await.ok()?;
        sqlx::query_scalar::<_, i64>("SELECT count(*) FROM rooms").fetch_one(&mut conn).await.ok()
    };
    while runtime.block_on(count()) != Some(many) {
        assert!(began.elapsed().as_secs() < 60, "no batch was written");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}
