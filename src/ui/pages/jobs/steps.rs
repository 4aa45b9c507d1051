//! What can be done with a job as it stands, and by whom where not by the reader.

use leptos::prelude::*;

use super::{Step, rooms_of};
use crate::{
    domain::{
        Timestamp,
        job::{Job, Kind, State},
    },
    services::jobs::May,
    ui::{
        components::{badge::Tone, notice::Notice},
        links,
    },
};

/// The next steps, each a button, under a sentence that says where the job stands.
#[component]
pub fn Next(
    /// The job.
    job: Job,
    /// What the reader may do with it.
    may: May,
    /// The token with which the reader can run it.
    token: Option<String>,
    /// Now.
    now: Timestamp,
) -> impl IntoView {
    let run = (may.run && !is_idle(&job)).then(|| {
        let word = format!("Run on {}", rooms_of(if job.minutes.is_some() { job.total } else { job.preview.change }));
        view! { <Step to="/api/run_job" job=job.id word=word class="button primary" token=token /> }
    });
    let approve =
        may.approve.then(|| view! { <Step to="/api/approve_job" job=job.id word="Approve" class="button primary" /> });
    let pause = may.pause.then(|| view! { <Step to="/api/pause_job" job=job.id word="Pause" /> });
    let resume =
        may.resume.then(|| view! { <Step to="/api/resume_job" job=job.id word="Resume" class="button primary" /> });
    let end = may.end.then(|| view! { <Step to="/api/end_shield" job=job.id word="End now" of="shield" /> });
    let undo = may.undo.then(|| view! { <Step to="/api/undo_job" job=job.id word="Undo" /> });
    let retry = may.retry.then(|| view! { <Step to="/api/retry_job" job=job.id word="Retry failed" /> });
    let cancel =
        may.cancel.then(|| view! { <Step to="/api/cancel_job" job=job.id word="Cancel" class="button danger" /> });
    let again = job.is_stale(now).then(|| {
        view! {
            <a class="button primary" href=again(&job)>
                "Plan anew"
            </a>
        }
    });
    let (tone, said) = said(&job, may, now);
    let reason = (!job.reason.is_empty()).then(|| job.reason.clone());
    view! {
        <div id="job-next" data-watched="" tabindex="-1">
            <Notice tone=tone>
                <p>{said}</p>
                {reason
                    .map(|reason| {
                        view! {
                            <p>
                                <strong>
                                    <bdi dir="auto">{reason}</bdi>
                                </strong>
                            </p>
                        }
                    })}
                <div class="line">{approve} {run} {again} {pause} {resume} {end} {undo} {retry} {cancel}</div>
            </Notice>
        </div>
    }
}

/// Where the job stands and what comes next, as a sentence or two.
fn said(job: &Job, may: May, now: Timestamp) -> (Tone, String) {
    let planner = job.planned.by.name();
    if job.is_stale(now) {
        let why = "This plan is more than a day old, and rooms have moved on since. It cannot be run any more.";
        return (Tone::Warn, why.to_owned());
    }
    match job.state {
        State::Planning => (Tone::Plain, "Its rooms are being written down.".to_owned()),
        State::Planned if is_idle(job) => {
            (Tone::Warn, "Nothing would change. Look below for why, and plan something else.".to_owned())
        }
        State::Planned if may.run => {
            let kept = "Nothing is changed yet. Rooms that somebody changes before the job comes to them are left alone and named.";
            let approved = job.approved.as_ref().map(|act| format!("{} approved it. ", act.by.name()));
            (Tone::Plain, format!("{}{kept}", approved.unwrap_or_default()))
        }
        State::Planned => (Tone::Plain, format!("Nothing is changed yet. Only {planner}, who planned it, can run it.")),
        State::Awaiting if may.approve => {
            let ask = format!("{planner} asks for your approval of exactly this plan. Look at what will change first.");
            (Tone::Warn, format!("{ask} Approving does not start it: {planner} does."))
        }
        State::Awaiting => (
            Tone::Warn,
            format!("Nothing is changed yet. An admin who is not {planner} has to approve this plan first."),
        ),
        State::Running => (Tone::Plain, "It is at work. You can leave this page; it goes on.".to_owned()),
        State::Paused => (Tone::Warn, "It rests. What it did until now stands.".to_owned()),
        State::Cancelled => (Tone::Plain, "It was ended before it was done. What it did until then stands.".to_owned()),
        State::Done if job.is_standing() => {
            (Tone::Ok, "The shield stands. At its end each room goes back to what it was.".to_owned())
        }
        State::Done if job.kind == Kind::Shield => (Tone::Ok, "The shield has ended.".to_owned()),
        State::Done => match (job.tally.failed, job.tally.skipped) {
            (0, 0) => (Tone::Ok, "Done.".to_owned()),
            (0, skipped) => (Tone::Warn, format!("Done. {} left alone: {SINCE}", were(skipped))),
            (failed, 0) => (Tone::Warn, format!("Done. {} not changed; the results say why.", were(failed))),
            (failed, skipped) => {
                let first = format!("Done. {} not changed; the results say why.", were(failed));
                (Tone::Warn, format!("{first} {} left alone: {SINCE}", were(skipped)))
            }
        },
        State::Failed => (Tone::Bad, "It cannot go on. What it did until then stands.".to_owned()),
    }
}

/// Why rooms are left alone.
const SINCE: &str = "changed by somebody since the plan.";

/// So many rooms, as the beginning of a sentence.
fn were(many: u64) -> String {
    format!("{} {}", rooms_of(many), if many == 1 { "was" } else { "were" })
}

/// Whether a plan would change nothing. A shield holds rooms that are so already as well.
const fn is_idle(job: &Job) -> bool {
    job.preview.change == 0 && job.minutes.is_none()
}

/// The form that plans the same choice anew, as far as the address can say it.
fn again(job: &Job) -> String {
    use crate::domain::job::Selection;
    match &job.selection {
        Selection::Matching { query } => {
            let pairs = query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            links::with_query("/jobs/new", pairs.chain([("all", "1")]))
        }
        Selection::OfClient { client } => links::with_query("/jobs/offboard", [("from", client.as_str())]),
        Selection::ChangedBy { job } | Selection::FailedIn { job } | Selection::HeldBy { job } => {
            crate::domain::job::address(*job)
        }
        Selection::Listed => "/jobs/new".to_owned(),
    }
}
