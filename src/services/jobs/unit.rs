//! One unit of a job: some of its rooms, what becomes of them and the tale of it, all in one transaction.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{may::has_rights, shield, verbs::note};
use crate::{
    domain::{
        Error, Result, Role, Timestamp,
        audit::{Action, Actor, Entry, Saved, Source},
        job::{Frozen, Job, Kind, Outcome, Selection, State, Verdict, verdict::Attributes},
        page::grouped,
        room::{Field, Patch, Room},
    },
    services::{Ctx, Settings, attributes, history, rooms},
    store::{Hold, Store, Tx},
};

/// Why a room is left alone.
pub(super) const MOVED: &str = "changed since; left as it is";
/// The same, of a room that is gone.
pub(super) const GONE: &str = "deleted since";

/// A unit takes no more rooms once it has lasted so long; writing the search index and the disk come on top of it.
const LONGEST: Duration = Duration::from_millis(12);

/// What a unit goes by.
pub(super) struct Unit {
    /// The job.
    pub job: i64,
    /// Now.
    pub now: Timestamp,
    /// Where everything is kept.
    pub store: Store,
    /// The limits that are settings.
    pub settings: Arc<Settings>,
    /// Most rooms.
    pub most: usize,
    /// How long the job has been at work since its last unit looked, in milliseconds.
    pub since: i64,
}

/// What a unit did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Turn {
    /// Rooms that it came to.
    pub rooms: usize,
    /// How long it took by itself.
    pub took: Duration,
}

/// What the rooms of a unit need besides themselves, read at once.
#[derive(Default)]
struct Loaded {
    rooms: HashMap<i64, Room>,
    attributes: HashMap<i64, Attributes>,
    entries: HashMap<i64, Entry>,
    holds: Vec<Hold>,
    put: Vec<Hold>,
    gone: Vec<Hold>,
}

/// Does some of a job.
pub(super) async fn work(tx: &mut Tx, unit: Unit) -> Result<Turn> {
    let began = Instant::now();
    let Some(mut job) = tx.job(unit.job).await? else { return Ok(Turn::default()) };
    if job.kind == Kind::Lift && job.state == State::Planning {
        shield::fill(tx, job).await?;
        return Ok(Turn::default());
    }
    if job.state != State::Running {
        return Ok(Turn::default());
    }
    let ctx = match runner(tx, &unit, &job).await? {
        Ok(ctx) => ctx,
        Err((ctx, why)) => {
            rest(tx, &ctx, job, &why).await?;
            return Ok(Turn::default());
        }
    };
    let Some(mut chunk) = tx.open_chunk(job.id).await? else {
        end(tx, &ctx, job).await?;
        return Ok(Turn::default());
    };
    let next: Vec<Frozen> = chunk.rooms.iter().skip(chunk.outcomes.len()).take(unit.most).cloned().collect();
    let mut loaded = load(tx, &job, &next).await?;
    let before = chunk.outcomes.len();
    for room in &next {
        let outcome = one(tx, &ctx, &job, room, &mut loaded).await?;
        job.tally.count(outcome.sort());
        chunk.outcomes.push(outcome);
        if began.elapsed() > LONGEST {
            break;
        }
    }
    tx.delete_holds(&loaded.gone).await?;
    tx.put_holds(&loaded.put).await?;
    tx.put_outcomes(job.id, &chunk).await?;
    let took = began.elapsed();
    job.busy_ms += unit.since + i64::try_from(took.as_millis()).unwrap_or_default();
    let rooms = chunk.outcomes.len() - before;
    if job.tally.done() >= job.total {
        end(tx, &ctx, job).await?;
    } else {
        tx.put_progress(&job).await?;
    }
    Ok(Turn { rooms, took })
}

