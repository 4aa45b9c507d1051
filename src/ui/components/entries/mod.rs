//! Audit entries as a table: when, who, what with each field before and after, through what, and Undo.

use leptos::prelude::*;

pub mod diff;

use self::diff::Diff;
use super::{flash::Undo, moment::Moment};
use crate::{
    domain::{
        Right, Role,
        app::About,
        audit::{Action, Actor, Call, Entry, Notify, Source},
        job,
        room::Change,
        trail::Removed,
    },
    ui::{links, visit::Visit},
};

/// A table of entries.
#[component]
pub fn Entries(
    /// Newest first.
    entries: Vec<Entry>,
    /// Who looks; Undo is for those who may edit.
    role: Role,
    /// Whether every entry is about the page's own room, which then needs no name.
    #[prop(optional)]
    one_room: bool,
) -> impl IntoView {
    let may_undo = role.may(Right::Edit);
    let vendors = Visit::current().and_then(|visit| Some(visit.ctx?.settings.vendors)).unwrap_or_default();
    let rows = entries.into_iter().map(|entry| {
        view! { <Row entry=entry may_undo=may_undo one_room=one_room vendors=vendors /> }
    });
    view! {
        <div class="table-box">
            <table class="table tall entries">
                <thead>
                    <tr>
                        <th scope="col" class="col-when">
                            "When"
                        </th>
                        <th scope="col" class="col-who">
                            "Who"
                        </th>
                        <th scope="col">"What"</th>
                        <th scope="col" class="col-through">
                            "Through"
                        </th>
                        {may_undo
                            .then(|| {
                                view! {
                                    <th scope="col" class="col-undo">
                                        <span class="unseen">"Undo"</span>
                                    </th>
                                }
                            })}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

/// Says that the trail does not go further back, and why.
#[component]
pub fn Older(
    /// What the retention rule removed.
    removed: Removed,
) -> impl IntoView {
    view! {
        <p class="quiet">
            "Older entries, up to " <Moment at=removed.until /> ", were removed under the retention rule on "
            <Moment at=removed.at /> "."
        </p>
    }
}

#[component]
fn Row(entry: Entry, may_undo: bool, one_room: bool, vendors: &'static [&'static About]) -> impl IntoView {
    let id = format!("entry-{}", entry.id);
    let is_part = entry.room.is_some();
    let can_be_undone = entry.action.can_be_undone() && !entry.changes.is_empty();
    view! {
        <tr id=id>
            <td data-label="When">
                <Moment at=entry.at />
            </td>
            <td data-label="Who">
                <Who actor=entry.actor />
            </td>
            <td data-label="What">
                <div class="stack-tight">
                    <p>
                        {entry.action.label()}
                        {entry.room.filter(|_| !one_room).map(|room| view! { " " <RoomLink id=room /> })}
                        {entry
                            .undo_of
                            .map(|undone| view! { <span class="quiet">{format!(" (entry {undone})")}</span> })}
                        {entry.job.map(|job| view! { <ByJob id=job is_part=is_part /> })}
                        {(!entry.note.is_empty())
                            .then(|| {
                                view! {
                                    <span class="quiet">
                                        ": " <bdi dir="auto">{entry.note}</bdi>
                                    </span>
                                }
                            })}
                    </p>
                    {(!entry.changes.is_empty()).then(|| changes(entry.action, entry.changes))}
                </div>
            </td>
            <td data-label="Through">
                <div class="stack-tight">
                    <p>
                        {entry.call.is_none().then(|| source(entry.source))}
                        {entry.call.map(|call| view! { <Called call=call vendors=vendors /> })}
                        {(!entry.address.is_empty())
                            .then(|| view! { <span class="quiet">{format!(" {}", entry.address)}</span> })}
                    </p>
                </div>
            </td>
            {may_undo.then(|| view! { <td>{can_be_undone.then(|| view! { <Undo entry=entry.id /> })}</td> })}
        </tr>
    }
}

/// What changed; for a new room, which sets everything, folded.
fn changes(action: Action, changes: Vec<Change>) -> AnyView {
    if action != Action::RoomCreated {
        return view! { <Diff changes=changes /> }.into_any();
    }
    let many = changes.len();
    view! {
        <details>
            <summary>{if many == 1 { "1 value".to_owned() } else { format!("{many} values") }}</summary>
            <Diff changes=changes />
        </details>
    }
    .into_any()
}

/// The job that an entry is a part of, or about.
#[component]
fn ByJob(id: i64, is_part: bool) -> impl IntoView {
    view! {
        {if is_part { " by " } else { " – " }}
        <a class="in-text" href=job::address(id)>
            {format!("job {id}")}
        </a>
    }
}

#[component]
fn RoomLink(id: String) -> impl IntoView {
    let href = links::room(&id);
    view! {
        <a href=href>
            <bdi dir="auto">{id}</bdi>
        </a>
    }
}

#[component]
fn Who(actor: Actor) -> impl IntoView {
    let kind = match actor {
        Actor::Staff(_) => "",
        Actor::App(_) => "app ",
        Actor::Command(_) => "command by ",
        Actor::Nobody(_) => "not signed in: ",
    };
    let name = actor.name().to_owned();
    let shown = if name.is_empty() { "nobody".to_owned() } else { name };
    view! {
        <span>
            <span class="quiet">{kind}</span>
            <bdi dir="auto">{shown}</bdi>
        </span>
    }
}

/// A back-end's call: the vendor, its own word for what was called, on whose behalf, and whether it is to be told.
#[component]
fn Called(call: Call, vendors: &'static [&'static About]) -> impl IntoView {
    let Call { vendor, action, client, notify } = call;
    let name = vendors.iter().find(|about| about.key == vendor).map_or(vendor, |about| about.name.to_owned());
    let notify = notify.map(|Notify { wanted, ext }| {
        let word = if wanted { "notification asked for" } else { "no notification" };
        view! {
            <span class="quiet">
                {format!(", {word}")}
                {(!ext.is_empty()).then(|| view! { ": " <bdi dir="auto">{ext}</bdi> })}
            </span>
        }
    });
    view! {
        {name}
        " "
        <code>{action}</code>
        {(!client.is_empty())
            .then(|| {
                view! {
                    " on behalf of "
                    <bdi dir="auto">{client}</bdi>
                }
            })}
        {notify}
    }
}

/// A source's word for people.
pub const fn source(source: Source) -> &'static str {
    match source {
        Source::Console => "Console",
        Source::Command => "Command",
        Source::Api => "API",
    }
}
