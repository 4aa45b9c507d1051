//! Every server function, tried as everybody, by an island and by a plain form.

use std::collections::BTreeSet;

use futures::FutureExt;
use leptos::server_fn::axum::server_fn_paths;
use wardroom::{
    domain::{Error, Right, Role, Timestamp, audit::Action, desk::SavedView, room::Columns},
    server::clock,
    services::{jobs, totp},
    store::StoredSession,
};

use super::{Least, Verdict};
use crate::{
    harness::{Actor, Answer, Dump, House, PASSWORD, Person, STAGE},
    jobs::{add, done, listed, set, staff, started},
};

/// A server function, the least it asks for, inputs with which it does something real, and whether it writes.
struct Call {
    path: &'static str,
    least: Least,
    inputs: &'static [(&'static str, &'static str)],
    writes: bool,
}

const fn call(path: &'static str, least: Least, inputs: &'static [(&'static str, &'static str)]) -> Call {
    Call { path, least, inputs, writes: true }
}

const ROOM: (&str, &str) = ("id", STAGE);
const SEEN: (&str, &str) = ("version", "2");
const SCOPE: (&str, &str) = ("may[scope]", "read");
const APPLICATION: (&str, &str) = ("may[application]", "demo");
const ACCOUNTS: (&str, &str) = ("may[accounts]", "");
const RATE: (&str, &str) = ("may[rate]", "5");
/// `{…}` is filled in when the house is known.
const CALLS: [Call; 48] = [
    call("/api/sign_in", Least::Nothing, &[("name", "vera"), ("password", PASSWORD)]),
    call("/api/sign_in_code", Least::Nothing, &[("code", "{code}")]),
    call("/api/confirm", Least::Account, &[("proof", PASSWORD)]),
    call("/api/turn_on_totp", Least::Account, &[("key", "{key}"), ("digits", "{digits}")]),
    call("/api/renew_recovery_codes", Least::Account, &[]),
    call("/api/turn_off_totp", Least::Account, &[]),
    Call { writes: false, ..call("/api/sign_out", Least::Nothing, &[]) },
    call("/api/change_password", Least::Account, &[("current", PASSWORD), ("new", NEW), ("again", NEW)]),
    call("/api/end_session", Least::Account, &[("handle", "0123456789abcdef")]),
    call("/api/end_other_sessions", Least::Account, &[]),
    Call { writes: false, ..call("/api/suggest_clients", Least::Right(Right::See), &[("prefix", "u1")]) },
    call("/api/save_room", Least::Right(Right::Edit), &[ROOM, SEEN, ("changes[description]", "x")]),
    call("/api/create_room", Least::Right(Right::Manage), &[("id", "made")]),
    call("/api/undo", Least::Right(Right::Edit), &[("entry", "{entry}")]),
    call("/api/transfer_room", Least::Right(Right::Manage), &[ROOM, SEEN, ("to", "u7")]),
    call("/api/add_manager", Least::Right(Right::Manage), &[ROOM, ("client", "u7")]),
    call("/api/remove_manager", Least::Right(Right::Manage), &[ROOM, ("client", "u2")]),
    call(
        "/api/save_attributes",
        Least::Right(Right::Edit),
        &[ROOM, SEEN, ("rows[0][key]", "k"), ("rows[0][value]", "v")],
    ),
    call("/api/plan_job", Least::Right(Right::Edit), &[("chosen[ids]", STAGE), ("typed[set][status]", "inactive")]),
    call(
        "/api/plan_shield",
        Least::Right(Right::Edit),
        &[("chosen[ids]", STAGE), ("typed[set][status]", "inactive"), ("minutes", "5")],
    ),
    call("/api/plan_offboarding", Least::Right(Right::Manage), &[("from", "u1"), ("to", "u9")]),
    call("/api/approve_job", Least::Right(Right::Manage), &[("id", "{awaiting}")]),
    call("/api/run_job", Least::Right(Right::Edit), &[("id", "{plan}"), ("token", "{token}")]),
    call("/api/pause_job", Least::Right(Right::Edit), &[("id", "{running}")]),
    call("/api/resume_job", Least::Right(Right::Edit), &[("id", "{paused}")]),
    call("/api/cancel_job", Least::Right(Right::Edit), &[("id", "{running}")]),
    call("/api/undo_job", Least::Right(Right::Edit), &[("id", "{done}")]),
    call("/api/retry_job", Least::Right(Right::Edit), &[("id", "{failed}")]),
    call("/api/end_shield", Least::Right(Right::Edit), &[("id", "{shield}")]),
    call("/api/add_staff", Least::Right(Right::Staff), &[("name", "newcomer"), ("role", "viewer")]),
    call("/api/change_role", Least::Right(Right::Staff), &[("id", "{other}"), ("role", "auditor")]),
    call("/api/disable_staff", Least::Right(Right::Staff), &[("id", "{other}")]),
    call("/api/enable_staff", Least::Right(Right::Staff), &[("id", "{disabled}")]),
    call("/api/reset_password", Least::Right(Right::Staff), &[("id", "{other}")]),
    call("/api/reset_totp", Least::Right(Right::Staff), &[("id", "{other}")]),
    call("/api/end_staff_session", Least::Right(Right::Staff), &[("id", "{other}"), ("handle", "fedcba9876543210")]),
    call("/api/end_staff_sessions", Least::Right(Right::Staff), &[("id", "{other}")]),
    call(
        "/api/add_app",
        Least::Right(Right::Apps),
        &[("name", "shop"), ("vendor", "{vendor}"), SCOPE, APPLICATION, ACCOUNTS, RATE],
    ),
    call("/api/change_app", Least::Right(Right::Apps), &[("id", "{app}"), SCOPE, APPLICATION, ACCOUNTS, RATE]),
    call("/api/rotate_app", Least::Right(Right::Apps), &[("id", "{app}"), ("hours", "1")]),
    call("/api/disable_app", Least::Right(Right::Apps), &[("id", "{app}")]),
    call("/api/enable_app", Least::Right(Right::Apps), &[("id", "{kept_out}")]),
    call("/api/save_room", Least::Right(Right::Manage), &[ROOM, SEEN, ("changes[muted]", "yes")]),
    call("/api/save_view", Least::Right(Right::See), &[("name", "mine"), ("query", "status=active")]),
    call("/api/change_view", Least::Right(Right::See), &[("id", "{view}"), ("name", "renamed")]),
    call("/api/update_view", Least::Right(Right::See), &[("id", "{view}"), ("query", "status=inactive")]),
    call("/api/delete_view", Least::Right(Right::See), &[("id", "{view}")]),
    call("/api/save_preferences", Least::Right(Right::See), &[("density", "compact")]),
];
const NEW: &str = "another horse altogether";
/// What nobody does without having shown lately that it is them: accounts, apps and their secrets, approvals, the second step and
/// sessions.
const SURE: [&str; 19] = [
    "/api/turn_on_totp",
    "/api/renew_recovery_codes",
    "/api/turn_off_totp",
    "/api/end_session",
    "/api/end_other_sessions",
    "/api/approve_job",
    "/api/add_staff",
    "/api/change_role",
    "/api/disable_staff",
    "/api/enable_staff",
    "/api/reset_password",
    "/api/reset_totp",
    "/api/end_staff_session",
    "/api/end_staff_sessions",
    "/api/add_app",
    "/api/change_app",
    "/api/rotate_app",
    "/api/disable_app",
    "/api/enable_app",
];

