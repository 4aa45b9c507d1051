//! Islands: what needs a browser. Pages work without them; each adds to plain HTML and takes nothing over.
//!
//! Compiled for both sides: the server renders an island's HTML, the browser wakes it. Nothing here may panic: one
//! panic stops every island of the page.

#[cfg(feature = "hydrate")]
mod enhance;
mod picker;

use leptos::prelude::*;

pub use picker::ClientPicker;

/// The small things on every page, found by their data attributes: see `enhance`.
#[island]
pub fn Enhance() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    enhance::start();
}
