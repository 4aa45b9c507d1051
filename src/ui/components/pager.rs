//! The foot of a list: how many there are, and the way to the page before and after.

use leptos::prelude::*;

use super::icon::{Icon, Shape};

/// Links to the page before and after; nothing where there is only one page.
#[component]
pub fn Pager(
    /// The address of the page before, if there is one.
    previous: Option<String>,
    /// The address of the page after, if there is one.
    next: Option<String>,
) -> impl IntoView {
    if previous.is_none() && next.is_none() {
        return ().into_any();
    }
    view! {
        <nav class="pager" aria-label="Pages">
            <span>
                {previous
                    .map(|href| {
                        view! {
                            <a class="button" rel="prev" href=href>
                                <Icon shape=Shape::Left />
                                "Previous"
                            </a>
                        }
                    })}
            </span>
            <span>
                {next
                    .map(|href| {
                        view! {
                            <a class="button" rel="next" href=href>
                                "Next"
                                <Icon shape=Shape::Right />
                            </a>
                        }
                    })}
            </span>
        </nav>
    }
    .into_any()
}
