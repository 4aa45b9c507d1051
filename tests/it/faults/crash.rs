//! `kill -9` at random moments under load: console saves, a back-end's calls, a bulk job, imports by the command.
//!
//! `cargo xtask crash --kills 200` is the long form.

use std::{
    process::{Command, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use tempfile::TempDir;
use wardroom::{
    domain::{job::State, page::Page},
    services::jobs::{self, Worker},
    store::Store,
};

use super::ledger::{self, Ledger};
use crate::{
    harness::{Random, ctx, served::Served, template, wire},
    jobs::{all, set},
};

const SAVERS: usize = 6;
const CALLERS: usize = 2;
/// Rooms of each client: nobody else names them.
const ROOMS: usize = 20;
/// Rooms that imports describe.
const IMPORTED: i64 = 40;
const SECRET: &str = "the-secret-of-the-back-end";

/// A client over all lives: what it has sent last without an answer is sent again.
struct Client {
    number: usize,
    random: Random,
    sent: usize,
    again: Option<(String, String, String)>,
    ledger: Ledger,
}

impl Client {
    /// Names rooms until the server is gone.
    fn work(&mut self, address: &str, is_over: &AtomicBool) {
        while !is_over.load(Ordering::SeqCst) {
            let (room, name, op) = self.again.take().unwrap_or_else(|| {
                self.sent += 1;
                let room = format!("c{}-{}", self.number, self.random.below(ROOMS));
                let name = format!("zz{}q{}e", self.number, self.sent);
                let op = format!("op-{name}");
                (room, name, op)
            });
            let is_console = self.number < SAVERS;
            let answer = if is_console {
                wire::name(address, &room, &name, &op)
            } else {
                let headers = format!("IM-API-KEY: {SECRET}\r\nContent-Type: application/json; charset=utf-8\r\n");
                let body = serde_json::json!({"name": name}).to_string();
                wire::ask(address, "PUT", &format!("/imkit/rooms/{room}"), &headers, &body)
            };
            match answer {
                Some((200, _)) => self.ledger.acknowledged.push((room, name)),
                // The server is told to end in this moment, or is gone.
                None if is_console => self.again = Some((room, name, op)),
                None => self.ledger.open.push((room, name)),
                Some((status, body)) => panic!("{status} {body}"),
            }
        }
    }
}

/// The command, importing over and over; gives the descriptions of whole imports that succeeded.
fn import(folder: &std::path::Path, life: usize, is_over: &AtomicBool, done: &Mutex<Vec<(usize, String)>>) {
    for n in 0.. {
        let text = format!("import {life} {n}");
        let lines: String =
            (0..IMPORTED).map(|room| format!("{{\"id\":\"i{room}\",\"description\":\"{text}\"}}\n")).collect();
        let file = folder.join("import.jsonl");
        std::fs::write(&file, lines).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wardroom"));
        command.arg("import").arg(&file).current_dir(folder).env("WARDROOM_DATABASE_URL", "sqlite:wardroom.db");
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            if is_over.load(Ordering::SeqCst) {
                child.kill().unwrap();
                child.wait().unwrap();
                break None;
            }
            thread::sleep(Duration::from_millis(2));
        };
        match status {
            Some(status) => {
                assert!(status.success(), "an import fails only by being killed");
                done.lock().unwrap().push((n, text));
            }
            None => return,
        }
    }
}

/// Makes the rooms, the back-end and the first job.
async fn prepare() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    template::copy_to(&folder.path().join("wardroom.db"));
    let served = Served::over(folder, "warn,wardroom=info", &[], "Wardroom is open");
    let named = (0..SAVERS + CALLERS).flat_map(|client| (0..ROOMS).map(move |room| format!("c{client}-{room}")));
    for id in named.chain((0..IMPORTED).map(|room| format!("i{room}"))) {
        let pairs = [("id", id.as_str()), ("changes[name]", "A room"), ("changes[owner]", "olivia")];
        assert_eq!(wire::form(&served.console, "/api/create_room", &pairs).unwrap().0, 200);
    }
    let app = [
        ("vendor", "imkit"),
        ("name", "back-end"),
        ("secret", SECRET),
        ("may[scope]", "manage"),
        ("may[application]", ""),
        ("may[accounts]", ""),
        ("may[rate]", ""),
    ];
    let (status, body) = wire::form(&served.console, "/api/add_app", &app).unwrap();
    assert_eq!(status, 200, "{body}");
    served.kill()
}

