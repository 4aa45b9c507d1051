//! The audit trail: nothing is written without its entry, and the trail is found again by everything it says.

mod entries;
mod finding;
