//! The vendors' APIs, as back-ends written for them call: each vendor's own tests, and what holds for all.

mod across;
mod door;
mod imkit;
mod netease;
mod pasted;
pub mod signed;
mod tables;
mod tencent;
mod zego;
