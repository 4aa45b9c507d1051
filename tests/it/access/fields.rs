//! Rights that follow the field, and rights that change while somebody is at work.

use wardroom::domain::{
    Role,
    room::{Field, Kind},
};

use crate::harness::{Actor, House, Person, STAGE};

/// What a moderator may correct: what people see of a room, and whether it is in service.
const A_MODERATORS: [Field; 7] =
    [Field::Name, Field::Cover, Field::Description, Field::Announcement, Field::Tags, Field::Categories, Field::Status];

fn another_value(field: Field) -> &'static str {
    match field.spec().kind {
        Kind::Text { .. } | Kind::Words { .. } | Kind::Client | Kind::Clients { .. } => "another",
        Kind::Link { .. } => "https://other.example/x.png",
        Kind::Pairs { .. } => "z=9",
        Kind::Numbers { .. } | Kind::Number { .. } => "3",
        Kind::Flag { default } => {
            if default {
                "no"
            } else {
                "yes"
            }
        }
        Kind::Choice(options) => options[1].0,
    }
}

async fn save(actor: &Actor<'_>, field: Field) -> u16 {
    let name = format!("changes[{}]", field.key());
    let pairs = [("id", STAGE), ("version", "99"), (name.as_str(), another_value(field))];
    actor.call("/api/save_room", &pairs).await.status
}

#[tokio::test]
async fn each_field_is_changed_by_those_who_may_and_nobody_else() {
    let house = House::open().await;
    for &field in Field::ALL {
        for person in [Person::Viewer, Person::Auditor, Person::Moderator, Person::Admin] {
            let may = person == Person::Admin || (person == Person::Moderator && A_MODERATORS.contains(&field));
            let before = house.room(STAGE).await;
            let status = save(&house.actor(person), field).await;
            let after = house.room(STAGE).await;
            assert_eq!(status, if may { 200 } else { 403 }, "{field:?} as {person:?}");
            assert!(may || before == after, "{field:?} as {person:?}");
            if may {
                assert_ne!(before.values.get(field), after.values.get(field), "{field:?} as {person:?}");
                // Back, so that the next one has something to change.
                let undo = [("entry", &*house.last().await.id.to_string())];
                assert_eq!(house.admin().call("/api/undo", &undo).await.status, 200);
            }
        }
    }
}

#[tokio::test]
async fn one_field_too_many_refuses_the_whole_form() {
    let house = House::open().await;
    let before = house.room(STAGE).await;
    let pairs = [("id", STAGE), ("version", "1"), ("changes[name]", "mine"), ("changes[muted]", "yes")];
    assert_eq!(house.moderator().call("/api/save_room", &pairs).await.status, 403);
    assert_eq!(before, house.room(STAGE).await);
    let as_it_is = [("id", STAGE), ("version", "1"), ("changes[name]", "mine"), ("changes[muted]", "no")];
    let answer = house.moderator().call("/api/save_room", &as_it_is).await;
    assert_eq!(answer.status, 403, "also where it asks for what is so already: {}", answer.body);
}

#[tokio::test]
async fn another_role_counts_at_the_very_next_request() {
    let house = House::open().await;
    let (admin, vera) = (house.admin(), house.viewer());
    assert_eq!(save(&vera, Field::Name).await, 403);
    let id = house.store.account_named("vera").await.unwrap().unwrap().staff.id.to_string();
    for (role, name, muted) in [("moderator", 200, 403), ("admin", 200, 200), ("auditor", 403, 403)] {
        assert_eq!(admin.call("/api/change_role", &[("id", &id), ("role", role)]).await.status, 200);
        assert_eq!(save(&vera, Field::Name).await, name, "{role}");
        assert_eq!(save(&vera, Field::Muted).await, muted, "{role}");
        let page = vera.get("/rooms").await;
        assert!(page.says(&format!("vera {role}")), "{}", page.text());
    }
    let account = house.store.account_named("vera").await.unwrap().unwrap();
    assert_eq!(account.staff.role, Role::Auditor);
}

#[tokio::test]
async fn a_disabled_account_is_out_at_the_very_next_request() {
    let house = House::open().await;
    let (admin, mona) = (house.admin(), house.moderator());
    let id = house.store.account_named("mona").await.unwrap().unwrap().staff.id.to_string();
    assert_eq!(mona.get("/rooms").await.status, 200);
    assert_eq!(admin.call("/api/disable_staff", &[("id", &id)]).await.status, 200);
    assert_eq!(save(&mona, Field::Name).await, 401);
    assert_eq!(mona.get("/rooms").await.to(), "/sign-in?next=%2Frooms");
    assert_eq!(admin.call("/api/enable_staff", &[("id", &id)]).await.status, 200);
    assert_eq!(save(&mona, Field::Name).await, 401, "her old session has ended for good");
}
