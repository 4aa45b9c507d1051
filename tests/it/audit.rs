//! The audit trail: nothing is written without its entry, the trail is found again by everything it says, and what is
//! done to it by hand is found and named.

pub mod chain;
mod chained;
mod checkpoints;
mod command;
mod entries;
mod finding;
mod pruned;
mod tampered;
