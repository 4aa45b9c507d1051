//! The saved views as tabs, and the menu of what can be done with the list as it is: saved, updated, taken along.

use leptos::prelude::*;

use crate::{
    domain::{desk::SavedView, room::RoomQuery},
    ui::{
        components::{
            form::Carried,
            icon::{Icon, Shape},
        },
        links,
    },
};

/// A tab for each view, and one for the list without any; nothing where nobody saved one.
#[component]
pub fn Tabs(
    /// The views that the reader sees.
    views: Vec<SavedView>,
    /// The one that is shown.
    current: Option<i64>,
) -> impl IntoView {
    if views.is_empty() {
        return ().into_any();
    }
    let tabs = views.into_iter().map(|view| {
        let shared = view.shared.then(|| format!(" (shared by {})", view.owner));
        let address = view.address();
        view! {
            <li>
                <a href=address aria-current=(current == Some(view.id)).then_some("page")>
                    <bdi dir="auto">{view.name}</bdi>
                    {shared.map(|words| view! { <Icon shape=Shape::Share /> <span class="unseen">{words}</span> })}
                </a>
            </li>
        }
    });
    let tabs = tabs.collect_view();
    view! {
        <nav class="tabs views" aria-label="Views">
            <ul>
                <li>
                    <a href="/rooms" aria-current=current.is_none().then_some("page")>
                        "All rooms"
                    </a>
                </li>
                {tabs}
            </ul>
        </nav>
    }
    .into_any()
}

/// The menu.
#[component]
pub fn ViewMenu(
    /// What is asked.
    query: RoomQuery,
    /// The view that is shown, and whether the reader may change it.
    current: Option<(SavedView, bool)>,
) -> impl IntoView {
    let is_changed = current.as_ref().is_some_and(|(view, _)| !view.asks(&query));
    let own = current.filter(|(_, may_change)| *may_change).map(|(view, _)| view);
    let columns = own.as_ref().map_or_else(|| "/preferences".to_owned(), |view| links::view(view.id));
    let update = own.as_ref().filter(|_| is_changed).map(|view| {
        view! { <Update id=view.id query=query.clone() /> }
    });
    let edit = own.map(|view| {
        view! {
            <a class="menu-item" href=links::view(view.id)>
                "Rename, share or delete this view"
            </a>
        }
    });
    view! {
        {is_changed.then(|| view! { <span class="quiet">"Not as the view was saved"</span> })}
        <details class="menu" data-menu="">
            <summary class="button">
                <Icon shape=Shape::Columns />
                "View"
            </summary>
            <div class="menu-panel">
                {update}
                <a class="menu-item" href=links::new_view(&query)>
                    "Save as a new view"
                </a>
                {edit}
                <a class="menu-item" href=columns>
                    "Columns and density"
                </a>
                <a class="menu-item" href=links::export(&query, "csv") download="">
                    "Export as CSV"
                </a>
                <a class="menu-item" href=links::export(&query, "jsonl") download="">
                    "Export as JSON lines"
                </a>
            </div>
        </details>
    }
}

/// The button that makes a view ask what is asked now.
#[component]
fn Update(id: i64, query: RoomQuery) -> impl IntoView {
    view! {
        <form method="post" action="/api/update_view">
            <Carried />
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="query" value=query.saved() />
            <button class="menu-item" type="submit">
                "Save these filters to the view"
            </button>
        </form>
    }
}
