//! A filter with a fixed set of answers, "Any" among them.

use leptos::prelude::*;

/// A labelled list of answers; its input is called `filter-NAME`.
#[component]
pub fn Choose(
    /// The pair's name in the address.
    name: &'static str,
    /// What it filters by.
    label: &'static str,
    /// The answer that is asked for; empty for any.
    chosen: String,
    /// The answers: as the address has them, and as people read them.
    options: Vec<(String, String)>,
) -> impl IntoView {
    let options = options.into_iter().map(|(key, word)| {
        let selected = key == chosen;
        view! {
            <option value=key selected=selected>
                {word}
            </option>
        }
    });
    let options = options.collect_view();
    view! {
        <div class="field">
            <label class="field-label" for=format!("filter-{name}")>
                {label}
            </label>
            <select class="input" id=format!("filter-{name}") name=name>
                <option value="">"Any"</option>
                {options}
            </select>
        </div>
    }
}
