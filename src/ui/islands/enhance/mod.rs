//! The small things on every page. Each file is one behaviour, found by a data attribute and written against the page
//! itself, without signals: nothing here renders.

mod dom;
mod guard;
mod limits;
mod look;
mod open;
mod search;
mod watch;

/// Starts every behaviour. Called once, when the page's islands wake.
pub fn start() {
    look::start();
    limits::start();
    guard::start();
    open::start();
    search::start();
    watch::start();
}
