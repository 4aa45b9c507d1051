//! Wardroom.

#[cfg(feature = "ssr")]
pub mod cli;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod services;
#[cfg(feature = "ssr")]
pub mod store;
