//! What machines do: processes that are killed, disks that fail or are full, clocks that jump. Reads go on where they can,
//! nothing that was acknowledged is lost, nothing is there by half, and it is said what is wrong.
//!
//! `cargo xtask crash`, `cargo xtask fault` and `cargo xtask cut` are the long forms.

mod clocks;
mod crash;
mod disk;
mod full;
mod ledger;
mod power;
mod states;
mod stopping;
