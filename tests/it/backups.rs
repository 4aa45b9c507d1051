//! Backups: whole, proven, kept and put back; what a house refuses to start on; and the doctor.

mod doctor;
mod drills;
mod making;
mod refusing;
mod restoring;
mod scheduled;
mod trails;
mod writers;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, sqlite::SqliteConnectOptions};

use crate::harness::template;

/// What a command came to.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs the program in a folder, whose database is `wardroom.db`.
pub fn run(folder: &Path, line: &str) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wardroom"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("WARDROOM_")) {
        command.env_remove(name);
    }
    command.current_dir(folder).args(line.split_whitespace()).env("USER", "ann").stdin(Stdio::null());
    let output = command.env("WARDROOM_DATABASE_URL", "sqlite:wardroom.db").output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

/// The template's database in a folder, where nobody has it open; the master key is beside it.
pub fn lay(folder: &Path) -> PathBuf {
    let file = folder.join("wardroom.db");
    template::copy_to(&file);
    // Opened once: its audit trail is a chain.
    assert_eq!(run(folder, "staff list").code, 0);
    file
}

/// Runs statements on a file, as another program would.
pub async fn sql(file: &Path, statements: &str) {
    let options = SqliteConnectOptions::new().filename(file).foreign_keys(false).create_if_missing(true);
    let mut conn = options.connect().await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statements.to_owned())).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

/// The first column of the first row, as a number.
pub async fn count(file: &Path, question: &str) -> i64 {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut conn = options.connect().await.unwrap();
    let found = sqlx::query_scalar(AssertSqlSafe(question.to_owned())).fetch_one(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    found
}

/// Every file in a folder with its bytes, the lock's own file left out.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let named = entries.map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()));
    let ours = named.filter(|(name, path)| path.is_file() && !name.ends_with("-lock"));
    ours.map(|(name, path)| (name, std::fs::read(path).unwrap())).collect()
}
