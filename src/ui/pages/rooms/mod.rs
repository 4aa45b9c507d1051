//! `/rooms`: find rooms. The address is the list's whole state; what changes with it stands in `#results`, which the
//! search as you type takes out of the same page while somebody types.

mod bulk;
mod cell;
pub mod filters;
pub mod new;
pub mod table;
mod views;

use std::collections::HashMap;

use leptos::prelude::*;
use leptos_meta::Title;

use self::{
    bulk::{Bar, PageBox},
    filters::Finder,
    table::{Look, Table},
    views::{Tabs, ViewMenu},
};
use crate::{
    domain::{
        Error, Right, Violation,
        desk::SavedView,
        page::{Found, Page, Total},
        room::{RoomQuery, RoomRow},
        staff::Staff,
    },
    services::{self, rooms},
    store::Extra,
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

/// Everything that a list shows.
struct List {
    query: RoomQuery,
    found: Found<RoomRow>,
    extras: HashMap<i64, Extra>,
    look: Look,
    /// The view that is shown, and whether the reader may change it.
    current: Option<(SavedView, bool)>,
    staff: Staff,
    /// What the address asks for and cannot have.
    wrong: Vec<Violation>,
}

/// The room list.
#[component]
pub fn Rooms() -> impl IntoView {
    page(async |visit: Visit| {
        let (ctx, staff) = (visit.ctx()?, visit.staff.clone().ok_or(Error::Unauthenticated)?);
        let pairs = visit.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let (query, mut wrong) = RoomQuery::parse(pairs);
        let saved = services::views::of(ctx, &staff).await?;
        let current = query.view.and_then(|id| saved.iter().find(|view| view.id == id)).cloned();
        if query.view.is_some() && current.is_none() {
            wrong.push(Violation::new("view", "is gone, or not shared with you; these are your own columns"));
        }
        let columns = current.as_ref().map_or(&staff.preferences.columns, |view| &view.columns).clone();
        let look = Look { columns, density: staff.preferences.density, has_boxes: ctx.role.may(Right::Edit) };
        let found = rooms::find(ctx, &query).await?;
        let extras = rooms::extras(ctx, &found.rows, &look.columns).await?;
        let may_create = ctx.role.may(Right::Manage);
        let shown = current.as_ref().map(|view| view.id);
        let current = current.map(|view| {
            let may_change = services::views::may_change(ctx, &staff, &view);
            (view, may_change)
        });
        let list = List { query: query.clone(), found, extras, look, current, staff, wrong };
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
            <Tabs views=saved current=shown />
            <Finder query=query />
            <section class="results" id="results" aria-label="Results">
                {results(list)}
            </section>
        }
        .into_any())
    })
}

fn results(list: List) -> AnyView {
    let List { query, found, extras, look, current, staff, wrong } = list;
    let may_manage = staff.role.may(Right::Manage);
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
    let can_select = look.has_boxes && !rows.is_empty();
    let bar = can_select.then(|| view! { <Bar query=query.clone() total=total staff=staff /> });
    let table = if rows.is_empty() {
        nothing(&query)
    } else {
        view! { <Table query=query.clone() rows=rows extras=extras look=look /> }.into_any()
    };
    view! {
        {left_out}
        <div class="line">
            <p id="total" data-total="">
                <strong>{many(total)}</strong>
            </p>
            <Chips query=query.clone() />
            <OffboardLink query=query.clone() may=may_manage />
            <div class="line list-tools">
                {can_select.then(|| view! { <PageBox /> })}
                <ViewMenu query=query current=current />
            </div>
        </div>
        {table}
        <Pager previous=previous next=next />
        {bar}
    }
    .into_any()
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
    if query.is_for_all() && query.page == Page::First {
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
