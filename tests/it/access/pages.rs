//! Every route, opened as everybody.

use std::collections::BTreeSet;

use leptos_axum::generate_route_list;
use wardroom::{
    domain::{Right, Role},
    services::jobs,
    ui::app::App,
};

use super::{Least, Verdict};
use crate::{
    harness::{Actor, House, Person},
    jobs::{ada, listed, set, staff},
    tidy::files,
};

/// A page's route as the router writes it, one of its addresses, and the least that it asks for.
pub const PAGES: [(&str, &str, Least); 26] = [
    ("/sign-in", "/sign-in", Least::Nothing),
    // For who gave a password that needs a second step; anybody else is led on.
    ("/sign-in/code", "/sign-in/code", Least::Nothing),
    ("/rooms", "/rooms?q=a", Least::Right(Right::See)),
    ("/rooms/new", "/rooms/new", Least::Right(Right::Manage)),
    ("/rooms/{id}", "/rooms/stage", Least::Right(Right::See)),
    ("/rooms/{id}/owner", "/rooms/stage/owner?to=u5", Least::Right(Right::Manage)),
    ("/rooms/{id}/members", "/rooms/stage/members", Least::Right(Right::See)),
    ("/rooms/{id}/attributes", "/rooms/stage/attributes", Least::Right(Right::See)),
    ("/rooms/{id}/history", "/rooms/stage/history", Least::Right(Right::See)),
    ("/rooms/{id}/api", "/rooms/stage/api", Least::Right(Right::See)),
    ("/rooms/{id}/json", "/rooms/stage/json", Least::Right(Right::See)),
    ("/jobs", "/jobs?state=planned", Least::Right(Right::See)),
    ("/jobs/new", "/jobs/new?ids=stage", Least::Right(Right::Edit)),
    ("/jobs/offboard", "/jobs/offboard?from=u1", Least::Right(Right::Manage)),
    ("/jobs/{id}", "/jobs/1", Least::Right(Right::See)),
    ("/audit", "/audit", Least::Right(Right::See)),
    ("/apps", "/apps", Least::Right(Right::Apps)),
    ("/apps/{id}", "/apps/1", Least::Right(Right::Apps)),
    ("/staff", "/staff", Least::Right(Right::Staff)),
    ("/staff/{id}", "/staff/1", Least::Right(Right::Staff)),
    ("/account", "/account", Least::Account),
    ("/account/totp", "/account/totp", Least::Right(Right::See)),
    ("/confirm", "/confirm?next=%2Fstaff", Least::Account),
    ("/preferences", "/preferences", Least::Right(Right::See)),
    ("/views/new", "/views/new?status=active", Least::Right(Right::See)),
    ("/views/{id}", "/views/1", Least::Right(Right::Manage)),
];

/// What is no page of the page table: its route, an address, the least, and the status when it is allowed.
pub const OTHERS: [(&str, &str, Least, u16); 12] = [
    ("/", "/", Least::Nothing, 303),
    // In a house that fetches no covers there is none; who may not look is told before that.
    ("/rooms/{id}/cover", "/rooms/stage/cover", Least::Right(Right::See), 204),
    ("/audit/export", "/audit/export", Least::Right(Right::Audit), 200),
    ("/rooms.csv", "/rooms.csv?q=a", Least::Right(Right::See), 200),
    ("/rooms.jsonl", "/rooms.jsonl?q=a", Least::Right(Right::See), 200),
    // There is no such job; who may not look is told before that.
    ("/jobs/{id}/export", "/jobs/1/export", Least::Right(Right::See), 404),
    ("/pkg/{file}", "/pkg/nothing.js", Least::Nothing, 404),
    ("/favicon.svg", "/favicon.svg", Least::Nothing, 200),
    ("/robots.txt", "/robots.txt", Least::Nothing, 200),
    ("/healthz", "/healthz", Least::Nothing, 200),
    ("/readyz", "/readyz", Least::Nothing, 200),
    // Listed one by one in `calls`.
    ("/api/{function}", "/api/nothing", Least::Nothing, 404),
];

/// What stands on an address of its own, and never on the console's.
const WATCHERS: [&str; 1] = ["/metrics"];

