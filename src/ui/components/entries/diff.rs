//! Changes, before and after: signs as well as colours, words for who cannot see either.

use leptos::prelude::*;

use crate::domain::room::Change;

/// Longer values are folded.
const FOLD: usize = 240;

/// Every change of an entry. What was nothing before has no line of its own.
#[component]
pub fn Diff(
    /// The changes.
    changes: Vec<Change>,
) -> impl IntoView {
    let shown = changes.into_iter().map(|change| {
        let (before, after) = (change.show_before(), change.show_after());
        let is_new = change.before.is_none();
        view! {
            <div>
                <dt>
                    <bdi>{change.label()}</bdi>
                </dt>
                {(!is_new)
                    .then(|| {
                        view! {
                            <dd class="diff-before">
                                <span class="diff-sign" aria-hidden="true">
                                    "−"
                                </span>
                                <div>
                                    <span class="unseen">"before: "</span>
                                    {value(before)}
                                </div>
                            </dd>
                        }
                    })}
                <dd class="diff-after">
                    <span class="diff-sign" aria-hidden="true">
                        "+"
                    </span>
                    <div>
                        <span class="unseen">{if is_new { "new: " } else { "after: " }}</span>
                        {value(after)}
                    </div>
                </dd>
            </div>
        }
    });
    view! { <dl class="diff">{shown.collect_view()}</dl> }
}

/// A value for reading: nothing is said to be nothing, a long one is folded.
pub fn value(text: String) -> AnyView {
    if text.is_empty() {
        return view! { <span class="diff-none">"nothing"</span> }.into_any();
    }
    let start: String = text.chars().take(FOLD).collect();
    if start.len() == text.len() {
        return view! { <bdi dir="auto">{text}</bdi> }.into_any();
    }
    view! {
        <details>
            <summary>
                <bdi dir="auto">{start}</bdi>
                "…"
            </summary>
            <bdi dir="auto">{text}</bdi>
        </details>
    }
    .into_any()
}
