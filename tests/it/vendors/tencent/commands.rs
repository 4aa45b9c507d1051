//! The commands that the console offers to paste, and the OpenAPI document, say what the API does.

use axum::http::Request;
use serde_json::{Value as Json, json};
use wardroom::{
    domain::{app::View, room::RoomId},
    services::{
        Ctx, apps,
        rooms::{self, Members},
    },
};

use super::{clock, code, open};
use crate::harness::{Answer, House, STAGE};

/// The words of a shell command in single quotes.
fn words(shell: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = shell;
    while let Some((_, after)) = rest.split_once('\'') {
        let mut word = String::new();
        let mut after = after;
        loop {
            let (part, next) = after.split_once('\'').unwrap();
            word.push_str(part);
            match next.strip_prefix(r"\''") {
                Some(more) => {
                    word.push('\'');
                    after = more;
                }
                None => {
                    rest = next;
                    break;
                }
            }
        }
        words.push(word);
    }
    words
}

async fn paste(house: &House, shell: &str) -> Answer {
    assert!(shell.contains("--request POST"), "{shell}");
    let words = words(shell);
    let [address, _, body] = words.as_slice() else { panic!("{words:?}") };
    let address = address.strip_prefix("http://127.0.0.1:3000").unwrap();
    house.send(Request::post(address), body.clone()).await
}

async fn view(house: &House, id: &str) -> View {
    rooms::view(&house.ctx(), &RoomId::parse(id).unwrap(), Members::Some).await.unwrap()
}

#[tokio::test]
async fn every_command_is_accepted_and_changes_nothing_until_it_is_edited() {
    let house = open().await;
    let backend = house.backend_with("tencent", |wanted| wanted.may.accounts = "it's & \"root\"".to_owned()).await;
    let now = Ctx { now: clock(), ..house.ctx() };
    let before = house.dump().await;
    let of = |view: View| {
        let (now, id) = (now.clone(), backend.app.id);
        async move { apps::commands(&now, id, "http://127.0.0.1:3000/tencent", &view).await.unwrap() }
    };
    let commands = of(view(&house, STAGE).await).await;
    assert_eq!(commands.len(), 6);
    for command in &commands[..4] {
        let answer = paste(&house, &command.shell).await;
        assert_eq!((code(&answer), command.seconds), (0, 600), "{}: {}", command.shell, answer.body);
        assert!(!command.shell.contains(&backend.secret));
    }
    let differs = before.differs(&house.dump().await);
    assert!(differs.is_empty(), "{differs:?}");
    for command in &commands[4..] {
        assert_eq!(code(&paste(&house, &command.shell).await), 0, "{}", command.title);
    }
    assert!(house.store.room(&RoomId::parse(STAGE).unwrap()).await.unwrap().is_none());
    // Ids that are hard on shells, and a room with a value that the vendor would refuse.
    house.sql("UPDATE rooms SET name = printf('%.*c', 120, 'x'), id = 'it''s $(x)' WHERE id = 'abc/def'").await;
    for id in ["it's $(x)", "直播間", "a+b&c=d"] {
        let commands = of(view(&house, id).await).await;
        for command in &commands[..4] {
            assert_eq!(code(&paste(&house, &command.shell).await), 0, "{}", command.shell);
        }
    }
}

#[tokio::test]
async fn a_command_ends_after_ten_minutes() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let room = view(&house, STAGE).await;
    for (age, wanted) in [(0, 0), (600, 0), (601, 70001)] {
        let made = Ctx { now: clock().plus(-age * 1000), ..house.ctx() };
        let base = "http://127.0.0.1:3000/tencent";
        let commands = apps::commands(&made, backend.app.id, base, &room).await.unwrap();
        assert_eq!(code(&paste(&house, &commands[0].shell).await), wanted, "{age} seconds old");
    }
}

#[tokio::test]
async fn the_document_names_what_is_answered() {
    let house = open().await;
    let backend = house.backend("tencent").await;
    let document: Json = house.send(Request::get("/tencent/openapi.json"), "").await.value();
    let about = wardroom::vendors::abouts().iter().find(|about| about.key == "tencent").unwrap();
    let paths = document["paths"].as_object().unwrap();
    assert_eq!(paths.len(), about.actions.len());
    for action in about.actions {
        let operation = &paths[&format!("/v4/live_engine_http_srv/{}", action.name)]["post"];
        assert_eq!(operation["operationId"], json!(action.name));
        assert_eq!(operation["responses"].as_object().unwrap().keys().collect::<Vec<_>>(), ["200"]);
    }
    let schemas = &document["components"]["schemas"];
    let names = |json: &Json| {
        let mut names: Vec<String> = json.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    backend.done("update_room_info", json!({"RoomInfo": {"RoomId": STAGE, "MaxMemberCount": 3}})).await;
    let room = backend.done("get_room_info", json!({"RoomId": STAGE})).await;
    assert_eq!(names(&room["RoomInfo"]), names(&schemas["Room"]["properties"]));
    let list = backend.done("get_room_list", json!({})).await;
    let listed = &schemas["Rooms"]["properties"]["RoomList"]["items"];
    assert_eq!(names(&list["RoomList"][0]), names(&listed["properties"]));
    // A room of which nothing is known has what is always there.
    backend.done("create_room", json!({"RoomInfo": {"RoomId": "bare", "RoomType": "Live"}})).await;
    let bare = backend.done("get_room_info", json!({"RoomId": "bare"})).await;
    let mut required: Vec<&str> =
        schemas["Room"]["required"].as_array().unwrap().iter().filter_map(Json::as_str).collect();
    required.sort_unstable();
    assert_eq!(names(&bare["RoomInfo"]), required);
    for reference in document.to_string().split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(schemas.get(name).is_some(), "{name}");
    }
}
