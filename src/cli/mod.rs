//! The command line: one file per command, and the configuration.

pub mod config;
pub mod options;

pub use config::{Config, Covers, PublicUrl};
