//! Wardroom.

pub mod domain;
