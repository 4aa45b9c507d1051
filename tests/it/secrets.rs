//! Secrets at rest: nowhere on the disk in plain, bound to their place, sealed anew while back-ends call, and of no use
//! without the master key.

mod master;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};

use sha2::{Digest, Sha256};
use wardroom::{
    domain::{Error, audit::Action},
    server::clock,
    services::{apps, keys},
    store::{Store, key::KeyPlace},
    vendors::abouts,
};

use master::{ANOTHER, LOCKED_OUT, done, refused};

use crate::{
    harness::{House, ctx},
    vendors::signed,
};

fn holds(bytes: &[u8], text: &str) -> bool {
    memchr::memmem::find(bytes, text.as_bytes()).is_some()
}

fn told(output: &std::process::Output) -> (i32, String) {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&text).into_owned())
}

#[tokio::test]
async fn no_secret_lies_on_the_disk_not_even_for_a_moment() {
    let house = House::open().await;
    let admin = house.admin();
    let mut secrets = Vec::new();
    for about in abouts() {
        let given = format!("the-secret-of-{}", about.key);
        let backend = house.backend_with(about.key, |wanted| wanted.secret.clone_from(&given)).await;
        assert_eq!(backend.secret, given);
        secrets.push(given);
        let id = backend.app.id.to_string();
        // The new secret waits in the session for the page that shows it.
        let sent = admin.form("/api/rotate_app", &[("id", &id), ("hours", "5"), ("back", "/apps")]).await;
        assert_eq!(sent.status, 303);
        let waiting = house.bytes();
        let page = admin.get(sent.to()).await;
        let made = house.store.app(backend.app.id, clock::now()).await.unwrap().unwrap().secrets;
        assert_eq!(made.len(), 2);
        assert!(page.body.contains(&made[0]), "it is shown: {}", page.text());
        assert!(!holds(&waiting, &made[0]));
        assert!(!admin.get(sent.to()).await.body.contains(&made[0]), "this once");
        secrets.push(made[0].clone());
    }
    let vera = house.store.account_named("vera").await.unwrap().unwrap().staff.id.to_string();
    let sent = admin.form("/api/reset_password", &[("id", &vera), ("back", "/staff")]).await;
    let waiting = house.bytes();
    let page = admin.get(sent.to()).await;
    let password = page.tags().into_iter().find(|tag| tag.get("id") == "secret").map(|tag| tag.text).unwrap();
    assert!(password.len() >= 12 && !holds(&waiting, &password), "{password}");
    secrets.push(password);
    let bytes = house.bytes();
    assert!(holds(&bytes, "imkit back-end"), "the log is looked at");
    for secret in &secrets {
        let hash: String = Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(!holds(&bytes, secret) && !holds(&bytes, &hash), "{secret}");
    }
    house.store.close().await;
    let bytes = house.bytes();
    assert!(secrets.iter().all(|secret| !holds(&bytes, secret)));
}

#[tokio::test]
async fn secrets_from_before_are_sealed_at_the_first_start_and_wiped_out_of_the_file() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    // As a Wardroom from before left it: the secret in plain, others before it in free pages.
    for n in 0..200 {
        let old = format!("long-gone-secret-{n}");
        apps::rotate(&house.ctx(), backend.app.id, 1).await.unwrap();
        let mut conn = house.connection().await;
        sqlx::query("UPDATE apps SET secret = $1, old_secret = $1, secret_hash = 'x', sealed = 0, old_secret_until = 9e15 WHERE 1").bind(&old).execute(&mut conn).await.unwrap();
        sqlx::query("CREATE TABLE IF NOT EXISTS scratch (x)").execute(&mut conn).await.unwrap();
        sqlx::query("INSERT INTO scratch SELECT $1 || '-' || number FROM rooms")
            .bind(&old)
            .execute(&mut conn)
            .await
            .unwrap();
        if n == 199 {
            sqlx::query("DROP TABLE scratch").execute(&mut conn).await.unwrap();
        }
        sqlx::Connection::close(conn).await.unwrap();
        if n < 199 {
            // Whatever reads it meanwhile does not take plain text for a sealed one.
            assert!(matches!(house.store.app(backend.app.id, house.ctx().now).await, Err(Error::Internal(_))));
        }
    }
    house.store.close().await;
    assert!(holds(&house.bytes(), "long-gone-secret-"));
    let url = format!("sqlite:{}", house.file.display());
    let store = Store::open(&url).await.unwrap();
    assert!(!holds(&house.bytes(), "long-gone-secret-"));
    let found = store.app_with_secret("imkit", "long-gone-secret-199", ctx(&store).now).await.unwrap().unwrap();
    assert_eq!(found.secrets, ["long-gone-secret-199", "long-gone-secret-199"]);
    store.close().await;

    // A start that was cut off before the file was built anew does that again.
    house.sql("CREATE TABLE scratch AS SELECT 'long-gone-secret-again' || number FROM rooms").await;
    house.sql("DROP TABLE scratch").await;
    house.sql("UPDATE apps SET sealed = 1").await;
    assert!(holds(&house.bytes(), "long-gone-secret-again"));
    let store = Store::open(&url).await.unwrap();
    assert!(!holds(&house.bytes(), "long-gone-secret-again"));
    assert_eq!(house.ask("SELECT CAST(min(sealed) AS TEXT) FROM apps").await, "2");
    store.close().await;
}

