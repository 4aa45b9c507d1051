//! What stands in `xtask/deploy`: as far as it can be tried here, it is.

use std::{collections::BTreeSet, path::PathBuf, process::Command};

/// Named in what is deployed, and no setting of `wardroom serve --help`: the key itself has no flag.
const OTHERS: [&str; 3] = ["WARDROOM_KEY", "WARDROOM_KEY_FILE", "WARDROOM_OPS_ADDR"];

fn deployed(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap()
}

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("xtask/deploy").join(name)
}

/// Whether a program is there; says so where it is not, since then something goes untested.
fn is_there(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        eprintln!("SKIPPED: {program} is not installed here, so what it would say is not known");
    }
    found
}

#[test]
fn systemd_takes_the_unit_and_finds_it_hardened() {
    if !is_there("systemd-analyze") {
        return;
    }
    // The unit as it is, over the program of this build.
    let folder = tempfile::tempdir().unwrap();
    let unit = folder.path().join("wardroom.service");
    let text = deployed("wardroom.service").replace("/usr/local/bin/wardroom", env!("CARGO_BIN_EXE_wardroom"));
    std::fs::write(&unit, text).unwrap();
    let told = Command::new("systemd-analyze").arg("verify").arg(&unit).output().unwrap();
    let told = (told.status.success(), String::from_utf8_lossy(&told.stderr).into_owned());
    let ours: Vec<&str> = told.1.lines().filter(|line| line.contains("wardroom")).collect();
    assert!(told.0 && ours.is_empty(), "{told:?}");
    let mut security = Command::new("systemd-analyze");
    // Tenths: the unit stands at 1.1 of 10.
    security.args(["security", "--offline=true", "--threshold=15", "--no-pager"]).arg(&unit);
    let told = security.output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stdout));
}

#[test]
fn the_unit_stops_a_server_as_it_wants_to_be_stopped_and_keeps_its_key_apart() {
    let unit = deployed("wardroom.service");
    for line in [
        "LoadCredential=wardroom.key:/etc/wardroom/wardroom.key",
        "KillSignal=SIGTERM",
        "Restart=on-failure",
        "ProtectSystem=strict",
        "NoNewPrivileges=yes",
        "MemoryDenyWriteExecute=yes",
        "SystemCallFilter=@system-service",
        "UMask=0077",
    ] {
        assert!(unit.lines().any(|found| found == line), "{line}");
    }
    let seconds = unit.lines().find_map(|line| line.strip_prefix("TimeoutStopSec=")).unwrap();
    assert!(seconds.parse::<u64>().unwrap() > 30, "longer than a request may take");
}

#[test]
fn the_image_runs_as_nobody_in_particular_and_says_how_it_is() {
    let image = deployed("Dockerfile");
    let last = image.rsplit("\nFROM ").next().unwrap();
    assert!(image.matches("\nFROM ").count() == 2, "what builds it is not in it");
    assert!(last.contains("\nUSER 10001:10001\n"));
    assert!(
        last.contains("groupadd --gid 10001 ") && last.contains("useradd --uid 10001 --gid 10001 "),
        "as it is named"
    );
    assert!(last.contains("HEALTHCHECK") && last.contains("/healthz"));
    assert!(last.contains("STOPSIGNAL SIGTERM"));
    assert!(last.contains("ENTRYPOINT [\"wardroom\"]"), "signals reach the server itself");
    assert!(!image.contains("ADD ") && !image.contains("WARDROOM_KEY="), "no secret is baked in");
    let ignored = deployed("Dockerfile.dockerignore");
    for kept_out in ["data", "target", ".git", "**/*.key", "**/*.db"] {
        assert!(ignored.lines().any(|line| line == kept_out), "{kept_out}");
    }
    if is_there("hadolint") {
        let told = Command::new("hadolint").arg(path("Dockerfile")).output().unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stdout));
    }
}

#[test]
fn nginx_takes_its_file() {
    if !is_there("nginx") || !is_there("openssl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().display().to_string();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=rooms.example"])
        .args(["-keyout", &format!("{place}/privkey.pem"), "-out", &format!("{place}/fullchain.pem")])
        .output()
        .unwrap();
    assert!(made.status.success());
    let site = deployed("nginx.conf").replace("/etc/ssl/rooms.example", &place);
    let whole = format!("pid {place}/pid; error_log stderr; events {{}} http {{ access_log off; {site} }}");
    std::fs::write(folder.path().join("nginx.conf"), whole).unwrap();
    let told = Command::new("nginx").args(["-t", "-p", &place, "-c", &format!("{place}/nginx.conf")]).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
}

#[test]
fn caddy_takes_its_file() {
    if !is_there("caddy") {
        return;
    }
    let told =
        Command::new("caddy").args(["validate", "--adapter", "caddyfile", "--config"]).arg(path("Caddyfile")).output();
    let told = told.unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
}

fn help(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_wardroom")).args(words).arg("--help").output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_guide_names_settings_and_commands_that_there_are() {
    let guide = std::fs::read_to_string(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("OPERATIONS.md")).unwrap();
    let whole = [guide.clone(), deployed("wardroom.service"), deployed("Dockerfile"), deployed("nginx.conf")].concat();
    let help = help(&[]) + &help(&["serve"]) + &help(&["backup"]);
    let word = |text: &str| -> String { text.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect() };
    let named: BTreeSet<String> = whole.match_indices("WARDROOM_").map(|(at, _)| word(&whole[at..])).collect();
    for setting in named {
        let is_known = help.contains(&setting) || OTHERS.contains(&setting.as_str());
        assert!(is_known, "{setting} is no setting");
    }
    for command in ["serve", "backup --to", "backup verify", "restore", "doctor", "staff add", "staff reset-password"] {
        assert!(guide.contains(&format!("wardroom {command}")), "the guide is silent about {command}");
    }
}
