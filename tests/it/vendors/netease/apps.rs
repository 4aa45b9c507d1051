//! What an app may do here, how often, and what is kept of it; the console's commands and the OpenAPI document.

use std::time::{Duration, Instant};

use axum::http::Request;
use serde_json::json;
use wardroom::{
    domain::{
        audit::{Actor, Notify, Source},
        room::Field,
    },
    services::{
        apps,
        rooms::{self, Members},
    },
    store::Store,
    vendors,
};

use super::{documented, house, refused, stage};
use crate::harness::{House, STAGE, ctx};

const NOT_ALLOWED: &str = "This app may not do that; an admin can widen what it may do.";

#[tokio::test]
async fn an_app_does_what_its_scope_allows() {
    let house = house().await;
    let stage = stage(&house).await;
    let reader = house.backend_with("netease", |wanted| wanted.may.scope = "read".to_owned()).await;
    let editor = house.backend_with("netease", |wanted| {
        wanted.name = "editor".to_owned();
        wanted.may.scope = "edit".to_owned();
    });
    let editor = editor.await;
    let before = house.dump().await;
    assert_eq!(reader.netease("get.action", &[("roomid", &stage)]).await["code"], json!(200));
    let list = format!("[{stage}]");
    assert_eq!(reader.netease("getBatch.action", &[("roomids", &list)]).await["code"], json!(200));
    let toggle = [("roomid", &*stage), ("operator", "u1"), ("valid", "false")];
    let create = [("creator", "u1"), ("name", "x")];
    assert_eq!(reader.netease_update(&[("name", "x")]).await, refused(403, NOT_ALLOWED));
    assert_eq!(reader.netease_update(&[]).await, refused(403, NOT_ALLOWED));
    assert_eq!(reader.netease("toggleCloseStat.action", &toggle).await, refused(403, NOT_ALLOWED));
    assert_eq!(reader.netease("create.action", &create).await, refused(403, NOT_ALLOWED));
    assert_eq!(editor.netease("create.action", &create).await, refused(403, NOT_ALLOWED));
    // What people see of a room it may change, what other systems need it may not; not even together.
    assert_eq!(editor.netease_update(&[("name", "x"), ("ext", "x")]).await, refused(403, NOT_ALLOWED));
    assert!(before.differs(&house.dump().await).is_empty());
    assert_eq!(editor.netease_update(&[("name", "x"), ("announcement", "y")]).await["code"], json!(200));
    assert_eq!(editor.netease("toggleCloseStat.action", &toggle).await["code"], json!(200));
}

#[tokio::test]
async fn an_app_of_an_application_sees_and_makes_only_its_rooms() {
    let house = house().await;
    let stage = stage(&house).await;
    let ours = house.backend_with("netease", |wanted| wanted.may.application = "demo".to_owned()).await;
    assert_eq!(ours.netease("get.action", &[("roomid", &stage)]).await["code"], json!(200));
    let before = house.dump().await;
    let missing = refused(404, "There is no room with the number 66.");
    assert_eq!(ours.netease("get.action", &[("roomid", "66")]).await, missing);
    assert_eq!(ours.netease("update.action", &[("roomid", "66"), ("name", "x")]).await, missing);
    let owner = house.store.room_numbered(66).await.unwrap().unwrap().owner().unwrap().to_owned();
    let toggle = [("roomid", "66"), ("operator", &*owner), ("valid", "false")];
    assert_eq!(ours.netease("toggleCloseStat.action", &toggle).await, missing);
    let list = format!("[66,{stage}]");
    let batch = ours.netease("getBatch.action", &[("roomids", &list)]).await;
    assert_eq!((&batch["noExistRooms"], batch["succRooms"].as_array().unwrap().len()), (&json!([66]), 1));
    assert!(before.differs(&house.dump().await).is_empty());
    let made = ours.netease("create.action", &[("creator", "u1"), ("name", "ours")]).await;
    assert_eq!(house.room(&made["chatroom"]["roomid"].to_string()).await.app, "demo");
}

