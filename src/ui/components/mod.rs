//! Components: what several pages share. Server only; what needs a browser is in `islands`.

pub mod badge;
pub mod choose;
pub mod client;
pub mod columns;
pub mod dialogs;
pub mod entries;
pub mod flash;
pub mod form;
pub mod icon;
pub mod inputs;
pub mod moment;
pub mod notice;
pub mod page;
pub mod pager;
pub mod proof;
pub mod qr;
pub mod sessions;
pub mod table;
pub mod unsaving;
