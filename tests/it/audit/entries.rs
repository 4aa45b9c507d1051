//! Each way to write leaves exactly one entry, in the same transaction, that says who did what, through what, when,
//! from where, and each field before and after.

use futures::FutureExt;
use serde_json::Value as Json;
use wardroom::{
    domain::{
        Timestamp,
        audit::{Action, Actor as Who, Entry, Source},
        room::{Change, Field, Room, Value},
    },
    server::clock,
    services::{apps, jobs, totp},
    store::StoredSession,
};

use crate::{
    harness::{Answer, House, PASSWORD, STAGE},
    jobs as jobs_of,
};

const ROOM: (&str, &str) = ("id", STAGE);
const V1: (&str, &str) = ("version", "2");
const SCOPE: (&str, &str) = ("may[scope]", "read");
const ALL: (&str, &str) = ("may[application]", "");
const NOBODY: (&str, &str) = ("may[accounts]", "");
const RATE: (&str, &str) = ("may[rate]", "5");
const NEW: &str = "another horse altogether";

/// A function's path, its inputs, and the action of the entry that it leaves.
type Write = (&'static str, Vec<(&'static str, &'static str)>, Action);

/// Every server function that writes, as the admin `ada` calls it, and the action of its entry.
fn writes() -> Vec<Write> {
    vec![
        (
            "/api/save_room",
            vec![ROOM, V1, ("changes[name]", "n"), ("changes[capacity]", ""), ("changes[muted]", "yes")],
            Action::RoomUpdated,
        ),
        (
            "/api/create_room",
            vec![("id", "made"), ("changes[name]", "n"), ("changes[owner]", "o")],
            Action::RoomCreated,
        ),
        ("/api/undo", vec![("entry", "{entry}")], Action::Undone),
        ("/api/transfer_room", vec![ROOM, V1, ("to", "u2"), ("keep", "yes")], Action::RoomTransferred),
        ("/api/add_manager", vec![ROOM, ("client", "u7")], Action::ManagerAdded),
        ("/api/remove_manager", vec![ROOM, ("client", "u2")], Action::ManagerRemoved),
        (
            "/api/save_attributes",
            vec![
                ROOM,
                V1,
                ("rows[0][key]", "k"),
                ("rows[0][value]", "v"),
                ("rows[1][key]", "mic1"),
                ("rows[1][delete]", "on"),
            ],
            Action::AttributesChanged,
        ),
        ("/api/plan_job", vec![("chosen[ids]", STAGE), ("typed[set][muted]", "yes")], Action::JobPlanned),
        (
            "/api/plan_shield",
            vec![("chosen[ids]", STAGE), ("typed[set][muted]", "yes"), ("minutes", "5")],
            Action::JobPlanned,
        ),
        ("/api/plan_offboarding", vec![("from", "u1"), ("to", "u9")], Action::JobPlanned),
        ("/api/approve_job", vec![("id", "{awaiting}")], Action::JobApproved),
        ("/api/cancel_job", vec![("id", "{awaiting}")], Action::JobCancelled),
        ("/api/pause_job", vec![("id", "{running}")], Action::JobPaused),
        ("/api/add_staff", vec![("name", "newcomer"), ("role", "viewer")], Action::StaffAdded),
        ("/api/change_role", vec![("id", "{vera}"), ("role", "auditor")], Action::StaffChanged),
        ("/api/disable_staff", vec![("id", "{vera}")], Action::StaffChanged),
        ("/api/enable_staff", vec![("id", "{dora}")], Action::StaffChanged),
        ("/api/reset_password", vec![("id", "{vera}")], Action::PasswordChanged),
        ("/api/add_app", vec![("name", "shop"), ("vendor", "{vendor}"), SCOPE, ALL, NOBODY, RATE], Action::AppAdded),
        ("/api/change_app", vec![("id", "{app}"), SCOPE, ALL, NOBODY, RATE], Action::AppChanged),
        ("/api/rotate_app", vec![("id", "{app}"), ("hours", "1")], Action::AppRotated),
        ("/api/disable_app", vec![("id", "{app}")], Action::AppChanged),
        ("/api/enable_app", vec![("id", "{kept_out}")], Action::AppChanged),
        ("/api/save_view", vec![("name", "new"), ("query", "status=active")], Action::ViewSaved),
        ("/api/change_view", vec![("id", "1"), ("name", "renamed"), ("shared", "on")], Action::ViewChanged),
        ("/api/update_view", vec![("id", "1"), ("query", "status=inactive")], Action::ViewChanged),
        ("/api/delete_view", vec![("id", "1")], Action::ViewDeleted),
        ("/api/save_preferences", vec![("density", "compact"), ("keys", "on")], Action::PreferencesChanged),
        ("/api/change_password", vec![("current", PASSWORD), ("new", NEW), ("again", NEW)], Action::PasswordChanged),
        ("/api/end_session", vec![("handle", "0123456789abcdef")], Action::SignedOut),
        ("/api/end_other_sessions", vec![], Action::SignedOut),
        ("/api/sign_out", vec![], Action::SignedOut),
        ("/api/sign_in", vec![("name", "ada"), ("password", PASSWORD)], Action::SignedIn),
        ("/api/sign_in_code", vec![("code", "{code}")], Action::SignedIn),
        ("/api/confirm", vec![("proof", PASSWORD)], Action::Confirmed),
        ("/api/turn_on_totp", vec![("key", "{key}"), ("digits", "{code}")], Action::TotpOn),
        ("/api/renew_recovery_codes", vec![], Action::RecoveryRenewed),
        ("/api/turn_off_totp", vec![], Action::TotpOff),
        ("/api/reset_totp", vec![("id", "{vera}")], Action::TotpOff),
        ("/api/end_staff_session", vec![("id", "{vera}"), ("handle", "fedcba9876543210")], Action::SignedOut),
        ("/api/end_staff_sessions", vec![("id", "{vera}")], Action::SignedOut),
        ("/api/sign_in", vec![("name", "ada"), ("password", "wrong")], Action::SignInRefused),
    ]
}

struct Prepared {
    house: House,
    entry: String,
    vera: String,
    dora: String,
    app: String,
    kept_out: String,
    awaiting: String,
    running: String,
    key: String,
    code: String,
}

impl Prepared {
    /// One change of the room (version 2), a second session of the admin, two apps; and second steps where the call is
    /// about one.
    async fn new(path: &str) -> Self {
        let house = House::open().await;
        let change = [ROOM, ("version", "1"), ("changes[description]", "changed")];
        let entry = house.admin().call("/api/save_room", &change).await.done().entry.unwrap().to_string();
        let id = async |name: &str| house.store.account_named(name).await.unwrap().unwrap().staff.id;
        let session = StoredSession {
            id_hash: format!("0123456789abcdef{}", "0".repeat(48)),
            staff: Some(id("ada").await),
            data: "{}".to_owned(),
            device: String::new(),
            address: String::new(),
            created_at: clock::now(),
            seen_at: clock::now(),
            expires_at: Timestamp(i64::MAX),
        };
        let theirs = StoredSession {
            id_hash: format!("fedcba9876543210{}", "0".repeat(48)),
            staff: Some(id("vera").await),
            ..session.clone()
        };
        house.store.write(move |tx| async move { tx.insert_session(&theirs).await }.boxed()).await.unwrap();
        house.store.write(move |tx| async move { tx.insert_session(&session).await }.boxed()).await.unwrap();
        house.admin().call("/api/save_view", &[("name", "kept"), ("shared", "on")]).await.done();
        let (vera, dora) = (id("vera").await.to_string(), id("dora").await.to_string());
        let vendor = wardroom::vendors::abouts()[0].key;
        let app = house.backend(vendor).await.app.id.to_string();
        let kept_out = house.backend_with(vendor, |wanted| "kept out".clone_into(&mut wanted.name)).await.app.id;
        apps::set_disabled(&house.ctx(), kept_out, true).await.unwrap();
        let fritz = jobs_of::fritz(&house);
        let owner = jobs::plan(&fritz, jobs_of::listed(&["new"]), jobs_of::set(&[("owner", "u9")])).await.unwrap();
        let mute = jobs::plan(&fritz, jobs_of::listed(&["new"]), jobs_of::set(&[("muted", "yes")])).await.unwrap();
        let running = jobs_of::started(&house, &fritz, mute).await.id.to_string();
        let (kept_out, awaiting) = (kept_out.to_string(), owner.id.to_string());
        let (bytes, now) = ([7; 20], totp::step_at(clock::now()));
        let key = house.store.keys().seal(&format!("totp key of staff {}", id("ada").await), &bytes);
        let mut code = totp::code(&bytes, now);
        match path {
            "/api/sign_in_code" | "/api/renew_recovery_codes" | "/api/turn_off_totp" => {
                code = house.phone("ada").await.code();
            }
            "/api/reset_totp" => drop(house.phone("vera").await),
            _ => {}
        }
        Self { house, entry, vera, dora, app, kept_out, awaiting, running, key, code }
    }

    async fn call(&self, path: &str, inputs: &[(&str, &str)]) -> Answer {
        let fill = |value: &str| {
            let value = value.replace("{entry}", &self.entry).replace("{app}", &self.app);
            let value = value.replace("{vera}", &self.vera).replace("{dora}", &self.dora);
            let value = value.replace("{awaiting}", &self.awaiting).replace("{running}", &self.running);
            let value = value.replace("{key}", &self.key).replace("{code}", &self.code);
            value.replace("{kept_out}", &self.kept_out).replace("{vendor}", wardroom::vendors::abouts()[0].key)
        };
        let pairs: Vec<(&str, String)> = inputs.iter().map(|(name, value)| (*name, fill(value))).collect();
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let is_door = path.starts_with("/api/sign_in");
        let actor = if is_door { self.house.nobody() } else { self.house.admin() }.from([198, 51, 100, 9]);
        let ada = self.house.store.account_named("ada").await.unwrap().unwrap().staff;
        if path == "/api/sign_in_code" && ada.totp_since.is_some() {
            actor.call("/api/sign_in", &[("name", "ada"), ("password", PASSWORD)]).await.done();
        }
        actor.call(path, &pairs).await
    }
}

#[tokio::test]
async fn every_write_leaves_exactly_one_entry_that_tells_all_of_it() {
    for (path, inputs, action) in writes() {
        let prepared = Prepared::new(path).await;
        let house = &prepared.house;
        let id = if action == Action::RoomCreated { "made" } else { STAGE };
        let (before, began, was) = (house.dump().await, clock::now(), values(house, id).await);
        let answer = prepared.call(path, &inputs).await;
        let status = if action == Action::SignInRefused { 422 } else { 200 };
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
        let (after, ended) = (house.dump().await, clock::now());
        assert_eq!(before.added(&after, "audit").len(), 1, "{path}");
        assert_eq!(before.count("audit") + 1, after.count("audit"), "{path}");

        let entry = house.last().await;
        assert_eq!(entry.action, action, "{path}");
        assert_eq!(entry.source, Source::Console, "{path}");
        assert_eq!(entry.address, "198.51.100.9", "{path}");
        assert!(began <= entry.at && entry.at <= ended, "{path}");
        let who = if action == Action::SignInRefused { Who::Nobody("ada".into()) } else { Who::Staff("ada".into()) };
        assert_eq!(entry.actor, who, "{path}");
        if before.differs(&after).contains(&"rooms") {
            let room = house.room(id).await;
            assert_eq!((entry.room.as_deref(), entry.version), (Some(id), Some(room.version)), "{path}");
            assert_eq!(room.updated_at, entry.at, "{path}");
            assert_eq!(sorted(&entry), differences(&was, &values(house, id).await), "{path}");
        } else {
            assert_eq!(entry.room, None, "{path}");
        }
        assert!(!answer.body.contains(PASSWORD) && !house.dump_text().await.contains(NEW), "{path}");
    }
}

#[tokio::test]
async fn what_is_said_of_an_account_is_its_name_and_what_changed() {
    for (path, note, change) in [
        ("/api/add_staff", "newcomer", Some(("role", None, Some("viewer")))),
        ("/api/change_role", "vera", Some(("role", Some("viewer"), Some("auditor")))),
        ("/api/disable_staff", "vera", Some(("account", Some("enabled"), Some("disabled")))),
        ("/api/enable_staff", "dora", Some(("account", Some("disabled"), Some("enabled")))),
        ("/api/reset_password", "vera", None),
        ("/api/reset_totp", "vera", None),
        ("/api/end_staff_session", "vera", None),
        ("/api/end_staff_sessions", "vera", None),
        ("/api/turn_on_totp", "ada", None),
        ("/api/turn_off_totp", "ada", None),
        ("/api/renew_recovery_codes", "ada", None),
        ("/api/confirm", "ada", None),
        ("/api/change_password", "ada", None),
    ] {
        let prepared = Prepared::new(path).await;
        let (_, inputs, _) = writes().into_iter().find(|(listed, ..)| *listed == path).unwrap();
        assert_eq!(prepared.call(path, &inputs).await.status, 200, "{path}");
        let entry = prepared.house.last().await;
        let expected = change.map(|(field, before, after)| Change::of_text(field, before, after));
        assert_eq!((entry.note.as_str(), entry.changes), (note, expected.into_iter().collect()), "{path}");
    }
}

#[tokio::test]
async fn where_the_entry_cannot_be_written_nothing_is() {
    for (path, inputs, action) in writes() {
        let prepared = Prepared::new(path).await;
        let house = &prepared.house;
        house.sql("CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END").await;
        let (before, sessions) = (house.dump().await, house.ask(SESSIONS).await);
        let answer = prepared.call(path, &inputs).await;
        assert_eq!(answer.status, 500, "{path}: {}", answer.body);
        assert!(!answer.body.contains("full") && !answer.body.contains("audit"), "{path}: {}", answer.body);
        assert_eq!(before, house.dump().await, "{path}");
        assert_eq!(sessions, house.ask(SESSIONS).await, "{path} {action:?}: a session came or went unseen");
    }
}

const SESSIONS: &str =
    "SELECT group_concat(id_hash || staff, ',') FROM (SELECT * FROM sessions WHERE staff IS NOT NULL ORDER BY id_hash)";

#[tokio::test]
async fn what_is_refused_or_already_so_leaves_no_entry() {
    let prepared = Prepared::new("").await;
    let house = &prepared.house;
    let before = house.dump().await;
    for (path, inputs, status) in [
        ("/api/save_room", vec![ROOM, V1, ("changes[cover]", "x")], 422),
        ("/api/save_room", vec![ROOM, V1, ("changes[description]", "changed")], 200),
        ("/api/save_room", vec![ROOM, V1], 200),
        ("/api/create_room", vec![ROOM], 422),
        ("/api/undo", vec![("entry", "0")], 404),
        ("/api/transfer_room", vec![ROOM, V1, ("to", "u1")], 422),
        ("/api/add_manager", vec![ROOM, ("client", "u2")], 200),
        ("/api/remove_manager", vec![ROOM, ("client", "u7")], 200),
        ("/api/save_attributes", vec![ROOM, V1, ("rows[0][key]", "topic"), ("rows[0][value]", "jazz")], 200),
        ("/api/add_staff", vec![("name", "VERA"), ("role", "viewer")], 422),
        ("/api/change_role", vec![("id", "{vera}"), ("role", "viewer")], 200),
        ("/api/disable_staff", vec![("id", "{dora}")], 200),
        ("/api/enable_staff", vec![("id", "{vera}")], 200),
        ("/api/reset_password", vec![("id", "0")], 404),
        ("/api/reset_totp", vec![("id", "{vera}")], 409),
        ("/api/turn_on_totp", vec![("key", "{key}"), ("digits", "12345")], 422),
        ("/api/turn_on_totp", vec![("key", "v1.1.AAAA"), ("digits", "{code}")], 422),
        ("/api/turn_off_totp", vec![], 409),
        ("/api/renew_recovery_codes", vec![], 409),
        ("/api/sign_in_code", vec![("code", "{code}")], 401),
        ("/api/end_staff_session", vec![("id", "{vera}"), ("handle", "nobody's")], 404),
        ("/api/add_app", vec![("name", "KEPT OUT"), ("vendor", "{vendor}"), SCOPE, ALL, NOBODY, RATE], 422),
        ("/api/change_app", vec![("id", "{app}"), ("may[scope]", "manage"), ALL, NOBODY, ("may[rate]", "")], 200),
        ("/api/change_app", vec![("id", "0"), SCOPE, ALL, NOBODY, RATE], 404),
        ("/api/rotate_app", vec![("id", "{app}"), ("hours", "745")], 422),
        ("/api/disable_app", vec![("id", "{kept_out}")], 200),
        ("/api/enable_app", vec![("id", "{app}")], 200),
        ("/api/save_view", vec![("name", "ＫＥＰＴ")], 422),
        ("/api/change_view", vec![("id", "1"), ("name", "kept"), ("shared", "on")], 200),
        ("/api/update_view", vec![("id", "1"), ("query", "after=1~2")], 200),
        ("/api/delete_view", vec![("id", "99")], 404),
        ("/api/save_preferences", vec![("density", "comfortable"), ("keys", "on")], 200),
        ("/api/change_password", vec![("current", "wrong"), ("new", NEW), ("again", NEW)], 422),
        ("/api/end_session", vec![("handle", "nobody's")], 404),
    ] {
        assert_eq!(prepared.call(path, &inputs).await.status, status, "{path} {inputs:?}");
        assert_eq!(before, house.dump().await, "{path} {inputs:?}");
    }
}

/// What an entry may tell of: a room's fields and attributes, as pairs of a change's subject and its value.
async fn values(house: &House, id: &str) -> Vec<(String, Value)> {
    let id = wardroom::domain::room::RoomId::parse(id).unwrap();
    let Some(room) = house.store.room(&id).await.unwrap() else {
        // A room that is made is told of as far as it differs from a room with nothing.
        let values = wardroom::domain::room::Values::defaults();
        return values.iter().map(|(field, value)| (field.key().to_owned(), value.clone())).collect();
    };
    let Room { values, number, .. } = room;
    let mut all: Vec<(String, Value)> =
        Field::ALL.iter().filter_map(|&field| Some((field.key().to_owned(), values.get(field)?.clone()))).collect();
    for attribute in house.store.attributes(number).await.unwrap() {
        all.push((format!("attribute.{}", attribute.key), Value::Text(attribute.value)));
        if attribute.auto_delete {
            all.push((format!("auto_delete.{}", attribute.key), Value::Flag(true)));
            all.push((format!("set_by.{}", attribute.key), Value::Text(attribute.set_by)));
        }
    }
    all
}

fn differences(before: &[(String, Value)], after: &[(String, Value)]) -> Vec<String> {
    let find = |all: &[(String, Value)], subject: &str| all.iter().find(|(s, _)| s == subject).map(|(_, v)| v.clone());
    let mut subjects: Vec<&String> = before.iter().chain(after).map(|(subject, _)| subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let changes = subjects.into_iter().map(|subject| Change {
        field: subject.clone(),
        before: find(before, subject),
        after: find(after, subject),
    });
    changes.filter(|change| change.before != change.after).map(|change| json(&change)).collect()
}

fn sorted(entry: &Entry) -> Vec<String> {
    let mut changes: Vec<&Change> = entry.changes.iter().collect();
    changes.sort_by(|a, b| a.field.cmp(&b.field));
    changes.into_iter().map(json).collect()
}

fn json(change: &Change) -> String {
    serde_json::to_value(change).unwrap_or(Json::Null).to_string()
}
