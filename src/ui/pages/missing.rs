//! What is shown for an address that is no page.

use leptos::prelude::*;

use crate::{
    domain::Error,
    ui::{components::page::failed, links, visit::Visit},
};

/// There is no such page.
#[component]
pub fn Missing() -> impl IntoView {
    let here = Visit::current().map_or_else(|| "/".to_owned(), |visit| links::here(&visit));
    failed(
        &Error::NotFound("There is no page at this address. It may be mistyped, or from another version.".to_owned()),
        &here,
    )
}
