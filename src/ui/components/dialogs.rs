//! The two dialogs of every page: the palette (Ctrl+K), which leads anywhere, and the list of keys (?). Scripts open
//! them (`islands::enhance`); without scripts they stay closed.

use leptos::prelude::*;

use super::icon::{Icon, Shape};
use crate::domain::{Right, staff::Staff};

/// Everything that has a page of its own, for the one who looks: its address and its words.
pub fn pages(staff: &Staff) -> Vec<(&'static str, &'static str)> {
    let may = |right| staff.role.may(right);
    [
        ("/rooms", "Rooms", true),
        ("/jobs", "Jobs", true),
        ("/audit", "Audit", true),
        ("/apps", "Apps", may(Right::Apps)),
        ("/staff", "Staff", may(Right::Staff)),
    ]
    .into_iter()
    .filter(|(_, _, shown)| *shown)
    .map(|(href, word, _)| (href, word))
    .collect()
}

/// The keys and what they do; those without `Ctrl` can be turned off.
const KEYS: [(&str, &str); 9] = [
    ("Ctrl+K", "go to a page, a view or a room"),
    ("/", "search rooms"),
    ("j", "next room of the list"),
    ("k", "room before it"),
    ("Enter", "open the room"),
    ("x", "select or unselect the room"),
    ("Shift+X", "the same from the last one to here"),
    ("Ctrl+S", "save the form"),
    ("?", "these keys"),
];

/// The palette: links to pages; scripts add views and rooms as somebody types.
#[component]
pub fn Palette(
    /// Who looks.
    staff: Staff,
) -> impl IntoView {
    let mut all = pages(&staff);
    if staff.role.may(Right::Manage) {
        all.push(("/rooms/new", "New room"));
    }
    all.extend([("/preferences", "Preferences"), ("/account", "Account")]);
    let links = all.into_iter().map(|(href, word)| {
        view! {
            <li>
                <a href=href>{word}</a>
            </li>
        }
    });
    let links = links.collect_view();
    view! {
        <dialog class="palette" id="palette" aria-label="Go to">
            <form class="palette-form" method="get" action="/rooms">
                <div class="finder-search">
                    <label class="unseen" for="palette-search">
                        "Page, view or room"
                    </label>
                    <Icon shape=Shape::Search />
                    <input
                        class="input"
                        type="search"
                        id="palette-search"
                        name="q"
                        placeholder="Page, view or room"
                        dir="auto"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        maxlength="200"
                    />
                </div>
                <button class="button" type="submit">
                    "Go"
                </button>
            </form>
            <ul class="palette-list">{links}</ul>
            <p class="unseen" role="status"></p>
        </dialog>
    }
}

/// The list of keys.
#[component]
pub fn Keys(
    /// Whether single keys do something.
    are_on: bool,
) -> impl IntoView {
    let rows = KEYS.into_iter().map(|(key, what)| {
        view! {
            <dt>
                <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
        }
    });
    let rows = rows.collect_view();
    view! {
        <dialog class="keys" id="keys" aria-labelledby="keys-title">
            <h2 id="keys-title">"Keys"</h2>
            {(!are_on).then(|| view! { <p class="quiet">"Single keys are turned off in your preferences."</p> })}
            <dl class="facts">{rows}</dl>
            <form class="line" method="dialog">
                <button class="button" type="submit">
                    "Close"
                </button>
                <a class="button plain" href="/preferences">
                    "Turn single keys on or off"
                </a>
            </form>
        </dialog>
    }
}
