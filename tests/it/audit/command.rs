//! `wardroom audit` as it is typed, and what the server does for the trail by itself.

use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::chain::tamper;
use crate::harness::{Person, served::Served, template};

fn run(folder: &TempDir, words: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wardroom"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WARDROOM_")) {
        command.env_remove(name);
    }
    command.current_dir(folder.path()).args(words).env("WARDROOM_DATABASE_URL", "sqlite:wardroom.db");
    let output = command.env("USER", "ann").stdin(Stdio::null()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

#[tokio::test]
async fn an_import_is_chained_and_a_change_by_hand_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (code, out, err) = run(&folder, &["audit", "verify"]);
    assert!(code == 1 && out.is_empty() && err.contains("--database-url"), "{err}");
    assert!(!folder.path().join("wardroom.db").exists(), "a look must not make a database");

    let rooms: String = (0..1_200).map(|n| format!("{{\"id\":\"r{n}\",\"name\":\"Room {n}\"}}\n")).collect();
    std::fs::write(folder.path().join("rooms.jsonl"), rooms).unwrap();
    assert_eq!(run(&folder, &["import", "rooms.jsonl"]).0, 0);
    assert_eq!(run(&folder, &["staff", "add", "ann", "--role", "admin"]).0, 0);
    let (code, out, err) = run(&folder, &["audit", "verify"]);
    assert!(code == 0 && out.starts_with("The audit trail is whole: 1,201 entries, number 1 of "), "{out}{err}");
    assert!(out.contains("to number 1201 of ") && out.contains("\nDatabase ") && out.contains(", head "), "{out}");

    let (code, line, _) = run(&folder, &["audit", "checkpoint"]);
    assert!(code == 0 && line.starts_with("{\"database\":\"") && line.contains("\"entry\":1201,"), "{line}");
    for _ in 0..2 {
        let (code, out, err) = run(&folder, &["audit", "checkpoint", "--out", "kept.jsonl"]);
        assert!(code == 0 && out.is_empty() && err.contains("entry 1201"), "{err}");
    }
    let (code, out, _) = run(&folder, &["audit", "verify", "--checkpoint", "kept.jsonl", "--checkpoint", "."]);
    assert!(code == 1 && out.is_empty(), "rooms are no checkpoints: {out}");
    let (code, out, err) = run(&folder, &["audit", "verify", "--checkpoint", "kept.jsonl"]);
    assert!(code == 0 && out.contains("It fits 2 checkpoints."), "{out}{err}");
    std::fs::write(folder.path().join("forged.jsonl"), line.replace("1201", "1200")).unwrap();
    let (code, _, err) = run(&folder, &["audit", "verify", "--checkpoint", "forged.jsonl"]);
    assert!(code == 1 && err.contains("line 1 of forged.jsonl is no checkpoint that was made with"), "{err}");

    let other = "0f".repeat(32);
    std::fs::write(folder.path().join("other.key"), other).unwrap();
    let (code, _, err) = run(&folder, &["audit", "verify", "--key-file", "other.key"]);
    assert!(code == 1 && err.contains("other.key is not the key of this database"), "{err}");
    let (code, _, err) = run(&folder, &["audit", "prune", "--before", "soon"]);
    assert!(code == 2 && err.contains("2026-01-31"), "{err}");
    let (code, out, _) = run(&folder, &["audit", "prune", "--before", "2020-01-01"]);
    assert!(code == 0 && out == "There is no entry from before 2020-01-01.\n", "{out}");

    let file = folder.path().join("wardroom.db");
    tamper(&file, "UPDATE audit SET actor = 'somebody else' || char(27) WHERE id = 600").await;
    let (code, out, err) = run(&folder, &["audit", "verify"]);
    assert!(code == 1 && out.is_empty(), "{out}");
    assert!(err.contains("First: entry 600 (2") && err.contains(", room.created): it was changed after"), "{err}");
    assert!(err.contains("The 599 entries before it are whole."), "{err}");
}

#[test]
fn the_server_keeps_checkpoints_and_holds_the_trail_against_them() {
    let kept = tempfile::tempdir().unwrap();
    let words = ["--checkpoints", kept.path().to_str().unwrap()];
    let served = Served::start("info", &words, "Wardroom is open");
    let (status, _) = served.form(Person::Admin, "/api/save_preferences", &[("density", "compact"), ("keys", "on")]);
    assert_eq!(status, 200);
    let folder = served.kill();
    let served = Served::over(folder, "info", &words, "audit checkpoint");
    let files: Vec<_> = std::fs::read_dir(kept.path()).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    let text = std::fs::read_to_string(&files[0]).unwrap();
    assert!(text.lines().last().unwrap().contains("\"entries\":1,"), "{text}");
    let folder = served.kill();
    let (code, out, err) = run(&folder, &["audit", "verify", "--checkpoint", kept.path().to_str().unwrap()]);
    assert!(code == 0, "{out}{err}");

    // The file as it was before is put back while the server is down.
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.path().join(format!("wardroom.db{end}")));
    }
    template::copy_to(&folder.path().join("wardroom.db"));
    let served = Served::over(folder, "info", &words, "it was cut, rewritten, or put back from an older file");
    drop(served);
}
