//! The small things on every page. Each file is one behaviour, found by a data attribute and written against the page
//! itself, without signals: nothing here renders.

mod dom;
mod guard;
mod keys;
mod limits;
mod look;
mod open;
mod palette;
mod picker;
mod search;
mod select;
mod watch;

/// Starts every behaviour. Called once, when the bundle has loaded.
pub fn start() {
    look::start();
    limits::start();
    guard::start();
    open::start();
    picker::start();
    keys::start();
    palette::start();
    select::start();
    search::start();
    watch::start();
}
