//! Adding, changing, rotating and disabling apps, as forms and as an island does.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use wardroom::{
    domain::{
        Error,
        app::{App, Scope},
        audit::Action,
    },
    server::clock,
    vendors::abouts,
};

use super::{pairs, text_of, wanted, with};
use crate::harness::{Answer, House};

const SESSIONS: &str = "SELECT group_concat(data, ' ') FROM sessions";

async fn app(house: &House, id: i64) -> App {
    house.store.app(id, clock::now()).await.unwrap().unwrap().app
}

async fn secrets(house: &House, id: i64) -> Vec<String> {
    house.store.app(id, clock::now()).await.unwrap().unwrap().secrets
}

/// The number of the app whose page this is.
fn id_of(page: &Answer) -> i64 {
    page.input("/api/rotate_app", "id").unwrap_or_else(|| panic!("{}", page.text())).parse().unwrap()
}

/// Says where a secret stands beside the one place where it must.
async fn stands_nowhere(house: &House, id: i64, secret: &str) {
    let admin = house.admin();
    for path in ["/apps".to_owned(), format!("/apps/{id}"), "/audit".to_owned(), "/audit/export".to_owned()] {
        let page = admin.get(&path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(!page.body.contains(secret), "{path}");
    }
    let section = admin.get(&format!("/rooms/stage/api?app={id}")).await;
    assert!(section.status == 200 && section.body.contains("curl ") && !section.body.contains(secret));
    assert!(!serde_json::to_string(&house.audit().await).unwrap().contains(secret), "the audit trail");
    assert!(!house.ask(SESSIONS).await.contains(secret), "the sessions");
}

#[tokio::test]
async fn an_app_is_added_and_its_secret_is_shown_this_once() {
    for about in abouts() {
        let house = House::open().await;
        let admin = house.admin();
        assert!(admin.get("/apps").await.says("No apps yet"));
        let page = admin.submit("/api/add_app", &pairs(&wanted(about))).await;
        let name = format!("{} shop 店", about.name);
        assert_eq!((page.status, page.title()), (200, format!("{name} · Wardroom")), "{}", page.text());
        for words in [&format!("Added {name}."), about.key_label, about.secret_label, "It is shown this once"] {
            assert!(page.says(words), "{words}: {}", page.text());
        }
        let (id, secret) = (id_of(&page), text_of(&page, "secret").unwrap());
        let made = app(&house, id).await;
        assert_eq!(text_of(&page, "secret-public").as_deref(), Some(made.key.as_str()));
        assert_eq!(secrets(&house, id).await, [secret.as_str()]);
        assert_eq!((about.check_key)(&made.key), Ok(()));
        assert_eq!((made.scope, made.rate, made.disabled), (Scope::Manage, None, false));
        assert_eq!(made.accounts.is_empty(), about.accounts_label.is_none());
        stands_nowhere(&house, id, &secret).await;
        let entry = house.last().await;
        assert_eq!((entry.action, entry.note.as_str()), (Action::AppAdded, name.as_str()));
        let list = admin.get("/apps").await;
        for words in [&name, about.name, about.key_label, &made.key, "All rooms", "Vendor's own rate", "Never"] {
            assert!(list.says(words), "{words}: {}", list.text());
        }

        let done = admin.call("/api/add_app", &pairs(&with(wanted(about), "name", "by an island"))).await.done();
        let shown = done.secret.unwrap();
        assert_eq!((shown.label.as_str(), shown.name.as_str()), (about.secret_label, "by an island"));
        let id: i64 = done.to.unwrap().strip_prefix("/apps/").unwrap().parse().unwrap();
        assert_eq!(shown.public.unwrap().1, app(&house, id).await.key);
        assert_eq!(secrets(&house, id).await, [shown.value]);
    }
}

#[tokio::test]
async fn a_back_end_goes_on_with_its_own_key_and_secret() {
    for about in abouts() {
        let house = House::open().await;
        let admin = house.admin();
        let (key, secret) = ((about.credentials)().key, "the-secret-of-old-times");
        let inputs = with(with(wanted(about), "key", &key), "secret", secret);
        let refused = admin.submit("/api/add_app", &pairs(&with(inputs.clone(), "name", " "))).await;
        assert_eq!(refused.input("/api/add_app", "key").as_deref(), Some(key.as_str()));
        assert_eq!(refused.input("/api/add_app", "secret").as_deref(), Some(""), "it does not come back");
        assert!(refused.says("type it again") && !refused.body.contains(secret));
        assert!(!house.ask(SESSIONS).await.contains(secret));
        let page = admin.submit("/api/add_app", &pairs(&inputs)).await;
        assert!(page.says("It calls with the secret that you gave.") && page.says(&key), "{}", page.text());
        assert!(!page.body.contains(secret), "it is known already");
        let id = id_of(&page);
        assert_eq!((app(&house, id).await.key, secrets(&house, id).await), (key.clone(), vec![secret.to_owned()]));
        stands_nowhere(&house, id, secret).await;
        let again = admin.submit("/api/add_app", &pairs(&with(inputs, "name", "another"))).await;
        assert!(again.says("Key is another app's"), "{}", again.text());
    }
}

#[tokio::test]
async fn each_bad_input_is_named_and_nothing_is_written() {
    for about in abouts() {
        let house = House::open().await;
        let admin = house.admin();
        admin.submit("/api/add_app", &pairs(&with(wanted(about), "name", "Taken"))).await;
        let before = house.dump().await;
        for (input, value, field, why) in [
            ("name", " ", "name", "is empty"),
            ("name", &*"n".repeat(65), "name", "too long"),
            ("name", "TAKEN", "name", "another app's"),
            ("vendor", "nobody", "vendor", "must be one of"),
            ("may[scope]", "everything", "scope", "is not one"),
            ("may[scope]", "", "scope", "is not one"),
            ("may[application]", &*"a".repeat(65), "application", "too long"),
            ("may[accounts]", "a\u{1}b", "accounts", "which"),
            ("may[rate]", "0", "rate", "whole number from 1"),
            ("may[rate]", "lots", "rate", "whole number from 1"),
            ("key", "k", "key", "must"),
            ("secret", "short", "secret", "8 to 256"),
        ] {
            let inputs = with(wanted(about), input, value);
            let Error::Invalid(all) = admin.call("/api/add_app", &pairs(&inputs)).await.error() else { panic!() };
            let named = all.iter().any(|wrong| wrong.field == field && wrong.message.contains(why));
            assert!(named, "{} {input}={value}: {all:?}", about.key);
            let page = admin.submit("/api/add_app", &pairs(&inputs)).await;
            let has_input = page.tags().iter().any(|tag| tag.get("id") == format!("field-{field}"));
            let told = text_of(&page, &format!("field-{field}-error")).is_some();
            assert!(told || !has_input, "{input}={value}: {}", page.text());
            let typed = if input == "name" { value.to_owned() } else { wanted(about)[0].1.clone() };
            assert_eq!(page.input("/api/add_app", "name"), Some(typed));
        }
        if about.accounts_label.is_none() {
            let answer = admin.call("/api/add_app", &pairs(&with(wanted(about), "may[accounts]", "boss"))).await;
            assert!(answer.body.contains(&format!("mean nothing to {}", about.name)), "{}", answer.body);
        }
        assert_eq!(before, house.dump().await, "{}", about.key);
    }
}

#[tokio::test]
async fn what_an_app_may_do_is_changed_on_its_page() {
    for about in abouts() {
        let house = House::open().await;
        let (admin, backend) = (house.admin(), house.backend(about.key).await);
        let (id, back) = (backend.app.id.to_string(), format!("/apps/{}", backend.app.id));
        let accounts = if about.accounts_label.is_some() { "boss, helper" } else { "" };
        let inputs = |rate: &'static str| {
            [
                ("id", id.as_str()),
                ("back", back.as_str()),
                ("may[scope]", "edit"),
                ("may[application]", "demo"),
                ("may[accounts]", accounts),
                ("may[rate]", rate),
            ]
        };
        let refused = admin.submit("/api/change_app", &inputs("-1")).await;
        assert!(text_of(&refused, "field-rate-error").is_some(), "{}", refused.text());
        assert_eq!(refused.input("/api/change_app", "may[rate]").as_deref(), Some("-1"));
        assert_eq!(refused.input("/api/change_app", "may[scope]").as_deref(), Some("edit"));
        assert_eq!(app(&house, backend.app.id).await, backend.app);
        let page = admin.submit("/api/change_app", &inputs("1200")).await;
        assert!(page.says("It counts from its next call.") && page.says("1,200 calls a second"), "{}", page.text());
        let changed = app(&house, backend.app.id).await;
        assert_eq!((changed.scope, changed.application.as_str(), changed.rate), (Scope::Edit, "demo", Some(1200)));
        assert_eq!(changed.accounts.join(", "), accounts);
        assert_eq!(page.input("/api/change_app", "may[application]").as_deref(), Some("demo"));
        let entry = house.last().await;
        assert_eq!((entry.action, entry.note), (Action::AppChanged, backend.app.name.clone()));
        assert!(entry.changes.iter().any(|change| change.field == "rate" && change.show_after() == "1200"));
        assert!(admin.get("/apps").await.says("Rooms of demo"));
        assert!(admin.get("/audit").await.says(&format!("changed an app : {}", backend.app.name)));
    }
    assert_eq!(House::open().await.admin().get("/apps/7").await.status, 404);
}

