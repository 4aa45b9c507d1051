//! The small things on every page. Each file is one behaviour, found by a data attribute and written against the page
//! itself, without signals: nothing here renders.

mod dom;
mod guard;
mod limits;
mod look;
mod open;
mod picker;
mod search;

/// Starts every behaviour. Called once, when the bundle has loaded.
pub fn start() {
    look::start();
    limits::start();
    guard::start();
    open::start();
    picker::start();
    search::start();
}
