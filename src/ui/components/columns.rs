//! Choosing columns: a check box and a place for each. Typing 1 beside a column puts it first; nothing else is needed,
//! no mouse and no script.

use leptos::prelude::*;

use super::form::{Draft, Wrong, described, input_id};
use crate::domain::room::{Columns, column::shown};

/// A check box and a place for every column, the chosen ones first.
#[component]
pub fn ColumnsInput(
    /// The form as it came back.
    draft: Draft,
    /// The columns as they are kept.
    kept: Columns,
) -> impl IntoView {
    let first = input_id("columns");
    let error = draft.message("columns", "The list of columns");
    let order = match draft.typed("columns[shown]") {
        Some(keys) => shown(keys),
        None => kept.then_all(),
    };
    let keys: Vec<&str> = order.iter().map(|column| column.key()).collect();
    let keys = keys.join(",");
    let rows = order.into_iter().enumerate().map(|(n, column)| {
        let place = format!("columns[place][{}]", column.key());
        let on = format!("columns[on][{}]", column.key());
        let value = draft.value(&place, &(n + 1).to_string());
        view! {
            <li>
                <label class="check">
                    <input
                        type="checkbox"
                        id=if n == 0 { first.clone() } else { format!("{first}-{}", column.key()) }
                        checked=draft.ticked(&on, kept.has(column))
                        name=on
                    />
                    {column.label()}
                </label>
                <input
                    class="input"
                    type="number"
                    name=place
                    value=value
                    aria-label=format!("Place of {}", column.label())
                    autocomplete="off"
                />
            </li>
        }
    });
    let rows = rows.collect_view();
    let describes = described(&first, error.is_some(), true);
    view! {
        <fieldset class="field" aria-describedby=describes>
            <legend class="field-label">"Columns"</legend>
            <p class="field-help" id=format!("{first}-help")>
                {format!(
                    "The room itself always comes first; up to {} more. A number says the place: 1 is next to the room, the others move up.",
                    Columns::MAX,
                )}
            </p>
            <input type="hidden" name="columns[shown]" value=keys />
            <Wrong id=first.clone() error=error />
            <ol class="column-choice">{rows}</ol>
        </fieldset>
    }
}
