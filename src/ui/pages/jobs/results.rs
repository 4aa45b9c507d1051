//! What became of each room of a job, page by page, all or of one sort, and the same as a file.

use leptos::prelude::*;

use super::{Names, RoomName};
use crate::{
    domain::{
        job::{Job, RoomResult, Sort, State, address},
        page::{Found, grouped},
    },
    ui::{
        components::{
            badge::{Badge, Tone},
            icon::Shape,
            notice::Empty,
            pager::Pager,
            table::{Head, Table},
        },
        links::{self, Section},
        visit::Visit,
    },
};

const HEADS: [Head; 4] = [Head::Word("Room"), Head::Word("Outcome"), Head::Word("Why"), Head::Word("Entry")];

/// The results.
#[component]
pub fn Results(
    /// The job.
    job: Job,
    /// Who looks at which page of them.
    visit: Visit,
    /// Only those of this sort.
    sort: Option<Sort>,
    /// A page of them.
    found: Found<RoomResult>,
    /// What rooms are called.
    names: Names,
) -> impl IntoView {
    let previous = found.previous.as_ref().map(|cursor| links::turned(&visit, "before", cursor));
    let next = found.next.as_ref().map(|cursor| links::turned(&visit, "after", cursor));
    let list = if found.rows.is_empty() {
        let why = match job.state {
            State::Running => "No room yet; load the page again in a moment.",
            State::Paused => "No room yet.",
            _ => "No room came to this.",
        };
        view! {
            <Empty title="No results">
                <p class="quiet">{why}</p>
            </Empty>
        }
        .into_any()
    } else {
        let rows = found.rows.into_iter().map(move |result| view! { <Row result=result names=names.clone() /> });
        view! {
            <Table class="table tall results-of-job" heads=HEADS>
                {rows.collect_view()}
            </Table>
        }
        .into_any()
    };
    view! {
        <section class="stack" id="job-results" aria-labelledby="results-title" tabindex="-1" data-watched="">
            <h2 id="results-title">"Results"</h2>
            <div class="line spread">
                <Sorts job=job.clone() sort=sort />
                <Files job=job.id sort=sort />
            </div>
            {list}
            <Pager previous=previous next=next />
        </section>
    }
}

/// All results, or those of one sort, as links.
#[component]
fn Sorts(job: Job, sort: Option<Sort>) -> impl IntoView {
    let all = [(None, "All", job.tally.done())];
    let each = Sort::ALL.iter().map(|&one| (Some(one), one.label(), job.tally.of(one)));
    let links = all.into_iter().chain(each).map(|(one, word, many)| {
        let pairs = one.map(|one| ("outcome", one.key()));
        view! {
            <li>
                <a href=links::with_query(&address(job.id), pairs) aria-current=(one == sort).then_some("page")>
                    {format!("{word} {}", grouped(many))}
                </a>
            </li>
        }
    });
    view! {
        <nav class="pills" aria-label="Outcome">
            <ul>{links.collect_view()}</ul>
        </nav>
    }
}

#[component]
fn Files(job: i64, sort: Option<Sort>) -> impl IntoView {
    let files = [("csv", "Export CSV"), ("jsonl", "Export JSON lines")].map(|(format, word)| {
        let pairs = [("format", format)].into_iter().chain(sort.map(|sort| ("outcome", sort.key())));
        view! {
            <a class="button slim" href=links::with_query(&format!("{}/export", address(job)), pairs) download="">
                {word}
            </a>
        }
    });
    view! { <p class="line">{files.into_iter().collect_view()}</p> }
}

#[component]
fn Row(result: RoomResult, names: Names) -> impl IntoView {
    let RoomResult { room, outcome, reason, entry, .. } = result;
    let (tone, shape) = match outcome {
        Sort::Changed => (Tone::Ok, Shape::Check),
        Sort::Unchanged => (Tone::Plain, Shape::Info),
        Sort::Skipped => (Tone::Warn, Shape::Warning),
        Sort::Failed => (Tone::Bad, Shape::Stop),
    };
    let entry = entry.map(|entry| {
        let history = format!("{}#entry-{entry}", Section::History.of(&room));
        view! {
            <a href=history>{format!("Entry {entry}")}</a>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <RoomName id=room names=names />
            </th>
            <td data-label="Outcome">
                <Badge tone=tone shape=shape word=outcome.label() />
            </td>
            <td data-label="Why">{(!reason.is_empty()).then(|| view! { <bdi dir="auto">{reason}</bdi> })}</td>
            <td class="entry" data-label="Entry">{entry}</td>
        </tr>
    }
}
