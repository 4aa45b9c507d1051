//! `/rooms`: find rooms. The address is the list's whole state; what changes with it stands in `#results`, which the
//! search island takes out of the same page while somebody types.

pub mod filters;
pub mod new;
pub mod table;

use leptos::prelude::*;
use leptos_meta::Title;

use self::{filters::Finder, table::Table};
use crate::{
    domain::{
        Right, Violation,
        page::{Found, Page, Total},
        room::{RoomQuery, RoomRow},
    },
    services::rooms,
    ui::{
        components::{
            badge::Tone,
            flash::Answer,
            form::subject,
            icon::{Icon, Shape},
            notice::{Empty, Notice},
            page::page,
            pager::Pager,
        },
        links,
        pages::jobs::offboard::OffboardLink,
        visit::Visit,
    },
};

/// The room list.
#[component]
pub fn Rooms() -> impl IntoView {
    page(async |visit: Visit| {
        let pairs = visit.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let (query, wrong) = RoomQuery::parse(pairs);
        let found = rooms::find(visit.ctx()?, &query).await?;
        let may_create = visit.ctx()?.role.may(Right::Manage);
        Ok(view! {
            <Title text="Rooms" />
            <div class="page-head">
                <h1>"Rooms"</h1>
                {may_create
                    .then(|| {
                        view! {
                            <a class="button" href="/rooms/new">
                                <Icon shape=Shape::Plus />
                                "New room"
                            </a>
                        }
                    })}
            </div>
            <Answer />
            <Finder query=query.clone() />
            <section class="results" id="results" aria-label="Results">
                <Results query=query found=found wrong=wrong may_manage=may_create />
            </section>
        }
        .into_any())
    })
}

#[component]
fn Results(query: RoomQuery, found: Found<RoomRow>, wrong: Vec<Violation>, may_manage: bool) -> impl IntoView {
    let Found { rows, total, previous, next } = found;
    let previous = previous.map(|cursor| links::rooms(&query.at(Page::Before(cursor))));
    let next = next.map(|cursor| links::rooms(&query.at(Page::After(cursor))));
    let left_out = (!wrong.is_empty()).then(|| {
        let items = wrong.into_iter().map(|violation| {
            view! { <li>{format!("{} {}.", subject(&violation.field), violation.message)}</li> }
        });
        view! {
            <Notice tone=Tone::Warn>
                <p>"The address asks for something that cannot be read. It was left out:"</p>
                <ul>{items.collect_view()}</ul>
            </Notice>
        }
    });
    let list =
        if rows.is_empty() { nothing(&query) } else { view! { <Table query=query.clone() rows=rows /> }.into_any() };
    view! {
        {left_out}
        <div class="line">
            <p id="total" data-total="">
                <strong>{many(total)}</strong>
            </p>
            <Chips query=query.clone() />
            <OffboardLink query=query may=may_manage />
        </div>
        {list}
        <Pager previous=previous next=next />
    }
}

fn many(total: Total) -> String {
    if total == Total::Exactly(1) { "1 room".to_owned() } else { format!("{total} rooms") }
}

/// A chip per filter: a link to the same list without it.
#[component]
fn Chips(query: RoomQuery) -> impl IntoView {
    if query.filters.is_empty() {
        return ().into_any();
    }
    let chips = query.filters.iter().enumerate().map(|(n, filter)| {
        view! {
            <li>
                <a class="chip" href=links::rooms(&query.without(n))>
                    <span class="unseen">"Remove filter "</span>
                    <bdi dir="auto">{filter.label()}</bdi>
                    <Icon shape=Shape::Cross />
                </a>
            </li>
        }
    });
    let bare = RoomQuery { filters: Vec::new(), ..query.at(Page::First) };
    view! {
        <nav aria-label="Filters">
            <ul class="line">
                {chips.collect_view()}
                <li>
                    <a class="button plain slim" href=links::rooms(&bare)>
                        "Clear filters"
                    </a>
                </li>
            </ul>
        </nav>
    }
    .into_any()
}

fn nothing(query: &RoomQuery) -> AnyView {
    if *query == RoomQuery::default() {
        return view! {
            <Empty title="No rooms yet">
                <p class="quiet">"Rooms come with "<code>"wardroom import FILE"</code>", or one by one with New room."</p>
            </Empty>
        }
        .into_any();
    }
    view! {
        <Empty title="No rooms match">
            <p class="quiet">"Search looks in names, ids and owners. Try fewer words, or take a filter away."</p>
            <p>
                <a class="button" href="/rooms">
                    "Clear search and filters"
                </a>
            </p>
        </Empty>
    }
    .into_any()
}
