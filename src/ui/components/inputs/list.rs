//! Input for several words, numbers or ids with commas between.

use leptos::prelude::*;

use super::Shown;

/// Several values in one line, with commas between.
#[component]
pub fn List(
    /// All about it.
    shown: Shown,
) -> impl IntoView {
    view! {
        <input
            class="input"
            type="text"
            id=shown.id
            name=shown.name
            value=shown.text
            dir="auto"
            autocomplete="off"
            autocapitalize="none"
            aria-invalid=shown.is_wrong.then_some("true")
            aria-describedby=shown.described
        />
    }
}
