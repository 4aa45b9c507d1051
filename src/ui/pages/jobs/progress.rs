//! How far a job has come. Without scripts the page is loaded again by its link; with them the part is taken out of the
//! same page every second while the job runs (`islands::enhance::watch`).

use leptos::prelude::*;

use super::rooms_of;
use crate::domain::{
    job::{Job, Sort, State},
    page::grouped,
};

/// How far it has come; nothing for a plan that waits for somebody.
#[component]
pub fn Progress(
    /// The job.
    job: Job,
    /// The page's own address.
    here: String,
) -> impl IntoView {
    // What puts a shield's rooms back is planned by the worker, and then runs by itself.
    let is_on_its_way = job.state == State::Planning;
    if job.state.is_plan() && !is_on_its_way {
        return ().into_any();
    }
    let is_running = job.state == State::Running || is_on_its_way;
    let counts = Sort::ALL.iter().map(|&sort| {
        view! {
            <div>
                <dt>{sort.label()}</dt>
                <dd>{grouped(job.tally.of(sort))}</dd>
            </div>
        }
    });
    let counts = counts.collect_view();
    view! {
        <section class="card" aria-labelledby="progress-title">
            <div class="line spread">
                <h2 id="progress-title">"Progress"</h2>
                <a href=here>"Refresh"</a>
            </div>
            <div class="stack-tight" id="job-progress" data-watch=is_running.then_some("")>
                <progress
                    class="progress"
                    aria-labelledby="progress-title"
                    max=job.total.max(1).to_string()
                    value=job.tally.done().to_string()
                ></progress>
                <p data-said="">{said(&job)}</p>
                <dl class="counts">{counts}</dl>
            </div>
            <p class="notice bad" data-watch-lost="" hidden>
                "The server cannot be reached. The job does not need this page; it is asked for again every few seconds."
            </p>
        </section>
    }
    .into_any()
}

/// Done of total, how fast, and how long still.
fn said(job: &Job) -> String {
    let done = job.tally.done();
    let mut said = format!("{} of {}", grouped(done), rooms_of(job.total));
    if let Some(rate) = job.rate() {
        said.push_str(&format!(" · {} a second", grouped(rate)));
    }
    if let Some(left) = job.seconds_left().filter(|_| done < job.total) {
        said.push_str(&format!(" · {} left", lasting(left)));
    }
    said
}

/// So many seconds, in words that do not pretend to know better.
fn lasting(seconds: u64) -> String {
    match seconds {
        0..=1 => "a second".to_owned(),
        2..=90 => format!("{seconds} seconds"),
        91..=5_400 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{} hours", seconds.div_ceil(3600)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_left_is_rounded_up() {
        assert_eq!(lasting(0), "a second");
        assert_eq!(lasting(61), "61 seconds");
        assert_eq!(lasting(91), "2 minutes");
        assert_eq!(lasting(3601), "61 minutes");
        assert_eq!(lasting(5_401), "2 hours");
    }
}