#[tokio::test]
async fn every_route_is_listed_and_every_listed_one_is_registered() {
    let registered: BTreeSet<String> = generate_route_list(App).iter().map(|listing| written(listing.path())).collect();
    let listed: BTreeSet<String> = PAGES.iter().map(|(route, ..)| (*route).to_owned()).collect();
    assert_eq!(registered, listed);

    let mut by_hand = BTreeSet::new();
    for file in files("src/server", "rs") {
        let code = std::fs::read_to_string(file).unwrap();
        by_hand.extend(code.split(".route(\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()));
        assert!(!code.contains(".nest(") && !code.contains(".route_service(") && !code.contains(".merge("));
    }
    let others = OTHERS.iter().map(|(route, ..)| *route);
    let listed: BTreeSet<String> = others.chain(WATCHERS).map(str::to_owned).collect();
    assert_eq!(by_hand, listed);
    let house = House::open().await;
    for path in WATCHERS {
        assert_eq!(house.nobody().get(path).await.status, 303, "{path}");
        assert_eq!(house.admin().get(path).await.status, 404, "{path}");
    }
}

/// `:id` as axum writes it.
fn written(path: &str) -> String {
    let part = |part: &str| part.strip_prefix(':').map_or_else(|| part.to_owned(), |name| format!("{{{name}}}"));
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn a_page_opens_for_those_who_may_and_looking_changes_nothing() {
    let house = House::open().await;
    house.backend(wardroom::vendors::abouts()[0].key).await;
    house.sql("INSERT INTO views (staff, name, name_fold, shared, query, columns, created_at) SELECT id, 'v', 'v', 1, '', '', 1 FROM staff WHERE name = 'dora'").await;
    jobs::plan(&ada(&house), listed(&["stage"]), set(&[("muted", "yes")])).await.unwrap();
    let before = house.dump().await;
    for (_, path, least) in PAGES {
        for person in Person::ALL {
            let page = house.actor(person).get(path).await;
            let who = format!("{path} as {person:?}: {} {} {}", page.status, page.to(), page.text());
            match least.verdict(person) {
                Verdict::Done if path == "/sign-in/code" && !is_in(person) => {
                    assert_eq!((page.status, page.to()), (303, "/sign-in"), "{who}");
                }
                Verdict::Done
                    if path.starts_with("/sign-in") && least.verdict(person) == Verdict::Done && is_in(person) =>
                {
                    let home = if person == Person::Fresh { "/account" } else { "/rooms" };
                    assert_eq!((page.status, page.to()), (303, home), "{who}");
                }
                Verdict::Done => assert_eq!(page.status, 200, "{who}"),
                Verdict::WhoAreYou => {
                    assert_eq!(page.status, 303, "{who}");
                    assert!(page.to().starts_with("/sign-in?next=%2F"), "{who}");
                    assert!(page.body.is_empty(), "{who}");
                }
                Verdict::Refused if person == Person::Fresh => {
                    assert_eq!((page.status, page.to()), (303, "/account"), "{who}");
                }
                Verdict::Refused => {
                    assert_eq!((page.status, page.title().as_str()), (403, "Not for your role · Wardroom"), "{who}");
                }
            }
        }
    }
    assert_eq!(before, house.dump().await);
}

#[tokio::test]
async fn what_is_no_page_is_given_to_those_who_may() {
    let house = House::open().await;
    for (_, path, least, status) in OTHERS {
        for person in Person::ALL {
            let answer = house.actor(person).get(path).await;
            let who = format!("{path} as {person:?}: {} {}", answer.status, answer.body);
            match least.verdict(person) {
                Verdict::Done => assert_eq!(answer.status, status, "{who}"),
                Verdict::WhoAreYou => assert_eq!(answer.status, 401, "{who}"),
                Verdict::Refused => assert!(matches!(answer.status, 401 | 403), "{who}"),
            }
        }
    }
}

#[tokio::test]
async fn an_address_that_is_no_page_tells_nobody_anything() {
    let house = House::open().await;
    let page = house.nobody().get("/nothing/here").await;
    assert_eq!((page.status, page.to()), (303, "/sign-in?next=%2Fnothing%2Fhere"));
    assert_eq!(house.viewer().get("/nothing/here").await.status, 404);
    let there = house.nobody().get("/rooms/stage").await;
    let not_there = house.nobody().get("/rooms/stag_").await;
    assert_eq!((there.status, there.body), (not_there.status, not_there.body), "nobody learns which rooms there are");
}

#[tokio::test]
async fn links_to_what_one_may_not_do_are_not_shown() {
    let house = House::open().await;
    jobs::plan(&staff(&house, "fritz", Role::Admin), listed(&["stage"]), set(&[("owner", "u9")])).await.unwrap();
    let shows = async |actor: &Actor<'_>, path: &str, href: &str| {
        let page = actor.get(path).await;
        page.tags().iter().any(|tag| tag.get("href") == href || tag.get("action") == href)
    };
    for (path, href, least) in [
        ("/rooms", "/staff", Right::Staff),
        ("/rooms", "/apps", Right::Apps),
        ("/rooms", "/rooms/new", Right::Manage),
        ("/jobs", "/jobs/new", Right::Edit),
        ("/jobs/new?ids=stage", "/jobs/offboard", Right::Manage),
        ("/jobs/1", "/api/approve_job", Right::Manage),
        ("/jobs/1", "/api/cancel_job", Right::Manage),
        ("/rooms?owner=u1", "/jobs/offboard?from=u1", Right::Manage),
        ("/rooms/stage", "/rooms/stage/owner", Right::Manage),
        ("/rooms/stage", "/api/add_manager", Right::Manage),
        ("/rooms/stage", "/api/remove_manager", Right::Manage),
        ("/rooms/stage", "/api/save_room", Right::Edit),
        ("/rooms/stage/attributes", "/api/save_attributes", Right::Edit),
    ] {
        for person in [Person::Viewer, Person::Moderator, Person::Admin, Person::Auditor] {
            let may = Least::Right(least).verdict(person) == Verdict::Done;
            assert_eq!(shows(&house.actor(person), path, href).await, may, "{href} on {path} as {person:?}");
        }
    }
}

fn is_in(person: Person) -> bool {
    !matches!(person, Person::Nobody | Person::Disabled)
}
