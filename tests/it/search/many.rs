//! More rooms than are counted, gathered or ranked at once: the total says so, and the list is still whole and in order,
//! whichever way it is found, and also after rooms were written since they were ranked.

use futures::FutureExt;
use wardroom::domain::{
    Timestamp,
    page::{COUNTED, Total},
    room::{Field, Filter, Room, RoomId, RoomQuery, Sort, Value, Values},
};

use super::plain::{compare, every_room};
use crate::harness::House;

/// More than are gathered, so that a page of all of them is walked for.
const MANY: i64 = 33_000;
/// More than are counted, fewer than are gathered.
const SOME: i64 = COUNTED as i64 + 700;

async fn crowd(many: i64) -> House {
    let house = House::empty().await;
    for start in (0..many).step_by(2_000) {
        let unit = house.store.write(move |tx| {
            async move {
                let made: Vec<Room> = (start..many.min(start + 2_000)).map(|n| made(n, many)).collect();
                tx.insert_rooms(&made.iter().map(|room| (room, 0)).collect::<Vec<_>>()).await
            }
            .boxed()
        });
        unit.await.unwrap();
    }
    house
}

fn made(n: i64, many: i64) -> Room {
    let mut values = Values::defaults();
    values.set(Field::Name, Some(Value::Text(format!("直播 {}", (n * 7919) % 5_000))));
    values.set(Field::Tags, (n % 50 > 0).then(|| Value::Words(vec!["most".to_owned()])));
    values.set(Field::Muted, Some(Value::Flag(n % 100 == 0)));
    Room {
        id: RoomId::parse(&format!("r{n}")).unwrap(),
        number: n + 1,
        app: String::new(),
        version: 1,
        created_at: Timestamp(n / 3),
        updated_at: Timestamp(many - n / 5),
        member_count: 0,
        values,
        last_message: None,
    }
}

fn asked(search: &str, filters: &[Filter], sort: Sort, descending: bool) -> RoomQuery {
    RoomQuery { search: search.to_owned(), filters: filters.to_vec(), sort, descending, ..RoomQuery::default() }
}

/// Compares in every order: a search, its filters, and how many of its pages.
async fn compare_all(house: &House, questions: &[(&str, &[Filter], usize)]) {
    let all = every_room(&house.store).await;
    for (search, filters, pages) in questions {
        for sort in Sort::ALL {
            for descending in [false, true] {
                compare(&house.store, &all, &asked(search, filters, sort, descending), true, *pages).await;
            }
        }
    }
}

fn field(field: Field, value: &str) -> Filter {
    Filter::Field(field, value.to_owned())
}

#[tokio::test]
async fn beyond_what_is_counted_the_list_is_still_whole_and_in_order() {
    let house = crowd(SOME).await;
    let (most, spoken) = (field(Field::Tags, "most"), field(Field::Muted, "no"));
    let questions: [(&str, &[Filter], usize); 9] = [
        ("", &[], 6),
        ("直", &[], 6),
        ("直播 r", &[], 6),
        ("", std::slice::from_ref(&most), 6),
        ("直播", &[most.clone(), spoken.clone()], 6),
        ("", &[spoken, Filter::HasCover(false), Filter::From(Timestamp(0))], 6),
        // Few hits among many rooms are sorted; all of their pages are walked.
        ("直播 99", &[], usize::MAX),
        ("", &[field(Field::Muted, "yes")], usize::MAX),
        ("", &[field(Field::Tags, "nobody has this")], usize::MAX),
    ];
    compare_all(&house, &questions).await;
    let over = asked("直播", &[], Sort::Name, false);
    assert_eq!(house.store.rooms(&over).await.unwrap().total, Total::Over(COUNTED));
}

#[tokio::test]
async fn ranked_rooms_are_found_in_the_same_order_also_those_written_since() {
    let house = crowd(MANY).await;
    house.store.rank_rooms().await;
    let muted = field(Field::Muted, "yes");
    let questions: [(&str, &[Filter], usize); 4] =
        [("直播", &[], 3), ("播 1", &[], 3), ("播 12", &[], usize::MAX), ("播", &[muted], usize::MAX)];
    compare_all(&house, &questions).await;

    // Rooms that go to the ends of every order, one that no word finds any more, one that is gone, one that is new.
    let touched = house.store.write(|tx| {
        async move {
            for (n, name) in [(7, "直播 12 !"), (77, "播 12 ￿"), (777, "nothing"), (7_777, "播 12")] {
                let mut room = made(n, MANY);
                room.values.set(Field::Name, Some(Value::Text(name.to_owned())));
                room.updated_at = Timestamp(n * MANY);
                let before = made(n, MANY).values;
                tx.update_room(&room, &before, &[Field::Name]).await?;
            }
            tx.delete_room(1_201).await?;
            tx.insert_rooms(&[(&made(MANY, MANY), 0)]).await
        }
        .boxed()
    });
    touched.await.unwrap();
    compare_all(&house, &questions).await;
}