/// Between two lives: a new job where none is at work. Gives how many jobs were done so far.
async fn next_job(folder: &TempDir, life: usize) -> usize {
    let store = Store::open(&format!("sqlite:{}", folder.path().join("wardroom.db").display())).await.unwrap();
    let mut ctx = ctx(&store);
    ctx.now = wardroom::server::clock::now();
    let bulk = wardroom::services::Bulk { approval_above: u64::MAX };
    ctx.settings = std::sync::Arc::new(wardroom::services::Settings { bulk, ..(*ctx.settings).clone() });
    if store.jobs_at_work().await.unwrap().is_empty() {
        let seconds = (life % 50 + 1).to_string();
        let job = jobs::plan(&ctx, all(), set(&[("slow_mode", seconds.as_str())])).await.unwrap();
        let job = jobs::get(&ctx, job.id).await.unwrap();
        jobs::run(&ctx, job.id, &jobs::token(&ctx, &job).unwrap()).await.unwrap();
    }
    let done = jobs::list(&ctx, Some(State::Done), &Page::First).await.unwrap().rows;
    for job in &done {
        assert_eq!(job.tally.done(), job.total, "job {}", job.id);
    }
    store.close().await;
    done.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn whenever_the_server_is_killed_what_was_acknowledged_is_there_and_nothing_by_half() {
    let kills = std::env::var("WARDROOM_CRASH_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(4);
    let mut folder = prepare().await;
    let mut random = Random(u64::try_from(kills).unwrap());
    let mut clients: Vec<Client> = (0..SAVERS + CALLERS)
        .map(|number| Client {
            number,
            random: Random(100 + number as u64),
            sent: 0,
            again: None,
            ledger: Ledger::default(),
        })
        .collect();
    let imports = Mutex::new(Vec::new());
    let mut lives = 0;
    for life in 0..kills {
        let jobs = next_job(&folder, life).await;
        let words = ["--vendor-rates", "imkit=100000"];
        let served = Served::over(folder, "warn,wardroom=info", &words, "Wardroom is open");
        let (address, place, is_over) = (served.console.clone(), served.file(), AtomicBool::new(false));
        let wait = Duration::from_millis(20 + random.below(500) as u64);
        folder = thread::scope(|scope| {
            let (address, is_over, imports) = (&address, &is_over, &imports);
            for client in &mut clients {
                scope.spawn(move || client.work(address, is_over));
            }
            // An import holds the lock of the writers for moments: in some lives only.
            if life % 3 == 0 {
                let place = &place;
                scope.spawn(move || import(place.parent().unwrap(), life, is_over, imports));
            }
            thread::sleep(wait);
            // The clients are told first, so that none takes the next server for this one; they are still at it.
            is_over.store(true, Ordering::SeqCst);
            served.kill()
        });
        lives += 1;
        let mut ledger = Ledger::default();
        clients.iter().for_each(|client| ledger.extend(client.ledger.clone()));
        ledger
            .open
            .extend(clients.iter().filter_map(|client| client.again.clone()).map(|(room, name, _)| (room, name)));
        ledger::check(&folder.path().join("wardroom.db"), &ledger).await;
        if life + 1 == kills || life % 25 == 24 {
            println!("{lives} kills, {} writes acknowledged and there, {jobs} jobs done", ledger.acknowledged.len());
        }
    }
    finish(folder, clients, imports.into_inner().unwrap()).await;
}

/// The last life: what was open is sent once more and done once, and the jobs come to their end.
async fn finish(folder: TempDir, clients: Vec<Client>, imports: Vec<(usize, String)>) {
    let served = Served::over(folder, "warn,wardroom=info", &[], "Wardroom is open");
    let mut ledger = Ledger::default();
    for client in clients {
        ledger.extend(client.ledger);
        if let Some((room, name, op)) = client.again {
            assert_eq!(wire::name(&served.console, &room, &name, &op).unwrap().0, 200);
            ledger.acknowledged.push((room, name));
        }
    }
    let folder = served.kill();
    let file = folder.path().join("wardroom.db");
    ledger::check(&file, &ledger).await;
    let store = Store::open(&format!("sqlite:{}", file.display())).await.unwrap();
    let ctx = ctx(&store);
    Worker::new(store.clone(), ctx.settings.clone(), wardroom::server::clock::now).work_off().await.unwrap();
    next_job(&folder, 1).await;
    // Each import that succeeded is in the trail, whole.
    use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};
    let mut conn = SqliteConnectOptions::new().filename(&file).connect().await.unwrap();
    let sql = "SELECT count(DISTINCT room) FROM audit, json_each(audit.changes) AS c
               WHERE c.value ->> 'field' = 'description' AND c.value ->> 'after' = $1";
    for (_, text) in &imports {
        let rooms: i64 = sqlx::query_scalar(sql).bind(text).fetch_one(&mut conn).await.unwrap();
        assert_eq!(rooms, IMPORTED, "{text}");
    }
    let sql = "SELECT count(*) FROM (SELECT 1 FROM audit WHERE job IS NOT NULL AND room IS NOT NULL
               GROUP BY job, room HAVING count(*) > 1)";
    let twice: i64 = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
    assert_eq!(twice, 0, "a job changes each room once");
    conn.close().await.unwrap();
    store.close().await;
    println!("{} imports acknowledged and there", imports.len());
}
