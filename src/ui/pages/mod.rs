//! Pages, one file per route. Each reads the services and renders plain HTML; none runs in the browser.

pub mod account;
pub mod apps;
pub mod audit;
pub mod jobs;
pub mod missing;
pub mod preferences;
pub mod room;
pub mod rooms;
pub mod sign_in;
pub mod staff;
pub mod views;
