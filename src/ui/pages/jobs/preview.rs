//! What a plan foresees: how many rooms of each sort, why some are refused, and a few of each by name.

use leptos::prelude::*;

use super::{Names, RoomName};
use crate::{
    domain::{
        job::{Example, Job, Preview},
        page::grouped,
    },
    ui::components::{badge::Tone, entries::diff::Diff, notice::Notice},
};

/// What the plan foresees, or foresaw; folded once the job was run, nothing where nothing was planned.
#[component]
pub fn Foreseen(
    /// The job.
    job: Job,
    /// What rooms are called.
    names: Names,
) -> impl IntoView {
    let preview = job.preview;
    if !job.state.is_plan() && preview == Preview::default() {
        return ().into_any();
    }
    let body = view! { <Body preview=preview names=names /> };
    if job.state.is_plan() {
        return view! {
            <section class="stack" aria-labelledby="preview-title">
                <h2 id="preview-title">"What will happen"</h2>
                {body}
            </section>
        }
        .into_any();
    }
    view! {
        <details id="job-preview">
            <summary>"What the plan foresaw"</summary>
            <div class="stack folded">{body}</div>
        </details>
    }
    .into_any()
}

#[component]
fn Body(preview: Preview, names: Names) -> impl IntoView {
    let counts = [
        ("Will change", preview.change, true),
        ("So already", preview.unchanged, true),
        ("Refused", preview.refused, true),
        ("Changed since", preview.moved, preview.moved > 0),
        ("Unknown ids", preview.unknown_many, preview.unknown_many > 0),
    ];
    let counts = counts.into_iter().filter(|(.., shown)| *shown).map(|(word, many, _)| {
        view! {
            <div>
                <dt>{word}</dt>
                <dd>{grouped(many)}</dd>
            </div>
        }
    });
    let hints = (!preview.hints.is_empty()).then(|| {
        let items = preview.hints.into_iter().map(|hint| view! { <li>{hint}</li> });
        view! {
            <Notice tone=Tone::Warn>
                <p>"Some vendors take less than this house does:"</p>
                <ul>{items.collect_view()}</ul>
            </Notice>
        }
    });
    view! {
        <dl class="counts">{counts.collect_view()}</dl>
        {hints}
        <Reasons reasons=preview.reasons />
        <Unknown ids=preview.unknown many=preview.unknown_many />
        <Examples id="changing" title="Rooms that will change" examples=preview.changing names=names.clone() />
        <Examples id="refusing" title="Rooms that are refused" examples=preview.refusing names=names.clone() />
        <Examples id="moving" title="Rooms that somebody changed since" examples=preview.moving names=names.clone() />
        <Examples id="staying" title="Rooms that are so already" examples=preview.staying names=names />
    }
}

/// Why rooms are refused, most frequent first.
#[component]
fn Reasons(reasons: Vec<(String, u64)>) -> impl IntoView {
    let items = reasons.into_iter().map(|(why, many)| {
        view! {
            <li>
                <strong>{grouped(many)}</strong>
                " "
                <bdi dir="auto">{why}</bdi>
            </li>
        }
    });
    let items: Vec<_> = items.collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="reasons-title">
                <h3 id="reasons-title">"Why rooms are refused"</h3>
                <ul class="stack-tight">{items}</ul>
            </section>
        }
    })
}

/// Ids that no room has.
#[component]
fn Unknown(ids: Vec<String>, many: u64) -> impl IntoView {
    let more = many.saturating_sub(ids.len() as u64);
    let items = ids.into_iter().map(|id| view! { <li><code><bdi dir="auto">{id}</bdi></code></li> });
    let items = items.collect_view();
    (many > 0).then(|| {
        view! {
            <section class="card" aria-labelledby="unknown-title">
                <h3 id="unknown-title">"Ids that no room has"</h3>
                <ul class="line unknown">
                    {items}
                    {(more > 0).then(|| view! { <li class="quiet">{format!("and {} more", grouped(more))}</li> })}
                </ul>
            </section>
        }
    })
}

/// A few rooms of one sort.
#[component]
fn Examples(id: &'static str, title: &'static str, examples: Vec<Example>, names: Names) -> impl IntoView {
    let items = examples.into_iter().map(|Example { room, changes, why }| {
        view! {
            <li class="stack-tight">
                <p>
                    <RoomName id=room names=names.clone() />
                    {(!why.is_empty())
                        .then(|| {
                            view! {
                                <span class="quiet">
                                    ": " <bdi dir="auto">{why}</bdi>
                                </span>
                            }
                        })}
                </p>
                {(!changes.is_empty()).then(|| view! { <Diff changes=changes /> })}
            </li>
        }
    });
    let items: Vec<_> = items.collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby=format!("{id}-title")>
                <h3 id=format!("{id}-title")>{title} <span class="quiet">", for example"</span></h3>
                <ul class="examples" id=id>
                    {items}
                </ul>
            </section>
        }
    })
}
