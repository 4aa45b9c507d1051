//! Shields: fields of rooms set for a while, and what happens where several stand over one room.
//!
//! A shield **holds** each field that it was run over, also where the field had its value already: the value that it
//! gave, and the *base* that the field goes back to when no shield stands over it any more. Shields over one field of one
//! room make a pile. Who comes later stands over who was there, and takes over the base.
//!
//! - Where the topmost shield of a pile ends, the field gets the value of the one below it, or the base.
//! - Where one ends that another stands over, nothing happens to the room; the pile closes.
//! - Where the value is not the topmost shield's any more, somebody has changed it meanwhile: it stays, and the pile is
//!   gone. A shield that comes after that begins a new pile, with their value as its base.
//!
//! So a room that two shields closed opens when both have ended, in whatever order, and never gets a value that is only
//! a shield's own.
//!
//! The end is not a new decision: what it does was approved with the shield. It is done in the name of who ends it, or,
//! at its time, of who ran the shield, whatever they may do by then.

use super::verbs::{act, note};
use crate::{
    domain::{
        Result,
        audit::Action,
        job::{Job, Kind, Preview, Selection, State, Step, Steps, Tally},
        room::{Patch, Room},
    },
    services::Ctx,
    store::{CHUNK, Hold, Tx},
};

/// Why a room stays: its value is not the shield's any more.
const KEPT: &str = "changed while the shield stood; stays as it is";
/// Why a room stays: another shield goes on.
const HELD: &str = "another shield stands over it";
/// Rooms written down in one unit.
const PART: usize = CHUNK * 8;

/// What a shield comes to hold of a room, and what ends with that because somebody had changed it.
pub(super) fn hold(job: i64, steps: &Steps, room: &Room, holds: &[Hold]) -> (Vec<Hold>, Vec<Hold>) {
    let (mut held, mut gone) = (Vec::new(), Vec::new());
    for step in &steps.0 {
        let Step::Set { field, value } = step else { continue };
        let pile = || holds.iter().filter(|hold| hold.room == room.number && hold.field == *field);
        let now = room.values.get(*field);
        let top = pile().find(|hold| !pile().any(|other| other.below == Some(hold.job)));
        let (base, below) = match top.filter(|top| top.value.as_ref() == now) {
            Some(top) => (top.base.clone(), Some(top.job)),
            None => {
                gone.extend(pile().cloned());
                (now.cloned(), None)
            }
        };
        let value = value.clone().or_else(|| field.spec().kind.default_value());
        held.push(Hold { room: room.number, field: *field, job, value, base, below });
    }
    (held, gone)
}

/// What the end of a shield comes to in a room.
#[derive(Default)]
pub(super) struct Lifted {
    /// The fields that go back.
    pub patch: Patch,
    /// What other shields hold now.
    pub put: Vec<Hold>,
    /// What is held no more.
    pub gone: Vec<Hold>,
    /// Why something stays as it is.
    pub why: &'static str,
}

/// What the end of a shield comes to in a room.
pub(super) fn lift(shield: i64, room: &Room, holds: &[Hold]) -> Lifted {
    let mut lifted = Lifted::default();
    for own in holds.iter().filter(|hold| hold.room == room.number && hold.job == shield) {
        let pile = || holds.iter().filter(|hold| hold.room == room.number && hold.field == own.field);
        lifted.gone.push(own.clone());
        if let Some(above) = pile().find(|hold| hold.below == Some(shield)) {
            lifted.put.push(Hold { below: own.below, ..above.clone() });
            lifted.why = HELD;
            continue;
        }
        if room.values.get(own.field) != own.value.as_ref() {
            lifted.gone.extend(pile().filter(|hold| hold.job != shield).cloned());
            lifted.why = KEPT;
            continue;
        }
        let below = own.below.and_then(|below| pile().find(|hold| hold.job == below));
        let back = below.map_or(&own.base, |below| &below.value);
        if back.as_ref() != room.values.get(own.field) {
            lifted.patch = std::mem::take(&mut lifted.patch).with(own.field, back.clone());
        }
    }
    lifted
}

/// Ends a shield: whatever it still does stops here, and a job takes over that puts its rooms back. Returns that job.
pub(super) async fn end(tx: &mut Tx, ctx: &Ctx, mut shield: Job, words: &str) -> Result<Job> {
    let mut back = Job {
        id: 0,
        kind: Kind::Lift,
        state: State::Planning,
        reason: String::new(),
        selection: Selection::HeldBy { job: shield.id },
        preview: Preview::default(),
        needs_approval: false,
        total: 0,
        tally: Tally::default(),
        planned: act(ctx),
        approved: None,
        started: Some(act(ctx)),
        ended_at: None,
        busy_ms: 0,
        minutes: None,
        until: None,
        lifted_by: None,
        steps: shield.steps.clone(),
    };
    back.id = tx.insert_job(&back).await?;
    shield.lifted_by = Some(back.id);
    if !shield.state.is_over() {
        shield.state = State::Cancelled;
        shield.ended_at = Some(ctx.now);
        "Its time was over before it was done.".clone_into(&mut shield.reason);
    }
    tx.put_job(&shield).await?;
    tx.append(&note(ctx, &shield, Action::ShieldEnded, words)).await?;
    Ok(back)
}

/// Writes down some more of the rooms that the end of a shield is about; when it has all of them, it can run.
pub(super) async fn fill(tx: &mut Tx, mut job: Job) -> Result<()> {
    let Selection::HeldBy { job: shield } = job.selection else { return Ok(()) };
    let last = tx.last_chunk(job.id).await?;
    let place = last.as_ref().map_or(0, |chunk| chunk.place + 1);
    let after = last.and_then(|chunk| chunk.rooms.last().map(|room| room.number)).unwrap_or_default();
    let rooms = tx.rooms_held(shield, after, PART).await?;
    let chunks: Vec<_> = rooms.chunks(CHUNK).map(<[_]>::to_vec).collect();
    tx.insert_chunks(job.id, place, &chunks).await?;
    job.total += rooms.len() as u64;
    if rooms.len() < PART {
        job.state = State::Running;
    }
    tx.put_job(&job).await
}
