//! Watching the house: what surrounds every request (its id, its line in the log, its place in the figures), whether the
//! house is well, and the figures themselves.

mod collectors;
mod figures;
mod health;
mod request;
mod routes;

pub(super) use figures::Watch;
pub(super) use health::{Readiness, alive, open, ready};
pub(super) use request::around;
pub(super) use routes::Called;
