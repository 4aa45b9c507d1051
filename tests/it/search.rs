//! Finding rooms: whatever is asked, in any script, with any filter and order, the pages together are exactly what a
//! plain look at every room finds.

mod many;
mod merged;
mod pages;
mod plain;
mod questions;
