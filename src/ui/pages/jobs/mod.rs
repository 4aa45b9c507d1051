//! `/jobs`: all jobs, newest first, the shields that stand above them, and what the pages about jobs have in common.

mod chosen;
mod facts;
mod fields;
pub mod job;
pub mod new;
pub mod offboard;
mod preview;
mod progress;
mod results;
mod steps;

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::{
        Right,
        job::{Job, Kind, State, address},
        page::{Total, grouped},
    },
    services::jobs::{self, May},
    ui::{
        components::{
            badge::{Badge, Tone},
            choose::Choose,
            flash::Answer,
            form::Carried,
            icon::{Icon, Shape},
            moment::{MaybeMoment, Moment},
            notice::{Empty, Notice},
            page::page,
            pager::Pager,
            table::{Head, Table},
        },
        links,
        visit::Visit,
    },
};

const HEADS: [Head; 8] = [
    Head::Word("Job"),
    Head::Word("State"),
    Head::Word("Planned by"),
    Head::Word("Planned"),
    Head::Number("Rooms"),
    Head::Number("Changed"),
    Head::Number("Skipped"),
    Head::Number("Failed"),
];

/// The list of jobs.
#[component]
pub fn Jobs() -> impl IntoView {
    page(async |visit: Visit| {
        let ctx = visit.ctx()?;
        let asked = visit.asked("state").to_owned();
        let state = State::parse(&asked);
        let found = jobs::list(ctx, state, &links::page(&visit)).await?;
        let shields = jobs::shields(ctx).await?;
        let shields = shields.into_iter().map(|shield| (May::of(ctx, &shield).end, shield)).collect();
        let may_plan = ctx.role.may(Right::Edit);
        let previous = found.previous.as_ref().map(|cursor| links::turned(&visit, "before", cursor));
        let next = found.next.as_ref().map(|cursor| links::turned(&visit, "after", cursor));
        let total = if found.total == Total::Exactly(1) { "1 job".to_owned() } else { format!("{} jobs", found.total) };
        let unknown = (!asked.is_empty() && state.is_none()).then(|| {
            view! {
                <Notice tone=Tone::Warn>
                    <p>"The address asks for a state that no job has. All jobs are shown."</p>
                </Notice>
            }
        });
        let list = if found.rows.is_empty() {
            none(state.is_some())
        } else {
            let rows = found.rows.into_iter().map(|job| view! { <Row job=job /> });
            view! {
                <Table class="table tall jobs" heads=HEADS>
                    {rows.collect_view()}
                </Table>
            }
            .into_any()
        };
        Ok(view! {
            <Title text="Jobs" />
            <div class="page-head">
                <h1>"Jobs"</h1>
                {may_plan
                    .then(|| {
                        view! {
                            <a class="button" href="/jobs/new">
                                <Icon shape=Shape::Plus />
                                "New job"
                            </a>
                        }
                    })}
            </div>
            <Answer />
            <Shields shields=shields />
            <Filter state=state />
            {unknown}
            <p>
                <strong>{total}</strong>
            </p>
            {list}
            <Pager previous=previous next=next />
        }
        .into_any())
    })
}

fn none(filtered: bool) -> AnyView {
    if filtered {
        return view! {
            <Empty title="No job is in this state">
                <p>
                    <a class="button" href="/jobs">
                        "All jobs"
                    </a>
                </p>
            </Empty>
        }
        .into_any();
    }
    view! {
        <Empty title="No jobs yet">
            <p class="quiet">
                "A job changes many rooms at once: it is planned, looked at, run, watched, and can be undone. Choose rooms in the list of rooms, or begin with New job."
            </p>
        </Empty>
    }
    .into_any()
}

#[component]
fn Filter(state: Option<State>) -> impl IntoView {
    let shown = State::ALL.iter().filter(|state| **state != State::Planning);
    let options = shown.map(|state| (state.key().to_owned(), state.label().to_owned())).collect();
    let chosen = state.map_or("", State::key).to_owned();
    view! {
        <form class="job-filter" method="get" action="/jobs">
            <Choose name="state" label="State" chosen=chosen options=options />
            <button class="button" type="submit">
                "Filter"
            </button>
        </form>
    }
}

#[component]
fn Row(job: Job) -> impl IntoView {
    let tally = job.tally;
    let ran = !job.state.is_plan();
    let count = move |label: &'static str, many: u64| {
        let shown = if ran { grouped(many) } else { "–".to_owned() };
        view! {
            <td class="number" data-label=label>
                {shown}
            </td>
        }
    };
    view! {
        <tr>
            <th scope="row">
                <a href=address(job.id)>
                    <strong>{format!("Job {}", job.id)}</strong>
                </a>
                <p class="quiet job-title">
                    <bdi dir="auto">{job.title()}</bdi>
                </p>
            </th>
            <td data-label="State">
                <JobBadge job=job.clone() />
            </td>
            <td data-label="Planned by">
                <bdi dir="auto">{job.planned.by.name().to_owned()}</bdi>
            </td>
            <td data-label="Planned">
                <Moment at=job.planned.at />
            </td>
            <td class="number" data-label="Rooms">
                {grouped(job.total)}
            </td>
            {count("Changed", tally.changed)}
            {count("Skipped", tally.skipped)}
            {count("Failed", tally.failed)}
        </tr>
    }
}