async fn load(tx: &mut Tx, job: &Job, next: &[Frozen]) -> Result<Loaded> {
    let numbers: Vec<i64> = next.iter().map(|room| room.number).collect();
    let mut loaded = Loaded { rooms: tx.rooms_numbered(&numbers).await?, ..Loaded::default() };
    match job.kind {
        Kind::Change if job.steps.has_attributes() => loaded.attributes = tx.attributes_of(&numbers).await?,
        Kind::Undo => {
            let entries: Vec<i64> = next.iter().filter_map(|room| room.entry).collect();
            loaded.entries = tx.entries_numbered(&entries).await?;
        }
        Kind::Shield | Kind::Lift => loaded.holds = tx.holds(&numbers).await?,
        Kind::Change => {}
    }
    Ok(loaded)
}

/// Does what the job does to one room. What is wrong with this room alone is its outcome; everything else ends the unit.
async fn one(tx: &mut Tx, ctx: &Ctx, job: &Job, frozen: &Frozen, loaded: &mut Loaded) -> Result<Outcome> {
    let Some(room) = loaded.rooms.remove(&frozen.number) else { return Ok(Outcome::Skipped(GONE.to_owned())) };
    if job.kind != Kind::Lift && room.version != frozen.version {
        return Ok(Outcome::Skipped(MOVED.to_owned()));
    }
    let done = match job.kind {
        Kind::Change => change(tx, ctx, job, room, loaded).await,
        Kind::Undo => match frozen.entry.and_then(|entry| loaded.entries.remove(&entry)) {
            Some(entry) => history::put_back(tx, ctx, room, &entry).await.map(saved),
            None => Ok(Outcome::Failed("its audit entry is gone".to_owned())),
        },
        Kind::Shield => {
            let (held, gone) = shield::hold(job.id, &job.steps, &room, &loaded.holds);
            let done = change(tx, ctx, job, room, loaded).await;
            if matches!(done, Ok(Outcome::Changed(..) | Outcome::Unchanged)) {
                loaded.put.extend(held);
                loaded.gone.extend(gone);
            }
            done
        }
        Kind::Lift => lift(tx, ctx, job, room, loaded).await,
    };
    match done {
        Err(error @ (Error::Invalid(_) | Error::Forbidden(_) | Error::Limit(_) | Error::NotFound(_))) => {
            Ok(Outcome::Failed(error.to_string()))
        }
        other => other,
    }
}

async fn change(tx: &mut Tx, ctx: &Ctx, job: &Job, room: Room, loaded: &mut Loaded) -> Result<Outcome> {
    let known = loaded.attributes.remove(&room.number).unwrap_or_default();
    let (patch, edits) = match job.steps.on(&room.values, &known, &ctx.settings.attributes) {
        Verdict::Change(patch, edits) => (patch, edits),
        Verdict::Nothing => return Ok(Outcome::Unchanged),
        Verdict::Refused(why) => return Ok(Outcome::Failed(why)),
    };
    rooms::check_seats(&room, &patch)?;
    let mut changes = Vec::new();
    for edit in edits {
        let (key, before) = (edit.key().to_owned(), known.get(edit.key()));
        let after = attributes::perform(tx, &room, before, edit, "").await?;
        changes.extend(attributes::differences(&key, before, after.as_ref()));
    }
    let action = match patch.iter().map(|(field, _)| field).collect::<Vec<_>>().as_slice() {
        [] => Action::AttributesChanged,
        fields if fields.contains(&Field::Owner) => Action::RoomTransferred,
        _ => Action::RoomUpdated,
    };
    let told = rooms::Told { action, undo_of: None, attributes: changes };
    rooms::write(tx, ctx, room, &patch, told).await.map(saved)
}

async fn lift(tx: &mut Tx, ctx: &Ctx, job: &Job, room: Room, loaded: &mut Loaded) -> Result<Outcome> {
    let Selection::HeldBy { job: shield } = job.selection else { return Ok(Outcome::Unchanged) };
    let lifted = shield::lift(shield, &room, &loaded.holds);
    loaded.put.extend(lifted.put);
    loaded.gone.extend(lifted.gone);
    if lifted.patch.is_empty() {
        let is_kept = !lifted.why.is_empty();
        return Ok(if is_kept { Outcome::Skipped(lifted.why.to_owned()) } else { Outcome::Unchanged });
    }
    let patch: Patch = lifted.patch;
    let told = rooms::Told { action: Action::RoomUpdated, undo_of: None, attributes: Vec::new() };
    rooms::write(tx, ctx, room, &patch, told).await.map(saved)
}

