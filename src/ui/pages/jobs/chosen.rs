//! Which rooms a new job is about: read from the address as the list of rooms writes it, shown by name, and sent along.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::{Names, RoomName};
use crate::{
    domain::{
        Result, Violation,
        page::{Page, Total},
        room::RoomQuery,
    },
    services::{jobs, rooms},
    ui::{
        components::{
            badge::Tone,
            form::{Draft, Labelled, described, input_id, subject},
            inputs::TextArea,
            notice::Notice,
        },
        links,
        visit::Visit,
    },
};

/// Rooms that are named; the rest is a number.
const NAMED: usize = 5;
/// Names in the address that are no filter of the list of rooms.
const OURS: [&str; 6] = ["all", "ids", "tab", "sort", "after", "before"];

/// What the address chooses.
#[derive(Clone, Debug)]
pub enum Selected {
    /// Nothing yet: ids are pasted.
    Nothing,
    /// These ids.
    Ids(Vec<String>, Names),
    /// All that a question is about.
    All(Asked),
    /// A question that cannot be read: without the part it would be about more rooms than somebody meant.
    Unreadable(Vec<Violation>),
}

/// All that a question is about.
#[derive(Clone, Debug)]
pub struct Asked {
    query: RoomQuery,
    total: Total,
    first: Vec<String>,
    names: Names,
}

impl Selected {
    /// Reads the address: `?ids=a,b`, an `ids` for each room, or the list's own question with `all=1`.
    ///
    /// # Errors
    /// Not allowed, or the database failed.
    pub async fn read(visit: &Visit) -> Result<Self> {
        let ctx = visit.ctx()?;
        if !visit.asked("all").is_empty() {
            let pairs = visit.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let (query, wrong) = RoomQuery::parse(pairs.filter(|(name, _)| !OURS.contains(name)));
            if !wrong.is_empty() {
                return Ok(Self::Unreadable(wrong));
            }
            let query = query.at(Page::First);
            let found = rooms::find(ctx, &query).await?;
            let few: Vec<_> = found.rows.iter().take(NAMED).collect();
            let names = few.iter().map(|row| (row.id.to_string(), row.title().to_owned())).collect();
            let first = few.iter().map(|row| row.id.to_string()).collect();
            return Ok(Self::All(Asked { query, total: found.total, first, names }));
        }
        let asked = visit.query.iter().filter(|(name, _)| name == "ids").map(|(_, value)| value.as_str());
        let asked: Vec<&str> = asked.collect();
        // An `ids` of the list is one room's id, which may have a comma in it; one written by hand may be several.
        let with_comma: Vec<String> = asked.iter().filter(|ids| ids.contains(',')).map(|id| (*id).to_owned()).collect();
        let whole = jobs::names(ctx, &with_comma).await?;
        let parts = asked.into_iter().flat_map(|ids| match whole.contains_key(ids) {
            true => vec![ids],
            false => ids.split([',', '\n']).collect(),
        });
        let mut ids: Vec<String> = Vec::new();
        let mut known = BTreeSet::new();
        ids.extend(parts.map(str::trim).filter(|id| !id.is_empty() && known.insert(*id)).map(str::to_owned));
        if ids.is_empty() {
            return Ok(Self::Nothing);
        }
        let few: Vec<String> = ids.iter().take(NAMED).cloned().collect();
        let names = jobs::names(ctx, &few).await?;
        Ok(Self::Ids(ids, names))
    }
}

/// Which rooms, as the first part of a form.
#[component]
pub fn Choice(
    /// What the address chooses.
    selected: Selected,
    /// The form as it came back.
    draft: Draft,
) -> impl IntoView {
    let shown = match selected {
        Selected::Nothing => view! { <Pasted draft=draft folded=false /> }.into_any(),
        Selected::Ids(ids, names) => view! { <Ticked ids=ids names=names draft=draft /> }.into_any(),
        Selected::All(asked) => view! { <AllOf asked=asked /> }.into_any(),
        Selected::Unreadable(wrong) => view! { <Unreadable wrong=wrong /> }.into_any(),
    };
    view! {
        <fieldset class="group">
            <legend>"Rooms"</legend>
            <div class="stack-tight">{shown}</div>
        </fieldset>
    }
}

#[component]
fn Ticked(ids: Vec<String>, names: Names, draft: Draft) -> impl IntoView {
    let many = ids.len() as u64;
    let hidden = ids.iter().enumerate().map(|(n, id)| {
        view! { <input type="hidden" name=format!("chosen[pick][{n}]") value=id.clone() /> }
    });
    let hidden = hidden.collect_view();
    let first: Vec<String> = ids.into_iter().take(NAMED).collect();
    view! {
        {hidden}
        <p>
            <strong>{format!("{} chosen", super::rooms_of(many))}</strong>
        </p>
        <First ids=first names=names more=many.saturating_sub(NAMED as u64) />
        <Pasted draft=draft folded=true />
    }
}

