//! Wardroom: the admin console for chat and live rooms.
//!
//! # The map
//! | module | side | what it is |
//! | --- | --- | --- |
//! | [`domain`] | both | what is true: rooms and their fields, attributes, clients, staff, rights, audit, errors |
//! | [`store`] | server | how it is kept: the only place with SQL |
//! | [`services`] | server | what may be done: every rule, every transaction, one file per noun |
//! | [`rpc`] | server | what the browser may call: server functions, a few lines each |
//! | [`ui`] | both | what a person sees: pages (server), islands (browser) |
//! | [`vendors`] | server | what another platform's client sees: one folder a vendor |
//! | [`server`] | server | putting it together: router, sessions, headers, forms; start, chores and stop |
//! | [`cli`] | server | the commands: serve, import, export, staff, app, backup, restore, doctor |
//!
//! ```text
//! domain <- store <- services <- { rpc <- ui , vendors } <- server <- cli
//! ```
//! A module uses only what stands left of it (`tests/it/tidy.rs`); `server` and `cli` know each other's front door.
//!
//! # What always holds, and the test that holds it
//! - Nothing outside `store` contains SQL; no vendor's word appears outside its folder (`tidy`).
//! - Nothing is written without a [`services::Ctx`], and nothing without its audit entry in the same transaction
//!   (`audit`).
//! - What the browser may call is exactly [`rpc`], and every function and page stands in the access list (`access`).
//! - `domain` compiles for the browser without a `cfg` (`tidy`, and the browser build).
//! - What was acknowledged is on disk, and nothing is there by half, whatever the disk and the process do (`faults`).
//! - Every error that reaches a person or a client is a [`domain::Error`] (`hostile`).
//! - What strangers send forges no line of the log, makes no new figure and keeps no connection (`watching`); what reads
//!   it never panics, and reads what it wrote (`corpus`, `cargo xtask fuzz`).
#![forbid(unsafe_code)]

#[cfg(feature = "ssr")]
pub mod cli;
pub mod domain;
#[cfg(feature = "ssr")]
pub mod rpc;
#[cfg(feature = "ssr")]
pub mod server;
#[cfg(feature = "ssr")]
pub mod services;
#[cfg(feature = "ssr")]
pub mod store;
pub mod ui;
#[cfg(feature = "ssr")]
pub mod vendors;

/// Wakes a page; called by the boot script when the bundle has loaded.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    ui::islands::start();
}
