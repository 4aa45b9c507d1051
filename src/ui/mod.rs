//! What a person sees: pages rendered by the server, working as plain HTML, and islands, which add what needs a browser.
//!
//! Pages read the services and render; every write is a form posted to a server function of [`crate::rpc`]. What does
//! *not* belong here: rules (`services`), spelling of values (`domain`), routes that are no pages (`server`).

#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "hydrate")]
pub mod islands;
#[cfg(feature = "ssr")]
pub mod links;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod visit;
