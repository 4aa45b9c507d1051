//! The program serving: its console, a vendor's API on an address and at a host of its own, what is logged, and how it
//! stops.

use wardroom::vendors::abouts;

use crate::harness::{
    Person,
    served::{Served, free_address},
};

#[test]
fn an_api_has_an_address_a_host_and_a_path_and_the_console_keeps_its_own() {
    let api = free_address();
    let words = ["--vendor-addrs", &format!("imkit={api}"), "--vendor-hosts", "imkit=im.example"];
    let served = Served::start("info", &words, "an API is open");
    let console = served.console.clone();
    for (address, path, host) in [
        (&api, "/rooms/stage?usersig=hush-hush", api.as_str()),
        (&api, "/rooms/stage", "anything.example"),
        (&console, "/rooms/stage", "IM.example"),
        (&console, "/imkit/rooms/stage", &console),
    ] {
        let (status, body) = served.get(address, path, host);
        let told = body.contains("MISSING_CLIENT_KEY");
        assert!(status == 401 && told, "{address}{path} as {host}: {status} {body}");
    }
    assert_eq!(served.get(&api, "/imkit/rooms/stage", &api).0, 404, "the API is at the root there");
    assert_eq!(served.get(&console, "/rooms/stage", &console).0, 303);
    assert_eq!(served.get(&console, "/sign-in", &console).0, 200);
    assert_eq!(served.get(&api, "/sign-in", &api).0, 404, "and nothing of the console");
    let log = served.stop();
    assert_eq!(log.matches("a call was refused").count(), 4, "{log}");
    assert!(!log.contains("hush-hush"), "no query stands in the log: {log}");
    assert!(log.contains("Wardroom is closed"), "{log}");
}

#[test]
fn no_secret_is_logged_however_much_is_logged() {
    let served = Served::start("trace", &[], "Wardroom is open");
    let mut secrets = Vec::new();
    for about in abouts() {
        let secret = format!("the-secret-of-{}", about.key);
        let mut app = vec![("vendor", about.key), ("may[scope]", "manage"), ("secret", secret.as_str()), ("name", " ")];
        app.extend([("may[application]", ""), ("may[accounts]", ""), ("may[rate]", "")]);
        assert_eq!(served.form(Person::Admin, "/api/add_app", &app).0, 422, "refused, with the secret in it");
        app.retain(|(name, _)| *name != "name");
        app.push(("name", about.key));
        let (status, answer) = served.form(Person::Admin, "/api/add_app", &app);
        assert!(status == 200 && !answer.contains(&secret), "whoever brought a secret has it: {answer}");
        served.call(&format!("/{}/rooms/stage?usersig={secret}", about.key), "IM-API-KEY", &secret);
        secrets.push(secret);
    }
    for id in 1..=abouts().len() {
        let id = id.to_string();
        let (status, answer) = served.form(Person::Admin, "/api/rotate_app", &[("id", &id), ("hours", "1")]);
        let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
        secrets.push(answer["secret"]["value"].as_str().unwrap_or_else(|| panic!("{status} {answer}")).to_owned());
        assert_eq!(served.page(Person::Admin, &format!("/rooms/stage/api?app={id}")).0, 200);
    }
    let log = served.stop();
    assert!(log.contains("/api/rotate_app") && log.contains("sqlx::query"), "much is logged: {log:.500}");
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log");
    }
}
