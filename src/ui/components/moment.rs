//! A moment: written in UTC by the server, rewritten in the reader's zone in the browser.

use leptos::prelude::*;

use crate::domain::Timestamp;

/// A moment.
#[component]
pub fn Moment(
    /// When.
    at: Timestamp,
) -> impl IntoView {
    view! { <time datetime=at.rfc3339() class="nowrap">{format!("{} UTC", at.short())}</time> }
}

/// A moment that may never have come.
#[component]
pub fn MaybeMoment(
    /// When, if ever.
    at: Option<Timestamp>,
    /// What to say if never.
    never: &'static str,
) -> impl IntoView {
    match at {
        Some(at) => view! { <Moment at=at /> }.into_any(),
        None => view! { <span class="quiet">{never}</span> }.into_any(),
    }
}
