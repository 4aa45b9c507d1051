//! What needs a browser. Pages work without it; each behaviour adds to plain HTML and takes nothing over.
//!
//! Compiled for the browser only, where nothing wakes a component: [`start`] finds what it adds to by data attributes.
//! Nothing here may panic: one panic stops every behaviour of the page.

mod enhance;

pub use enhance::start;
