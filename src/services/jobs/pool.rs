//! Where a plan's rooms come from: a list, a question, a client, another job; some thousand at a time, each once, in the
//! order of their numbers.

use crate::{
    domain::{
        Error, Result,
        job::{Frozen, Outcome, Preview, Rooms, Sort},
    },
    store::{Store, Walk},
};

/// Rooms in one part; fewer where their attributes are read as well.
const PART: usize = 4_096;
const PART_WITH_ATTRIBUTES: usize = 512;
/// Rows of another job in one part.
const ROWS: i64 = 16;

/// Rooms on their way into a plan.
pub(super) struct Pool {
    from: From,
    part: usize,
    /// The last number that was given, or the next row of another job.
    last: i64,
}

enum From {
    Numbers(std::vec::IntoIter<i64>),
    Question(Box<Walk>),
    Client(String),
    Job(i64, Sort),
}

/// Some of them.
pub(super) enum Part {
    /// Only their numbers: what they are is to be read.
    Numbers(Vec<i64>),
    /// As another job left or froze them.
    Frozen(Vec<Frozen>),
}

impl Pool {
    /// The rooms that somebody asks for. Ids that no room has are noted.
    ///
    /// # Errors
    /// The database failed.
    pub(super) async fn of(store: &Store, rooms: &Rooms, with_attributes: bool, preview: &mut Preview) -> Result<Self> {
        let from = match rooms {
            Rooms::Listed(ids) => From::Numbers(listed(store, ids, preview).await?.into_iter()),
            Rooms::Matching(query) => From::Question(Box::new(store.walk(query).await?)),
            Rooms::OfClient(client) => From::Client(client.to_string()),
        };
        Ok(Self { from, part: if with_attributes { PART_WITH_ATTRIBUTES } else { PART }, last: 0 })
    }

    /// The rooms that came to an outcome in another job: those that it changed as it left them, others as they were
    /// fixed for it.
    pub(super) const fn of_job(job: i64, sort: Sort) -> Self {
        Self { from: From::Job(job, sort), part: PART, last: 0 }
    }

    /// The next part; `None` when all were given.
    ///
    /// # Errors
    /// The database failed.
    pub(super) async fn next(&mut self, store: &Store) -> Result<Option<Part>> {
        let many = i64::try_from(self.part).unwrap_or(i64::MAX);
        let numbers = match &mut self.from {
            From::Numbers(all) => all.take(self.part).collect(),
            From::Question(walk) => store.walked(walk, self.last, many).await?,
            From::Client(client) => store.rooms_of_client(client, self.last, many).await?,
            From::Job(job, sort) => {
                let chunks = store.job_chunks(*job, Some(*sort), self.last, false, ROWS).await?;
                let Some(last) = chunks.last() else { return Ok(None) };
                self.last = last.place + 1;
                let all = chunks.into_iter().flat_map(|chunk| chunk.rooms.into_iter().zip(chunk.outcomes));
                let wanted = all.filter(|(_, outcome)| outcome.sort() == *sort);
                let frozen = wanted.map(|(room, outcome)| match outcome {
                    Outcome::Changed(entry, version) => Frozen { version, entry: Some(entry), ..room },
                    _ => room,
                });
                return Ok(Some(Part::Frozen(frozen.collect())));
            }
        };
        let Some(last) = numbers.last() else { return Ok(None) };
        self.last = *last;
        Ok(Some(Part::Numbers(numbers)))
    }
}

async fn listed(store: &Store, ids: &[String], preview: &mut Preview) -> Result<Vec<i64>> {
    let mut numbers = Vec::with_capacity(ids.len());
    for part in ids.chunks(PART) {
        let found = store.numbers_of(part).await?;
        for id in part {
            match found.get(id) {
                Some(number) => numbers.push(*number),
                None => preview.is_unknown(id),
            }
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Why there is nothing to plan.
pub(super) fn nothing(rooms: Option<&Rooms>, preview: &Preview) -> Error {
    match rooms {
        Some(Rooms::Listed(_)) => {
            let more = if preview.unknown_many > preview.unknown.len() as u64 { " …" } else { "" };
            Error::invalid("ids", format!("are no room's: {}{more}", preview.unknown.join(", ")))
        }
        Some(Rooms::Matching(_)) => Error::invalid("", "No room matches these filters, so there is nothing to plan."),
        Some(Rooms::OfClient(client)) => {
            Error::invalid("from", format!("is {client}, who owns and manages no room; there is nothing to hand over"))
        }
        None => Error::invalid("", "There is no such room left, so there is nothing to plan."),
    }
}
