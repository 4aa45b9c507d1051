//! IMKIT: the contract's own examples, who may do what, every companion, and bad input.

mod companions;
mod contract;
mod keys;
mod malformed;
mod rights;

use axum::http::Method;
use serde_json::{Value as Json, json};

use crate::harness::{Answer, Backend};

impl Backend<'_> {
    /// Calls with the API key.
    pub async fn imkit(&self, method: &str, path: &str, body: Json) -> Answer {
        let key = [("IM-API-KEY", self.secret.as_str())];
        self.imkit_with(method, path, &key, body).await
    }

    /// Calls as a client.
    pub async fn imkit_as(&self, token: &str, method: &str, path: &str, body: Json) -> Answer {
        let keys = [("IM-CLIENT-KEY", self.app.key.as_str()), ("IM-Authorization", token)];
        self.imkit_with(method, path, &keys, body).await
    }

    /// Calls with any headers.
    async fn imkit_with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Json) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = axum::http::Request::builder().method(method).uri(format!("/imkit{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.house.send(request.header("Content-Type", "application/json; charset=utf-8"), body).await
    }

    /// A token for a client.
    pub async fn imkit_token(&self, client: &str, superuser: bool) -> String {
        let body = json!({"_id": client, "issueAccessToken": true, "isSuperuser": superuser});
        let answer = self.imkit("POST", "/admin/clients", body).await;
        answer.value()["result"]["token"].as_str().unwrap_or_else(|| panic!("{}", answer.body)).to_owned()
    }
}

/// What was done.
fn done(answer: &Answer) -> Json {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let body = answer.value();
    assert_eq!((&body["RC"], &body["RM"]), (&json!(0), &json!("OK")));
    body["result"].clone()
}

/// A refusal: its status and code, in the documented shape.
fn refusal(answer: &Answer) -> (u16, String) {
    let body = answer.value();
    assert_eq!(body["RC"], json!(answer.status), "{}", answer.body);
    assert!(body["RM"].is_string() && body["error"]["message"].as_str().is_some_and(|why| !why.is_empty()));
    assert!(answer.header("content-type").starts_with("application/json"));
    (answer.status, body["error"]["code"].as_str().unwrap().to_owned())
}