#[test]
fn every_server_function_is_listed_and_every_listed_one_is_registered() {
    let listed: BTreeSet<&str> = CALLS.iter().map(|call| call.path).collect();
    let registered: BTreeSet<&str> = server_fn_paths().map(|(path, _)| path).collect();
    assert_eq!(listed, registered);
    for (path, method) in server_fn_paths() {
        let expected = if path == "/api/suggest_clients" { "GET" } else { "POST" };
        assert_eq!(method.as_str(), expected, "{path}");
    }
}

#[tokio::test]
async fn a_refused_call_writes_nothing_and_says_why_and_an_allowed_one_does_something() {
    for call in CALLS {
        for person in Person::ALL {
            let (house, inputs) = prepared(&call, person).await;
            let pairs: Vec<(&str, &str)> = inputs.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let actor = house.actor(person);
            begun(&call, &actor).await;
            let before = house.dump().await;
            let answer = if call.path == "/api/suggest_clients" {
                actor.get("/api/suggest_clients?prefix=u1").await
            } else {
                actor.call(call.path, &pairs).await
            };
            let after = house.dump().await;
            let who = format!("{} {:?} as {person:?}: {} {}", call.path, call.inputs, answer.status, answer.body);
            match call.least.verdict(person) {
                Verdict::Done => {
                    assert_eq!(answer.status, 200, "{who}");
                    assert_eq!(
                        before != after,
                        call.writes || (call.path == "/api/sign_out" && signed_in(person)),
                        "{who}"
                    );
                }
                Verdict::WhoAreYou => {
                    assert_eq!((answer.status, answer.error()), (401, Error::Unauthenticated), "{who}");
                    assert_eq!(before, after, "{who}");
                }
                Verdict::Refused => {
                    assert_eq!(answer.status, 403, "{who}");
                    assert!(matches!(answer.error(), Error::Forbidden(why) if why.len() > 20), "{who}");
                    only_noted(&house, &before, &after, person, call.path, &who).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn what_is_worth_it_is_done_only_for_who_has_shown_lately_that_it_is_them() {
    for call in CALLS.iter().filter(|call| call.path != "/api/suggest_clients") {
        let (house, inputs) = prepared(call, Person::Admin).await;
        let mut pairs: Vec<(&str, &str)> = inputs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let admin = house.admin();
        begun(call, &admin).await;
        house.some_time_later().await;
        let before = house.dump().await;
        let answer = admin.call(call.path, &pairs).await;
        let what = format!("{}: {} {}", call.path, answer.status, answer.body);
        if !SURE.contains(&call.path) {
            assert_eq!(answer.status, 200, "{what}");
            continue;
        }
        assert_eq!((answer.status, answer.error()), (401, Error::StepUp), "{what}");
        assert_eq!(before, house.dump().await, "{what}");
        let code =
            house.ask("SELECT CAST(count(*) AS TEXT) FROM totp JOIN staff ON id = staff WHERE name = 'ada'").await;
        if code == "1" {
            // With two steps the password is no proof any more; a code is, which `stepup` tries.
            continue;
        }
        pairs.push(("proof", PASSWORD));
        let answer = admin.call(call.path, &pairs).await;
        assert_eq!(answer.status, 200, "{}: {}", call.path, answer.body);
    }
}

#[tokio::test]
async fn a_refused_form_leads_to_a_page_that_says_why() {
    for call in CALLS.iter().filter(|call| call.path != "/api/suggest_clients") {
        for person in Person::ALL {
            let verdict = call.least.verdict(person);
            if verdict == Verdict::Done {
                continue;
            }
            let (house, inputs) = prepared(call, person).await;
            let mut pairs: Vec<(&str, &str)> = inputs.iter().map(|(name, value)| (*name, value.as_str())).collect();
            pairs.push(("back", "/rooms/stage"));
            let (actor, before) = (house.actor(person), house.dump().await);
            let sent = actor.form(call.path, &pairs).await;
            let who = format!("{} as {person:?}: {} {}", call.path, sent.status, sent.to());
            assert_eq!(sent.status, 303, "{who}");
            let page = follow(&actor, sent.to()).await;
            if verdict == Verdict::WhoAreYou {
                assert_eq!(sent.to(), "/sign-in?next=%2Frooms%2Fstage", "{who}");
                assert!(page.says("Sign in"), "{who}: {}", page.text());
                assert_eq!(before, house.dump().await, "{who}");
            } else {
                assert_eq!(sent.to(), "/rooms/stage", "{who}");
                assert!(page.says("Not allowed."), "{who}: {}", page.text());
                only_noted(&house, &before, &house.dump().await, person, call.path, &who).await;
            }
        }
    }
}

/// Opens a page and goes on where it leads.
async fn follow(actor: &Actor<'_>, path: &str) -> Answer {
    let page = actor.get(path).await;
    if page.status == 303 { actor.get(page.to()).await } else { page }
}

/// The first step of the door, where the call is the second.
async fn begun(call: &Call, actor: &Actor<'_>) {
    if call.path == "/api/sign_in_code" {
        let first = actor.call("/api/sign_in", &[("name", "otto"), ("password", PASSWORD)]).await;
        assert_eq!((first.status, first.done().to.unwrap().as_str()), (200, "/sign-in/code?next="), "{}", first.body);
    }
}

fn signed_in(person: Person) -> bool {
    !matches!(person, Person::Nobody | Person::Disabled)
}

/// Nothing but the entry that tells of the refusal.
async fn only_noted(house: &House, before: &Dump, after: &Dump, person: Person, path: &str, who: &str) {
    assert_eq!(before.differs(after), ["audit"], "{who}");
    assert_eq!(before.added(after, "audit").len(), 1, "{who}");
    let entry = house.last().await;
    assert_eq!((entry.action, entry.actor.name()), (Action::Refused, person.name()), "{who}");
    assert!(entry.note.starts_with(path), "{who}: {}", entry.note);
}

/// A house in which the call has something to do: one change of the room, a second session of everybody, two apps.
async fn prepared(call: &Call, person: Person) -> (House, Vec<(&'static str, String)>) {
    let house = House::open().await;
    let change = [ROOM, ("version", "1"), ("changes[name]", "changed")];
    let entry = house.admin().call("/api/save_room", &change).await.done().entry.unwrap();
    let id = async |name: &str| house.store.account_named(name).await.unwrap().unwrap().staff.id;
    if person != Person::Nobody {
        let view = SavedView {
            id: 0,
            staff: id(person.name()).await,
            owner: String::new(),
            name: "kept".to_owned(),
            shared: false,
            query: String::new(),
            columns: Columns::default(),
        };
        house.store.write(move |tx| async move { tx.insert_view(&view, Timestamp(1)).await }.boxed()).await.unwrap();
        let session = StoredSession {
            id_hash: format!("0123456789abcdef{}", "0".repeat(48)),
            staff: Some(id(person.name()).await),
            data: "{}".to_owned(),
            device: "Another browser".to_owned(),
            address: String::new(),
            created_at: clock::now(),
            seen_at: clock::now(),
            expires_at: Timestamp(i64::MAX),
        };
        house.store.write(move |tx| async move { tx.insert_session(&session).await }.boxed()).await.unwrap();
    }
    let other = if person == Person::Viewer { "mona" } else { "vera" };
    let mut theirs = house.store.sessions_of(id(other).await, clock::now()).await.unwrap().remove(0);
    // What it holds was sealed for its own id.
    "{}".clone_into(&mut theirs.data);
    theirs.id_hash = format!("fedcba9876543210{}", "0".repeat(48));
    house.store.write(move |tx| async move { tx.insert_session(&theirs).await }.boxed()).await.unwrap();
    let (mut code, mut key, mut digits) = (String::new(), String::new(), String::new());
    match call.path {
        "/api/sign_in_code" => code = house.phone("otto").await.code(),
        "/api/reset_totp" => drop(house.phone(other).await),
        "/api/renew_recovery_codes" | "/api/turn_off_totp" if person != Person::Nobody => {
            drop(house.phone(person.name()).await);
        }
        "/api/turn_on_totp" if person != Person::Nobody => {
            let bytes = [7; 20];
            key = house.store.keys().seal(&format!("totp key of staff {}", id(person.name()).await), &bytes);
            digits = totp::code(&bytes, totp::step_at(clock::now()));
        }
        _ => {}
    }
    let (other, disabled) = (id(other).await.to_string(), id("dora").await.to_string());
    let vendor = wardroom::vendors::abouts()[0].key;
    let app = house.backend(vendor).await.app.id;
    let kept_out = house.backend_with(vendor, |wanted| "kept out".clone_into(&mut wanted.name)).await.app.id;
    wardroom::services::apps::set_disabled(&house.ctx(), kept_out, true).await.unwrap();
    let mut jobs = Vec::new();
    if call.inputs.iter().any(|(_, value)| JOBS.contains(value)) {
        jobs = with_jobs(&house, person).await;
    }
    let inputs = call.inputs.iter().map(|(name, value)| {
        let value = jobs.iter().fold((*value).to_owned(), |value, (word, id)| value.replace(word, id));
        let value = value.replace("{entry}", &entry.to_string()).replace("{other}", &other);
        let value = value.replace("{disabled}", &disabled).replace("{vendor}", vendor).replace("{view}", "1");
        let value = value.replace("{code}", &code).replace("{key}", &key).replace("{digits}", &digits);
        (*name, value.replace("{app}", &app.to_string()).replace("{kept_out}", &kept_out.to_string()))
    });
    let inputs = inputs.collect();
    (house, inputs)
}

/// Jobs in every state, as `{…}` in the inputs.
const JOBS: [&str; 7] = ["{plan}", "{awaiting}", "{running}", "{paused}", "{done}", "{failed}", "{shield}"];

/// Jobs in every state: the person's own where they may have some, an admin's otherwise.
async fn with_jobs(house: &House, person: Person) -> Vec<(&'static str, String)> {
    let (name, role) = match person {
        Person::Moderator => (person.name(), Role::Moderator),
        _ => (Person::Admin.name(), Role::Admin),
    };
    let own = staff(house, name, role);
    let stop = || set(&[("status", "inactive")]);
    let plan = async |rooms: &str, steps| jobs::plan(&own, listed(&[rooms]), steps).await.unwrap();
    let open = plan("new", stop()).await;
    let token = jobs::token(&own, &open).unwrap();
    let other = staff(house, "fritz", Role::Admin);
    let awaiting = jobs::plan(&other, listed(&["new"]), set(&[("owner", "u9")])).await.unwrap();
    let many: String = (0..20).map(|n| format!("\"t{n}\",")).collect();
    house.import(format!("{{\"id\":\"full\",\"tags\":[{}]}}\n", many.trim_end_matches(','))).await;
    let failing = jobs::plan(&own, listed(&["full", "100%"]), add(&[("tags", "x")])).await.unwrap();
    let failed = done(house, &own, failing).await;
    let shield = jobs::plan_shield(&own, listed(&["abc/def"]), stop(), 5).await.unwrap();
    let shield = done(house, &own, shield).await;
    let running = started(house, &own, plan("..a", stop()).await).await;
    let paused = started(house, &own, plan("直播間", stop()).await).await;
    jobs::pause(&own, paused.id).await.unwrap();
    let ids = [open.id, awaiting.id, running.id, paused.id, failed.id, failed.id, shield.id];
    let mut words: Vec<_> = JOBS.into_iter().zip(ids.map(|id| id.to_string())).collect();
    words.push(("{token}", token));
    words
}