#[tokio::test]
async fn a_rotated_secret_is_shown_this_once_and_the_old_one_counts_for_a_while() {
    for about in abouts() {
        let house = House::open().await;
        let (admin, backend) = (house.admin(), house.backend(about.key).await);
        let (number, old) = (backend.app.id, backend.secret.clone());
        let (id, back) = (number.to_string(), format!("/apps/{number}"));
        let rotate = |hours: &'static str| [("id", id.as_str()), ("hours", hours), ("back", back.as_str())];
        for bad in ["", "-1", "1.5", "745", "soon"] {
            let page = admin.submit("/api/rotate_app", &rotate(bad)).await;
            assert!(text_of(&page, "field-hours-error").is_some(), "{bad}: {}", page.text());
            assert_eq!(page.input("/api/rotate_app", "hours").as_deref(), Some(bad));
        }
        assert_eq!(secrets(&house, number).await, [old.as_str()]);
        let page = admin.submit("/api/rotate_app", &rotate("24")).await;
        let new = text_of(&page, "secret").unwrap();
        assert!(new != old && page.says("The one before counts until") && page.says(about.secret_label));
        assert!(page.says("Old secret counts until") && admin.get("/apps").await.says("Old secret counts until"));
        assert_eq!(secrets(&house, number).await, [new.as_str(), old.as_str()]);
        let entry = house.last().await;
        assert_eq!((entry.action, entry.note), (Action::AppRotated, backend.app.name.clone()));
        for secret in [&new, &old] {
            stands_nowhere(&house, number, secret).await;
        }
        let done = admin.call("/api/rotate_app", &rotate("0")).await.done();
        let newest = done.secret.unwrap();
        assert_eq!(newest.note, "The one before counts no more.");
        assert_eq!(secrets(&house, number).await, [newest.value]);
        assert!(!admin.get("/apps").await.says("Old secret counts until"));
    }
}

