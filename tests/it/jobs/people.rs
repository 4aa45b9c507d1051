//! Off-boarding: all seats of one client go to another, no room is without an owner, nobody has two seats.

use std::collections::BTreeSet;

use wardroom::{
    domain::{
        Error,
        audit::Action,
        client::ClientId,
        job::{State, Typed},
    },
    services::jobs,
};

use super::{ada, done, exported, map, mona, results, set};
use crate::harness::{House, STAGE};

fn client(id: &str) -> ClientId {
    ClientId::parse(id).unwrap()
}

#[tokio::test]
async fn all_seats_of_one_client_go_to_another() {
    let house = House::open().await;
    let ctx = ada(&house);
    house
        .import(
            "{\"id\":\"both\",\"owner\":\"u1\",\"managers\":[\"u9\",\"u4\"]}\n\
             {\"id\":\"seat\",\"owner\":\"u8\",\"managers\":[\"u4\",\"u1\"]}\n\
             {\"id\":\"theirs\",\"owner\":\"u9\",\"managers\":[\"u1\"]}\n\
             {\"id\":\"foreign\",\"owner\":\"u8\",\"managers\":[\"u4\"]}\n"
                .to_owned(),
        )
        .await;
    let of = |rooms: &std::collections::BTreeMap<String, serde_json::Value>, id: &str| -> BTreeSet<String> {
        let is = |room: &serde_json::Value| {
            let managers = room["managers"].as_array().cloned().unwrap_or_default();
            room["owner"] == id || managers.iter().any(|manager| manager == id)
        };
        rooms.iter().filter(|(_, room)| is(room)).map(|(id, _)| id.clone()).collect()
    };
    let before = exported(&house).await;
    let seats = of(&before, "u1");
    assert!(seats.len() > 10, "{seats:?}");
    let job = jobs::plan_offboarding(&ctx, client("u1"), client("u9")).await.unwrap();
    assert_eq!(
        (job.total as usize, job.preview.change as usize, job.state),
        (seats.len(), seats.len(), State::Awaiting)
    );
    let job = done(&house, &ctx, job).await;
    assert_eq!(results(&house, job.id).await.into_keys().collect::<BTreeSet<_>>(), seats);
    let after = exported(&house).await;
    assert_eq!(of(&after, "u1"), BTreeSet::new(), "nothing is left to them");
    assert!(of(&after, "u9").is_superset(&seats));
    for (id, room) in &after {
        assert_eq!(room["owner"].is_null(), before[id]["owner"].is_null(), "{id}: no room loses its owner");
        let managers = room["managers"].as_array().cloned().unwrap_or_default();
        assert!(!managers.contains(&room["owner"]), "{id}: {room}");
        assert_eq!(managers.len(), managers.iter().map(ToString::to_string).collect::<BTreeSet<_>>().len());
    }
    let managers = |id: &str| after[id]["managers"].to_string();
    assert_eq!(
        (managers("both"), managers("seat"), managers("theirs")),
        ("[\"u4\"]".into(), "[\"u4\",\"u9\"]".into(), "null".into())
    );
    assert_eq!(after["foreign"], before["foreign"]);
    let entry = house.store.entry(results(&house, job.id).await[STAGE].entry.unwrap()).await.unwrap().unwrap();
    assert_eq!(entry.action, Action::RoomTransferred);

    let undo = jobs::plan_undo(&ctx, job.id).await.unwrap();
    done(&house, &ctx, undo).await;
    assert_eq!(exported(&house).await, before, "and back again");
}

#[tokio::test]
async fn nobody_is_handed_over_to_themselves_or_without_a_room() {
    let house = House::open().await;
    let (ctx, before) = (ada(&house), house.dump().await);
    let error = jobs::plan_offboarding(&ctx, client("u1"), client("u1")).await.unwrap_err();
    assert!(matches!(&error, Error::Invalid(all) if all[0].field == "to"), "{error}");
    let error = jobs::plan_offboarding(&ctx, client("nobody"), client("u1")).await.unwrap_err();
    assert!(error.to_string().contains("owns and manages no room"), "{error}");
    let error = jobs::plan_offboarding(&mona(&house), client("u1"), client("u9")).await.unwrap_err();
    assert!(matches!(error, Error::Forbidden(_)), "{error}");
    let cleared = Typed { clear: map(&[("owner", "on")]), ..Typed::default() };
    assert!(cleared.steps(&ctx.settings.attributes).is_err(), "no room ends without an owner");
    assert_eq!(before, house.dump().await);
    let owner = jobs::plan(&ctx, super::listed(&[STAGE]), set(&[("owner", "u2")])).await.unwrap();
    done(&house, &ctx, owner).await;
    let stage = house.room(STAGE).await;
    assert_eq!(
        (stage.owner(), stage.managers()),
        (Some("u2"), &["u3".to_owned()][..]),
        "a manager who owns stops managing"
    );
}