#[tokio::test]
async fn the_audit_trail_tells_who_called_what_for_whom_and_who_is_to_be_told() {
    let house = house().await;
    let backend = house.backend("netease").await;
    let stage = stage(&house).await;
    let said = |wanted, ext: &str| Some(Notify { wanted, ext: ext.to_owned() });
    let create = [("creator", "zhangsan"), ("name", "x")];
    let toggle = [("roomid", &*stage), ("operator", "u1"), ("valid", "false")];
    let quiet = [("roomid", &*stage), ("name", "b"), ("needNotify", "false"), ("notifyExt", "{\"a\":\"直\"}")];
    for (action, form, client, notify) in [
        ("update.action", &[("roomid", &*stage), ("name", "a")][..], "", said(true, "")),
        ("update.action", &quiet, "", said(false, "{\"a\":\"直\"}")),
        ("create.action", &create, "zhangsan", None),
        ("toggleCloseStat.action", &toggle, "u1", None),
    ] {
        assert_eq!(backend.netease(action, form).await["code"], json!(200));
        let entry = house.last().await;
        assert_eq!((entry.actor, entry.source), (Actor::App(backend.app.name.clone()), Source::Api));
        assert_eq!(entry.address, "192.0.2.9");
        let call = entry.call.unwrap();
        assert_eq!((call.vendor.as_str(), call.action.as_str(), call.client.as_str()), ("netease", action, client));
        assert_eq!(call.notify, notify, "{action}");
    }
    let entries = house.audit().await.len();
    assert_eq!(backend.netease_update(&[("name", "b")]).await["code"], json!(200));
    assert_eq!(house.audit().await.len(), entries, "what is so already is no change");
}

#[tokio::test]
async fn calls_are_counted_by_app_action_and_code() {
    let house = house().await;
    let backend = house.backend("netease").await;
    backend.netease_update(&[("name", "a")]).await;
    backend.netease_update(&[("queuelevel", "7")]).await;
    backend.netease_update(&[("queuelevel", "8")]).await;
    documented(&house.send(Request::post(super::UPDATE), "roomid=1").await);
    house.write_usage().await;
    let counted = house.store.calls().await.unwrap();
    let of =
        |app: i64, code: &str| counted.iter().find(|(id, tally)| *id == app && tally.code == code).unwrap().1.clone();
    let (done, refused) = (of(backend.app.id, "200"), of(backend.app.id, "414"));
    assert_eq!((done.action.as_str(), done.many, done.refused), ("update.action", 1, false));
    assert_eq!((refused.action.as_str(), refused.many, refused.refused), ("update.action", 2, true));
    assert_eq!(refused.last_message, "queuelevel must be one of 0, 1");
    assert_eq!(of(0, "414").last_message, "bad http header");
    assert!(!house.dump_text().await.contains(&super::checksum(&backend.secret, "1", super::NOW)));
}

#[tokio::test]
async fn who_calls_too_often_waits() {
    let house = house().await;
    let backend = house.backend_with("netease", |wanted| wanted.may.rate = "5".to_owned()).await;
    let stage = stage(&house).await;
    let too_often = refused(416, "Too many requests: 5 calls of update.action a second are allowed");
    let began = Instant::now();
    let mut passed = 0;
    for n in 0..50 {
        // What makes no sense counts too.
        let level = if n % 2 == 0 { "1" } else { "nonsense" };
        let answer = backend.netease("update.action", &[("roomid", &stage), ("queuelevel", level)]).await;
        if answer["code"] == json!(416) {
            assert_eq!(answer, too_often);
        } else {
            passed += 1;
        }
    }
    let allowed = 5.0 + began.elapsed().as_secs_f64() * 5.0 + 1.0;
    assert!(passed >= 5 && f64::from(passed) <= allowed, "{passed} of at most {allowed}");
    // Other actions, and other apps, have buckets of their own.
    assert_eq!(backend.netease("get.action", &[("roomid", &stage)]).await["code"], json!(200));
    let other = house.backend_with("netease", |wanted| wanted.name = "other".to_owned()).await;
    assert_eq!(other.netease_update(&[("name", "x")]).await["code"], json!(200));
    let recovered = async {
        while backend.netease("update.action", &[("roomid", &stage), ("name", "later")]).await["code"] != json!(200) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), recovered).await.expect("it may call again");
    assert_eq!(house.room(STAGE).await.title(), "later");
}