/// The shields that stand, with the button that ends each.
#[component]
fn Shields(shields: Vec<(bool, Job)>) -> impl IntoView {
    if shields.is_empty() {
        return ().into_any();
    }
    let items = shields.into_iter().map(|(may_end, shield)| {
        view! {
            <li>
                <div>
                    <p>
                        <a href=address(shield.id)>{format!("Shield {}", shield.id)}</a>
                        {format!(" over {} until ", rooms_of(shield.total))}
                        <MaybeMoment at=shield.until never="–" />
                    </p>
                    <p class="quiet job-title">
                        <bdi dir="auto">{shield.steps.describe()}</bdi>
                    </p>
                </div>
                {may_end.then(|| view! { <Step to="/api/end_shield" job=shield.id word="End now" of="shield" /> })}
            </li>
        }
    });
    view! {
        <section class="card" aria-labelledby="shields-title">
            <h2 id="shields-title">"Shields that stand"</h2>
            <ul class="shields">{items.collect_view()}</ul>
        </section>
    }
    .into_any()
}

/// A form of one button, that does something to a job.
#[component]
pub fn Step(
    /// What is called.
    to: &'static str,
    /// The job's number.
    job: i64,
    /// The word on the button.
    #[prop(into)]
    word: String,
    /// What the button belongs to, for those who do not see where it stands.
    #[prop(default = "job")]
    of: &'static str,
    /// The button's class.
    #[prop(default = "button")]
    class: &'static str,
    /// The token that shows that the plan was seen.
    #[prop(optional_no_strip)]
    token: Option<String>,
) -> impl IntoView {
    view! {
        <form method="post" action=to>
            <Carried />
            <input type="hidden" name="id" value=job.to_string() />
            {token.map(|token| view! { <input type="hidden" name="token" value=token /> })}
            <button class=class type="submit">
                {word}
                <span class="unseen">{format!(" {of} {job}")}</span>
            </button>
        </form>
    }
}

/// Where a job stands, as icon and word; a shield that stands says so beside it.
#[component]
pub fn JobBadge(
    /// The job.
    job: Job,
) -> impl IntoView {
    let (tone, shape) = match job.state {
        State::Planning | State::Planned | State::Running => (Tone::Plain, Shape::Info),
        State::Awaiting | State::Paused => (Tone::Warn, Shape::Warning),
        State::Cancelled => (Tone::Plain, Shape::Stop),
        State::Done => (Tone::Ok, Shape::Check),
        State::Failed => (Tone::Bad, Shape::Stop),
    };
    let kind = (job.kind != Kind::Change).then(|| view! { <Badge shape=kind_shape(job.kind) word=job.kind.label() /> });
    let standing = job.is_standing().then(|| view! { <Badge tone=Tone::Warn shape=Shape::Lock word="Stands" /> });
    view! {
        <span class="line">
            <Badge tone=tone shape=shape word=job.state.label() />
            {kind}
            {standing}
        </span>
    }
}

const fn kind_shape(kind: Kind) -> Shape {
    match kind {
        Kind::Undo | Kind::Lift => Shape::Undo,
        Kind::Shield => Shape::Lock,
        Kind::Change => Shape::Right,
    }
}

/// A job's number as a link.
#[component]
pub fn JobLink(
    /// The number.
    id: i64,
) -> impl IntoView {
    view! { <a href=address(id)>{format!("job {id}")}</a> }
}

/// What rooms are called, by id; a room that is gone is not among them.
pub type Names = BTreeMap<String, String>;

/// A room by name and id, with a link to it while it is there.
#[component]
pub fn RoomName(
    /// Its id.
    id: String,
    /// What rooms are called.
    names: Names,
) -> impl IntoView {
    let Some(name) = names.get(&id).cloned() else {
        return view! {
            <span>
                <bdi dir="auto">{id}</bdi>
                " "
                <span class="quiet">"(there is no such room)"</span>
            </span>
        }
        .into_any();
    };
    let has_name = name != id;
    view! {
        <span>
            <a class="room-name" href=links::room(&id)>
                <bdi dir="auto">{name}</bdi>
            </a>
            {has_name
                .then(|| {
                    view! {
                        " "
                        <span class="quiet small">
                            <bdi>{id}</bdi>
                        </span>
                    }
                })}
        </span>
    }
    .into_any()
}

/// So many rooms, in words.
pub fn rooms_of(many: u64) -> String {
    if many == 1 { "1 room".to_owned() } else { format!("{} rooms", grouped(many)) }
}