#[component]
fn AllOf(asked: Asked) -> impl IntoView {
    let Asked { query, total, first, names } = asked;
    let pairs = query.pairs();
    let pairs = pairs.iter().filter(|(name, _)| !OURS.contains(name)).map(|(name, value)| (*name, value.as_str()));
    let asks = links::with_query("", pairs);
    let sent = asks.trim_start_matches('?').to_owned();
    let mut conditions: Vec<String> = query.filters.iter().map(|filter| filter.label()).collect();
    if !query.search.is_empty() {
        conditions.insert(0, format!("Search: {}", query.search));
    }
    let what = if conditions.is_empty() { "all there are" } else { "all that match" };
    let conditions = (!conditions.is_empty()).then(|| {
        let items =
            conditions.into_iter().map(|condition| view! { <li class="chip"><bdi dir="auto">{condition}</bdi></li> });
        view! { <ul class="line">{items.collect_view()}</ul> }
    });
    let more = match total {
        Total::Exactly(many) => many.saturating_sub(first.len() as u64),
        Total::Over(_) => u64::MAX,
    };
    view! {
        <input type="hidden" name="chosen[all]" value="1" />
        <input type="hidden" name="chosen[query]" value=sent />
        <p>
            <strong>{if total == Total::Exactly(1) { "1 room".to_owned() } else { format!("{total} rooms") }}</strong>
            ": "
            {what}
        </p>
        {conditions}
        <First ids=first names=names more=more />
        <p class="field-help">
            "Which rooms these are is fixed when the job is planned. "
            <a href=format!("/rooms{asks}")>"See them in the list"</a>
        </p>
    }
}

/// The first few rooms by name.
#[component]
fn First(ids: Vec<String>, names: Names, more: u64) -> impl IntoView {
    let items = ids.into_iter().map(|id| {
        view! {
            <li>
                <RoomName id=id names=names.clone() />
            </li>
        }
    });
    let rest = match more {
        0 => None,
        u64::MAX => Some("and many more".to_owned()),
        more => Some(format!("and {} more", crate::domain::page::grouped(more))),
    };
    view! {
        <ul class="first-rooms">
            {items.collect_view()} {rest.map(|rest| view! { <li class="quiet">{rest}</li> })}
        </ul>
    }
}

/// A place to paste ids; folded where rooms are chosen already.
#[component]
fn Pasted(draft: Draft, folded: bool) -> impl IntoView {
    let id = input_id("ids");
    let name = "chosen[ids]";
    // No form can fill a file in again: what it held comes back beside what was typed.
    let file = jobs::ids_in(&draft.value("chosen[file]", "")).join("\n");
    let value = [draft.value(name, ""), file].into_iter().filter(|ids| !ids.is_empty()).collect::<Vec<_>>().join("\n");
    let error = draft.message("ids", "The ids");
    let is_open = !value.is_empty() || error.is_some() || draft.typed("chosen[file]").is_some();
    let describes = described(&id, error.is_some(), true);
    let is_wrong = error.is_some();
    let input = view! {
        <Labelled
            id=id.clone()
            label="Room ids"
            help="One a line, or with commas between. Each room counts once; ids that no room has are named in the plan."
            error=error
        >
            <TextArea id=id name=name value=value lines=4 is_wrong=is_wrong described=describes />
        </Labelled>
        <FromFile draft=draft />
    };
    if !folded {
        return input.into_any();
    }
    view! {
        <details open=is_open>
            <summary>"Add more by their ids"</summary>
            <div class="folded">{input}</div>
        </details>
    }
    .into_any()
}

/// A file of ids.
#[component]
fn FromFile(draft: Draft) -> impl IntoView {
    let id = input_id("file");
    let was_lost = draft.typed("chosen[file]").is_some_and(str::is_empty);
    let again = || "Choose the file again: it was too long to be kept with what you typed.".to_owned();
    let error = draft.message("file", "The file").or_else(|| was_lost.then(again));
    let describes = described(&id, error.is_some(), true);
    let is_wrong = error.is_some().then_some("true");
    view! {
        <Labelled
            id=id.clone()
            label="Or a file of ids"
            help="Text or CSV, up to 8 MiB: one id a line, or a table with a column named id or room, as exports have it."
            error=error
        >
            <input
                class="input"
                type="file"
                id=id
                name="chosen[file]"
                accept=".txt,.csv,text/plain,text/csv"
                aria-invalid=is_wrong
                aria-describedby=describes
            />
        </Labelled>
    }
}

#[component]
fn Unreadable(wrong: Vec<Violation>) -> impl IntoView {
    let items = wrong.into_iter().map(|violation| {
        view! { <li>{format!("{} {}.", subject(&violation.field), violation.message)}</li> }
    });
    view! {
        <Notice tone=Tone::Bad>
            <p>
                "The address asks for rooms by something that cannot be read. Without it the job would be about more rooms than you meant, so none is chosen:"
            </p>
            <ul>{items.collect_view()}</ul>
            <p>
                <a class="button slim" href="/rooms">
                    "Choose rooms in the list"
                </a>
            </p>
        </Notice>
    }
}
