//! The commands of a room's API section, pasted into a shell: every one of them runs, against a server on a real port.

use std::process::Command;

use serde_json::Value as Json;
use tokio::net::TcpListener;
use wardroom::{
    domain::room::RoomId,
    services::{apps, rooms},
    vendors,
};

use crate::harness::{House, STAGE};

/// What each vendor's documents call success.
fn is_success(vendor: &str, answer: &Json) -> bool {
    match vendor {
        "imkit" => answer["RC"] == 0,
        "netease" => answer["code"] == 200,
        "zego" => answer["Code"] == 0,
        "tencent" => answer["ActionStatus"] == "OK" && answer["ErrorCode"] == 0,
        other => panic!("what is success for {other}?"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_runs_in_a_shell_and_succeeds() {
    for about in vendors::abouts() {
        let house = House::open().await;
        // A name with everything in it that a shell, a form or JSON could trip over; it fits the narrowest vendor.
        let name = "it's $(x) `y` \"直播\" & a=b%+ \\ ok";
        let saved =
            house.admin().call("/api/save_room", &[("id", STAGE), ("version", "1"), ("changes[name]", name)]).await;
        assert_eq!(saved.status, 200, "{}", saved.body);
        let backend = house.backend(about.key).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/{}", listener.local_addr().unwrap(), about.key);
        let router = house.service();
        let server = tokio::spawn(async move { axum::serve(listener, router).await });

        let ctx = wardroom::services::Ctx { now: wardroom::server::clock::now(), ..house.ctx() };
        let view = rooms::view(&ctx, &RoomId::parse(STAGE).unwrap(), rooms::Members::Some).await.unwrap();
        let commands = apps::commands(&ctx, backend.app.id, &base, &view).await.unwrap();
        assert!(commands.len() >= 3, "{about:?}");
        for command in commands {
            let (title, shell) = (command.title.clone(), command.shell.clone());
            assert!(!shell.contains(&backend.secret), "{about:?}, {title}: the secret is in the command");
            let ran = tokio::task::spawn_blocking(move || Command::new("sh").arg("-c").arg(shell).output());
            let ran = ran.await.unwrap().expect("sh and curl are there");
            let told = String::from_utf8(ran.stdout).unwrap();
            let answer: Json = serde_json::from_str(&told).unwrap_or_else(|why| {
                panic!("{about:?}, {title}: {why}: {told} {}\n{}", String::from_utf8_lossy(&ran.stderr), command.shell)
            });
            assert!(is_success(about.key, &answer), "{about:?}, {title}: {answer}\n{}", command.shell);
            if let Some(room) = house.store.room(&RoomId::parse(STAGE).unwrap()).await.unwrap() {
                assert_eq!(room.title(), name, "{about:?}, {title}: what stands is what was sent");
            }
        }
        server.abort();
    }
}
