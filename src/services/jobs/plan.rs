//! Planning: the rooms are fixed, each with its version, and what would become of each is counted.

use futures::FutureExt;

use super::{
    only_people,
    pool::{Part, Pool, nothing},
};
use crate::{
    domain::{
        Error, Result, Right, Timestamp,
        attribute::AttributeLimits,
        audit::{Action, Entry},
        client::ClientId,
        job::{
            Act, Frozen, Job, Kind, MODERATORS_MOST, Preview, Rooms, SHIELD_MINUTES, Selection, Sort, State, Step,
            Steps, Tally, Verdict, preview,
        },
        page::grouped,
        room::{Change, Value},
    },
    services::{Ctx, earlier},
    store::{CHUNK, Seen, Store},
};

/// Plans a change of rooms.
///
/// # Errors
/// Not allowed what the steps do, or to so many rooms at once; no room is chosen.
pub async fn plan(ctx: &Ctx, rooms: Rooms, steps: Steps) -> Result<Job> {
    let job = draft(ctx, Kind::Change, steps, rooms.selection());
    make(ctx, job, Chosen::Rooms(rooms)).await
}

/// Plans a change of rooms for so many minutes from its start.
///
/// # Errors
/// As [`plan`]; a step that no shield does.
pub async fn plan_shield(ctx: &Ctx, rooms: Rooms, steps: Steps, minutes: i64) -> Result<Job> {
    if !(1..=SHIELD_MINUTES).contains(&minutes) {
        return Err(Error::invalid("minutes", format!("must be from 1 to {SHIELD_MINUTES}")));
    }
    let fits = |step: &Step| matches!(step, Step::Set { field, .. } if crate::domain::job::SHIELDED.contains(field));
    if !steps.0.iter().all(fits) {
        return Err(Error::invalid("", "A shield sets status, opening, listing and muting, and nothing else."));
    }
    let job = Job { minutes: Some(minutes), ..draft(ctx, Kind::Shield, steps, rooms.selection()) };
    make(ctx, job, Chosen::Rooms(rooms)).await
}

/// Plans that all that a client owns and manages goes to another.
///
/// # Errors
/// Not allowed; both are the same client; the client owns and manages nothing.
pub async fn plan_offboarding(ctx: &Ctx, from: ClientId, to: ClientId) -> Result<Job> {
    ctx.may(Right::Manage)?;
    if from == to {
        return Err(Error::invalid("to", "is the same client; choose another"));
    }
    let steps = Steps(vec![Step::HandOver { from: from.clone(), to }]);
    plan(ctx, Rooms::OfClient(from), steps).await
}

/// Plans that what a job changed is taken back, where nobody changed it since.
///
/// # Errors
/// Not allowed; no such job; it cannot be undone.
pub async fn plan_undo(ctx: &Ctx, id: i64) -> Result<Job> {
    ctx.may(Right::Edit)?;
    let other = super::get(ctx, id).await?;
    if !other.can_be_undone() {
        let why = match (other.kind, other.state.is_over()) {
            (Kind::Shield | Kind::Lift, _) => "A shield is not undone: end it, and its rooms go back.",
            (_, false) => "It is not over yet: wait for its end, or cancel it, and undo what it did then.",
            (_, true) => "It changed no room, so there is nothing to undo.",
        };
        return Err(Error::invalid("", why));
    }
    let job = draft(ctx, Kind::Undo, other.steps, Selection::ChangedBy { job: id });
    make(ctx, job, Chosen::Job(id, Sort::Changed)).await
}

/// Plans that what failed in a job is tried again, on the rooms as they are now.
///
/// # Errors
/// Not allowed; no such job; nothing failed in it.
pub async fn plan_retry(ctx: &Ctx, id: i64) -> Result<Job> {
    ctx.may(Right::Edit)?;
    let other = super::get(ctx, id).await?;
    if !other.can_be_retried() {
        return Err(Error::invalid("", "Nothing failed in it that could be tried again."));
    }
    let job = draft(ctx, other.kind, other.steps, Selection::FailedIn { job: id });
    make(ctx, job, Chosen::Job(id, Sort::Failed)).await
}

/// What rooms a plan is made over.
enum Chosen {
    Rooms(Rooms),
    Job(i64, Sort),
}