#[tokio::test]
async fn a_sealed_secret_opens_in_its_own_row_only_and_whoever_moves_one_is_not_let_in() {
    let house = House::open().await.by(signed::clock);
    for about in abouts() {
        let mine = house.backend_with(about.key, |wanted| wanted.name = format!("{} mine", about.key)).await;
        let other = house.backend_with(about.key, |wanted| wanted.name = format!("{} other", about.key)).await;
        // A thief of the database's file who may write: his own app's secret into another's row.
        house.sql("UPDATE apps SET secret = (SELECT b.secret FROM apps b WHERE b.name = replace(apps.name, 'other', 'mine')), secret_hash = (SELECT b.secret_hash || 'x' FROM apps b WHERE b.id = apps.id) WHERE name LIKE '% other'").await;
        let action = about.actions[0].name;
        let answer = signed::call(&house, about.key, action, &other.app, &mine.secret).await;
        if about.key != "imkit" {
            assert!(answer.status >= 500 || !signed::accepted(about.key, &answer), "{}", answer.body);
            assert!(matches!(house.store.app(other.app.id, signed::clock()).await, Err(Error::Internal(_))));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_rotated_while_back_ends_call_and_no_call_is_refused() {
    let house = House::open().await.by(signed::clock);
    let mut backends = Vec::new();
    for about in abouts() {
        let backend = house.backend_with(about.key, |wanted| wanted.may.rate = "100000".to_owned());
        backends.push((about.key, backend.await));
    }
    let before = house.dump_text().await;
    let (done, calls) = (AtomicBool::new(false), AtomicU64::new(0));
    let read = |vendor: &str| match vendor {
        "imkit" => "GET /rooms/{id}",
        "netease" => "get.action",
        "zego" => "QueryRoomAttribute",
        _ => "get_room_info",
    };
    let callers = backends.iter().map(async |(vendor, backend)| {
        while !done.load(SeqCst) {
            let answer = signed::call(&house, vendor, read(vendor), &backend.app, &backend.secret).await;
            assert!(signed::accepted(vendor, &answer), "{vendor}: {}", answer.body);
            calls.fetch_add(1, SeqCst);
        }
    });
    let rotations = async {
        let mut sealed = Vec::new();
        for _ in 0..6 {
            let so_far = calls.load(SeqCst);
            let (code, said) = told(&tokio::task::block_in_place(|| house.run("key rotate")));
            assert!(code == 0 && said.contains("4 secrets are sealed with a new key now"), "{said}");
            sealed.push(house.ask("SELECT group_concat(secret) FROM apps").await);
            while calls.load(SeqCst) < so_far + 40 {
                tokio::task::yield_now().await;
            }
        }
        // A server that runs seals with the new key what it makes now.
        let made = house.backend_with("imkit", |wanted| wanted.name = "made meanwhile".to_owned()).await;
        let answer = signed::call(&house, "imkit", "GET /rooms", &made.app, &made.secret).await;
        assert!(signed::accepted("imkit", &answer), "{}", answer.body);
        done.store(true, SeqCst);
        sealed
    };
    let (sealed, _) = tokio::join!(rotations, futures::future::join_all(callers));
    let newest = house.ask("SELECT CAST(max(id) AS TEXT) FROM data_keys WHERE purpose = 'seal'").await;
    assert_eq!(house.ask("SELECT CAST(count(*) AS TEXT) FROM data_keys WHERE purpose = 'seal'").await, "1");
    let all = house.ask("SELECT group_concat(secret || ' ' || secret_hash, ' ') FROM apps").await;
    assert_eq!(all.matches(&format!("v1.{newest}.")).count(), 5, "{all}");
    assert_eq!(all.matches(&format!(" {newest}.")).count(), 5, "{all}");
    assert!(sealed.windows(2).all(|two| two[0] != two[1]));
    assert_ne!(before, house.dump_text().await);
    let rotated = house.audit().await.into_iter().filter(|entry| entry.action == Action::KeysRotated);
    assert_eq!(rotated.map(|entry| entry.changes[0].show_after()).collect::<Vec<_>>(), ["4"; 6]);
    // And a new process finds everything in order.
    house.store.close().await;
    let store = Store::open(&format!("sqlite:{}", house.file.display())).await.unwrap();
    for (_, backend) in &backends {
        let found = store.app(backend.app.id, signed::clock()).await.unwrap().unwrap();
        assert_eq!(found.secrets, [backend.secret.as_str()]);
    }
    store.close().await;
}

#[tokio::test]
async fn what_was_made_in_the_same_process_is_sealed_with_the_new_key_at_once() {
    let house = House::open().await;
    let first = house.backend("netease").await;
    assert_eq!(keys::rotate(&house.ctx()).await, Ok(1));
    assert_eq!(keys::rotate(&house.ctx()).await, Ok(1));
    let second = house.backend_with("netease", |wanted| wanted.name = "second".to_owned()).await;
    for backend in [first, second] {
        let found = house.store.app(backend.app.id, house.ctx().now).await.unwrap().unwrap();
        assert_eq!(found.secrets, [backend.secret]);
    }
    let numbers = house.ask("SELECT group_concat(DISTINCT substr(secret, 1, 4)) FROM apps").await;
    assert_eq!(numbers.len(), 4, "{numbers}");
    let viewer = wardroom::services::Ctx { role: wardroom::domain::Role::Moderator, ..house.ctx() };
    assert!(matches!(keys::rotate(&viewer).await, Err(Error::Forbidden(_))));
}

/// Every text of every table that was sealed with this data key.
async fn sealed_with(house: &House, key: &str) -> Vec<String> {
    let mut conn = house.connection().await;
    let columns = "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
                   WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' AND c.type = 'TEXT'";
    let columns = sqlx::query_as::<_, (String, String)>(columns).fetch_all(&mut conn).await.unwrap();
    assert!(columns.len() > 50);
    let mut found = Vec::new();
    for (table, column) in columns.iter().filter(|(table, _)| table != "data_keys") {
        let sql = format!("SELECT count(*) FROM \"{table}\" WHERE \"{column}\" LIKE 'v1.{key}.%'");
        let many: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut conn).await.unwrap();
        if many > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    sqlx::Connection::close(conn).await.unwrap();
    found.sort();
    found
}

#[tokio::test]
async fn a_rotation_leaves_nothing_sealed_with_the_old_key() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    apps::rotate(&house.ctx(), backend.app.id, 5).await.unwrap();
    let has_steps = house.ask("SELECT name FROM sqlite_schema WHERE name = 'totp'").await == "totp";
    if has_steps {
        let sealed = house.store.keys().seal("totp key of staff 1", b"a key of twenty byte");
        let mut conn = house.connection().await;
        let query = sqlx::query("INSERT INTO totp (staff, secret, step, since) VALUES (1, $1, 0, 0)").bind(sealed);
        query.execute(&mut conn).await.unwrap();
        sqlx::Connection::close(conn).await.unwrap();
    }
    const NEWEST: &str = "SELECT CAST(max(id) AS TEXT) FROM data_keys WHERE purpose = 'seal'";
    let old = house.ask(NEWEST).await;
    let places = sealed_with(&house, &old).await;
    assert_eq!(places.len(), if has_steps { 4 } else { 3 }, "{places:?}");
    keys::rotate(&house.ctx()).await.unwrap();
    assert_eq!(sealed_with(&house, &old).await, [""; 0]);
    assert_eq!(sealed_with(&house, &house.ask(NEWEST).await).await, places);
    assert_eq!(house.admin().get("/rooms").await.status, 200, "sessions go on");
    if has_steps {
        let kept = house.ask("SELECT secret FROM totp").await;
        assert_eq!(house.store.unseal("totp key of staff 1", &kept).await.unwrap(), b"a key of twenty byte");
    }
}

#[tokio::test]
async fn another_master_key_leaves_servers_running_and_the_old_file_opens_nothing_any_more() {
    let house = House::open().await.by(signed::clock);
    let backend = house.backend("imkit").await;
    let folder = house.file.parent().unwrap();
    done(folder, "key rotate --new-master next.key");
    assert_eq!(house.last().await.action, Action::MasterKeyChanged);
    for line in ["app list", "key rotate", "serve --addr 127.0.0.1:0 --public-url http://127.0.0.1:3000"] {
        refused(folder, line, ANOTHER);
    }
    refused(folder, "key rotate --key-file next.key", LOCKED_OUT);
    let answer = signed::call(&house, "imkit", "GET /rooms", &backend.app, &backend.secret).await;
    assert!(signed::accepted("imkit", &answer), "the house that runs goes on: {}", answer.body);
    let made = house.backend_with("imkit", |wanted| wanted.name = "made meanwhile".to_owned()).await;
    house.store.close().await;
    let ran = done(folder, "key rotate --key-file next.key");
    assert!(ran.out.contains("2 secrets are sealed"), "{}", ran.out);
    let store =
        Store::open_with(&format!("sqlite:{}", house.file.display()), Some(&KeyPlace::File(folder.join("next.key"))))
            .await;
    let store = store.unwrap();
    for backend in [&backend, &made] {
        let found = store.app(backend.app.id, signed::clock()).await.unwrap().unwrap();
        assert_eq!(found.secrets, [backend.secret.as_str()], "what was made meanwhile is kept");
    }
    store.close().await;
    std::fs::remove_file(folder.join("wardroom.key")).unwrap();
    refused(folder, "app list", "wardroom.key is missing; put it back");
}
