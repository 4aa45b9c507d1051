//! What apps called: on their own pages, and in the history of the rooms they changed.

use wardroom::{
    domain::{
        app::Scope,
        audit::{Actor as Who, Call, Notify, Source},
        room::{Field, Patch, RoomId, Value},
    },
    services::{Caller, Ctx, Seat, apps, rooms},
    vendors::abouts,
};

use super::{commands, run};
use crate::harness::{House, STAGE};

#[tokio::test]
async fn what_an_app_called_and_was_refused_stands_on_its_page() {
    for about in abouts() {
        let house = House::open().await;
        let admin = house.admin();
        let reader = house.backend_with(about.key, |wanted| {
            "reader".clone_into(&mut wanted.name);
            Scope::Read.key().clone_into(&mut wanted.may.scope);
        });
        let (reader, owner) = (reader.await.app, house.backend(about.key).await.app);
        for app in [&reader, &owner] {
            let section = admin.get(&format!("/rooms/{STAGE}/api?app={}", app.id)).await;
            let commands = commands(&section);
            assert!(!commands.is_empty(), "{}", section.text());
            for command in commands {
                let answer = run(&house, &command).await;
                assert_ne!(answer.status, 500, "{command}: {}", answer.body);
            }
        }
        let page = admin.get(&format!("/apps/{}", reader.id)).await;
        assert!(page.says("Never") && page.says("Refused calls: none."), "nothing was written down yet");
        house.write_usage().await;
        let used = apps::get(&house.ctx(), reader.id).await.unwrap();
        assert!(used.many(true) > 0, "{}: a reader may not change a room: {used:?}", about.key);
        let page = admin.get(&format!("/apps/{}", reader.id)).await;
        assert!(page.says(&format!("Refused calls: {}", used.many(true))) && !page.says("Never"), "{}", page.text());
        for tally in used.tallies.iter().filter(|tally| tally.refused) {
            assert!(!tally.last_message.is_empty(), "{tally:?}");
            for words in [&tally.action, &tally.code, &tally.last_message] {
                assert!(page.says(&words.split_whitespace().collect::<Vec<_>>().join(" ")), "{words}: {}", page.text());
            }
        }
        let used = apps::get(&house.ctx(), owner.id).await.unwrap();
        assert!(used.many(false) > 0, "{}: {used:?}", about.key);
        let page = admin.get(&format!("/apps/{}", owner.id)).await;
        assert!(page.says(&format!("Accepted calls: {}", used.many(false))), "{}", page.text());
        assert!(admin.get("/apps").await.says(&used.last_at().unwrap().short()));
    }
}

#[tokio::test]
async fn an_entry_says_through_which_vendors_call_and_on_whose_behalf() {
    let house = House::open().await;
    let about = abouts()[0];
    let action = about.actions[0].name.to_owned();
    let change = async |text: &str, call: Call| {
        let actor = Who::App("shop".to_owned());
        let caller = Caller { app: 1, application: String::new(), call, seat: Seat::App };
        let ctx = Ctx { actor, source: Source::Api, caller: Some(caller), ..house.ctx() };
        let id = RoomId::parse(STAGE).unwrap();
        let version = house.room(STAGE).await.version;
        let patch = Patch::default().with(Field::Name, Some(Value::Text(text.to_owned())));
        rooms::update(&ctx, &id, version, patch).await.unwrap();
    };
    let notify = Some(Notify { wanted: true, ext: "<b>hi</b>".to_owned() });
    let call = Call { vendor: about.key.to_owned(), action: action.clone(), client: "u2<i>".to_owned(), notify };
    change("one", call).await;
    for path in [&format!("/rooms/{STAGE}/history"), "/audit"] {
        let page = house.viewer().get(path).await;
        let told = format!("{} {action} on behalf of u2<i> , notification asked for: <b>hi</b>", about.name);
        assert!(page.says(&told) && page.says("app shop"), "{told}: {}", page.text());
    }
    let notify = Some(Notify { wanted: false, ext: String::new() });
    change("two", Call { vendor: "gone".to_owned(), action: "DO".to_owned(), client: String::new(), notify }).await;
    let page = house.viewer().get("/audit").await;
    assert!(page.says("gone DO , no notification"), "a vendor that is spoken no more: {}", page.text());
    assert_eq!(page.text().matches("on behalf of").count(), 1);
}
