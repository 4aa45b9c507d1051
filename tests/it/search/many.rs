//! More rooms than are counted: the total says so, and the list, which is walked by its order's index, is still whole.

use futures::FutureExt;
use wardroom::domain::{
    Timestamp,
    page::{COUNTED, Total},
    room::{Field, Filter, Room, RoomId, RoomQuery, Sort, Value, Values},
};

use super::plain::{compare, every_room};
use crate::harness::House;

const MANY: i64 = COUNTED as i64 + 700;

async fn crowd() -> House {
    let house = House::empty().await;
    for start in (0..MANY).step_by(2_000) {
        let unit = house.store.write(move |tx| {
            async move {
                for n in start..MANY.min(start + 2_000) {
                    let mut values = Values::defaults();
                    values.set(Field::Name, Some(Value::Text(format!("直播 {}", (n * 7919) % 5_000))));
                    values.set(Field::Tags, (n % 50 > 0).then(|| Value::Words(vec!["most".to_owned()])));
                    values.set(Field::Muted, Some(Value::Flag(n % 100 == 0)));
                    let room = Room {
                        id: RoomId::parse(&format!("r{n}")).unwrap(),
                        number: 0,
                        app: String::new(),
                        version: 1,
                        created_at: Timestamp(n / 3),
                        updated_at: Timestamp(MANY - n / 5),
                        member_count: 0,
                        values,
                        last_message: None,
                    };
                    tx.insert_room(&room, 0).await?;
                }
                Ok(())
            }
            .boxed()
        });
        unit.await.unwrap();
    }
    house
}

#[tokio::test]
async fn beyond_what_is_counted_the_list_is_still_whole_and_in_order() {
    let house = crowd().await;
    let all = every_room(&house.store).await;
    assert_eq!(all.len() as i64, MANY);
    let field = |field, value: &str| Filter::Field(field, value.to_owned());
    let questions = [
        ("", vec![], 6),
        ("直", vec![], 6),
        ("直播 r", vec![], 6),
        ("", vec![field(Field::Tags, "most")], 6),
        ("直播", vec![field(Field::Tags, "most"), field(Field::Muted, "no")], 6),
        ("", vec![field(Field::Muted, "no"), Filter::HasCover(false), Filter::From(Timestamp(0))], 6),
        // Few hits among many rooms are sorted; all of their pages are walked.
        ("直播 99", vec![], usize::MAX),
        ("", vec![field(Field::Muted, "yes")], usize::MAX),
        ("", vec![field(Field::Tags, "nobody has this")], usize::MAX),
    ];
    for (search, filters, pages) in questions {
        for sort in Sort::ALL {
            for descending in [false, true] {
                let query = RoomQuery {
                    search: search.to_owned(),
                    filters: filters.clone(),
                    sort,
                    descending,
                    ..RoomQuery::default()
                };
                compare(&house.store, &all, &query, true, pages).await;
            }
        }
    }
    let asked = RoomQuery { search: "直播".to_owned(), ..RoomQuery::default() };
    assert_eq!(house.store.rooms(&asked).await.unwrap().total, Total::Over);
}
