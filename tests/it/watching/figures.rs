//! What `/metrics` tells, and that it tells nothing of what strangers send.

use std::collections::BTreeSet;

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use wardroom::{domain::Timestamp, services::jobs};

use crate::{
    access::pages::{OTHERS, PAGES},
    harness::{Backend, House, PASSWORD, STAGE, actor::post},
    jobs::{ada, listed, set},
};

/// The number behind a name with labels.
fn figure(figures: &str, name: &str) -> f64 {
    let found = figures.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    found.unwrap_or_else(|| panic!("no {name} in\n{figures}")).parse().unwrap()
}

#[tokio::test]
async fn every_route_is_counted_under_its_own_name() {
    let house = House::open().await;
    let admin = house.admin();
    for (_, path, ..) in PAGES {
        admin.get(path).await;
    }
    for (_, path, ..) in OTHERS {
        admin.get(path).await;
    }
    let figures = house.figures().await;
    let routes: BTreeSet<&str> = figures
        .lines()
        .filter_map(|line| line.strip_prefix("wardroom_http_requests_total{route=\"")?.split('"').next())
        .collect();
    let listed: BTreeSet<&str> =
        PAGES.iter().map(|(route, ..)| *route).chain(OTHERS.iter().map(|(route, ..)| *route)).collect();
    assert_eq!(routes, listed, "a route that is missing stands in `ROUTES` of src/server/mod.rs");
    assert!(!figures.contains("\"other\""), "{figures}");
}

#[tokio::test]
async fn what_strangers_send_is_no_label() {
    let house = House::open().await;
    let backend: Backend<'_> = house.backend("imkit").await;
    let admin = house.admin();
    let ask = async |n: usize| {
        for path in [
            format!("/nothing/{n}"),
            format!("/rooms/r{n}"),
            format!("/rooms/r{n}/cover"),
            format!("/api/f{n}"),
            format!("/pkg/f{n}.js"),
            format!("/imkit/x{n}"),
            format!("/imkit/rooms/r{n}"),
        ] {
            admin.get(&path).await;
            let method = Method::from_bytes(format!("M{n}").as_bytes()).unwrap();
            admin.send(Request::builder().method(method).uri(&path), Body::empty()).await;
        }
        let call = Request::get(format!("/imkit/rooms/r{n}")).header("IM-API-KEY", &backend.secret);
        house.send(call, Body::empty()).await;
        admin.call("/api/sign_in", &[("name", &format!("n{n}")), ("password", "x")]).await;
        let odd = post("/api/sign_in").header(header::ACCEPT, format!("text/x{n}"));
        admin.send(odd, Body::from(format!("name=n{n}&op=o{n}"))).await;
    };
    let names = |figures: &str| -> BTreeSet<String> {
        figures.lines().filter_map(|line| line.rsplit_once(' ')).map(|(name, _)| name.to_owned()).collect()
    };
    ask(0).await;
    let before = names(&house.figures().await);
    for n in 1..20 {
        ask(n).await;
    }
    let after = names(&house.figures().await);
    let new: Vec<&String> = after.difference(&before).collect();
    // Nothing but a limit that was met meanwhile.
    assert!(new.iter().all(|name| name.contains("limit") || name.contains("4xx")), "{new:#?}");
}

#[tokio::test]
async fn the_figures_say_what_happened() {
    let house = House::open().await;
    for _ in 0..3 {
        assert_eq!(house.viewer().get("/rooms/stage").await.status, 200);
    }
    assert_eq!(house.viewer().get("/rooms/nothing").await.status, 404);
    let saved = [("id", STAGE), ("version", "1"), ("changes[description]", "x")];
    assert_eq!(house.admin().call("/api/save_room", &saved).await.status, 200);
    for _ in 0..2 {
        assert_eq!(house.nobody().call("/api/sign_in", &[("name", "ada"), ("password", "x")]).await.status, 422);
    }
    house.nobody().form("/api/sign_in", &[("name", "vera"), ("password", "x")]).await;
    assert_eq!(house.nobody().call("/api/sign_in", &[("name", "mona"), ("password", PASSWORD)]).await.status, 200);
    let backend = house.backend("imkit").await;
    for id in [STAGE, "nothing"] {
        house.send(Request::get(format!("/imkit/rooms/{id}")).header("IM-API-KEY", &backend.secret), "").await;
    }
    house.send(Request::get("/imkit/rooms/stage").header("IM-API-KEY", "none"), "").await;
    jobs::plan(&ada(&house), listed(&[STAGE]), set(&[("muted", "yes")])).await.unwrap();

    let figures = house.figures().await;
    let is = |name: &str, value: f64| assert_eq!(figure(&figures, name), value, "{name}\n{figures}");
    is("wardroom_http_requests_total{route=\"/rooms/{id}\",method=\"GET\",status=\"2xx\"}", 3.0);
    is("wardroom_http_requests_total{route=\"/rooms/{id}\",method=\"GET\",status=\"4xx\"}", 1.0);
    is("wardroom_http_request_seconds_count{route=\"/rooms/{id}\"}", 4.0);
    is("wardroom_http_requests_total{route=\"/api/save_room\",method=\"POST\",status=\"2xx\"}", 1.0);
    is("wardroom_http_requests_total{route=\"imkit\",method=\"GET\",status=\"2xx\"}", 1.0);
    is("wardroom_sign_ins_refused_total{why=\"wrong\"}", 3.0);
    is("wardroom_http_requests_in_flight", 0.0);
    is("wardroom_writer_queue", 0.0);
    is("wardroom_writer_failures_total", 0.0);
    is("wardroom_jobs{state=\"planned\"}", 1.0);
    is("wardroom_job_rooms{outcome=\"changed\"}", 0.0);
    let calls: Vec<&str> =
        figures.lines().filter(|line| line.starts_with("wardroom_vendor_calls_total{vendor=\"imkit\"")).collect();
    assert_eq!(calls.len(), 3, "{calls:#?}");
    let open = house.store.figures(Timestamp(0)).await.unwrap().sessions;
    assert!(open >= 5, "the template's people and mona: {open}");
    assert!(figure(&figures, "wardroom_writer_commit_seconds_count") >= 6.0);
    assert!(figure(&figures, "wardroom_writer_group_units_sum") >= 6.0);
    assert!(figure(&figures, "wardroom_database_bytes") > 4096.0 && figure(&figures, "wardroom_wal_bytes") > 0.0);
    // Each line is one of the format's: a comment, or a name, labels and a number.
    for line in figures.lines().filter(|line| !line.starts_with("# ")) {
        let (name, number) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        assert!(number.parse::<f64>().is_ok() && name.starts_with(|c: char| c.is_ascii_lowercase()), "{line}");
    }
    let described: Vec<&str> = figures.lines().filter(|line| line.starts_with("# TYPE ")).collect();
    assert_eq!(described.iter().collect::<BTreeSet<_>>().len(), described.len(), "each is described once");
}
