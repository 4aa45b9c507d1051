//! Input for what stands on one line: texts, links, parameters, numbers, a client's id.

use leptos::prelude::*;

use super::Shown;
use crate::domain::room::Kind;

/// One line. Never `type=url` or `type=number`: the browser would refuse or change what was typed before we can say why.
#[component]
pub fn Line(
    /// What values it takes.
    kind: Kind,
    /// The rest.
    shown: Shown,
) -> impl IntoView {
    let inputmode = match kind {
        Kind::Link { .. } => Some("url"),
        Kind::Number { min, .. } if min >= 0 => Some("numeric"),
        _ => None,
    };
    let is_prose = matches!(kind, Kind::Text { .. });
    view! {
        <input
            class="input"
            type="text"
            id=shown.id
            name=shown.name
            value=shown.text
            dir=if is_prose { "auto" } else { "ltr" }
            inputmode=inputmode
            autocomplete="off"
            autocapitalize=(!is_prose).then_some("none")
            spellcheck=(!is_prose).then_some("false")
            aria-invalid=shown.is_wrong.then_some("true")
            aria-describedby=shown.described
            data-limits=shown.limits
        />
    }
}
