//! From a clean clone to a served console: build, load the demo rooms, make the first admin, serve.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{server, sh, site};

const DATABASE: &str = "sqlite:data/wardroom.db";
/// Ends the name of a file beside the database for as long as that is being prepared.
const UNFINISHED: &str = ".unfinished";
const ADMIN: &str = "admin";
const DEMO: &str = "xtask/demo/rooms.jsonl.gz";

/// What `run` was told.
#[derive(Default)]
pub struct Options {
    /// Listen on this port of 127.0.0.1 rather than on `WARDROOM_ADDR`.
    pub port: Option<u16>,
    /// Forget all data first.
    pub fresh: bool,
}

/// Builds everything, prepares a database where there is none, and serves until Ctrl+C.
///
/// # Errors
/// When a step fails; a database that was not finished is made anew by the next `run`.
pub fn run(options: &Options) -> Result<()> {
    let place = Place::find(options)?;
    if options.fresh {
        place.forget()?;
    }
    let bundle = site::build()?;
    bundle.within_budget().or_else(|over| sh::warn(&over))?;
    let wardroom = server::build(true, &bundle)?;
    match &place.file {
        Some(file) if place.is_ready() => {
            sh::say(&format!("using {}; `cargo xtask run --fresh` starts over", file.display()));
            println!("  forgot the password? {} staff reset-password {ADMIN}", place.typed(&wardroom));
        }
        Some(file) => place.prepare(&wardroom, file)?,
        None => sh::say(&format!("using {} as it is", place.url)),
    }
    sh::say(&format!("serving {}; Ctrl+C stops", place.shown()));
    serve(place.command(&wardroom).arg("serve"))
}

/// Where the database is and where the console is served.
struct Place {
    /// As `WARDROOM_DATABASE_URL` has it.
    url: String,
    /// The database's file, if it is one.
    file: Option<PathBuf>,
    /// As `WARDROOM_ADDR` has it.
    address: String,
    /// Whether the database is ours to delete.
    ours: bool,
}

impl Place {
    fn find(options: &Options) -> Result<Self> {
        let given = env::var("WARDROOM_DATABASE_URL").ok();
        let ours = given.is_none();
        let url = given.unwrap_or_else(|| DATABASE.to_owned());
        let address = match options.port {
            Some(port) => format!("127.0.0.1:{port}"),
            None => env::var("WARDROOM_ADDR").unwrap_or_else(|_| "127.0.0.1:3000".to_owned()),
        };
        Ok(Self { file: file_of(&url).map(|file| sh::root().join(file)), url, address, ours })
    }

    /// Deletes `data/`.
    fn forget(&self) -> Result<()> {
        if !self.ours {
            bail!(
                "`--fresh` deletes data/, but WARDROOM_DATABASE_URL says {}: unset it, or delete that yourself",
                self.url
            );
        }
        let data = sh::root().join("data");
        if data.exists() {
            sh::say(&format!("deleting {}", data.display()));
            fs::remove_dir_all(&data).with_context(|| format!("cannot delete {}", data.display()))?;
        }
        Ok(())
    }

    /// Whether there is a database, and not one whose preparation was cut short.
    fn is_ready(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.exists() && !with_suffix(file, UNFINISHED).exists())
    }

    /// Loads the demo rooms and makes the first admin.
    fn prepare(&self, wardroom: &Path, file: &Path) -> Result<()> {
        let folder = file.parent().context("the database has no folder")?;
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        for suffix in ["", "-wal", "-shm"] {
            let part = with_suffix(file, suffix);
            if part.exists() {
                fs::remove_file(&part).with_context(|| format!("cannot delete the unfinished {}", part.display()))?;
            }
        }
        let mark = with_suffix(file, UNFINISHED);
        fs::write(&mark, "The database beside this file is being prepared by `cargo xtask run`.\n")?;
        sh::step("demo rooms", || {
            sh::run(self.command(wardroom).args(["import", DEMO]), "see the refused lines above")
        })?;
        let told = sh::step("first admin", || {
            let mut add = self.command(wardroom);
            let told = sh::output(add.args(["staff", "add", ADMIN, "--role", "admin"]), "see above")?;
            print!("{told}");
            Ok(told)
        })?;
        fs::remove_file(&mark)?;
        let password = password_in(&told).unwrap_or("(stands above)");
        println!("{}", boxed(&[("Address", self.shown().as_str()), ("Name", ADMIN), ("Password", password)]));
        println!("  The password works once: you choose your own when you first sign in.\n");
        Ok(())
    }

    /// The server's program, told where everything is.
    fn command(&self, wardroom: &Path) -> Command {
        let mut command = Command::new(wardroom);
        command.current_dir(sh::root());
        command.env("WARDROOM_DATABASE_URL", &self.url).env("WARDROOM_ADDR", &self.address);
        command
    }

    /// The server's program, as one would type it from the root.
    fn typed(&self, wardroom: &Path) -> String {
        let program = wardroom.strip_prefix(sh::root()).unwrap_or(wardroom).display();
        format!("WARDROOM_DATABASE_URL={} {program}", self.url)
    }

    /// The address for a browser on this machine.
    fn shown(&self) -> String {
        let address = self.address.replace("0.0.0.0:", "127.0.0.1:").replace("[::]:", "[::1]:");
        env::var("WARDROOM_PUBLIC_URL").unwrap_or_else(|_| format!("http://{address}"))
    }
}

