//! Selecting rooms: the bar that leads to the page where a change of many rooms is planned. It is a plain form: what is
//! ticked goes along in the address, one `ids` for each room.

use leptos::prelude::*;

use crate::{
    domain::{page::Total, room::RoomQuery, staff::Staff},
    ui::links,
};

/// The check box that ticks all of a page; there only where a script can do it.
#[component]
pub fn PageBox() -> impl IntoView {
    view! {
        <label class="check" data-select-page="" hidden>
            <input type="checkbox" />
            "This page"
        </label>
    }
}

/// The bar under the list; it floats over the foot of the window as soon as something is ticked.
#[component]
pub fn Bar(
    /// What is asked.
    query: RoomQuery,
    /// How many rooms that finds.
    total: Total,
    /// Whose selection it is: a browser keeps one for each person.
    staff: Staff,
) -> impl IntoView {
    let all = if query.is_for_all() { format!("All {total} rooms") } else { format!("All {total} matching") };
    view! {
        <form class="bulkbar" id="selection" method="get" action="/jobs/new" data-select=staff.id.to_string()>
            <p data-count="" role="status">
                "Tick rooms to change several at once."
            </p>
            <button class="button primary" type="submit">
                "Change selected"
            </button>
            <a class="button" href=links::bulk(&query)>
                {all}
            </a>
            <button class="button plain" type="button" data-select-none="" hidden>
                "Clear selection"
            </button>
        </form>
    }
}
