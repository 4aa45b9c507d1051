//! `/rooms/{id}/json`: the room as a machine sees it, read-only.

use leptos::prelude::*;

use super::about_room;
use crate::{
    domain::{Error, room::Room},
    ui::{
        components::icon::{Icon, Shape},
        links::Section,
        visit::Visit,
    },
};

/// The room's JSON.
#[component]
pub fn Json() -> impl IntoView {
    about_room(Section::Json, async |_: Visit, room: Room| {
        let json = serde_json::to_string_pretty(&room)
            .map_err(|_| Error::Busy("The room cannot be written as JSON.".to_owned()))?;
        Ok(view! {
            <section class="stack-tight" aria-label="JSON">
                <div class="line spread">
                    <p class="quiet">"The room's own fields as JSON, without its members and attributes. Read-only; times are UTC."</p>
                    <button class="button slim" type="button" data-copy="json" hidden>
                        <Icon shape=Shape::Copy />
                        "Copy JSON"
                    </button>
                </div>
                <pre class="code" id="json" dir="ltr">
                    {json}
                </pre>
            </section>
        }
        .into_any())
    })
}
