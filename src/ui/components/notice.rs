//! Notices: something the page has to say, and the state of a list that has nothing to show.

use leptos::prelude::*;

use super::{
    badge::Tone,
    icon::{Icon, Shape},
};

/// A message with its icon. Where it is the answer to what the reader just did, it takes the focus.
#[component]
pub fn Notice(
    /// Its colour and icon.
    tone: Tone,
    /// Whether it answers what was just done.
    #[prop(optional)]
    answer: bool,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let shape = match tone {
        Tone::Plain => Shape::Info,
        Tone::Ok => Shape::Check,
        Tone::Warn => Shape::Warning,
        Tone::Bad => Shape::Stop,
    };
    let role = answer.then_some(if tone == Tone::Ok { "status" } else { "alert" });
    view! {
        <div
            class=format!("notice {}", tone.class()).trim_end().to_owned()
            role=role
            tabindex=answer.then_some("-1")
            data-answer=answer.then_some("")
        >
            <Icon shape=shape />
            <div class="notice-body">{children()}</div>
        </div>
    }
}

/// What stands where a list has nothing to show.
#[component]
pub fn Empty(
    /// What there is not.
    #[prop(into)]
    title: String,
    /// Why, and what to do next.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{title}</h2>
            {children()}
        </div>
    }
}
