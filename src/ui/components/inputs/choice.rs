//! Input for yes or no and for one of a few: radio buttons side by side.

use leptos::prelude::*;

use super::Shown;
use crate::domain::room::Field;

/// Radio buttons in a row, with what stands under them. The first carries the input's id, so that messages lead to it.
#[component]
pub fn Segments(
    /// Which field.
    field: Field,
    /// The rest.
    shown: Shown,
    /// Keys and labels.
    options: Vec<(&'static str, &'static str)>,
    /// Message and help.
    children: Children,
) -> impl IntoView {
    let Shown { id, name, text, is_wrong, described, .. } = shown;
    let chosen = if options.iter().any(|(key, _)| *key == text) { text } else { String::new() };
    let radios = options.into_iter().enumerate().map(|(n, (key, label))| {
        let id = if n == 0 { id.clone() } else { format!("{id}-{key}") };
        view! {
            <label class="segment">
                <input
                    type="radio"
                    id=id
                    name=name.clone()
                    value=key
                    checked=key == chosen
                />
                {label}
            </label>
        }
    });
    view! {
        <fieldset class="field" role="radiogroup" aria-describedby=described aria-invalid=is_wrong.then_some("true")>
            <legend class="field-label">{field.label()}</legend>
            <div class="segments">{radios.collect_view()}</div>
            {children()}
        </fieldset>
    }
}
