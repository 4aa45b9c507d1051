//! Stored text that would like to be HTML is text on every page.

use futures::FutureExt;
use wardroom::domain::{
    Timestamp,
    attribute::Attribute,
    client::{Client, ClientId, Member},
    room::{Field, Message, Room, RoomId, Value, Values},
};

use crate::harness::{House, Person, html};

/// What every text says, as far as its kind allows.
const EVIL: &str =
    "</textarea></title></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;<!--%s%n{0}{}${x}{{y}}";

/// A room whose every text is hostile.
async fn evil(house: &House) -> RoomId {
    let id = RoomId::parse(&format!("{EVIL}/id")).unwrap();
    let mut values = Values::defaults();
    for &field in Field::ALL {
        let text = match field.key() {
            "cover" => Some("https://h/x?%22onerror=1'-->".to_owned()),
            "ext_params" => Some(format!("a={EVIL}").replace('&', "")),
            "owner" => Some(EVIL.to_owned()),
            _ if matches!(field.spec().kind, wardroom::domain::room::Kind::Text { .. }) => Some(EVIL.to_owned()),
            _ => None,
        };
        if let Some(text) = text {
            values.set(field, Some(Value::Text(text)));
        }
    }
    values.set(Field::Tags, Some(Value::Words(vec!["<script>alert(1)</script>".to_owned()])));
    values.set(Field::Managers, Some(Value::Words(vec![format!("{EVIL}m")])));
    let sender = ClientId::parse(EVIL).unwrap();
    let message = Message {
        id: EVIL.to_owned(),
        kind: EVIL.to_owned(),
        text: EVIL.to_owned(),
        sender: sender.clone(),
        sent_at: Timestamp(1),
    };
    let room = Room {
        id: id.clone(),
        number: 0,
        app: EVIL.to_owned(),
        version: 1,
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
        member_count: 0,
        values,
        last_message: Some(message),
    };
    let client = Client { id: sender, nickname: EVIL.to_owned(), avatar: EVIL.to_owned(), last_login_at: None };
    let member = Member { client, unread: 1, last_read: EVIL.to_owned() };
    let attribute =
        Attribute { key: EVIL.to_owned(), value: EVIL.to_owned(), auto_delete: true, set_by: EVIL.to_owned(), seq: 1 };
    house
        .store
        .write(move |tx| {
            async move {
                let number = tx.insert_room(&room, 1).await?;
                tx.put_people(&room).await?;
                tx.put_members(number, &[member]).await?;
                tx.put_attribute(number, &attribute).await
            }
            .boxed()
        })
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn stored_text_is_text_on_every_page() {
    let house = House::open().await;
    let id = evil(&house).await;
    let admin = house.admin();
    // Its history, a refused sign-in and an account of that name too.
    let changes =
        [("id", id.as_str()), ("version", "1"), ("changes[name]", &*format!("{EVIL}!")), ("changes[ext]", "")];
    assert_eq!(admin.call("/api/save_room", &changes).await.status, 200);
    house.nobody().call("/api/sign_in", &[("name", EVIL), ("password", "x")]).await;
    let name = "<script>alert(1)</script>";
    assert_eq!(admin.call("/api/add_staff", &[("name", name), ("role", "viewer")]).await.status, 200);
    let app = house.backend_with(wardroom::vendors::abouts()[0].key, |wanted| {
        name.clone_into(&mut wanted.name);
        name.clone_into(&mut wanted.may.application);
    });
    app.await;
    let room = wardroom::ui::links::room(id.as_str());
    let query = percent_encoding::utf8_percent_encode(EVIL, percent_encoding::NON_ALPHANUMERIC).to_string();
    let mut pages: Vec<String> = ["", "/members", "/attributes", "/history", "/api?app=1", "/json", "/owner"]
        .map(|below| format!("{room}{below}"))
        .into();
    pages.push(format!("{room}/owner?to={query}x"));
    pages.extend(
        ["/rooms?q=script", "/rooms?sort=updated", "/audit", "/apps", "/apps/1", "/staff", "/account", "/rooms/new"]
            .map(str::to_owned),
    );
    for name in ["q", "member", "app", "tags", "owner", "managers", "attribute", "status", "from", "sort", "after"] {
        pages.push(format!("/rooms?{name}={query}"));
    }
    for name in ["room", "actor", "field", "source", "from"] {
        pages.push(format!("/audit?{name}={query}"));
    }
    pages.push(format!("/nothing/{query}?{query}={query}"));
    let mut shown = 0;
    for path in &pages {
        for person in [Person::Admin, Person::Viewer] {
            let page = house.actor(person).get(path).await;
            assert!(matches!(page.status, 200 | 403 | 404), "{path}: {}", page.status);
            is_text(&page.body, path);
            shown += usize::from(page.text().contains("alert(1)"));
        }
    }
    assert!(shown > 30, "the text is there, as text: {shown}");
    let door = house.nobody().get(&format!("/sign-in?next={query}")).await;
    is_text(&door.body, "/sign-in");
}

#[tokio::test]
async fn typed_text_comes_back_as_text() {
    let house = House::open().await;
    let admin = house.admin();
    let inputs = [
        ("id", "stage"),
        ("version", "1"),
        ("back", "/rooms/stage"),
        ("changes[description]", EVIL),
        ("changes[name]", EVIL),
        ("changes[cover]", EVIL),
        ("changes[tags]", EVIL),
    ];
    let page = admin.submit("/api/save_room", &inputs).await;
    is_text(&page.body, "/rooms/stage");
    for name in ["changes[description]", "changes[name]", "changes[cover]", "changes[tags]"] {
        assert_eq!(page.input("/api/save_room", name).as_deref(), Some(EVIL), "{name}");
    }
    let rows = [
        ("id", "stage"),
        ("version", "1"),
        ("back", "/rooms/stage/attributes"),
        ("rows[0][key]", EVIL),
        ("rows[0][value]", EVIL),
    ];
    let page = admin.submit("/api/save_attributes", &rows).await;
    is_text(&page.body, "attributes");
    assert_eq!(page.input("/api/save_attributes", "rows[0][value]").as_deref(), Some(EVIL));
    for (path, back, inputs) in [
        ("/api/create_room", "/rooms/new", [("id", "a\0"), ("changes[name]", EVIL), ("changes[owner]", EVIL)]),
        ("/api/add_staff", "/staff", [("name", EVIL), ("role", "viewer"), ("x", EVIL)]),
        ("/api/add_app", "/apps", [("name", EVIL), ("vendor", EVIL), ("key", EVIL)]),
        ("/api/change_app", "/apps", [("id", "1"), ("may[scope]", EVIL), ("may[application]", EVIL)]),
        ("/api/add_manager", "/rooms/stage", [("id", "stage"), ("client", "a,</script><script>alert(1)"), ("x", EVIL)]),
        ("/api/sign_in", "/sign-in", [("name", EVIL), ("password", EVIL), ("next", EVIL)]),
    ] {
        let pairs = [&inputs[..], &[("back", back)]].concat();
        let page = if path == "/api/sign_in" {
            house.nobody().submit(path, &pairs).await
        } else {
            admin.submit(path, &pairs).await
        };
        is_text(&page.body, path);
    }
}

/// No script but our own, no picture but covers, no handler: whatever was stored or typed made no element.
fn is_text(body: &str, path: &str) {
    if let Some(at) = body.find("<script>").or_else(|| body.find("<img src=x")) {
        let start = body[..at].char_indices().rev().nth(300).map_or(0, |(at, _)| at);
        panic!("{path}: …{}", &body[start..at + 20]);
    }
    for tag in html::tags(body) {
        assert!(tag.name != "script" || tag.get("src").starts_with("/pkg/"), "{path}: {tag:?}");
        assert!(tag.name != "img" || tag.get("src").ends_with("/cover"), "{path}: {tag:?}");
        let handler = tag.attributes.keys().find(|name| name.starts_with("on"));
        assert!(handler.is_none(), "{path}: {tag:?}");
    }
    assert_eq!(body.matches("<script").count(), 1, "{path}");
    assert_eq!(body.matches("</title>").count(), 1, "{path}");
    assert_eq!(body.matches("<textarea").count(), body.matches("</textarea>").count(), "{path}");
}
