//! `AutoDelete`: an attribute goes when the client who set it leaves the room, by whatever door.

use std::{future::pending, io::Cursor};

use axum::http::Request;
use serde_json::json;
use wardroom::{
    domain::{client::ClientId, room::RoomId},
    services::{
        import::{Note, Options, Report, Watch, import},
        members,
    },
};

use super::{code, house, kept};
use crate::harness::{Backend, House};

struct Quiet;

impl Watch for Quiet {
    fn note(&mut self, note: &Note) -> Result<(), String> {
        Err(format!("{note:?}"))
    }

    fn progress(&mut self, _: &Report) {}
}

/// A room with `ann`, `bob` and `cid`, who have set an attribute each; cid's stays when cid goes.
async fn room(house: &House) -> Backend<'_> {
    let backend = house.zego().await;
    backend.make("room123").await;
    let clients = ["ann", "bob", "cid"].map(|id| ClientId::parse(id).unwrap());
    members::add(&house.ctx(), &RoomId::parse("room123").unwrap(), &clients).await.unwrap();
    for (user, auto_delete) in [("ann", 1), ("bob", 1), ("cid", 0)] {
        set(&backend, user, auto_delete).await;
    }
    assert_eq!(keys(house).await, ["ann", "bob", "cid"]);
    backend
}

async fn set(backend: &Backend<'_>, user: &str, auto_delete: u8) {
    let item = json!({"Action": 0, "Key": user, "Value": "here", "AutoDelete": auto_delete});
    let body = json!({"RoomId": "room123", "FromUserId": user, "Attributes": [item]});
    let answer = backend.zego("ModifyRoomAttribute", body).await;
    assert_eq!(code(&answer), 0, "{}", answer.body);
}

async fn keys(house: &House) -> Vec<String> {
    kept(house, "room123").await.into_iter().map(|attribute| attribute.key).collect()
}

async fn leaves(house: &House, client: &str) {
    let client = ClientId::parse(client).unwrap();
    members::remove(&house.ctx(), &RoomId::parse("room123").unwrap(), &[client]).await.unwrap();
}

#[tokio::test]
async fn it_goes_with_who_set_it_and_with_nobody_else() {
    let house = house().await;
    let backend = room(&house).await;
    leaves(&house, "cid").await;
    assert_eq!(keys(&house).await, ["ann", "bob", "cid"]);
    leaves(&house, "ann").await;
    assert_eq!(keys(&house).await, ["bob", "cid"]);
    let fields: Vec<String> = house.last().await.changes.into_iter().map(|change| change.field).collect();
    assert_eq!(fields, ["members", "attribute.ann", "auto_delete.ann", "set_by.ann"], "in the entry of the leaving");
    let answer = backend.zego("QueryRoomAttribute", json!({"RoomId": "room123", "FromUserId": "cid"})).await;
    assert_eq!(answer.value()["AttributeSeq"], 4, "and it is counted");
}

#[tokio::test]
async fn it_goes_when_another_vendors_back_end_takes_the_client_out() {
    let house = house().await;
    room(&house).await;
    let imkit = house.backend("imkit").await;
    for (client, left) in [("cid", vec!["ann", "bob", "cid"]), ("bob", vec!["ann", "cid"])] {
        let request = Request::post("/imkit/rooms/room123/delete/members").header("IM-API-KEY", &imkit.secret);
        let answer = house.send(request, json!({"members": [client]}).to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(keys(&house).await, left);
    }
}

#[tokio::test]
async fn it_goes_when_an_import_drops_the_client() {
    let house = house().await;
    room(&house).await;
    let line = json!({"id": "room123", "members": [{"id": "bob"}, {"id": "cid"}]}).to_string();
    let report = import(&house.ctx(), Cursor::new(line), Options::default(), &mut Quiet, pending()).await.unwrap();
    assert_eq!(report.refused, 0, "{report:?}");
    assert_eq!(keys(&house).await, ["bob", "cid"]);
}

#[tokio::test]
async fn who_is_not_in_the_room_takes_it_along_after_entering_and_leaving() {
    let house = house().await;
    let backend = room(&house).await;
    set(&backend, "dan", 1).await;
    leaves(&house, "dan").await;
    assert_eq!(keys(&house).await, ["ann", "bob", "cid", "dan"], "dan was not there to leave");
    let dan = ClientId::parse("dan").unwrap();
    members::add(&house.ctx(), &RoomId::parse("room123").unwrap(), &[dan]).await.unwrap();
    leaves(&house, "dan").await;
    assert_eq!(keys(&house).await, ["ann", "bob", "cid"]);
}

#[tokio::test]
async fn it_goes_with_whoever_set_it_last() {
    let house = house().await;
    let backend = room(&house).await;
    let item = json!({"Action": 0, "Key": "ann", "Value": "mine", "AutoDelete": 1});
    let body = json!({"RoomId": "room123", "FromUserId": "bob", "Attributes": [item]});
    assert_eq!(code(&backend.zego("ModifyRoomAttribute", body).await), 0);
    leaves(&house, "ann").await;
    assert_eq!(keys(&house).await, ["ann", "bob", "cid"]);
    leaves(&house, "bob").await;
    assert_eq!(keys(&house).await, ["cid"]);
}
