//! Input for a client's id. In a browser with scripts it offers the known clients that begin with what is typed
//! (`islands::enhance::picker`); without them it is a plain input.

use leptos::prelude::*;

/// An input for a client's id, with suggestions.
#[component]
pub fn ClientInput(
    /// The input's id.
    id: String,
    /// The name it is sent under.
    #[prop(into)]
    name: String,
    /// What it shows first.
    value: String,
    /// The ids of what describes it.
    described: Option<String>,
    /// Whether what it shows was refused.
    is_wrong: bool,
) -> impl IntoView {
    // The list opens below it: a form keeps its button beside the input or far from it, never under the list.
    view! {
        <div class="picker">
            <input
                class="input"
                type="text"
                id=id
                name=name
                value=value
                dir="auto"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-invalid=is_wrong.then_some("true")
                aria-describedby=described
                data-suggests="/api/suggest_clients"
            />
        </div>
    }
}
