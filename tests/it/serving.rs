//! The program serving: its console, a vendor's API on an address and at a host of its own, what is logged, and how it
//! stops.

use crate::harness::served::{Served, free_address};

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
