//! The vendors' APIs, as back-ends written for them call: each vendor's own tests, and what holds for all.

mod imkit;
mod zego;