fn saved(saved: Saved) -> Outcome {
    saved.entry.map_or(Outcome::Unchanged, |entry| Outcome::Changed(entry, saved.version))
}

/// In whose name a job is done and with what rights, as they are now; why it cannot go on, where they are not enough.
async fn runner(tx: &mut Tx, unit: &Unit, job: &Job) -> Result<Result<Ctx, (Ctx, String)>> {
    let act = job.started.clone().unwrap_or_else(|| job.planned.clone());
    let role = match &act.by {
        Actor::Staff(name) => {
            let account = tx.account_named(name).await?.map(|account| account.staff);
            account.filter(|staff| !staff.disabled).map(|staff| staff.role)
        }
        Actor::Command(_) => Some(Role::Admin),
        Actor::App(_) | Actor::Nobody(_) => None,
    };
    let ctx = Ctx {
        store: unit.store.clone(),
        settings: unit.settings.clone(),
        source: if matches!(act.by, Actor::Command(_)) { Source::Command } else { Source::Console },
        role: role.unwrap_or(Role::Viewer),
        actor: act.by,
        address: act.address,
        now: unit.now,
        proved_at: None,
        operation: None,
        caller: None,
        job: Some(job.id),
    };
    if job.kind == Kind::Lift || has_rights(&ctx, job) {
        return Ok(Ok(ctx));
    }
    let name = ctx.actor.name();
    let why = match role {
        None => format!("{name}, who ran it, may not sign in any more."),
        Some(_) => format!("{name}, who ran it, may not do this any more."),
    };
    Ok(Err((ctx, format!("{why} Somebody who may can resume it."))))
}

/// Lets a job rest because it cannot go on.
async fn rest(tx: &mut Tx, ctx: &Ctx, mut job: Job, why: &str) -> Result<()> {
    job.state = State::Paused;
    why.clone_into(&mut job.reason);
    tx.put_job(&job).await?;
    tx.append(&note(ctx, &job, Action::JobPaused, why)).await.map(drop)
}

/// Lets a job rest because the store failed.
pub(super) async fn give_up(tx: &mut Tx, unit: Unit, why: String) -> Result<()> {
    let Some(job) = tx.job(unit.job).await? else { return Ok(()) };
    if job.state != State::Running {
        return Ok(());
    }
    let (Ok(ctx) | Err((ctx, _))) = runner(tx, &unit, &job).await?;
    rest(tx, &ctx, job, &why).await
}

async fn end(tx: &mut Tx, ctx: &Ctx, mut job: Job) -> Result<()> {
    job.state = State::Done;
    job.ended_at = Some(ctx.now);
    let tally = job.tally;
    let words = format!(
        "{} changed, {} unchanged, {} skipped, {} failed",
        grouped(tally.changed),
        grouped(tally.unchanged),
        grouped(tally.skipped),
        grouped(tally.failed)
    );
    tx.put_job(&job).await?;
    tx.append(&note(ctx, &job, Action::JobDone, &words)).await.map(drop)
}

/// Ends the shields whose time is over, in the name of who ran them.
pub(super) async fn end_due(tx: &mut Tx, unit: Unit) -> Result<()> {
    let Some(shield) = tx.job(unit.job).await?.filter(Job::is_standing) else { return Ok(()) };
    let (Ok(ctx) | Err((ctx, _))) = runner(tx, &unit, &shield).await?;
    let ctx = Ctx { role: Role::Admin, ..ctx };
    shield::end(tx, &ctx, shield, "at its time").await.map(drop)
}
