//! The database that every test starts from: real rooms in every script, a few rooms with everything on them, staff of
//! every kind with a session each. Made once, kept in memory.

use std::{collections::BTreeMap, sync::OnceLock};

use futures::FutureExt;
use serde_json::{Map, Value as Json, json};
use wardroom::{
    domain::{
        Role, Timestamp,
        attribute::Attribute,
        client::{Client, ClientId, Member},
        room::{Line, Message, Room, Values},
    },
    server::clock,
    services::password,
    store::{NewStaff, Store},
};

use super::{Actor, House, config};

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery staple";
/// The room that has everything.
pub const STAGE: &str = "stage";
/// Ids that are hard on addresses; all of them are rooms.
pub const HARD_IDS: [&str; 10] =
    ["new", "abc/def", "100%25", "100%", "a?b#c", "with blank", "直播間", "مباشر", "a+b&c=d", "..a"];
/// When the template's rooms were made.
pub const MADE: Timestamp = Timestamp(1_790_000_000_000);

/// Who sits before a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Person {
    Nobody,
    Viewer,
    Moderator,
    Admin,
    Auditor,
    /// An admin whose password is a one-time one.
    Fresh,
    /// An admin whose account was disabled while a session was open.
    Disabled,
}

impl Person {
    pub const ALL: [Self; 7] =
        [Self::Nobody, Self::Viewer, Self::Moderator, Self::Admin, Self::Auditor, Self::Fresh, Self::Disabled];

    /// The name to sign in with; empty for nobody.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nobody => "",
            Self::Viewer => "vera",
            Self::Moderator => "mona",
            Self::Admin => "ada",
            Self::Auditor => "otto",
            Self::Fresh => "fritz",
            Self::Disabled => "dora",
        }
    }

    const fn role(self) -> Role {
        match self {
            Self::Nobody | Self::Viewer => Role::Viewer,
            Self::Moderator => Role::Moderator,
            Self::Auditor => Role::Auditor,
            Self::Admin | Self::Fresh | Self::Disabled => Role::Admin,
        }
    }
}

struct Template {
    bytes: Vec<u8>,
    key: Vec<u8>,
    cookies: BTreeMap<Person, String>,
}

static TEMPLATE: OnceLock<Template> = OnceLock::new();

/// Makes a copy of the template here, with its master key beside it.
pub fn copy_to(file: &std::path::Path) {
    std::fs::write(file, &template().bytes).unwrap();
    std::fs::write(file.with_extension("key"), &template().key).unwrap();
}

/// A person's session.
pub fn cookie(person: Person) -> Option<String> {
    template().cookies.get(&person).cloned()
}

fn template() -> &'static Template {
    TEMPLATE.get_or_init(|| {
        let make = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(make());
        std::thread::spawn(make).join().unwrap()
    })
}

async fn make() -> Template {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("template.db");
    let store = Store::open(&config(&file).database_url).await.unwrap();
    rooms(&store).await;
    staff(&store).await;
    store.close().await;
    // Signing in goes through the front door, with the cookie names of a plain http house.
    let house = House::over(tempfile::tempdir().unwrap(), file.clone(), |_| {}).await;
    let mut cookies = BTreeMap::new();
    for person in Person::ALL.into_iter().skip(1) {
        let browser = Actor::new(&house);
        let signed_in = browser.call("/api/sign_in", &[("name", person.name()), ("password", PASSWORD)]).await;
        assert_eq!(signed_in.status, 200, "{person:?}: {}", signed_in.body);
        cookies.insert(person, browser.cookie().unwrap());
    }
    house.sql("UPDATE staff SET disabled = 1 WHERE name = 'dora'").await;
    house.sql("DELETE FROM audit").await;
    house.sql("DELETE FROM audit_ends").await;
    house.store.close().await;
    let key = std::fs::read(file.with_extension("key")).unwrap();
    Template { bytes: std::fs::read(&file).unwrap(), key, cookies }
}

async fn staff(store: &Store) {
    let hash = password::hash(PASSWORD.to_owned()).await.unwrap();
    for person in Person::ALL.into_iter().skip(1) {
        let one_time_until = password::one_time_until(clock::now());
        let (name, role, password_hash) = (person.name().to_owned(), person.role(), hash.clone());
        let new = NewStaff { name, role, password_hash, one_time_until, now: MADE };
        store
            .write(move |tx| {
                async move {
                    let id = tx.insert_staff(&new).await?;
                    tx.put_password(id, &new.password_hash, (person == Person::Fresh).then_some(one_time_until)).await
                }
                .boxed()
            })
            .await
            .unwrap();
    }
}

async fn rooms(store: &Store) {
    let mut number = 0;
    for line in include_str!("../data/rooms.jsonl").lines() {
        let object: Map<String, Json> = serde_json::from_str(line).unwrap();
        number += 1;
        put(store, object, MADE.plus(number * 60_000), vec![], vec![]).await;
    }
    for id in HARD_IDS {
        let Json::Object(object) = json!({"id": id, "name": format!("Room {id}"), "owner": "u1"}) else { panic!() };
        put(store, object, MADE, vec![], vec![]).await;
    }
    let Json::Object(stage) = json!({
        "id": STAGE, "app": "demo", "name": "Stage 舞台", "cover": "https://covers.example/stage.png",
        "description": "first\nsecond", "tags": ["live", "新聞"], "categories": [7, 11], "capacity": 500,
        "ext_params": "a=1&b=2", "ext": "{\"x\":1}", "owner": "u1", "managers": ["u2", "u3"],
        "last_message": {"id": "m9", "text": "hello <b>all</b>", "sender": "u2", "sent_at": 1_794_000_000_000_i64},
    }) else {
        panic!()
    };
    let members = (0..120).map(member).collect();
    let attribute = |key: &str, value: &str, seq| Attribute {
        key: key.to_owned(),
        value: value.to_owned(),
        auto_delete: key == "mic1",
        set_by: "u2".to_owned(),
        seq,
    };
    put(store, stage, MADE, members, vec![attribute("mic1", "u2", 2), attribute("topic", "jazz", 1)]).await;
}

fn member(n: i64) -> Member {
    let client = Client {
        id: ClientId::parse(&format!("u{n}")).unwrap(),
        nickname: if n % 3 == 0 { format!("Nick {n}") } else { String::new() },
        avatar: String::new(),
        last_login_at: (n % 4 == 0).then_some(MADE.plus(n * 1000)),
    };
    Member { client, unread: n, last_read: format!("m{n}") }
}

async fn put(
    store: &Store,
    mut object: Map<String, Json>,
    at: Timestamp,
    members: Vec<Member>,
    attributes: Vec<Attribute>,
) {
    let message: Option<Message> = object.remove("last_message").map(|json| serde_json::from_value(json).unwrap());
    let line = Line::from_json(object).unwrap();
    let mut values = Values::defaults();
    line.patch.apply(&mut values);
    let mut room = Room {
        id: line.id,
        number: 0,
        app: line.app.unwrap_or_default(),
        version: 1,
        created_at: MADE,
        updated_at: at,
        member_count: 0,
        values,
        last_message: message,
    };
    let seq = i64::try_from(attributes.len()).unwrap();
    store
        .write(move |tx| {
            async move {
                room.number = tx.insert_room(&room, seq).await?;
                tx.put_people(&room).await?;
                tx.put_members(room.number, &members).await?;
                for attribute in &attributes {
                    tx.put_attribute(room.number, attribute).await?;
                }
                Ok(())
            }
            .boxed()
        })
        .await
        .unwrap();
}