/// What a shell would send of one of the console's commands: the address, the headers, the body.
fn pasted(shell: &str) -> (String, Vec<(String, String)>, String) {
    let quoted =
        |line: &str| line.split_once('\'').unwrap().1.trim_end_matches(" \\").trim_end_matches('\'').to_owned();
    let mut lines = shell.lines();
    let address = quoted(lines.next().unwrap());
    let (mut headers, mut body) = (Vec::new(), String::new());
    for line in lines {
        match line.trim_start().split_once(' ').unwrap() {
            ("--header", _) => {
                let header = quoted(line);
                let (name, value) = header.split_once(": ").unwrap();
                headers.push((name.to_owned(), value.to_owned()));
            }
            ("--data-raw", _) => body = quoted(line),
            other => panic!("{other:?}"),
        }
    }
    (address, headers, body)
}

#[tokio::test]
async fn the_consoles_commands_are_accepted_and_change_nothing_as_they_stand() {
    let house = house().await;
    let backend = house.backend("netease").await;
    let set = [("announcement", "it's 直播\nnow & here"), ("bid", "{\"textbid\":\"t\"}"), ("ext", "a='b'")];
    assert_eq!(backend.netease_update(&set).await["code"], json!(200));
    let id = house.room(STAGE).await.id;
    let view = rooms::view(&house.ctx(), &id, Members::Some).await.unwrap();
    let commands = apps::commands(&house.ctx(), backend.app.id, "http://127.0.0.1:3000/netease", &view).await.unwrap();
    let before = house.dump().await;
    let mut actions = Vec::new();
    for command in &commands {
        assert_eq!(command.seconds, 300);
        assert!(!command.shell.contains(&backend.secret));
        let (address, headers, body) = pasted(&command.shell);
        let mut request = Request::post(&address);
        for (name, value) in &headers {
            request = request.header(name, value);
        }
        let answer = documented(&house.send(request, body).await);
        assert_eq!(answer["code"], json!(200), "{}: {answer}", command.shell);
        actions.push(address.rsplit_once('/').unwrap().1.to_owned());
    }
    assert_eq!(actions, ["get.action", "update.action", "toggleCloseStat.action"]);
    assert!(before.differs(&house.dump().await).is_empty());
    let words = (vendors::abouts().iter().find(|about| about.key == "netease").unwrap().words)(&view);
    let form = [("roomid", &*stage(&house).await), ("needOnlineUserCount", "true")];
    assert_eq!(words.to_string(), backend.netease("get.action", &form).await["chatroom"].to_string());
}

#[tokio::test]
async fn the_document_names_every_action_and_every_field() {
    let house = House::open().await;
    let document = house.send(Request::get("/netease/openapi.json"), "").await.value();
    let about = vendors::abouts().iter().find(|about| about.key == "netease").unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), about.actions.len());
    for action in about.actions {
        let operation = &paths[&format!("/nimserver/chatroom/{}", action.name)]["post"];
        let form = &operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["$ref"];
        let name = form.as_str().unwrap().rsplit_once('/').unwrap().1;
        assert!(document["components"]["schemas"][name]["properties"].is_object(), "{name}");
        assert_eq!(operation["responses"].as_object().unwrap().keys().collect::<Vec<_>>(), ["200"]);
    }
    let fields = &document["components"]["schemas"]["ChatroomFields"];
    let names: Vec<&String> = fields["properties"].as_object().unwrap().keys().collect();
    let contract =
        ["roomid", "name", "announcement", "broadcasturl", "ext", "queuelevel", "bid", "needNotify", "notifyExt"];
    assert_eq!(names, contract);
    assert_eq!(fields["properties"]["broadcasturl"]["maxLength"], json!(1024));
    let mut spelled: Vec<Field> = about.spellings.iter().map(|spelling| spelling.field).collect();
    spelled.sort_unstable();
    spelled.dedup();
    assert_eq!(spelled.len(), about.spellings.len(), "no field has two words");
}

#[tokio::test]
async fn credentials_look_as_the_vendors_own() {
    let house = House::open().await;
    let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let backend = house.backend("netease").await;
    assert_eq!((backend.app.key.len(), backend.secret.len()), (32, 32));
    assert!(hex(&backend.app.key) && hex(&backend.secret));
    for key in ["short", "with blank in it", "直播直播直播直播", &"a".repeat(65)] {
        let store: &Store = &house.store;
        let wanted = apps::Wanted {
            name: "n".into(),
            vendor: "netease".into(),
            key: key.into(),
            may: apps::Allowed { scope: "read".into(), ..apps::Allowed::default() },
            ..apps::Wanted::default()
        };
        let why = apps::add(&ctx(store), wanted).await.err().unwrap();
        assert_eq!(why.to_string(), "key must be 8 to 64 letters and digits", "{key}");
    }
}
