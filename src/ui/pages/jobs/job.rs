//! `/jobs/{id}`: one job: what it will do or did, what can be done with it now, and what became of each room.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{JobBadge, facts::Facts, preview::Foreseen, progress::Progress, results::Results, steps::Next};
use crate::{
    domain::{
        job::{Job, RoomResult, Sort},
        page::Found,
    },
    services::jobs::{self, May},
    ui::{
        components::{flash::Answer, moment::Moment, page::page},
        links,
        visit::Visit,
    },
};

/// One job. What changes while it runs stands in parts of their own, which the watching behaviour takes out of the same
/// page: the part marked `data-watch` every second, those marked `data-watched` when it is over.
#[component]
pub fn JobPage() -> impl IntoView {
    page(async |visit: Visit| {
        let ctx = visit.ctx()?;
        let job = jobs::get(ctx, links::job_id(&visit.path)?).await?;
        let sort = Sort::parse(visit.asked("outcome"));
        let found = if job.state.is_plan() {
            None
        } else {
            Some(jobs::results(ctx, job.id, sort, &links::page(&visit)).await?)
        };
        let names = jobs::names(ctx, &named(&job, found.as_ref())).await?;
        let (may, token) = (May::of(ctx, &job), jobs::token(ctx, &job));
        let results = found.map(|found| {
            view! { <Results job=job.clone() visit=visit.clone() sort=sort found=found names=names.clone() /> }
        });
        Ok(view! {
            <Title text=format!("Job {}", job.id) />
            <p>
                <a href="/jobs">"All jobs"</a>
            </p>
            <Head job=job.clone() />
            <Answer />
            <div class="columns">
                <div class="stack">
                    <Next job=job.clone() may=may token=token now=ctx.now />
                    <Progress job=job.clone() here=links::here(&visit) />
                    <Foreseen job=job.clone() names=names />
                    {results}
                </div>
                <Facts job=job />
            </div>
        }
        .into_any())
    })
}

/// The rooms that the page names.
fn named(job: &Job, found: Option<&Found<RoomResult>>) -> Vec<String> {
    let preview = &job.preview;
    let examples = [&preview.changing, &preview.staying, &preview.refusing, &preview.moving];
    let examples = examples.into_iter().flatten().map(|example| example.room.clone());
    examples.chain(found.iter().flat_map(|found| &found.rows).map(|row| row.room.clone())).collect()
}

#[component]
fn Head(job: Job) -> impl IntoView {
    view! {
        <div class="stack-tight" id="job-head" data-watched="">
            <div class="line">
                <h1>{format!("Job {}", job.id)}</h1>
                <JobBadge job=job.clone() />
            </div>
            <p class="job-title">
                <bdi dir="auto">{job.title()}</bdi>
            </p>
            <p class="quiet small">
                "Planned by " <bdi dir="auto">{job.planned.by.name().to_owned()}</bdi> " " <Moment at=job.planned.at />
            </p>
        </div>
    }
}
