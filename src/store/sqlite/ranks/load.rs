//! The making of a snapshot: every order is read through its own index, in parts, all in one moment of the database.

use sqlx::{AssertSqlSafe, Sqlite, Transaction};

use super::{Numbers, Snapshot, Store};
use crate::{domain::room::Sort, store::sqlite::search::column};

/// Rooms in one statement.
const PART: usize = 50_000;

impl Store {
    /// Reads where every room stands in every order, so that the first searches need not do without; about a second for
    /// a million rooms. Whether it can or not, everything works.
    pub async fn rank_rooms(&self) {
        let newest = sqlx::query_scalar("SELECT ifnull(max(id), 0) FROM audit").fetch_one(&self.readers).await;
        if newest.is_ok_and(|entry| self.ranks.begin(entry)) {
            make(self.clone()).await;
        }
    }
}

/// Makes a snapshot and hands it over.
pub(super) async fn make(store: Store) {
    let made = read(&store).await;
    if let Err(cause) = &made {
        tracing::warn!(%cause, "the ranks of the rooms could not be read; searches sort without them");
    }
    store.ranks.made(made.ok());
}

async fn read(store: &Store) -> Result<(Snapshot, i64), sqlx::Error> {
    let mut moment = store.readers.begin().await?;
    let entry = sqlx::query_scalar("SELECT ifnull(max(id), 0) FROM audit").fetch_one(&mut *moment).await?;
    let numbers = Numbers::of(all(&mut moment, "number").await?);
    let mut orders = [const { Vec::new() }; Sort::ALL.len()];
    for (sort, ranks) in Sort::ALL.into_iter().zip(&mut orders) {
        *ranks = vec![0; numbers.len()];
        for (rank, number) in all(&mut moment, column(sort)).await?.into_iter().enumerate() {
            let place = numbers.place(number).and_then(|place| ranks.get_mut(place));
            if let (Some(place), Ok(rank)) = (place, u32::try_from(rank)) {
                *place = rank;
            }
        }
    }
    moment.commit().await?;
    Ok((Snapshot { numbers, orders }, entry))
}

/// The numbers of all rooms in an order, ascending.
async fn all(moment: &mut Transaction<'_, Sqlite>, column: &str) -> Result<Vec<i64>, sqlx::Error> {
    let after = format!("WHERE ({column}, number) > ((SELECT {column} FROM rooms WHERE number = $1), $1)");
    let part = |after: &str| {
        let part = format!("SELECT number FROM rooms {after} ORDER BY {column}, number LIMIT {PART}");
        format!("SELECT ifnull(group_concat(number), '') FROM ({part})")
    };
    let (first, next) = (part(""), part(&after));
    let mut numbers: Vec<i64> = Vec::new();
    loop {
        let sql = if numbers.is_empty() { &first } else { &next };
        let query = sqlx::query_scalar::<_, String>(AssertSqlSafe(sql.as_str())).bind(numbers.last());
        let text = query.fetch_one(&mut **moment).await?;
        let many = numbers.len();
        numbers.extend(text.split(',').filter_map(|number| number.parse::<i64>().ok()));
        if numbers.len() < many + PART {
            return Ok(numbers);
        }
    }
}
