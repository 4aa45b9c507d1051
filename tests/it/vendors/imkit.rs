//! IMKIT's rooms.

use axum::http::{Method, Request};
use serde_json::{Value as Json, json};

use crate::harness::{Answer, Backend, House, STAGE};

impl Backend<'_> {
    /// Calls with the API key.
    async fn imkit(&self, method: Method, path: &str, body: Json) -> Answer {
        let request = Request::builder().method(method).uri(format!("/imkit{path}")).header("IM-API-KEY", &self.secret);
        self.house.send(request.header("Content-Type", "application/json; charset=utf-8"), body.to_string()).await
    }

    /// Calls as a client.
    async fn imkit_as(&self, token: &str, method: Method, path: &str, body: Json) -> Answer {
        let request = Request::builder().method(method).uri(format!("/imkit{path}"));
        let request = request.header("IM-CLIENT-KEY", &self.app.key).header("IM-Authorization", token);
        self.house.send(request.header("Content-Type", "application/json"), body.to_string()).await
    }

    /// A token for a client.
    async fn imkit_token(&self, client: &str, superuser: bool) -> String {
        let body = json!({"_id": client, "issueAccessToken": true, "isSuperuser": superuser});
        let answer = self.imkit(Method::POST, "/admin/clients", body).await;
        answer.value()["result"]["token"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
    }
}

#[tokio::test]
async fn a_room_is_looked_at_and_changed() {
    let house = House::open().await;
    let backend = house.backend("imkit").await;
    let room = backend.imkit(Method::GET, &format!("/rooms/{STAGE}"), Json::Null).await;
    assert_eq!(room.status, 200, "{}", room.body);
    let result = &room.value()["result"];
    assert_eq!(result["members"].as_array().unwrap().len(), 120);
    let token = backend.imkit_token("u1", false).await;
    let answer = backend.imkit_as(&token, Method::PUT, "/rooms/stage", json!({"name": "Martena"})).await;
    assert_eq!((answer.status, &answer.value()["result"]["name"]), (200, &json!("Martena")), "{}", answer.body);
    assert_eq!(house.room("stage").await.title(), "Martena");
}