/// Becomes the server, so that signals reach it and its exit code is ours.
#[cfg(unix)]
fn serve(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec()).context("cannot start the server")
}

#[cfg(not(unix))]
fn serve(command: &mut Command) -> Result<()> {
    sh::run(command, "see the server's message above")
}

/// The path in a SQLite URL (`sqlite:a/b.db`); none where the database is no file.
fn file_of(url: &str) -> Option<&Path> {
    let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url);
    let path = path.split('?').next().unwrap_or(path);
    (!path.is_empty() && !path.contains("://") && !path.contains(":memory:")).then_some(Path::new(path))
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// The last word of the first line that speaks of a password and has a colon before it.
fn password_in(told: &str) -> Option<&str> {
    let lines = told.lines().filter(|line| line.to_ascii_lowercase().contains("password"));
    lines.filter_map(|line| line.rsplit_once(": ")).map(|(_, word)| word.trim()).find(|word| !word.is_empty())
}

/// A box of labelled lines.
fn boxed(lines: &[(&str, &str)]) -> String {
    let lines: Vec<String> = lines.iter().map(|(label, value)| format!("{label:<9} {value}")).collect();
    let width = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let edge = "─".repeat(width + 4);
    let body: String = lines.iter().map(|line| format!("  │  {line:<width$}  │\n")).collect();
    format!("\n  ┌{edge}┐\n{body}  └{edge}┘")
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn the_file_in_a_url_is_found() {
        assert_eq!(file_of("sqlite://data/wardroom.db?mode=rwc"), Some(Path::new("data/wardroom.db")));
        assert_eq!(file_of("sqlite:/var/lib/w.db"), Some(Path::new("/var/lib/w.db")));
        assert_eq!(file_of("data/w.db"), Some(Path::new("data/w.db")));
        assert_eq!(file_of("sqlite::memory:"), None);
        assert_eq!(file_of("postgres://host/w"), None);
    }

    #[test]
    fn the_password_is_read_from_what_the_command_tells() {
        assert_eq!(password_in("Name: admin\nOne-time password: ab-cd:ef\n"), Some("ab-cd:ef"));
        assert_eq!(password_in("Name: admin\n"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_database_that_was_not_finished_is_made_anew() -> Result<()> {
        use std::os::unix::fs::PermissionsExt;
        let folder = env::temp_dir().join(format!("wardroom-xtask-{}", std::process::id()));
        let file = folder.join("data/w.db");
        fs::create_dir_all(folder.join("data"))?;
        fs::write(&file, "half of it")?;
        let place = |file: &Path| Place {
            url: format!("sqlite:{}", file.display()),
            file: Some(file.to_owned()),
            address: "0.0.0.0:3000".to_owned(),
            ours: true,
        };
        assert!(place(&file).is_ready(), "a file without the mark is somebody's database");
        assert!(place(&file).prepare(Path::new("/no/such/wardroom"), &file).is_err());
        assert!(!place(&file).is_ready(), "after a failure the next run starts over");

        let wardroom = folder.join("wardroom");
        fs::write(&wardroom, "#!/bin/sh\nset -e\necho \"$@\" >> \"${WARDROOM_DATABASE_URL#sqlite:}\"\n")?;
        fs::set_permissions(&wardroom, fs::Permissions::from_mode(0o755))?;
        place(&file).prepare(&wardroom, &file)?;
        assert_eq!(fs::read_to_string(&file)?, format!("import {DEMO}\nstaff add admin --role admin\n"));
        assert!(place(&file).is_ready());
        fs::remove_dir_all(&folder)?;
        Ok(())
    }

    #[test]
    fn a_box_is_as_wide_as_its_widest_line() {
        let widths: Vec<usize> = boxed(&[("Name", "admin"), ("Password", "a-long-one")])
            .lines()
            .filter(|line| !line.is_empty())
            .map(|line| line.chars().count())
            .collect();
        assert_eq!(widths.len(), 4);
        assert!(widths.iter().all(|width| *width == widths[0]));
    }
}
