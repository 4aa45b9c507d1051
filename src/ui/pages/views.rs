//! `/views/new` and `/views/{id}`: saving the list as a view, and changing one.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    domain::{
        Error,
        desk::{NAME_MAX, SavedView},
        room::{Columns, RoomQuery},
    },
    services::views,
    ui::{
        components::{
            columns::ColumnsInput,
            flash::Answer,
            form::{Carried, Draft, TextInput},
            page::page,
        },
        links,
        visit::Visit,
    },
};

const SAVE: &str = "/api/save_view";
const CHANGE: &str = "/api/change_view";

/// What the form shows.
struct Shown {
    action: &'static str,
    name: String,
    shared: bool,
    may_share: bool,
    columns: Columns,
    question: RoomQuery,
}

/// The form that saves the list of its own address as a view.
#[component]
pub fn NewView() -> impl IntoView {
    page(async |visit: Visit| {
        let (ctx, staff) = (visit.ctx()?, visit.staff.clone().ok_or(Error::Unauthenticated)?);
        let pairs = visit.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let (query, _) = RoomQuery::parse(pairs);
        let begun = match query.view {
            Some(id) => views::of(ctx, &staff).await?.into_iter().find(|view| view.id == id),
            None => None,
        };
        let shown = Shown {
            action: SAVE,
            name: String::new(),
            shared: false,
            may_share: views::may_share(ctx),
            columns: begun.map_or(staff.preferences.columns, |view| view.columns),
            question: query.clone(),
        };
        let hidden = view! { <input type="hidden" name="query" value=query.saved() /> }.into_any();
        let form = form(shown, Draft::of(&visit, SAVE), hidden, links::rooms(&query));
        Ok(view! {
            <Title text="Save view" />
            <div class="stack narrow">
                <h1>"Save this view"</h1>
                <Answer />
                {form}
            </div>
        }
        .into_any())
    })
}

/// The form that changes a view.
#[component]
pub fn ViewPage() -> impl IntoView {
    page(async |visit: Visit| {
        let (ctx, staff) = (visit.ctx()?, visit.staff.clone().ok_or(Error::Unauthenticated)?);
        let view = views::get(ctx, &staff, links::view_id(&visit.path)?).await?;
        if !views::may_change(ctx, &staff, &view) {
            let why = format!("Only {} or an admin may change this view; save a copy of your own instead.", view.owner);
            return Err(Error::Forbidden(why));
        }
        let id = view.id.to_string();
        let shown = Shown {
            action: CHANGE,
            name: view.name.clone(),
            shared: view.shared,
            may_share: view.shared || views::may_share(ctx),
            columns: view.columns.clone(),
            question: view.question(),
        };
        let draft = Draft::of_one(&visit, CHANGE, "id", &id);
        let hidden = view! { <input type="hidden" name="id" value=id /> }.into_any();
        let form = form(shown, draft, hidden, view.address());
        Ok(view! {
            <Title text=format!("View · {}", view.name) />
            <div class="stack narrow">
                <h1>
                    "View "
                    <bdi dir="auto">{view.name.clone()}</bdi>
                </h1>
                <Answer />
                {form}
                <Delete view=view />
            </div>
        }
        .into_any())
    })
}

/// Name, sharing and columns, with what the view asks.
fn form(shown: Shown, draft: Draft, hidden: AnyView, cancel: String) -> AnyView {
    let Shown { action, name, shared, may_share, columns, question } = shown;
    let share = may_share.then(|| {
        view! {
            <label class="check">
                <input type="checkbox" name="shared" checked=draft.ticked("shared", shared) />
                "Everybody sees it"
            </label>
        }
    });
    let name = draft.value("name", &name);
    view! {
        <form class="card room-form" method="post" action=action data-guard=if draft.is_refused() { "unsaved" } else { "" }>
            <Carried />
            {hidden}
            <TextInput
                key="name"
                label="Name"
                value=name
                help=format!("What its tab says: up to {NAME_MAX} characters.")
                draft=draft.clone()
            />
            {share}
            <Question query=question />
            <ColumnsInput draft=draft.clone() kept=columns />
            <div class="savebar">
                <button class="button primary" type="submit">
                    "Save"
                </button>
                <a class="button plain" href=cancel>
                    "Cancel"
                </a>
                <span class="quiet" data-unsaved="" hidden>
                    "Unsaved changes"
                </span>
            </div>
        </form>
    }
    .into_any()
}

/// What a view asks, to be read and not to be changed here.
#[component]
fn Question(query: RoomQuery) -> impl IntoView {
    let sort = format!("{}{}", query.sort.label(), if query.descending { ", greatest first" } else { "" });
    let search = (!query.search.is_empty()).then(|| {
        view! {
            <dt>"Search"</dt>
            <dd>
                <bdi dir="auto">{query.search.clone()}</bdi>
            </dd>
        }
    });
    let filters = query.filters.iter().map(|filter| {
        view! {
            <li>
                <bdi dir="auto">{filter.label()}</bdi>
            </li>
        }
    });
    let filters = (!query.filters.is_empty()).then(|| {
        view! {
            <dt>"Filters"</dt>
            <dd>
                <ul>{filters.collect_view()}</ul>
            </dd>
        }
    });
    view! {
        <dl class="facts">
            {search}
            {filters}
            <dt>"Order"</dt>
            <dd>{sort}</dd>
        </dl>
    }
}

#[component]
fn Delete(view: SavedView) -> impl IntoView {
    let about = if view.shared {
        "It vanishes for everybody. Rooms are not touched."
    } else {
        "Only the view goes. Rooms are not touched."
    };
    view! {
        <section class="card" aria-labelledby="delete-title">
            <h2 id="delete-title">"Delete this view"</h2>
            <p class="quiet">{about}</p>
            <form method="post" action="/api/delete_view">
                <Carried />
                <input type="hidden" name="id" value=view.id.to_string() />
                <button class="button danger" type="submit">
                    "Delete"
                </button>
            </form>
        </section>
    }
}