#[tokio::test]
async fn an_app_is_kept_out_and_let_in_again() {
    let house = House::open().await;
    let (admin, backend) = (house.admin(), house.backend(abouts()[0].key).await);
    let (id, back) = (backend.app.id.to_string(), format!("/apps/{}", backend.app.id));
    let pairs = [("id", id.as_str()), ("back", back.as_str())];
    let page = admin.submit("/api/disable_app", &pairs).await;
    assert!(page.says("is disabled; its next call is refused.") && page.says("Enable"), "{}", page.text());
    assert!(app(&house, backend.app.id).await.disabled);
    assert!(admin.get("/apps").await.says("Disabled"));
    let section = admin.get(&format!("/rooms/stage/api?app={id}")).await;
    assert!(section.status == 200 && !section.body.contains("curl "), "no commands of an app that is kept out");
    assert!(section.says("There is no such app") && section.says("Add one"), "{}", section.text());
    assert!(admin.submit("/api/enable_app", &pairs).await.says("is enabled."));
    assert!(!app(&house, backend.app.id).await.disabled);
    let done: Vec<Action> = house.audit().await.iter().map(|entry| entry.action).collect();
    assert_eq!(done, [Action::AppChanged, Action::AppChanged, Action::AppAdded]);
}

/// Everything that is logged, kept.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_secret_is_logged_however_much_is_logged() {
    let log = Log::default();
    let kept = log.clone();
    let everything = || tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE);
    // While there is only one dispatcher, tracing lets a thread without it switch an event off for all: so there are two.
    let second = tracing::Dispatch::new(everything().with_writer(std::io::sink).finish());
    let guard = tracing::subscriber::set_default(everything().with_writer(move || kept.clone()).finish());
    let house = House::open().await;
    let admin = house.admin();
    let mut shown = vec!["the-secret-of-old-times".to_owned()];
    for about in abouts() {
        let inputs = with(wanted(about), "secret", "the-secret-of-old-times");
        assert_eq!(admin.call("/api/add_app", &pairs(&with(inputs.clone(), "name", " "))).await.status, 422);
        assert_eq!(admin.call("/api/add_app", &pairs(&with(inputs, "name", about.key))).await.status, 200);
        let page = admin.submit("/api/add_app", &pairs(&wanted(about))).await;
        shown.push(text_of(&page, "secret").unwrap());
        let id = id_of(&page).to_string();
        let done = admin.call("/api/rotate_app", &[("id", &id), ("hours", "1")]).await.done();
        shown.push(done.secret.unwrap().value);
        admin.get(&format!("/rooms/stage/api?app={id}")).await;
    }
    drop((guard, second));
    let log = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(log.contains("/api/add_app"), "requests are logged: {log:.300}");
    for secret in shown {
        assert!(!log.contains(&secret), "{secret}");
    }
}