fn draft(ctx: &Ctx, kind: Kind, steps: Steps, selection: Selection) -> Job {
    Job {
        id: 0,
        kind,
        state: State::Planning,
        reason: String::new(),
        steps,
        selection,
        preview: Preview::default(),
        needs_approval: false,
        total: 0,
        tally: Tally::default(),
        planned: Act { by: ctx.actor.clone(), at: ctx.now, address: ctx.address.clone() },
        approved: None,
        started: None,
        ended_at: None,
        busy_ms: 0,
        minutes: None,
        until: None,
        lifted_by: None,
    }
}

/// Makes a plan, or, where that fails, leaves nothing of it.
async fn make(ctx: &Ctx, mut job: Job, chosen: Chosen) -> Result<Job> {
    only_people(ctx)?;
    ctx.may(job.steps.needs())?;
    if let Some(done) = done_before(ctx).await? {
        return Ok(done);
    }
    let fixed = fix(ctx, &mut job, chosen).await;
    let id = job.id;
    let made = match fixed {
        Ok(()) => finish(ctx, job).await,
        Err(error) => Err(error),
    };
    if made.is_err() && id != 0 {
        let left = ctx.store.write(move |tx| async move { tx.delete_unfinished(id).await }.boxed()).await;
        if let Err(error) = left {
            tracing::warn!(%error, "forgetting a plan whose making failed");
        }
    }
    made
}

/// Fixes the rooms and counts. A part is written while the next one is read.
async fn fix(ctx: &Ctx, job: &mut Job, chosen: Chosen) -> Result<()> {
    let mut pool = match &chosen {
        Chosen::Rooms(rooms) => Pool::of(&ctx.store, rooms, job.steps.has_attributes(), &mut job.preview).await?,
        Chosen::Job(other, sort) => Pool::of_job(*other, *sort),
    };
    let limits = ctx.settings.attributes;
    let mut waiting: Vec<Frozen> = Vec::new();
    let mut written = 0;
    let mut next = pool.next(&ctx.store).await?;
    while let Some(part) = next {
        let frozen = examine(&ctx.store, job, &limits, part).await?;
        job.total += frozen.len() as u64;
        if job.total > MODERATORS_MOST && ctx.may(Right::Manage).is_err() {
            return Err(Error::Forbidden(format!(
                "More than {MODERATORS_MOST} rooms at once takes an admin; ask one."
            )));
        }
        waiting.extend(frozen);
        let rest = waiting.split_off(waiting.len() / CHUNK * CHUNK);
        let full = std::mem::replace(&mut waiting, rest);
        (job.id, next) = futures::try_join!(append(&ctx.store, job, written, &full), pool.next(&ctx.store))?;
        written += full.len() / CHUNK;
    }
    if job.total == 0 {
        let rooms = if let Chosen::Rooms(rooms) = &chosen { Some(rooms) } else { None };
        return Err(nothing(rooms, &job.preview));
    }
    job.id = append(&ctx.store, job, written, &waiting).await?;
    Ok(())
}

/// What this operation planned when it was sent before.
async fn done_before(ctx: &Ctx) -> Result<Option<Job>> {
    if ctx.operation.is_none() {
        return Ok(None);
    }
    let asked = ctx.clone();
    let first = ctx.store.write(move |tx| async move { earlier(tx, &asked).await }.boxed()).await?;
    match first.and_then(|saved| saved.entry) {
        Some(entry) => match ctx.store.entry(entry).await?.and_then(|entry| entry.job) {
            Some(job) => ctx.store.job(job).await,
            None => Ok(None),
        },
        None => Ok(None),
    }
}

/// Looks at some rooms: counts what would become of them, and fixes them.
async fn examine(store: &Store, job: &mut Job, limits: &AttributeLimits, part: Part) -> Result<Vec<Frozen>> {
    let frozen = match part {
        Part::Numbers(numbers) => return examine_as_they_are(store, job, limits, &numbers).await,
        Part::Frozen(frozen) => frozen,
    };
    let numbers: Vec<i64> = frozen.iter().map(|room| room.number).collect();
    if job.kind != Kind::Undo {
        return examine_as_they_are(store, job, limits, &numbers).await;
    }
    let seen = store.seen(&numbers, &[], false).await?;
    let mut seen = seen.into_iter().peekable();
    for room in &frozen {
        let now = seen.next_if(|seen| seen.number == room.number);
        match now.map(|now| now.version) {
            Some(version) if version == room.version => {
                let is_example = job.preview.changing.len() < preview::EXAMPLES;
                let entry = match room.entry.filter(|_| is_example) {
                    Some(entry) => store.entry(entry).await?,
                    None => None,
                };
                job.preview.changes(&room.id, || entry.map(back).unwrap_or_default());
            }
            Some(_) => job.preview.moved(&room.id, super::unit::MOVED),
            None => job.preview.moved(&room.id, super::unit::GONE),
        }
    }
    Ok(frozen)
}

