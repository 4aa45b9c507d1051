//! The search box and the panel of filters: one form, whose answer is a page with everything in its address.

use leptos::prelude::*;

use crate::{
    domain::room::{Field, Kind, RoomQuery, query::SEARCH_MAX},
    ui::components::{
        choose::Choose,
        icon::{Icon, Shape},
    },
};

/// The search form.
#[component]
pub fn Finder(
    /// What is asked now.
    query: RoomQuery,
) -> impl IntoView {
    let sort = query.pairs().into_iter().find(|(name, _)| *name == "sort").map(|(_, value)| value);
    let view = query.view.map(|view| view.to_string());
    let chosen = query.filters.len();
    view! {
        <form class="finder" role="search" method="get" action="/rooms" data-live-search="">
            {sort.map(|sort| view! { <input type="hidden" name="sort" value=sort /> })}
            {view.map(|view| view! { <input type="hidden" name="view" value=view /> })}
            <div class="finder-search">
                <label class="unseen" for="search">
                    "Search rooms by name, id or owner"
                </label>
                <Icon shape=Shape::Search />
                <input
                    class="input"
                    type="search"
                    id="search"
                    name="q"
                    value=query.search.clone()
                    placeholder="Name, id or owner"
                    dir="auto"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength=SEARCH_MAX.to_string()
                />
            </div>
            <button class="button" type="submit">
                "Search"
            </button>
            <details class="menu" data-menu="">
                <summary class="button">
                    <Icon shape=Shape::Filter />
                    <span id="filter-count">
                        {if chosen == 0 { "Filter".to_owned() } else { format!("Filter ({chosen})") }}
                    </span>
                </summary>
                <div class="menu-panel filters">
                    <Panel query=query />
                    <div class="filters-foot line">
                        <button class="button primary" type="submit">
                            "Apply"
                        </button>
                        <a class="button plain" href="/rooms">
                            "Clear all"
                        </a>
                    </div>
                </div>
            </details>
        </form>
    }
}

/// A control per filter, in the order of the table of fields, then what is no field.
#[component]
fn Panel(query: RoomQuery) -> impl IntoView {
    let pairs: Vec<(&'static str, String)> = query.filters.iter().map(|filter| filter.pair()).collect();
    let of = |name: &str| -> Vec<String> {
        pairs.iter().filter(|(key, _)| *key == name).map(|(_, value)| value.clone()).collect()
    };
    let fields = Field::ALL.iter().copied().filter(|field| field.spec().kind.is_filter()).map(|field| {
        let values = of(field.key());
        match field.spec().kind {
            Kind::Choice(options) => choose(field.key(), field.label(), values, options),
            Kind::Flag { .. } => yes_no(field.key(), field.label(), values),
            kind => {
                view! { <Words name=field.key() label=field.label() values=values many=kind.is_list() /> }.into_any()
            }
        }
    });
    let rest = [
        view! { <Words name="member" label="Member" values=of("member") many=true /> }.into_any(),
        view! { <Words name="app" label="Application" values=of("app") many=false /> }.into_any(),
        view! { <Words name="attribute" label="Attribute" values=of("attribute") many=true placeholder="key or key=value" /> }
            .into_any(),
        yes_no("cover", "Has a cover", of("cover")),
        view! { <Words name="from" label="Updated from" values=of("from") many=false kind="date" /> }.into_any(),
        view! { <Words name="to" label="Updated to" values=of("to") many=false kind="date" /> }.into_any(),
    ];
    view! {
        {fields.collect_view()}
        {rest.into_iter().collect_view()}
    }
}

fn yes_no(name: &'static str, label: &'static str, values: Vec<String>) -> AnyView {
    choose(name, label, values, &[("yes", "Yes"), ("no", "No")])
}

fn choose(
    name: &'static str,
    label: &'static str,
    values: Vec<String>,
    options: &[(&'static str, &'static str)],
) -> AnyView {
    let chosen = values.into_iter().next().unwrap_or_default();
    let options = options.iter().map(|(key, word)| ((*key).to_owned(), (*word).to_owned())).collect();
    view! { <Choose name=name label=label chosen=chosen options=options /> }.into_any()
}

/// An input per value that is asked for, and an empty one: all of several values must hold.
#[component]
fn Words(
    name: &'static str,
    label: &'static str,
    values: Vec<String>,
    many: bool,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional)] placeholder: &'static str,
) -> impl IntoView {
    let mut shown = values;
    if shown.is_empty() || many {
        shown.push(String::new());
    }
    let inputs = shown.into_iter().enumerate().map(|(n, value)| {
        let id = if n == 0 { format!("filter-{name}") } else { format!("filter-{name}-{}", n + 1) };
        view! {
            <input
                class="input"
                type=kind
                id=id
                name=name
                value=value
                dir=(kind == "text").then_some("auto")
                autocomplete="off"
                autocapitalize=(kind == "text").then_some("none")
                placeholder=(kind == "text").then_some(if n == 0 { placeholder } else { "and ..." })
                aria-label=(n != 0).then(|| format!("{label}, one more"))
            />
        }
    });
    view! {
        <div class="field">
            <label class="field-label" for=format!("filter-{name}")>
                {label}
            </label>
            {inputs.collect_view()}
        </div>
    }
}
