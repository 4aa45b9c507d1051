//! What there is to know of a job beside its rooms: who did what to it, when, and how its rooms were chosen.

use leptos::prelude::*;

use super::{JobLink, rooms_of};
use crate::{
    domain::{
        job::{Act, Job, Kind, Selection},
        room::RoomQuery,
    },
    ui::{
        components::{
            client::OwnerLink,
            moment::{MaybeMoment, Moment},
        },
        links,
    },
};

/// The facts.
#[component]
pub fn Facts(
    /// The job.
    job: Job,
) -> impl IntoView {
    let audit = links::with_query("/audit", [("job", job.id.to_string().as_str())]);
    let shield = (job.kind == Kind::Shield).then(|| view! { <Shield job=job.clone() /> });
    view! {
        <section class="card" id="job-facts" aria-labelledby="facts-title" data-watched="">
            <h2 id="facts-title">"About the job"</h2>
            <dl class="facts">
                <dt>"Kind"</dt>
                <dd>{job.kind.label()}</dd>
                <dt>"Rooms"</dt>
                <dd>{rooms_of(job.total)} ": " <Chosen selection=job.selection.clone() /></dd>
                {act("Planned", Some(&job.planned))}
                {act("Approved", job.approved.as_ref())}
                {act("Run", job.started.as_ref())}
                {job
                    .ended_at
                    .map(|at| {
                        view! {
                            <dt>"Over"</dt>
                            <dd>
                                <Moment at=at />
                            </dd>
                        }
                    })}
                {shield}
            </dl>
            <p>
                <a href=audit>"In the audit trail"</a>
            </p>
        </section>
    }
}

fn act(word: &'static str, act: Option<&Act>) -> Option<AnyView> {
    let Act { by, at, address } = act?.clone();
    let from = if address.is_empty() { String::new() } else { format!(" from {address}") };
    Some(
        view! {
            <dt>{word}</dt>
            <dd>
                "by " <bdi dir="auto">{by.name().to_owned()}</bdi> " " <Moment at=at /> <span class="quiet">{from}</span>
            </dd>
        }
        .into_any(),
    )
}

/// How long a shield stands, and how it ended.
#[component]
fn Shield(job: Job) -> impl IntoView {
    let minutes = job.minutes.unwrap_or_default();
    view! {
        <dt>"Lasts"</dt>
        <dd>{if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") }}</dd>
        <dt>"Until"</dt>
        <dd>
            <MaybeMoment at=job.until never="Counted from its start" />
        </dd>
        {job
            .lifted_by
            .map(|lift| {
                view! {
                    <dt>"Ended by"</dt>
                    <dd>
                        <JobLink id=lift />
                    </dd>
                }
            })}
    }
}

/// How the rooms were chosen.
#[component]
fn Chosen(selection: Selection) -> impl IntoView {
    match selection {
        Selection::Listed => view! { "chosen by their ids" }.into_any(),
        Selection::OfClient { client } => view! {
            "owned or managed by "
            <OwnerLink id=client />
        }
        .into_any(),
        Selection::ChangedBy { job } => view! {
            "changed by "
            <JobLink id=job />
        }
        .into_any(),
        Selection::FailedIn { job } => view! {
            "failed in "
            <JobLink id=job />
        }
        .into_any(),
        Selection::HeldBy { job } => view! {
            "held by "
            <JobLink id=job />
        }
        .into_any(),
        Selection::Matching { query } => {
            let pairs = || query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let (read, _) = RoomQuery::parse(pairs());
            let mut said: Vec<String> = read.filters.iter().map(|filter| filter.label()).collect();
            if !read.search.is_empty() {
                said.insert(0, format!("search {}", read.search));
            }
            let said = if said.is_empty() { "all rooms".to_owned() } else { said.join(", ") };
            view! {
                "all that matched "
                <a href=links::with_query("/rooms", pairs())>
                    <bdi dir="auto">{said}</bdi>
                </a>
            }
            .into_any()
        }
    }
}