/// An entry's changes, turned round.
fn back(entry: Entry) -> Vec<Change> {
    let turned = |change: Change| Change { before: change.after, after: change.before, ..change };
    entry.changes.into_iter().map(turned).collect()
}

async fn examine_as_they_are(
    store: &Store,
    job: &mut Job,
    limits: &AttributeLimits,
    numbers: &[i64],
) -> Result<Vec<Frozen>> {
    let seen = store.seen(numbers, &job.steps.fields(), job.steps.has_attributes()).await?;
    let mut frozen = Vec::with_capacity(seen.len());
    for Seen { number, version, id, values, attributes } in seen {
        match job.steps.on(&values, &attributes, limits) {
            Verdict::Change(patch, edits) => {
                job.preview.changes(&id, || Steps::changes(&patch, &edits, &values, &attributes));
            }
            Verdict::Nothing => job.preview.stays(&id),
            Verdict::Refused(why) => job.preview.refuses(&id, &why),
        }
        frozen.push(Frozen { number, version, id, entry: None });
    }
    Ok(frozen)
}

/// Writes full rows, and the job itself where these are its first; returns its number.
async fn append(store: &Store, job: &Job, place: usize, rooms: &[Frozen]) -> Result<i64> {
    if rooms.is_empty() {
        return Ok(job.id);
    }
    let chunks: Vec<Vec<Frozen>> = rooms.chunks(CHUNK).map(<[Frozen]>::to_vec).collect();
    let place = i64::try_from(place).unwrap_or(i64::MAX);
    let (id, new) = (job.id, if job.id == 0 { Some(job.clone()) } else { None });
    store
        .write(move |tx| {
            async move {
                let id = if let Some(new) = new { tx.insert_job(&new).await? } else { id };
                tx.insert_chunks(id, place, &chunks).await?;
                Ok(id)
            }
            .boxed()
        })
        .await
}

/// Makes the plan a plan, with its audit entry.
async fn finish(ctx: &Ctx, mut job: Job) -> Result<Job> {
    job.preview.settle();
    job.preview.hints = hints(ctx, &job.steps);
    job.needs_approval = job.steps.changes_owner() || job.total > ctx.settings.bulk.approval_above;
    job.state = if job.needs_approval { State::Awaiting } else { State::Planned };
    let entry = super::verbs::note(ctx, &job, Action::JobPlanned, &format!("{} rooms", grouped(job.total)));
    ctx.store
        .write(move |tx| {
            async move {
                tx.put_job(&job).await?;
                tx.append(&entry).await?;
                Ok(job)
            }
            .boxed()
        })
        .await
}

/// What vendors would cut or refuse of the new values.
fn hints(ctx: &Ctx, steps: &Steps) -> Vec<String> {
    let mut hints = Vec::new();
    for about in ctx.settings.vendors {
        for step in &steps.0 {
            match step {
                Step::Set { field, value: Some(value @ Value::Text(_)) } => {
                    let limits = about.limits().filter(|limit| limit.field == *field);
                    let over = limits.filter_map(|limit| limit.hint(value));
                    hints.extend(over.map(|hint| format!("{} is {hint}.", field.label())));
                }
                Step::SetAttribute { key, value } => {
                    let Some(limits) = about.attributes else { continue };
                    if key.len() > limits.key_bytes || value.len() > limits.value_bytes {
                        hints.push(format!("Attribute {key} is longer than {} takes.", about.name));
                    }
                }
                _ => {}
            }
        }
    }
    hints
}

/// When plans that were never finished, and plans that nobody ran, are old enough to be forgotten.
pub const fn forgotten(now: Timestamp) -> (Timestamp, Timestamp) {
    (now.plus(-60 * 60 * 1000), now.plus(-crate::domain::job::PLAN_KEPT))
}
